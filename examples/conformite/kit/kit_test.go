package kit

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func valeur(t *testing.T, s string) any {
	t.Helper()
	var v any
	if err := decoder([]byte(s), &v, false); err != nil {
		t.Fatal(err)
	}
	return v
}

// What is expected is compared by the rules of the format: each row says which answers pass, and where others fail.
func TestComparer(t *testing.T) {
	for _, c := range []struct{ attendu, obtenu, ou string }{
		{`{"a":1}`, `{"a":1,"b":2}`, ""},
		{`{"a":1}`, `{"b":2}`, "a"},
		{`{"a":1}`, `{"a":"1"}`, "a"},
		{`{"a":1}`, `{"a":1.5}`, "a"},
		{`{"a":12345678901234567}`, `{"a":12345678901234568}`, "a"},
		{`{"a":true}`, `{"a":1}`, "a"},
		{`{"a":"x"}`, `{"a":"X"}`, "a"},
		{`{"a":null}`, `{}`, ""},
		{`{"a":null}`, `{"a":0}`, "a"},
		{`{"a":[1,2]}`, `{"a":[1,2]}`, ""},
		{`{"a":[1,2]}`, `{"a":[2,1]}`, "a[0]"},
		{`{"a":[1]}`, `{"a":[1,2]}`, "a"},
		{`{"a":[]}`, `{"a":[1]}`, "a"},
		{`{"a":[{"b":1}]}`, `{"a":[{"b":2}]}`, "a[0].b"},
		{`{"a":{"contient":[{"c":"x"}]}}`, `{"a":[{"c":"y"},{"c":"x","d":1}]}`, ""},
		{`{"a":{"contient":[{"c":"x"}]}}`, `{"a":[{"c":"y"}]}`, "a"},
		{`{"a":{"contient":["x"]}}`, `{}`, "a"},
		{`{"a":{"exclut":[{"c":"x"}]}}`, `{"a":[{"c":"y"}]}`, ""},
		{`{"a":{"exclut":[{"c":"x"}]}}`, `{"a":[{"c":"x"}]}`, "a"},
		{`{"a":{"gabarit":["a·c","d"]}}`, `{"a":["abc","d"]}`, ""},
		{`{"a":{"gabarit":["a·c","d"]}}`, `{"a":["abx","d"]}`, "a[0]"},
		{`{"a":{"gabarit":["a·c"]}}`, `{"a":["abcd"]}`, "a[0]"},
		{`{"a":{"gabarit":["a"]}}`, `{"a":["a","b"]}`, "a[1]"},
		{`{"a":{"gabarit":["a","b"]}}`, `{"a":["a"]}`, "a[1]"},
		{`{"a":{"b":1}}`, `{"a":[1]}`, "a"},
	} {
		l := Comparer(valeur(t, c.attendu), valeur(t, c.obtenu))
		if (c.ou == "") != (len(l) == 0) || c.ou != "" && l[0].Chemin != c.ou {
			t.Errorf("%s against %s: %+v, a difference at %q expected", c.obtenu, c.attendu, l, c.ou)
		}
	}
}

// A vector that judges nothing, or that can't be told from another, is not read; each fault is named.
func TestVecteursRefuses(t *testing.T) {
	bon := `{"id":"a","titre":"t","famille":"b2","operation":"o","nature":"refus","regle":"r","source":"s",
		"entrees":{"f":{"texte":"x"}},"attendu":{"accepte":false,"motif":"m"}}`
	if _, err := Parse(strings.NewReader(bon)); err != nil {
		t.Fatal(err)
	}
	for _, c := range [][3]string{
		{`"accepte":false,"motif":"m"`, `"accepte":false`, "accepte alone"},
		{`"accepte":false,`, `"accepte":true,`, "attendu.accepte is true"},
		{`"accepte":false,`, ``, "attendu.accepte is <nil>"},
		{`"famille":"b2"`, `"famille":"b3"`, "famille"},
		{`"id":"a"`, `"id":"A b"`, "id"},
		{`"source":"s"`, `"source":" "`, "source is missing"},
		{`"regle"`, `"règle"`, "unknown field"},
		{`{"texte":"x"}`, `{"texte":"x","hexa":"00"}`, "one of lignes"},
		{`{"texte":"x"}`, `{}`, "one of lignes"},
		{`{"texte":"x"}`, `{"fichier":"../x"}`, "beside the vector"},
		{`{"texte":"x"}`, `{"texte":"é€","latin1":true}`, "Latin-1"},
		{`{"texte":"x"}`, `{"hexa":"0g"}`, "invalid byte"},
		{`"attendu"`, `"attendu":{},"attendu"`, ""},
	} {
		_, err := Parse(strings.NewReader(strings.Replace(bon, c[0], c[1], 1)))
		if c[2] != "" && (!errors.Is(err, ErrVecteur) || !strings.Contains(err.Error(), c[2])) {
			t.Errorf("%s: %v", c[1], err)
		}
	}
	texte := func(s string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(s)} }
	for nom, d := range map[string]fstest.MapFS{
		"name":  {"b2/b.vecteur.json": texte(bon)},
		"twice": {"b2/a.vecteur.json": texte(bon), "lot/a.vecteur.json": texte(bon)},
		"absent": {"b2/a.vecteur.json": texte(strings.Replace(bon, `{"texte":"x"}`,
			`{"fichier":"x.png"}`, 1))},
	} {
		if _, err := Open(d); err == nil {
			t.Errorf("%s: read", nom)
		}
	}
}

type sujetFonction func(context.Context, *Vecteur) (Reponse, error)

func (sujetFonction) Nom() string { return "essai" }
func (f sujetFonction) Repondre(ctx context.Context, v *Vecteur) (Reponse, error) {
	return f(ctx, v)
}

// A subject in Go that panics, or that doesn't hear the end of its time, costs its case and no other.
func TestSujetQuiTombe(t *testing.T) {
	v := essai(t)
	bonne := Reponse{"accepte": true, "lu": "un\ndeux\n", "n": json.Number("12345678901234567"), "vu": false}
	rang := make(chan int, 3)
	for i := range 3 {
		rang <- i
	}
	tombe := func(ctx context.Context, _ *Vecteur) (Reponse, error) {
		switch <-rang {
		case 0:
			panic("pile")
		case 1:
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return bonne, nil
	}
	l, err := Jouer(t.Context(), []*Vecteur{v, v, v}, sujetFonction(tombe),
		Options{Paralleles: 1, Delai: 100 * time.Millisecond})
	if err != nil || l[0].Verdict != EnErreur || !strings.Contains(l[0].Erreur, "panic: pile") ||
		l[1].Verdict != EnErreur || l[2].Verdict != Reussi {
		t.Errorf("%v %+v", err, l)
	}
	if b := Compter(l); b.Erreurs != 2 || b.Reussis != 1 || b.Conforme() {
		t.Errorf("%+v", b)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"id":"a","titre":"t","famille":"b2","operation":"o","nature":"refus","regle":"r","source":"s",
		"entrees":{"f":{"lignes":["a"],"fin":"\n"}},"attendu":{"accepte":false,"motif":["m",{"a":1}]}}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := Parse(strings.NewReader(string(b)))
		if err != nil {
			return
		}
		// What is expected equals itself; changed anywhere, it doesn't, but where a rule of comparison stands.
		if l := Comparer(v.Attendu, v.Attendu); len(l) > 0 && !strings.Contains(string(b), "contient") &&
			!strings.Contains(string(b), "exclut") && !strings.Contains(string(b), "gabarit") {
			t.Errorf("%+v", l)
		}
		for range Perturber(v.Attendu) {
			continue
		}
	})
}
