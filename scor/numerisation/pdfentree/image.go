package pdfentree

import (
	"fmt"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/scor-sdk/scor-sdk-go/internal/ccitt"
	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// image reads an image's dictionary. It checks the dimensions against the limit, at what a decoded page takes: a byte
// a pixel, four in colour.
func (d *document) image(number int, sd *types.StreamDict, resources types.Dict) (*pdfin.Image, *pdfin.Refusal) {
	m := &pdfin.Image{
		Object: number,
		Width:  d.integer(find(sd.Dict, "Width"), 0),
		Height: d.integer(find(sd.Dict, "Height"), 0),
		Bits:   d.integer(find(sd.Dict, "BitsPerComponent"), 8),
		Mask:   d.boolean(find(sd.Dict, "ImageMask")),
		Length: int64(len(sd.Raw)),
	}
	_, m.SoftMask = sd.Find("SMask")
	d.transparency(m, sd, resources)
	for _, f := range sd.FilterPipeline {
		m.Filters = append(m.Filters, f.Name)
		if codec, ok := imageFilters[f.Name]; ok {
			m.Codec = codec
		}
		if m.Codec == pdfin.CCITT {
			m.CCITT = d.faxParameters(f.DecodeParms, m)
		}
		if m.Codec == pdfin.JBIG2 {
			if globals := d.stream(find(f.DecodeParms, "JBIG2Globals")); globals != nil {
				m.Globals, _ = d.inflate(globals, d.opt.Limit/4) // without them the image can't be decoded, and says so
			}
		}
	}
	if m.Mask || m.Codec == pdfin.JBIG2 || m.Codec == pdfin.CCITT {
		m.Bits = 1
	}
	if m.Mask {
		m.Space = pdfin.GraySpace
	} else {
		d.colours(m, find(sd.Dict, "ColorSpace"), resources, 0)
	}
	refuse := func(reason error, format string, args ...any) *pdfin.Refusal {
		return &pdfin.Refusal{Reason: reason, Object: number, What: fmt.Sprintf(format, args...)}
	}
	switch m.Bits {
	case 1, 2, 4, 8, 16:
	default:
		return nil, refuse(pdfin.ErrDamaged, "image of %d bits a sample", m.Bits)
	}
	if m.Width <= 0 || m.Height <= 0 {
		return nil, refuse(pdfin.ErrDamaged, "image of %dx%d pixels", m.Width, m.Height)
	}
	bits := 8
	if m.Components() > 1 {
		bits = 32
	}
	if _, err := raster.Check(m.Width, m.Height, bits, d.opt.Limit); err != nil {
		return nil, refuse(pdfin.ErrTooLarge, "%v", err)
	}
	d.decodeArray(m, find(sd.Dict, "Decode"))
	// A decoded image is as long as its dimensions say; a little more is padding.
	size, err := raster.Check(m.Width, m.Height, m.Bits*m.Components(), d.opt.Limit)
	if err != nil {
		return nil, refuse(pdfin.ErrTooLarge, "%v", err)
	}
	if m.Codec != pdfin.Samples {
		size = d.opt.Limit
	}
	m.Decode = d.lecteur.decoder(m, d.opt.Limit)
	raw, pipeline := sd.Raw, sd.FilterPipeline
	m.Load = func() ([]byte, error) {
		data, err := unfilter(raw, pipeline, size+4096)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", pdfin.ErrTruncated, err)
		}
		return data, nil
	}
	return m, nil
}

// transparency finds what makes an image see-through (ISO 32000-1, 8.9.6 and 11.6.5.3): a soft mask, a stencil, or a
// range of colours.
func (d *document) transparency(m *pdfin.Image, sd *types.StreamDict, resources types.Dict) {
	if m.Mask {
		return
	}
	o := find(sd.Dict, "SMask")
	if d.stream(o) == nil {
		if o = find(sd.Dict, "Mask"); len(d.array(o)) > 0 {
			m.Keyed = true
			return
		}
	}
	mask := d.stream(o)
	if mask == nil {
		return
	}
	if find(mask.Dict, "Matte") != nil || find(mask.Dict, "SMask") != nil || find(mask.Dict, "Mask") != nil {
		m.Keyed = true // colours mixed beforehand, or a mask with a mask: not undone here
		return
	}
	alpha, err := d.image(objectNumber(o), mask, resources)
	if err != nil {
		m.Keyed = true
		return
	}
	m.Alpha = alpha
}

// faxParameters reads the parameters of CCITTFaxDecode (ISO 32000-1, table 11).
func (d *document) faxParameters(o types.Dict, m *pdfin.Image) ccitt.Params {
	return ccitt.Params{
		Width:     d.integer(find(o, "Columns"), 1728),
		Rows:      m.Height,
		K:         d.integer(find(o, "K"), 0),
		ByteAlign: d.boolean(find(o, "EncodedByteAlign")),
		Invert:    d.boolean(find(o, "BlackIs1")),
	}
}

// colours reduces a colour space to what grey needs.
func (d *document) colours(m *pdfin.Image, o types.Object, resources types.Dict, depth int) {
	if depth > 8 {
		return
	}
	name, array := d.name(o), d.array(o)
	if len(array) > 0 {
		name = d.name(array[0])
	}
	switch name {
	case "DeviceGray", "CalGray", "G":
		m.Space = pdfin.GraySpace
	case "DeviceRGB", "CalRGB", "RGB":
		m.Space = pdfin.RGBSpace
	case "DeviceCMYK", "CMYK":
		m.Space = pdfin.CMYKSpace
	case "ICCBased":
		if len(array) > 1 {
			m.ICC = true
			if sd := d.stream(array[1]); sd != nil {
				switch d.integer(find(sd.Dict, "N"), 0) {
				case 1:
					m.Space = pdfin.GraySpace
				case 3:
					m.Space = pdfin.RGBSpace
				case 4:
					m.Space = pdfin.CMYKSpace
				}
			}
		}
	case "Indexed", "I":
		if len(array) == 4 {
			base := pdfin.Image{}
			d.colours(&base, array[1], resources, depth+1)
			d.palette(m, &base, array[2], array[3])
		}
	case "":
		if m.Codec == pdfin.JPEG || m.Codec == pdfin.JPX { // told by the data
			m.Space = pdfin.RGBSpace
		}
	default:
		if len(array) == 0 {
			if named := find(d.dict(find(resources, "ColorSpace")), name); named != nil && d.name(named) != name {
				d.colours(m, named, resources, depth+1)
			}
		}
	}
}

// palette reads an Indexed colour space's table.
func (d *document) palette(m, base *pdfin.Image, high, table types.Object) {
	n := min(d.integer(high, -1), 255) + 1
	var data []byte
	switch o := d.get(table).(type) {
	case types.StringLiteral:
		data, _ = types.Unescape(string(o))
	case types.HexLiteral:
		data, _ = o.Bytes()
	default:
		if sd := d.stream(table); sd != nil {
			data, _ = d.inflate(sd, 4*256)
		}
	}
	step := base.Components()
	if n < 1 || base.Space == pdfin.Other || base.Space == pdfin.IndexedSpace || len(data) < n*step {
		return
	}
	m.Space, m.ICC = pdfin.IndexedSpace, base.ICC
	m.Palette = make([][3]byte, n)
	for i := range m.Palette {
		c := data[i*step:]
		switch base.Space {
		case pdfin.GraySpace:
			m.Palette[i] = [3]byte{c[0], c[0], c[0]}
		case pdfin.RGBSpace:
			m.Palette[i] = [3]byte{c[0], c[1], c[2]}
		default:
			m.Palette[i] = cmyk(c[0], c[1], c[2], c[3])
		}
	}
}

func cmyk(c, m, y, k byte) [3]byte {
	light := func(v byte) byte { return byte(uint32(255-v) * uint32(255-k) / 255) }
	return [3]byte{light(c), light(m), light(y)}
}

// decodeArray finds whether the Decode array exchanges light and dark. Others than that and the default aren't told
// apart from the default: scanners don't write them.
func (d *document) decodeArray(m *pdfin.Image, o types.Object) {
	a := d.array(o)
	if len(a) < 2 || m.Space == pdfin.IndexedSpace && m.Bits != 1 {
		return
	}
	low, ok1 := d.number(a[0])
	high, ok2 := d.number(a[1])
	m.Inverted = ok1 && ok2 && low > high
}
