package pdfentree

import (
	"context"
	"image"
	"math"

	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// canvas is a page that is being put together from images and plain rectangles, upright, from its upper left corner:
// grey, or in colours.
type canvas struct {
	limit  int64
	w, h   int
	toPage pdfin.Matrix // from default user space to pixels
	gray   *image.Gray
	rgba   *image.RGBA
}

// tints is what colours items have.
type tints uint8

const (
	blackWhite tints = iota
	grays
	colours
)

// tintsOf says what pixels the page needs so that nothing of its items is lost.
func tintsOf(items []pdfin.Item, dpiX, dpiY float64) tints {
	out := blackWhite
	for i := range items {
		t := blackWhite
		c := items[i].Colour
		plain := items[i].Kind == pdfin.ItemFill
		if items[i].Kind == pdfin.ItemImage {
			pl := &items[i].Placement
			m := pl.Image
			plain = m.Mask
			switch {
			case m.Mask:
			case m.Space != pdfin.GraySpace && !m.Bilevel() && !m.GrayPalette():
				t = colours
			case !m.Bilevel() || m.Alpha != nil:
				t = grays
			}
			// Bits made smaller are grey.
			if min(pl.DPIX, pl.DPIY) > 1.03*min(dpiX, dpiY) {
				t = max(t, grays)
			}
		}
		if plain {
			switch {
			case c[0] != c[1] || c[1] != c[2]:
				t = colours
			case c[0] != 0 && c[0] != 255:
				t = max(t, grays)
			}
		}
		out = max(out, t)
	}
	return out
}

// compose puts a page together at a resolution.
func compose(ctx context.Context, p *pdfin.Page, items []pdfin.Item, dpiX, dpiY float64, limit int64) (image.Image,
	error) {
	c := &canvas{limit: limit}
	c.w, c.h = pixelSize(p, dpiX, dpiY)
	c.toPage = shown(p, c.w, c.h)
	t := tintsOf(items, dpiX, dpiY)
	if t == colours {
		if _, err := raster.Check(c.w, c.h, 32, limit); err != nil {
			return nil, err
		}
		c.rgba = image.NewRGBA(image.Rect(0, 0, c.w, c.h))
		whiten(c.rgba.Pix)
	} else {
		g, err := raster.NewGray(c.w, c.h, limit)
		if err != nil {
			return nil, err
		}
		c.gray = g
		whiten(g.Pix)
	}
	for i := range items {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := c.draw(ctx, &items[i]); err != nil {
			return nil, err
		}
	}
	switch t {
	case blackWhite:
		return raster.Threshold(c.gray, 128, limit)
	case grays:
		return c.gray, nil
	}
	return c.rgba, nil
}

func whiten(pix []byte) {
	for i := range pix {
		pix[i] = 255
	}
}

// pixelSize is that of a page at a resolution.
func pixelSize(p *pdfin.Page, dpiX, dpiY float64) (w, h int) {
	side := func(mm, dpi float64) int { return int(min(max(1, math.Round(mm/25.4*dpi)), 1<<24)) }
	return side(p.WidthMM, dpiX), side(p.HeightMM, dpiY)
}

// shown maps default user space to the pixels of the page as it is shown.
func shown(p *pdfin.Page, w, h int) pdfin.Matrix {
	b := p.CropBox
	m := pdfin.Matrix{1, 0, 0, 1, -b[0], -b[1]}
	bw, bh := b[2]-b[0], b[3]-b[1]
	// The rotation is clockwise, and the corner that becomes the lower left one goes to the origin.
	switch p.Rotation {
	case 90:
		m = m.Mul(pdfin.Matrix{0, -1, 1, 0, 0, bw})
		bw, bh = bh, bw
	case 180:
		m = m.Mul(pdfin.Matrix{-1, 0, 0, -1, bw, bh})
	case 270:
		m = m.Mul(pdfin.Matrix{0, 1, -1, 0, bh, 0})
		bw, bh = bh, bw
	}
	return m.Mul(pdfin.Matrix{float64(w) / bw, 0, 0, -float64(h) / bh, 0, float64(h)})
}

// pixels is the range of pixels whose middles lie in a box.
func (c *canvas) pixels(box [4]float64) image.Rectangle {
	b := boundsOf(box, c.toPage)
	at := func(v float64, n int) int { return int(min(max(math.Ceil(v-0.5), 0), float64(n))) }
	return image.Rect(at(b[0], c.w), at(b[1], c.h), at(b[2], c.w), at(b[3], c.h))
}

func (c *canvas) draw(ctx context.Context, item *pdfin.Item) error {
	if item.Kind == pdfin.ItemFill {
		r := c.pixels(item.Bounds)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			for x := r.Min.X; x < r.Max.X; x++ {
				c.set(x, y, item.Colour)
			}
		}
		return nil
	}
	m := item.Placement.Image
	pixels, err := m.Pixels(ctx, c.limit)
	if err != nil {
		return err
	}
	toImage, ok := invert(item.Placement.Matrix.Mul(c.toPage))
	if !ok {
		return nil // without a width or a height
	}
	src := newSampler(pixels, toImage)
	var alpha *sampler
	switch {
	case m.Mask:
		alpha = src
	case m.Alpha != nil:
		a, err := m.Alpha.Pixels(ctx, c.limit)
		if err != nil {
			return err
		}
		alpha = newSampler(a, toImage)
	}
	r := c.pixels(intersection(item.Bounds, item.Clip))
	for y := r.Min.Y; y < r.Max.Y; y++ {
		if y%64 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		for x := r.Min.X; x < r.Max.X; x++ {
			c.blend(x, y, item, src, alpha)
		}
	}
	return nil
}

// blend paints a pixel, as far as it is opaque.
func (c *canvas) blend(x, y int, item *pdfin.Item, src, alpha *sampler) {
	u, v, in := src.locate(x, y)
	if !in {
		return
	}
	m := item.Placement.Image
	opaque := uint32(255)
	if alpha != nil {
		opaque = uint32(alpha.at(u, v)[0])
		if m.Mask || m.Alpha != nil && m.Alpha.Mask { // a stencil paints where it is black
			opaque = 255 - opaque
		}
	}
	if opaque == 0 {
		return
	}
	colour := item.Colour
	if !m.Mask {
		colour = src.at(u, v)
	}
	if opaque < 255 {
		under := c.get(x, y)
		for i := range colour {
			colour[i] = byte((uint32(colour[i])*opaque + uint32(under[i])*(255-opaque) + 127) / 255)
		}
	}
	c.set(x, y, colour)
}

func (c *canvas) set(x, y int, v [3]byte) {
	if c.gray != nil {
		if v[0] == v[1] && v[1] == v[2] {
			c.gray.Pix[y*c.gray.Stride+x] = v[0]
			return
		}
		c.gray.Pix[y*c.gray.Stride+x] = pdfin.Luminance(v[0], v[1], v[2])
		return
	}
	p := c.rgba.Pix[y*c.rgba.Stride+4*x:][:3]
	p[0], p[1], p[2] = v[0], v[1], v[2]
}

func (c *canvas) get(x, y int) [3]byte {
	if c.gray != nil {
		v := c.gray.Pix[y*c.gray.Stride+x]
		return [3]byte{v, v, v}
	}
	p := c.rgba.Pix[y*c.rgba.Stride+4*x:][:3]
	return [3]byte{p[0], p[1], p[2]}
}

// invert gives the transformation back, if there is one.
func invert(m pdfin.Matrix) (pdfin.Matrix, bool) {
	det := m[0]*m[3] - m[1]*m[2]
	if det == 0 || math.IsNaN(det) || math.IsInf(det, 0) {
		return m, false
	}
	return pdfin.Matrix{m[3] / det, -m[1] / det, -m[2] / det, m[0] / det,
		(m[2]*m[5] - m[3]*m[4]) / det, (m[1]*m[4] - m[0]*m[5]) / det}, true
}
