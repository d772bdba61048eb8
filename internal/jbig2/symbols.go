package jbig2

import "fmt"

// dictionary is a symbol dictionary segment, and what a later one may go on with.
type dictionary struct {
	symbols  []*bitmap
	contexts []cxState // of the bitmaps, if they are kept
	refined  []cxState
}

// symbolFlags are those of a symbol dictionary segment (T.88, 7.4.2).
type symbolFlags struct {
	huffman, refAgg  bool
	template         int
	refTemplate      int
	reuse, keep      bool
	ats, refATs      []at
	exported, fresh  int
	height, width    *table
	size, aggregates *table
}

const maxSymbols = 1 << 20

// symbolDecoder decodes the new symbols of a dictionary (6.5).
type symbolDecoder struct {
	*decoder
	f        symbolFlags
	in       []*bitmap
	new      []*bitmap
	a        *arith
	b        *bitReader
	cx, ref  []cxState
	dh, dw   intContexts
	ex, agg  intContexts
	text     *textContexts
	codeBits int
}

func (d *decoder) symbolDictionary(s *segment) error {
	f, data, err := d.symbolHeader(s)
	if err != nil {
		return err
	}
	in := d.inputSymbols(s)
	if len(in)+f.fresh > maxSymbols || f.exported > maxSymbols {
		return fmt.Errorf("%w: %d symbols", ErrFormat, len(in)+f.fresh)
	}
	sd := &symbolDecoder{decoder: d, f: f, in: in, cx: make([]cxState, 1<<contextBits[f.template]),
		ref: make([]cxState, 1<<refinementBits[f.refTemplate])}
	if f.reuse {
		last := d.lastDictionary(s)
		if last == nil || len(last.contexts) != len(sd.cx) && !f.huffman || f.refAgg && len(last.refined) != len(sd.ref) {
			return fmt.Errorf("%w: contexts of a dictionary that kept none", ErrFormat)
		}
		copy(sd.cx, last.contexts)
		copy(sd.ref, last.refined)
	}
	sd.codeBits = bitsFor(len(in) + f.fresh)
	if f.huffman {
		sd.b = &bitReader{data: data}
		sd.codeBits = max(1, sd.codeBits)
	} else {
		sd.a = newArith(data)
	}
	if f.refAgg {
		sd.text = newTextContexts(sd.codeBits)
	}
	if err := sd.decode(); err != nil {
		return err
	}
	out := &dictionary{}
	if out.symbols, err = sd.export(); err != nil {
		return err
	}
	if f.keep {
		out.contexts, out.refined = sd.cx, sd.ref
	}
	s.dictionary = out
	return nil
}

func (d *decoder) symbolHeader(s *segment) (f symbolFlags, data []byte, err error) {
	r := &byteReader{data: s.data}
	flags := r.u16()
	f = symbolFlags{huffman: flags&1 != 0, refAgg: flags&2 != 0, reuse: flags&0x100 != 0, keep: flags&0x200 != 0,
		template: int(flags >> 10 & 3), refTemplate: int(flags >> 12 & 1)}
	if !f.huffman {
		f.ats = r.ats(atCount[f.template])
	}
	if f.refAgg && f.refTemplate == 0 {
		f.refATs = r.ats(2)
	}
	f.exported, f.fresh = r.count(), r.count()
	if r.err != nil {
		return f, nil, r.err
	}
	if f.huffman {
		c := d.tables(s)
		f.height = c.pick(int(flags>>2&3), 4, 5)
		f.width = c.pick(int(flags>>4&3), 2, 3)
		f.size = c.pickBit(int(flags>>6&1), 1)
		f.aggregates = c.pickBit(int(flags>>7&1), 1)
		if c.err != nil {
			return f, nil, c.err
		}
	}
	return f, r.data, nil
}

// value reads an integer by Huffman's table or arithmetic contexts.
func (sd *symbolDecoder) value(t *table, cx *intContexts) (int32, bool, error) {
	if sd.f.huffman {
		return t.read(sd.b)
	}
	v, ok := sd.a.integer(cx)
	return v, ok, nil
}

// decode reads the height classes.
func (sd *symbolDecoder) decode() error {
	height := 0
	for len(sd.new) < sd.f.fresh {
		dh, ok, err := sd.value(sd.f.height, &sd.dh)
		if err != nil {
			return err
		}
		if height += int(dh); !ok || height < 0 || height > maxSide {
			return fmt.Errorf("%w: symbols %d pixels high", ErrFormat, height)
		}
		if err := sd.heightClass(height); err != nil {
			return err
		}
		if err := sd.charge(codeWork); err != nil { // classes without a symbol end too
			return err
		}
	}
	return nil
}

func (sd *symbolDecoder) heightClass(height int) error {
	width, totalWidth := 0, 0
	var widths []int // of symbols that one bitmap holds
	collective := sd.f.huffman && !sd.f.refAgg
	for {
		dw, ok, err := sd.value(sd.f.width, &sd.dw)
		if err != nil {
			return err
		}
		if !ok {
			break
		}
		if width += int(dw); width < 0 || width > maxSide {
			return fmt.Errorf("%w: symbol %d pixels wide", ErrFormat, width)
		}
		if len(sd.new)+len(widths) >= sd.f.fresh {
			return fmt.Errorf("%w: more symbols than the %d said", ErrFormat, sd.f.fresh)
		}
		if collective {
			widths = append(widths, width)
			if totalWidth += width; totalWidth > maxSide {
				return fmt.Errorf("%w: symbols %d pixels wide together", ErrFormat, totalWidth)
			}
			continue
		}
		if err := sd.charge(codeWork); err != nil {
			return err
		}
		b, err := sd.symbol(width, height)
		if err != nil {
			return err
		}
		sd.new = append(sd.new, b)
	}
	if !collective || len(widths) == 0 {
		return nil
	}
	return sd.collective(widths, totalWidth, height)
}

// symbol decodes one (6.5.8).
func (sd *symbolDecoder) symbol(w, h int) (*bitmap, error) {
	if !sd.f.refAgg {
		return sd.generic(sd.a, sd.cx, generic{w: w, h: h, template: sd.f.template, ats: sd.f.ats})
	}
	n, ok, err := sd.value(sd.f.aggregates, &sd.agg)
	switch {
	case err != nil:
		return nil, err
	case !ok || n < 1:
		return nil, fmt.Errorf("%w: symbol made of %d", ErrFormat, n)
	case n == 1:
		return sd.refined(w, h)
	}
	t := textRegion{
		w: w, h: h, instances: int(n), strips: 1, huffman: sd.f.huffman, refines: true, symbols: sd.all(), corner: topLeft,
		op: opOr, refTemplate: sd.f.refTemplate, refATs: sd.f.refATs, codeBits: sd.codeBits,
	}
	if sd.f.huffman {
		if err := sd.charge(int64(len(t.symbols))); err != nil {
			return nil, err
		}
		t.huff = textTables{fs: standard[6], ds: standard[8], dt: standard[11], rdw: standard[15], rdh: standard[15],
			rdx: standard[15], rdy: standard[15], rsize: standard[1]}
		if t.ids, err = fixedIDs(len(t.symbols), sd.codeBits); err != nil {
			return nil, err
		}
	}
	return sd.textRegion(&t, sd.a, sd.b, sd.text, sd.ref)
}

// all are the symbols that there are so far.
func (sd *symbolDecoder) all() []*bitmap { return append(sd.in[:len(sd.in):len(sd.in)], sd.new...) }

func (sd *symbolDecoder) known(id int) (*bitmap, error) {
	switch {
	case id < 0 || id >= len(sd.in)+len(sd.new):
		return nil, fmt.Errorf("%w: symbol %d of %d", ErrFormat, id, len(sd.in)+len(sd.new))
	case id < len(sd.in):
		return sd.in[id], nil
	}
	return sd.new[id-len(sd.in)], nil
}

// refined decodes a symbol that is another one refined (6.5.8.2.2).
func (sd *symbolDecoder) refined(w, h int) (*bitmap, error) {
	r := refinement{w: w, h: h, template: sd.f.refTemplate, ats: sd.f.refATs}
	if !sd.f.huffman {
		id := sd.a.id(sd.text.id, sd.codeBits)
		dx, ok1 := sd.a.integer(&sd.text.rdx)
		dy, ok2 := sd.a.integer(&sd.text.rdy)
		b, err := sd.known(id)
		if err != nil || !ok1 || !ok2 {
			return nil, fmt.Errorf("%w: refined symbol", ErrFormat)
		}
		r.reference, r.dx, r.dy = b, int(dx), int(dy)
		return sd.refine(sd.a, sd.ref, r)
	}
	id, err := sd.b.bits(sd.codeBits)
	if err != nil {
		return nil, err
	}
	var v [3]int32
	for i, t := range []*table{standard[15], standard[15], standard[1]} {
		if v[i], _, err = t.read(sd.b); err != nil {
			return nil, err
		}
	}
	b, err := sd.known(int(id))
	if err != nil {
		return nil, err
	}
	data, err := sd.b.take(int(v[2]))
	if err != nil {
		return nil, err
	}
	r.reference, r.dx, r.dy = b, int(v[0]), int(v[1])
	return sd.refine(newArith(data), sd.ref, r)
}

// collective decodes the bitmap of a height class and cuts it into symbols (6.5.9).
func (sd *symbolDecoder) collective(widths []int, w, h int) error {
	size, ok, err := sd.f.size.read(sd.b)
	if err != nil || !ok {
		return fmt.Errorf("%w: size of a height class", ErrFormat)
	}
	var all *bitmap
	if size == 0 {
		all, err = sd.plain(w, h)
	} else {
		var data []byte
		if data, err = sd.b.take(int(size)); err == nil {
			all, _, err = sd.mmr(data, w, h)
		}
	}
	if err != nil {
		return err
	}
	x := 0
	for _, width := range widths {
		b, err := sd.bitmap(width, h)
		if err != nil {
			return err
		}
		b.draw(all, -x, 0, opReplace)
		sd.new = append(sd.new, b)
		x += width
	}
	sd.release(all)
	return nil
}

// plain reads a bitmap that isn't compressed.
func (sd *symbolDecoder) plain(w, h int) (*bitmap, error) {
	stride := (w + 7) / 8
	data, err := sd.b.take(stride * h)
	if err != nil {
		return nil, err
	}
	b, err := sd.bitmap(w, h)
	if err != nil {
		return nil, err
	}
	for y := range h {
		row := b.row(y, nil)
		for x := range row {
			row[x] = data[y*stride+x>>3] >> (7 - x&7) & 1
		}
	}
	return b, nil
}

// export picks the symbols that the dictionary hands on (6.5.10).
func (sd *symbolDecoder) export() ([]*bitmap, error) {
	all := sd.all()
	out := make([]*bitmap, 0, min(sd.f.exported, len(all)))
	exported := false
	idle := 0
	for i := 0; i < len(all); {
		n, ok, err := sd.value(standard[1], &sd.ex)
		if err != nil {
			return nil, err
		}
		if !ok || n < 0 || int(n) > len(all)-i {
			return nil, fmt.Errorf("%w: run of %d exported symbols", ErrFormat, n)
		}
		if n > 0 {
			idle = 0
		} else if idle++; idle > 4 {
			return nil, fmt.Errorf("%w: empty runs of exported symbols", ErrFormat)
		}
		if exported {
			out = append(out, all[i:i+int(n)]...)
		}
		i += int(n)
		exported = !exported
	}
	if len(out) != sd.f.exported {
		return nil, fmt.Errorf("%w: %d symbols exported, %d said", ErrFormat, len(out), sd.f.exported)
	}
	return out, nil
}
