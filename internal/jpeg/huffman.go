package jpeg

const (
	lookBits = 10
	skipBits = 12
)

// huffman is a code table (T.81, annex C), with tables to read several things at a glance.
type huffman struct {
	defined bool
	ac      bool
	symbols []byte
	// look has, for the next lookBits bits, the code's length shifted by 8 and its symbol; 0 if it is longer.
	look [1 << lookBits]uint16
	// value has, for the next lookBits bits that hold a whole coefficient: the value in the upper 16 bits, the run before
	// it in the next 8, and the bits that both take in the lowest 8; 0 otherwise.
	value [1 << lookBits]uint32
	// jump has, for the next skipBits bits, how far as many whole coefficients as they hold go: bits in the lowest 5,
	// coefficients in the next 7, and above that whether the end of the block was among them; 0 if they hold none.
	jump    [1 << skipBits]uint16
	maxCode [17]int32 // largest code of each length, shifted to 16 bits, plus one; 0 if none
	offset  [17]int32 // index in symbols of a code of a length, less the code
}

const jumpEnd = 1 << 12

// define makes the table from the counts of codes by length and their symbols. It fails if the codes don't fit their
// lengths.
func (h *huffman) define(counts *[16]byte, symbols []byte, ac bool) bool {
	*h = huffman{defined: true, ac: ac, symbols: symbols}
	code, index := int32(0), int32(0)
	for length := 1; length <= 16; length++ {
		n := int32(counts[length-1])
		if code+n > 1<<length {
			return false
		}
		h.offset[length] = index - code
		if length <= lookBits {
			for i := range n {
				first := (code + i) << (lookBits - length)
				for j := range int32(1) << (lookBits - length) {
					h.look[first+j] = uint16(length)<<8 | uint16(symbols[index+i])
				}
			}
		}
		code += n
		index += n
		if n > 0 {
			h.maxCode[length] = code << (16 - length)
		}
		code <<= 1
	}
	if ac {
		h.fillValues()
		h.fillJumps()
	}
	return true
}

func (h *huffman) fillValues() {
	for i := range h.value {
		e := h.look[i]
		length, size := int(e>>8), int(e&15)
		if e == 0 || size == 0 || length+size > lookBits {
			continue
		}
		v := int32(i>>(lookBits-length-size)) & (1<<size - 1)
		if v < 1<<(size-1) {
			v -= 1<<size - 1
		}
		h.value[i] = uint32(v)<<16 | uint32(e>>4&15)<<8 | uint32(length+size)
	}
}

func (h *huffman) fillJumps() {
	for i := range h.jump {
		used, far, flag := 0, 0, 0
		for flag == 0 && far < 64 {
			rest := uint32(i) << used & (1<<skipBits - 1) >> (skipBits - lookBits)
			e := h.look[rest]
			length, run, size := int(e>>8), int(e>>4&15), int(e&15)
			if e == 0 || used+length+size > skipBits {
				break
			}
			switch {
			case size != 0:
				far += run + 1
			case run == 15:
				far += 16
			default:
				flag = jumpEnd
			}
			used += length + size
		}
		if used > 0 {
			h.jump[i] = uint16(flag | far<<5 | used)
		}
	}
}

// symbol reads a code; b is refilled. It returns -1 for what is no code.
func (h *huffman) symbol(b *bitReader) int {
	if e := h.look[b.acc>>(64-lookBits)]; e != 0 {
		b.skip(int(e >> 8))
		return int(e & 0xFF)
	}
	top := int32(b.acc >> 48)
	for length := lookBits + 1; length <= 16; length++ {
		if top < h.maxCode[length] {
			i := h.offset[length] + top>>(16-length)
			b.skip(length)
			if i < 0 || int(i) >= len(h.symbols) {
				return -1
			}
			return int(h.symbols[i])
		}
	}
	return -1
}
