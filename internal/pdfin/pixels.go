package pdfin

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/color"

	"github.com/scor-sdk/scor-sdk-go/internal/jpeg"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Pixels decodes the image: a *raster.Bitmap if it is bilevel, an *image.Gray if it has no colour, else an opaque
// image in sRGB. Stencils are black where they paint. limit bounds its memory in bytes (0: [raster.DefaultLimit]).
func (m *Image) Pixels(ctx context.Context, limit int64) (image.Image, error) {
	switch {
	case m.Decode != nil:
		data, err := m.Load()
		if err != nil {
			return nil, err
		}
		return m.Decode(ctx, data)
	case m.Bilevel() && m.Codec == JBIG2:
		data, err := m.Load()
		if err != nil {
			return nil, err
		}
		zeroIsLight, _ := m.polarity()
		return m.jbig2(ctx, data, zeroIsLight, limit)
	case m.Bilevel():
		var r raster.Runs
		if err := m.Runs(ctx, &r, limit); err != nil {
			return nil, err
		}
		return r.Bitmap()
	case m.Space == GraySpace:
		return m.Gray(ctx, limit)
	case m.Codec == JPEG:
		return m.colourJPEG(ctx, limit)
	case m.Codec == Samples && m.Space != Other:
		return m.colourSamples(ctx, limit)
	}
	return nil, fmt.Errorf("%w: %v", ErrUndecodable, m.Codec)
}

func (m *Image) colourJPEG(ctx context.Context, limit int64) (image.Image, error) {
	data, err := m.Load()
	if err != nil {
		return nil, err
	}
	decoded, err := jpeg.Decode(ctx, data, limit)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrTruncated, err)
	}
	switch d := decoded.(type) {
	case *image.CMYK:
		h, err := jpeg.ReadHeader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return nil, err
		}
		// In PDF the values mean what they are, unless the Decode array exchanges them, whatever Adobe's marker makes
		// of them elsewhere.
		if h.Adobe != m.Inverted {
			jpeg.Invert(d)
		}
	default:
		if m.Inverted {
			return negative(decoded, limit)
		}
	}
	return decoded, nil
}

// negative exchanges light and dark.
func negative(m image.Image, limit int64) (image.Image, error) {
	b := m.Bounds()
	if _, err := raster.Check(b.Dx(), b.Dy(), 32, limit); err != nil {
		return nil, err
	}
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	for y := range b.Dy() {
		for x := range b.Dx() {
			r, g, bl, _ := m.At(b.Min.X+x, b.Min.Y+y).RGBA()
			out.SetRGBA(x, y, color.RGBA{^byte(r >> 8), ^byte(g >> 8), ^byte(bl >> 8), 255})
		}
	}
	return out, nil
}

func (m *Image) colourSamples(ctx context.Context, limit int64) (image.Image, error) {
	n := m.Components()
	if _, err := raster.Check(m.Width, m.Height, 32, limit); err != nil {
		return nil, err
	}
	data, err := m.Load()
	if err != nil {
		return nil, err
	}
	rowBytes := (m.Width*n*m.Bits + 7) / 8
	flip := byte(0)
	if m.Inverted {
		flip = 255
	}
	out := image.NewRGBA(image.Rect(0, 0, m.Width, m.Height))
	for y := range m.Height {
		if y%256 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if len(data) < (y+1)*rowBytes {
			return nil, fmt.Errorf("%w: %d of %d rows", ErrTruncated, y, m.Height)
		}
		in, row := data[y*rowBytes:(y+1)*rowBytes], out.Pix[y*out.Stride:][:4*m.Width]
		for x := range m.Width {
			c := m.colourPixel(in, x, n, flip)
			row[4*x], row[4*x+1], row[4*x+2], row[4*x+3] = c[0], c[1], c[2], 255
		}
	}
	return out, nil
}

func (m *Image) colourPixel(row []byte, x, n int, flip byte) [3]byte {
	switch m.Space {
	case IndexedSpace:
		if i := min(sample(row, x, m.Bits), len(m.Palette)-1); i >= 0 {
			return m.Palette[i]
		}
		return [3]byte{255, 255, 255}
	case RGBSpace:
		return [3]byte{m.scaled(row, x*n) ^ flip, m.scaled(row, x*n+1) ^ flip, m.scaled(row, x*n+2) ^ flip}
	}
	r, g, b := color.CMYKToRGB(m.scaled(row, x*n)^flip, m.scaled(row, x*n+1)^flip, m.scaled(row, x*n+2)^flip,
		m.scaled(row, x*n+3)^flip)
	return [3]byte{r, g, b}
}
