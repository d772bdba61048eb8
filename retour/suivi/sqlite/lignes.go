package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// requeteur is what a *sql.DB and a *sql.Tx share.
type requeteur interface {
	QueryContext(context.Context, string, ...any) (*sql.Rows, error)
	QueryRowContext(context.Context, string, ...any) *sql.Row
}

var (
	codes  = map[journal.Genre]int64{}
	genres = map[int64]journal.Genre{}
)

func init() {
	for i, g := range journal.Genres() {
		codes[g], genres[int64(i+1)] = int64(i+1), g
	}
}

func lireTete(ctx context.Context, q requeteur) (journal.Tete, error) {
	var t journal.Tete
	var us int64
	var c []byte
	err := q.QueryRowContext(ctx, "SELECT seq, quand, condense FROM tete").Scan(&t.Seq, &us, &c)
	if errors.Is(err, sql.ErrNoRows) {
		return t, nil
	}
	t.Quand = journal.Instant(us)
	copy(t.Condense[:], c)
	return t, err
}

const colonnesObjet = "genre, cle, version, etat, debut, dernier, cree, modifie, parent, dans, patient, jour, echeance, attention, limite, champs"

func ligneObjet(rows *sql.Rows) (journal.Objet, error) {
	var o journal.Objet
	var genre, cree, modifie int64
	var parent, dans, patient sql.NullString
	var jour, echeance, attention, limite sql.NullInt64
	var etat, champs string
	if err := rows.Scan(&genre, &o.Cle, &o.Version, &etat, &o.Debut, &o.Dernier, &cree, &modifie, &parent, &dans, &patient,
		&jour, &echeance, &attention, &limite, &champs); err != nil {
		return o, err
	}
	c, err := journal.LireChamps([]byte(champs))
	if err != nil {
		return o, fmt.Errorf("sqlite: object of genre %d: %w", genre, err)
	}
	o.Genre, o.Etat, o.Champs = genres[genre], journal.Etat(etat), c
	o.Cree, o.Modifie = journal.Instant(cree), journal.Instant(modifie)
	o.Parent, o.Dans, o.Patient = parent.String, dans.String, patient.String
	o.Jour, o.Echeance, o.Attention, o.Limite = jour.Int64, echeance.Int64, attention.Int64, limite.Int64
	return o, nil
}

// parLot is the number of rows of the long statements. Fewer statements cost less, but the driver's binding is quadratic in the
// variables of one.
const parLot = 8

// instructions are the statements of the hot path, prepared once: parLot rows at a time, then row by row.
type instructions struct {
	lire, evenements, objets [2]*sql.Stmt
	maj                      *sql.Stmt
}

var lignesPar = [2]int{parLot, 1}

func preparer(ctx context.Context, db *sql.DB, ecrire bool) (i instructions, err error) {
	p := func(s **sql.Stmt, texte string) {
		if err == nil {
			*s, err = db.PrepareContext(ctx, texte)
		}
	}
	for k, n := range lignesPar {
		p(&i.lire[k], "SELECT "+colonnesObjet+" FROM objets WHERE (genre, cle) IN (VALUES "+valeurs(n, 2)+")")
		if ecrire {
			p(&i.evenements[k], insereEvenements+valeurs(n, 9))
			p(&i.objets[k], insereObjets+valeurs(n, 16))
		}
	}
	if ecrire {
		p(&i.maj, majObjet)
	}
	return i, err
}

// parTranches calls f with a statement and its range of rows: parLot at a time, then one by one.
func parTranches(s [2]*sql.Stmt, total int, f func(s *sql.Stmt, de, a int) error) error {
	de := 0
	for k, n := range lignesPar {
		for ; de+n <= total; de += n {
			if err := f(s[k], de, de+n); err != nil {
				return err
			}
		}
	}
	return nil
}

// lireObjets reads the objects of refs; tx is nil outside a transaction.
func (i *instructions) lireObjets(ctx context.Context, tx *sql.Tx, refs []journal.Ref) (map[journal.Ref]journal.Objet, error) {
	m := make(map[journal.Ref]journal.Objet, len(refs))
	args := make([]any, 0, 2*parLot)
	err := parTranches(i.lire, len(refs), func(s *sql.Stmt, de, a int) error {
		args = args[:0]
		for _, r := range refs[de:a] {
			args = append(args, codes[r.Genre], r.Cle)
		}
		if tx != nil {
			s = tx.StmtContext(ctx, s)
		}
		rows, err := s.QueryContext(ctx, args...)
		if err != nil {
			return err
		}
		for rows.Next() {
			o, err := ligneObjet(rows)
			if err != nil {
				return errors.Join(err, rows.Close())
			}
			m[o.Ref()] = o
		}
		return errors.Join(rows.Err(), rows.Close())
	})
	return m, err
}

// valeurs is "(?,?),(?,?)" for n rows of k.
func valeurs(n, k int) string {
	ligne := "(" + strings.Repeat("?,", k-1) + "?)"
	return strings.Repeat(ligne+",", n-1) + ligne
}

func ouNul[T string | int64](v T) any {
	var zero T
	if v == zero {
		return nil
	}
	return v
}

const insereEvenements = "INSERT OR ROLLBACK INTO evenements (seq, prec, quand, genre, cle, type, version, donnees, condense) VALUES "

const insereObjets = "INSERT OR ROLLBACK INTO objets (" + colonnesObjet + ") VALUES "

const majObjet = `UPDATE objets SET version=?, etat=?, dernier=?, modifie=?, parent=?, dans=?, patient=?, jour=?, echeance=?, attention=?, limite=?, champs=?
	WHERE debut = ?`

// suite adds the columns that both statements end with.
func suite(args []any, o *journal.Objet) []any {
	c := o.Champs
	c.Parent, c.Dans, c.Patient, c.Jour, c.Echeance, c.Attention, c.Limite = "", "", "", 0, 0, 0, 0
	return append(args, ouNul(o.Parent), ouNul(o.Dans), ouNul(o.Patient), ouNul(o.Jour), ouNul(o.Echeance), ouNul(o.Attention), ouNul(o.Limite),
		string(c.Append(nil)))
}

func (i *instructions) inscrire(ctx context.Context, tx *sql.Tx, w *journal.Ecriture) error {
	if len(w.Evenements) == 0 {
		return nil
	}
	args := make([]any, 0, 16*parLot)
	err := parTranches(i.evenements, len(w.Evenements), func(s *sql.Stmt, de, a int) error {
		args = args[:0]
		for k := de; k < a; k++ {
			e := &w.Evenements[k]
			args = append(args, int64(e.Seq), int64(e.Prec), journal.Microsecondes(e.Quand), string(e.Genre), e.Cle, string(e.Type),
				int64(e.Version), string(e.Donnees), e.Condense[:])
		}
		_, err := tx.StmtContext(ctx, s).ExecContext(ctx, args...)
		return err
	})
	if err != nil {
		return err
	}
	var neufs []*journal.Objet
	maj := tx.StmtContext(ctx, i.maj)
	for k := range w.Objets {
		o := &w.Objets[k]
		if o.Debut >= w.Evenements[0].Seq {
			neufs = append(neufs, o)
			continue
		}
		args = append(args[:0], int64(o.Version), string(o.Etat), int64(o.Dernier), journal.Microsecondes(o.Modifie))
		args = append(suite(args, o), int64(o.Debut))
		if _, err := maj.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	err = parTranches(i.objets, len(neufs), func(s *sql.Stmt, de, a int) error {
		args = args[:0]
		for _, o := range neufs[de:a] {
			args = append(args, codes[o.Genre], o.Cle, int64(o.Version), string(o.Etat), int64(o.Debut), int64(o.Dernier),
				journal.Microsecondes(o.Cree), journal.Microsecondes(o.Modifie))
			args = suite(args, o)
		}
		_, err := tx.StmtContext(ctx, s).ExecContext(ctx, args...)
		return err
	})
	if err != nil {
		return err
	}
	for _, r := range w.Rendus {
		if _, err := tx.ExecContext(ctx, "DELETE FROM baux WHERE genre = ? AND cle = ?", codes[r.Genre], r.Cle); err != nil {
			return err
		}
	}
	for c, n := range w.Compteurs {
		if _, err := tx.ExecContext(ctx, "INSERT INTO compteurs VALUES (?,?,?) ON CONFLICT DO UPDATE SET n=n+excluded.n", c.Periode, c.Nom, n); err != nil {
			return err
		}
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO tete VALUES (1,?,?,?) ON CONFLICT DO UPDATE SET seq=excluded.seq, quand=excluded.quand, condense=excluded.condense",
		int64(w.Tete.Seq), journal.Microsecondes(w.Tete.Quand), w.Tete.Condense[:])
	return err
}
