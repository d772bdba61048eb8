package pdf_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"testing"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
)

func police(t testing.TB, ttf []byte) *pdf.Police {
	t.Helper()
	p, err := pdf.ParsePolice(ttf)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

const francais = "Assurée née à Nîmes le 1er août : « cœur », œdème, ÇÉÈÊËÀÂÎÏÔÙÛÜŸ, 1 234,56 €, n° 12 – ’"

func pages(t testing.TB, dst io.Writer) {
	t.Helper()
	normale, grasse, fixe := police(t, goregular.TTF), police(t, gobold.TTF), police(t, gomono.TTF)
	w, err := pdf.NewWriter(dst, infoEssai)
	if err != nil {
		t.Fatal(err)
	}
	total := w.Forme(20, 5)
	for n := 1; n <= 3; n++ {
		err = w.Page(210, 297, func(p *pdf.Page) {
			p.Encre(pdf.Teinte{230, 236, 245})
			p.Aplat(15, 12, 180, 12)
			p.Encre(pdf.Teinte{})
			p.Texte(grasse, 14, 105, 20, pdf.Centre, "Bordereau d’essai")
			p.Texte(normale, 10, 20, 40, pdf.Gauche, francais)
			p.Texte(fixe, 9, 190, 50, pdf.Droite, "1 006,08 €")
			p.Trait(0.2, pdf.Teinte{80, 80, 80})
			p.Cadre(15, 12, 180, 270)
			p.Ligne(15, 30, 195, 30)
			p.Trait(0.4, pdf.Teinte{20, 30, 120})
			var trait []pdf.PointPlume
			for i := range 60 {
				a := float64(i) / 6
				trait = append(trait, pdf.PointPlume{X: 60 + 8*a + 6*math.Cos(2*a), Y: 200 + 12*math.Sin(2*a),
					Largeur: 0.3 + 0.3*math.Abs(math.Sin(a))})
			}
			p.Plume(trait)
			p.Plume([]pdf.PointPlume{{X: 100, Y: 230, Largeur: 1}})
			p.Image(150, 60, 30, 20, pdf.Image{Largeur: 120, Hauteur: 80, Couleur: pdf.RGB, Codage: pdf.JPEG,
				Bandes: [][]byte{jpegEssai(t, false)}})
			p.Image(150, 90, 20, 30, pdf.Image{Largeur: 120, Hauteur: 80, Couleur: pdf.Gris, Codage: pdf.JPEG,
				Bandes: [][]byte{jpegEssai(t, true)}, Rotation: 90})
			p.Encre(pdf.Teinte{})
			p.Texte(normale, 8, 180, 278, pdf.Droite, fmt.Sprintf("Page %d/", n))
			p.Forme(total, 180, 278-4)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Dessiner(total, func(p *pdf.Page) { p.Texte(normale, 8, 0, 4, pdf.Gauche, "3") }); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func TestPagesValidesPDFA(t *testing.T) {
	var b, bis bytes.Buffer
	pages(t, &b)
	pages(t, &bis)
	if !bytes.Equal(b.Bytes(), bis.Bytes()) {
		t.Error("the same calls gave two different files")
	}
	f := poser(t, "pages.pdf", b.Bytes())
	preflight.QPDF(t, f)
	preflight.PDFA(t, f)
	texte := preflight.Texte(t, f)
	for _, want := range []string{francais, "Bordereau d’essai", "1 006,08 €", "Page 3/3"} {
		if !strings.Contains(texte, want) {
			t.Errorf("pdftotext doesn't find %q in:\n%s", want, texte)
		}
	}
}

// Each embedded font holds only what was used.
func TestSousEnsemble(t *testing.T) {
	var b bytes.Buffer
	pages(t, &b)
	if b.Len() > 60_000 {
		t.Errorf("%d bytes: the fonts are not reduced", b.Len())
	}
	f := poser(t, "pages.pdf", b.Bytes())
	polices := preflight.Sortie(t, "pdffonts", f)
	if n := strings.Count(polices, "yes yes yes"); n != 3 {
		t.Errorf("%d fonts embedded, subset and with Unicode, want 3:\n%s", n, polices)
	}
}

func TestTexteRefuse(t *testing.T) {
	normale := police(t, goregular.TTF)
	for _, texte := range []string{"漢", "a\nb", "a\x00", string([]byte{0xFF})} {
		w, err := pdf.NewWriter(io.Discard, pdf.Info{})
		if err != nil {
			t.Fatal(err)
		}
		err = w.Page(210, 297, func(p *pdf.Page) { p.Texte(normale, 10, 10, 10, pdf.Gauche, texte) })
		if err == nil {
			t.Errorf("%q written", texte)
		}
		var g *pdf.ErreurGlyphe
		if errors.As(err, &g) && strings.Contains(err.Error(), texte) {
			t.Errorf("%v shows the text", err)
		}
		if normale.Ecrit(texte) {
			t.Errorf("Ecrit(%q)", texte)
		}
	}
}

func TestPageRefusee(t *testing.T) {
	w, _ := pdf.NewWriter(io.Discard, pdf.Info{})
	if err := w.Page(0, 297, func(*pdf.Page) {}); err == nil {
		t.Error("a page without width was written")
	}
	if err := w.Page(210, 297, func(p *pdf.Page) { p.Ligne(0, 0, math.NaN(), 3) }); err == nil {
		t.Error("a line to NaN was drawn")
	}
	w, _ = pdf.NewWriter(io.Discard, pdf.Info{})
	f := w.Forme(10, 10)
	if err := w.Page(210, 297, func(p *pdf.Page) { p.Forme(f, 1, 1) }); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err == nil {
		t.Error("a Forme that was never drawn went unnoticed")
	}
}

// Thousands of lines: what a page allocates doesn't grow with those before.
func TestPagesMemoireConstante(t *testing.T) {
	normale := police(t, goregular.TTF)
	w, err := pdf.NewWriter(io.Discard, pdf.Info{})
	if err != nil {
		t.Fatal(err)
	}
	une := func() {
		if err := w.Page(210, 297, func(p *pdf.Page) {
			for i := range 50 {
				p.Texte(normale, 8, 10, 10+5*float64(i), pdf.Gauche, "2751143488 192115935935569 000000400000")
			}
		}); err != nil {
			t.Fatal(err)
		}
	}
	debut := testing.AllocsPerRun(50, une)
	for range 2000 {
		une()
	}
	if fin := testing.AllocsPerRun(50, une); fin > debut+10 {
		t.Errorf("%v allocations a page after 2,000 pages, %v at the start", fin, debut)
	}
}

func BenchmarkPageTexte(b *testing.B) {
	normale := police(b, goregular.TTF)
	w, err := pdf.NewWriter(io.Discard, pdf.Info{})
	if err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := w.Page(210, 297, func(p *pdf.Page) {
			for i := range 50 {
				p.Texte(normale, 8, 10, 10+5*float64(i), pdf.Gauche,
					"27511434 acte CCAM exécutant 751143488 du 26/10/2026 : 1 006,08 €")
			}
		}); err != nil {
			b.Fatal(err)
		}
	}
}
