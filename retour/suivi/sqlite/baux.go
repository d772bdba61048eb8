package sqlite

import (
	"context"
	"database/sql"
	"strconv"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Prendre implements journal.Journal.
func (j *Journal) Prendre(ctx context.Context, p journal.Prise) ([]journal.Objet, error) {
	// Most rounds find nothing: that is seen without a write.
	var un int
	genre := " WHERE genre = " + strconv.FormatInt(codes[p.Genre], 10) // a constant: see selectionner
	const seul = " AND (? = '' OR cle = ?)"
	switch err := j.lecteur.QueryRowContext(ctx, "SELECT 1 FROM objets"+genre+" AND echeance <= ?"+seul+" LIMIT 1",
		journal.Microsecondes(p.Maintenant), p.Cle, p.Cle).Scan(&un); err {
	case nil:
	case sql.ErrNoRows:
		return nil, nil
	default:
		return nil, err
	}
	var l []journal.Objet
	err := j.agir(ctx, func(ctx context.Context, tx *sql.Tx) error {
		maintenant := j.horloge()
		l = l[:0]
		us, fin := maintenant.UnixMicro(), maintenant.Add(p.Duree).UnixMicro()
		// A lease further away than the longest one was made under a clock that has been set back.
		for o, err := range parcourir(ctx, tx, ligneObjet, "SELECT "+lectureObjet+
			` FROM objets AS o`+genre+` AND echeance <= ?`+seul+`
			AND NOT EXISTS (SELECT 1 FROM baux AS b WHERE b.genre = o.genre AND b.cle = o.cle AND b.fin > ? AND b.fin < ?)
			ORDER BY echeance LIMIT ?`, journal.Microsecondes(p.Maintenant), p.Cle, p.Cle, us,
			maintenant.Add(journal.BailMax).UnixMicro(), p.Nombre) {
			if err != nil {
				return err
			}
			l = append(l, o)
		}
		for i := range l {
			if _, err := tx.ExecContext(ctx, "INSERT OR REPLACE INTO baux VALUES (?,?,?,?)", codes[l[i].Genre], l[i].Cle,
				p.Titulaire, fin); err != nil {
				return err
			}
		}
		_, err := tx.ExecContext(ctx, "DELETE FROM baux WHERE fin <= ?", us)
		return err
	})
	if err != nil {
		return nil, err
	}
	return l, nil
}

// Rendre implements journal.Journal.
func (j *Journal) Rendre(ctx context.Context, titulaire string, refs ...journal.Ref) error {
	if len(refs) == 0 {
		return nil
	}
	return j.agir(ctx, func(ctx context.Context, tx *sql.Tx) error {
		for _, r := range refs {
			if _, err := tx.ExecContext(ctx, "DELETE FROM baux WHERE genre = ? AND cle = ? AND titulaire = ?", codes[r.Genre],
				r.Cle, titulaire); err != nil {
				return err
			}
		}
		return nil
	})
}
