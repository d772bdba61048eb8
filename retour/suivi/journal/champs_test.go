package journal

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	_ "github.com/scor-sdk/scor-sdk-go/internal/graine"
)

// Every field of Champs is in the description, and only once.
func TestChampsTousDecrits(t *testing.T) {
	if n := reflect.TypeFor[Champs]().NumField(); n != len(tous) || n != len(parNom) {
		t.Fatalf("%d fields, %d described, %d names", n, len(tous), len(parNom))
	}
	var c Champs
	for i := range tous {
		if f := tous[i].texte; f != nil {
			*f(&c) = tous[i].nom
		} else {
			*tous[i].nombre(&c) = int64(i + 1)
		}
	}
	v := reflect.ValueOf(c)
	for i := range v.NumField() {
		if v.Field(i).IsZero() {
			t.Errorf("field %s isn't described", v.Type().Field(i).Name)
		}
	}
}

func champsQuelconques(t *rapid.T) (c Champs) {
	for i := range tous {
		if f := tous[i].texte; f != nil {
			*f(&c) = rapid.OneOf(rapid.Just(""), rapid.String()).Draw(t, tous[i].nom)
		} else {
			*tous[i].nombre(&c) = rapid.OneOf(rapid.Just(int64(0)), rapid.Int64()).Draw(t, tous[i].nom)
		}
	}
	return c
}

func TestChampsAllerRetour(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := champsQuelconques(t)
		lu, err := ParseChamps(c.Append(nil))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(c, lu); d != "" {
			t.Fatal(d)
		}
	})
}

// What isn't UTF-8 is folded as it is written.
func TestPasUTF8(t *testing.T) {
	j := NewMemoire(nil)
	e := Evenement{Genre: Piece, Cle: "P", Version: 1, Type: Deposer, Quand: time.Unix(1, 0),
		Champs: Champs{Empreinte: "00", Motif: "refus\xe9"}}
	if err := j.Ajouter(t.Context(), []Evenement{e}); err != nil {
		t.Fatal(err)
	}
	if _, err := Verifier(t.Context(), j, nil); err != nil {
		t.Error(err)
	}
	if o, err := Trouver(t.Context(), j, Piece, "P"); err != nil || o.Motif != "refus\ufffd" {
		t.Errorf("%q, %v", o.Motif, err)
	}
	e.Cle, e.Version = "\xe9", 1
	if err := j.Ajouter(t.Context(), []Evenement{e}); err == nil {
		t.Error("a key that isn't UTF-8")
	}
}

func FuzzLireChamps(f *testing.F) {
	for _, s := range []string{"{}", `{"parent":"a","jour":3}`, `{"motif":"\u00e9\"","octets":-1}`, `{"parent":"a",}`, "",
		`{"x":1}`, `{"jour":99999999999999999999}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseChamps(b)
		if err != nil {
			return
		}
		d, err := ParseChamps(c.Append(nil))
		if err != nil || c != d {
			t.Errorf("read, written and read again: %v, %v, %v", c, d, err)
		}
	})
}
