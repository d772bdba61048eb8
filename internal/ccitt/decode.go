package ccitt

import (
	"encoding/binary"
	"fmt"
	"io"
	"math/bits"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// MaxWidth is the widest row that is read or written, in pixels: 2.7 m at 600 dpi.
const MaxWidth = 1 << 16

// Params say how the data is coded; they are the parameters of PDF's CCITTFaxDecode.
type Params struct {
	Width     int  // pixels a row
	Rows      int  // rows; 0: until the end of the block or of the data
	K         int  // negative: T.6; 0: T.4 one-dimensional; positive: T.4 two-dimensional
	ByteAlign bool // each row starts at a byte
	LSBFirst  bool // the first bit of a byte is the least significant (TIFF's FillOrder 2)
	Invert    bool // yield rows with black and white exchanged
}

// Decoder reads rows. It takes no more memory than two rows.
type Decoder struct {
	p       Params
	data    []byte
	pos     int    // next byte to load
	acc     uint64 // bits loaded, next one on top
	n       int    // number of bits in acc; negative: read past the end
	row     int
	ref     []int32 // row above, with its sentinels
	cur     []int32
	out     []int32 // for Invert
	damaged int
	err     error
}

// NewDecoder returns a decoder of data, which it doesn't copy.
func NewDecoder(data []byte, p Params) (*Decoder, error) {
	d := &Decoder{}
	return d, d.Reset(data, p)
}

// Reset makes d read other data, keeping its memory.
func (d *Decoder) Reset(data []byte, p Params) error {
	if p.Width <= 0 || p.Width > MaxWidth || p.Rows < 0 {
		return fmt.Errorf("ccitt: image of %dx%d pixels, expected a width from 1 to %d", p.Width, p.Rows, MaxWidth)
	}
	*d = Decoder{p: p, data: data, ref: d.ref[:0], cur: d.cur[:0], out: d.out[:0]}
	d.ref = d.seal(d.ref)
	return nil
}

// Damaged is the number of rows so far that were short, long or unreadable, but after which reading could go on (T.4
// with end-of-line codes).
func (d *Decoder) Damaged() int { return d.damaged }

// Used is the number of bytes that were read, once all rows were: with the end-of-block code if it follows, to the end
// of its last byte.
func (d *Decoder) Used() int {
	d.refill()
	if d.acc>>40 == 0x001001 {
		d.skip(24)
	}
	return min(max(d.pos-d.n/8, 0), len(d.data))
}

// seal appends the sentinels that spare the row above its bound checks.
func (d *Decoder) seal(row []int32) []int32 {
	w := int32(d.p.Width)
	return append(row, w, w, w)
}

// Next returns the changes of the next row (see [raster.Runs]), valid until the call after, or io.EOF after the last
// one. Any other error is an *[Error]; it stays.
func (d *Decoder) Next() ([]int32, error) {
	if d.err != nil {
		return nil, d.err
	}
	if d.p.Rows > 0 && d.row == d.p.Rows {
		d.err = io.EOF
		return nil, d.err
	}
	if err := d.next(); err != nil {
		if err != io.EOF {
			err = &Error{Row: d.row, Offset: min(max(d.pos-d.n/8, 0), len(d.data)), Err: err}
		}
		d.err = err
		return nil, err
	}
	d.row++
	n := len(d.cur)
	d.ref, d.cur = d.seal(d.cur), d.ref[:0]
	row := d.ref[:n]
	if d.p.Invert {
		d.out = raster.InvertRow(d.out, row)
		row = d.out
	}
	return row, nil
}

// next reads a row into d.cur.
func (d *Decoder) next() error {
	if d.p.ByteAlign {
		d.align()
	}
	oneD := d.p.K == 0
	if d.p.K >= 0 {
		n, tag := d.endsOfLine()
		if n >= 2 && d.row > 0 || n >= 6 { // RTC is six; some writers stop at two
			return d.finish()
		}
		if d.p.K > 0 && n == 0 { // the tag is there even where end-of-line codes aren't
			d.refill()
			tag = d.acc>>63 == 1
			d.skip(1)
		}
		oneD = oneD || tag
	}
	d.refill()
	if d.n <= 0 {
		return d.finish()
	}
	d.cur = d.cur[:0]
	var err error
	if oneD {
		err = d.row1D()
	} else {
		err = d.row2D()
	}
	if d.n < 0 {
		return d.finish()
	}
	if err == nil {
		return nil
	}
	if d.p.K < 0 {
		if err == ErrCorrupt && d.acc>>52 == 1 { // EOL: first half of EOFB
			return d.finish()
		}
		if err == ErrCorrupt && d.atEnd() {
			return d.finish()
		}
		return err
	}
	if err == ErrUncompressed {
		return err
	}
	if !d.resync() {
		if d.atEnd() {
			return d.finish()
		}
		return err
	}
	d.damaged++
	return nil
}

// finish is the end of the data or of the block: good if no rows were declared.
func (d *Decoder) finish() error {
	if d.p.Rows > 0 {
		return ErrTruncated
	}
	return io.EOF
}

// refill makes at least 56 bits of acc valid; past the end they are zeros, which are no code, and n counts the real
// ones only.
func (d *Decoder) refill() {
	if d.n >= 48 {
		return
	}
	if d.pos+8 <= len(d.data) {
		var v uint64
		if d.p.LSBFirst {
			v = bits.Reverse64(binary.LittleEndian.Uint64(d.data[d.pos:]))
		} else {
			v = binary.BigEndian.Uint64(d.data[d.pos:])
		}
		d.acc |= v >> uint(d.n)
		k := (63 - d.n) >> 3
		d.pos += k
		d.n += 8 * k
		// The bits of the byte after those counted are in acc too; loading them again changes nothing.
		return
	}
	for d.n <= 56 && d.n >= 0 && d.pos < len(d.data) {
		c := d.data[d.pos]
		if d.p.LSBFirst {
			c = bits.Reverse8(c)
		}
		d.acc |= uint64(c) << uint(56-d.n)
		d.pos++
		d.n += 8
	}
}

func (d *Decoder) skip(n uint8) {
	d.acc <<= n
	d.n -= int(n)
}

// atEnd says whether nothing but less than a byte of padding is left.
func (d *Decoder) atEnd() bool {
	d.refill()
	return d.pos >= len(d.data) && (d.n < 8 || d.acc == 0)
}

// align skips to the next byte.
func (d *Decoder) align() {
	if d.n > 0 {
		d.skip(uint8(d.n & 7))
	}
}

// endsOfLine skips end-of-line codes with their fill, and returns their number and, for two-dimensional data, the tag
// after the last one: true if the row is coded in one dimension.
func (d *Decoder) endsOfLine() (n int, tag bool) {
	for {
		d.refill()
		if d.acc>>53 != 0 || d.n < 12 {
			return n, tag
		}
		zeros := bits.LeadingZeros64(d.acc)
		for zeros >= d.n {
			d.acc, d.n = 0, 0
			if d.pos >= len(d.data) {
				return n, tag
			}
			d.refill()
			zeros = bits.LeadingZeros64(d.acc)
		}
		d.skip(uint8(zeros + 1))
		n++
		if d.p.K > 0 {
			d.refill()
			tag = d.acc>>63 == 1
			d.skip(1)
		}
	}
}

// resync goes to the next end-of-line code, without reading it.
func (d *Decoder) resync() bool {
	for {
		d.refill()
		if d.n < 12 {
			return false
		}
		if d.acc>>53 == 0 {
			return true
		}
		// Past the lowest one bit of the top eleven no code can start before it.
		d.skip(uint8(11 - bits.TrailingZeros16(uint16(d.acc>>53))))
	}
}

// put ends the present run at column x, unless that is the edge.
func (d *Decoder) put(x int32) {
	switch last := len(d.cur) - 1; {
	case last >= 0 && d.cur[last] == x: // a run of no pixels: the one before goes on
		d.cur = d.cur[:last]
	case x < int32(d.p.Width):
		d.cur = append(d.cur, x)
	}
}

// run reads a run's length.
func (d *Decoder) run(colour int) (int32, error) {
	total := int32(0)
	for {
		if d.n < 16 {
			d.refill()
		}
		var e uint16
		if colour == white {
			e = whiteTable[d.acc>>(64-whiteBits)]
		} else {
			e = blackTable[d.acc>>(64-blackBits)]
		}
		if e == 0 {
			return 0, ErrCorrupt
		}
		d.skip(uint8(e & 15))
		r := int32(e >> 4)
		total += r
		if r < 64 {
			return total, nil
		}
		if int(total) > d.p.Width {
			return 0, ErrCorrupt
		}
	}
}

func (d *Decoder) row1D() error {
	w := int32(d.p.Width)
	x := int32(0)
	for colour := white; x < w; colour ^= 1 {
		r, err := d.run(colour)
		if err != nil {
			return err
		}
		x += r
		if x > w {
			return ErrCorrupt
		}
		d.put(x)
	}
	return nil
}

func (d *Decoder) row2D() error {
	w := int32(d.p.Width)
	ref := d.ref
	a0 := int32(0)
	colour := white
	// index in ref of b1: the first change right of a0 to the colour that is not the present one, hence of colour's parity
	b := 0
	for a0 < w {
		if d.n < 48 {
			d.refill()
		}
		// Most changes lie under the one above, and a byte may hold eight of them.
		if zeros := bits.LeadingZeros64(^d.acc); zeros > 0 {
			cur := d.cur
			n := 0
			for n < min(zeros, d.n) {
				n++
				a0 = ref[b]
				if a0 == w {
					break
				}
				cur = append(cur, a0) // right of the last one, as b1 is right of a0
				b++
			}
			d.cur = cur
			colour ^= n & 1
			d.skip(uint8(n))
			if n > 0 {
				continue
			}
			return ErrCorrupt
		}
		e := modeTable[d.acc>>(64-modeBits)]
		switch e.mode {
		case modeVertical:
			d.skip(e.n)
			a1 := ref[b] + int32(e.delta)
			if a1 < a0 || a1 > w {
				return ErrCorrupt
			}
			d.put(a1)
			a0 = a1
			colour ^= 1
			if e.delta < 0 && b > 0 {
				b--
			} else {
				b++
			}
			for ref[b] <= a0 && ref[b] < w {
				b += 2
			}
		case modeHorizontal:
			d.skip(e.n)
			r1, err := d.run(colour)
			if err != nil {
				return err
			}
			r2, err := d.run(colour ^ 1)
			if err != nil {
				return err
			}
			if r1+r2 > w-a0 {
				return ErrCorrupt
			}
			d.put(a0 + r1)
			a0 += r1 + r2
			d.put(a0)
			for ref[b] <= a0 && ref[b] < w {
				b += 2
			}
		case modePass:
			d.skip(e.n)
			a0 = ref[b+1] // ref[b+2], if there is one, is right of it
			b += 2
		case modeExtension:
			if d.acc>>54 == 0b0000001111 {
				return ErrUncompressed
			}
			return ErrCorrupt
		default:
			return ErrCorrupt
		}
	}
	return nil
}

// Decode reads all rows into dst, which it resets with the given limit of memory (0: [raster.DefaultLimit]). After an
// error dst holds the rows before it. The number of rows read in spite of damage is returned too.
func Decode(dst *raster.Runs, data []byte, p Params, limit int64) (damaged int, err error) {
	d, err := NewDecoder(data, p)
	if err != nil {
		return 0, err
	}
	dst.Reset(p.Width, limit)
	for {
		row, err := d.Next()
		if err == io.EOF {
			return d.Damaged(), nil
		}
		if err != nil {
			return d.Damaged(), err
		}
		if err := dst.AppendRow(row); err != nil {
			return d.Damaged(), err
		}
	}
}
