package ccitt

import (
	"encoding/binary"
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// bitWriter gathers codes into bytes, most significant bit first.
type bitWriter struct {
	buf []byte
	acc uint64 // bits not yet in buf, right aligned
	n   uint   // their number, under 32 between calls
}

func (b *bitWriter) put(c code) {
	b.acc = b.acc<<c.n | uint64(c.bits)
	b.n += uint(c.n)
	if b.n >= 32 {
		b.n -= 32
		b.buf = binary.BigEndian.AppendUint32(b.buf, uint32(b.acc>>b.n))
	}
}

// run writes the codes of a run of n pixels.
func (b *bitWriter) run(n int32, colour int) {
	t := &runCodes[colour]
	for n >= 2560+64 {
		b.put(t[63+2560/64])
		n -= 2560
	}
	if n >= 64 {
		b.put(t[63+n>>6])
		n &= 63
	}
	b.put(t[n])
}

// flush pads the last byte with zeros and empties acc.
func (b *bitWriter) flush() {
	if r := b.n & 7; r != 0 {
		b.acc <<= 8 - r
		b.n += 8 - r
	}
	for b.n > 0 {
		b.n -= 8
		b.buf = append(b.buf, byte(b.acc>>b.n))
	}
}

// Encoder writes T.6 (Group 4) row by row. It takes no more memory than two rows and a buffer.
type Encoder struct {
	w     io.Writer
	width int
	rows  int
	ref   []int32 // row above, with its sentinels
	cur   []int32
	bits  bitWriter
	err   error
}

// bufferSize is how much coded data is gathered before it is written.
const bufferSize = 32 << 10

// NewEncoder returns an encoder of rows of the given width in pixels, that writes to w.
func NewEncoder(w io.Writer, width int) (*Encoder, error) {
	if width <= 0 || width > MaxWidth {
		return nil, fmt.Errorf("ccitt: rows of %d pixels, expected 1 to %d", width, MaxWidth)
	}
	e := &Encoder{w: w, width: width}
	e.ref = e.seal(nil)
	return e, nil
}

func (e *Encoder) seal(row []int32) []int32 {
	w := int32(e.width)
	return append(row, w, w, w)
}

// WriteRow writes a row given by its changes (see [raster.Runs]), which it checks and copies.
func (e *Encoder) WriteRow(changes []int32) error {
	if e.err != nil {
		return e.err
	}
	if err := raster.CheckRow(changes, e.width); err != nil {
		return fmt.Errorf("ccitt: row %d: %w", e.rows, err)
	}
	e.cur = e.seal(append(e.cur[:0], changes...))
	e.row()
	e.ref, e.cur = e.cur, e.ref
	e.rows++
	if len(e.bits.buf) >= bufferSize {
		e.write()
	}
	return e.err
}

func (e *Encoder) write() {
	_, e.err = e.w.Write(e.bits.buf)
	e.bits.buf = e.bits.buf[:0]
}

// row codes e.cur after e.ref, by the flow diagram of T.6 (figure 7).
func (e *Encoder) row() {
	ref, cur, w := e.ref, e.cur, int32(e.width)
	a0 := int32(0)
	colour := white
	a, b := 0, 0 // indexes of a1 in cur and of b1 in ref
	for a0 < w {
		a1, b1 := cur[a], ref[b]
		if a1 == b1 { // most changes lie under the one above: as many at once as a code holds
			n := uint8(0)
			for a0 < w && n < 16 && cur[a] == ref[b] {
				a0 = cur[a]
				a++
				b++ // right of a0, as a0 is the one before
				n++
			}
			e.bits.put(code{uint16(1<<n - 1), n})
			colour ^= int(n & 1)
			continue
		}
		switch d := a1 - b1; {
		case ref[b+1] < a1: // before the vertical mode, as the norm has it: it is shorter too
			e.bits.put(passCode)
			a0 = ref[b+1]
			b += 2 // ref[b+2], if there is one, is right of a0
			continue
		case -3 <= d && d <= 3:
			e.bits.put(verticalCodes[d+3])
			a0 = a1
			colour ^= 1
			a++
			if b > 0 {
				b--
			} else {
				b++
			}
		default:
			e.bits.put(horizontalCode)
			a2 := cur[a+1]
			e.bits.run(a1-a0, colour)
			e.bits.run(a2-a1, colour^1)
			a0 = a2
			a += 2
		}
		for ref[b] <= a0 && ref[b] < w {
			b += 2
		}
	}
}

// Close writes the end of the block and the padding. It doesn't close the underlying writer.
func (e *Encoder) Close() error {
	if e.err != nil {
		return e.err
	}
	e.bits.put(eolCode)
	e.bits.put(eolCode)
	e.bits.flush()
	e.write()
	if e.err != nil {
		return e.err
	}
	e.err = fmt.Errorf("ccitt: encoder is closed")
	return nil
}

// Append appends the T.6 coding of r, with its end of block, to dst.
func Append(dst []byte, r *raster.Runs) ([]byte, error) {
	w := sliceWriter{dst}
	e, err := NewEncoder(&w, r.Width)
	if err != nil {
		return dst, err
	}
	for _, row := range r.Rows() {
		if err := e.WriteRow(row); err != nil {
			return dst, err
		}
	}
	if err := e.Close(); err != nil {
		return dst, err
	}
	return w.b, nil
}

type sliceWriter struct{ b []byte }

func (w *sliceWriter) Write(p []byte) (int, error) {
	w.b = append(w.b, p...)
	return len(p), nil
}
