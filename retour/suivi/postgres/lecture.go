package postgres

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Tete implements journal.Journal.
func (j *Journal) Tete(ctx context.Context) (journal.Tete, error) { return j.tete(ctx, j.pool, "") }

// Objets implements journal.Journal.
func (j *Journal) Objets(ctx context.Context, refs ...journal.Ref) (map[journal.Ref]journal.Objet, error) {
	l, err := j.objets(ctx, j.pool, refs)
	m := make(map[journal.Ref]journal.Objet, len(l))
	for _, o := range l {
		m[o.Ref()] = o
	}
	return m, err
}

const colonnesEvenement = "seq, prec, quand, genre, cle, type, version, donnees, condense"

func ligneEvenement(rows pgx.CollectableRow) (journal.Evenement, error) {
	var e journal.Evenement
	var us int64
	var condense, donnees []byte
	if err := rows.Scan(&e.Seq, &e.Prec, &us, &e.Genre, &e.Cle, &e.Type, &e.Version, &donnees, &condense); err != nil {
		return e, err
	}
	e.Quand, e.Donnees = journal.Instant(us), donnees
	if len(condense) != len(e.Condense) {
		return e, &journal.Rupture{Seq: e.Seq, Quoi: fmt.Sprintf("digest of %d bytes", len(condense))}
	}
	copy(e.Condense[:], condense)
	c, err := journal.ParseChamps(donnees)
	if err != nil {
		return e, &journal.Rupture{Seq: e.Seq, Quoi: "data unreadable", Cause: err}
	}
	e.Champs = c
	return e, nil
}

// parPage is the number of rows read at once: no connection is held while the caller works. Events begin with fewer,
// for who wants the first ones alone.
const (
	parPage    = 10_000
	parPageMin = 100
)

// Rejouer implements journal.Journal.
func (j *Journal) Rejouer(ctx context.Context, seq uint64) iter.Seq2[journal.Evenement, error] {
	return func(yield func(journal.Evenement, error) bool) {
		for page := parPageMin; ; page = min(4*page, parPage) {
			n := 0
			for e, err := range parcourir(ctx, j.pool, ligneEvenement, "SELECT "+colonnesEvenement+
				" FROM scor_evenements WHERE dossier = $1 AND seq > $2 ORDER BY seq LIMIT $3",
				j.dossier, int64(seq), page) {
				if !yield(e, err) || err != nil {
					return
				}
				seq = e.Seq
				n++
			}
			if n < page {
				return
			}
		}
	}
}

// Evenement implements journal.Journal.
func (j *Journal) Evenement(ctx context.Context, seq uint64) (journal.Evenement, error) {
	for e, err := range parcourir(ctx, j.pool, ligneEvenement, "SELECT "+colonnesEvenement+
		" FROM scor_evenements WHERE dossier = $1 AND seq = $2", j.dossier, int64(seq)) {
		return e, err
	}
	return journal.Evenement{}, fmt.Errorf("postgres: no event %d", seq)
}

// parcourir reads the whole answer first: the connection is free while the caller works.
func parcourir[T any](ctx context.Context, q requeteur, ligne pgx.RowToFunc[T], requete string,
	args ...any) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		var zero T
		rows, err := q.Query(ctx, requete, args...)
		if err != nil {
			yield(zero, traduire(err))
			return
		}
		l, err := pgx.CollectRows(rows, ligne)
		for _, v := range l {
			if !yield(v, nil) {
				return
			}
		}
		if err != nil {
			var r *journal.Rupture
			if errors.As(err, &r) {
				yield(zero, err)
				return
			}
			yield(zero, traduire(err))
		}
	}
}

// Chercher implements journal.Journal. An answer without limit is read by pages.
func (j *Journal) Chercher(ctx context.Context, r journal.Requete) iter.Seq2[journal.Objet, error] {
	if r.Limite > 0 || r.Tri == journal.ParEcheance {
		requete, args := j.selection(&r)
		return parcourir(ctx, j.pool, ligneObjet, requete, args...)
	}
	return func(yield func(journal.Objet, error) bool) {
		r.Limite = parPage
		for {
			requete, args := j.selection(&r)
			n := 0
			var dernier journal.Objet
			for o, err := range parcourir(ctx, j.pool, ligneObjet, requete, args...) {
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

// exceptionnels is the condition of the index scor_objets_etat: the states of journal.Etat.Exceptionnel.
const exceptionnels = "etat NOT IN ('arl+', 'constitue', 'en-lot', 'transmis', 'enregistre', 'paye', 'traite', " +
	"'clos', 'purge')"

// ordre is where the page begins, and its order; p keeps an argument and names it.
func ordre(r *journal.Requete, p func(any) string) string {
	const limite = "coalesce(limite, 4611686018427387904)"
	rang := "(-coalesce(attention, 0))"
	if r.Attention > 0 {
		rang = "(-attention)"
	}
	apres := ""
	if a := r.Apres; a != nil {
		switch r.Tri {
		case journal.ParUrgence:
			l := a.Limite
			if l == 0 {
				l = journal.JamaisUS
			}
			apres = " AND (" + rang + ", " + limite + ", cle) > (" + p(-a.Attention) + "::bigint, " + p(l) + "::bigint, " +
				p(a.Cle) + "::text)"
		case journal.ParJour:
			j := p(a.Jour)
			apres = " AND jour <= " + j + " AND (jour < " + j + " OR debut < " + p(int64(a.Debut)) + ")"
		case journal.ParCleInverse:
			apres = " AND cle < " + p(a.Cle)
		default:
			apres = " AND cle > " + p(a.Cle)
		}
	}
	switch {
	case r.Tri == journal.ParJour:
		return apres + " AND jour IS NOT NULL ORDER BY jour DESC, debut DESC"
	case r.Tri == journal.ParCleInverse:
		return apres + " ORDER BY cle DESC"
	case r.Tri == journal.ParEcheance:
		return apres + " AND echeance IS NOT NULL ORDER BY echeance, cle"
	case r.Tri == journal.ParUrgence:
		return apres + " ORDER BY " + rang + ", " + limite + ", cle"
	case r.PeuDeJours():
		return apres + " ORDER BY cle || ''" // the index by key, in the order of the answer, would mean reading every object
	}
	return apres + " ORDER BY cle"
}

func (j *Journal) selection(r *journal.Requete) (string, []any) {
	var b strings.Builder
	b.WriteString("SELECT " + colonnesObjet + " FROM scor_objets WHERE dossier = $1 AND genre = $2")
	args := []any{j.dossier, string(r.Genre)}
	p := func(v any) string {
		args = append(args, v)
		return "$" + strconv.Itoa(len(args))
	}
	et := func(cond string, v any) { b.WriteString(" AND " + strings.ReplaceAll(cond, "?", p(v))) }
	if len(r.Etats) > 0 {
		l := make([]string, len(r.Etats))
		for i, e := range r.Etats {
			l[i] = string(e)
		}
		et("etat = ANY(?)", l)
		if r.Exceptionnels() {
			b.WriteString(" AND " + exceptionnels)
		}
	}
	if r.Parent != "" {
		et("parent = ?", r.Parent)
	}
	if r.Dans != "" {
		et("dans = ?", r.Dans)
	}
	if r.Patient != "" {
		et("patient = ?", r.Patient)
	}
	if r.Numero != 0 {
		et("genre = 'facture' AND right(cle, 10) = ?", r.Suffixe())
	}
	if r.Reference != "" {
		et("reference = ?", journal.FinReference(r.Reference))
		et("champs::json ->> 'reference' = ?", r.Reference)
	}
	if r.Nature != "" {
		et("champs::json ->> 'nature' = ?", r.Nature)
	}
	if r.Periode != "" {
		et("to_char(to_timestamp(cree / 1000000) AT TIME ZONE 'UTC', 'YYYY-MM') = ?", r.Periode)
	}
	if r.Du != 0 {
		et("jour >= ?", r.Du)
	}
	switch {
	case r.Au != 0 && r.Du != 0:
		et("jour <= ?", r.Au)
	case r.Au != 0:
		et("coalesce(jour, 0) <= ?", r.Au)
	}
	if r.Attention > 0 {
		et("attention >= ?", r.Attention)
	}
	if !r.EcheanceAvant.IsZero() {
		et("echeance <= ?", journal.Microsecondes(r.EcheanceAvant))
	}
	b.WriteString(ordre(r, p))
	if r.Limite > 0 {
		b.WriteString(" LIMIT " + p(r.Limite))
	}
	return b.String(), args
}

// Compteurs implements journal.Journal.
func (j *Journal) Compteurs(ctx context.Context, du, au string) (map[string]int64, error) {
	rows, err := j.pool.Query(ctx,
		"SELECT nom, sum(n)::bigint FROM scor_compteurs WHERE dossier = $1 AND periode >= $2 AND ($3 = '' OR periode <= "+
			"$3) GROUP BY nom HAVING sum(n) <> 0", j.dossier, du, au)
	if err != nil {
		return nil, traduire(err)
	}
	m := map[string]int64{}
	var nom string
	var n int64
	_, err = pgx.ForEachRow(rows, []any{&nom, &n}, func() error {
		m[nom] = n
		return nil
	})
	if err != nil {
		return nil, traduire(err)
	}
	return m, nil
}

var _ journal.Agenda = (*Journal)(nil)

// Dus implements journal.Agenda.
func (j *Journal) Dus(ctx context.Context, maintenant time.Time) ([]journal.Genre, error) {
	genres := make([]string, 0, 8)
	for _, g := range journal.Genres() {
		genres = append(genres, string(g))
	}
	rows, err := j.pool.Query(ctx, `SELECT g FROM unnest($2::text[]) AS g WHERE EXISTS (SELECT 1 FROM scor_objets
		WHERE dossier = $1 AND genre = g AND echeance <= $3 AND (bail_fin IS NULL OR bail_fin <= now()))`,
		j.dossier, genres, journal.Microsecondes(maintenant))
	if err != nil {
		return nil, traduire(err)
	}
	l, err := pgx.CollectRows(rows, pgx.RowTo[journal.Genre])
	if err != nil {
		return nil, traduire(err)
	}
	return l, nil
}

// Prendre implements journal.Journal.
func (j *Journal) Prendre(ctx context.Context, p journal.Prise) ([]journal.Objet, error) {
	rows, err := j.pool.Query(ctx, `WITH p AS (
			SELECT genre, cle FROM scor_objets WHERE dossier = $1 AND genre = $2 AND echeance <= $3 AND (bail_fin IS NULL OR bail_fin <= now())
			AND ($7 = '' OR cle = $7) ORDER BY echeance, cle LIMIT $4 FOR UPDATE SKIP LOCKED
		), u AS (
			UPDATE scor_objets o SET bail_qui = $5, bail_fin = now() + make_interval(secs => $6) FROM p WHERE o.dossier = $1 AND o.genre = p.genre AND o.cle = p.cle
			RETURNING o.*
		) SELECT `+colonnesObjet+` FROM u ORDER BY echeance, cle`,
		j.dossier, string(p.Genre), journal.Microsecondes(p.Maintenant), p.Nombre, p.Titulaire, p.Duree.Seconds(), p.Cle)
	if err != nil {
		return nil, traduire(err)
	}
	l, err := pgx.CollectRows(rows, ligneObjet)
	if err != nil {
		return nil, traduire(err)
	}
	return l, nil
}

// Rendre implements journal.Journal.
func (j *Journal) Rendre(ctx context.Context, titulaire string, refs ...journal.Ref) error {
	for _, r := range refs {
		if _, err := j.pool.Exec(ctx,
			"UPDATE scor_objets SET bail_qui = NULL, bail_fin = NULL WHERE dossier = $1 AND genre = $2 AND cle = $3 AND "+
				"bail_qui = $4", j.dossier, string(r.Genre), r.Cle, titulaire); err != nil {
			return traduire(err)
		}
	}
	return nil
}
