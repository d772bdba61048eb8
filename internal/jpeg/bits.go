package jpeg

import "encoding/binary"

// bitReader reads entropy-coded data. Past its end, or a marker, it gives zeros and counts them.
type bitReader struct {
	data []byte
	pos  int    // next byte to load
	acc  uint64 // bits loaded, next one on top
	n    int    // number of bits in acc
	fake int    // those among them that aren't in the data
}

// refill makes at least 48 bits of acc valid.
func (b *bitReader) refill() {
	if b.n >= 48 {
		return
	}
	if b.pos+8 <= len(b.data) {
		v := binary.BigEndian.Uint64(b.data[b.pos:])
		inv := ^v
		if (inv-0x0101010101010101)&v&0x8080808080808080 == 0 { // no byte is 0xFF
			b.acc |= v >> uint(b.n) // with bits of the next byte that aren't counted; loading it again changes nothing
			k := (63 - b.n) >> 3
			b.pos += k
			b.n += 8 * k
			return
		}
	}
	for b.n <= 56 {
		var c byte
		switch {
		case b.pos >= len(b.data):
			b.fake += 8
		case b.data[b.pos] != 0xFF:
			c = b.data[b.pos]
			b.pos++
		case b.pos+1 < len(b.data) && b.data[b.pos+1] == 0:
			c = 0xFF
			b.pos += 2
		default:
			b.fake += 8
		}
		b.acc |= uint64(c) << uint(56-b.n)
		b.n += 8
	}
}

// skip drops bits that refill made valid.
func (b *bitReader) skip(n int) {
	b.acc <<= uint(n)
	b.n -= n
}

// overrun says whether bits that aren't in the data were used.
func (b *bitReader) overrun() bool { return b.n < b.fake }

// bit reads one bit.
func (b *bitReader) bit() bool {
	b.refill()
	v := b.acc>>63 == 1
	b.skip(1)
	return v
}

// bits reads n bits, 16 at most.
func (b *bitReader) bits(n int) int32 {
	if n == 0 {
		return 0
	}
	b.refill()
	v := int32(b.acc >> uint(64-n))
	b.skip(n)
	return v
}

// extended reads n bits, 16 at most, as the signed value they stand for (T.81, F.2.2.1, EXTEND).
func (b *bitReader) extended(n int) int32 {
	v := b.bits(n)
	if n > 0 && v < 1<<(n-1) {
		v -= 1<<n - 1
	}
	return v
}

// restart goes on after the next restart marker; false if another marker, or the end, comes first.
func (b *bitReader) restart() bool {
	b.acc, b.n, b.fake = 0, 0, 0
	for ; b.pos+1 < len(b.data); b.pos++ {
		if b.data[b.pos] != 0xFF {
			continue
		}
		switch c := b.data[b.pos+1]; {
		case c == 0 || c == 0xFF:
		case mRST0 <= c && c <= mRST7:
			b.pos += 2
			return true
		default:
			return false
		}
	}
	return false
}
