package tiff

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/ccitt"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// drawing is an image to write: samples of a page, interleaved, one a pixel and sample, each of the number of bits.
type drawing struct {
	w, h, bits, samples int
	at                  func(x, y, s int) int
}

// layout is how a test's file is written.
type layout struct {
	big          bool
	order        binary.AppendByteOrder
	compression  Compression
	photometric  Photometric
	rows         int // a strip; 0: all
	tileW, tileH int
	planar       bool
	predictor    int
	lsbFirst     bool
	t4options    int
	fields       []field // more
}

// field is an entry of a directory.
type field struct {
	tag, kind uint16
	values    []uint64 // fractions take two
}

func short(tag uint16, v ...uint64) field { return field{tag, typeShort, v} }
func long(tag uint16, v ...uint64) field  { return field{tag, typeLong, v} }

// file writes a TIFF of several pages.
type file struct {
	big   bool
	order binary.AppendByteOrder
	b     []byte
	link  int // where the offset of the next directory goes
}

func newFile(big bool, order binary.AppendByteOrder) *file {
	f := &file{big: big, order: order}
	f.b = []byte("II")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		f.b = []byte("MM")
	}
	if big {
		f.b = order.AppendUint16(f.b, 43)
		f.b = order.AppendUint16(f.b, 8)
		f.b = order.AppendUint16(f.b, 0)
		f.link = len(f.b)
		f.b = append(f.b, make([]byte, 8)...)
		return f
	}
	f.b = order.AppendUint16(f.b, 42)
	f.link = len(f.b)
	f.b = append(f.b, make([]byte, 4)...)
	return f
}

func (f *file) word(b []byte, v uint64) []byte {
	if f.big {
		return f.order.AppendUint64(b, v)
	}
	return f.order.AppendUint32(b, uint32(v))
}

func (f *file) setLink(v int) {
	copy(f.b[f.link:], f.word(nil, uint64(v)))
}

// data appends bytes and returns their offset.
func (f *file) data(b []byte) uint64 {
	if len(f.b)%2 == 1 {
		f.b = append(f.b, 0)
	}
	at := len(f.b)
	f.b = append(f.b, b...)
	return uint64(at)
}

// directory appends a directory and links it.
func (f *file) directory(fields []field) {
	slot := 4
	if f.big {
		slot = 8
	}
	var entries []byte
	for _, e := range fields {
		var v []byte
		count := len(e.values)
		for _, x := range e.values {
			switch e.kind {
			case typeByte, typeUndefined:
				v = append(v, byte(x))
			case typeShort:
				v = f.order.AppendUint16(v, uint16(x))
			case typeLong, typeSLong, typeRational:
				v = f.order.AppendUint32(v, uint32(x))
			default:
				v = f.order.AppendUint64(v, x)
			}
		}
		if e.kind == typeRational {
			count /= 2
		}
		if len(v) > slot {
			v = f.word(nil, f.data(v))
		}
		v = append(v, make([]byte, slot-len(v))...)
		entries = f.order.AppendUint16(entries, e.tag)
		entries = f.order.AppendUint16(entries, e.kind)
		entries = f.word(entries, uint64(count))
		entries = append(entries, v...)
	}
	var b []byte
	if f.big {
		b = f.order.AppendUint64(b, uint64(len(fields)))
	} else {
		b = f.order.AppendUint16(b, uint16(len(fields)))
	}
	b = append(b, entries...)
	at := f.data(b)
	f.setLink(int(at))
	f.link = len(f.b)
	f.b = append(f.b, make([]byte, slot)...)
}

// page appends a drawing in a layout.
func (f *file) page(t testing.TB, d drawing, l layout) {
	t.Helper()
	chunkW, chunkH := d.w, d.h
	if l.rows > 0 {
		chunkH = l.rows
	}
	if l.tileW > 0 {
		chunkW, chunkH = l.tileW, l.tileH
	}
	planes := [][]int{nil}
	for s := range d.samples {
		if l.planar {
			if s > 0 {
				planes = append(planes, nil)
			}
			planes[s] = []int{s}
		} else {
			planes[0] = append(planes[0], s)
		}
	}
	var offsets, lengths []uint64
	for _, plane := range planes {
		for y := 0; y < d.h; y += chunkH {
			for x := 0; x < d.w; x += chunkW {
				h := chunkH
				if l.tileW == 0 {
					h = min(chunkH, d.h-y)
				}
				raw := f.chunk(t, d, l, plane, x, y, chunkW, h)
				offsets = append(offsets, f.data(raw))
				lengths = append(lengths, uint64(len(raw)))
			}
		}
	}
	bits := make([]uint64, d.samples)
	for i := range bits {
		bits[i] = uint64(d.bits)
	}
	fields := []field{
		long(256, uint64(d.w)), long(257, uint64(d.h)), short(258, bits...), short(259, uint64(l.compression)),
		short(262, uint64(l.photometric)), short(277, uint64(d.samples)),
	}
	offset, length := uint16(273), uint16(279)
	if l.tileW > 0 {
		offset, length = 324, 325
		fields = append(fields, short(322, uint64(l.tileW)), short(323, uint64(l.tileH)))
	} else {
		fields = append(fields, long(278, uint64(chunkH)))
	}
	fields = append(fields, long(offset, offsets...), long(length, lengths...))
	if l.planar {
		fields = append(fields, short(284, 2))
	}
	if l.predictor > 0 {
		fields = append(fields, short(317, uint64(l.predictor)))
	}
	if l.lsbFirst {
		fields = append(fields, short(266, 2))
	}
	if l.t4options > 0 {
		fields = append(fields, long(292, uint64(l.t4options)))
	}
	f.directory(append(fields, l.fields...))
}

// chunk packs and compresses a strip or tile.
func (f *file) chunk(t testing.TB, d drawing, l layout, plane []int, x0, y0, w, h int) []byte {
	t.Helper()
	var packed []byte
	for y := y0; y < y0+h; y++ {
		var row []byte
		acc, n := uint64(0), 0
		prev := make(map[int]int)
		for x := x0; x < x0+w; x++ {
			for _, s := range plane {
				v := d.at(min(x, d.w-1), min(y, d.h-1), s)
				if l.predictor == 2 {
					v, prev[s] = (v-prev[s])&(1<<d.bits-1), v
				}
				if d.bits == 16 {
					row = f.order.AppendUint16(row, uint16(v))
					continue
				}
				acc = acc<<d.bits | uint64(v)
				if n += d.bits; n == 8 {
					row = append(row, byte(acc))
					acc, n = 0, 0
				}
			}
		}
		if n > 0 {
			row = append(row, byte(acc<<(8-n)))
		}
		packed = append(packed, row...)
	}
	var out []byte
	switch l.compression {
	case None:
		out = packed
	case PackBits:
		out = packBits(packed)
	case Deflate, AdobeDeflate:
		var b bytes.Buffer
		z := zlib.NewWriter(&b)
		if _, err := z.Write(packed); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		out = b.Bytes()
	case LZW:
		out = lzwChunk(t, packed)
	case CCITTG4:
		r := raster.NewRuns(w, 0)
		stride := (w + 7) / 8
		for y := range h {
			if err := r.AppendRow(raster.AppendChanges(nil, packed[y*stride:], w)); err != nil {
				t.Fatal(err)
			}
		}
		var err error
		if out, err = ccitt.Append(nil, r); err != nil {
			t.Fatal(err)
		}
	default:
		t.Fatalf("no test encoder of %v", l.compression)
	}
	if l.lsbFirst {
		out = bytes.Clone(out)
		for i, c := range out {
			var v byte
			for b := range 8 {
				v |= c >> b & 1 << (7 - b)
			}
			out[i] = v
		}
	}
	return out
}

// packBits writes runs where bytes repeat and literals elsewhere.
func packBits(b []byte) []byte {
	var out []byte
	for len(b) > 0 {
		run := 1
		for run < len(b) && run < 128 && b[run] == b[0] {
			run++
		}
		if run > 1 {
			out = append(out, byte(1-run), b[0])
			b = b[run:]
			continue
		}
		n := 1
		for n < len(b) && n < 128 && (n+1 >= len(b) || b[n] != b[n+1]) {
			n++
		}
		out = append(append(out, byte(n-1)), b[:n]...)
		b = b[n:]
	}
	return append(out, 0x80) // a byte of no operation is legal
}

// lzwChunk writes TIFF's LZW. Codes change width one code sooner than in compress/lzw, which is why data are cut so
// that they never do: a clear code begins every 200 bytes.
func lzwChunk(t testing.TB, b []byte) []byte {
	t.Helper()
	var acc uint64
	var n uint
	var out []byte
	put := func(code uint64) {
		acc = acc<<9 | code
		for n += 9; n >= 8; n -= 8 {
			out = append(out, byte(acc>>(n-8)))
		}
	}
	for i, c := range b {
		if i%200 == 0 {
			put(256)
		}
		put(uint64(c))
	}
	put(257)
	if n > 0 {
		out = append(out, byte(acc<<(8-n)))
	}
	return out
}
