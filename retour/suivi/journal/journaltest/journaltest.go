// Package journaltest checks that a store of events keeps the contract of journal.Journal. The stores of this module
// run it; so can a host that writes its own.
package journaltest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// T0 is the instant at which the tests begin.
var T0 = time.Date(2026, 3, 2, 8, 0, 0, 0, time.UTC)

// Ev makes an event of the contract's tests.
func Ev(g journal.Genre, cle string, version uint64, t journal.Type, c journal.Champs) journal.Evenement {
	return journal.Evenement{Genre: g, Cle: cle, Version: version, Type: t, Champs: c, Quand: T0}
}

// Contrat runs the checks; ouvrir gives an empty journal each time.
func Contrat(t *testing.T, ouvrir func(t *testing.T) journal.Journal) {
	for nom, f := range map[string]func(*testing.T, journal.Journal){
		"append, replay, fold":     rejeu,
		"all or none":              toutOuRien,
		"optimistic lock":          conflits,
		"guards across objects":    gardes,
		"order, pages and filters": recherches,
		"counts":                   compteurs,
		"leases":                   baux,
		"a clock that goes back":   recul,
	} {
		t.Run(nom, func(t *testing.T) { f(t, ouvrir(t)) })
	}
}

func ajouter(t *testing.T, j journal.Journal, evs ...journal.Evenement) {
	t.Helper()
	if err := j.Ajouter(t.Context(), evs); err != nil {
		t.Fatal(err)
	}
}

func rejeu(t *testing.T, j journal.Journal) {
	ctx := t.Context()
	c := journal.Champs{Parent: "F1", Nature: "ordonnance", Empreinte: "00", Octets: 12, Motif: "accentué, \"cité\"",
		Echeance: 5}
	ajouter(t, j, Ev(journal.Piece, "P1", 1, journal.Deposer, c), Ev(journal.Piece, "P2", 1, journal.Refuser,
		journal.Champs{Motif: "page blanche"}))
	ajouter(t, j, Ev(journal.Piece, "P1", 2, journal.Noter, journal.Champs{Motif: journal.Efface, Echeance: -1}))
	var vus []journal.Evenement
	for e, err := range j.Rejouer(ctx, 0) {
		if err != nil {
			t.Fatal(err)
		}
		vus = append(vus, e)
	}
	if len(vus) != 3 || vus[2].Seq != 3 || vus[2].Prec != 1 || !vus[0].Quand.Equal(T0) {
		t.Fatalf("replayed %+v", vus)
	}
	if d := cmp.Diff(c, vus[0].Champs); d != "" {
		t.Error(d)
	}
	o, err := journal.Trouver(ctx, j, journal.Piece, "P1")
	if err != nil {
		t.Fatal(err)
	}
	c.Motif, c.Echeance = "", 0
	attendu := journal.Objet{Genre: journal.Piece, Cle: "P1", Version: 2, Etat: journal.Constitue, Debut: 1, Dernier: 3,
		Cree: T0, Modifie: T0, Champs: c}
	if d := cmp.Diff(attendu, o); d != "" {
		t.Error(d)
	}
	var hist []uint64
	for e, err := range journal.Histoire(ctx, j, &o) {
		if err != nil {
			t.Fatal(err)
		}
		hist = append(hist, e.Seq)
	}
	if d := cmp.Diff([]uint64{3, 1}, hist); d != "" {
		t.Error(d)
	}
	r, err := journal.Verifier(ctx, j, nil)
	if err != nil || r.Evenements != 3 || r.Objets != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := j.Evenement(ctx, 9); err == nil {
		t.Error("event 9 found")
	}
}

func toutOuRien(t *testing.T, j journal.Journal) {
	ctx := t.Context()
	err := j.Ajouter(ctx, []journal.Evenement{
		Ev(journal.Piece, "P1", 1, journal.Deposer, journal.Champs{Empreinte: "00"}),
		Ev(journal.Piece, "P2", 1, journal.Enlotter, journal.Champs{}),
	})
	var et *journal.ErreurTransition
	if !errors.As(err, &et) || et.Cle != "P2" {
		t.Fatalf("%v", err)
	}
	if o, _ := journal.Trouver(ctx, j, journal.Piece, "P1"); o.Version != 0 {
		t.Error("half of a group was written")
	}
	if h, _ := j.Tete(ctx); h.Seq != 0 {
		t.Error("the head moved")
	}
	if m, _ := j.Compteurs(ctx, "", ""); len(m) != 0 {
		t.Errorf("counted %v", m)
	}
}

func conflits(t *testing.T, j journal.Journal) {
	ctx := t.Context()
	ajouter(t, j, Ev(journal.Message, "M", 1, journal.Reserver, journal.Champs{}))
	const n = 8
	var wg sync.WaitGroup
	errs := make([]error, n)
	for i := range n {
		wg.Go(func() {
			errs[i] = j.Ajouter(ctx, []journal.Evenement{Ev(journal.Message, "M", 2, journal.Composer,
				journal.Champs{Empreinte: fmt.Sprint(i + 10)})})
		})
	}
	wg.Wait()
	gagnants := 0
	for _, err := range errs {
		if err == nil {
			gagnants++
		} else if !errors.Is(err, journal.ErrConflit) {
			t.Error(err)
		}
	}
	if gagnants != 1 {
		t.Errorf("%d writers won", gagnants)
	}
	if _, err := journal.Verifier(ctx, j, nil); err != nil {
		t.Error(err)
	}
}

func gardes(t *testing.T, j journal.Journal) {
	ctx := t.Context()
	lotScor := func(v uint64, ty journal.Type) journal.Evenement {
		return Ev(journal.LotScor, "S", v, ty, journal.Champs{Parent: "L"})
	}
	ajouter(t, j, Ev(journal.LotFactures, "L", 1, journal.Constituer, journal.Champs{EssaisMax: 3}),
		Ev(journal.Piece, "P", 1, journal.Deposer, journal.Champs{Empreinte: "00"}))
	var et *journal.ErreurTransition
	if err := j.Ajouter(ctx, []journal.Evenement{lotScor(1, journal.Constituer)}); !errors.As(err, &et) {
		t.Fatalf("a SCOR lot before the ARL+ of the invoices: %v", err)
	}
	ajouter(t, j, Ev(journal.LotFactures, "L", 2, journal.Transmettre, journal.Champs{}), Ev(journal.LotFactures, "L", 3,
		journal.RecevoirARLPositif, journal.Champs{}))
	ajouter(t, j, lotScor(1, journal.Constituer), Ev(journal.Piece, "P", 2, journal.Enlotter, journal.Champs{Dans: "S"}))
	for _, ty := range []journal.Type{journal.Delier, journal.PasserPapier, journal.Enlotter} {
		if err := j.Ajouter(ctx, []journal.Evenement{Ev(journal.Piece, "P", 3, ty,
			journal.Champs{Dans: "S"})}); !errors.As(err, &et) {
			t.Errorf("%s of a piece in a living lot: %v", ty, err)
		}
	}
	ajouter(t, j, lotScor(2, journal.Transmettre), lotScor(3, journal.RecevoirMdS))
	ajouter(t, j, lotScor(4, journal.Reconstituer), Ev(journal.Piece, "P", 3, journal.Delier,
		journal.Champs{Dans: journal.Efface}))
	if err := j.Ajouter(ctx, []journal.Evenement{lotScor(5, journal.RecevoirANR)}); !errors.Is(err, journal.ErrSansEffet) {
		t.Errorf("a late ANR: %v", err)
	}
	if _, err := journal.Verifier(ctx, j, nil); err != nil {
		t.Error(err)
	}
}

func recherches(t *testing.T, j journal.Journal) {
	ctx := t.Context()
	var evs []journal.Evenement
	for i := range 50 {
		c := journal.Champs{Parent: fmt.Sprintf("F%d", i%5), Patient: fmt.Sprintf("p%d", i%10), Jour: int64(20260301 + i%3),
			Nature: []string{"ordonnance", "dsi"}[i%2], Attention: int64(i % 4), Limite: int64(i%7) * 1000, Empreinte: "00",
			Echeance: int64(i % 6)}
		if i%3 == 0 { // the same end, and the same number of characters
			c.Empreinte, c.Reference = "", fmt.Sprintf("é%d-0123456789abcdef", i%2)
		}
		evs = append(evs, Ev(journal.Piece, fmt.Sprintf("P%02d", i), 1, journal.Deposer, c))
	}
	lot := Ev(journal.LotFactures, "L1", 1, journal.Constituer, journal.Champs{Jour: 20260301, EssaisMax: 3, Nombre: 9})
	evs = append(evs, lot)
	for i := range 9 { // number 12 in every other lot of three; 112 isn't 12
		evs = append(evs, Ev(journal.Facture, fmt.Sprintf("L%d/%09d", i, []int{12, 112, 1200}[i%3]), 1, journal.Enregistrer,
			journal.Champs{Parent: "L1", Jour: 20260301}))
	}
	ajouter(t, j, evs...)
	// The memory's filters are the reference of the stores'.
	reference := journal.NewMemoire(nil)
	if err := reference.Ajouter(ctx, evs); err != nil {
		t.Fatal(err)
	}
	requetes := []journal.Requete{
		{}, {Parent: "F2"}, {Patient: "p3"}, {Nature: "dsi"}, {Du: 20260302}, {Au: 20260301},
		{Reference: "é1-0123456789abcdef"}, {Reference: "1-0123456789abcdef"},
		{Du: 20260302, Au: 20260302, Limite: 4}, {Attention: 2, Tri: journal.ParUrgence},
		{Tri: journal.ParUrgence}, {Etats: []journal.Etat{journal.Refuse}},
		{Etats: []journal.Etat{journal.Constitue, journal.EnLot}, Limite: 7},
		{EcheanceAvant: journal.Instant(3)}, {Periode: "2026-03"}, {Periode: "2026-04"},
		{Attention: 1, Tri: journal.ParUrgence, Limite: 9},
		{Tri: journal.ParEcheance},
		{Tri: journal.ParJour}, {Tri: journal.ParJour, Limite: 7}, {Tri: journal.ParJour, Au: 20260302, Limite: 9},
		{Tri: journal.ParCleInverse}, {Tri: journal.ParCleInverse, Limite: 7, Nature: "dsi"},
		{Genre: journal.Facture, Numero: 12}, {Genre: journal.Facture, Numero: 12, Tri: journal.ParCleInverse, Limite: 2},
		{Genre: journal.Facture, Numero: 2},
	}
	for i, r := range requetes {
		if r.Genre == "" {
			r.Genre = journal.Piece
		}
		for page := 0; page < 10; page++ {
			var a, b []string
			var dernier *journal.Objet
			for o, err := range j.Chercher(ctx, r) {
				if err != nil {
					t.Fatal(err)
				}
				a, dernier = append(a, o.Cle), &o
			}
			for o := range reference.Chercher(ctx, r) {
				b = append(b, o.Cle)
			}
			if d := cmp.Diff(b, a); d != "" {
				t.Errorf("request %d, page %d: %s", i, page, d)
			}
			if r.Limite == 0 || len(a) < r.Limite {
				break
			}
			r.Apres = dernier
		}
	}
}

func compteurs(t *testing.T, j journal.Journal) {
	ctx := t.Context()
	ajouter(t, j, Ev(journal.Piece, "P1", 1, journal.Deposer, journal.Champs{Empreinte: "00", Nature: "dsi"}),
		Ev(journal.Piece, "P2", 1, journal.Refuser, journal.Champs{Code: "flou"}))
	e := Ev(journal.Piece, "P3", 1, journal.Deposer, journal.Champs{Empreinte: "00"})
	e.Quand = T0.AddDate(0, 1, 0)
	ajouter(t, j, e)
	ajouter(t, j, Ev(journal.Piece, "P2", 2, journal.PasserPapier, journal.Champs{}))
	mars, err := j.Compteurs(ctx, "2026-03", "2026-03")
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(map[string]int64{"piece/constitue": 1, "piece/papier": 1, "nature/piece/dsi/constitue": 1,
		"cause/piece/refuser/flou": 1}, mars); d != "" {
		t.Error(d)
	}
	tout, err := j.Compteurs(ctx, "", "")
	if err != nil || tout["piece/constitue"] != 2 {
		t.Errorf("%v, %v", tout, err)
	}
}

func baux(t *testing.T, j journal.Journal) {
	ctx := t.Context()
	var evs []journal.Evenement
	for i := range 10 {
		evs = append(evs, Ev(journal.Message, fmt.Sprint("M", i), 1, journal.Reserver,
			journal.Champs{Echeance: journal.Microsecondes(T0) + int64(i)}))
	}
	ajouter(t, j, evs...)
	prise := func(qui string, n int, quand time.Time) []string {
		l, err := j.Prendre(ctx, journal.Prise{Genre: journal.Message, Maintenant: quand, Nombre: n, Titulaire: qui,
			Duree: time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		var s []string
		for _, o := range l {
			s = append(s, o.Cle)
		}
		return s
	}
	if d := cmp.Diff([]string(nil), prise("a", 3, T0.Add(-time.Second))); d != "" {
		t.Error("taken before its time: ", d)
	}
	if d := cmp.Diff([]string{"M0", "M1", "M2"}, prise("a", 3, T0.Add(time.Second))); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"M3", "M4"}, prise("b", 2, T0.Add(time.Second))); d != "" {
		t.Error(d)
	}
	if err := j.Rendre(ctx, "b", journal.Ref{Genre: journal.Message, Cle: "M0"}, journal.Ref{Genre: journal.Message,
		Cle: "M3"}); err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff([]string{"M3", "M5", "M6", "M7", "M8", "M9"}, prise("c", 99, T0.Add(time.Second))); d != "" {
		t.Error("a lease ended by another, or not by its holder: ", d)
	}
	// Four at once: nothing is given twice.
	var wg sync.WaitGroup
	var mu sync.Mutex
	vus := map[string]int{}
	evs = evs[:0]
	for i := range 200 {
		evs = append(evs, Ev(journal.LotFactures, fmt.Sprint("L", i), 1, journal.Constituer, journal.Champs{Echeance: 1}))
	}
	ajouter(t, j, evs...)
	for w := range 4 {
		wg.Go(func() {
			for {
				l, err := j.Prendre(context.WithoutCancel(ctx), journal.Prise{Genre: journal.LotFactures, Maintenant: T0, Nombre: 7,
					Titulaire: fmt.Sprint("w", w), Duree: time.Minute})
				if err != nil {
					t.Error(err)
				}
				if len(l) == 0 {
					return
				}
				mu.Lock()
				for _, o := range l {
					vus[o.Cle]++
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(vus) != 200 {
		t.Errorf("%d leased of 200", len(vus))
	}
	for k, n := range vus {
		if n != 1 {
			t.Errorf("%s leased %d times", k, n)
		}
	}
}

func recul(t *testing.T, j journal.Journal) {
	ctx := t.Context()
	ajouter(t, j, Ev(journal.Piece, "P1", 1, journal.Deposer, journal.Champs{Empreinte: "00"}))
	e := Ev(journal.Piece, "P2", 1, journal.Deposer, journal.Champs{Empreinte: "00"})
	e.Quand = T0.AddDate(-3, 0, 0)
	ajouter(t, j, e)
	h, err := j.Tete(ctx)
	if err != nil || !h.Quand.Equal(T0) {
		t.Errorf("the journal's time went back to %v, %v", h.Quand, err)
	}
	if _, err := journal.Verifier(ctx, j, &h); err != nil {
		t.Error(err)
	}
}
