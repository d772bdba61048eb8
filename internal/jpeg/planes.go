package jpeg

import (
	"image"
	"image/color"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// model is what the components of an image are.
type model uint8

const (
	modelGray model = iota
	modelYCC
	modelRGB
	modelInks // cyan, magenta, yellow, black
	modelYCCK // the first three of these as YCbCr
)

// model tells it as libjpeg does: JFIF is YCbCr; Adobe's marker says what its transform is; without either, components
// named R, G, B are that.
func (h *Header) model() model {
	switch {
	case h.Components == 1:
		return modelGray
	case h.Components == 4 && h.Adobe && h.Transform != 0:
		return modelYCCK
	case h.Components == 4:
		return modelInks
	case h.hasJFIF:
		return modelYCC
	case h.Adobe && h.Transform == 0, !h.Adobe && h.ComponentIDs == [4]byte{'R', 'G', 'B'}:
		return modelRGB
	}
	return modelYCC
}

// lumaFirst says whether component 0 is the luminance at full resolution.
func (h *Header) lumaFirst() bool {
	switch h.model() {
	case modelGray:
		return true
	case modelYCC:
		y := h.Sampling[0]
		return h.Sampling[1][0] <= y[0] && h.Sampling[1][1] <= y[1] && h.Sampling[2][0] <= y[0] && h.Sampling[2][1] <= y[1]
	}
	return false
}

// ratio is the subsampling of a YCbCr image, if it is one that [image.YCbCr] has.
func (h *Header) ratio() (image.YCbCrSubsampleRatio, bool) {
	y, c := h.Sampling[0], h.Sampling[1]
	if h.model() != modelYCC || c != h.Sampling[2] || y[0]%c[0] != 0 || y[1]%c[1] != 0 {
		return 0, false
	}
	r, ok := map[[2]int]image.YCbCrSubsampleRatio{
		{1, 1}: image.YCbCrSubsampleRatio444, {2, 1}: image.YCbCrSubsampleRatio422,
		{2, 2}: image.YCbCrSubsampleRatio420, {1, 2}: image.YCbCrSubsampleRatio440,
		{4, 1}: image.YCbCrSubsampleRatio411, {4, 2}: image.YCbCrSubsampleRatio410,
	}[[2]int{y[0] / c[0], y[1] / c[1]}]
	return r, ok
}

// joinedBits is what [decoder.image] takes beside the planes, in bits a pixel.
func (d *decoder) joinedBits() int {
	switch d.header.model() {
	case modelGray:
		return 0
	case modelYCC:
		if _, ok := d.header.ratio(); ok {
			return 0
		}
		return 24
	}
	return 32
}

// image joins the planes.
func (d *decoder) image() image.Image {
	h := d.header
	r := image.Rect(0, 0, h.Width, h.Height)
	c := d.comps
	switch h.model() {
	case modelGray:
		return (&image.Gray{Pix: c[0].plane, Stride: c[0].stride, Rect: image.Rect(0, 0, c[0].stride, c[0].high*8)}).
			SubImage(r)
	case modelYCC:
		if ratio, ok := h.ratio(); ok {
			return &image.YCbCr{Y: c[0].plane, Cb: c[1].plane, Cr: c[2].plane, YStride: c[0].stride, CStride: c[1].stride,
				SubsampleRatio: ratio, Rect: r}
		}
		m := image.NewYCbCr(r, image.YCbCrSubsampleRatio444)
		for y := range h.Height {
			for i, p := range [][]byte{m.Y, m.Cb, m.Cr} {
				d.row(&c[i], y, p[y*h.Width:][:h.Width], 1)
			}
		}
		return m
	case modelRGB:
		m := image.NewRGBA(r)
		for y := range h.Height {
			row := m.Pix[y*m.Stride:][:m.Stride]
			for i := range 3 {
				d.row(&c[i], y, row[i:], 4)
			}
			for i := 3; i < len(row); i += 4 {
				row[i] = 255
			}
		}
		return m
	}
	m := image.NewCMYK(r)
	for y := range h.Height {
		row := m.Pix[y*m.Stride:][:m.Stride]
		for i := range 4 {
			d.row(&c[i], y, row[i:], 4)
		}
		for i := 0; i < len(row); i += 4 {
			p := row[i : i+4 : i+4]
			if h.model() == modelYCCK {
				// RGB is the inverse of the inks; Adobe's marker says that what is coded is inverted.
				p[0], p[1], p[2] = color.YCbCrToRGB(p[0], p[1], p[2])
				p[3] = ^p[3]
			} else if h.Adobe {
				p[0], p[1], p[2], p[3] = ^p[0], ^p[1], ^p[2], ^p[3]
			}
		}
	}
	return m
}

// row writes row y of a component at the image's resolution, each sample as often as its subsampling asks, to every
// step-th byte of dst.
func (d *decoder) row(c *component, y int, dst []byte, step int) {
	src := c.plane[y*c.v/d.vMax*c.stride:]
	for x, i := 0, 0; x < d.header.Width; x, i = x+1, i+step {
		dst[i] = src[x*c.h/d.hMax]
	}
}

// white is the value of a component where nothing could be read.
func (h *Header) white(i int) byte {
	switch {
	case h.model() == modelInks && !h.Adobe:
		return 0
	case (h.model() == modelYCC || h.model() == modelYCCK) && (i == 1 || i == 2):
		return 128
	}
	return 255
}

// Invert exchanges ink and paper in an image.
func Invert(m *image.CMYK) {
	for i, v := range m.Pix {
		m.Pix[i] = ^v
	}
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
