package noemie_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
)

func graines(f *testing.F) {
	for _, em := range emballages {
		b := ecrire(f, retourExemple(em))
		f.Add(b)
		f.Add(b[:300])
		f.Add(append(bytes.Clone(b[:500]), b[501:]...))
		f.Add(composer(f, em, 1, 0, ent{"102", "04", nil}, ent{"990", "", nil}, ent{"295", "06", z{"texte": "@@"}}))
	}
	f.Add([]byte{0x1f, 0x8b})
}

// A whole return: no panic, findings with words, the stream's invoices those of the whole; what is read can be written.
func FuzzLire(f *testing.F) {
	graines(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		r, constats, err := noemie.Parse(bytes.NewReader(b))
		if err != nil {
			var e *noemie.ErreurLecture
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			return
		}
		for _, c := range constats {
			if c.Code == "" || c.Message == "" || c.Gravite == 0 {
				t.Fatalf("%+v", c)
			}
		}
		n := 0
		for _, err := range noemie.NewReader(bytes.NewReader(b)).Factures() {
			if err != nil {
				t.Fatal(err)
			}
			n++
		}
		if n != len(r.Factures) {
			t.Fatalf("%d invoices in the stream, %d in the whole", n, len(r.Factures))
		}
	})
}

// Entities written back lose nothing: copied again, they are the same bytes.
func FuzzEntites(f *testing.F) {
	graines(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		copie, ok := copier(b)
		if !ok {
			return
		}
		if encore, ok := copier(copie); !ok || !bytes.Equal(copie, encore) {
			t.Fatalf("%t: %q, then %q", ok, copie, encore)
		}
	})
}

// copier writes back what can be: no return that was cut, no entity without end.
func copier(b []byte) ([]byte, bool) {
	r := noemie.NewReader(bytes.NewReader(b))
	var copie bytes.Buffer
	var w *noemie.Writer
	dernier := ""
	for e, err := range r.Entites() {
		if err != nil {
			return nil, false
		}
		if w == nil {
			w = noemie.NewWriter(&copie, r.Emballage())
		}
		for _, zo := range noemie.Zones(e.Code) {
			e.Texte(zo.Nom)
			_, _ = e.Entier(zo.Nom)
		}
		if err := w.Write(e); err != nil {
			return nil, false
		}
		dernier = e.Code
	}
	return copie.Bytes(), dernier == "999"
}
