package codes_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/datamatrix"
	"github.com/boombuler/barcode/qr"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/codes"
)

// pose is a code to be drawn on a page.
type pose struct {
	genre  codes.Genre
	texte  string
	module float64 // pixels
	x, y   float64 // of its middle
	angle  float64 // degrees
}

func (p pose) code(t testing.TB) barcode.Barcode {
	t.Helper()
	var c barcode.Barcode
	var err error
	switch p.genre {
	case codes.Code128:
		c, err = code128.Encode(p.texte)
	case codes.DataMatrix:
		c, err = datamatrix.Encode(p.texte)
	default:
		c, err = qr.Encode(p.texte, qr.M, qr.Unicode)
	}
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// poser draws a code over a page, on white paper as a printer does, by the mean of sixteen points a pixel.
func (p pose) poser(t testing.TB, g *image.Gray) {
	t.Helper()
	c := p.code(t)
	b := c.Bounds()
	l, h := float64(b.Dx())*p.module, float64(b.Dy())*p.module
	marge := 4 * p.module
	if p.genre == codes.Code128 {
		h, marge = 60, 10*p.module
	}
	s, co := math.Sincos(p.angle * math.Pi / 180)
	rayon := math.Hypot(l/2+marge, h/2+marge)
	for y := int(p.y - rayon); y <= int(p.y+rayon); y++ {
		for x := int(p.x - rayon); x <= int(p.x+rayon); x++ {
			if !(image.Point{X: x, Y: y}).In(g.Rect) {
				continue
			}
			somme, dedans := 0.0, 0
			for k := range 16 {
				dx, dy := float64(x)+float64(k%4)/4+0.125-p.x, float64(y)+float64(k/4)/4+0.125-p.y
				u, v := dx*co+dy*s, -dx*s+dy*co
				if math.Abs(u) > l/2+marge || math.Abs(v) > h/2+marge/2 {
					continue
				}
				dedans++
				somme += 240
				if math.Abs(u) < l/2 && math.Abs(v) < h/2 {
					i, j := int((u+l/2)/p.module), int((v+h/2)/p.module)
					if p.genre == codes.Code128 {
						j = 0
					}
					if r, _, _, _ := c.At(b.Min.X+i, b.Min.Y+j).RGBA(); r < 0x8000 {
						somme -= 210
					}
				}
			}
			if dedans > 8 {
				g.SetGray(x, y, color.Gray{Y: uint8(somme / float64(dedans))})
			}
		}
	}
}

// page is a drawn ordonnance, whose lower third is left to codes.
func page(graine uint64, dpi float64) *image.Gray {
	return pd.Page{Graine: graine, Format: pd.A4, DPI: dpi, Bruit: 3}.Gris()
}

func chercher(t testing.TB, g image.Image) []codes.Code {
	t.Helper()
	l, err := codes.Chercher(t.Context(), g)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func contient(l []codes.Code, p pose) bool {
	for _, c := range l {
		if c.Genre == p.genre && c.Texte == p.texte && (image.Point{X: int(p.x), Y: int(p.y)}).In(c.Lieu) {
			return true
		}
	}
	return false
}

// Every kind is read among the writing of an ordonnance, at the sizes that printers give and at any angle that a sheet
// lies at, and its place holds the code.
func TestParmiEcriture(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 1))
	fond := page(1, 200)
	l, h := float64(fond.Rect.Dx()), float64(fond.Rect.Dy())
	for _, module := range []float64{2, 3, 7} {
		for _, angle := range []float64{0, 2.5, -6, 180, 271} {
			g := image.NewGray(fond.Rect)
			copy(g.Pix, fond.Pix)
			var poses []pose
			for i, genre := range codes.Genres {
				m := module
				if genre == codes.Code128 {
					m = min(m, 5) // no wider than the page
				}
				p := pose{genre, fmt.Sprintf("751143488-%09d", r.IntN(1e9)), m,
					l*[]float64{0.5, 0.3, 0.7}[i] + r.Float64()*20, h*[]float64{0.82, 0.6, 0.6}[i] + r.Float64()*20, angle}
				if angle == 271 {
					p.x, p.y = l*[]float64{0.92, 0.3, 0.6}[i], h*[]float64{0.5, 0.6, 0.6}[i]
				}
				p.poser(t, g)
				poses = append(poses, p)
			}
			vus := chercher(t, g)
			for _, p := range poses {
				if !contient(vus, p) {
					t.Errorf("%s, module of %.1f pixels, %v°, at %.0f, %.0f: not read; %v", p.genre, module, angle, p.x, p.y, vus)
				}
			}
		}
	}
}

var tirages = flag.Int("tirages", 0, "codes drawn at random to measure how many are read")

// With -tirages 200 this prints how many codes are read, of all kinds, sizes and angles.
func TestTaux(t *testing.T) {
	if *tirages == 0 {
		t.Skip("a measure: -tirages 200 turns it on")
	}
	r := rand.New(rand.NewPCG(5, 2))
	lus, total := map[codes.Genre]int{}, map[codes.Genre]int{}
	for i := range *tirages {
		g := page(uint64(i), 200)
		p := pose{codes.Genres[i%3], fmt.Sprintf("751143488-%09d", r.IntN(1e9)), 1.8 + 3*r.Float64(),
			float64(g.Rect.Dx())/2 + r.Float64()*80 - 40, float64(g.Rect.Dy())*0.7 + r.Float64()*80, r.Float64() * 360}
		p.poser(t, g)
		total[p.genre]++
		if contient(chercher(t, g), p) {
			lus[p.genre]++
		} else {
			t.Logf("%s, module of %.1f pixels, %.0f°: not read", p.genre, p.module, p.angle)
		}
	}
	t.Logf("read: %v of %v", lus, total)
}

// A page without codes has none: writing, tables and rules aren't taken for codes, and what is no page stops nothing.
func TestSansCode(t *testing.T) {
	pages := map[string]image.Image{
		"writing": page(7, 200),
		"white":   pd.Uni(1654, 2339, 255), "black": pd.Uni(300, 300, 0),
		"one pixel": pd.Uni(1, 1, 9), "one row": pd.Uni(5000, 1, 200), "one column": pd.Uni(1, 5000, 200),
		"table": pd.Page{Graine: 4, Format: pd.A4, DPI: 200, Defaut: pd.Chargee}.Gris(),
	}
	r := rand.New(rand.NewPCG(1, 9))
	grain := image.NewRGBA(image.Rect(-40, 17, 400, 500))
	for i := range grain.Pix {
		grain.Pix[i] = uint8(r.Uint32())
	}
	pages["grain"] = grain
	for nom, p := range pages {
		if l := chercher(t, p); len(l) != 0 {
			t.Errorf("%s: %v", nom, l)
		}
	}
	if _, err := codes.Chercher(t.Context(), image.NewGray(image.Rectangle{})); err == nil {
		t.Error("an empty image has no error")
	}
	ctx, fin := context.WithCancel(t.Context())
	fin()
	if _, err := codes.Chercher(ctx, page(7, 200)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v: expected the context's error", err)
	}
}

// A colour page whose corner isn't at 0, 0, larger than what is looked at, has its code at its place.
func TestGrandeEnCouleur(t *testing.T) {
	g := pd.Uni(4400, 4400, 250)
	p := pose{codes.QR, "751143488-000004012", 16, 1500, 2600, 12}
	p.poser(t, g)
	decale := &image.YCbCr{Y: g.Pix, Cb: make([]byte, 2200*2200), Cr: make([]byte, 2200*2200), YStride: 4400,
		CStride:        2200,
		SubsampleRatio: image.YCbCrSubsampleRatio420, Rect: g.Rect}
	l := chercher(t, decale.SubImage(image.Rect(100, 50, 4400, 4400)))
	if !contient(l, p) {
		t.Fatalf("not read: %v", l)
	}
	if m := codes.MM(l[0].Lieu, 400, 400); m.X0 < 70 || m.X1 > 120 || m.Y0 < 140 || m.Y1 > 190 {
		t.Errorf("at %v mm: expected around 95, 165", m)
	}
}

func BenchmarkChercher(b *testing.B) {
	g := page(1, 200)
	pose{codes.Code128, "751143488-000004012", 2.7, 827, 1900, 1}.poser(b, g)
	for b.Loop() {
		if l := chercher(b, g); len(l) != 1 {
			b.Fatal(l)
		}
	}
}

func FuzzChercher(f *testing.F) {
	g := image.NewGray(image.Rect(0, 0, 90, 60))
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	pose{codes.DataMatrix, "a", 4, 45, 30, 0}.poser(f, g)
	f.Add(g.Pix, uint16(90))
	f.Add([]byte{0, 255, 0, 255}, uint16(2))
	f.Fuzz(func(t *testing.T, pix []byte, largeur uint16) {
		l := int(largeur%600) + 1
		h := len(pix) / l
		if h == 0 || h > 600 {
			return
		}
		g := &image.Gray{Pix: pix, Stride: l, Rect: image.Rect(0, 0, l, h)}
		vus, err := codes.Chercher(t.Context(), g)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range vus {
			if !c.Lieu.In(g.Rect) {
				t.Errorf("%v out of the page", c)
			}
		}
	})
}
