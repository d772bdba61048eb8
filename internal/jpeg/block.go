package jpeg

// zigzag gives the natural position of the k-th coefficient (T.81, figure A.6). The 16 more at its end take what
// damaged runs write past the block.
var zigzag = [80]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55,
	62, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
}

// block reads a block at a column and row of blocks.
func (d *decoder) block(c *component, bx, by int, p pass) bool {
	if d.header.Progressive {
		return d.progressive(c, bx, by, p)
	}
	d.refill()
	size := c.dc.symbol(&d.bitReader)
	if size < 0 || size > 16 {
		return false
	}
	c.pred += d.extended(size)
	if !c.wanted || d.last == 0 {
		if c.wanted {
			c.plane[by*c.stride+bx] = dcOnly(c.pred * d.quant[c.tq][0])
		}
		return d.pass(c.ac, 1)
	}
	var coef [64]int32
	q := &d.quant[c.tq]
	coef[0] = c.pred * q[0]
	k, found := 1, false
	for k <= d.last {
		d.refill()
		if e := c.ac.value[d.acc>>(64-lookBits)]; e != 0 {
			d.skip(int(e & 0xFF))
			k += int(e >> 8 & 0xFF)
			coef[zigzag[k]] = int32(e) >> 16 * q[k&63]
			found = true
			k++
			continue
		}
		s := c.ac.symbol(&d.bitReader)
		if s < 0 {
			return false
		}
		run, size := s>>4, s&15
		if size == 0 {
			if run != 15 {
				k = 0 // end of block
				break
			}
			k += 16
			continue
		}
		k += run
		if k > 63 {
			return false
		}
		coef[zigzag[k]] = d.extended(size) * q[k]
		found = true
		k++
	}
	if k > 64 {
		return false
	}
	dst := c.plane[by*d.size*c.stride+bx*d.size:]
	if !found {
		flat(dst, c.stride, d.size, dcOnly(coef[0]))
	} else {
		d.inverse(dst, c.stride, &coef)
	}
	if k == 0 {
		return true
	}
	return d.pass(c.ac, k)
}

// inverse transforms a block at the size that is asked for.
func (d *decoder) inverse(dst []byte, stride int, coef *[64]int32) {
	switch d.size {
	case 8:
		inverse8(dst, stride, coef)
	case 4:
		inverse4(dst, stride, coef)
	case 2:
		inverse2(dst, stride, coef)
	default:
		dst[0] = dcOnly(coef[0])
	}
}

// pass passes over a block's coefficients from k on.
func (d *decoder) pass(h *huffman, k int) bool {
	for k < 64 {
		d.refill()
		if e := h.jump[d.acc>>(64-skipBits)]; e != 0 {
			far := k + int(e>>5&127)
			if far < 64 || far == 64 && e&jumpEnd == 0 {
				d.skip(int(e & 31))
				if e&jumpEnd != 0 {
					return true
				}
				k = far
				continue
			}
		}
		s := h.symbol(&d.bitReader)
		if s < 0 {
			return false
		}
		run, size := s>>4, s&15
		if size == 0 {
			if run != 15 {
				return true
			}
			k += 16
			continue
		}
		d.refill()
		d.skip(size)
		k += run + 1
	}
	return k == 64
}
