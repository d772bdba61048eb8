package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/internal/essais/modes"
	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
)

func fichiers(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	var noms []string
	for _, f := range []struct {
		nom    string
		page   pd.Page
		codage pd.Codage
	}{
		{"bonne.tif", pd.Page{Graine: 1, Format: pd.A5, DPI: 200, Inclinaison: 0.5}, pd.TIFFG4},
		{"bonne.jpg", pd.Page{Graine: 2, Format: pd.A5, DPI: 200, Rotation: 90}, pd.JPEGGris},
		{"noire.jpg", pd.Page{Graine: 3, Format: pd.A5, DPI: 200, Defaut: pd.Noir}, pd.JPEGGris},
	} {
		b, err := f.page.Fichier(f.codage)
		if err != nil {
			t.Fatal(err)
		}
		noms = append(noms, filepath.Join(dir, f.nom))
		if err := os.WriteFile(noms[len(noms)-1], b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	noms = append(noms, filepath.Join(dir, "faux.pdf"))
	if err := os.WriteFile(noms[3], []byte("bonjour"), 0o600); err != nil {
		t.Fatal(err)
	}
	return noms
}

func TestJSON(t *testing.T) {
	noms := fichiers(t)
	sortie := filepath.Join(t.TempDir(), "pdf")
	var out bytes.Buffer
	if err := run(t.Context(), append([]string{"-json", "-sortie", sortie}, noms...), &out, os.Stderr); err != nil {
		t.Fatal(err)
	}
	modes.Prives(t, filepath.Dir(sortie))
	var got []Bilan
	for l := range strings.Lines(out.String()) {
		var b Bilan
		d := json.NewDecoder(strings.NewReader(l))
		d.DisallowUnknownFields()
		if err := d.Decode(&b); err != nil {
			t.Fatal(err)
		}
		if b.PDF != "" {
			info, err := os.Stat(b.PDF)
			if err != nil || info.Size() != b.Octets {
				t.Errorf("%s: %v, %d bytes announced", filepath.Base(b.PDF), err, b.Octets)
			}
			b.PDF = filepath.Base(b.PDF)
		}
		// Harnesses learn as much from -json as a person from the text: a refusal says what to do.
		if !b.Accepte && len(b.Messages) == 0 {
			t.Errorf("%s: refused without a message", filepath.Base(b.Fichier))
		}
		b.Fichier, b.Octets, b.Messages = filepath.Base(b.Fichier), 0, nil
		for i := range b.Pages {
			b.Pages[i].Inclinaison = 0
		}
		got = append(got, b)
	}
	a5 := []Page{{DPI: 200, LargeurMM: 147.95, HauteurMM: 210.06}}
	couchee := []Page{a5[0]}
	couchee[0].Rotation = 90
	want := []Bilan{
		{Fichier: "bonne.tif", Accepte: true, Motifs: []string{}, Pages: a5, PDF: "bonne.pdf"},
		{Fichier: "bonne.jpg", Accepte: true, Motifs: []string{}, Pages: couchee, PDF: "bonne-2.pdf"},
		{Fichier: "noire.jpg", Motifs: []string{"trop-sombre"}, Pages: a5},
		{Fichier: "faux.pdf", Motifs: []string{"illisible-fichier"}, Pages: []Page{{}}},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
	entries, err := os.ReadDir(sortie)
	if err != nil || len(entries) != 2 {
		t.Errorf("the folder has %d files (%v), want the 2 PDFs", len(entries), err)
	}
}

func TestRapport(t *testing.T) {
	noms := fichiers(t)
	var out bytes.Buffer
	if err := run(t.Context(), append([]string{"-sortie", t.TempDir()}, noms...), &out, os.Stderr); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"[1/4] bonne.tif : acceptée, 1 page", "REFUSÉE (trop-sombre)", "fermez le couvercle",
		"2 pièces acceptées sur 4", "2 pièces refusées"} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("the report lacks %q:\n%s", want, out.String())
		}
	}
}

func TestErreurs(t *testing.T) {
	for nom, args := range map[string][]string{
		"no file": {}, "unknown flag": {"-x"}, "no such file": {filepath.Join(t.TempDir(), "absent.jpg")},
		"a folder": {t.TempDir()}, "no such profile": {"-profil", filepath.Join(t.TempDir(), "p.yaml"), "a.jpg"},
	} {
		var out, erreurs bytes.Buffer
		if err := run(t.Context(), append([]string{"-sortie", filepath.Join(t.TempDir(), "pdf")}, args...), &out,
			&erreurs); err == nil {
			t.Errorf("%s: no error", nom)
		}
	}
}
