package mesure

import (
	"image"
	"math"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// encre is the ink of a drawn page.
func encre(t *testing.T, g *image.Gray, dpi float64) *raster.Runs {
	t.Helper()
	tr := Trieur{Reglages: ParDefaut()}
	var r raster.Runs
	if _, err := tr.Marques(&r, g, dpi, dpi, 0); err != nil {
		t.Fatal(err)
	}
	return &r
}

// A piece is found once whatever its shape: a U, a comb and a ring that meet only after many rows are one piece each.
func TestSeparer(t *testing.T) {
	dessin := []string{
		"#.#.#..####...#",
		"#.#.#..#..#....",
		"#.###..#..#.##.",
		"#......####....",
		"######.........",
	}
	r := raster.NewRuns(len(dessin[0]), 0)
	for _, l := range dessin {
		var c []int32
		for x := range l {
			if noir := l[x] == '#'; noir != (len(c)%2 == 1) {
				c = append(c, int32(x))
			}
		}
		if err := r.AppendRow(c); err != nil {
			t.Fatal(err)
		}
	}
	p := Pieces{Reglages: ParDefaut()}
	p.Separer(r, 25.4, 25.4)
	for range 2 { // a second time over itself, the same
		if len(p.Taches) != 5 {
			t.Fatalf("%d pieces: %v", len(p.Taches), p.Taches)
		}
		p.Separer(r, 25.4, 25.4)
	}
}

// Grain all over a page doesn't make the pieces under way grow with its height.
func TestSeparerGrain(t *testing.T) {
	r := raster.NewRuns(1000, 0)
	for y := range 4000 {
		var c []int32
		for x := int32(y % 2); x < 998; x += 4 {
			c = append(c, x, x+1)
		}
		if y%4 > 1 {
			c = c[:0]
		}
		if err := r.AppendRow(c); err != nil {
			t.Fatal(err)
		}
	}
	p := Pieces{Reglages: ParDefaut()}
	p.Separer(r, 400, 400)
	if p.Poussieres < 100000 {
		t.Fatalf("%d specks", p.Poussieres)
	}
	if n := len(p.enCours); n > 2000 {
		t.Errorf("%d pieces were held for %d specks", n, p.Poussieres)
	}
}

// A stamp laid askew doesn't turn the page: the lines of the page outvote it, whatever its angle.
func TestTamponDeTravers(t *testing.T) {
	for _, deg := range []float64{-8, -5, 4, 5, 8, 12} {
		p := pagedessinee.Page{Graine: 3, Format: pagedessinee.A4, DPI: 200, Inclinaison: deg}
		tampon := p.Gris()
		// The stamp: a strip of a page drawn askew, in a frame of its own, on a page that is straight.
		p.Inclinaison = 0
		g := p.Gris()
		k := 200 / 25.4
		for y := int(190 * k); y < int(220*k); y++ {
			for x := int(20 * k); x < int(80*k); x++ {
				g.Pix[y*g.Stride+x] = min(g.Pix[y*g.Stride+x], tampon.Pix[(y-int(175*k))*g.Stride+x])
			}
		}
		pi := Pieces{Reglages: ParDefaut()}
		pi.Separer(encre(t, g, 200), 200, 200)
		rg := Rangs{Reglages: ParDefaut()}
		e := rg.Ecriture(&pi, Feuille{0, 0, pi.LargeurMM, pi.HauteurMM})
		if math.Abs(e.Inclinaison) > 0.1 || e.Certitude < 0.5 {
			t.Errorf("a stamp at %v°: page at %.2f°, certainty %.2f", deg, e.Inclinaison, e.Certitude)
		}
	}
}

// Pages drawn at any angle are measured within a tenth of a degree, and their certainty is that of print; an empty page
// has none.
func TestEcriture(t *testing.T) {
	rg := Rangs{Reglages: ParDefaut()}
	for i, deg := range []float64{-9, -3.3, -0.4, 0, 0.6, 2.7, 11} {
		for _, rot := range []int{0, 90} {
			p := pagedessinee.Page{Graine: uint64(i), Format: pagedessinee.A5, DPI: 200, Inclinaison: deg, Rotation: rot}
			pi := Pieces{Reglages: ParDefaut()}
			pi.Separer(encre(t, p.Gris(), 200), 200, 200)
			e := rg.Ecriture(&pi, Feuille{0, 0, pi.LargeurMM, pi.HauteurMM})
			if math.Abs(e.Inclinaison-deg) > 0.1 || e.Certitude < 0.7 || e.Debout != (rot == 90) || e.CertitudeDebout < 0.7 {
				t.Errorf("%v: %.2f°, certainty %.2f, upright or lying %v at %.2f", p, e.Inclinaison, e.Certitude, e.Debout,
					e.CertitudeDebout)
			}
			if len(e.Accord) < 4 {
				t.Errorf("%v: %d lines agree", p, len(e.Accord))
			}
		}
	}
	pi := Pieces{Reglages: ParDefaut()}
	pi.Separer(encre(t, pagedessinee.Page{Format: pagedessinee.A5, DPI: 200, Defaut: pagedessinee.Blanc}.Gris(), 200), 200,
		200)
	if e := rg.Ecriture(&pi, Feuille{0, 0, 148, 210}); e.Certitude != 0 || len(e.Rangs) > 0 {
		t.Errorf("an empty page: %+v", e)
	}
}

// A page photographed aslant, its lines running to a point, is told from one that lies askew and from one with a stamp.
func TestPerspective(t *testing.T) {
	mesurer := func(g *image.Gray) float64 {
		pi := Pieces{Reglages: ParDefaut()}
		pi.Separer(encre(t, g, 200), 200, 200)
		rg := Rangs{Reglages: ParDefaut()}
		e := rg.Ecriture(&pi, Feuille{0, 0, pi.LargeurMM, pi.HauteurMM})
		return e.Perspective(pi.HauteurMM)
	}
	for i := range 6 {
		p := pagedessinee.Page{Graine: uint64(40 + i), Format: pagedessinee.A5, DPI: 200, Defaut: pagedessinee.Chargee,
			Inclinaison: float64(i) - 2}
		if m := mesurer(p.Gris()); m > 0.5 {
			t.Errorf("%v: the slope of lines that are parallel changes by %.2f°", p, m)
		}
		p.Inclinaison = 0
		p.Ornements, p.Travers = []pagedessinee.Ornement{pagedessinee.CachetNu}, 8
		if m := mesurer(p.Gris()); m > 0.5 {
			t.Errorf("%v: the slope of lines that are parallel changes by %.2f°", p, m)
		}
		p.Ornements = nil
		if m := mesurer(fuir(p.Gris(), 0.12)); m < 2 {
			t.Errorf("%v: aslant, the slope of lines changes by %.2f°", p, m)
		}
	}
}

// fuir draws g as seen from the side: the right edge is shorter than the left one by a part.
func fuir(g *image.Gray, part float64) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(g.Rect)
	for y := range h {
		for x := range w {
			k := 1 - part*float64(x)/float64(w)
			v := uint8(245)
			if sy := int((float64(y)-float64(h)/2)/k + float64(h)/2); sy >= 0 && sy < h {
				v = g.Pix[sy*g.Stride+x]
			}
			out.Pix[y*out.Stride+x] = v
		}
	}
	return out
}
