package jbig2

import "fmt"

// corner is the one of a symbol that its coordinates are (T.88, 6.4.2).
type corner uint8

const (
	bottomLeft corner = iota
	topLeft
	bottomRight
	topRight
)

// textRegion are the parameters of the text region decoding procedure (6.4).
type textRegion struct {
	w, h        int
	instances   int
	strips      int // height of one: 1, 2, 4 or 8
	logStrips   int
	huffman     bool
	refines     bool
	black       bool // the region is black before
	op          operator
	transposed  bool
	corner      corner
	offset      int // added to the gap between symbols
	symbols     []*bitmap
	refTemplate int
	refATs      []at
	codeBits    int
	huff        textTables
	ids         *table
}

// textTables are the Huffman tables of a text region.
type textTables struct{ fs, ds, dt, rdw, rdh, rdx, rdy, rsize *table }

// textContexts are the arithmetic contexts of a text region.
type textContexts struct {
	dt, fs, ds, it, ri, rdw, rdh, rdx, rdy intContexts
	id                                     []cxState
}

func newTextContexts(codeBits int) *textContexts {
	return &textContexts{id: make([]cxState, 1<<codeBits)}
}

// textDecoder decodes a text region.
type textDecoder struct {
	*decoder
	*textRegion
	a   *arith
	b   *bitReader
	cx  *textContexts
	ref []cxState
}

func (d *decoder) textRegion(t *textRegion, a *arith, b *bitReader, cx *textContexts, ref []cxState) (*bitmap, error) {
	td := &textDecoder{decoder: d, textRegion: t, a: a, b: b, cx: cx, ref: ref}
	if cx == nil {
		td.cx = &textContexts{}
	}
	return td.decode()
}

func (t *textDecoder) value(h *table, cx *intContexts) (int, bool, error) {
	if t.huffman {
		v, ok, err := h.read(t.b)
		return int(v), ok, err
	}
	v, ok := t.a.integer(cx)
	return int(v), ok, nil
}

// must is value, of which the one out of band is wrong.
func (t *textDecoder) must(h *table, cx *intContexts) (int, error) {
	v, ok, err := t.value(h, cx)
	if err == nil && !ok {
		err = fmt.Errorf("%w: value out of band in a text region", ErrFormat)
	}
	return v, err
}

func (t *textDecoder) decode() (*bitmap, error) {
	out, err := t.bitmap(t.w, t.h)
	if err != nil {
		return nil, err
	}
	if t.black {
		for i := range out.pix {
			out.pix[i] = 1
		}
	}
	v, err := t.must(t.huff.dt, &t.cx.dt)
	if err != nil {
		return nil, err
	}
	strip := -v * t.strips
	first := 0
	for n := 0; n < t.instances; {
		if v, err = t.must(t.huff.dt, &t.cx.dt); err != nil {
			return nil, err
		}
		strip = clampPlace(strip + v*t.strips)
		if v, err = t.must(t.huff.fs, &t.cx.fs); err != nil {
			return nil, err
		}
		first = clampPlace(first + v)
		s := first
		for {
			if err := t.charge(codeWork); err != nil {
				return nil, err
			}
			if s, err = t.instance(out, strip, s); err != nil {
				return nil, err
			}
			n++
			ds, ok, err := t.value(t.huff.ds, &t.cx.ds)
			if err != nil {
				if n == t.instances { // some encoders leave out what ends the last strip
					return out, nil
				}
				return nil, err
			}
			if !ok {
				break
			}
			if n >= t.instances {
				return out, nil
			}
			s = clampPlace(s + ds + t.offset)
		}
	}
	return out, nil
}

// clampPlace keeps coordinates, which add up, far from overflow: beyond any region they are as good as at its end.
func clampPlace(v int) int { return min(max(v, -1<<30), 1<<30) }

// instance draws a symbol of the strip at s, and returns where the next one's gap begins (6.4.5, 3 c).
func (t *textDecoder) instance(out *bitmap, strip, s int) (int, error) {
	cur := 0
	if t.strips > 1 {
		if t.huffman {
			v, err := t.b.bits(t.logStrips)
			if err != nil {
				return 0, err
			}
			cur = int(v)
		} else {
			v, ok := t.a.integer(&t.cx.it)
			if !ok {
				return 0, fmt.Errorf("%w: value out of band in a text region", ErrFormat)
			}
			cur = int(v)
		}
	}
	place := clampPlace(strip + cur)
	b, temporary, err := t.symbol()
	if err != nil {
		return 0, err
	}
	w, h := b.w, b.h
	switch {
	case !t.transposed && t.corner >= bottomRight:
		s += w - 1
	case t.transposed && (t.corner == bottomLeft || t.corner == bottomRight):
		s += h - 1
	}
	x, y := s, place
	if t.transposed {
		x, y = place, s
	}
	if t.corner == topRight || t.corner == bottomRight {
		x -= w - 1
	}
	if t.corner == bottomLeft || t.corner == bottomRight {
		y -= h - 1
	}
	if err := t.charge(int64(min(w, t.w)) * int64(min(h, t.h))); err != nil {
		return 0, err
	}
	out.draw(b, x, y, t.op)
	switch {
	case !t.transposed && t.corner <= topLeft:
		s += w - 1
	case t.transposed && (t.corner == topLeft || t.corner == topRight):
		s += h - 1
	}
	if temporary {
		t.release(b)
	}
	return s, nil
}

// symbol is the next instance's bitmap (6.4.11), temporary if it was made for it.
func (t *textDecoder) symbol() (b *bitmap, temporary bool, err error) {
	var id int
	refined := false
	if t.huffman {
		if id, err = t.ids.index(t.b); err != nil {
			return nil, false, err
		}
		if t.refines {
			v, err := t.b.bit()
			if err != nil {
				return nil, false, err
			}
			refined = v == 1
		}
	} else {
		id = t.a.id(t.cx.id, t.codeBits)
		if t.refines {
			v, ok := t.a.integer(&t.cx.ri)
			if !ok {
				return nil, false, fmt.Errorf("%w: value out of band in a text region", ErrFormat)
			}
			refined = v != 0
		}
	}
	if id >= len(t.symbols) || t.symbols[id] == nil {
		return nil, false, fmt.Errorf("%w: symbol %d of %d", ErrFormat, id, len(t.symbols))
	}
	if !refined {
		return t.symbols[id], false, nil
	}
	b, err = t.refinedSymbol(t.symbols[id])
	return b, true, err
}

func (t *textDecoder) refinedSymbol(from *bitmap) (*bitmap, error) {
	var v [4]int
	for i, f := range []struct {
		h  *table
		cx *intContexts
	}{{t.huff.rdw, &t.cx.rdw}, {t.huff.rdh, &t.cx.rdh}, {t.huff.rdx, &t.cx.rdx}, {t.huff.rdy, &t.cx.rdy}} {
		var err error
		if v[i], err = t.must(f.h, f.cx); err != nil {
			return nil, err
		}
	}
	r := refinement{
		w: clampPlace(from.w + v[0]), h: clampPlace(from.h + v[1]), template: t.refTemplate, ats: t.refATs, reference: from,
		dx: clampPlace(v[0]>>1 + v[2]), dy: clampPlace(v[1]>>1 + v[3]),
	}
	a := t.a
	if t.huffman {
		size, err := t.must(t.huff.rsize, nil)
		if err != nil {
			return nil, err
		}
		data, err := t.b.take(size)
		if err != nil {
			return nil, err
		}
		a = newArith(data)
	}
	return t.decoder.refine(a, t.ref, r)
}

// fixedIDs are symbols' codes that all have the same length.
func fixedIDs(n, length int) (*table, error) {
	lines := make([]line, n)
	for i := range lines {
		lines[i] = line{prefix: length, low: int32(i)}
	}
	return assign(lines)
}

// symbolIDs reads the codes of a text region's symbols, themselves coded by run lengths (7.4.3.1.7).
func symbolIDs(b *bitReader, n int) (*table, error) {
	runs := make([]line, 35)
	for i := range runs {
		v, err := b.bits(4)
		if err != nil {
			return nil, err
		}
		runs[i] = line{prefix: int(v), low: int32(i)}
	}
	codes, err := assign(runs)
	if err != nil {
		return nil, err
	}
	lines := make([]line, 0, n)
	for len(lines) < n {
		c, err := codes.index(b)
		if err != nil {
			return nil, err
		}
		length, count := c, 1
		if c >= 32 {
			extra := [3]struct{ bits, least int }{{2, 3}, {3, 3}, {7, 11}}[c-32]
			v, err := b.bits(extra.bits)
			if err != nil {
				return nil, err
			}
			length, count = 0, int(v)+extra.least
			if c == 32 {
				if len(lines) == 0 {
					return nil, fmt.Errorf("%w: the first symbol's code is that of the one before", ErrFormat)
				}
				length = lines[len(lines)-1].prefix
			}
		}
		if count > n-len(lines) {
			return nil, fmt.Errorf("%w: codes of more than %d symbols", ErrFormat, n)
		}
		for range count {
			lines = append(lines, line{prefix: length, low: int32(len(lines))})
		}
	}
	b.align()
	return assign(lines)
}

// text reads a text region segment (7.4.3).
func (d *decoder) text(s *segment) (*bitmap, regionInfo, error) {
	r := &byteReader{data: s.data}
	info := r.region()
	flags := r.u16()
	t := &textRegion{
		w: info.w, h: info.h, huffman: flags&1 != 0, refines: flags&2 != 0, logStrips: int(flags >> 2 & 3),
		corner: corner(flags >> 4 & 3), transposed: flags&0x40 != 0, op: operator(flags >> 7 & 3), black: flags&0x200 != 0,
		refTemplate: int(flags >> 15 & 1),
	}
	t.strips = 1 << t.logStrips
	if t.offset = int(flags >> 10 & 31); t.offset > 15 {
		t.offset -= 32
	}
	var pick uint16
	if t.huffman {
		pick = r.u16()
	}
	if t.refines && t.refTemplate == 0 {
		t.refATs = r.ats(2)
	}
	t.instances = r.count()
	if r.err != nil {
		return nil, info, r.err
	}
	t.symbols = d.inputSymbols(s)
	t.codeBits = bitsFor(len(t.symbols))
	ref := make([]cxState, 1<<refinementBits[t.refTemplate])
	if !t.huffman {
		b, err := d.textRegion(t, newArith(r.data), nil, newTextContexts(t.codeBits), ref)
		return b, info, err
	}
	c := d.tables(s)
	t.huff = textTables{
		fs: c.pick(int(pick&3), 6, 7), ds: c.pick(int(pick>>2&3), 8, 9, 10), dt: c.pick(int(pick>>4&3), 11, 12, 13),
		rdw: c.pick(int(pick>>6&3), 14, 15), rdh: c.pick(int(pick>>8&3), 14, 15), rdx: c.pick(int(pick>>10&3), 14, 15),
		rdy: c.pick(int(pick>>12&3), 14, 15), rsize: c.pickBit(int(pick>>14&1), 1),
	}
	if c.err != nil {
		return nil, info, c.err
	}
	bits := &bitReader{data: r.data}
	var err error
	if t.ids, err = symbolIDs(bits, len(t.symbols)); err != nil {
		return nil, info, err
	}
	b, err := d.textRegion(t, nil, bits, nil, ref)
	return b, info, err
}
