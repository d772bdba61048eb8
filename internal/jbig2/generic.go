package jbig2

import (
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/internal/ccitt"
)

// at is an adaptive pixel of a template, relative to the one that is decoded.
type at struct{ x, y int }

// generic are the parameters of the generic region decoding procedure (T.88, 6.2).
type generic struct {
	w, h     int
	template int
	typical  bool // rows like the one above are said so
	ats      []at
	skip     *bitmap // pixels that are white without being coded
}

// atCount is the number of adaptive pixels of each template, contextBits the length of its context.
var (
	atCount     = [4]int{4, 1, 1, 1}
	contextBits = [4]int{16, 13, 10, 10}
	typicalCx   = [4]int{0x9B25, 0x0795, 0x00E5, 0x0195}
	nominalAT   = [4][]at{{{3, -1}, {-3, -1}, {2, -2}, {-2, -2}}, {{3, -1}}, {{2, -1}}, {{2, -1}}}
)

func (d *decoder) generic(a *arith, cx []cxState, g generic) (*bitmap, error) {
	b, err := d.bitmap(g.w, g.h)
	if err != nil {
		return nil, err
	}
	if g.w == 0 {
		return b, nil
	}
	nominal := g.skip == nil
	for i, p := range g.ats {
		nominal = nominal && p == nominalAT[g.template][i]
	}
	if !nominal {
		if err := d.charge(slowWork * int64(len(b.pix))); err != nil {
			return nil, err
		}
	}
	white := make([]byte, g.w)
	same := 0
	for y := range g.h {
		if y&63 == 0 && d.ended() != nil {
			return nil, d.ended()
		}
		row, up, upper := b.row(y, nil), b.row(y-1, white), b.row(y-2, white)
		if g.typical {
			same ^= a.bit(&cx[typicalCx[g.template]])
			if same == 1 {
				copy(row, up)
				continue
			}
		}
		switch {
		case !nominal:
			g.row(a, cx, b, y, row, up, upper)
		case g.template == 0:
			row0(a, cx, row, up, upper)
		case g.template == 1:
			row1(a, cx, row, up, upper)
		case g.template == 2:
			row2(a, cx, row, up, upper)
		default:
			row3(a, cx, row, up)
		}
	}
	return b, nil
}

// pixel is one of a row, white outside.
func pixel(row []byte, x int) int {
	if uint(x) < uint(len(row)) {
		return int(row[x])
	}
	return 0
}

// row0 to row3 decode rows of the templates whose adaptive pixels are where they are at first: the windows of the
// rows slide along.

func row0(a *arith, cx []cxState, row, up, upper []byte) {
	w1 := pixel(up, 0)<<2 | pixel(up, 1)<<1 | pixel(up, 2)
	w2 := pixel(upper, 0)<<1 | pixel(upper, 1)
	w0 := 0
	for x := range row {
		w1 = w1<<1&0x7F | pixel(up, x+3)
		w2 = w2<<1&0x1F | pixel(upper, x+2)
		bit := a.bit(&cx[w2<<11|w1<<4|w0])
		row[x] = byte(bit)
		w0 = w0<<1&0xF | bit
	}
}

func row1(a *arith, cx []cxState, row, up, upper []byte) {
	w1 := pixel(up, 0)<<2 | pixel(up, 1)<<1 | pixel(up, 2)
	w2 := pixel(upper, 0)<<1 | pixel(upper, 1)
	w0 := 0
	for x := range row {
		w1 = w1<<1&0x3F | pixel(up, x+3)
		w2 = w2<<1&0xF | pixel(upper, x+2)
		bit := a.bit(&cx[w2<<9|w1<<3|w0])
		row[x] = byte(bit)
		w0 = w0<<1&7 | bit
	}
}

func row2(a *arith, cx []cxState, row, up, upper []byte) {
	w1 := pixel(up, 0)<<1 | pixel(up, 1)
	w2 := pixel(upper, 0)
	w0 := 0
	for x := range row {
		w1 = w1<<1&0x1F | pixel(up, x+2)
		w2 = w2<<1&7 | pixel(upper, x+1)
		bit := a.bit(&cx[w2<<7|w1<<2|w0])
		row[x] = byte(bit)
		w0 = w0<<1&3 | bit
	}
}

func row3(a *arith, cx []cxState, row, up []byte) {
	w1 := pixel(up, 0)<<1 | pixel(up, 1)
	w0 := 0
	for x := range row {
		w1 = w1<<1&0x3F | pixel(up, x+2)
		bit := a.bit(&cx[w1<<4|w0])
		row[x] = byte(bit)
		w0 = w0<<1&0xF | bit
	}
}

// templatePart is a run of a template's pixels, the most significant first: rows above, from column x on, and where
// an adaptive pixel goes.
type templatePart struct {
	dy, x, n int
	at       int // index of an adaptive pixel, for n = 0
}

// templates are those of figures 3 to 6, in the order of the contexts' bits.
var templates = [4][]templatePart{
	{{at: 3}, {dy: 2, x: -1, n: 3}, {at: 2}, {at: 1}, {dy: 1, x: -2, n: 5}, {at: 0}, {dy: 0, x: -4, n: 4}},
	{{dy: 2, x: -1, n: 4}, {dy: 1, x: -2, n: 5}, {at: 0}, {dy: 0, x: -3, n: 3}},
	{{dy: 2, x: -1, n: 3}, {dy: 1, x: -2, n: 4}, {at: 0}, {dy: 0, x: -2, n: 2}},
	{{dy: 1, x: -3, n: 5}, {at: 0}, {dy: 0, x: -4, n: 4}},
}

// row decodes a row of any template, pixel by pixel.
func (g *generic) row(a *arith, cx []cxState, b *bitmap, y int, row, up, upper []byte) {
	rows := [3][]byte{row, up, upper}
	for x := range row {
		if g.skip != nil && g.skip.at(x, y) == 1 {
			continue
		}
		c := 0
		for _, p := range templates[g.template] {
			if p.n == 0 {
				q := g.ats[p.at]
				c = c<<1 | int(b.at(x+q.x, y+q.y))
				continue
			}
			for i := range p.n {
				c = c<<1 | pixel(rows[p.dy], x+p.x+i)
			}
		}
		row[x] = byte(a.bit(&cx[c]))
	}
}

// mmr decodes a region coded by T.6, and tells how many bytes it took (T.88, 6.2.6).
func (d *decoder) mmr(data []byte, w, h int) (b *bitmap, used int, err error) {
	if b, err = d.bitmap(w, h); err != nil || w == 0 || h == 0 {
		return b, 0, err
	}
	r, err := ccitt.NewDecoder(data, ccitt.Params{Width: w, Rows: h, K: -1})
	if err != nil {
		return nil, 0, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	for y := range h {
		changes, err := r.Next()
		if err != nil {
			return nil, 0, fmt.Errorf("%w: row %d of %d: %w", ErrTruncated, y, h, err)
		}
		row := b.row(y, nil)
		for i := 0; i < len(changes); i += 2 {
			end := int32(w)
			if i+1 < len(changes) {
				end = changes[i+1]
			}
			for x := changes[i]; x < end; x++ {
				row[x] = 1
			}
		}
	}
	return b, r.Used(), nil
}
