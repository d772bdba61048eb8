package mesure

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// runsDe is a drawn page in black and white, as a scanner makes it.
func runsDe(t testing.TB, p pd.Page) *raster.Runs {
	t.Helper()
	b, err := raster.Threshold(p.Gris(), 150, 0)
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Runs(0)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The cells hold the ink of the page: each grid sums up to it, and each cell to the pixels under it.
func TestTracer(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	for _, dpi := range [][2]float64{{254, 254}, {200, 200}, {204, 98}, {300, 240}} {
		b, err := raster.NewBitmap(400, 300, 0)
		if err != nil {
			t.Fatal(err)
		}
		for range 300 {
			x, y := rnd.IntN(400), rnd.IntN(300)
			for k := range rnd.IntN(60) {
				if x+k < 400 {
					b.Row(y)[(x+k)>>3] |= 0x80 >> ((x + k) & 7)
				}
			}
		}
		r, err := b.Runs(0)
		if err != nil {
			t.Fatal(err)
		}
		c := Carte{Reglages: ParDefaut()}
		for range 2 { // the second time over the first
			c.Tracer(r, dpi[0], dpi[1])
		}
		somme := func(g *grille, aire float64) (s float64) {
			for _, v := range g.v {
				s += float64(v) * aire
			}
			return s
		}
		want := float64(r.Black()) / dpi[0] / dpi[1] * 25.4 * 25.4
		for nom, got := range map[string]float64{"lignes": somme(&c.lignes, fin*large), "colonnes": somme(&c.colonnes,
			fin*large), "plein": somme(&c.plein, large*large)} {
			if math.Abs(got-want) > want/1000 {
				t.Errorf("%v dpi, %s: %.2f mm² of ink, the page has %.2f", dpi, nom, got, want)
			}
		}
		if dpi[0] != 254 || dpi[1] != 254 {
			continue
		}
		// Ten pixels a millimetre: cells are whole pixels.
		for y := range c.plein.h {
			for x := range c.plein.l {
				n := 0
				for v := range 10 {
					for u := range 10 {
						if b.Black(10*x+u, 10*y+v) {
							n++
						}
					}
				}
				if got := c.plein.row(y)[x]; math.Abs(float64(got)-float64(n)/100) > 1e-4 {
					t.Fatalf("cell %d, %d: %v, %d pixels of 100", x, y, got, n)
				}
			}
		}
	}
}

// The skew is measured within a tenth of a degree or two, whichever way the page lies, and which way that is.
func TestLignes(t *testing.T) {
	c := Carte{Reglages: ParDefaut()}
	for i, deg := range []float64{-12, -5.3, -1, -0.25, 0, 0.1, 0.4, 2.2, 7, 13} {
		for _, tour := range []int{0, 90, 180, 270} {
			p := pd.Page{Graine: uint64(i + 4*tour), Format: pd.A5, DPI: 200, Manuscrite: i%2 == 1, Inclinaison: deg,
				Rotation: tour}
			c.Tracer(runsDe(t, p), 200, 200)
			f := c.Feuille(c.Bandes())
			l := c.Lignes(f)
			if d := math.Abs(l.Inclinaison - deg); d > 0.2 || l.Debout != (tour%180 != 0) {
				t.Errorf("%v: %.2f°, upright lines %t", p, l.Inclinaison, l.Debout)
			}
			if s := c.Sens(f, l); (s.Verticalite < -0.15) != (tour >= 180) {
				t.Errorf("%v: %+v", p, s)
			}
		}
	}
}

// A page without lines says so.
func TestLignesSansTexte(t *testing.T) {
	c := Carte{Reglages: ParDefaut()}
	rnd := rand.New(rand.NewPCG(3, 3))
	g := pd.Uni(1000, 1400, 255)
	for range 4000 {
		g.Pix[rnd.IntN(len(g.Pix))] = 0
	}
	b, err := raster.Threshold(g, 128, 0)
	if err != nil {
		t.Fatal(err)
	}
	r, err := b.Runs(0)
	if err != nil {
		t.Fatal(err)
	}
	c.Tracer(r, 200, 200)
	if l := c.Lignes(c.Cadre()); l.Nettete > 2 {
		t.Errorf("specks: %+v", l)
	}
	c.Tracer(raster.NewRuns(1000, 0), 200, 200)
	if l := c.Lignes(c.Cadre()); l.Nettete != 1 || l.Inclinaison != 0 {
		t.Errorf("no rows: %+v", l)
	}
}

func TestBandesEtCoupes(t *testing.T) {
	c := Carte{Reglages: ParDefaut()}
	mesurer := func(d pd.Defaut, part float64) (Bandes, Coupes) {
		c.Tracer(runsDe(t, pd.Page{Graine: 11, Format: pd.A4, DPI: 200, Defaut: d, Part: part}), 200, 200)
		b := c.Bandes()
		return b, c.Coupes()
	}
	if b, k := mesurer(pd.Aucun, 0); b != (Bandes{}) || k.Gauche+k.Droite > 0 {
		t.Errorf("good page: %+v, %+v", b, k)
	}
	if b, k := mesurer(pd.Decale, 0.5); math.Abs(b.Droite-63) > 8 || k.Gauche < 2 {
		t.Errorf("shifted by 63 mm: %+v, %+v", b, k)
	}
	if b, _ := mesurer(pd.Tronque, 0.6); math.Abs(b.Bas-119) > 8 || b.Droite > 0 {
		t.Errorf("40 %% cut off: %+v", b)
	}
	if b, _ := mesurer(pd.Bords, 0); b.Gauche == 0 || b.Gauche > 8 || b.Bas > 8 {
		t.Errorf("borders: %+v", b)
	}
}

// A back looks like the mirror of its own front and of no other.
func TestTransparence(t *testing.T) {
	c := Carte{Reglages: ParDefaut()}
	vignette := func(g *image.Gray) *Vignette {
		b, err := raster.Threshold(g, 150, 0)
		if err != nil {
			t.Fatal(err)
		}
		r, err := b.Runs(0)
		if err != nil {
			t.Fatal(err)
		}
		c.Tracer(r, 100, 100)
		return c.Vignette()
	}
	const n = 6
	var rectos, versos []*Vignette
	for i := range n {
		g := pd.Page{Graine: uint64(i), Format: pd.A5, DPI: 100, Manuscrite: i%2 == 0}.Gris()
		rectos = append(rectos, vignette(g))
		for y := range g.Rect.Dy() { // mirrored, and a little lower
			row := g.Pix[y*g.Stride:][:g.Rect.Dx()]
			for a, b := 0, len(row)-1; a < b; a, b = a+1, b-1 {
				row[a], row[b] = row[b], row[a]
			}
		}
		copy(g.Pix[12*g.Stride:], g.Pix)
		versos = append(versos, vignette(g))
	}
	memes, autres := 1.0, 0.0
	for i, v := range versos {
		for j, r := range rectos {
			if x := v.Transparence(r); i == j {
				memes = min(memes, x)
			} else {
				autres = max(autres, x, rectos[i].Transparence(r))
			}
		}
	}
	t.Logf("own front %.2f at least, others %.2f at most", memes, autres)
	if memes < 0.88 || autres > 0.76 {
		t.Errorf("own front %.2f at least, others %.2f at most", memes, autres)
	}
}

// Black and white keeps faint handwriting beside bold print, a half-tone stamp and the writing in a shadow; where it
// can't, it says so.
func TestNoirEtBlanc(t *testing.T) {
	for _, d := range []pd.Defaut{pd.Aucun, pd.Pale, pd.Tampon, pd.Couleur, pd.Trame} {
		p := pd.Page{Graine: 21, Format: pd.A5, DPI: 200, Manuscrite: true, Defaut: d, Bruit: 3, Ombre: 60}
		g := p.Gris()
		tri := Trieur{Reglages: ParDefaut()}
		var encre, nb raster.Runs
		if _, err := tri.Marques(&encre, g, 200, 200, 0); err != nil {
			t.Fatal(err)
		}
		perte, err := tri.NoirEtBlanc(&nb, &encre, g, 200, 200, 26, 0)
		if err != nil {
			t.Fatal(err)
		}
		// Faint rules are kept too, which the comparison can't know. The drawing without grain, shadow and faintness
		// says where ink has to be.
		propre := p
		propre.Bruit, propre.Ombre, propre.Defaut = 0, 0, pd.Aucun
		if d == pd.Tampon || d == pd.Trame {
			propre.Defaut = d
		}
		garde, fausse := comparerPages(runsDe(t, propre), &nb)
		t.Logf("%q: %d places with writing, %.3f lost; %.3f of the ink kept, %.3f where there is none", d, perte.Traces,
			perte.Part(), garde, fausse)
		if perte.Part() > 0.02 || garde < 0.99 || fausse > 0.02 && d != pd.Trame {
			t.Errorf("%q: %+v, %.3f kept, %.3f false", d, perte, garde, fausse)
		}
	}
}

// comparerPages gives the share of want's ink that got has, and the share of got's ink that is further than 3 pixels
// from want's.
func comparerPages(want, got *raster.Runs) (garde, fausse float64) {
	a, _ := want.Bitmap()
	b, _ := got.Bitmap()
	pres := func(m *raster.Bitmap, x, y int) bool {
		for v := -3; v <= 3; v++ {
			for u := -3; u <= 3; u++ {
				if m.Black(x+u, y+v) {
					return true
				}
			}
		}
		return false
	}
	var n, k, m, f float64
	for y := range a.Height {
		for x := range a.Width {
			if a.Black(x, y) {
				n++
				if pres(b, x, y) {
					k++
				}
			}
			if b.Black(x, y) {
				m++
				if !pres(a, x, y) {
					f++
				}
			}
		}
	}
	return k / n, f / m
}

func TestFlou(t *testing.T) {
	tri := Trieur{Reglages: ParDefaut()}
	var r raster.Runs
	mesurer := func(d pd.Defaut, part, dpi float64) float64 {
		p := pd.Page{Graine: 2, Format: pd.A5, DPI: dpi, Defaut: d, Part: part, Bruit: 2}
		tons, err := tri.Marques(&r, p.Gris(), dpi, dpi, 0)
		if err != nil {
			t.Fatal(err)
		}
		return tons.Flou
	}
	for _, dpi := range []float64{200, 300} {
		if net, flou := mesurer(pd.Aucun, 0, dpi), mesurer(pd.Flou, 0.3, dpi); net > 0.4 || flou < 1 {
			t.Errorf("%v dpi: edges of %.2f mm when sharp, %.2f mm when blurred", dpi, net, flou)
		}
	}
}

// Judging a page over another one of the same size allocates next to nothing.
func TestSansAllocation(t *testing.T) {
	r := runsDe(t, pd.Page{Graine: 1, Format: pd.A5, DPI: 200})
	c := Carte{Reglages: ParDefaut()}
	juger := func() {
		c.Tracer(r, 200, 200)
		f := c.Feuille(c.Bandes())
		c.Sens(f, c.Lignes(f))
	}
	juger()
	if n := testing.AllocsPerRun(3, juger); n > 40 {
		t.Errorf("%.0f allocations a page", n)
	}
}

func BenchmarkEtapes(b *testing.B) {
	p := pd.Page{Graine: 1, Format: pd.A4, DPI: 200, Manuscrite: true, Bruit: 2, Ombre: 10}
	r, g := runsDe(b, p), p.Gris()
	c := Carte{Reglages: ParDefaut()}
	c.Tracer(r, 200, 200)
	f := c.Feuille(c.Bandes())
	l := c.Lignes(f)
	tri := Trieur{Reglages: ParDefaut()}
	pi := Pieces{Reglages: ParDefaut()}
	rg := Rangs{Reglages: ParDefaut()}
	pi.Separer(r, 200, 200)
	var encre, nb raster.Runs
	if _, err := tri.Marques(&encre, g, 200, 200, 0); err != nil {
		b.Fatal(err)
	}
	for _, s := range []struct {
		nom string
		f   func()
	}{
		{"tracer", func() { c.Tracer(r, 200, 200) }},
		{"bandes", func() { c.Bandes() }},
		{"pieces", func() { pi.Separer(r, 200, 200) }},
		{"ecriture", func() { rg.Ecriture(&pi, f) }},
		{"lignes", func() { c.listes[0].fait, c.listes[1].fait = false, false; c.Lignes(f) }},
		{"sens", func() { c.Sens(f, l) }},
		{"marques", func() { _, _ = tri.Marques(&encre, g, 200, 200, 0) }},
		{"noir-et-blanc", func() { _, _ = tri.NoirEtBlanc(&nb, &encre, g, 200, 200, 26, 0) }},
	} {
		b.Run(fmt.Sprintf("%s/A4-200", s.nom), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				s.f()
			}
		})
	}
}

func TestSombres(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 5))
	for range 200_000 {
		var v uint64
		niveau := uint8(1 + rnd.IntN(255))
		want := false
		for i := range 8 {
			// Mostly around the level, where it matters.
			b := uint8(max(0, min(255, int(niveau)+rnd.IntN(7)-1)))
			if rnd.IntN(4) == 0 {
				b = uint8(rnd.IntN(256))
			}
			v |= uint64(b) << (8 * i)
			want = want || b < niveau
		}
		if got := sombres(v, niveau); got != want {
			t.Fatalf("%016x under %d: %t", v, niveau, got)
		}
	}
}
