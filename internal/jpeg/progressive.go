package jpeg

// progressive reads a block of a progressive scan (T.81, G.1.2). Only what is wanted is kept.
func (d *decoder) progressive(c *component, bx, by int, p pass) bool {
	var coef []int16
	if c.wanted {
		i := (by*c.wide + bx) * d.perBlock
		coef = c.coefs[i : i+d.perBlock]
	}
	if p.start == 0 {
		return d.firstCoefficient(c, coef, p)
	}
	if p.high == 0 {
		return d.spectral(c.ac, coef, p)
	}
	return d.refine(c.ac, coef, p)
}

// firstCoefficient reads a block in a scan of DC coefficients.
func (d *decoder) firstCoefficient(c *component, coef []int16, p pass) bool {
	if p.high != 0 {
		if d.bit() && coef != nil {
			coef[0] |= 1 << p.low
		}
		return true
	}
	d.refill()
	size := c.dc.symbol(&d.bitReader)
	if size < 0 || size > 16 {
		return false
	}
	c.pred += d.extended(size)
	if coef != nil {
		coef[0] = int16(c.pred << p.low)
	}
	return true
}

// spectral reads a block in the first scan of some AC coefficients.
func (d *decoder) spectral(h *huffman, coef []int16, p pass) bool {
	if d.eobRun > 0 {
		d.eobRun--
		return true
	}
	for k := p.start; k <= p.end; k++ {
		d.refill()
		s := h.symbol(&d.bitReader)
		if s < 0 {
			return false
		}
		run, size := s>>4, s&15
		if size == 0 {
			if run != 15 {
				d.eobRun = 1<<run + int(d.bits(run)) - 1
				return true
			}
			k += 15
			continue
		}
		k += run
		v := d.extended(size)
		if k > p.end {
			return false
		}
		coef[zigzag[k]] = int16(v << p.low)
	}
	return true
}

// refine reads a block in a scan that adds a bit to some AC coefficients (T.81, G.1.2.3).
func (d *decoder) refine(h *huffman, coef []int16, p pass) bool {
	delta := int16(1) << p.low
	k := p.start
	if d.eobRun == 0 {
		for k <= p.end {
			d.refill()
			s := h.symbol(&d.bitReader)
			if s < 0 {
				return false
			}
			run, size := s>>4, s&15
			var fresh int16
			switch {
			case size == 0 && run != 15:
				d.eobRun = 1<<run + int(d.bits(run))
			case size == 1:
				if fresh = -delta; d.bit() {
					fresh = delta
				}
			case size != 0:
				return false
			}
			if d.eobRun > 0 {
				break
			}
			for ; k <= p.end; k++ {
				z := zigzag[k]
				if coef[z] != 0 {
					d.correct(&coef[z], delta)
					continue
				}
				if run == 0 {
					break
				}
				run--
			}
			if k > p.end {
				if fresh != 0 {
					return false
				}
				break
			}
			if fresh != 0 {
				coef[zigzag[k]] = fresh
			}
			k++
		}
	}
	if d.eobRun > 0 {
		d.eobRun--
		for ; k <= p.end; k++ {
			if z := zigzag[k]; coef[z] != 0 {
				d.correct(&coef[z], delta)
			}
		}
	}
	return true
}

// correct reads the next bit of a coefficient that isn't zero.
func (d *decoder) correct(v *int16, delta int16) {
	if !d.bit() {
		return
	}
	if *v >= 0 {
		*v += delta
	} else {
		*v -= delta
	}
}

// render transforms the coefficients of a component of a progressive image.
func (d *decoder) render(c *component) error {
	q := &d.quant[c.tq]
	var natural [64]int32 // q in natural order
	for k, v := range q {
		natural[zigzag[k]] = v
	}
	rows := min(c.reached*c.v, c.high)
	for by := range rows {
		if err := d.cancelled(); err != nil {
			return err
		}
		for bx := range c.wide {
			i := (by*c.wide + bx) * d.perBlock
			in := c.coefs[i : i+d.perBlock]
			dst := c.plane[by*d.size*c.stride+bx*d.size:]
			var coef [64]int32
			any := int16(0)
			for j, v := range in {
				coef[j] = int32(v) * natural[j]
				if j > 0 {
					any |= v
				}
			}
			if any == 0 {
				flat(dst, c.stride, d.size, dcOnly(coef[0]))
			} else {
				d.inverse(dst, c.stride, &coef)
			}
		}
	}
	return nil
}
