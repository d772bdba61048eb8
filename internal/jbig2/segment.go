package jbig2

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

func be32(b []byte) uint32 { return binary.BigEndian.Uint32(b) }

// byteReader reads headers. Its first error stays.
type byteReader struct {
	data []byte
	err  error
}

func (r *byteReader) take(n int) []byte {
	if r.err != nil || len(r.data) < n {
		if r.err == nil {
			r.err = fmt.Errorf("%w: header", ErrTruncated)
		}
		return make([]byte, n)
	}
	b := r.data[:n]
	r.data = r.data[n:]
	return b
}

func (r *byteReader) u8() byte    { return r.take(1)[0] }
func (r *byteReader) u16() uint16 { return binary.BigEndian.Uint16(r.take(2)) }
func (r *byteReader) u32() uint32 { return be32(r.take(4)) }

// count reads a number of things, in the range of an int.
func (r *byteReader) count() int { return int(min(r.u32(), 1<<31-1)) }

// ats reads adaptive pixels. One that isn't decoded yet can't be part of a context.
func (r *byteReader) ats(n int) []at {
	out := make([]at, n)
	for i := range out {
		out[i] = at{int(int8(r.u8())), int(int8(r.u8()))}
	}
	return out
}

// regionInfo says where a region lies on its page (T.88, 7.4.1).
type regionInfo struct {
	w, h, x, y int
	op         operator
}

func (r *byteReader) region() regionInfo {
	i := regionInfo{w: r.count(), h: r.count(), x: int(int32(r.u32())), y: int(int32(r.u32()))}
	i.op = operator(min(r.u8()&7, byte(opReplace)))
	return i
}

// segment is one of the stream (7.2), and what it left for those that refer to it.
type segment struct {
	number     uint32
	kind       int
	refers     []uint32
	data       []byte
	dictionary *dictionary
	patterns   []*bitmap
	table      *table
	region     *bitmap
}

// Kinds of segments (7.3).
const (
	kindSymbols     = 0
	kindText        = 4 // intermediate; 6 and 7 are immediate
	kindPatterns    = 16
	kindHalftone    = 20
	kindGeneric     = 36
	kindRefinement  = 40
	kindPage        = 48
	kindEndOfPage   = 49
	kindEndOfStripe = 50
	kindEndOfFile   = 51
	kindTable       = 53
)

// maxRefers bounds the segments that one refers to.
const maxRefers = 1 << 12

// next reads a segment's header and data, and returns what follows.
func next(data []byte) (*segment, []byte, error) {
	r := &byteReader{data: data}
	s := &segment{number: r.u32()}
	flags := r.u8()
	s.kind = int(flags & 63)
	n := 0
	if c := r.u8(); c>>5 < 7 {
		n = int(c >> 5)
	} else { // the long form, with a bit for each of them
		long := uint32(c&31)<<24 | uint32(r.u8())<<16 | uint32(r.u8())<<8 | uint32(r.u8())
		if long > maxRefers {
			return nil, nil, fmt.Errorf("%w: segment refers to %d others", ErrFormat, long)
		}
		n = int(long)
		r.take((n + 8) / 8)
	}
	for range n {
		switch {
		case s.number <= 256:
			s.refers = append(s.refers, uint32(r.u8()))
		case s.number <= 65536:
			s.refers = append(s.refers, uint32(r.u16()))
		default:
			s.refers = append(s.refers, r.u32())
		}
	}
	if flags&0x40 != 0 {
		r.u32()
	} else {
		r.u8()
	}
	length := r.u32()
	if r.err != nil {
		return nil, nil, r.err
	}
	if length == 0xFFFFFFFF {
		var err error
		if length, err = unknownLength(s, r.data); err != nil {
			return nil, nil, err
		}
	}
	// A stream cut short still gives what it holds: decoders of arithmetic codes stop by themselves.
	k := min(int64(length), int64(len(r.data)))
	s.data = r.data[:k]
	return s, r.data[k:], nil
}

// unknownLength finds the end of a generic region whose length was not known when its header was written (7.2.7).
func unknownLength(s *segment, data []byte) (uint32, error) {
	const header = 18 // region information and flags
	if s.kind != kindGeneric+2 && s.kind != kindGeneric+3 || len(data) < header {
		return 0, fmt.Errorf("%w: segment of kind %d and unknown length", ErrFormat, s.kind)
	}
	end := []byte{0xFF, 0xAC}
	if data[17]&1 != 0 {
		end = []byte{0, 0}
	}
	i := bytes.Index(data[header:], end)
	if i < 0 || header+i+6 > len(data) {
		return 0, fmt.Errorf("%w: the end of a region isn't there", ErrTruncated)
	}
	// The number of rows that follows takes the place of the one in the header.
	rows := data[header+i+2:][:4]
	if be32(rows) < be32(data[4:]) {
		patched := bytes.Clone(data[:header+i+6])
		copy(patched[4:], rows)
		copy(data, patched)
	}
	return uint32(header + i + 6), nil
}

// inputSymbols are those of the dictionaries that a segment refers to, in order.
func (d *decoder) inputSymbols(s *segment) []*bitmap {
	var out []*bitmap
	for _, ref := range s.refers {
		if r := d.segments[ref]; r != nil && r.dictionary != nil && len(out) <= maxSymbols {
			out = append(out, r.dictionary.symbols...)
		}
	}
	return out
}

func (d *decoder) lastDictionary(s *segment) *dictionary {
	for i := len(s.refers) - 1; i >= 0; i-- {
		if r := d.segments[s.refers[i]]; r != nil && r.dictionary != nil {
			return r.dictionary
		}
	}
	return nil
}

// tablePicker hands out Huffman tables: standard ones, or those that the segment refers to, one after the other.
type tablePicker struct {
	own []*table
	err error
}

func (d *decoder) tables(s *segment) *tablePicker {
	p := &tablePicker{}
	for _, ref := range s.refers {
		if r := d.segments[ref]; r != nil && r.table != nil {
			p.own = append(p.own, r.table)
		}
	}
	return p
}

// pick gives the standard table that a selector stands for; 3 is one of the segment's own.
func (p *tablePicker) pick(selector int, numbers ...int) *table {
	if selector < len(numbers) {
		return standard[numbers[selector]]
	}
	if selector != 3 || len(p.own) == 0 {
		if p.err == nil {
			p.err = fmt.Errorf("%w: Huffman table %d, of which there is none", ErrFormat, selector)
		}
		return standard[1]
	}
	t := p.own[0]
	p.own = p.own[1:]
	return t
}

// pickBit is pick for a selector of one bit.
func (p *tablePicker) pickBit(selector, number int) *table {
	if selector == 1 {
		selector = 3
	}
	return p.pick(selector, number)
}
