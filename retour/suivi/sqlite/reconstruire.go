package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

var (
	_ journal.Reconstructeur = (*Journal)(nil)
	_ journal.Integre        = (*Journal)(nil)
)

// Reconstruire implements journal.Reconstructeur; journal.Reconstruire proves the events first. Leases end.
func (j *Journal) Reconstruire(ctx context.Context) error {
	err := j.file.Soumettre(ctx, demande{surConnexion: func(ctx context.Context, c *sql.Conn, tx *sql.Tx) error {
		for _, table := range []string{"objets", "compteurs", "tete", "baux", "arbre"} {
			if _, err := tx.ExecContext(ctx, "DELETE FROM "+table); err != nil {
				return err
			}
		}
		j.connus.oublier()
		lire := func(refs []journal.Ref) (map[journal.Ref]*journal.Objet, error) {
			m := make(map[journal.Ref]*journal.Objet, len(refs))
			err := j.lectureW.objets(ctx, tx, refs, func(o journal.Objet) { m[o.Ref()] = &o })
			return m, err
		}
		_, err := journal.Refaire(ctx, j, lire, func(w *journal.Ecriture) error { return j.inscription.refaire(ctx, c, w) })
		return err
	}})
	if err != nil {
		return err
	}
	if _, err := j.ecrivain.ExecContext(ctx, "REINDEX"); err != nil {
		return fmt.Errorf("sqlite: %w", err)
	}
	return nil
}

// refaire writes what w says but its events, which are there.
func (i *inscription) refaire(ctx context.Context, c *sql.Conn, w *journal.Ecriture) error {
	return c.Raw(func(dc any) error {
		if err := i.sur(ctx, dc); err != nil {
			return err
		}
		i.args = i.args[:0]
		if err := i.objs(ctx, w); err != nil {
			return err
		}
		return i.comptes(ctx, w)
	})
}

// VerifierStockage implements journal.Integre: SQLite reads every page, and compares each index with its table.
func (j *Journal) VerifierStockage(ctx context.Context) error {
	var errs []error
	for l, err := range parcourir(ctx, j.lecteur, func(rows *sql.Rows) (s string, err error) {
		err = rows.Scan(&s)
		return s, err
	}, "PRAGMA integrity_check(20)") {
		if err != nil {
			return err
		}
		if l != "ok" {
			errs = append(errs, errors.New("sqlite: "+l))
		}
	}
	return errors.Join(errs...)
}
