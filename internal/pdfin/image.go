package pdfin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/internal/ccitt"
	"github.com/scor-sdk/scor-sdk-go/internal/jbig2"
	"github.com/scor-sdk/scor-sdk-go/internal/jpeg"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Codec is the last filter of an image.
type Codec uint8

// Codecs. JPEG 2000 is named, not decoded.
const (
	Samples Codec = iota // packed samples, whatever compressed them
	CCITT
	JPEG
	JBIG2
	JPX
)

func (c Codec) String() string {
	return [...]string{"samples", "CCITT", "JPEG", "JBIG2", "JPEG 2000"}[c]
}

// Space is a colour space reduced to how its samples become grey.
type Space uint8

// Colour spaces. Other covers Lab, Separation, DeviceN and Pattern, which aren't decoded.
const (
	Other Space = iota
	GraySpace
	RGBSpace
	CMYKSpace
	IndexedSpace
)

var (
	// ErrUndecodable says that the image is of a kind that isn't decoded here (JPEG 2000, special colour spaces).
	ErrUndecodable = errors.New("pdf: image of a kind that isn't decoded")
	// ErrTruncated says that the image's data are incomplete. A decoder that returns it returns what it could read too.
	ErrTruncated = errors.New("pdf: image data incomplete")
)

// Image describes an image of a PDF.
type Image struct {
	Object        int  // object number; 0 for an inline image
	Inline        bool // its pixels aren't read
	Width, Height int
	Bits          int // per component
	Codec         Codec
	Filters       []string
	Space         Space
	Palette       [][3]byte    // of IndexedSpace
	Inverted      bool         // the Decode array exchanges light and dark
	Mask          bool         // a stencil: painted where a sample is 0
	SoftMask      bool         // has a transparency of its own
	ICC           bool         // its colour space has a profile
	Length        int64        // bytes in the file
	CCITT         ccitt.Params // of the CCITT codec; Invert is the filter's BlackIs1

	Globals []byte // of the JBIG2 codec: segments that images share

	// Load returns the data that the last filter decodes (Stream's), or the packed samples. Set by the reader.
	Load func() ([]byte, error)
	// Alpha is the image whose grey, or whose stencil's paint, says how opaque this one is; nil if it is opaque
	// everywhere. Keyed says that some of its colours are transparent instead.
	Alpha *Image
	Keyed bool
	// Decode, if not nil, decodes what Load gives, instead of this package.
	Decode func(ctx context.Context, data []byte) (image.Image, error)
}

// Decodable says whether [Image.Pixels] reads the image.
func (m *Image) Decodable() bool {
	if m.Decode != nil {
		return true
	}
	return m.Codec != JPX && !m.Inline && (m.Space != Other || m.Mask)
}

// GrayPalette says whether the image has a palette without colours.
func (m *Image) GrayPalette() bool {
	return m.Space == IndexedSpace && !slices.ContainsFunc(m.Palette, func(c [3]byte) bool { return !gray(c) })
}

// Opaque says whether the image hides whatever lies under it.
func (m *Image) Opaque() bool { return !m.Mask && !m.SoftMask && m.Alpha == nil && !m.Keyed }

// Components is the number of samples a pixel.
func (m *Image) Components() int {
	switch m.Space {
	case RGBSpace:
		return 3
	case CMYKSpace:
		return 4
	}
	return 1
}

// Bilevel says whether the image is black and white, so that [Image.Runs] reads it.
func (m *Image) Bilevel() bool {
	if m.Codec != Samples && m.Codec != CCITT && m.Codec != JBIG2 || m.Decode != nil {
		return false
	}
	_, ok := m.polarity()
	return ok
}

// polarity says whether sample 0 is the light one.
func (m *Image) polarity() (zeroIsLight, ok bool) {
	switch {
	case m.Bits != 1:
		return false, false
	case m.Mask || m.Space == GraySpace:
		return m.Inverted, true
	case m.Space == IndexedSpace && len(m.Palette) == 2:
		a, b := m.Palette[0], m.Palette[1]
		if gray(a) && gray(b) {
			return (a[0] > b[0]) != m.Inverted, true
		}
	}
	return false, false
}

func gray(c [3]byte) bool { return c[0] == c[1] && c[1] == c[2] }

// Runs reads a bilevel image into dst. limit bounds its memory in bytes (0: [raster.DefaultLimit]).
func (m *Image) Runs(ctx context.Context, dst *raster.Runs, limit int64) error {
	zeroIsLight, ok := m.polarity()
	if !ok || m.Codec != Samples && m.Codec != CCITT && m.Codec != JBIG2 {
		return fmt.Errorf("%w: %v of %d bits as black and white", ErrUndecodable, m.Codec, m.Bits)
	}
	data, err := m.Load()
	if err != nil {
		return err
	}
	if m.Codec == JBIG2 {
		b, err := m.jbig2(ctx, data, zeroIsLight, limit)
		if err != nil {
			return err
		}
		return b.AppendTo(dst, limit)
	}
	if m.Codec == CCITT {
		p := m.CCITT
		p.Invert = p.Invert != zeroIsLight
		if _, err := ccitt.Decode(dst, data, p, limit); err != nil {
			return fmt.Errorf("%w: %w", ErrTruncated, err)
		}
		return ctx.Err()
	}
	dst.Reset(m.Width, limit)
	rowBytes := (m.Width + 7) / 8
	var row, inverted []int32
	for y := range m.Height {
		if len(data) < (y+1)*rowBytes {
			return fmt.Errorf("%w: %d of %d rows", ErrTruncated, y, m.Height)
		}
		row = raster.AppendChanges(row[:0], data[y*rowBytes:(y+1)*rowBytes], m.Width)
		out := row // runs of ones
		if !zeroIsLight {
			inverted = raster.InvertRow(inverted, row)
			out = inverted
		}
		if err := dst.AppendRow(out); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// jbig2 decodes a bitmap; its black is a sample of 0 (ISO 32000-1, 7.4.7).
func (m *Image) jbig2(ctx context.Context, data []byte, zeroIsLight bool, limit int64) (*raster.Bitmap, error) {
	b, err := jbig2.Decode(ctx, m.Globals, data, jbig2.Options{Width: m.Width, Height: m.Height, Limit: limit})
	switch {
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case errors.Is(err, raster.ErrTooLarge):
		return nil, err
	case err != nil:
		return nil, fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	if zeroIsLight {
		b.Invert()
	}
	return b, nil
}

// Gray reads the image as 8-bit grey; stencils as black on white. limit bounds its memory in bytes (0:
// [raster.DefaultLimit]).
func (m *Image) Gray(ctx context.Context, limit int64) (*image.Gray, error) {
	switch {
	case m.Codec == JPEG:
		data, err := m.Load()
		if err != nil {
			return nil, err
		}
		if h, err := jpeg.ReadHeader(bytes.NewReader(data), int64(len(data))); err == nil && h.Components == 4 {
			return m.grayOfInks(ctx, data, h.Adobe, limit)
		}
		g, err := jpeg.DecodeGray(ctx, data, jpeg.Options{Limit: limit})
		if g != nil && m.Inverted {
			for i, v := range g.Pix {
				g.Pix[i] = ^v
			}
		}
		if err != nil {
			err = fmt.Errorf("%w: %w", ErrTruncated, err)
		}
		return g, err
	case m.Codec == CCITT || m.Codec == JBIG2:
		return m.grayOfRuns(ctx, limit)
	case m.Codec == Samples && m.Space != Other:
		return m.grayOfSamples(ctx, limit)
	}
	return nil, fmt.Errorf("%w: %v", ErrUndecodable, m.Codec)
}

// grayOfInks reads a JPEG in CMYK. In PDF its values mean what they are, unless the Decode array exchanges them,
// whatever Adobe's marker makes of them elsewhere.
func (m *Image) grayOfInks(ctx context.Context, data []byte, adobe bool, limit int64) (*image.Gray, error) {
	decoded, err := jpeg.Decode(ctx, data, limit)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	k, ok := decoded.(*image.CMYK)
	if !ok {
		return nil, fmt.Errorf("%w: %T", ErrUndecodable, decoded)
	}
	if adobe != m.Inverted {
		jpeg.Invert(k)
	}
	g, err := raster.NewGray(k.Rect.Dx(), k.Rect.Dy(), limit)
	if err != nil {
		return nil, err
	}
	for y := range g.Rect.Dy() {
		row := k.Pix[y*k.Stride:]
		for x := range g.Rect.Dx() {
			g.Pix[y*g.Stride+x] = Luminance(color.CMYKToRGB(row[4*x], row[4*x+1], row[4*x+2], row[4*x+3]))
		}
	}
	return g, nil
}

func (m *Image) grayOfRuns(ctx context.Context, limit int64) (*image.Gray, error) {
	var r raster.Runs
	truncated := m.Runs(ctx, &r, limit)
	if truncated != nil && !errors.Is(truncated, ErrTruncated) {
		return nil, truncated
	}
	g, err := raster.NewGray(m.Width, m.Height, limit)
	if err != nil {
		return nil, err
	}
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	for y, row := range r.Rows() {
		if y >= m.Height {
			break
		}
		for i := 0; i < len(row); i += 2 {
			end := int32(m.Width)
			if i+1 < len(row) {
				end = row[i+1]
			}
			from, to := min(int(row[i]), m.Width), min(int(end), m.Width) // rows may be wider than the dictionary says
			clear(g.Pix[y*g.Stride+from : y*g.Stride+to])
		}
	}
	return g, truncated
}

func (m *Image) grayOfSamples(ctx context.Context, limit int64) (*image.Gray, error) {
	n := m.Components()
	rowSize, err := raster.Check(m.Width, 1, m.Bits*n, limit)
	if err != nil {
		return nil, err
	}
	g, err := raster.NewGray(m.Width, m.Height, limit)
	if err != nil {
		return nil, err
	}
	data, err := m.Load()
	if err != nil {
		return nil, err
	}
	for i := range g.Pix {
		g.Pix[i] = 255
	}
	rowBytes := int(rowSize)
	flip := byte(0)
	if m.Inverted {
		flip = 255
	}
	for y := range m.Height {
		if y%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if len(data) < (y+1)*rowBytes {
			return g, fmt.Errorf("%w: %d of %d rows", ErrTruncated, y, m.Height)
		}
		in, out := data[y*rowBytes:(y+1)*rowBytes], g.Pix[y*g.Stride:][:m.Width]
		if m.Bits == 8 && m.Space == GraySpace {
			for x, v := range in {
				out[x] = v ^ flip
			}
			continue
		}
		for x := range out {
			out[x] = m.grayPixel(in, x, n, flip)
		}
	}
	return g, nil
}

func (m *Image) grayPixel(row []byte, x, n int, flip byte) byte {
	switch m.Space {
	case IndexedSpace:
		i := min(sample(row, x, m.Bits), len(m.Palette)-1)
		if i < 0 {
			return 255
		}
		c := m.Palette[i]
		return Luminance(c[0], c[1], c[2])
	case RGBSpace:
		return Luminance(m.scaled(row, x*n)^flip, m.scaled(row, x*n+1)^flip, m.scaled(row, x*n+2)^flip)
	case CMYKSpace:
		return Luminance(color.CMYKToRGB(m.scaled(row, x*n)^flip, m.scaled(row, x*n+1)^flip, m.scaled(row, x*n+2)^flip,
			m.scaled(row, x*n+3)^flip))
	}
	return m.scaled(row, x) ^ flip
}

// scaled is sample i of a row in 8 bits.
func (m *Image) scaled(row []byte, i int) byte {
	v := sample(row, i, m.Bits)
	switch m.Bits {
	case 1:
		return byte(v * 255)
	case 2:
		return byte(v * 85)
	case 4:
		return byte(v * 17)
	case 16:
		return byte(v >> 8)
	}
	return byte(v)
}

func sample(row []byte, i, bits int) int {
	switch bits {
	case 1:
		return int(row[i>>3] >> (7 - i&7) & 1)
	case 2:
		return int(row[i>>2] >> (6 - 2*(i&3)) & 3)
	case 4:
		return int(row[i>>1] >> (4 - 4*(i&1)) & 15)
	case 16:
		return int(row[2*i])<<8 | int(row[2*i+1])
	}
	return int(row[i])
}

// Luminance is BT.601's.
func Luminance(r, g, b byte) byte {
	return byte((19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b) + 1<<15) >> 16)
}
