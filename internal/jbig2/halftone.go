package jbig2

import "fmt"

// patternDictionary reads a pattern dictionary segment (T.88, 6.7 and 7.4.4).
func (d *decoder) patternDictionary(s *segment) error {
	r := &byteReader{data: s.data}
	flags := r.u8()
	w, h, most := int(r.u8()), int(r.u8()), r.count()
	if r.err != nil {
		return r.err
	}
	if w == 0 || h == 0 || most >= maxSymbols || (most+1)*w > 1<<24 {
		return fmt.Errorf("%w: %d patterns of %dx%d pixels", ErrFormat, most, w, h)
	}
	// All patterns are one bitmap, which may be wider than any page.
	all, err := d.wide((most+1)*w, h, func(width int) (*bitmap, error) {
		if flags&1 != 0 {
			b, _, err := d.mmr(r.data, width, h)
			return b, err
		}
		template := int(flags >> 1 & 3)
		ats := []at{{-w, 0}, {-3, -1}, {2, -2}, {-2, -2}}[:atCount[template]]
		return d.generic(newArith(r.data), make([]cxState, 1<<contextBits[template]),
			generic{w: width, h: h, template: template, ats: ats})
	})
	if err != nil {
		return err
	}
	s.patterns = make([]*bitmap, most+1)
	for i := range s.patterns {
		b, err := d.bitmap(w, h)
		if err != nil {
			return err
		}
		b.draw(all, -i*w, 0, opReplace)
		s.patterns[i] = b
	}
	d.release(all)
	return nil
}

// wide decodes a bitmap whose width only its kind bounds.
func (d *decoder) wide(w, h int, decode func(w int) (*bitmap, error)) (*bitmap, error) {
	if w > maxSide {
		return nil, fmt.Errorf("%w: bitmap of %dx%d pixels", ErrUnsupported, w, h)
	}
	return decode(w)
}

// halftone are the parameters of the halftone region decoding procedure (6.6).
type halftone struct {
	w, h       int
	mmr, skip  bool
	template   int
	op         operator
	black      bool
	gw, gh     int // of the grid
	gx, gy     int // its corner, in 256ths of a pixel
	rx, ry     int // its vector
	patterns   []*bitmap
	patW, patH int
	planeBits  int
	skipped    *bitmap
	values     []uint32
	arith      *arith
	contexts   []cxState
	data       []byte
}

// halftone reads a halftone region segment (7.4.5).
func (d *decoder) halftone(s *segment) (*bitmap, regionInfo, error) {
	r := &byteReader{data: s.data}
	info := r.region()
	flags := r.u8()
	t := &halftone{
		w: info.w, h: info.h, mmr: flags&1 != 0, template: int(flags >> 1 & 3), skip: flags&8 != 0,
		op: operator(flags >> 4 & 7), black: flags&0x80 != 0,
	}
	t.gw, t.gh = r.count(), r.count()
	t.gx, t.gy = int(int32(r.u32())), int(int32(r.u32()))
	t.rx, t.ry = int(r.u16()), int(r.u16())
	if r.err != nil {
		return nil, info, r.err
	}
	t.data = r.data
	for _, ref := range s.refers {
		if p := d.segments[ref]; p != nil && p.patterns != nil {
			t.patterns = p.patterns
		}
	}
	if len(t.patterns) == 0 {
		return nil, info, fmt.Errorf("%w: halftone region without patterns", ErrFormat)
	}
	if t.gw > maxSide || t.gh > maxSide {
		return nil, info, fmt.Errorf("%w: halftone grid of %dx%d", ErrFormat, t.gw, t.gh)
	}
	t.patW, t.patH, t.planeBits = t.patterns[0].w, t.patterns[0].h, bitsFor(len(t.patterns))
	b, err := d.drawHalftone(t)
	return b, info, err
}

// place is where a pattern of the grid goes.
func (t *halftone) place(m, n int) (x, y int) {
	return (t.gx + m*t.ry + n*t.rx) >> 8, (t.gy + m*t.rx - n*t.ry) >> 8
}

func (d *decoder) drawHalftone(t *halftone) (*bitmap, error) {
	out, err := d.bitmap(t.w, t.h)
	if err != nil {
		return nil, err
	}
	if t.black {
		for i := range out.pix {
			out.pix[i] = 1
		}
	}
	if err := d.grayValues(t); err != nil {
		return nil, err
	}
	for m := range t.gh {
		if err := d.charge(int64(t.gw) * int64(min(t.patW, t.w)) * int64(min(t.patH, t.h))); err != nil {
			return nil, err
		}
		for n := range t.gw {
			x, y := t.place(m, n)
			v := min(int(t.values[m*t.gw+n]), len(t.patterns)-1)
			out.draw(t.patterns[v], x, y, t.op)
		}
	}
	return out, nil
}

// grayValues decodes the planes of the grid's values (annex C).
func (d *decoder) grayValues(t *halftone) error {
	if d.left.memory -= 4 * int64(t.gw) * int64(t.gh); d.left.memory < 0 {
		return errBudget
	}
	t.values = make([]uint32, t.gw*t.gh)
	if t.skip {
		skipped, err := d.bitmap(t.gw, t.gh)
		if err != nil {
			return err
		}
		for m := range t.gh {
			for n := range t.gw {
				if x, y := t.place(m, n); x+t.patW <= 0 || x >= t.w || y+t.patH <= 0 || y >= t.h {
					skipped.pix[m*t.gw+n] = 1
				}
			}
		}
		t.skipped = skipped
	}
	if !t.mmr {
		t.arith, t.contexts = newArith(t.data), make([]cxState, 1<<contextBits[t.template])
	}
	var last *bitmap
	for range t.planeBits {
		p, err := d.plane(t)
		if err != nil {
			return err
		}
		for i := range p.pix {
			if last != nil {
				p.pix[i] ^= last.pix[i]
			}
			t.values[i] = t.values[i]<<1 | uint32(p.pix[i])
		}
		if last != nil {
			d.release(last)
		}
		last = p
	}
	return nil
}

func (d *decoder) plane(t *halftone) (*bitmap, error) {
	if t.mmr {
		b, used, err := d.mmr(t.data, t.gw, t.gh)
		if err == nil {
			t.data = t.data[used:]
		}
		return b, err
	}
	ats := []at{{3, -1}, {-3, -1}, {2, -2}, {-2, -2}}[:atCount[t.template]]
	if t.template > 1 {
		ats = []at{{2, -1}}
	}
	return d.generic(t.arith, t.contexts, generic{w: t.gw, h: t.gh, template: t.template, ats: ats, skip: t.skipped})
}
