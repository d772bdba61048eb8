package pdfentree

import (
	"image"
	"image/color"
	"math"

	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// sampler reads an image at the places of a canvas' pixels: as it is where their sizes agree, between its pixels
// where they are coarser, and the mean of those that a canvas' pixel covers where they are finer.
type sampler struct {
	m       pdfin.Matrix // from the canvas to the unit square
	w, h    int
	dx, dy  float64 // pixels of the image that one of the canvas covers
	pixel   func(x, y int) [3]byte
	nearest bool
	box     bool
}

func newSampler(m image.Image, toImage pdfin.Matrix) *sampler {
	b := m.Bounds()
	s := &sampler{m: toImage, w: b.Dx(), h: b.Dy()}
	s.dx = math.Hypot(toImage[0], toImage[2]) * float64(s.w)
	s.dy = math.Hypot(toImage[1], toImage[3]) * float64(s.h)
	const same = 0.03
	_, bits := m.(*raster.Bitmap)
	switch {
	case math.Abs(s.dx-1) < same && math.Abs(s.dy-1) < same:
		s.nearest = true
	case s.dx > 1+same || s.dy > 1+same:
		s.box = true
	default:
		s.nearest = bits // letters of bits stay sharp
	}
	s.pixel = pixelsOf(m)
	return s
}

// pixelsOf reads pixels quickly for the types that the decoders give.
func pixelsOf(m image.Image) func(x, y int) [3]byte {
	b := m.Bounds()
	switch m := m.(type) {
	case *raster.Bitmap:
		return func(x, y int) [3]byte {
			v := (m.Pix[y*m.Stride+x>>3] >> (7 - x&7) & 1) - 1
			return [3]byte{v, v, v}
		}
	case *image.Gray:
		return func(x, y int) [3]byte {
			v := m.Pix[y*m.Stride+x]
			return [3]byte{v, v, v}
		}
	case *image.RGBA:
		return func(x, y int) [3]byte {
			p := m.Pix[y*m.Stride+4*x:][:3]
			return [3]byte{p[0], p[1], p[2]}
		}
	case *image.YCbCr:
		return func(x, y int) [3]byte {
			i, j := m.YOffset(b.Min.X+x, b.Min.Y+y), m.COffset(b.Min.X+x, b.Min.Y+y)
			r, g, bl := color.YCbCrToRGB(m.Y[i], m.Cb[j], m.Cr[j])
			return [3]byte{r, g, bl}
		}
	}
	return func(x, y int) [3]byte {
		r, g, bl, _ := m.At(b.Min.X+x, b.Min.Y+y).RGBA()
		return [3]byte{byte(r >> 8), byte(g >> 8), byte(bl >> 8)}
	}
}

// locate gives the place of a canvas' pixel in the unit square, its second coordinate downwards; not in, if it lies
// outside.
func (s *sampler) locate(x, y int) (u, v float64, in bool) {
	px, py := float64(x)+0.5, float64(y)+0.5
	u = px*s.m[0] + py*s.m[2] + s.m[4]
	v = 1 - (px*s.m[1] + py*s.m[3] + s.m[5])
	return u, v, u >= 0 && u < 1 && v >= 0 && v < 1
}

// at reads the image at a place of the unit square.
func (s *sampler) at(u, v float64) [3]byte {
	fx, fy := u*float64(s.w), v*float64(s.h)
	switch {
	case s.nearest:
		return s.pixel(s.clampX(int(fx)), s.clampY(int(fy)))
	case s.box:
		return s.mean(fx, fy)
	}
	x0, y0 := math.Floor(fx-0.5), math.Floor(fy-0.5)
	ax, ay := fx-0.5-x0, fy-0.5-y0
	xa, xb, ya, yb := s.clampX(int(x0)), s.clampX(int(x0)+1), s.clampY(int(y0)), s.clampY(int(y0)+1)
	p, q, r, t := s.pixel(xa, ya), s.pixel(xb, ya), s.pixel(xa, yb), s.pixel(xb, yb)
	var out [3]byte
	for i := range out {
		up := float64(p[i])*(1-ax) + float64(q[i])*ax
		down := float64(r[i])*(1-ax) + float64(t[i])*ax
		out[i] = byte(up*(1-ay) + down*ay + 0.5)
	}
	return out
}

// mean is that of the pixels whose middles a canvas' pixel covers.
func (s *sampler) mean(fx, fy float64) [3]byte {
	span := func(f, d float64, n int) (from, to int) {
		d = max(d, 1) / 2
		return max(0, int(math.Ceil(f-d-0.5))), min(n-1, int(math.Ceil(f+d-0.5))-1)
	}
	xa, xb := span(fx, s.dx, s.w)
	ya, yb := span(fy, s.dy, s.h)
	if xb < xa || yb < ya {
		return s.pixel(s.clampX(int(fx)), s.clampY(int(fy)))
	}
	// Of a very fine image, a few pixels are as good as thousands.
	const most = 16
	stepX, stepY := max(1, (xb-xa+1)/most), max(1, (yb-ya+1)/most)
	var sum [3]int
	n := 0
	for y := ya; y <= yb; y += stepY {
		for x := xa; x <= xb; x += stepX {
			p := s.pixel(x, y)
			sum[0], sum[1], sum[2] = sum[0]+int(p[0]), sum[1]+int(p[1]), sum[2]+int(p[2])
			n++
		}
	}
	return [3]byte{byte((sum[0] + n/2) / n), byte((sum[1] + n/2) / n), byte((sum[2] + n/2) / n)}
}

func (s *sampler) clampX(x int) int { return min(max(x, 0), s.w-1) }
func (s *sampler) clampY(y int) int { return min(max(y, 0), s.h-1) }
