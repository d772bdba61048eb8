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

// champsObjet are an object's fields without column: its own, or those of its first event.
const champsObjet = "ifnull(champs, (SELECT donnees FROM evenements WHERE seq = debut))"

const lectureObjet = "genre, cle, version, etat, debut, ifnull(dernier, debut), cree, ifnull(modifie, cree), parent, " +
	"dans, patient, jour, echeance, attention, limite, " + champsObjet

// An exceptional state is written with a mark: the index that has only those tests one character at each write, where
// nine comparisons of texts took as long as a small index.
const (
	marque        = "!"
	exceptionnels = `etat < '"'`
)

func etatEcrit(e journal.Etat) string {
	if e.Exceptionnel() {
		return marque + string(e)
	}
	return string(e)
}

func etatLu(s string) journal.Etat { return journal.Etat(strings.TrimPrefix(s, marque)) }

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
	c, err := journal.ParseChamps([]byte(champs))
	if err != nil {
		return o, fmt.Errorf("sqlite: object of genre %d: %w", genre, err)
	}
	o.Genre, o.Etat, o.Champs = genres[genre], etatLu(etat), c
	o.Cree, o.Modifie = journal.Instant(cree), journal.Instant(modifie)
	o.Parent, o.Dans, o.Patient = parent.String, dans.String, patient.String
	o.Jour, o.Echeance, o.Attention, o.Limite = jour.Int64, echeance.Int64, attention.Int64, limite.Int64
	return o, nil
}

// parLot is the number of rows of the long statements. Fewer statements cost less, but the driver's binding is
// quadratic in the variables of one.
const parLot = 6

// lecture are the statements that read objects, prepared once: parLot rows at a time, then row by row.
type lecture [2]*sql.Stmt

var lignesPar = [2]int{parLot, 1}

func preparerLecture(ctx context.Context, db *sql.DB) (l lecture, err error) {
	for k, n := range lignesPar {
		if l[k], err = db.PrepareContext(ctx, "SELECT "+lectureObjet+" FROM objets WHERE (genre, cle) IN (VALUES "+
			valeurs(n, 2)+")"); err != nil {
			return l, err
		}
	}
	return l, nil
}

// parTranches calls f with the number, in lignesPar, of a statement and its range of rows: parLot at a time, then one
// by one.
func parTranches(total int, f func(k, de, a int) error) error {
	de := 0
	for k, n := range lignesPar {
		for ; de+n <= total; de += n {
			if err := f(k, de, de+n); err != nil {
				return err
			}
		}
	}
	return nil
}

// objets gives f the objects of refs, those that exist, in any order; tx is nil outside a transaction.
func (l *lecture) objets(ctx context.Context, tx *sql.Tx, refs []journal.Ref, f func(journal.Objet)) error {
	if len(refs) == 0 {
		return nil
	}
	s := *l
	if tx != nil {
		for k := range s {
			s[k] = tx.StmtContext(ctx, s[k])
		}
	}
	args := make([]any, 0, 2*parLot)
	return parTranches(len(refs), func(k, de, a int) error {
		args = args[:0]
		for _, r := range refs[de:a] {
			args = append(args, codes[r.Genre], r.Cle)
		}
		rows, err := s[k].QueryContext(ctx, args...)
		if err != nil {
			return err
		}
		for rows.Next() {
			o, err := ligneObjet(rows)
			if err != nil {
				return errors.Join(err, rows.Close())
			}
			f(o)
		}
		return errors.Join(rows.Err(), rows.Close())
	})
}

// valeurs is "(?,?),(?,?)" for n rows of k.
func valeurs(n, k int) string {
	ligne := "(" + strings.Repeat("?,", k-1) + "?)"
	return strings.Repeat(ligne+",", n-1) + ligne
}
