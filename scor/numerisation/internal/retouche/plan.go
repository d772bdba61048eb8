package retouche

import (
	"encoding/binary"
	"io"
	"math"
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

// redresser turns src into dst, which has the size of a; what the frame didn't show keeps the value that dst has.
//
// Each pixel is the average of four, weighted by how near they are (bilinear): the two rows of the four are worked on
// at once, in the two halves of a word, whose products don't reach over (255 x 256 < 65536).
func (a *application) redresser(dst, src plan) {
	const un = 1 << 16
	dx, dy := int64(math.Round(a.dxx*un)), int64(math.Round(a.dxy*un))
	for y := range a.h {
		x0, x1, px, py := a.etendue(y, src.l, src.h)
		dedans := func(px, py int64) bool {
			return uint64(px>>16) < uint64(src.l-1) && uint64(py>>16) < uint64(src.h-1)
		}
		// Where both ends of a straight line are inside, all of it is: no pixel has to be looked at.
		for x0 < x1 && !dedans(px, py) {
			x0, px, py = x0+1, px+dx, py+dy
		}
		for x0 < x1 && !dedans(px+int64(x1-x0-1)*dx, py+int64(x1-x0-1)*dy) {
			x1--
		}
		if x0 >= x1 {
			continue
		}
		row := dst.pix[y*dst.pas:][x0:x1]
		for x := range row {
			o := int(py>>16)*src.pas + int(px>>16)
			fx, fy := uint32(px>>8)&255, uint32(py>>8)&255
			s := uint32(binary.LittleEndian.Uint16(src.pix[o:]))
			t := uint32(binary.LittleEndian.Uint16(src.pix[o+src.pas:]))
			v := (s&255|t&255<<16)*(256-fx) + (s>>8|t>>8<<16)*fx
			row[x] = uint8((v&0xFFFF*(256-fy) + v>>16*fy + 1<<15) >> 16)
			px += dx
			py += dy
		}
	}
}
