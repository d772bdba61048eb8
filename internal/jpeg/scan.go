package jpeg

import "slices"

// scan reads a scan, or passes over one that has nothing that is wanted.
func (d *decoder) scan(b []byte, at int) error {
	if len(b) < 1 || b[0] < 1 || b[0] > 4 || len(b) < 4+2*int(b[0]) {
		return fail(int64(at), ErrFormat, "scan header of %d bytes", len(b))
	}
	n := int(b[0])
	comps, err := d.scanComponents(b, at)
	if err != nil {
		return err
	}
	wanted := slices.ContainsFunc(comps, func(c *component) bool { return c.wanted })
	p := pass{start: int(b[1+2*n]), end: int(b[2+2*n]), high: uint(b[3+2*n] >> 4), low: uint(b[3+2*n] & 15)}
	d.acc, d.n, d.fake, d.eobRun = 0, 0, 0, 0
	if !d.header.Progressive {
		p = pass{end: 63}
	} else if p.end > 63 || p.start > p.end || p.start == 0 && p.end != 0 || p.start > 0 && n != 1 || p.low > 13 ||
		p.high > 13 {
		return fail(int64(at), ErrFormat, "progressive scan of coefficients %d to %d, bits %d to %d", p.start, p.end, p.high,
			p.low)
	}
	// At 1/8 the first coefficient is enough. In between all scans are read: those that refine build on those before.
	if !wanted || p.start > 0 && d.perBlock == 1 {
		return nil // the next marker is found by who looks for it
	}
	for _, c := range comps {
		if p.start == 0 && p.high == 0 && !c.dc.defined || (p.end > 0 || !d.header.Progressive) && !c.ac.defined {
			return fail(int64(at), ErrFormat, "scan without its Huffman table")
		}
	}
	return d.mcus(comps, p)
}

// scanComponents finds the components that a scan header names, and gives them their tables.
func (d *decoder) scanComponents(b []byte, at int) ([]*component, error) {
	var comps []*component
	blocks := 0
	for i := range int(b[0]) {
		j := slices.IndexFunc(d.comps, func(c component) bool { return c.id == b[1+2*i] })
		if j < 0 || b[2+2*i]>>4 > 3 || b[2+2*i]&15 > 3 {
			return nil, fail(int64(at), ErrFormat, "scan of unknown component or table")
		}
		c := &d.comps[j]
		if slices.Contains(comps, c) {
			return nil, fail(int64(at), ErrFormat, "component twice in a scan")
		}
		c.dc, c.ac, c.pred = &d.dcTables[b[2+2*i]>>4], &d.acTables[b[2+2*i]&15], 0
		comps = append(comps, c)
		blocks += c.h * c.v
	}
	if len(comps) > 1 && blocks > 10 {
		return nil, fail(int64(at), ErrFormat, "%d blocks in an MCU", blocks)
	}
	return comps, nil
}

// pass is which coefficients, and which of their bits, a scan holds.
type pass struct {
	start, end int
	high, low  uint
}

// mcus reads the MCUs of a scan.
func (d *decoder) mcus(comps []*component, p pass) error {
	single := len(comps) == 1
	mcuW, mcuH := d.mcuW, d.mcuH
	if single { // blocks of one component, without the padding to MCUs
		c := comps[0]
		mcuW = ((d.header.Width*c.h+d.hMax-1)/d.hMax + 7) / 8
		mcuH = ((d.header.Height*c.v+d.vMax-1)/d.vMax + 7) / 8
	}
	var first []*component // those of which this is the first scan
	for _, c := range comps {
		if !c.scanned {
			first = append(first, c)
		}
		c.scanned = true
	}
	left := d.interval
	for my := range mcuH {
		if err := d.cancelled(); err != nil {
			return err
		}
		for mx := range mcuW {
			if d.interval > 0 {
				if left == 0 {
					if !d.resume(comps) {
						return d.incomplete(my, "restart marker missing")
					}
					left = d.interval
				}
				left--
			}
			if !d.mcu(comps, mx, my, p) {
				return d.incomplete(my, "invalid code")
			}
			if d.overrun() {
				return d.incomplete(my, "data ends")
			}
		}
		for _, c := range first {
			if c.reached = my + 1; single {
				c.reached = (my + 1) / c.v
			}
		}
	}
	for _, c := range first {
		c.reached = d.mcuH
	}
	return nil
}

// resume goes on after a restart marker, from which nothing before counts.
func (d *decoder) resume(comps []*component) bool {
	d.eobRun = 0
	for _, c := range comps {
		c.pred = 0
	}
	return d.restart()
}

// mcu reads the blocks of an MCU: one of a component alone in its scan, else as many of each as its sampling says.
func (d *decoder) mcu(comps []*component, mx, my int, p pass) bool {
	if len(comps) == 1 {
		return d.block(comps[0], mx, my, p)
	}
	for _, c := range comps {
		for v := range c.v {
			for h := range c.h {
				if !d.block(c, mx*c.h+h, my*c.v+v, p) {
					return false
				}
			}
		}
	}
	return true
}

func (d *decoder) incomplete(row int, why string) error {
	return fail(int64(min(d.pos, len(d.data))), ErrTruncated, "%s in row %d of %d of blocks", why, row+1, d.mcuH)
}
