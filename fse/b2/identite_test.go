package b2_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

var fichiersPartages = []string{"data/b2/lot1.b2", "data/b2/lot2.b2", "data/b2/lot3.b2", "data/normes/n1-ps.b2",
	"data/normes/n2-ps.b2",
	"data/normes/n3-ps.b2", "data/normes/n4-cp.b2", "data/normes/n5-cp.b2"}

func recopier(t testing.TB, b []byte) []byte {
	t.Helper()
	var copie bytes.Buffer
	w := b2.NewWriter(&copie)
	for e, err := range b2.NewReader(bytes.NewReader(b)).Enregistrements() {
		if err != nil {
			t.Fatal(err)
		}
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	return copie.Bytes()
}

// Read then written, the same bytes.
func TestIdentite(t *testing.T) {
	for _, nom := range fichiersPartages {
		t.Run(nom, func(t *testing.T) {
			b := octets(t, partage(t, nom))
			if !bytes.Equal(recopier(t, b), b) {
				t.Error("not the same bytes")
			}
		})
	}
}

// formes are the ways in which the same records come.
func formes(b []byte) map[string][]byte {
	rr := enregistrements(b)
	x := append([]byte("7"), bytes.Repeat([]byte("?"), b2.Longueur-1)...)
	inconnu := append(append(append([]byte(nil), b[:3*b2.Longueur]...), x...), b[3*b2.Longueur:]...)
	return map[string][]byte{
		"back to back":       b,
		"LF":                 append(bytes.Join(rr, []byte("\n")), '\n'),
		"CRLF":               append(bytes.Join(rr, []byte("\r\n")), "\r\n"...),
		"CR":                 append(bytes.Join(rr, []byte("\r")), '\r'),
		"CRLF but the last":  bytes.Join(rr, []byte("\r\n")),
		"LF at the end only": append(append([]byte(nil), b...), '\n'),
		"blank line at end":  append(bytes.Join(rr, []byte("\n")), "\n\n"...),
		"DOS end of file":    append(append(bytes.Join(rr, []byte("\r\n")), "\r\n"...), 0x1a),
		"unknown record":     inconnu,
		"two styles of lines": append(append(append([]byte(nil), bytes.Join(rr[:2], []byte("\r\n"))...), "\r\n"...),
			append(bytes.Join(rr[2:], []byte("\n")), '\n')...),
	}
}

func TestIdentiteFormes(t *testing.T) {
	for _, cp := range []bool{false, true} {
		b := exemple(t, cp)
		veut, _, err := b2.ParseFichier(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		for nom, f := range formes(b) {
			t.Run(fmt.Sprintf("CP %t/%s", cp, nom), func(t *testing.T) {
				if got := recopier(t, f); !bytes.Equal(got, f) {
					t.Error("not the same bytes")
				}
				got, constats, err := b2.ParseFichier(bytes.NewReader(f))
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(veut, got); diff != "" {
					t.Error(diff)
				}
				var attendus []string
				if nom == "unknown record" {
					attendus = []string{"type-inconnu", "fichier-enregistrements"}
				}
				if nom == "unknown record" && len(constats) > 0 && constats[0].Lieu.Rang != 4 {
					t.Errorf("finding on record %d, want 4", constats[0].Lieu.Rang)
				}
				if got := codes(constats); strings.Join(got, " ") != strings.Join(attendus, " ") {
					t.Errorf("findings %v, want %v", constats, attendus)
				}
			})
		}
	}
}

// Changing a zone and writing changes that zone alone.
func TestModifier(t *testing.T) {
	b := exemple(t, false)
	var copie bytes.Buffer
	w := b2.NewWriter(&copie)
	for e, err := range b2.NewReader(bytes.NewReader(b)).Enregistrements() {
		if err != nil {
			t.Fatal(err)
		}
		if e.Type == b2.T4 {
			e = e.Copie()
			if err := e.SetEntier("quantite", 3); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Write(e); err != nil {
			t.Fatal(err)
		}
	}
	diff := 0
	for i, c := range copie.Bytes() {
		if c != b[i] {
			diff++
			if p := i%b2.Longueur + 1; p < 79 || p > 80 {
				t.Errorf("column %d changed", p)
			}
		}
	}
	if diff != 4 {
		t.Errorf("%d bytes changed, want one for each of the 4 lines", diff)
	}
}

func TestWriter(t *testing.T) {
	var b bytes.Buffer
	w := b2.NewWriterLignes(&b, "\r\n")
	if err := b2.WriteFichier(w, fichierExemple(false)); err != nil {
		t.Fatal(err)
	}
	if n := bytes.Count(b.Bytes(), []byte("\r\n")); n != w.Nombre() || b.Len() != n*(b2.Longueur+2) {
		t.Errorf("%d lines for %d records", n, w.Nombre())
	}
	if err := b2.WriteFichier(w, fichierExemple(false)); err == nil {
		t.Error("a second file in the same writer")
	}
	if err := b2.NewWriter(&b).Write(&b2.Enregistrement{Type: b2.T4, Brut: []byte("4")}); err == nil {
		t.Error("a record of one byte was written")
	}
	trop := fichierExemple(false)
	trop.Lots[0].Factures[0].Actes[0].Montant = 123_456_789
	if err := b2.WriteFichier(b2.NewWriter(&b), trop); err == nil || !strings.Contains(err.Error(), "zone montant") {
		t.Errorf("an amount of 9 digits in 7: %v", err)
	}
	for nom, change := range map[string]func(*fse.Fichier){
		"total":       func(f *fse.Fichier) { f.Lots[0].Factures[0].Total = 1 },
		"AMO":         func(f *fse.Fichier) { f.Lots[0].Factures[0].AMO = 1 },
		"another lot": func(f *fse.Fichier) { f.Lots[0].Factures[0].Cle.Lot.Numero = 9 },
		"DRE":         func(f *fse.Fichier) { f.Lots[1].Flux = fse.FluxDRE },
	} {
		f := fichierExemple(false)
		change(f)
		if err := b2.WriteFichier(b2.NewWriter(&b), f); err == nil {
			t.Errorf("%s: no error", nom)
		}
	}
	if err := b2.WriteFichier(b2.NewWriter(enPanne{}), fichierExemple(false)); err == nil {
		t.Error("a writer that fails")
	}
}

type enPanne struct{}

func (enPanne) Write([]byte) (int, error) { return 0, fmt.Errorf("disk full") }
