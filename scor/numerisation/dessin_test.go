package numerisation_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"image"
	"io"
	"slices"
	"testing"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfentree"
)

// crayon is a Dessinateur that draws the same strokes on every page, and counts them.
type crayon struct{ pages int }

func (c *crayon) Dessiner(_ context.Context, _ io.ReaderAt, _ int64, _, largeur, hauteur int) (image.Image, error) {
	c.pages++
	g := image.NewGray(image.Rect(0, 0, largeur, hauteur))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	for y := 200; y < hauteur-200; y += 60 {
		for x := 200; x < largeur-200; x++ {
			if x/9%2 == 0 {
				g.Pix[y*g.Stride+x] = 0
			}
		}
	}
	return g, nil
}

// A PDF of software that the profile doesn't take as it is becomes a drawing of its pages, recorded with the hashes
// of the file and of the pixels; it joins scans. Where the profile takes it, nothing is drawn.
func TestPDFDessine(t *testing.T) {
	a1b := logiciel(t, 210, 297, 2)
	a2b := bytes.ReplaceAll(a1b, []byte("<pdfaid:part>1<"), []byte("<pdfaid:part>2<"))
	ordinaire := bytes.ReplaceAll(a1b, []byte("pdfaid:"), []byte("autres:"))
	scan := numerisation.Octets("scan.tif", dessiner(t, pd.Page{Graine: 1, Format: pd.A5, DPI: 200}, pd.TIFFG4))
	libre := reference(t)
	libre.FormatPDF = ""
	for nom, c := range map[string]struct {
		profil  scor.ProfilNumerisation
		sources []numerisation.Source
		dessins int // pages drawn
		garde   bool
	}{
		"PDF/A-1b": {reference(t), []numerisation.Source{numerisation.Octets("a.pdf", a1b)}, 0, true},
		"PDF/A-2b": {reference(t), []numerisation.Source{numerisation.Octets("a.pdf", a2b)}, 2, false},
		"ordinaire": {reference(t), []numerisation.Source{numerisation.Octets("a.pdf", ordinaire)}, 2,
			false},
		"ordinaire, profil sans PDF/A": {libre, []numerisation.Source{numerisation.Octets("a.pdf", ordinaire)}, 0, true},
		"joint à un scan": {reference(t), []numerisation.Source{numerisation.Octets("a.pdf", a1b), scan}, 2,
			false},
	} {
		t.Run(nom, func(t *testing.T) {
			c := c
			var k crayon
			n, err := numerisation.New(c.profil, numerisation.WithPDF(pdfentree.New(pdfentree.WithDessinateur(&k))))
			if err != nil {
				t.Fatal(err)
			}
			r, out := numeriser(t, n, c.sources...)
			if !r.Accepte {
				t.Fatal(r.Messages())
			}
			if k.pages != c.dessins {
				t.Errorf("%d pages drawn, expected %d: each once", k.pages, c.dessins)
			}
			donnees := make([]byte, c.sources[0].Taille)
			if _, err := c.sources[0].ReadAt(donnees, 0); err != nil && err != io.EOF {
				t.Fatal(err)
			}
			if bytes.Equal(out, donnees) != c.garde {
				t.Errorf("kept as it is: %t, expected %t", !c.garde, c.garde)
			}
			if c.garde {
				return
			}
			p := r.Pages[0]
			if !slices.Equal(etapes(p), []string{"dessiner", "coder"}) {
				t.Fatalf("steps %q", etapes(p))
			}
			if e := p.Etapes[0]; e.Avant != sha256.Sum256(donnees) || e.Apres != p.Etapes[1].Avant || e.Detail == "" {
				t.Error("the drawing's record isn't from the file to the pixels")
			}
			if p.LargeurMM < 209 || p.LargeurMM > 211 || p.HauteurMM < 296 || p.HauteurMM > 298 {
				t.Errorf("page of %.1f x %.1f mm", p.LargeurMM, p.HauteurMM)
			}
		})
	}
}

// Without a Dessinateur the person is told what can be done about such a PDF, never to change a format.
func TestPDFNonDessine(t *testing.T) {
	ordinaire := bytes.ReplaceAll(logiciel(t, 210, 297, 1), []byte("pdfaid:"), []byte("autres:"))
	r, out := numeriser(t, nouveau(t), numerisation.Octets("a.pdf", ordinaire))
	if r.Accepte || len(out) > 0 && r.Octets > 0 || !slices.Equal(r.Motifs(), []string{"format"}) {
		t.Errorf("%q", r.Motifs())
	}
	for _, m := range r.Messages() {
		if bytes.Contains([]byte(m), []byte("PDF/A")) {
			t.Errorf("%q", m)
		}
	}
}
