package raster

import (
	"encoding/binary"
	"image"
	"image/color"
	"math/bits"
)

// Bitmap is a packed bilevel image: one bit a pixel, most significant first, 1 is black, rows padded to bytes. Bits
// past the width are zero.
type Bitmap struct {
	Width, Height int
	Stride        int // bytes a row
	Pix           []byte
}

// NewBitmap returns a white bitmap, or an error if it is over limit bytes (0: [DefaultLimit]).
func NewBitmap(width, height int, limit int64) (*Bitmap, error) {
	size, err := Check(width, height, 1, limit)
	if err != nil {
		return nil, err
	}
	if err := fitsInt32(width); err != nil {
		return nil, err
	}
	return &Bitmap{Width: width, Height: height, Stride: (width + 7) / 8, Pix: make([]byte, size)}, nil
}

// Row returns the bytes of row y.
func (b *Bitmap) Row(y int) []byte { return b.Pix[y*b.Stride : (y+1)*b.Stride] }

// Black says whether a pixel is black; outside the image it isn't.
func (b *Bitmap) Black(x, y int) bool {
	if x < 0 || y < 0 || x >= b.Width || y >= b.Height {
		return false
	}
	return b.Pix[y*b.Stride+x>>3]&(0x80>>(x&7)) != 0
}

// ColorModel is grey: a bitmap is an image.Image of black and white.
func (b *Bitmap) ColorModel() color.Model { return color.GrayModel }

// Bounds has its corner at 0, 0.
func (b *Bitmap) Bounds() image.Rectangle { return image.Rect(0, 0, b.Width, b.Height) }

// At is the colour of a pixel.
func (b *Bitmap) At(x, y int) color.Color {
	if b.Black(x, y) {
		return color.Gray{}
	}
	return color.Gray{Y: 255}
}

// SetRow writes a row of changes (see [Runs]) over row y.
func (b *Bitmap) SetRow(y int, changes []int32) { PackRow(b.Row(y), changes, b.Width) }

// PackRow writes a row of changes as packed bits into dst, which it clears first. dst holds (width+7)/8 bytes.
func PackRow(dst []byte, changes []int32, width int) {
	clear(dst)
	for i := 0; i < len(changes); i += 2 {
		x0, x1 := int(changes[i]), width
		if i+1 < len(changes) {
			x1 = int(changes[i+1])
		}
		fillBits(dst, x0, x1)
	}
}

// fillBits sets the bits [x0, x1).
func fillBits(dst []byte, x0, x1 int) {
	if x0 >= x1 {
		return
	}
	first, last := x0>>3, (x1-1)>>3
	head := byte(0xFF) >> (x0 & 7)
	tail := byte(0xFF) << (7 - (x1-1)&7)
	if first == last {
		dst[first] |= head & tail
		return
	}
	dst[first] |= head
	for i := first + 1; i < last; i++ {
		dst[i] = 0xFF
	}
	dst[last] |= tail
}

// AppendChanges appends to dst the changes of a packed row (1 is black) of the given width; bits past the width are
// ignored. Columns fit an int32, so must the width.
func AppendChanges(dst []int32, row []byte, width int) []int32 {
	var prev uint64 // colour of the pixel before, in bit 0
	for x := 0; x < width; x += 64 {
		var v uint64
		if o := x >> 3; o+8 <= len(row) {
			v = binary.BigEndian.Uint64(row[o:])
		} else {
			for i, c := range row[o:] {
				v |= uint64(c) << (56 - 8*i)
			}
		}
		edges := v ^ (v>>1 | prev<<63)
		prev = v & 1
		for edges != 0 {
			n := bits.LeadingZeros64(edges)
			if x+n >= width {
				return dst
			}
			dst = append(dst, int32(x+n))
			edges &^= 1 << (63 - n)
		}
	}
	return dst
}

// Runs returns the runs of b. limit bounds their memory in bytes (0: [DefaultLimit]).
func (b *Bitmap) Runs(limit int64) (*Runs, error) {
	r := &Runs{}
	return r, b.AppendTo(r, limit)
}

// AppendTo makes r the runs of b, keeping its memory. limit bounds it in bytes (0: [DefaultLimit]).
func (b *Bitmap) AppendTo(r *Runs, limit int64) error {
	r.Reset(b.Width, limit)
	var row []int32
	for y := range b.Height {
		row = AppendChanges(row[:0], b.Row(y), b.Width)
		if err := r.AppendRow(row); err != nil {
			return err
		}
	}
	return nil
}

// Invert exchanges black and white.
func (b *Bitmap) Invert() {
	for i := range b.Pix {
		b.Pix[i] = ^b.Pix[i]
	}
	if extra := b.Width & 7; extra != 0 {
		for y := range b.Height {
			b.Row(y)[b.Stride-1] &= 0xFF << (8 - extra)
		}
	}
}

// Gray returns b as 8-bit grey, 0 black and 255 white. limit bounds its memory in bytes (0: [DefaultLimit]).
func (b *Bitmap) Gray(limit int64) (*image.Gray, error) {
	g, err := NewGray(b.Width, b.Height, limit)
	if err != nil {
		return nil, err
	}
	for y := range b.Height {
		row, out := b.Row(y), g.Pix[y*g.Stride:y*g.Stride+b.Width]
		for x := range out {
			out[x] = ^-(row[x>>3] >> (7 - x&7) & 1)
		}
	}
	return g, nil
}

// NewGray returns a black 8-bit grey image, or an error if it is over limit bytes (0: [DefaultLimit]).
func NewGray(width, height int, limit int64) (*image.Gray, error) {
	if _, err := Check(width, height, 8, limit); err != nil {
		return nil, err
	}
	return image.NewGray(image.Rect(0, 0, width, height)), nil
}

// Threshold returns the bitmap whose black pixels are those of g darker than t.
func Threshold(g *image.Gray, t uint8, limit int64) (*Bitmap, error) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	b, err := NewBitmap(w, h, limit)
	if err != nil {
		return nil, err
	}
	for y := range h {
		in, out := g.Pix[y*g.Stride:y*g.Stride+w], b.Row(y)
		for x, v := range in {
			if v < t {
				out[x>>3] |= 0x80 >> (x & 7)
			}
		}
	}
	return b, nil
}
