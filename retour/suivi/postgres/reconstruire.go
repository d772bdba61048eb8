package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

var _ journal.Reconstructeur = (*Journal)(nil)

// Reconstruire implements journal.Reconstructeur; journal.Reconstruire proves the events first. Leases end.
func (j *Journal) Reconstruire(ctx context.Context) error {
	err := pgx.BeginFunc(ctx, j.pool, func(tx pgx.Tx) error {
		if _, err := j.tete(ctx, tx, " FOR UPDATE"); err != nil {
			return err
		}
		for _, table := range []string{"scor_objets", "scor_compteurs", "scor_arbre"} {
			if _, err := tx.Exec(ctx, "DELETE FROM "+table+" WHERE dossier = $1", j.dossier); err != nil {
				return err
			}
		}
		lire := func(refs []journal.Ref) (map[journal.Ref]*journal.Objet, error) { return j.source(ctx, tx, refs) }
		_, err := journal.Refaire(ctx, j, lire, func(w *journal.Ecriture) error {
			b := &pgx.Batch{}
			j.derives(b, w)
			return tx.SendBatch(ctx, b).Close()
		})
		return err
	})
	if err != nil {
		return traduire(err)
	}
	return nil
}

// source reads the objects of refs, as journal.Source.
func (j *Journal) source(ctx context.Context, q requeteur, refs []journal.Ref) (map[journal.Ref]*journal.Objet, error) {
	l, err := j.objets(ctx, q, refs)
	return parRef(l), err
}

func parRef(l []journal.Objet) map[journal.Ref]*journal.Objet {
	m := make(map[journal.Ref]*journal.Objet, len(l))
	for i := range l {
		m[l[i].Ref()] = &l[i]
	}
	return m
}
