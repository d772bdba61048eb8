package s3404_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
)

// TestNomsDePartout protects that a practitioner's and a signer's name, whatever its script and length, is on the
// bordereau and beside the signature, and is given back by a reader.
func TestNomsDePartout(t *testing.T) {
	var signes []string
	long := strings.Repeat("Anne-Marie de la Tour ", 9)
	for _, x := range []struct{ nom, rendu string }{
		{"Dr Lan Nguyễn", "Dr Lan Nguyễn"}, {"Dr Rene\u0301 Modele", "Dr René Modele"}, {"Δρ Ελένη", "Δρ Ελένη"},
		{"Юлія", "Юлія"},
		{"محمد", "محمد"}, {"מרים", "מרים"}, {long[:198], "Anne-Marie de la Tour"},
		{strings.Repeat("W", papier.NomMax), "WWW"},
	} {
		nom, err := papier.Nom(x.nom, papier.NomMax)
		if err != nil {
			t.Fatal(err)
		}
		o := options
		o.Praticien = func(string) string { return nom }
		bs, err := s3404.Construire(t.Context(), fichier(t, 2, 3, nil), o)
		if err != nil {
			t.Fatal(err)
		}
		var doc, signe bytes.Buffer
		if _, err := bs[0].WritePDF(t.Context(), &doc); err != nil {
			t.Fatal(err)
		}
		s := signer(t, doc.Bytes(), bs[0])
		s.Signataire.Nom, s.Mandant, s.PourMandat = nom, nom, true
		s.Signataire.Qualite, s.Delegation = nom, string([]rune(nom)[:min(80, len([]rune(nom)))])
		s.Lien = s.Calculer()
		if _, err := s3404.Signer(t.Context(), &signe, bytes.NewReader(doc.Bytes()), int64(doc.Len()), s, nil); err != nil {
			t.Fatalf("%s: %v", x.rendu, err)
		}
		f := poser(t, fmt.Sprintf("nom%d.pdf", len(signes)), signe.Bytes())
		signes = append(signes, f)
		lu := strings.NewReplacer("\u202b", "", "\u202c", "", "\u202a", "").Replace(texte(t, f))
		if n := strings.Count(lu, x.rendu); n < 3 {
			t.Errorf("%s is given back %d times, expected beside the lines, the signer and who mandates\n%s", x.rendu, n, lu)
		}
	}
	preflight.PDFA(t, signes...)
}

// TestNomImpossible protects that a name which no document can write is told before anything is made of the file,
// without the name.
func TestNomImpossible(t *testing.T) {
	o := options
	o.Praticien = func(string) string { return "Dr 好 Secret" }
	_, err := s3404.Construire(t.Context(), fichier(t, 2, 3, nil), o)
	var n *s3404.ErreurNom
	var c *papier.ErreurCaractere
	if !errors.As(err, &n) || !errors.As(err, &c) || c.Rune != '好' || c.Rang != 4 || !strings.HasPrefix(n.Quoi,
		"nom du praticien ") {
		t.Fatalf("%v", err)
	}
	if strings.Contains(err.Error(), "Secret") {
		t.Error("the error repeats the name")
	}
}
