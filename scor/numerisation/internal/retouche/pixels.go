package retouche

import (
	"encoding/binary"
	"image"
	"io"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Pixels are those of a page, of one of three kinds: [NoirEtBlanc], [Gris], [Couleur]. What changes them gives the
// result, of the same kind, and may reuse the memory of what was there. Limits are of memory, in bytes (0:
// [raster.DefaultLimit]).
type Pixels interface {
	// Taille is in pixels.
	Taille() (l, h int)
	// Miroir exchanges left and right.
	Miroir(limite int64) (Pixels, error)
	// Redresser straightens the page by a plan; what the frame didn't show becomes fond.
	Redresser(p Plan, dpiX, dpiY float64, fond uint8, limite int64) (Pixels, error)
	// Rogner keeps a rectangle.
	Rogner(c image.Rectangle, limite int64) (Pixels, error)
	// Reduire averages the page down to l x h pixels, no more than it has.
	Reduire(l, h int, limite int64) (Pixels, error)
	// Luminance is the page without its colours; nil for black and white.
	Luminance() *image.Gray
	// Ecrire writes the pixels for their hash, row by row.
	Ecrire(w io.Writer)
}

// De is an image as pixels of its kind. YCbCr is kept as it is, other colours are brought to it at half the resolution,
// as JPEG will hold them.
func De(m image.Image, limite int64) (Pixels, error) {
	switch m := m.(type) {
	case *raster.Bitmap:
		r, err := m.Runs(limite)
		return NoirEtBlanc{r}, err
	case *image.Gray:
		if m.Rect.Min == (image.Point{}) {
			return Gris{m}, nil
		}
	case *image.YCbCr:
		if m.Rect.Min == (image.Point{}) {
			return Couleur{m}, nil
		}
	}
	return enPlans(m, limite)
}

// NoirEtBlanc is a page of black and white.
type NoirEtBlanc struct{ *raster.Runs }

// Taille is in pixels.
func (p NoirEtBlanc) Taille() (l, h int) { return p.Width, p.Height }

// Miroir exchanges left and right, in place.
func (p NoirEtBlanc) Miroir(limite int64) (Pixels, error) { return p, miroirRuns(p.Runs, limite) }

// Redresser straightens the page; there is but white outside of it.
func (p NoirEtBlanc) Redresser(plan Plan, dpiX, dpiY float64, _ uint8, limite int64) (Pixels, error) {
	r, err := plan.redresserRuns(p.Runs, dpiX, dpiY, limite)
	return NoirEtBlanc{r}, err
}

// Rogner keeps a rectangle.
func (p NoirEtBlanc) Rogner(c image.Rectangle, limite int64) (Pixels, error) {
	r, err := RognerRuns(p.Runs, c, limite)
	return NoirEtBlanc{r}, err
}

// Reduire makes a pixel black where more than half of it is.
func (p NoirEtBlanc) Reduire(l, h int, limite int64) (Pixels, error) {
	r, err := reduireRuns(p.Runs, l, h, limite)
	return NoirEtBlanc{r}, err
}

// Luminance is nil.
func (NoirEtBlanc) Luminance() *image.Gray { return nil }

// Ecrire writes, for each row, the number of its changes and their columns, in four bytes each.
func (p NoirEtBlanc) Ecrire(w io.Writer) {
	b := make([]byte, 0, 4096)
	for _, row := range p.Rows() {
		b = binary.BigEndian.AppendUint32(b[:0], uint32(len(row)))
		for _, x := range row {
			b = binary.BigEndian.AppendUint32(b, uint32(x))
		}
		_, _ = w.Write(b)
	}
}

// Gris is a page of levels of grey.
type Gris struct{ *image.Gray }

func (p Gris) plan() plan { return plan{p.Pix, p.Stride, p.Rect.Dx(), p.Rect.Dy()} }

// Taille is in pixels.
func (p Gris) Taille() (l, h int) { return p.Rect.Dx(), p.Rect.Dy() }

// Miroir exchanges left and right, in place.
func (p Gris) Miroir(int64) (Pixels, error) {
	p.plan().miroir()
	return p, nil
}

// Redresser straightens the page.
func (p Gris) Redresser(pl Plan, dpiX, dpiY float64, fond uint8, limite int64) (Pixels, error) {
	l, h := p.Taille()
	a := pl.appliquer(l, h, dpiX, dpiY)
	out, err := raster.NewGray(a.l, a.h, limite)
	if err != nil {
		return nil, err
	}
	a.redresser(Gris{out}.plan(), p.plan(), fond)
	return Gris{out}, nil
}

// Rogner keeps a rectangle.
func (p Gris) Rogner(c image.Rectangle, limite int64) (Pixels, error) {
	c = c.Intersect(p.Rect)
	out, err := raster.NewGray(c.Dx(), c.Dy(), limite)
	if err != nil {
		return nil, err
	}
	p.plan().rogner(Gris{out}.plan(), c.Min.X, c.Min.Y)
	return Gris{out}, nil
}

// Reduire averages.
func (p Gris) Reduire(l, h int, limite int64) (Pixels, error) {
	out, err := raster.NewGray(l, h, limite)
	if err != nil {
		return nil, err
	}
	p.plan().reduire(Gris{out}.plan())
	return Gris{out}, nil
}

// Luminance is the page.
func (p Gris) Luminance() *image.Gray { return p.Gray }

// Ecrire writes the levels.
func (p Gris) Ecrire(w io.Writer) { p.plan().ecrire(w) }
