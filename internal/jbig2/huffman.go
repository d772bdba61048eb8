package jbig2

import (
	"fmt"
	"math/bits"
)

// bitReader reads bits, the most significant first.
type bitReader struct {
	data []byte
	pos  int // in bits
}

func (r *bitReader) bit() (uint32, error) {
	i := r.pos >> 3
	if i >= len(r.data) {
		return 0, fmt.Errorf("%w: Huffman codes", ErrTruncated)
	}
	v := r.data[i] >> (7 - r.pos&7) & 1
	r.pos++
	return uint32(v), nil
}

func (r *bitReader) bits(n int) (v uint32, err error) {
	for range n {
		b, err := r.bit()
		if err != nil {
			return 0, err
		}
		v = v<<1 | b
	}
	return v, nil
}

func (r *bitReader) align() { r.pos = (r.pos + 7) &^ 7 }

// take returns the next n bytes from a byte's start.
func (r *bitReader) take(n int) ([]byte, error) {
	r.align()
	at := r.pos / 8
	if n < 0 || n > len(r.data)-at {
		return nil, fmt.Errorf("%w: %d bytes of a bitmap", ErrTruncated, n)
	}
	r.pos += 8 * n
	return r.data[at : at+n], nil
}

// line is one of a Huffman table (T.88, annex B): a prefix, and the bits that follow it.
type line struct {
	prefix  int // length
	extra   int // bits
	low     int32
	lower   bool // the extra bits are subtracted
	outside bool // the value out of band
}

// table is a Huffman table, its lines in the order of their codes: those of one length follow each other.
type table struct {
	lines  []line
	first  [maxPrefix + 1]uint32 // code of each length
	start  [maxPrefix + 1]int    // its line
	counts [maxPrefix + 1]int
}

const maxPrefix = 32

// assign gives the prefixes their codes (B.3).
func assign(lines []line) (*table, error) {
	t := &table{lines: make([]line, 0, len(lines))}
	for _, l := range lines {
		if l.prefix < 0 || l.prefix > maxPrefix {
			return nil, fmt.Errorf("%w: Huffman code of %d bits", ErrFormat, l.prefix)
		}
		t.counts[l.prefix]++
	}
	t.counts[0] = 0 // never used
	var code uint64
	for length := 1; length <= maxPrefix; length++ {
		code = (code + uint64(t.counts[length-1])) << 1
		if t.counts[length] == 0 {
			continue
		}
		if code+uint64(t.counts[length]) > 1<<length {
			return nil, fmt.Errorf("%w: Huffman codes of %d bits overflow", ErrFormat, length)
		}
		t.first[length], t.start[length] = uint32(code), len(t.lines)
		for _, l := range lines {
			if l.prefix == length {
				t.lines = append(t.lines, l)
			}
		}
	}
	return t, nil
}

// read decodes a value; not ok is the one out of band.
func (t *table) read(r *bitReader) (v int32, ok bool, err error) {
	code := uint32(0)
	for length := 1; length <= maxPrefix; length++ {
		b, err := r.bit()
		if err != nil {
			return 0, false, err
		}
		code = code<<1 | b
		i := int64(code) - int64(t.first[length])
		if i < 0 || i >= int64(t.counts[length]) {
			continue
		}
		l := &t.lines[t.start[length]+int(i)]
		if l.outside {
			return 0, false, nil
		}
		e, err := r.bits(l.extra)
		if err != nil {
			return 0, false, err
		}
		sum := int64(l.low) + int64(e)
		if l.lower {
			sum = int64(l.low) - int64(e)
		}
		return int32(min(max(sum, -1<<31), 1<<31-1)), true, nil
	}
	return 0, false, fmt.Errorf("%w: no such Huffman code", ErrFormat)
}

// index is the number of the code that follows, of a table whose values are its lines' numbers.
func (t *table) index(r *bitReader) (int, error) {
	v, ok, err := t.read(r)
	if err == nil && !ok {
		err = fmt.Errorf("%w: value out of band for a symbol", ErrFormat)
	}
	return int(v), err
}

// standard are the tables B.1 to B.15, in the notation of standardLines.
var standard = func() [16]*table {
	var t [16]*table
	for i, lines := range standardLines {
		assigned, err := assign(lines)
		if err != nil {
			panic(err) // the tables below are the norm's
		}
		t[i] = assigned
	}
	return t
}()

// Short forms of lines: a range, a lower and an upper range without end, and the value out of band.
func r(prefix, extra int, low int32) line { return line{prefix: prefix, extra: extra, low: low} }
func lo(prefix int, high int32) line      { return line{prefix: prefix, extra: 32, low: high, lower: true} }
func hi(prefix int, low int32) line       { return line{prefix: prefix, extra: 32, low: low} }
func oob(prefix int) line                 { return line{prefix: prefix, outside: true} }

var standardLines = [16][]line{
	1: {r(1, 4, 0), r(2, 8, 16), r(3, 16, 272), hi(3, 65808)},
	2: {r(1, 0, 0), r(2, 0, 1), r(3, 0, 2), r(4, 3, 3), r(5, 6, 11), hi(6, 75), oob(6)},
	3: {r(8, 8, -256), r(1, 0, 0), r(2, 0, 1), r(3, 0, 2), r(4, 3, 3), r(5, 6, 11), lo(8, -257), hi(7, 75), oob(6)},
	4: {r(1, 0, 1), r(2, 0, 2), r(3, 0, 3), r(4, 3, 4), r(5, 6, 12), hi(5, 76)},
	5: {r(7, 8, -255), r(1, 0, 1), r(2, 0, 2), r(3, 0, 3), r(4, 3, 4), r(5, 6, 12), lo(7, -256), hi(6, 76)},
	6: {r(5, 10, -2048), r(4, 9, -1024), r(4, 8, -512), r(4, 7, -256), r(5, 6, -128), r(5, 5, -64), r(4, 5, -32),
		r(2, 7, 0), r(3, 7, 128), r(3, 8, 256), r(4, 9, 512), r(4, 10, 1024), lo(6, -2049), hi(6, 2048)},
	7: {r(4, 9, -1024), r(3, 8, -512), r(4, 7, -256), r(5, 6, -128), r(5, 5, -64), r(4, 5, -32), r(4, 5, 0), r(5, 5, 32),
		r(5, 6, 64), r(4, 7, 128), r(3, 8, 256), r(3, 9, 512), r(3, 10, 1024), lo(5, -1025), hi(5, 2048)},
	8: {r(8, 3, -15), r(9, 1, -7), r(8, 1, -5), r(9, 0, -3), r(7, 0, -2), r(4, 0, -1), r(2, 1, 0), r(5, 0, 2), r(6, 0, 3),
		r(3, 4, 4), r(6, 1, 20), r(4, 4, 22), r(4, 5, 38), r(5, 6, 70), r(5, 7, 134), r(6, 7, 262), r(7, 8, 390),
		r(6, 10, 646), lo(9, -16), hi(9, 1670), oob(2)},
	9: {r(8, 4, -31), r(9, 2, -15), r(8, 2, -11), r(9, 1, -7), r(7, 1, -5), r(4, 1, -3), r(3, 1, -1), r(3, 1, 1),
		r(5, 1, 3), r(6, 1, 5), r(3, 5, 7), r(6, 2, 39), r(4, 5, 43), r(4, 6, 75), r(5, 7, 139), r(5, 8, 267), r(6, 8, 523),
		r(7, 9, 779), r(6, 11, 1291), lo(9, -32), hi(9, 3339), oob(2)},
	10: {r(7, 4, -21), r(8, 0, -5), r(7, 0, -4), r(5, 0, -3), r(2, 2, -2), r(5, 0, 2), r(6, 0, 3), r(7, 0, 4), r(8, 0, 5),
		r(2, 6, 6), r(5, 5, 70), r(6, 5, 102), r(6, 6, 134), r(6, 7, 198), r(6, 8, 326), r(6, 9, 582), r(6, 10, 1094),
		r(7, 11, 2118), lo(8, -22), hi(8, 4166), oob(2)},
	11: {r(1, 0, 1), r(2, 1, 2), r(4, 0, 4), r(4, 1, 5), r(5, 1, 7), r(5, 2, 9), r(6, 2, 13), r(7, 2, 17), r(7, 3, 21),
		r(7, 4, 29), r(7, 5, 45), r(7, 6, 77), hi(7, 141)},
	12: {r(1, 0, 1), r(2, 0, 2), r(3, 1, 3), r(5, 0, 5), r(5, 1, 6), r(6, 1, 8), r(7, 0, 10), r(7, 1, 11), r(7, 2, 13),
		r(7, 3, 17), r(7, 4, 25), r(8, 5, 41), hi(8, 73)},
	13: {r(1, 0, 1), r(3, 0, 2), r(4, 0, 3), r(5, 0, 4), r(4, 1, 5), r(3, 3, 7), r(6, 1, 15), r(6, 2, 17), r(6, 3, 21),
		r(6, 4, 29), r(6, 5, 45), r(7, 6, 77), hi(7, 141)},
	14: {r(3, 0, -2), r(3, 0, -1), r(1, 0, 0), r(3, 0, 1), r(3, 0, 2)},
	15: {r(7, 4, -24), r(6, 2, -8), r(5, 1, -4), r(4, 0, -2), r(3, 0, -1), r(1, 0, 0), r(3, 0, 1), r(4, 0, 2), r(5, 1, 3),
		r(6, 2, 5), r(7, 4, 9), lo(7, -25), hi(7, 25)},
}

// custom reads a table segment (B.2).
func custom(data []byte) (*table, error) {
	if len(data) < 9 {
		return nil, fmt.Errorf("%w: table of %d bytes", ErrTruncated, len(data))
	}
	flags := data[0]
	low, high := int64(int32(be32(data[1:]))), int64(int32(be32(data[5:])))
	prefixBits, extraBits := int(flags>>1&7)+1, int(flags>>4&7)+1
	b := &bitReader{data: data, pos: 72}
	var lines []line
	at := low
	for at < high {
		if len(lines) > 1<<16 {
			return nil, fmt.Errorf("%w: table of more than %d lines", ErrFormat, 1<<16)
		}
		p, err := b.bits(prefixBits)
		if err != nil {
			return nil, err
		}
		e, err := b.bits(extraBits)
		if err != nil {
			return nil, err
		}
		if e > 32 {
			return nil, fmt.Errorf("%w: %d bits after a prefix", ErrFormat, e)
		}
		lines = append(lines, r(int(p), int(e), int32(at)))
		at += 1 << e
	}
	for _, l := range []line{lo(0, int32(max(low-1, -1<<31))), hi(0, int32(min(at, 1<<31-1))), oob(0)} {
		if l.outside && flags&1 == 0 {
			break
		}
		p, err := b.bits(prefixBits)
		if err != nil {
			return nil, err
		}
		l.prefix = int(p)
		lines = append(lines, l)
	}
	return assign(lines)
}

// bitsFor is the number of bits that number n things.
func bitsFor(n int) int {
	if n <= 1 {
		return 0
	}
	return bits.Len(uint(n - 1))
}
