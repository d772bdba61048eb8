package s3404_test

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
)

// TestLignes protects what a biller and a caisse look for in a line: GHS, MT and DMT of the stay, CCAM with activity,
// phase, modifiers and association, and the products under their line, none of them lost, their amounts in brackets.
func TestLignes(t *testing.T) {
	bs, err := s3404.Construire(t.Context(), fichier(t, 2, 2, nil), options)
	if err != nil {
		t.Fatal(err)
	}
	for f, err := range bs[0].Factures(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if f.Rang != 1 {
			continue
		}
		var produits []s3404.Produit
		for _, l := range f.Lignes {
			produits = append(produits, l.Produits...)
		}
		want := []s3404.Produit{{Genre: "UCD", Code: "9876543", Quantite: 1, Prix: 1000, Montant: 1000},
			{Genre: "LPP", Code: "2462580", Fournisseur: "55217862900132", Quantite: 1, Prix: 1000, Montant: 1000},
			{Genre: "LPP", Code: "3184940", Quantite: 3, Prix: 250, Montant: 750},
			{Genre: "LPP", Code: "1172490", Quantite: 2, Prix: 1250, Montant: 2500}}
		if len(produits) != len(want) {
			t.Fatalf("%+v", produits)
		}
		for i := range want {
			if produits[i] != want[i] {
				t.Errorf("%+v, want %+v", produits[i], want[i])
			}
		}
	}
	var b bytes.Buffer
	if _, err := bs[0].WritePDF(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	lu := texte(t, poser(t, "lignes.pdf", b.Bytes()))
	for _, want := range []string{"dont UCD", "9876543", "dont LPP", "2462580", "3184940", "1172490", "(7,50 €)",
		"(25,00 €)", "SIRET 55217862900132", "HHFA016 1/0 J a2", "1234", "03/181", "droits 3 du 01/01/2026 (751)"} {
		if !strings.Contains(strings.ReplaceAll(lu, "\u00a0", " "), want) {
			t.Errorf("no %q on the bordereau", want)
		}
	}
}

// TestCopieAMC protects the copy of a complementary insurance: its own invoices to the cent, and nobody else's.
func TestCopieAMC(t *testing.T) {
	b := octets(t, fichier(t, 6, 2, nil))
	// Two of the invoices have another complementary insurance, one has none.
	n := 0
	for i := 0; i < len(b); i += 128 {
		if b[i] == '2' && b[i+38] == '1' {
			n++
			if n == 2 || n == 5 {
				copy(b[i+118:], "0000000099")
			} else if n == 6 {
				copy(b[i+118:], "          ")
			}
		}
	}
	bs, err := s3404.Construire(t.Context(), deOctets(b), options)
	if err != nil {
		t.Fatal(err)
	}
	r := bs[0].Resume.Complementaires
	if len(r) != 2 || r[0].Totaux.Factures+r[1].Totaux.Factures != 5 {
		t.Fatalf("%+v", r)
	}
	var fichiers []string
	for _, x := range r {
		var doc bytes.Buffer
		if _, err := bs[0].WriteAMC(t.Context(), &doc, x.Organisme); err != nil {
			t.Fatal(err)
		}
		fichiers = append(fichiers, poser(t, "amc-"+x.Organisme+".pdf", doc.Bytes()))
		lu := strings.ReplaceAll(texte(t, fichiers[len(fichiers)-1]), "\u00a0", " ")
		var amc fse.Montant
		for f, err := range bs[0].Factures(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			sienne := f.Complementaire == x.Organisme
			if strings.Contains(lu, papier.NIR(f.Assure)) != sienne || strings.Contains(lu, f.Nom+" ") != sienne {
				t.Errorf("copy of %s: invoice %d of %q", x.Organisme, f.Cle.Numero, f.Complementaire)
			}
			if sienne {
				amc += f.AMC
			}
		}
		if want := strings.ReplaceAll("Part demandée à la complémentaire * "+amc.String(), "\u00a0", " "); amc !=
			x.Totaux.AMC || !strings.Contains(lu, want) {
			t.Errorf("copy of %s: no %q", x.Organisme, want)
		}
		if !strings.Contains(lu, "non officiel") || strings.Contains(lu, "Signature du responsable") {
			t.Errorf("copy of %s isn't marked, or asks for a signature", x.Organisme)
		}
	}
	preflight.PDFA(t, fichiers...)
	if _, err := bs[0].WriteAMC(t.Context(), &bytes.Buffer{}, "inconnu"); err == nil {
		t.Error("a copy for nobody")
	}
}

// TestTampon protects the establishment's stamp: in the shipped bordereau where it is given, beside the signature.
func TestTampon(t *testing.T) {
	im := image.NewGray(image.Rect(0, 0, 90, 20))
	for i := range im.Pix {
		im.Pix[i] = color.Gray{Y: 90}.Y
	}
	var tampon bytes.Buffer
	if err := png.Encode(&tampon, im); err != nil {
		t.Fatal(err)
	}
	g, err := s3404.GabaritFourni(papier.WithImage("tampon", tampon.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	avec := options
	avec.Gabarit = g
	images := map[bool]int{}
	for i, o := range []s3404.Options{options, avec} {
		bs, err := s3404.Construire(t.Context(), fichier(t, 2, 2, nil), o)
		if err != nil {
			t.Fatal(err)
		}
		var doc bytes.Buffer
		if _, err := bs[0].WritePDF(t.Context(), &doc); err != nil {
			t.Fatal(err)
		}
		images[i == 1] = bytes.Count(doc.Bytes(), []byte("/Subtype/Image"))
		preflight.PDFA(t, poser(t, "tampon.pdf", doc.Bytes()))
	}
	if images[false] != 0 || images[true] != 1 {
		t.Errorf("%v images", images)
	}
}
