package jbig2

// qe is a row of the probability estimation (T.88, table E.1).
type qe struct {
	p          uint32
	mps, lps   uint8
	switchFlag uint8
}

var qeTable = [47]qe{
	{0x5601, 1, 1, 1}, {0x3401, 2, 6, 0}, {0x1801, 3, 9, 0}, {0x0AC1, 4, 12, 0}, {0x0521, 5, 29, 0}, {0x0221, 38, 33, 0},
	{0x5601, 7, 6, 1}, {0x5401, 8, 14, 0}, {0x4801, 9, 14, 0}, {0x3801, 10, 14, 0}, {0x3001, 11, 17, 0},
	{0x2401, 12, 18, 0},
	{0x1C01, 13, 20, 0}, {0x1601, 29, 21, 0}, {0x5601, 15, 14, 1}, {0x5401, 16, 14, 0}, {0x5101, 17, 15, 0},
	{0x4801, 18, 16, 0},
	{0x3801, 19, 17, 0}, {0x3401, 20, 18, 0}, {0x3001, 21, 19, 0}, {0x2801, 22, 19, 0}, {0x2401, 23, 20, 0},
	{0x2201, 24, 21, 0},
	{0x1C01, 25, 22, 0}, {0x1801, 26, 23, 0}, {0x1601, 27, 24, 0}, {0x1401, 28, 25, 0}, {0x1201, 29, 26, 0},
	{0x1101, 30, 27, 0},
	{0x0AC1, 31, 28, 0}, {0x09C1, 32, 29, 0}, {0x08A1, 33, 30, 0}, {0x0521, 34, 31, 0}, {0x0441, 35, 32, 0},
	{0x02A1, 36, 33, 0},
	{0x0221, 37, 34, 0}, {0x0141, 38, 35, 0}, {0x0111, 39, 36, 0}, {0x0085, 40, 37, 0}, {0x0049, 41, 38, 0},
	{0x0025, 42, 39, 0},
	{0x0015, 43, 40, 0}, {0x0009, 44, 41, 0}, {0x0005, 45, 42, 0}, {0x0001, 45, 43, 0}, {0x5601, 46, 46, 0},
}

// cxState is the state of one: the row of the table in the upper bits, the more probable symbol in bit 0.
type cxState = uint8

// step is what a context becomes, worked out once: the interval of the less probable symbol, and the states after
// either.
type step struct {
	p        uint32
	mps, lps cxState
}

var steps = func() (s [94]step) {
	for i, q := range qeTable {
		for bit := range uint8(2) {
			s[2*i+int(bit)] = step{q.p, q.mps<<1 | bit, q.lps<<1 | (bit ^ q.switchFlag)}
		}
	}
	return s
}()

// arith is the arithmetic decoder (T.88, annex E). Past its data it reads ones for ever, as the norm says: callers
// bound what they ask for.
type arith struct {
	data []byte
	pos  int
	c, a uint32
	ct   int
}

func newArith(data []byte) *arith {
	d := &arith{data: data}
	d.c = uint32(d.at(0)) << 16
	d.byteIn()
	d.c <<= 7
	d.ct -= 7
	d.a = 0x8000
	return d
}

func (d *arith) at(i int) byte {
	if i < len(d.data) {
		return d.data[i]
	}
	return 0xFF
}

func (d *arith) byteIn() {
	if d.at(d.pos) != 0xFF {
		d.pos++
		d.c += uint32(d.at(d.pos)) << 8
		d.ct = 8
		return
	}
	if b := d.at(d.pos + 1); b <= 0x8F {
		d.pos++
		d.c += uint32(b) << 9
		d.ct = 7
		return
	}
	d.c += 0xFF00
	d.ct = 8
}

// bit decodes one decision in a context.
func (d *arith) bit(cx *cxState) int {
	s := &steps[*cx]
	bit := int(*cx & 1)
	d.a -= s.p
	if d.c>>16 < s.p { // the lower part, of the less probable symbol
		if d.a < s.p {
			*cx = s.mps
		} else {
			*cx = s.lps
			bit ^= 1
		}
		d.a = s.p
	} else {
		d.c -= s.p << 16
		if d.a&0x8000 != 0 {
			return bit
		}
		if d.a < s.p {
			*cx = s.lps
			bit ^= 1
		} else {
			*cx = s.mps
		}
	}
	for {
		if d.ct == 0 {
			d.byteIn()
		}
		d.a <<= 1
		d.c <<= 1
		d.ct--
		if d.a&0x8000 != 0 {
			return bit
		}
	}
}

// intContexts are those of an integer decoding procedure (T.88, annex A).
type intContexts [512]cxState

// intRanges are the prefixes of table A.1: bits of the value, and what is added to it.
var intRanges = [6]struct {
	bits   int
	offset int32
}{{2, 0}, {4, 4}, {6, 20}, {8, 84}, {12, 340}, {32, 4436}}

// integer decodes one; not ok is the value out of band.
func (d *arith) integer(cx *intContexts) (v int32, ok bool) {
	prev := 1
	next := func() int {
		b := d.bit(&cx[prev])
		if prev < 256 {
			prev = prev<<1 | b
		} else {
			prev = (prev<<1|b)&511 | 256
		}
		return b
	}
	negative := next() == 1
	r := 0
	for r < len(intRanges)-1 && next() == 1 {
		r++
	}
	var u uint32
	for range intRanges[r].bits {
		u = u<<1 | uint32(next())
	}
	v = int32(min(int64(u)+int64(intRanges[r].offset), 1<<31-1))
	if !negative {
		return v, true
	}
	return -v, v != 0
}

// id decodes a symbol's number of the given length in bits; cx has 2^length contexts.
func (d *arith) id(cx []cxState, length int) int {
	prev := 1
	for range length {
		prev = prev<<1 | d.bit(&cx[prev])
	}
	return prev - 1<<length
}
