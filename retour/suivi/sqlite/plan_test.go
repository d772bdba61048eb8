package sqlite

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
)

// What is asked for each invoice of a lot must not read every object: 10,000 invoices took five minutes instead of half
// a one.
func TestPlans(t *testing.T) {
	j, err := Open(t.Context(), filepath.Join(t.TempDir(), "suivi.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	apres := &journal.Objet{Cle: "x"}
	for index, r := range map[string]journal.Requete{
		"objets_parent":    {Genre: journal.Piece, Parent: "x"},
		"objets_dans":      {Genre: journal.Piece, Dans: "x", Apres: apres, Limite: 10},
		"objets_patient":   {Genre: journal.Facture, Patient: "x"},
		"objets_numero":    {Genre: journal.Facture, Numero: 12, Tri: journal.ParCleInverse, Apres: apres, Limite: 10},
		"objets_jour":      {Genre: journal.Piece, Du: 20260302, Au: 20260302, Nature: "x", Limite: 50},
		"objets_urgence":   {Genre: journal.Piece, Attention: 1, Tri: journal.ParUrgence, Limite: 50},
		"objets_etat":      {Genre: journal.Piece, Etats: []journal.Etat{journal.Refuse}},
		"objets_reference": {Genre: journal.Facture, Reference: "x"},
	} {
		requete, args := selection(&r)
		lignes, err := j.lecteur.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+requete, args...)
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		for lignes.Next() {
			var id, parent, rien int
			var detail string
			if err := lignes.Scan(&id, &parent, &rien, &detail); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, detail)
		}
		if err := lignes.Err(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(plan, "\n"), index) {
			t.Errorf("%s is not used: %v", index, plan)
		}
	}
}

// A page by day, or by key from the end, is read in the order of an index: nothing is sorted, and nothing of the pages
// before is read again.
func TestPlansPages(t *testing.T) {
	j := ouvrir(t)
	apres := &journal.Objet{Cle: "x", Debut: 12}
	apres.Jour = 20260302
	for attendu, r := range map[string]journal.Requete{
		"objets_jour (genre=? AND jour>? AND jour<?)": {Genre: journal.Facture, Tri: journal.ParJour, Apres: apres,
			Limite: 50},
		"objets_cle (genre=? AND cle<?)": {Genre: journal.LotScor, Tri: journal.ParCleInverse, Apres: apres,
			Limite: 50},
	} {
		requete, args := selection(&r)
		var plan strings.Builder
		for l, err := range parcourir(t.Context(), j.lecteur, func(rows *sql.Rows) (d string, err error) {
			var a, b, c int
			err = rows.Scan(&a, &b, &c, &d)
			return d, err
		}, "EXPLAIN QUERY PLAN "+requete, args...) {
			if err != nil {
				t.Fatal(err)
			}
			plan.WriteString(l + "\n")
		}
		if p := plan.String(); !strings.Contains(p, attendu) || strings.Contains(p, "TEMP B-TREE") {
			t.Errorf("expected %s, got:\n%s", attendu, p)
		}
	}
}

// Pages by urgency are those of one long list, whatever their length, and each is sought in the index: the tenth costs
// what the first does.
func TestPagesUrgence(t *testing.T) {
	ctx := t.Context()
	j := ouvrir(t)
	for i := range 60 {
		c := journal.Champs{Empreinte: "00", Attention: int64(1 + i%3), Limite: int64(i % 4)}
		if err := j.Ajouter(ctx, []journal.Evenement{journaltest.Ev(journal.Piece, journaltest.Cle(i), 1, journal.Deposer,
			c)}); err != nil {
			t.Fatal(err)
		}
	}
	lire := func(r journal.Requete) (l []journal.Objet) {
		for o, err := range j.Chercher(ctx, r) {
			if err != nil {
				t.Fatal(err)
			}
			l = append(l, o)
		}
		return l
	}
	r := journal.Requete{Genre: journal.Piece, Attention: 1, Tri: journal.ParUrgence}
	entier := lire(r)
	for _, n := range []int{1, 7, 25, 100} {
		r.Limite, r.Apres = n, nil
		var pages []journal.Objet
		for {
			l := lire(r)
			pages = append(pages, l...)
			if len(l) < n {
				break
			}
			r.Apres = &l[n-1]
		}
		if !slices.EqualFunc(pages, entier, func(a, b journal.Objet) bool { return a.Cle == b.Cle }) {
			t.Errorf("pages of %d: %d objects, %d in one list", n, len(pages), len(entier))
		}
	}
	r.Apres, r.Limite = &entier[30], 5
	for partie, attendu := range map[tranche]string{memeLimite: "(genre=? AND attention=? AND <expr>=? AND cle>?)",
		plusLoin: "(genre=? AND attention=? AND <expr>>?)", niveau: "(genre=? AND attention=?)"} {
		requete, args := selectionner(&r, partie)
		var plan strings.Builder
		for l, err := range parcourir(ctx, j.lecteur, func(rows *sql.Rows) (d string, err error) {
			var a, b, c int
			err = rows.Scan(&a, &b, &c, &d)
			return d, err
		}, "EXPLAIN QUERY PLAN "+requete, args...) {
			if err != nil {
				t.Fatal(err)
			}
			plan.WriteString(l + "\n")
		}
		if p := plan.String(); !strings.Contains(p, "objets_urgence "+attendu) || strings.Contains(p, "TEMP B-TREE") {
			t.Errorf("part %d isn't sought in the index:\n%s", partie, p)
		}
	}
}
