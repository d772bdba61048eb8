package tiff

import (
	"bytes"
	"context"
	"image"

	"github.com/scor-sdk/scor-sdk-go/internal/jpeg"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// whole decodes a page that is one JPEG in YCbCr, of its size and undamaged.
func (p *Page) whole(ctx context.Context) (image.Image, bool) {
	if p.Compression != JPEG || p.Planar || len(p.chunks) != 1 || p.Photometric != YCbCr {
		return nil, false
	}
	stream, err := p.JPEGStream(0)
	if err != nil {
		return nil, false
	}
	m, err := p.tile(ctx, stream)
	if err != nil || m.Bounds() != image.Rect(0, 0, p.Width, p.Height) {
		return nil, false
	}
	y, ok := m.(*image.YCbCr)
	return y, ok
}

// tile decodes a stream of JPEG in its colours.
func (p *Page) tile(ctx context.Context, stream []byte) (image.Image, error) {
	m, err := jpeg.Decode(ctx, stream, p.file.limits.Bytes)
	if err != nil {
		return nil, err
	}
	if k, ok := m.(*image.CMYK); ok { // the decoder undoes an inversion that TIFF doesn't make
		jpeg.Invert(k)
	}
	return m, nil
}

// eachJPEG hands over the streams of a page compressed by JPEG, their dimensions checked.
func (p *Page) eachJPEG(ctx context.Context, do func(Chunk, []byte) error) error {
	var truncated error
	for i, c := range p.chunks {
		if err := ctx.Err(); err != nil {
			return err
		}
		stream, err := p.JPEGStream(i)
		if err == nil {
			var h *jpeg.Header
			if h, err = jpeg.ReadHeader(bytes.NewReader(stream), int64(len(stream))); err == nil &&
				(h.Width != c.Width || h.Height < c.Height && !p.lastStrip(c)) {
				return p.fail(i, ErrFormat, "JPEG of %dx%d pixels in a strip or tile of %dx%d", h.Width, h.Height, c.Width,
					c.Height)
			}
		}
		if err == nil {
			if _, err = raster.Check(c.Width, c.Height, 8*p.Samples, p.file.limits.Bytes); err == nil {
				err = do(c, stream)
			}
		}
		if err != nil {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			truncated = first(truncated, p.fail(i, ErrTruncated, "%v", err))
		}
	}
	return truncated
}

func (p *Page) lastStrip(c Chunk) bool { return c.Y+c.Height >= p.Height }
