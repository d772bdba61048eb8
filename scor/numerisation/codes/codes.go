package codes

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// Genre is a kind of barcode.
type Genre string

// The kinds that are read.
const (
	Code128    Genre = "code-128"
	DataMatrix Genre = "data-matrix"
	QR         Genre = "qr"
)

// Code is a barcode found on a page.
type Code struct {
	Genre Genre
	// Texte is what it holds: it may be personal.
	Texte string
	// Lieu surrounds it, in pixels of the image given.
	Lieu image.Rectangle
}

// String names the code without its text.
func (c Code) String() string { return fmt.Sprintf("%s at %v", c.Genre, c.Lieu) }

// Textes gives what the codes of a page hold, as Chercher finds them: it may be personal.
func Textes(ctx context.Context, page image.Image) ([]string, error) {
	lus, err := Chercher(ctx, page)
	if err != nil {
		return nil, err
	}
	var t []string
	for _, c := range lus {
		t = append(t, c.Texte)
	}
	return t, nil
}

// MM is a place in millimetres, at a resolution in dots per inch; the zero Rectangle where that isn't known.
func MM(r image.Rectangle, dpiX, dpiY float64) numerisation.Rectangle {
	if dpiX <= 0 || dpiY <= 0 {
		return numerisation.Rectangle{}
	}
	return numerisation.Rectangle{X0: float64(r.Min.X) * 25.4 / dpiX, Y0: float64(r.Min.Y) * 25.4 / dpiY,
		X1: float64(r.Max.X) * 25.4 / dpiX, Y1: float64(r.Max.Y) * 25.4 / dpiY}
}

// PixelsMax is how many pixels are looked at: an A4 page at 400 dots per inch.
const PixelsMax = 16_000_000

// lieuxMax is how many places of a page are tried.
const lieuxMax = 24

// texteMax is the longest text that is given; the codes that this project knows of have less than a tenth.
const texteMax = 8 << 10

// Genres are the kinds in the order in which they are sought.
var Genres = []Genre{Code128, DataMatrix, QR}

// Chercher finds the codes of a page, of these kinds (all, if none is named), from the top down, each once. A page
// without codes is no error; the only errors are the context's and an empty image.
func Chercher(ctx context.Context, page image.Image, genres ...Genre) ([]Code, error) {
	b := page.Bounds()
	if b.Empty() {
		return nil, errors.New("codes: empty image")
	}
	if len(genres) == 0 {
		genres = Genres
	}
	g, facteur := gris(page)
	x := &recherche{g: g, seuil: seuil(g)}
	for _, l := range x.lieux(genres) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		x.essayer(l)
	}
	if slices.Contains(genres, QR) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		x.page()
	}
	for i := range x.trouves {
		r := &x.trouves[i].Lieu
		*r = r.Intersect(g.Rect)
		*r = image.Rect(int(float64(r.Min.X)*facteur), int(float64(r.Min.Y)*facteur),
			int(math.Ceil(float64(r.Max.X)*facteur)), int(math.Ceil(float64(r.Max.Y)*facteur))).Add(b.Min).Intersect(b)
	}
	slices.SortStableFunc(x.trouves, func(a, b Code) int {
		return cmp.Or(cmp.Compare(a.Lieu.Min.Y, b.Lieu.Min.Y), cmp.Compare(a.Lieu.Min.X, b.Lieu.Min.X))
	})
	return x.trouves, ctx.Err()
}

// recherche is the search on one page.
type recherche struct {
	g       *image.Gray
	seuil   uint8
	trouves []Code
}

// noter keeps a code, unless it was found already.
func (x *recherche) noter(c Code) {
	if c.Texte == "" || len(c.Texte) > texteMax {
		return
	}
	for i := range x.trouves {
		t := &x.trouves[i]
		if t.Genre == c.Genre && t.Texte == c.Texte && (t.Lieu.Overlaps(c.Lieu) || c.Lieu.Empty()) {
			return
		}
	}
	x.trouves = append(x.trouves, c)
}

// gris is the page in grey, its corner at 0, 0, and by how much it was made smaller.
func gris(m image.Image) (*image.Gray, float64) {
	b := m.Bounds()
	pas := 1
	for (b.Dx()/pas)*(b.Dy()/pas) > PixelsMax {
		pas++
	}
	if g, ok := m.(*image.Gray); ok && pas == 1 {
		return &image.Gray{Pix: g.Pix, Stride: g.Stride, Rect: image.Rect(0, 0, b.Dx(), b.Dy())}, 1
	}
	l, h := max(1, b.Dx()/pas), max(1, b.Dy()/pas)
	g := image.NewGray(image.Rect(0, 0, l, h))
	niveau := niveauDe(m)
	for y := range h {
		ligne := g.Pix[y*g.Stride:][:l]
		for x := range ligne {
			s, n := 0, 0
			for j := range min(pas, b.Dy()) {
				for i := range min(pas, b.Dx()) {
					s += int(niveau(b.Min.X+x*pas+i, b.Min.Y+y*pas+j))
					n++
				}
			}
			ligne[x] = uint8(s / n)
		}
	}
	return g, float64(pas)
}

// niveauDe reads one pixel as grey, without a conversion through interfaces where the type is known.
func niveauDe(m image.Image) func(x, y int) uint8 {
	switch m := m.(type) {
	case *image.Gray:
		return func(x, y int) uint8 { return m.Pix[m.PixOffset(x, y)] }
	case *image.YCbCr:
		return func(x, y int) uint8 { return m.Y[m.YOffset(x, y)] }
	}
	return func(x, y int) uint8 {
		r, v, b, a := m.At(x, y).RGBA()
		l := (299*r + 587*v + 114*b) / 1000
		return uint8((l + 0xFFFF - a) >> 8) // transparent is white
	}
}

// seuil parts ink from paper, by the least variance within both (Otsu).
func seuil(g *image.Gray) uint8 {
	var h [256]float64
	for y := 0; y < g.Rect.Dy(); y += 2 {
		for _, v := range g.Pix[y*g.Stride:][:g.Rect.Dx()] {
			h[v]++
		}
	}
	total, somme := 0.0, 0.0
	for v, n := range h {
		total += n
		somme += float64(v) * n
	}
	n0, s0, meilleur, t := 0.0, 0.0, -1.0, 128
	for v, n := range h {
		n0 += n
		s0 += float64(v) * n
		if n0 == 0 || n0 == total {
			continue
		}
		d := s0/n0 - (somme-s0)/(total-n0)
		if e := n0 * (total - n0) * d * d; e > meilleur {
			meilleur, t = e, v+1
		}
	}
	return uint8(min(t, 255))
}
