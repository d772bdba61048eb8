package jpeg

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"io"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Options of [DecodeGray]. The zero value is full size under the default limit.
type Options struct {
	Scale int   // 1, 2, 4 or 8: divides width and height, rounded up; 0 is 1
	Limit int64 // memory in bytes; 0: raster.DefaultLimit
}

// Decode reads the image in its colours with the standard library's decoder, its dimensions checked before:
// *image.Gray, *image.YCbCr, *image.RGBA or *image.CMYK. CMYK with Adobe's marker is taken for inverted, as Adobe's
// programs write it outside PDF and TIFF.
func Decode(ctx context.Context, data []byte, limit int64) (image.Image, error) {
	h, err := ReadHeader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	if _, err := raster.Check(h.Width, h.Height, h.decodedBits(), limit); err != nil {
		return nil, err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	// not read by image/jpeg without the marker, with which it takes the values for inverted
	bare := h.Components == 4 && !h.Adobe
	var r io.Reader = bytes.NewReader(data)
	if bare {
		r = io.MultiReader(bytes.NewReader(data[:2]), strings.NewReader("\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00\x00"),
			bytes.NewReader(data[2:]))
	}
	m, err := stdjpeg.Decode(r)
	var unsupported stdjpeg.UnsupportedError
	switch {
	case errors.As(err, &unsupported):
		return nil, fail(h.ScanOffset, ErrUnsupported, "%v", err)
	case err != nil:
		return nil, fail(h.ScanOffset, ErrTruncated, "%v", err)
	}
	if k, ok := m.(*image.CMYK); ok && bare {
		Invert(k)
	}
	return m, nil
}

// Invert exchanges ink and paper in an image.
func Invert(m *image.CMYK) {
	for i, v := range m.Pix {
		m.Pix[i] = ^v
	}
}

// decodedBits is the memory that the standard library's decoder takes a pixel, coefficients of progressive streams
// included.
func (h *Header) decodedBits() int {
	n := 8 * h.Components
	if h.Progressive {
		n += 32 * h.Components
	}
	if h.Components == 4 || h.Components == 3 && h.Transform == 0 {
		n += 32
	}
	return n
}

// toGray is the luminance of m, reduced by averaging.
func toGray(m image.Image, scale int, limit int64) (*image.Gray, error) {
	b := m.Bounds()
	w, h := (b.Dx()+scale-1)/scale, (b.Dy()+scale-1)/scale
	g, err := raster.NewGray(w, h, limit)
	if err != nil {
		return nil, err
	}
	for y := range h {
		for x := range w {
			sum, n := 0, 0
			for v := y * scale; v < min((y+1)*scale, b.Dy()); v++ {
				for u := x * scale; u < min((x+1)*scale, b.Dx()); u++ {
					sum += int(color.GrayModel.Convert(m.At(b.Min.X+u, b.Min.Y+v)).(color.Gray).Y)
					n++
				}
			}
			g.Pix[y*g.Stride+x] = uint8((sum + n/2) / n)
		}
	}
	return g, nil
}
