package tiff

import "image/color"

// converter returns a function that turns a row of samples into grey (one byte a pixel) or opaque RGBA (four).
func (p *Page) converter(gray bool) func(dst, samples []byte) {
	at, n := p.sampler(), p.Samples
	flip := byte(0)
	if p.Photometric == WhiteIsZero {
		flip = 255
	}
	if p.Gray() && p.Bits == 8 && n == 1 {
		return func(dst, samples []byte) {
			for x := range dst {
				dst[x] = samples[x] ^ flip
			}
		}
	}
	if p.Gray() {
		return func(dst, samples []byte) {
			for x := range dst {
				v := at(samples, x*n) ^ flip
				if p.alpha {
					v = p.overWhite(v, at(samples, x*n+1))
				}
				dst[x] = v
			}
		}
	}
	colour := p.colour(at)
	return func(dst, samples []byte) {
		if gray {
			for x := range dst {
				dst[x] = luminance(colour(samples, x*n))
			}
			return
		}
		for x := range len(dst) / 4 {
			r, g, b := colour(samples, x*n)
			dst[4*x], dst[4*x+1], dst[4*x+2], dst[4*x+3] = r, g, b, 255
		}
	}
}

// colour returns a function that reads the pixel whose first sample is the i-th of a row.
func (p *Page) colour(at func([]byte, int) byte) func(samples []byte, i int) (r, g, b byte) {
	switch p.Photometric {
	case Palette:
		entries := 1 << p.Bits
		return func(samples []byte, i int) (r, g, b byte) {
			c := p.index(samples, i)
			return byte(p.colormap[c] >> 8), byte(p.colormap[entries+c] >> 8), byte(p.colormap[2*entries+c] >> 8)
		}
	case CMYK:
		return func(samples []byte, i int) (r, g, b byte) {
			return color.CMYKToRGB(at(samples, i), at(samples, i+1), at(samples, i+2), at(samples, i+3))
		}
	case YCbCr:
		return func(samples []byte, i int) (r, g, b byte) {
			return color.YCbCrToRGB(at(samples, i), at(samples, i+1), at(samples, i+2))
		}
	}
	return func(samples []byte, i int) (r, g, b byte) {
		r, g, b = at(samples, i), at(samples, i+1), at(samples, i+2)
		if p.alpha {
			a := at(samples, i+3)
			r, g, b = p.overWhite(r, a), p.overWhite(g, a), p.overWhite(b, a)
		}
		return r, g, b
	}
}

// overWhite lays a value over white.
func (p *Page) overWhite(v, alpha byte) byte {
	if p.premultiplied {
		return byte(min(255, uint32(v)+255-uint32(alpha)))
	}
	return byte((uint32(v)*uint32(alpha) + 255*(255-uint32(alpha)) + 127) / 255)
}

// sampler returns a function that reads sample i of a row, scaled to 8 bits.
func (p *Page) sampler() func(samples []byte, i int) byte {
	switch p.Bits {
	case 1:
		return func(s []byte, i int) byte { return -(s[i>>3] >> (7 - i&7) & 1) }
	case 2:
		return func(s []byte, i int) byte { return (s[i>>2] >> (6 - 2*(i&3)) & 3) * 85 }
	case 4:
		return func(s []byte, i int) byte { return (s[i>>1] >> (4 - 4*(i&1)) & 15) * 17 }
	case 16:
		return func(s []byte, i int) byte { return byte(p.file.order.Uint16(s[2*i:]) >> 8) }
	}
	return func(s []byte, i int) byte { return s[i] }
}

// index reads sample i of a row as an index of the palette.
func (p *Page) index(s []byte, i int) int {
	switch p.Bits {
	case 1:
		return int(s[i>>3] >> (7 - i&7) & 1)
	case 2:
		return int(s[i>>2] >> (6 - 2*(i&3)) & 3)
	case 4:
		return int(s[i>>1] >> (4 - 4*(i&1)) & 15)
	case 16:
		return int(p.file.order.Uint16(s[2*i:]))
	}
	return int(s[i])
}
