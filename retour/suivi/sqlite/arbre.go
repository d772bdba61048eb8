package sqlite

import (
	"context"
	"database/sql"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

var _ journal.Arbre = (*Journal)(nil)

func (j *Journal) condenses(ctx context.Context, requete string, args ...any) (l []journal.Condense, err error) {
	for c, err := range parcourir(ctx, j.lecteur, func(rows *sql.Rows) (c journal.Condense, err error) {
		var b sql.RawBytes
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
	return j.condenses(ctx, "SELECT condense FROM evenements WHERE seq > ? ORDER BY seq LIMIT ?", int64(de), n)
}

// Noeuds implements journal.Arbre.
func (j *Journal) Noeuds(ctx context.Context, niveau int, de uint64, n int) ([]journal.Condense, error) {
	return j.condenses(ctx, "SELECT condense FROM arbre WHERE niveau = ? AND n >= ? ORDER BY n LIMIT ?", niveau, int64(de),
		n)
}

// NombreNoeuds implements journal.Arbre.
func (j *Journal) NombreNoeuds(ctx context.Context, niveau int) (n uint64, err error) {
	err = j.lecteur.QueryRowContext(ctx, "SELECT ifnull(max(n) + 1, 0) FROM arbre WHERE niveau = ?", niveau).Scan(&n)
	return n, err
}

// GarderNoeuds implements journal.Arbre.
func (j *Journal) GarderNoeuds(ctx context.Context, niveau int, de uint64, l []journal.Condense) error {
	return j.agir(ctx, func(ctx context.Context, tx *sql.Tx) error {
		s, err := tx.PrepareContext(ctx, "INSERT INTO arbre VALUES (?,?,?) ON CONFLICT DO NOTHING")
		if err != nil {
			return err
		}
		defer s.Close()
		for i := range l {
			if _, err := s.ExecContext(ctx, niveau, int64(de)+int64(i), l[i][:]); err != nil {
				return err
			}
		}
		return nil
	})
}
