package jpeg

import (
	"bytes"
	"context"
	"image"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Options of [DecodeGray]. The zero value is full size under the default limit.
type Options struct {
	Scale int   // 1, 2, 4 or 8: divides width and height, rounded up; 0 is 1
	Limit int64 // memory in bytes; 0: raster.DefaultLimit
}

// lastUseful is, by scale, the last coefficient in zigzag order that the reduced transform uses.
var lastUseful = map[int]int{1: 63, 2: 24, 4: 4, 8: 0}

// DecodeGray reads the luminance, reduced by opt.Scale with the transform itself, so that most of the work is spared; a
// progressive stream at 1/8 isn't even read past its first scans. The image's stride may exceed its width. With an
// [ErrTruncated] the rows that couldn't be read are white.
//
// RGB, CMYK and YCCK images are decoded in full first: their luminance isn't a plane of the stream.
func DecodeGray(ctx context.Context, data []byte, opt Options) (*image.Gray, error) {
	scale := max(opt.Scale, 1)
	last, ok := lastUseful[scale]
	if !ok {
		return nil, fail(0, ErrUnsupported, "scale 1/%d", scale)
	}
	h, err := ReadHeader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	if !h.lumaFirst() {
		m, err := Decode(ctx, data, opt.Limit)
		if m == nil {
			return nil, err
		}
		g, failed := toGray(m, scale, opt.Limit)
		if failed != nil {
			return nil, failed
		}
		return g, err
	}
	d := &decoder{cancelled: ctx.Err, header: h, limit: opt.Limit, scale: scale, size: 8 / scale, last: last}
	d.data = data
	if err := d.setup(0, 1, 0); err != nil {
		return nil, err
	}
	ok, err = d.decode()
	if !ok {
		return nil, err
	}
	c := &d.comps[0]
	g := &image.Gray{Pix: c.plane, Stride: c.stride, Rect: image.Rect(0, 0, c.stride, c.high*d.size)}
	return g.SubImage(image.Rect(0, 0, (h.Width+scale-1)/scale, (h.Height+scale-1)/scale)).(*image.Gray), err
}

// Decode reads the image in its colours: *image.Gray, *image.YCbCr with its planes as the stream has them, *image.RGBA
// or *image.CMYK. CMYK with Adobe's marker is taken for inverted, as Adobe's programs write it outside PDF and TIFF.
// With an [ErrTruncated] the image, if there is one, is white where it couldn't be read.
func Decode(ctx context.Context, data []byte, limit int64) (image.Image, error) {
	h, err := ReadHeader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	d := &decoder{cancelled: ctx.Err, header: h, limit: limit, scale: 1, size: 8, last: 63}
	d.data = data
	if err := d.setup(0, h.Components, d.joinedBits()); err != nil {
		return nil, err
	}
	ok, err := d.decode()
	if !ok {
		return nil, err
	}
	return d.image(), err
}

// Colours completes the luminance that [DecodeGray] read from the same data at full size with the planes of colours,
// which is all that is decoded: the result's Y is that of g. Where the luminance isn't a plane of its own, or g is nil,
// the whole is decoded.
func Colours(ctx context.Context, data []byte, g *image.Gray, limit int64) (image.Image, error) {
	h, err := ReadHeader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	if _, ok := h.ratio(); !ok || g == nil || g.Rect != image.Rect(0, 0, h.Width, h.Height) {
		return Decode(ctx, data, limit)
	}
	d := &decoder{cancelled: ctx.Err, header: h, limit: limit, scale: 1, size: 8, last: 63}
	d.data = data
	if err := d.setup(1, 3, 8); err != nil {
		return nil, err
	}
	ok, err := d.decode()
	if !ok {
		return nil, err
	}
	d.comps[0].plane, d.comps[0].stride = g.Pix, g.Stride
	return d.image(), err
}

// setup lays the components out, checks what they take and allocates the planes of those from first up to end. extra is
// what else will be needed, in bits a pixel.
func (d *decoder) setup(first, end, extra int) error {
	h := d.header
	d.hMax, d.vMax = 1, 1
	d.comps = make([]component, h.Components)
	for i := range d.comps {
		c := &d.comps[i]
		c.id, c.h, c.v = h.ComponentIDs[i], h.Sampling[i][0], h.Sampling[i][1]
		if h.Components == 1 { // the norm gives sampling no meaning then
			c.h, c.v = 1, 1
		}
		d.hMax, d.vMax = max(d.hMax, c.h), max(d.vMax, c.v)
	}
	d.mcuW, d.mcuH = (h.Width+8*d.hMax-1)/(8*d.hMax), (h.Height+8*d.vMax-1)/(8*d.vMax)
	perBlock := 0 // coefficients kept of a block
	if h.Progressive {
		if perBlock = 64; d.scale == 8 {
			perBlock = 1
		}
	}
	d.perBlock = perBlock
	samples := 0 // of an MCU's 64 times hMax times vMax pixels, in 64ths
	for i := range d.comps {
		c := &d.comps[i]
		c.wide, c.high, c.wanted = d.mcuW*c.h, d.mcuH*c.v, first <= i && i < end
		if c.wanted {
			samples += c.h * c.v
		}
	}
	// A sample takes a byte and a coefficient two; blocks that are reduced keep their coefficients.
	bits := extra + (samples*(8+16*perBlock/(d.size*d.size))+d.hMax*d.vMax-1)/(d.hMax*d.vMax)
	if _, err := raster.Check(d.mcuW*d.hMax*d.size, d.mcuH*d.vMax*d.size, bits, d.limit); err != nil {
		return err
	}
	for i := range d.comps {
		if c := &d.comps[i]; c.wanted {
			c.stride = c.wide * d.size
			c.plane = make([]byte, c.stride*c.high*d.size)
			c.coefs = make([]int16, c.wide*c.high*perBlock)
		}
	}
	return nil
}
