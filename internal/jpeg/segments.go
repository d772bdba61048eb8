package jpeg

import (
	"bytes"
	"encoding/binary"
	"slices"
)

type component struct {
	id         byte
	h, v       int
	tq         byte
	wide, high int // blocks, padded to whole MCUs
	dc, ac     *huffman
	pred       int32

	wanted  bool
	plane   []byte // padded to whole MCUs; of stride bytes a row
	stride  int
	coefs   []int16 // of progressive streams
	reached int     // MCU rows that its first scan has read whole
	scanned bool
}

// decoder reads the components that are wanted, and passes over the others.
type decoder struct {
	bitReader
	cancelled   func() error // of the context
	header      *Header
	limit       int64
	scale, size int // reduction, and pixels along a reduced block
	last        int // last useful coefficient
	quant       [4][64]int32
	dcTables    [4]huffman
	acTables    [4]huffman
	comps       []component
	hMax, vMax  int // largest sampling
	mcuW, mcuH  int // MCUs across and down
	interval    int
	perBlock    int  // coefficients kept of a block of a progressive stream
	ended       bool // an end-of-image marker came
	eobRun      int
}

// maxScans bounds the work that a small progressive stream may ask for; encoders write ten.
const maxScans = 200

// decode reads segment after segment. It says whether there is an image, be it incomplete.
func (d *decoder) decode() (bool, error) {
	at, scans := 2, 0
	var problem error
	for problem == nil {
		marker, next := d.marker(at)
		if next == 0 || marker == mEOI {
			d.ended = next != 0
			break
		}
		at = next
		if marker == mTEM || mRST0 <= marker && marker <= mSOI {
			continue
		}
		if at+2 > len(d.data) {
			break
		}
		n := int(binary.BigEndian.Uint16(d.data[at:]))
		if n < 2 || at+n > len(d.data) {
			break
		}
		body := d.data[at+2 : at+n]
		if marker != mSOS {
			problem = d.tables(marker, body, at)
			at += n
			continue
		}
		d.pos = at + n
		if scans++; scans > maxScans {
			problem = fail(int64(at), ErrFormat, "more than %d scans", maxScans)
			break
		}
		problem = d.scan(body, at)
		if problem == nil && !d.header.Progressive && d.complete() {
			break
		}
		at = d.pos
	}
	if err := d.cancelled(); err != nil {
		return false, err
	}
	return d.finish(problem, at)
}

// complete says whether a scan of each wanted component was seen.
func (d *decoder) complete() bool {
	return !slices.ContainsFunc(d.comps, func(c component) bool { return c.wanted && !c.scanned })
}

// tables reads a segment that isn't a scan.
func (d *decoder) tables(marker byte, body []byte, at int) error {
	switch marker {
	case mDQT:
		return d.quantisation(body, at)
	case mDHT:
		return d.huffmanTables(body, at)
	case mDRI:
		if len(body) >= 2 {
			d.interval = int(binary.BigEndian.Uint16(body))
		}
	case mSOF0, mSOF1, mSOF2:
		for i := range d.comps { // as long as the header, which was checked, says
			if 8+3*i < len(body) {
				d.comps[i].tq = body[8+3*i] & 3
			}
		}
	}
	return nil
}

// marker finds the next marker, skipping data that isn't wanted; next is 0 at the end.
func (d *decoder) marker(at int) (marker byte, next int) {
	for at+1 < len(d.data) {
		i := bytes.IndexByte(d.data[at:], 0xFF)
		if i < 0 || at+i+1 >= len(d.data) {
			return 0, 0
		}
		at += i + 1
		if c := d.data[at]; c != 0 && c != 0xFF {
			return c, at + 1
		}
	}
	return 0, 0
}

// finish renders what was read, white where nothing was.
func (d *decoder) finish(problem error, at int) (bool, error) {
	if problem == nil && !d.complete() {
		problem = fail(int64(at), ErrTruncated, "no scan of some component")
	}
	if !slices.ContainsFunc(d.comps, func(c component) bool { return c.wanted && c.scanned }) {
		return false, problem
	}
	if problem == nil && d.header.Progressive && !d.ended {
		problem = fail(int64(len(d.data)), ErrTruncated, "progressive image without its end")
	}
	for i := range d.comps {
		c := &d.comps[i]
		if !c.wanted {
			continue
		}
		if d.header.Progressive {
			if err := d.render(c); err != nil {
				return false, err
			}
		}
		rest, v := c.plane[min(c.reached*c.v*d.size*c.stride, len(c.plane)):], d.header.white(i)
		for j := range rest {
			rest[j] = v
		}
	}
	return true, problem
}

func (d *decoder) quantisation(b []byte, at int) error {
	for len(b) > 0 {
		wide, t := int(b[0]>>4), b[0]&15
		n := 64 * (1 + wide)
		if wide > 1 || t > 3 || len(b) < 1+n {
			return fail(int64(at), ErrFormat, "quantisation table")
		}
		for k := range 64 {
			if wide == 1 {
				d.quant[t][k] = int32(binary.BigEndian.Uint16(b[1+2*k:]))
			} else {
				d.quant[t][k] = int32(b[1+k])
			}
		}
		b = b[1+n:]
	}
	return nil
}

func (d *decoder) huffmanTables(b []byte, at int) error {
	for len(b) > 0 {
		if len(b) < 17 || b[0]>>4 > 1 || b[0]&15 > 3 {
			return fail(int64(at), ErrFormat, "Huffman table")
		}
		counts := (*[16]byte)(b[1:17])
		n := 0
		for _, c := range counts {
			n += int(c)
		}
		if n > 256 || len(b) < 17+n {
			return fail(int64(at), ErrFormat, "Huffman table of %d codes", n)
		}
		t := &d.dcTables[b[0]&15]
		if b[0]>>4 == 1 {
			t = &d.acTables[b[0]&15]
		}
		if !t.define(counts, b[17:17+n], b[0]>>4 == 1) {
			return fail(int64(at), ErrFormat, "Huffman table with too many codes")
		}
		b = b[17+n:]
	}
	return nil
}
