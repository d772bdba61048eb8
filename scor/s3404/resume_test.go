package s3404_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
)

// TestResume protects who signs thousands of pages: the first one says how much, by whom, and what is unusual.
func TestResume(t *testing.T) {
	o := options
	o.Precedent = &s3404.Totaux{Total: 10_00}
	bs, err := s3404.Construire(t.Context(), fichier(t, 200, 4, nil), o)
	if err != nil {
		t.Fatal(err)
	}
	b := bs[0]
	if len(b.Resume.Praticiens) != 2 || b.Resume.Praticiens[0].Montant < b.Resume.Praticiens[1].Montant ||
		len(b.Resume.Negatives) != 0 || b.Resume.HauteTotal != 624_51 {
		t.Errorf("%+v", b.Resume)
	}
	actes := 0
	for _, p := range b.Resume.Praticiens {
		actes += p.Actes
	}
	if actes != 800 {
		t.Errorf("%d acts of 800", actes)
	}
	var doc bytes.Buffer
	r, err := b.WritePDF(t.Context(), &doc)
	if err != nil {
		t.Fatal(err)
	}
	// At most a page for five invoices, and the summary's.
	if r.Pages > 41 {
		t.Errorf("%d pages for 200 invoices", r.Pages)
	}
	premiere, _, _ := strings.Cut(texte(t, poser(t, "resume.pdf", doc.Bytes())), "\f")
	for _, want := range []string{"Récapitulatif avant signature", "200 facture(s), 1000 ligne(s)",
		"Facture la plus élevée : 000000199", "1 praticien(s) absent(s)", "par rapport à la période précédente",
		"Dr Hélène LEFÈVRE", "modèle non officiel"} {
		if !strings.Contains(premiere, want) {
			t.Errorf("no %q on the first page", want)
		}
	}
}
