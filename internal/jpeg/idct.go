package jpeg

import "encoding/binary"

// Fixed point cosines, cos(k*pi/16), and the rounding of the two passes.
const (
	fix  = 12
	cos1 = 4017 // 0.98079 * 4096
	cos2 = 3784
	cos3 = 3406
	cos4 = 2896
	cos5 = 2276
	cos6 = 1567
	cos7 = 799

	extra  = 3 // bits of precision kept between the passes
	shift1 = fix - extra + 1
	shift2 = fix + extra + 1
)

func clamp(v int32) uint8 {
	if uint32(v) > 255 {
		return uint8(^(v >> 31))
	}
	return uint8(v)
}

// flat fills a block of size x size pixels with one value.
func flat(dst []byte, stride, size int, v uint8) {
	switch size {
	case 8:
		w := uint64(v) * 0x0101010101010101
		for y := range 8 {
			binary.LittleEndian.PutUint64(dst[y*stride:], w)
		}
	case 4:
		w := uint32(v) * 0x01010101
		for y := range 4 {
			binary.LittleEndian.PutUint32(dst[y*stride:], w)
		}
	case 2:
		dst[0], dst[1] = v, v
		dst[stride], dst[stride+1] = v, v
	default:
		dst[0] = v
	}
}

// dcOnly is the value of a block whose only coefficient is the first, dequantised.
func dcOnly(dc int32) uint8 { return clamp((dc+4)>>3 + 128) }

// inverse8 is the inverse cosine transform of a block in natural order, level shifted. Even and odd halves of each pass
// are summed apart.
func inverse8(dst []byte, stride int, c *[64]int32) {
	for x := range 8 {
		p := c[x:]
		x1, x2, x3, x4, x5, x6, x7 := p[8], p[16], p[24], p[32], p[40], p[48], p[56]
		if x1|x2|x3|x4|x5|x6|x7 == 0 {
			v := (p[0]*cos4 + 1<<(shift1-1)) >> shift1
			p[0], p[8], p[16], p[24], p[32], p[40], p[48], p[56] = v, v, v, v, v, v, v, v
			continue
		}
		const round = 1 << (shift1 - 1)
		a, b := (p[0]+x4)*cos4+round, (p[0]-x4)*cos4+round
		u, v := x2*cos2+x6*cos6, x2*cos6-x6*cos2
		e0, e3, e1, e2 := a+u, a-u, b+v, b-v
		o0 := x1*cos1 + x3*cos3 + x5*cos5 + x7*cos7
		o1 := x1*cos3 - x3*cos7 - x5*cos1 - x7*cos5
		o2 := x1*cos5 - x3*cos1 + x5*cos7 + x7*cos3
		o3 := x1*cos7 - x3*cos5 + x5*cos3 - x7*cos1
		p[0], p[56] = (e0+o0)>>shift1, (e0-o0)>>shift1
		p[8], p[48] = (e1+o1)>>shift1, (e1-o1)>>shift1
		p[16], p[40] = (e2+o2)>>shift1, (e2-o2)>>shift1
		p[24], p[32] = (e3+o3)>>shift1, (e3-o3)>>shift1
	}
	for y := range 8 {
		p := (*[8]int32)(c[8*y:])
		out := dst[y*stride:][:8]
		const round = 1<<(shift2-1) + 128<<shift2
		x1, x2, x3, x4, x5, x6, x7 := p[1], p[2], p[3], p[4], p[5], p[6], p[7]
		a, b := (p[0]+x4)*cos4+round, (p[0]-x4)*cos4+round
		u, v := x2*cos2+x6*cos6, x2*cos6-x6*cos2
		e0, e3, e1, e2 := a+u, a-u, b+v, b-v
		o0 := x1*cos1 + x3*cos3 + x5*cos5 + x7*cos7
		o1 := x1*cos3 - x3*cos7 - x5*cos1 - x7*cos5
		o2 := x1*cos5 - x3*cos1 + x5*cos7 + x7*cos3
		o3 := x1*cos7 - x3*cos5 + x5*cos3 - x7*cos1
		out[0], out[7] = clamp((e0+o0)>>shift2), clamp((e0-o0)>>shift2)
		out[1], out[6] = clamp((e1+o1)>>shift2), clamp((e1-o1)>>shift2)
		out[2], out[5] = clamp((e2+o2)>>shift2), clamp((e2-o2)>>shift2)
		out[3], out[4] = clamp((e3+o3)>>shift2), clamp((e3-o3)>>shift2)
	}
}

// inverse4 makes 4x4 pixels of a block's 4x4 lowest coefficients: half size.
func inverse4(dst []byte, stride int, c *[64]int32) {
	for x := range 4 {
		p := c[x:]
		const round = 1 << (shift1 - 1)
		a, b := (p[0]+p[16])*cos4+round, (p[0]-p[16])*cos4+round
		u, v := p[8]*cos2+p[24]*cos6, p[8]*cos6-p[24]*cos2
		p[0], p[24] = (a+u)>>shift1, (a-u)>>shift1
		p[8], p[16] = (b+v)>>shift1, (b-v)>>shift1
	}
	for y := range 4 {
		p := c[8*y:]
		out := dst[y*stride:][:4]
		const round = 1<<(shift2-1) + 128<<shift2
		a, b := (p[0]+p[2])*cos4+round, (p[0]-p[2])*cos4+round
		u, v := p[1]*cos2+p[3]*cos6, p[1]*cos6-p[3]*cos2
		out[0], out[3] = clamp((a+u)>>shift2), clamp((a-u)>>shift2)
		out[1], out[2] = clamp((b+v)>>shift2), clamp((b-v)>>shift2)
	}
}

// inverse2 makes 2x2 pixels of a block's 2x2 lowest coefficients: quarter size.
func inverse2(dst []byte, stride int, c *[64]int32) {
	const round = 4 + 128<<3
	a, b := c[0]+c[8]+round, c[0]-c[8]+round
	u, v := c[1]+c[9], c[1]-c[9]
	dst[0], dst[1] = clamp((a+u)>>3), clamp((a-u)>>3)
	dst[stride], dst[stride+1] = clamp((b+v)>>3), clamp((b-v)>>3)
}
