// Package png reads PNG pages (W3C PNG, second edition): the header and resolution without decoding, and the image as
// grey or opaque colour, 16 bits reduced to 8 and transparency laid over white, behind a check of the dimensions.
// Decoding itself is the standard library's.
package png

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	stdpng "image/png"
	"io"

	"github.com/scor-sdk/scor-sdk-go/internal/annule"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

var (
	// ErrFormat says that the data is no PNG, or breaks its rules.
	ErrFormat = errors.New("png: invalid data")
	// ErrTruncated says that the data ends or is damaged before the image is complete.
	ErrTruncated = errors.New("png: image data incomplete")
)

// Error says where in the data reading failed; it wraps one of the package's errors.
type Error struct {
	Offset int64
	What   string
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("%v: offset %d: %s", e.Err, e.Offset, e.What) }

// Unwrap gives the kind of failure.
func (e *Error) Unwrap() error { return e.Err }

func fail(offset int64, kind error, format string, args ...any) error {
	return &Error{Offset: offset, What: fmt.Sprintf(format, args...), Err: kind}
}

// Colour types.
const (
	Gray      = 0
	RGB       = 2
	Palette   = 3
	GrayAlpha = 4
	RGBA      = 6
)

// Header is what a PNG says of itself before its image data.
type Header struct {
	Width, Height int
	Bits          int // per sample
	Colour        int // colour type
	Interlaced    bool
	Transparent   bool   // has transparency, by colour type or by a tRNS chunk
	PerUnitX      uint32 // of the pHYs chunk; 0 without one
	PerUnitY      uint32
	Metre         bool // the pHYs chunk's unit is the metre; otherwise it is a mere aspect ratio
	ICC           bool
	Gamma         float64 // of the gAMA chunk; 0 without one
}

// DPI returns the resolution in dots per inch, 0 if the file doesn't say.
func (h *Header) DPI() (x, y float64) {
	if !h.Metre {
		return 0, 0
	}
	return float64(h.PerUnitX) * 0.0254, float64(h.PerUnitY) * 0.0254
}

const signature = "\x89PNG\r\n\x1a\n"

// maxChunks bounds the chunks before the image data.
const maxChunks = 10_000

// ReadHeader reads the chunks before the image data.
func ReadHeader(r io.ReaderAt, size int64) (*Header, error) {
	var b [33]byte
	if err := readAt(r, size, b[:], 0); err != nil {
		return nil, err
	}
	if string(b[:8]) != signature || binary.BigEndian.Uint32(b[8:]) != 13 || string(b[12:16]) != "IHDR" {
		return nil, fail(0, ErrFormat, "no PNG signature and header")
	}
	h := &Header{Bits: int(b[24]), Colour: int(b[25]), Interlaced: b[28] == 1}
	width, height := binary.BigEndian.Uint32(b[16:]), binary.BigEndian.Uint32(b[20:])
	if width == 0 || height == 0 || width > 1<<31-1 || height > 1<<31-1 {
		return nil, fail(16, ErrFormat, "image of %dx%d pixels", width, height)
	}
	h.Width, h.Height = int(width), int(height)
	switch h.Colour {
	case Gray, RGB, Palette:
	case GrayAlpha, RGBA:
		h.Transparent = true
	default:
		return nil, fail(25, ErrFormat, "colour type %d", h.Colour)
	}
	at := int64(33)
	for range maxChunks {
		if err := readAt(r, size, b[:8], at); err != nil {
			return nil, err
		}
		n, kind := int64(binary.BigEndian.Uint32(b[:])), string(b[4:8])
		if n > 1<<31-1 {
			return nil, fail(at, ErrFormat, "chunk of %d bytes", n)
		}
		body := at + 8
		switch kind {
		case "IDAT":
			return h, nil
		case "IEND":
			return nil, fail(at, ErrTruncated, "no image data")
		case "pHYs":
			if n == 9 {
				if err := readAt(r, size, b[:9], body); err != nil {
					return nil, err
				}
				h.PerUnitX, h.PerUnitY, h.Metre = binary.BigEndian.Uint32(b[:]), binary.BigEndian.Uint32(b[4:]), b[8] == 1
			}
		case "tRNS":
			h.Transparent = true
		case "iCCP":
			h.ICC = true
		case "gAMA":
			if n == 4 {
				if err := readAt(r, size, b[:4], body); err != nil {
					return nil, err
				}
				h.Gamma = float64(binary.BigEndian.Uint32(b[:])) / 100_000
			}
		}
		at = body + n + 4
	}
	return nil, fail(at, ErrFormat, "more than %d chunks before the image data", maxChunks)
}

func readAt(r io.ReaderAt, size int64, b []byte, at int64) error {
	if at < 0 || int64(len(b)) > size-at {
		return fail(at, ErrTruncated, "data ends in its header")
	}
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		return fail(at, ErrTruncated, "data ends in its header")
	}
	return err
}

// decodedBits is the memory that decoding takes a pixel.
func (h *Header) decodedBits() int {
	switch {
	case h.Colour == Palette, h.Colour == Gray && h.Bits <= 8 && !h.Transparent:
		return 8
	case h.Colour == Gray && h.Bits == 16 && !h.Transparent:
		return 16
	case h.Bits == 16:
		return 64
	}
	return 32
}

// read decodes with the standard library, dimensions checked.
func read(ctx context.Context, r io.ReaderAt, size, limit int64) (image.Image, error) {
	h, err := ReadHeader(r, size)
	if err != nil {
		return nil, err
	}
	bits := h.decodedBits()
	if h.Interlaced {
		bits *= 2
	}
	if _, err := raster.Check(h.Width, h.Height, bits, limit); err != nil {
		return nil, err
	}
	m, err := stdpng.Decode(annule.Reader(ctx, io.NewSectionReader(r, 0, size)))
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, fail(0, ErrTruncated, "%v", err)
	}
	return m, nil
}

// DecodeGray reads the luminance, transparency over white. limit bounds the memory in bytes (0: [raster.DefaultLimit]).
func DecodeGray(ctx context.Context, r io.ReaderAt, size, limit int64) (*image.Gray, error) {
	m, err := read(ctx, r, size, limit)
	if err != nil {
		return nil, err
	}
	if g, ok := m.(*image.Gray); ok {
		return g, nil
	}
	b := m.Bounds()
	g, err := raster.NewGray(b.Dx(), b.Dy(), limit)
	if err != nil {
		return nil, err
	}
	eachPixel(m, func(x, y int, r, gr, bl uint8) {
		g.Pix[y*g.Stride+x] = luminance(r, gr, bl)
	})
	return g, nil
}

// Decode reads the image as *image.Gray if it has no colour, otherwise as an opaque *image.RGBA, transparency over
// white.
func Decode(ctx context.Context, r io.ReaderAt, size, limit int64) (image.Image, error) {
	m, err := read(ctx, r, size, limit)
	if err != nil {
		return nil, err
	}
	b := m.Bounds()
	switch m := m.(type) {
	case *image.Gray:
		return m, nil
	case *image.Gray16:
		return grayOf(m, limit)
	case *image.Paletted:
		if grayPalette(m.Palette) {
			return grayOf(m, limit)
		}
	}
	if _, err := raster.Check(b.Dx(), b.Dy(), 32, limit); err != nil {
		return nil, err
	}
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	eachPixel(m, func(x, y int, r, g, bl uint8) {
		p := out.Pix[y*out.Stride+4*x:][:4]
		p[0], p[1], p[2], p[3] = r, g, bl, 255
	})
	return out, nil
}

func grayOf(m image.Image, limit int64) (*image.Gray, error) {
	b := m.Bounds()
	g, err := raster.NewGray(b.Dx(), b.Dy(), limit)
	if err != nil {
		return nil, err
	}
	eachPixel(m, func(x, y int, r, gr, bl uint8) {
		g.Pix[y*g.Stride+x] = luminance(r, gr, bl)
	})
	return g, nil
}

func grayPalette(p color.Palette) bool {
	for _, c := range p {
		if r, g, b, _ := c.RGBA(); r != g || g != b {
			return false
		}
	}
	return true
}

// eachPixel hands over the pixels of an image that image/png made, laid over white, in 8 bits.
func eachPixel(m image.Image, do func(x, y int, r, g, b uint8)) {
	b := m.Bounds()
	w, h := b.Dx(), b.Dy()
	switch m := m.(type) {
	case *image.Paletted:
		var table [256][3]uint8
		for i, c := range m.Palette {
			table[i][0], table[i][1], table[i][2] = overWhite(c)
		}
		for y := range h {
			for x, i := range m.Pix[y*m.Stride:][:w] {
				do(x, y, table[i][0], table[i][1], table[i][2])
			}
		}
	case *image.Gray16:
		for y := range h {
			row := m.Pix[y*m.Stride:][:2*w]
			for x := range w {
				do(x, y, row[2*x], row[2*x], row[2*x])
			}
		}
	case *image.RGBA: // opaque: image/png makes it for colour without alpha
		for y := range h {
			row := m.Pix[y*m.Stride:][:4*w]
			for x := range w {
				do(x, y, row[4*x], row[4*x+1], row[4*x+2])
			}
		}
	case *image.NRGBA:
		for y := range h {
			row := m.Pix[y*m.Stride:][:4*w]
			for x := range w {
				p := row[4*x:][:4]
				a := uint32(p[3])
				over := func(v uint8) uint8 { return uint8((uint32(v)*a + 255*(255-a) + 127) / 255) }
				do(x, y, over(p[0]), over(p[1]), over(p[2]))
			}
		}
	default:
		for y := range h {
			for x := range w {
				r, g, bl := overWhite(m.At(b.Min.X+x, b.Min.Y+y))
				do(x, y, r, g, bl)
			}
		}
	}
}

// overWhite lays a colour over white.
func overWhite(c color.Color) (r, g, b uint8) {
	cr, cg, cb, ca := c.RGBA()
	w := 0xFFFF - ca
	return uint8((cr + w) >> 8), uint8((cg + w) >> 8), uint8((cb + w) >> 8)
}

// luminance is BT.601's.
func luminance(r, g, b uint8) uint8 {
	return uint8((19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b) + 1<<15) >> 16)
}
