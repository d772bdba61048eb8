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
		if err := j.Ajouter(t.Context(), []journal.Evenement{journaltest.Ev(journal.Piece, fmt.Sprint("P", i%5),
			uint64(1+i/5), journal.Deposer, journal.Champs{Empreinte: fmt.Sprint(i + 10), Motif: "secret"})}); err != nil {
			t.Fatal(err)
		}
	}
	x, err := journal.Extraire(t.Context(), j, journal.Tete{}, journal.Ref{Genre: journal.Piece, Cle: "P3"})
	if err != nil || len(x.Evenements) != 4 || x.Evenements[0].Seq != 4 || len(x.Evenements[0].Chemin) > 5 {
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
		"another's digest": func(y *journal.Extrait) { y.Evenements[2].Chemin[1][0] ^= 1 },
		"root":             func(y *journal.Extrait) { y.Racine[31] ^= 1 },
		"head's number":    func(y *journal.Extrait) { y.Tete.Seq += 20 },
		"link before":      func(y *journal.Extrait) { y.Evenements[0].Precedent[0] ^= 1 },
		"path cut off":     func(y *journal.Extrait) { y.Evenements[0].Chemin = y.Evenements[0].Chemin[:3] },
		"order":            func(y *journal.Extrait) { y.Evenements[0], y.Evenements[1] = y.Evenements[1], y.Evenements[0] },
		"nothing":          func(y *journal.Extrait) { y.Evenements = nil },
	} {
		y := lire()
		f(&y)
		var r *journal.Rupture
		if err := y.Verifier(); !errors.As(err, &r) {
			t.Errorf("%s changed: %v", quoi, err)
		}
	}
	if _, err := journal.Extraire(t.Context(), j, journal.Tete{}, journal.Ref{Genre: journal.Piece,
		Cle: "absent"}); err == nil {
		t.Error("an extract of nothing")
	}
}

// A head as a text is read back, and nothing else is.
func TestTexteTete(t *testing.T) {
	h := journal.Tete{Seq: 12, Quand: journaltest.T0, Condense: journal.Condense{1}}
	b := journal.TexteTete(h, journal.Condense{2})
	if lue, r, err := journal.ParseTete(b); err != nil || lue.Seq != h.Seq || !lue.Quand.Equal(h.Quand) ||
		lue.Condense != h.Condense || r != (journal.Condense{2}) {
		t.Errorf("%+v, %v, %v", lue, r, err)
	}
	for i := range b {
		c := append([]byte{}, b...)
		if c[i] ^= 32; c[i] == b[i]^32 {
			if lue, r, err := journal.ParseTete(c); err == nil && lue == h && r == (journal.Condense{2}) {
				t.Errorf("byte %d changed: the same head", i)
			}
		}
	}
	for _, mauvais := range []string{"", "scor-sdk tete 1\n", string(b) + "\n", " " + string(b)} {
		if _, _, err := journal.ParseTete([]byte(mauvais)); err == nil {
			t.Errorf("%q was read", mauvais)
		}
	}
}

func FuzzParseTete(f *testing.F) {
	f.Add(journal.TexteTete(journal.Tete{Seq: 1, Quand: journaltest.T0}, journal.Condense{}))
	f.Fuzz(func(t *testing.T, b []byte) {
		if h, r, err := journal.ParseTete(b); err == nil && string(journal.TexteTete(h, r)) != string(b) {
			t.Error("read, and written otherwise")
		}
	})
}

func ExampleVerifier() {
	ctx := context.Background()
	j := journal.NewMemoire(nil)
	err := j.Ajouter(ctx, []journal.Evenement{journaltest.Ev(journal.Piece, "P1", 1, journal.Deposer,
		journal.Champs{Empreinte: "00"})})
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := journal.Verifier(ctx, j, nil)
	fmt.Println(r.Evenements, r.Objets, err)
	// Output: 1 1 <nil>
}
