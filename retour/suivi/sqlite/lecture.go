package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"iter"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Tete implements journal.Journal.
func (j *Journal) Tete(ctx context.Context) (journal.Tete, error) { return lireTete(ctx, j.lecteur) }

// Objets implements journal.Journal.
func (j *Journal) Objets(ctx context.Context, refs ...journal.Ref) (map[journal.Ref]journal.Objet, error) {
	m := make(map[journal.Ref]journal.Objet, len(refs))
	err := j.lectureR.objets(ctx, nil, refs, func(o journal.Objet) { m[o.Ref()] = o })
	return m, err
}

const colonnesEvenement = "seq, prec, quand, genre, cle, type, version, donnees, condense"

func ligneEvenement(rows *sql.Rows) (journal.Evenement, error) {
	var e journal.Evenement
	var us int64
	var genre, typ string
	var condense sql.RawBytes
	if err := rows.Scan(&e.Seq, &e.Prec, &us, &genre, &e.Cle, &typ, &e.Version, &e.Donnees, &condense); err != nil {
		return e, err
	}
	e.Quand, e.Genre, e.Type = journal.Instant(us), journal.Genre(genre), journal.Type(typ)
	if len(condense) != len(e.Condense) {
		return e, &journal.Rupture{Seq: e.Seq, Quoi: fmt.Sprintf("digest of %d bytes", len(condense))}
	}
	copy(e.Condense[:], condense)
	c, err := journal.ParseChamps(e.Donnees)
	if err != nil {
		return e, &journal.Rupture{Seq: e.Seq, Quoi: "data unreadable", Cause: err}
	}
	e.Champs = c
	return e, nil
}

// Rejouer implements journal.Journal.
func (j *Journal) Rejouer(ctx context.Context, seq uint64) iter.Seq2[journal.Evenement, error] {
	return parcourir(ctx, j.lecteur, ligneEvenement, "SELECT "+colonnesEvenement+
		" FROM evenements WHERE seq > ? ORDER BY seq", int64(seq))
}

// Evenement implements journal.Journal.
func (j *Journal) Evenement(ctx context.Context, seq uint64) (journal.Evenement, error) {
	for e, err := range parcourir(ctx, j.lecteur, ligneEvenement, "SELECT "+colonnesEvenement+
		" FROM evenements WHERE seq = ?", int64(seq)) {
		return e, err
	}
	return journal.Evenement{}, fmt.Errorf("sqlite: no event %d", seq)
}

func parcourir[T any](ctx context.Context, q requeteur, ligne func(*sql.Rows) (T, error), requete string,
	args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		rows, err := q.QueryContext(ctx, requete, args...)
		if err != nil {
			yield(zero, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			v, err := ligne(rows)
			if !yield(v, err) || err != nil {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(zero, err)
		}
	}
}

// parPage is how many objects are read before they are given, when all are asked for.
const parPage = 500

// Chercher implements journal.Journal. What is given was read before: no connection is held while the caller works,
// who may ask for more meanwhile. Fifty who each held one, and each waited for another, waited for ever.
func (j *Journal) Chercher(ctx context.Context, r journal.Requete) iter.Seq2[journal.Objet, error] {
	if r.Tri == journal.ParUrgence && r.Attention > 0 && r.Apres != nil && r.Limite > 0 {
		return j.pageUrgence(ctx, r)
	}
	// What is asked of a lot, of a patient, of some days, is bounded by it; its pages would each be sorted anew.
	if r.Limite > 0 || r.Tri == journal.ParEcheance || r.Precise() || r.PeuDeJours() {
		requete, args := selection(&r)
		return lues(parcourir(ctx, j.lecteur, ligneObjet, requete, args...))
	}
	return func(yield func(journal.Objet, error) bool) {
		r.Limite = parPage
		for {
			n := 0
			var dernier journal.Objet
			for o, err := range j.Chercher(ctx, r) {
				if !yield(o, err) || err != nil {
					return
				}
				dernier = o
				n++
			}
			if n < parPage {
				return
			}
			r.Apres = &dernier
		}
	}
}

// lues reads a whole answer before it gives any of it.
func lues(seq iter.Seq2[journal.Objet, error]) iter.Seq2[journal.Objet, error] {
	return func(yield func(journal.Objet, error) bool) {
		var l []journal.Objet
		var echec error
		for o, err := range seq {
			if err != nil {
				echec = err
				break
			}
			l = append(l, o)
		}
		for i := range l {
			if !yield(l[i], nil) {
				return
			}
		}
		if echec != nil {
			yield(journal.Objet{}, echec)
		}
	}
}

// tranche is a part of an order by urgency that one search of the index gives.
type tranche uint8

const (
	tout       tranche = iota
	memeLimite         // same attention and limit as Apres, greater key
	plusLoin           // same attention, greater limit
	niveau             // the whole of that attention
)

// pageUrgence gives a page after the first, part by part: the index goes down by attention and up by the rest, so that
// one condition on all three reads every page before.
func (j *Journal) pageUrgence(ctx context.Context, r journal.Requete) iter.Seq2[journal.Objet, error] {
	return func(yield func(journal.Objet, error) bool) {
		minimum, partie := r.Attention, memeLimite
		for r.Attention = r.Apres.Attention; r.Attention >= minimum && r.Limite > 0; {
			requete, args := selectionner(&r, partie)
			for o, err := range lues(parcourir(ctx, j.lecteur, ligneObjet, requete, args...)) {
				if !yield(o, err) || err != nil {
					return
				}
				r.Limite--
			}
			if partie == memeLimite {
				partie = plusLoin
				continue
			}
			r.Attention--
			partie = niveau
		}
	}
}

func selection(r *journal.Requete) (string, []any) { return selectionner(r, tout) }

// selectionner is selection, of a part of the order by urgency.
func selectionner(r *journal.Requete, partie tranche) (string, []any) {
	var b strings.Builder
	b.WriteString("SELECT " + lectureObjet + " FROM objets")
	if r.Numero != 0 { // without statistics the planner takes objets_cle, and reads every invoice
		b.WriteString(" INDEXED BY objets_numero")
	}
	// As a constant: an index has one in its condition, and with a variable the plan would be made anew at each search.
	b.WriteString(" WHERE genre = " + strconv.FormatInt(codes[r.Genre], 10))
	var args []any
	et := func(cond string, v ...any) {
		b.WriteString(" AND " + cond)
		args = append(args, v...)
	}
	if len(r.Etats) > 0 {
		v := make([]any, len(r.Etats))
		for i, e := range r.Etats {
			v[i] = etatEcrit(e)
		}
		et("etat IN "+valeurs(1, len(v)), v...)
		if r.Exceptionnels() {
			b.WriteString(" AND " + exceptionnels)
		}
	}
	for _, c := range [...]struct{ cond, valeur string }{{"parent = ?", r.Parent}, {"dans = ?", r.Dans},
		{"patient = ?", r.Patient}, {"reference = ?", journal.FinReference(r.Reference)},
		{champsObjet + " ->> '$.reference' = ?", r.Reference}, {champsObjet + " ->> '$.nature' = ?", r.Nature},
		{"strftime('%Y-%m', cree / 1000000, 'unixepoch') = ?", r.Periode}} {
		if c.valeur != "" {
			et(c.cond, c.valeur)
		}
	}
	if r.Numero != 0 { // the constant lets the index of invoices be used, the end leaves out what has fewer digits
		et("genre = 2 AND CAST(substr(cle, -9) AS INTEGER) = ? AND substr(cle, -10) = ?", r.Numero, r.Suffixe())
	}
	if r.Du != 0 {
		et("jour >= ?", r.Du)
	}
	switch {
	case r.Au != 0 && r.Du != 0:
		et("jour <= ?", r.Au)
	case r.Au != 0:
		et("ifnull(jour, 0) <= ?", r.Au)
	}
	switch {
	case partie != tout:
		et("attention = ?", r.Attention)
	case r.Attention > 0:
		et("attention >= ?", r.Attention)
	}
	if !r.EcheanceAvant.IsZero() {
		et("echeance <= ?", journal.Microsecondes(r.EcheanceAvant))
	}
	// Without statistics the planner prefers the index that needs no sorting, objets_cle, which here means reading every
	// object of the kind; the + takes that index away from it.
	cle := "cle"
	if r.Precise() || r.Numero != 0 || r.PeuDeJours() {
		cle = "+cle"
	}
	if r.Apres != nil && partie != niveau {
		apres(r, partie, cle, et)
	}
	b.WriteString(ordre(r, partie, cle))
	if r.Limite > 0 {
		b.WriteString(" LIMIT ?")
		args = append(args, r.Limite)
	}
	return b.String(), args
}

// apres goes on after the last object of the page before.
func apres(r *journal.Requete, partie tranche, cle string, et func(string, ...any)) {
	switch a := r.Apres; r.Tri {
	case journal.ParJour:
		// The first condition bounds the search in the index, the second leaves out what was given of that day.
		et("jour <= ? AND (jour < ? OR debut < ?)", a.Jour, a.Jour, int64(a.Debut))
	case journal.ParCleInverse:
		et(cle+" < ?", a.Cle)
	case journal.ParUrgence:
		apresUrgence(a, partie, et)
	default:
		et(cle+" > ?", a.Cle)
	}
}

// sansLimite writes a missing limit as one that never comes.
const sansLimite = "ifnull(limite, 4611686018427387904)"

// ordre is the order that a selection asks for; cle is how it names the key.
func ordre(r *journal.Requete, partie tranche, cle string) string {
	switch {
	case r.Tri == journal.ParJour:
		return " AND jour IS NOT NULL ORDER BY jour DESC, debut DESC"
	case r.Tri == journal.ParCleInverse:
		return " ORDER BY " + cle + " DESC"
	case r.Tri == journal.ParEcheance:
		return " AND echeance IS NOT NULL ORDER BY echeance, cle"
	case partie == memeLimite:
		return " ORDER BY cle"
	case r.Tri == journal.ParUrgence && r.Attention > 0:
		return " ORDER BY attention DESC, " + sansLimite + ", cle"
	case r.Tri == journal.ParUrgence:
		return " ORDER BY ifnull(attention, 0) DESC, " + sansLimite + ", cle"
	}
	return " ORDER BY " + cle
}

// apresUrgence goes on after the last object of the page before, in the order by urgency.
func apresUrgence(a *journal.Objet, partie tranche, et func(string, ...any)) {
	l := a.Limite
	if l == 0 {
		l = journal.JamaisUS
	}
	switch partie {
	case memeLimite:
		et(sansLimite+" = ? AND cle > ?", l, a.Cle)
	case plusLoin:
		et(sansLimite+" > ?", l)
	default:
		et("(-ifnull(attention, 0), "+sansLimite+", cle) > (?, ?, ?)", -a.Attention, l, a.Cle)
	}
}

// Compteurs implements journal.Journal.
func (j *Journal) Compteurs(ctx context.Context, du, au string) (map[string]int64, error) {
	m := map[string]int64{}
	rows, err := j.lecteur.QueryContext(ctx,
		"SELECT nom, sum(n) FROM compteurs WHERE periode >= ? AND (? = '' OR periode <= ?) GROUP BY nom HAVING sum(n) <> 0",
		du, au, au)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var nom string
		var n int64
		if err := rows.Scan(&nom, &n); err != nil {
			return nil, err
		}
		m[nom] = n
	}
	return m, rows.Err()
}
