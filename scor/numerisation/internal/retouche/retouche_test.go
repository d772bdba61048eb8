package retouche

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// hasard is a page of random strokes.
func hasard(t testing.TB, graine uint64, l, h int) *raster.Bitmap {
	t.Helper()
	rnd := rand.New(rand.NewPCG(graine, 9))
	b, err := raster.NewBitmap(l, h, 0)
	if err != nil {
		t.Fatal(err)
	}
	for range l * h / 60 {
		x, y := rnd.IntN(l), rnd.IntN(h)
		for k := range rnd.IntN(12) {
			if x+k < l {
				b.Row(y)[(x+k)>>3] |= 0x80 >> ((x + k) & 7)
			}
		}
	}
	return b
}

func runs(t testing.TB, b *raster.Bitmap) *raster.Runs {
	t.Helper()
	r, err := b.Runs(0)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// verifier compares runs with what pixels say.
func verifier(t *testing.T, nom string, r *raster.Runs, noir func(x, y int) bool) {
	t.Helper()
	for y, row := range r.Rows() {
		if err := raster.CheckRow(row, r.Width); err != nil {
			t.Fatalf("%s: row %d: %v", nom, y, err)
		}
		var want []int32
		prec := false
		for x := range r.Width {
			if n := noir(x, y); n != prec {
				prec = n
				want = append(want, int32(x))
			}
		}
		if len(want) != len(row) || len(want) > 0 && !cmp.Equal(want, row) {
			t.Fatalf("%s: row %d (-want +got):\n%s", nom, y, cmp.Diff(want, row))
		}
	}
}

func TestMiroirEtRogner(t *testing.T) {
	for i, l := range []int{1, 7, 64, 130, 257} {
		b := hasard(t, uint64(i), l, 40)
		r := runs(t, b)
		if err := miroirRuns(r, 0); err != nil {
			t.Fatal(err)
		}
		verifier(t, "miroir", r, func(x, y int) bool { return b.Black(l-1-x, y) })
		c := image.Rect(l/3, 5, l-l/5, 33)
		if c.Empty() {
			continue
		}
		r, err := RognerRuns(runs(t, b), c, 0)
		if err != nil {
			t.Fatal(err)
		}
		if r.Width != c.Dx() || r.Height != c.Dy() {
			t.Fatalf("%d x %d, want %v", r.Width, r.Height, c)
		}
		verifier(t, "rogner", r, func(x, y int) bool { return b.Black(x+c.Min.X, y+c.Min.Y) })
		g, err := b.Gray(0)
		if err != nil {
			t.Fatal(err)
		}
		gr, err := Gris{g}.Rogner(c, 0)
		if err != nil {
			t.Fatal(err)
		}
		verifier(t, "rogner, gris", r, func(x, y int) bool { return gr.Luminance().GrayAt(x, y).Y == 0 })
		m, err := enPlans(g, 0)
		if err != nil {
			t.Fatal(err)
		}
		// Colours start at even pixels: so does what is kept of them.
		pair := image.Rectangle{Min: image.Pt(c.Min.X&^1, c.Min.Y&^1), Max: c.Max}
		if m, err = m.Rogner(c, 0); err != nil {
			t.Fatal(err)
		}
		if r, err = RognerRuns(runs(t, b), pair, 0); err != nil {
			t.Fatal(err)
		}
		verifier(t, "rogner, couleurs", r, func(x, y int) bool { return m.Luminance().GrayAt(x, y).Y == 0 })
		if _, err := (Gris{g}).Miroir(0); err != nil {
			t.Fatal(err)
		}
		verifierGris(t, g, func(x, y int) bool { return b.Black(l-1-x, y) })
		if m, err = enPlans(g, 0); err != nil {
			t.Fatal(err)
		}
		if m, err = m.Miroir(0); err != nil {
			t.Fatal(err)
		}
		verifierGris(t, m.Luminance(), b.Black)
	}
}

func verifierGris(t *testing.T, g *image.Gray, noir func(x, y int) bool) {
	t.Helper()
	for y := range g.Rect.Dy() {
		for x := range g.Rect.Dx() {
			if noir(x, y) != (g.GrayAt(x, y).Y < 128) {
				t.Fatalf("pixel %d, %d", x, y)
			}
		}
	}
}

// Reducing keeps the average, and to half the size each pixel is the average of four.
func TestReduire(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 1))
	g := image.NewGray(image.Rect(0, 0, 60, 48))
	for i := range g.Pix {
		g.Pix[i] = uint8(rnd.IntN(256))
	}
	reduire := func(p Pixels, l, h int) Pixels {
		p, err := p.Reduire(l, h, 0)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	demi := reduire(Gris{g}, 30, 24).Luminance()
	plans, err := enPlans(g, 0)
	if err != nil {
		t.Fatal(err)
	}
	couleur := reduire(plans, 30, 24).(Couleur)
	for y := range 24 {
		for x := range 30 {
			s := 0
			for k := range 4 {
				s += int(g.GrayAt(2*x+k%2, 2*y+k/2).Y)
			}
			want := uint8((s + 2) / 4)
			if c := couleur.YCbCrAt(x, y); demi.GrayAt(x, y).Y != want || c != (color.YCbCr{Y: want, Cb: 128, Cr: 128}) {
				t.Fatalf("pixel %d, %d: %v, %v, want %d", x, y, demi.GrayAt(x, y), c, want)
			}
		}
	}
	moyenne := func(g *image.Gray) (s float64) {
		for _, v := range g.Pix {
			s += float64(v)
		}
		return s / float64(len(g.Pix))
	}
	tiers := reduire(Gris{g}, 41, 29).Luminance()
	if a, b := moyenne(g), moyenne(tiers); math.Abs(a-b) > 0.7 {
		t.Errorf("average of %.2f, then %.2f", a, b)
	}
	// Blocks of two by two stay what they are.
	b := hasard(t, 3, 40, 30)
	grand, err := raster.NewBitmap(80, 60, 0)
	if err != nil {
		t.Fatal(err)
	}
	for y := range 60 {
		for x := range 80 {
			if b.Black(x/2, y/2) {
				grand.Row(y)[x>>3] |= 0x80 >> (x & 7)
			}
		}
	}
	r, err := reduireRuns(runs(t, grand), 40, 30, 0)
	if err != nil {
		t.Fatal(err)
	}
	verifier(t, "reduire", r, b.Black)
}

// A page straightened by nothing is the same; straightened one way then the other it is nearly the same away from the
// edges; each kind of image goes the same way.
func TestRedresser(t *testing.T) {
	b, err := raster.NewBitmap(300, 400, 0)
	if err != nil {
		t.Fatal(err)
	}
	for y := 100; y < 300; y++ {
		for x := 60; x < 240; x++ {
			if (x/20+y/20)%2 == 0 {
				b.Row(y)[x>>3] |= 0x80 >> (x & 7)
			}
		}
	}
	const dpi = 100
	plan := func(deg float64) Plan {
		return Plan{Degres: deg, LargeurMM: 300 * 25.4 / dpi, HauteurMM: 400 * 25.4 / dpi}
	}
	r := runs(t, b)
	tourne, err := plan(4).redresserRuns(r, dpi, dpi, 0)
	if err != nil {
		t.Fatal(err)
	}
	// Clockwise: what was right of the middle goes down.
	if x, y := 235, 102; !b.Black(x, y) {
		t.Fatal("test page")
	} else if m, _ := tourne.Bitmap(); m.Black(x, y) {
		t.Error("turned the wrong way, or not at all")
	}
	droit, err := plan(-4).redresserRuns(tourne, dpi, dpi, 0)
	if err != nil {
		t.Fatal(err)
	}
	m, err := droit.Bitmap()
	if err != nil {
		t.Fatal(err)
	}
	faux := 0
	for y := 20; y < 380; y++ {
		for x := 20; x < 280; x++ {
			if m.Black(x, y) != b.Black(x, y) {
				faux++
			}
		}
	}
	if faux > 900 { // of 18,000 black, along 80 edges of 20 pixels
		t.Errorf("%d pixels differ after there and back", faux)
	}
	g, err := b.Gray(0)
	if err != nil {
		t.Fatal(err)
	}
	g4, err := Gris{g}.Redresser(plan(4), dpi, dpi, 255, 0)
	if err != nil {
		t.Fatal(err)
	}
	gris := g4.Luminance()
	m4, err := enPlans(g, 0)
	if err == nil {
		m4, err = m4.Redresser(plan(4), dpi, dpi, 255, 0)
	}
	if err != nil {
		t.Fatal(err)
	}
	couleur := m4.(Couleur)
	m, err = tourne.Bitmap()
	if err != nil {
		t.Fatal(err)
	}
	for y := range 400 {
		for x := range 300 {
			v := gris.GrayAt(x, y).Y
			if c := couleur.YCbCrAt(x, y); c != (color.YCbCr{Y: v, Cb: 128, Cr: 128}) {
				t.Fatalf("pixel %d, %d: grey %d, colour %v", x, y, v, c)
			}
			if v < 120 != m.Black(x, y) && (v < 120 || v > 136) {
				t.Fatalf("pixel %d, %d: grey %d, black %t", x, y, v, m.Black(x, y))
			}
		}
	}
	// A frame moved by 10 mm takes the ink the other way.
	p := plan(0)
	p.X0, p.Y0 = 10, 5
	bouge, err := p.redresserRuns(r, dpi, dpi, 0)
	if err != nil {
		t.Fatal(err)
	}
	if m, _ := bouge.Bitmap(); !m.Black(100-39, 110-20) || !b.Black(100, 110) {
		t.Error("frame moved")
	}
}

func BenchmarkRedresser(b *testing.B) {
	m := hasard(b, 1, 1654, 2339)
	g, err := m.Gray(0)
	if err != nil {
		b.Fatal(err)
	}
	r := runs(b, m)
	p := Plan{Degres: 3, LargeurMM: 210, HauteurMM: 297}
	b.Run("gris", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := (Gris{g}).Redresser(p, 200, 200, 255, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
	rnd := rand.New(rand.NewPCG(5, 5))
	for i, v := range g.Pix {
		g.Pix[i] = v/2 + uint8(rnd.IntN(6))
	}
	b.Run("grain", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := (Gris{g}).Redresser(p, 200, 200, 255, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("noir-et-blanc", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := p.redresserRuns(r, 200, 200, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// The planes of a page are straightened as they are: its luminance like a grey page, its colours where they were, and
// what the frame didn't show is paper without a colour.
func TestRedresserPlans(t *testing.T) {
	const l, h, dpi = 301, 201, 100
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio422,
		image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411} {
		m := image.NewYCbCr(image.Rect(0, 0, l, h), ratio)
		g := image.NewGray(m.Rect)
		for y := range h {
			for x := range l {
				v := uint8(200 - (x/20+y/15)%2*150)
				m.Y[m.YOffset(x, y)], g.Pix[y*g.Stride+x] = v, v
				c := m.COffset(x, y)
				m.Cb[c], m.Cr[c] = 90, 90
				if x > l/2 {
					m.Cb[c], m.Cr[c] = 160, 90
				}
			}
		}
		p := Plan{Degres: 7, LargeurMM: l * 25.4 / dpi, HauteurMM: h * 25.4 / dpi}
		a, err := Couleur{m}.Redresser(p, dpi, dpi, 240, 0)
		if err != nil {
			t.Fatal(err)
		}
		droit, err := Gris{g}.Redresser(p, dpi, dpi, 240, 0)
		if err != nil {
			t.Fatal(err)
		}
		k, b := a.(Couleur), droit.Luminance()
		if k.SubsampleRatio != ratio || k.Rect != b.Rect {
			t.Fatalf("%v: became %v, %v", ratio, k.SubsampleRatio, k.Rect)
		}
		for y := range k.Rect.Dy() {
			for x := range k.Rect.Dx() {
				if k.Y[k.YOffset(x, y)] != b.Pix[y*b.Stride+x] {
					t.Fatalf("%v: luminance at %d, %d isn't the grey page's", ratio, x, y)
				}
			}
		}
		for _, q := range []struct {
			x, y  int
			bleue uint8
		}{{l/2 - 20, h / 2, 90}, {l/2 + 20, h / 2, 160}, {0, 0, 128}} {
			if v := k.Cb[k.COffset(q.x, q.y)]; v != q.bleue {
				t.Errorf("%v: colour %d at %d, %d, expected %d", ratio, v, q.x, q.y, q.bleue)
			}
		}
	}
}
