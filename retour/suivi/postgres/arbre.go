package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

var _ journal.Arbre = (*Journal)(nil)

func (j *Journal) condenses(ctx context.Context, requete string, args ...any) (l []journal.Condense, err error) {
	for c, err := range parcourir(ctx, j.pool, func(rows pgx.CollectableRow) (c journal.Condense, err error) {
		var b []byte
		err = rows.Scan(&b)
		copy(c[:], b)
		return c, err
	}, requete, args...) {
		if err != nil {
			return nil, err
		}
		l = append(l, c)
	}
	return l, nil
}

// Liens implements journal.Arbre.
func (j *Journal) Liens(ctx context.Context, de uint64, n int) ([]journal.Condense, error) {
	return j.condenses(ctx, "SELECT condense FROM scor_evenements WHERE dossier = $1 AND seq > $2 ORDER BY seq LIMIT $3",
		j.dossier, int64(de), n)
}

// Noeuds implements journal.Arbre.
func (j *Journal) Noeuds(ctx context.Context, niveau int, de uint64, n int) ([]journal.Condense, error) {
	return j.condenses(ctx, "SELECT condense FROM scor_arbre WHERE dossier = $1 AND niveau = $2 AND n >= $3 ORDER BY n "+
		"LIMIT $4",
		j.dossier, niveau, int64(de), n)
}

// NombreNoeuds implements journal.Arbre.
func (j *Journal) NombreNoeuds(ctx context.Context, niveau int) (uint64, error) {
	var n int64
	err := j.pool.QueryRow(ctx, "SELECT coalesce(max(n) + 1, 0) FROM scor_arbre WHERE dossier = $1 AND niveau = $2",
		j.dossier, niveau).Scan(&n)
	if err != nil {
		return 0, traduire(err)
	}
	return uint64(n), nil
}

// GarderNoeuds implements journal.Arbre.
func (j *Journal) GarderNoeuds(ctx context.Context, niveau int, de uint64, l []journal.Condense) error {
	b := make([][]byte, len(l))
	for i := range l {
		b[i] = l[i][:]
	}
	_, err := j.pool.Exec(ctx, `INSERT INTO scor_arbre SELECT $1, $2, $3 + i - 1, c FROM unnest($4::bytea[]) WITH ORDINALITY AS u(c, i)
		ON CONFLICT DO NOTHING`, j.dossier, niveau, int64(de), b)
	if err != nil {
		return traduire(err)
	}
	return nil
}
