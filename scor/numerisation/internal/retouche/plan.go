package retouche

import (
	"encoding/binary"
	"io"
	"math"
	"math/bits"
	"slices"
)

// plan is a plane of samples of 8 bits: pas bytes from row to row.
type plan struct {
	pix       []uint8
	pas, l, h int
}

func (p plan) rang(y int) []uint8 { return p.pix[y*p.pas:][:p.l] }

func (p plan) miroir() {
	for y := range p.h {
		slices.Reverse(p.rang(y))
	}
}

// rogner copies into dst what starts at x, y.
func (p plan) rogner(dst plan, x, y int) {
	for v := range dst.h {
		copy(dst.rang(v), p.rang(y + v)[x:])
	}
}

// reduire averages down to the size of dst.
func (p plan) reduire(dst plan) {
	bandes(p.h, dst.h, p.l, p.rang, func(y int, somme []uint32, poids uint32) { reduireLigne(dst.rang(y), somme, poids) })
}

func (p plan) ecrire(w io.Writer) {
	for y := range p.h {
		_, _ = w.Write(p.rang(y))
	}
}

// redresser turns src into dst, which has the size of a; what the frame didn't show becomes fond.
func (a *application) redresser(dst, src plan, fond uint8) {
	const un = 1 << 16
	dx, dy := int64(math.Round(a.dxx*un)), int64(math.Round(a.dxy*un))
	dedans := func(px, py int64) bool {
		return px >= 0 && py >= 0 && px>>16 < int64(src.l-1) && py>>16 < int64(src.h-1)
	}
	for y := range a.h {
		x0, x1, px, py := a.etendue(y, src.l, src.h)
		x0, x1 = min(x0, a.l), min(x1, a.l)
		// Where both ends of a straight line are inside, all of it is: no pixel has to be looked at.
		for x0 < x1 && !dedans(px, py) {
			x0, px, py = x0+1, px+dx, py+dy
		}
		for x0 < x1 && !dedans(px+int64(x1-x0-1)*dx, py+int64(x1-x0-1)*dy) {
			x1--
		}
		row := dst.rang(y)
		if x0 >= x1 {
			remplir(row, fond)
			continue
		}
		remplir(row[:x0], fond)
		remplir(row[x1:], fond)
		for row = row[x0:x1]; len(row) > 0; {
			// The line stays between two rows of the source for a while, which the steepness of the turn says.
			n, sy := int64(len(row)), py>>16
			if dy > 0 {
				n = min(n, ((sy+1)<<16-py+dy-1)/dy)
			} else if dy < 0 {
				n = min(n, (py-sy<<16)/-dy+1)
			}
			melange{src.rang(int(sy)), src.rang(int(sy) + 1), dx, dy}.mettre(row[:n], px, py)
			row, px, py = row[n:], px+n*dx, py+n*dy
		}
	}
}

// melange makes pixels of two rows of the source, s and t: each the average of the four around it, weighted by how near
// they are (bilinear). dx and dy are the step from one to the next along the rows and across them, in 16.16 fixed
// point.
type melange struct {
	s, t   []uint8
	dx, dy int64
}

// mettre writes pixels, the first of which lies at px, py.
//
// Four at a time: along the rows, their columns follow each other and their weights are nearly the same (a turn by 5°
// moves them apart by 0.006 pixel), so that the four lanes of a word are weighted at once; a lane's sum is 255 x 256 at
// most. Across the rows each has its own weight.
func (m melange) mettre(dst []uint8, px, py int64) {
	const ecart = 400 // of dx from a whole pixel: a turn by 6°
	s, t := m.s, m.t[:len(m.s)]
	if d := m.dx - 1<<16; d > -ecart && d < ecart {
		for len(dst) >= 4 {
			for len(dst) >= 8 {
				v, ok := m.egal(int(px >> 16))
				if !ok {
					break
				}
				binary.LittleEndian.PutUint64(dst, v)
				dst, px, py = dst[8:], px+8*m.dx, py+8*m.dy
			}
			if len(dst) < 4 {
				break
			}
			x := int((px + 3*d/2) >> 16) // by the middle of the four
			if x < 0 || x+5 > len(s) {
				break
			}
			fx := uint64(px+3*d/2) >> 8 & 255
			haut, bas := quatre(s[x:x+5], fx), quatre(t[x:x+5], fx)
			for i := range dst[:4] {
				fy := uint64(py>>8) & 255
				dst[i] = uint8((haut&0xFFFF*(256-fy) + bas&0xFFFF*fy + 1<<15) >> 16)
				haut, bas, py = haut>>16, bas>>16, py+m.dy
			}
			dst, px = dst[4:], px+4*m.dx
		}
	}
	for i := range dst {
		x := uint(px >> 16)
		fx, fy := uint32(px>>8)&255, uint32(py>>8)&255
		haut := uint32(s[x])*(256-fx) + uint32(s[x+1])*fx
		bas := uint32(t[x])*(256-fx) + uint32(t[x+1])*fx
		dst[i] = uint8((haut*(256-fy) + bas*fy + 1<<15) >> 16)
		px += m.dx
		py += m.dy
	}
}

// egal says whether the columns that eight pixels from x on come of are all the same, as paper that the scanner made
// even and most of the planes of colours are, and gives the eight.
func (m melange) egal(x int) (uint64, bool) {
	if x < 0 || x+10 > len(m.s) || x+10 > len(m.t) {
		return 0, false
	}
	s, t := m.s[x:x+10], m.t[x:x+10]
	v := binary.LittleEndian.Uint64(s)
	return v, v == bits.RotateLeft64(v, 8) && v == binary.LittleEndian.Uint64(t) &&
		v == binary.LittleEndian.Uint64(s[2:]) && v == binary.LittleEndian.Uint64(t[2:])
}

// quatre weights each of four samples with the next one, in 1/256; the first is in the lowest 16 bits.
func quatre(p []uint8, f uint64) uint64 {
	v := uint64(binary.LittleEndian.Uint32(p))
	v = (v | v<<16) & 0x0000FFFF0000FFFF
	v = (v | v<<8) & 0x00FF00FF00FF00FF
	return v*(256-f) + (v>>16|uint64(p[4])<<48)*f
}
