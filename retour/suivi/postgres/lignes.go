package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// requeteur is what a pool and a transaction share.
type requeteur interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

func (j *Journal) tete(ctx context.Context, q requeteur, verrou string) (journal.Tete, error) {
	return ligneTete(q.QueryRow(ctx, lectureTete+verrou, j.dossier))
}

const lectureTete = "SELECT seq, quand, condense FROM scor_dossiers WHERE id = $1"

func ligneTete(row pgx.Row) (t journal.Tete, err error) {
	var us int64
	var c []byte
	err = row.Scan(&t.Seq, &us, &c)
	t.Quand = journal.Instant(us)
	copy(t.Condense[:], c)
	return t, err
}

const colonnesObjet = "genre, cle, version, etat, debut, dernier, cree, modifie, parent, dans, patient, jour, " +
	"echeance, attention, limite, champs"

func ligneObjet(rows pgx.CollectableRow) (journal.Objet, error) {
	var o journal.Objet
	var cree, modifie int64
	var parent, dans, patient *string
	var jour, echeance, attention, limite *int64
	var champs string
	err := rows.Scan(&o.Genre, &o.Cle, &o.Version, &o.Etat, &o.Debut, &o.Dernier, &cree, &modifie, &parent, &dans,
		&patient, &jour, &echeance, &attention, &limite, &champs)
	if err != nil {
		return o, err
	}
	if o.Champs, err = journal.ParseChamps([]byte(champs)); err != nil {
		return o, fmt.Errorf("postgres: object of kind %s: %w", o.Genre, err)
	}
	o.Cree, o.Modifie = journal.Instant(cree), journal.Instant(modifie)
	o.Parent, o.Dans, o.Patient = valeur(parent), valeur(dans), valeur(patient)
	o.Jour, o.Echeance, o.Attention, o.Limite = valeur(jour), valeur(echeance), valeur(attention), valeur(limite)
	return o, nil
}

func valeur[T any](p *T) (v T) {
	if p != nil {
		v = *p
	}
	return v
}

func ouNul[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}

func (j *Journal) objets(ctx context.Context, q requeteur, refs []journal.Ref) ([]journal.Objet, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	requete, args := j.requeteObjets(refs)
	rows, err := q.Query(ctx, requete, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, ligneObjet)
}

func (j *Journal) requeteObjets(refs []journal.Ref) (string, []any) {
	genres, cles := make([]string, len(refs)), make([]string, len(refs))
	for i, r := range refs {
		genres[i], cles[i] = string(r.Genre), r.Cle
	}
	return `SELECT o.genre, o.cle, version, etat, debut, dernier, cree, modifie, parent, dans, patient, jour, echeance, attention, limite, champs
		FROM unnest($2::text[], $3::text[]) AS r(genre, cle) JOIN scor_objets o ON o.dossier = $1 AND o.genre = r.genre AND o.cle = r.cle`,
		[]any{j.dossier, genres, cles}
}

// colonnes gathers the values of a column for unnest.
type colonnes struct {
	seq, prec, quand, version   []int64
	genre, cle, typ, donnees    []string
	condense                    [][]byte
	etat, champs                []string
	debut, dernier, cree, modif []int64
	parent, dans, patient, ref  []*string
	jour, echeance, att, limite []*int64
	periodes, noms              []string
	deltas                      []int64
}

// evenements queues the rows of events.
func (j *Journal) evenements(b *pgx.Batch, w *journal.Ecriture) {
	var e colonnes
	for i := range w.Evenements {
		v := &w.Evenements[i]
		e.seq, e.prec = append(e.seq, int64(v.Seq)), append(e.prec, int64(v.Prec))
		e.quand, e.version = append(e.quand, journal.Microsecondes(v.Quand)), append(e.version, int64(v.Version))
		e.genre, e.cle, e.typ = append(e.genre, string(v.Genre)), append(e.cle, v.Cle), append(e.typ, string(v.Type))
		e.donnees, e.condense = append(e.donnees, string(v.Donnees)), append(e.condense, v.Condense[:])
	}
	b.Queue(`INSERT INTO scor_evenements (dossier, seq, prec, quand, genre, cle, type, version, donnees, condense)
		SELECT $1, * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[], $6::text[], $7::text[], $8::bigint[], $9::text[],
			$10::bytea[])`,
		j.dossier, e.seq, e.prec, e.quand, e.genre, e.cle, e.typ, e.version, e.donnees, e.condense)
}

// derives queues what follows from the events: objects, leases that end, counters, head.
func (j *Journal) derives(b *pgx.Batch, w *journal.Ecriture) {
	var o, k colonnes
	for i := range w.Objets {
		v := &w.Objets[i]
		c := v.Champs
		c.Parent, c.Dans, c.Patient, c.Jour, c.Echeance, c.Attention, c.Limite = "", "", "", 0, 0, 0, 0
		o.genre, o.cle = append(o.genre, string(v.Genre)), append(o.cle, v.Cle)
		o.version, o.etat = append(o.version, int64(v.Version)), append(o.etat, string(v.Etat))
		o.debut, o.dernier = append(o.debut, int64(v.Debut)), append(o.dernier, int64(v.Dernier))
		o.cree, o.modif = append(o.cree, journal.Microsecondes(v.Cree)), append(o.modif, journal.Microsecondes(v.Modifie))
		o.parent, o.dans, o.patient = append(o.parent, ouNul(v.Parent)), append(o.dans, ouNul(v.Dans)),
			append(o.patient, ouNul(v.Patient))
		o.ref = append(o.ref, ouNul(journal.FinReference(v.Reference)))
		o.jour, o.echeance = append(o.jour, ouNul(v.Jour)), append(o.echeance, ouNul(v.Echeance))
		o.att, o.limite = append(o.att, ouNul(v.Attention)), append(o.limite, ouNul(v.Limite))
		o.champs = append(o.champs, string(c.Append(nil)))
	}
	b.Queue(`INSERT INTO scor_objets AS o (dossier, `+colonnesObjet+`, reference)
		SELECT $1, `+colonnesObjet+`, reference FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[], $7::bigint[], $8::bigint[],
			$9::bigint[], $10::text[], $11::text[], $12::text[], $13::bigint[], $14::bigint[], $15::bigint[], $16::bigint[], $17::text[], $18::text[])
			AS n(`+colonnesObjet+`, reference)
		ON CONFLICT (dossier, genre, cle) DO UPDATE SET version = excluded.version, etat = excluded.etat, dernier = excluded.dernier,
			modifie = excluded.modifie, parent = excluded.parent, dans = excluded.dans, patient = excluded.patient, jour = excluded.jour,
			echeance = excluded.echeance, attention = excluded.attention, limite = excluded.limite, champs = excluded.champs,
			reference = excluded.reference`,
		j.dossier, o.genre, o.cle, o.version, o.etat, o.debut, o.dernier, o.cree, o.modif, o.parent, o.dans, o.patient,
		o.jour, o.echeance, o.att, o.limite, o.champs, o.ref)
	if len(w.Rendus) > 0 {
		genres, cles := make([]string, len(w.Rendus)), make([]string, len(w.Rendus))
		for i, r := range w.Rendus {
			genres[i], cles[i] = string(r.Genre), r.Cle
		}
		b.Queue(`UPDATE scor_objets o SET bail_qui = NULL, bail_fin = NULL FROM unnest($2::text[], $3::text[]) AS r(genre, cle)
			WHERE o.dossier = $1 AND o.genre = r.genre AND o.cle = r.cle AND o.bail_fin IS NOT NULL`, j.dossier, genres, cles)
	}
	for c, n := range w.Compteurs {
		k.periodes, k.noms, k.deltas = append(k.periodes, c.Periode), append(k.noms, c.Nom), append(k.deltas, n)
	}
	b.Queue(`INSERT INTO scor_compteurs AS c SELECT $1, * FROM unnest($2::text[], $3::text[], $4::bigint[])
		ON CONFLICT (dossier, periode, nom) DO UPDATE SET n = c.n + excluded.n`, j.dossier, k.periodes, k.noms, k.deltas)
	b.Queue("UPDATE scor_dossiers SET seq = $2, quand = $3, condense = $4 WHERE id = $1",
		j.dossier, int64(w.Tete.Seq), journal.Microsecondes(w.Tete.Quand), w.Tete.Condense[:])
}
