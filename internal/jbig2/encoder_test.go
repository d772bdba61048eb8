package jbig2

import "encoding/binary"

// mqEncoder is the arithmetic encoder of T.88's annex E, for tests.
type mqEncoder struct {
	a, c uint32
	ct   int
	out  []byte // the first byte is no data
}

func newMQEncoder() *mqEncoder { return &mqEncoder{a: 0x8000, ct: 12, out: []byte{0}} }

func (e *mqEncoder) bit(cx *cxState, bit int) {
	s := &steps[*cx]
	if bit == int(*cx&1) {
		e.a -= s.p
		if e.a&0x8000 != 0 {
			e.c += s.p
			return
		}
		if e.a < s.p {
			e.a = s.p
		} else {
			e.c += s.p
		}
		*cx = s.mps
	} else {
		e.a -= s.p
		if e.a < s.p {
			e.c += s.p
		} else {
			e.a = s.p
		}
		*cx = s.lps
	}
	for {
		e.a <<= 1
		e.c <<= 1
		if e.ct--; e.ct == 0 {
			e.byteOut()
		}
		if e.a&0x8000 != 0 {
			return
		}
	}
}

func (e *mqEncoder) byteOut() {
	last := &e.out[len(e.out)-1]
	if *last != 0xFF && e.c >= 0x8000000 {
		*last++
		e.c &= 0x7FFFFFF
	}
	if *last == 0xFF {
		e.out = append(e.out, byte(e.c>>20))
		e.c &= 0xFFFFF
		e.ct = 7
		return
	}
	e.out = append(e.out, byte(e.c>>19))
	e.c &= 0x7FFFF
	e.ct = 8
}

// bytes ends the code.
func (e *mqEncoder) bytes() []byte {
	t := e.c + e.a
	e.c |= 0xFFFF
	if e.c >= t {
		e.c -= 0x8000
	}
	e.c <<= e.ct
	e.byteOut()
	e.c <<= e.ct
	e.byteOut()
	if e.out[len(e.out)-1] != 0xFF {
		e.out = append(e.out, 0xFF)
	}
	return append(e.out[1:], 0xAC)
}

// encodeGeneric codes a bitmap as the data of a generic region.
func encodeGeneric(b *bitmap, template int, ats []at, typical bool) []byte {
	e := newMQEncoder()
	cx := make([]cxState, 1<<contextBits[template])
	white := make([]byte, b.w)
	g := generic{template: template, ats: ats}
	was := 0
	for y := range b.h {
		rows := [3][]byte{b.row(y, nil), b.row(y-1, white), b.row(y-2, white)}
		if typical {
			same := 0
			if string(rows[0]) == string(rows[1]) {
				same = 1
			}
			e.bit(&cx[typicalCx[template]], same^was)
			if was = same; same == 1 {
				continue
			}
		}
		for x := range b.w {
			c := 0
			for _, p := range templates[g.template] {
				if p.n == 0 {
					c = c<<1 | int(b.at(x+g.ats[p.at].x, y+g.ats[p.at].y))
				}
				for i := range p.n {
					c = c<<1 | pixel(rows[p.dy], x+p.x+i)
				}
			}
			e.bit(&cx[c], int(rows[0][x]))
		}
	}
	return e.bytes()
}

// encodeRefinement codes a bitmap by how it differs from another.
func encodeRefinement(b *bitmap, r refinement) []byte {
	e := newMQEncoder()
	cx := make([]cxState, 1<<refinementBits[r.template])
	was := 0
	for y := range b.h {
		like := 0
		if r.typical {
			like = 1
			for x := range b.w {
				if v, all := r.uniform(x, y); all && b.at(x, y) != v {
					like = 0
				}
			}
			e.bit(&cx[refinementTypical[r.template]], like^was)
			was = like
		}
		for x := range b.w {
			if like == 1 {
				if _, all := r.uniform(x, y); all {
					continue
				}
			}
			e.bit(&cx[r.context(b, x, y)], int(b.at(x, y)))
		}
	}
	return e.bytes()
}

// segmentOf writes a segment.
func segmentOf(number, kind int, refers []int, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(number))
	b = append(b, byte(kind), byte(len(refers)<<5))
	for _, r := range refers {
		b = append(b, byte(r))
	}
	b = append(b, 1)
	b = binary.BigEndian.AppendUint32(b, uint32(len(data)))
	return append(b, data...)
}

func words(v ...int) (b []byte) {
	for _, w := range v {
		b = binary.BigEndian.AppendUint32(b, uint32(w))
	}
	return b
}

func pageOf(w, h int) []byte { return segmentOf(1, kindPage, nil, append(words(w, h, 0, 0), 0, 0, 0)) }

func atBytes(ats []at) (b []byte) {
	for _, a := range ats {
		b = append(b, byte(a.x), byte(a.y))
	}
	return b
}

// genericOf writes a generic region segment.
func genericOf(number, kind int, b *bitmap, template int, ats []at, typical bool) []byte {
	flags := byte(template << 1)
	if typical {
		flags |= 8
	}
	data := append(words(b.w, b.h, 0, 0), 0, flags)
	data = append(data, atBytes(ats)...)
	return segmentOf(number, kind, nil, append(data, encodeGeneric(b, template, ats, typical)...))
}

// refinementOf writes a refinement region segment that refines another region, or the page.
func refinementOf(number int, refers []int, b *bitmap, r refinement) []byte {
	flags := byte(r.template)
	if r.typical {
		flags |= 2
	}
	data := append(words(b.w, b.h, 0, 0), byte(opReplace), flags)
	data = append(data, atBytes(r.ats)...)
	return segmentOf(number, kindRefinement+2, refers, append(data, encodeRefinement(b, r)...))
}

// fileOf makes a file of segments, as programs that don't read PDFs want it.
func fileOf(segments ...[]byte) []byte {
	b := []byte("\x97JB2\r\n\x1a\n\x01\x00\x00\x00\x01")
	for _, s := range segments {
		b = append(b, s...)
	}
	b = append(b, segmentOf(200, kindEndOfPage, nil, nil)...)
	return append(b, segmentOf(201, kindEndOfFile, nil, nil)...)
}
