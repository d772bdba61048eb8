package jbig2

import (
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// bitmap is a region while it is decoded: a byte a pixel, 1 is black, so that contexts are gathered without shifting.
type bitmap struct {
	w, h int
	pix  []byte
}

// row is row y, or rows of white outside.
func (b *bitmap) row(y int, white []byte) []byte {
	if y < 0 || y >= b.h {
		return white
	}
	return b.pix[y*b.w : (y+1)*b.w]
}

func (b *bitmap) at(x, y int) byte {
	if x < 0 || y < 0 || x >= b.w || y >= b.h {
		return 0
	}
	return b.pix[y*b.w+x]
}

// operator is how a region is laid over what is there (T.88, 6.4.2 and 7.4.1.5).
type operator uint8

const (
	opOr operator = iota
	opAnd
	opXor
	opXnor
	opReplace
)

// draw lays src over b with its upper left corner at x, y.
func (b *bitmap) draw(src *bitmap, x, y int, op operator) {
	x0, x1 := max(0, -x), min(src.w, b.w-x)
	y0, y1 := max(0, -y), min(src.h, b.h-y)
	if x0 >= x1 {
		return
	}
	for j := y0; j < y1; j++ {
		s, d := src.pix[j*src.w+x0:j*src.w+x1], b.pix[(y+j)*b.w+x+x0:]
		d = d[:len(s)]
		switch op {
		case opOr:
			for i, v := range s {
				d[i] |= v
			}
		case opAnd:
			for i, v := range s {
				d[i] &= v
			}
		case opXor:
			for i, v := range s {
				d[i] ^= v
			}
		case opXnor:
			for i, v := range s {
				d[i] ^= v ^ 1
			}
		default:
			copy(d, s)
		}
	}
}

// Work, in pixels of a region that is decoded quickly, of what takes longer: a few codes, and a pixel whose context
// is gathered one by one.
const (
	codeWork = 64
	slowWork = 4
)

// budget bounds what a stream may make its decoder keep and do.
type budget struct {
	memory int64 // bytes of bitmaps
	work   int64 // pixels decoded or drawn
}

var errBudget = fmt.Errorf("%w: its parts together", raster.ErrTooLarge)

// bitmap makes one, all white.
func (d *decoder) bitmap(w, h int) (*bitmap, error) {
	if w < 0 || h < 0 || w > maxSide || h > maxSide {
		return nil, fmt.Errorf("%w: bitmap of %dx%d pixels", ErrFormat, w, h)
	}
	n := int64(w) * int64(h)
	if d.left.memory -= n; d.left.memory < 0 {
		return nil, errBudget
	}
	if err := d.charge(n); err != nil {
		return nil, err
	}
	return &bitmap{w: w, h: h, pix: make([]byte, n)}, nil
}

// release gives back the memory of a bitmap that isn't kept.
func (d *decoder) release(b *bitmap) { d.left.memory += int64(b.w) * int64(b.h) }

func (d *decoder) charge(pixels int64) error {
	if d.left.work -= pixels; d.left.work < 0 {
		return errBudget
	}
	return d.ended()
}

// maxSide bounds bitmaps' sides: no page has more pixels, even at 2,400 dots per inch.
const maxSide = 1 << 17
