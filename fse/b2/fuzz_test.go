package b2_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

func graines(f *testing.F) {
	for _, cp := range []bool{false, true} {
		for _, b := range formes(exemple(f, cp)) {
			f.Add(b)
		}
	}
	b := exemple(f, true)
	f.Add(b[:200])
	f.Add(b[:5*b2.Longueur+60])
	f.Add(append(append([]byte(nil), b[:300]...), b[301:]...))
	f.Add([]byte("1\n\r\n\r\r2"))
}

// Every byte of what is taken for B2 comes back, in order, whatever it is.
func FuzzEnregistrements(f *testing.F) {
	graines(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		var copie bytes.Buffer
		w := b2.NewWriter(&copie)
		off := int64(0)
		for e, err := range b2.NewReader(bytes.NewReader(b)).Enregistrements() {
			if errors.Is(err, b2.ErrPasB2) {
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if e.Offset != off {
				t.Fatalf("record %d at %d, want %d", e.Numero, e.Offset, off)
			}
			off += int64(len(e.Brut) + len(e.Fin))
			for _, z := range b2.Zones(e.Type, e.Variante, e.Version) {
				e.Texte(z.Nom)
				_, _ = e.Entier(z.Nom)
			}
			if err := w.Write(e); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(copie.Bytes(), b) {
			t.Fatal("not the same bytes")
		}
	})
}

// A whole file: no panic, findings with words and places, the stream's invoices those of the file.
func FuzzLireFichier(f *testing.F) {
	graines(f)
	f.Fuzz(func(t *testing.T, b []byte) {
		fichier, constats, err := b2.ParseFichier(bytes.NewReader(b))
		if err != nil {
			if !errors.Is(err, b2.ErrPasB2) {
				t.Fatal(err)
			}
			return
		}
		for _, c := range constats {
			if c.Code == "" || c.Message == "" || c.Gravite == 0 || c.Lieu.Offset > int64(len(b)) {
				t.Fatalf("%+v", c)
			}
		}
		n, veut := 0, 0
		for _, l := range fichier.Lots {
			veut += len(l.Factures)
		}
		for fac, err := range b2.NewReader(bytes.NewReader(b)).Factures() {
			if err != nil {
				t.Fatal(err)
			}
			_, _ = fac.Decode()
			n++
		}
		if n != veut {
			t.Fatalf("%d invoices in the stream, %d in the file", n, veut)
		}
	})
}
