package journal_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
)

// An extract proves its events without showing the others, after a trip through JSON; any change of it is found.
func TestExtrait(t *testing.T) {
	j := journal.NewMemoire(nil)
	for i := range 20 {
		if err := j.Ajouter(t.Context(), []journal.Evenement{journaltest.Ev(journal.Piece, fmt.Sprint("P", i%5), uint64(1+i/5), journal.Deposer,
			journal.Champs{Empreinte: fmt.Sprint(i + 10), Motif: "secret"})}); err != nil {
			t.Fatal(err)
		}
	}
	x, err := journal.Extraire(t.Context(), j, journal.Ref{Genre: journal.Piece, Cle: "P3"})
	if err != nil || len(x.Evenements) != 4 || x.Premier != 4 || len(x.Contenus) != 17 {
		t.Fatalf("%+v, %v", x, err)
	}
	if h, _ := j.Tete(t.Context()); h != x.Tete {
		t.Error("another head")
	}
	lire := func() (y journal.Extrait) {
		b, err := json.Marshal(x)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(b, &y); err != nil {
			t.Fatal(err)
		}
		return y
	}
	y := lire()
	if err := y.Verifier(); err != nil {
		t.Fatal(err)
	}
	for quoi, f := range map[string]func(*journal.Extrait){
		"data":             func(y *journal.Extrait) { y.Evenements[1].Donnees = `{"empreinte":"99"}` },
		"time":             func(y *journal.Extrait) { y.Evenements[0].Quand = y.Evenements[0].Quand.Add(1000) },
		"key":              func(y *journal.Extrait) { y.Evenements[0].Cle = "P4" },
		"place":            func(y *journal.Extrait) { y.Evenements[0].Seq++ },
		"another's digest": func(y *journal.Extrait) { y.Contenus[5][0] ^= 1 },
		"head":             func(y *journal.Extrait) { y.Tete.Condense[31] ^= 1 },
		"head's number":    func(y *journal.Extrait) { y.Tete.Seq++ },
		"beginning":        func(y *journal.Extrait) { y.Avant[0] ^= 1 },
		"end cut off":      func(y *journal.Extrait) { y.Contenus = y.Contenus[:16] },
		"nothing":          func(y *journal.Extrait) { y.Contenus = nil },
	} {
		y := lire()
		f(&y)
		var r *journal.Rupture
		if err := y.Verifier(); !errors.As(err, &r) {
			t.Errorf("%s changed: %v", quoi, err)
		}
	}
	if _, err := journal.Extraire(t.Context(), j, journal.Ref{Genre: journal.Piece, Cle: "absent"}); err == nil {
		t.Error("an extract of nothing")
	}
}

func ExampleVerifier() {
	ctx := context.Background()
	j := journal.NewMemoire(nil)
	err := j.Ajouter(ctx, []journal.Evenement{journaltest.Ev(journal.Piece, "P1", 1, journal.Deposer, journal.Champs{Empreinte: "00"})})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := journal.Verifier(ctx, j, nil)
	fmt.Println(r.Evenements, r.Objets, err)
	// Output: 1 1 <nil>
}
