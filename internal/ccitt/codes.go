package ccitt

import "strings"

// The run lengths' codes of ITU-T T.4 (tables 2, 3a and 3b), which T.6 takes over: 0 to 63, then 64 to 2560 by 64.

// whiteCodes are the codes of white runs.
const whiteCodes = `00110101 000111 0111 1000 1011 1100 1110 1111 10011 10100 00111 01000 001000 000011 110100 110101 101010 101011 0100111
0001100 0001000 0010111 0000011 0000100 0101000 0101011 0010011 0100100 0011000 00000010 00000011 00011010 00011011
00010010 00010011 00010100 00010101 00010110 00010111 00101000 00101001 00101010 00101011 00101100 00101101 00000100
00000101 00001010 00001011 01010010 01010011 01010100 01010101 00100100 00100101 01011000 01011001 01011010 01011011
01001010 01001011 00110010 00110011 00110100 11011 10010 010111 0110111 00110110 00110111 01100100 01100101 01101000
01100111 011001100 011001101 011010010 011010011 011010100 011010101 011010110 011010111 011011000 011011001 011011010
011011011 010011000 010011001 010011010 011000 010011011 00000001000 00000001100 00000001101 000000010010 000000010011
000000010100 000000010101 000000010110 000000010111 000000011100 000000011101 000000011110 000000011111`

// blackCodes are the codes of black runs.
const blackCodes = `0000110111 010 11 10 011 0011 0010 00011 000101 000100 0000100 0000101 0000111 00000100 00000111 000011000 0000010111
0000011000 0000001000 00001100111 00001101000 00001101100 00000110111 00000101000 00000010111 00000011000 000011001010
000011001011 000011001100 000011001101 000001101000 000001101001 000001101010 000001101011 000011010010 000011010011
000011010100 000011010101 000011010110 000011010111 000001101100 000001101101 000011011010 000011011011 000001010100
000001010101 000001010110 000001010111 000001100100 000001100101 000001010010 000001010011 000000100100 000000110111
000000111000 000000100111 000000101000 000001011000 000001011001 000000101011 000000101100 000001011010 000001100110
000001100111 0000001111 000011001000 000011001001 000001011011 000000110011 000000110100 000000110101 0000001101100
0000001101101 0000001001010 0000001001011 0000001001100 0000001001101 0000001110010 0000001110011 0000001110100
0000001110101 0000001110110 0000001110111 0000001010010 0000001010011 0000001010100 0000001010101 0000001011010
0000001011011 0000001100100 0000001100101 00000001000 00000001100 00000001101 000000010010 000000010011 000000010100
000000010101 000000010110 000000010111 000000011100 000000011101 000000011110 000000011111`

// code is a prefix code: its bits, right aligned, and their number.
type code struct {
	bits uint16
	n    uint8
}

// parse reads a code written in binary digits.
func parse(s string) code {
	var c code
	for _, d := range s {
		c.bits = c.bits<<1 | uint16(d-'0')
		c.n++
	}
	return c
}

const codesPerColour = 64 + 40 // terminating codes, then make-up codes

const (
	white = 0
	black = 1
)

// runCodes are the codes to write, by colour: run r < 64 at r, make-up codes for 64*m at 63+m.
var runCodes = func() (t [2][codesPerColour]code) {
	for colour, list := range [2]string{whiteCodes, blackCodes} {
		for i, s := range strings.Fields(list) {
			t[colour][i] = parse(s)
		}
	}
	return t
}()

// Tables to read codes: indexed by the next whiteBits or blackBits bits; an entry is the run shifted by 4, with the
// code's length in its low four bits, and 0 is no code.
const (
	whiteBits = 12
	blackBits = 13
)

var (
	whiteTable = readTable[[1 << whiteBits]uint16](white, whiteBits)
	blackTable = readTable[[1 << blackBits]uint16](black, blackBits)
)

func readTable[T [1 << whiteBits]uint16 | [1 << blackBits]uint16](colour, width int) (t T) {
	for i, c := range runCodes[colour] {
		run := i
		if i >= 64 {
			run = (i - 63) * 64
		}
		first := int(c.bits) << (width - int(c.n))
		for j := range 1 << (width - int(c.n)) {
			t[first+j] = uint16(run<<4) | uint16(c.n)
		}
	}
	return t
}

// The modes of two-dimensional coding (T.4 table 4, T.6 table 1).
type mode uint8

const (
	modeNone mode = iota // no code: damage, or an end of line or block
	modePass
	modeHorizontal
	modeVertical
	modeExtension
)

type modeEntry struct {
	mode  mode
	n     uint8
	delta int8 // vertical: a1 - b1
}

const modeBits = 7

var modeCodes = []struct {
	code string
	modeEntry
}{
	{"0001", modeEntry{mode: modePass}},
	{"001", modeEntry{mode: modeHorizontal}},
	{"1", modeEntry{mode: modeVertical}},
	{"011", modeEntry{mode: modeVertical, delta: 1}},
	{"000011", modeEntry{mode: modeVertical, delta: 2}},
	{"0000011", modeEntry{mode: modeVertical, delta: 3}},
	{"010", modeEntry{mode: modeVertical, delta: -1}},
	{"000010", modeEntry{mode: modeVertical, delta: -2}},
	{"0000010", modeEntry{mode: modeVertical, delta: -3}},
	{"0000001", modeEntry{mode: modeExtension}},
}

// modeTable is indexed by the next modeBits bits.
var modeTable = func() (t [1 << modeBits]modeEntry) {
	for _, m := range modeCodes {
		c := parse(m.code)
		m.n = c.n
		first := int(c.bits) << (modeBits - int(c.n))
		for j := range 1 << (modeBits - int(c.n)) {
			t[first+j] = m.modeEntry
		}
	}
	return t
}()

var (
	passCode       = parse("0001")
	horizontalCode = parse("001")
	eolCode        = parse("000000000001")
	// verticalCodes are indexed by a1 - b1 + 3.
	verticalCodes = func() (t [7]code) {
		for _, m := range modeCodes {
			if m.mode == modeVertical {
				t[m.delta+3] = parse(m.code)
			}
		}
		return t
	}()
)
