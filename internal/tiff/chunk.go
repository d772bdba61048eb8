package tiff

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"math/bits"

	"golang.org/x/image/tiff/lzw"

	"github.com/scor-sdk/scor-sdk-go/internal/ccitt"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Raw gives chunk i as it lies in the file, for pass-through.
func (p *Page) Raw(i int) *io.SectionReader {
	c := p.chunks[i]
	return io.NewSectionReader(p.file.r, c.Offset, c.Length)
}

// ReadRaw appends chunk i as it lies in the file to dst.
func (p *Page) ReadRaw(dst []byte, i int) ([]byte, error) {
	c := p.chunks[i]
	n := len(dst)
	if free := cap(dst) - n; int64(free) < c.Length {
		dst = append(make([]byte, 0, int64(n)+c.Length), dst...)
	}
	dst = dst[:int64(n)+c.Length]
	return dst, p.file.read(p.Index, dst[n:], c.Offset, "strip")
}

// CCITT gives the parameters to decode chunk i with package ccitt, for pages compressed so. Rows come with black as
// the page means it.
func (p *Page) CCITT(i int) ccitt.Params {
	c := p.chunks[i]
	q := ccitt.Params{Width: c.Width, Rows: c.Height, LSBFirst: p.LSBFirst, Invert: p.Photometric == BlackIsZero}
	switch p.Compression {
	case CCITTG4:
		q.K = -1
	case CCITTRLE:
		q.ByteAlign = true
	case CCITTG3:
		if p.T4Options&1 != 0 {
			q.K = 1
		}
	}
	return q
}

func (p *Page) fail(i int, kind error, format string, args ...any) error {
	return p.file.fail(p.Index, p.chunks[i].Offset, kind, format, args...)
}

// decompressor holds what is used again from chunk to chunk.
type decompressor struct {
	raw  []byte
	out  []byte
	zr   io.ReadCloser
	fax  ccitt.Decoder
	rows int // rows of out that could be read
}

// decompress returns chunk i as rows of samples, packed and with the predictor undone: all its bytes, of which d.rows
// rows are good if the error is an ErrTruncated; the others are zeros. JPEG isn't for it.
func (d *decompressor) decompress(p *Page, i int) ([]byte, error) {
	c := p.chunks[i]
	rowBytes := p.rowBytes(c.Width)
	size := rowBytes * c.Height // in range: the layout was checked against the limit
	d.rows = 0
	var err error
	if d.raw, err = p.ReadRaw(d.raw[:0], i); err != nil {
		return nil, err
	}
	if p.LSBFirst && !p.Compression.CCITT() {
		for j, b := range d.raw {
			d.raw[j] = bits.Reverse8(b)
		}
	}
	if cap(d.out) < size {
		d.out = make([]byte, size)
	}
	d.out = d.out[:size]
	n := 0
	switch p.Compression {
	case None:
		n = copy(d.out, d.raw)
	case PackBits:
		n = unpackBits(d.out, d.raw)
	case LZW:
		r := lzw.NewReader(bytes.NewReader(d.raw), lzw.MSB, 8)
		n, err = io.ReadFull(r, d.out)
		r.Close()
	case Deflate, AdobeDeflate:
		n, err = d.inflate()
	case CCITTRLE, CCITTG3, CCITTG4:
		n, err = d.facsimile(p, i, rowBytes)
	default:
		return nil, p.fail(i, ErrUnsupported, "%v", p.Compression)
	}
	clear(d.out[n:])
	d.rows = n / rowBytes
	if p.Predictor == 2 {
		p.undoDifferencing(d.out, rowBytes)
	}
	if n < size {
		if err == nil || err == io.EOF || err == io.ErrUnexpectedEOF {
			err = errors.New("data ends early")
		}
		return d.out, p.fail(i, ErrTruncated, "%d of %d rows of %v: %v", d.rows, c.Height, p.Compression, err)
	}
	return d.out, nil
}

func (d *decompressor) inflate() (int, error) {
	src := bytes.NewReader(d.raw)
	if d.zr == nil {
		zr, err := zlib.NewReader(src)
		if err != nil {
			return 0, err
		}
		d.zr = zr
	} else if err := d.zr.(zlib.Resetter).Reset(src, nil); err != nil {
		return 0, err
	}
	return io.ReadFull(d.zr, d.out)
}

// facsimile unpacks rows to bits as the photometric interpretation means them: 1 is black for WhiteIsZero, white for
// BlackIsZero.
func (d *decompressor) facsimile(p *Page, i, rowBytes int) (int, error) {
	q := p.CCITT(i)
	q.Invert = false
	if err := d.fax.Reset(d.raw, q); err != nil {
		return 0, err
	}
	for y := range p.chunks[i].Height {
		row, err := d.fax.Next()
		if err != nil {
			return y * rowBytes, err
		}
		raster.PackRow(d.out[y*rowBytes:(y+1)*rowBytes], row, q.Width)
	}
	p.damaged += d.fax.Damaged()
	return len(d.out), nil
}

// unpackBits decodes PackBits (TIFF 6.0, section 9) into dst and returns the bytes written.
func unpackBits(dst, src []byte) int {
	n := 0
	for n < len(dst) && len(src) > 0 {
		switch c := int(int8(src[0])); {
		case c >= 0:
			k := copy(dst[n:], src[1:min(len(src), c+2)])
			n += k
			src = src[min(len(src), c+2):]
		case c == -128:
			src = src[1:]
		default:
			if len(src) < 2 {
				return n
			}
			run := dst[n:min(len(dst), n+1-c)]
			for j := range run {
				run[j] = src[1]
			}
			n += len(run)
			src = src[2:]
		}
	}
	return n
}

// undoDifferencing adds up the differences of predictor 2, row by row.
func (p *Page) undoDifferencing(data []byte, rowBytes int) {
	step := p.Samples
	if p.Planar {
		step = 1
	}
	for len(data) >= rowBytes && rowBytes > 0 {
		row := data[:rowBytes]
		data = data[rowBytes:]
		if p.Bits == 8 {
			for x := step; x < len(row); x++ {
				row[x] += row[x-step]
			}
			continue
		}
		for x := 2 * step; x+1 < len(row); x += 2 {
			p.file.order.PutUint16(row[x:], p.file.order.Uint16(row[x:])+p.file.order.Uint16(row[x-2*step:]))
		}
	}
}

// JPEGStream returns chunk i of a page compressed by JPEG as a complete stream: the file's tables put in, and an
// Adobe marker that says what the photometric interpretation says where the stream doesn't.
func (p *Page) JPEGStream(i int) ([]byte, error) {
	if p.Compression != JPEG {
		return nil, p.fail(i, ErrUnsupported, "%v isn't JPEG", p.Compression)
	}
	raw, err := p.ReadRaw(nil, i)
	if err != nil {
		return nil, err
	}
	if len(raw) < 4 || raw[0] != 0xFF || raw[1] != 0xD8 {
		return nil, p.fail(i, ErrTruncated, "JPEG data without start of image")
	}
	out := make([]byte, 0, len(raw)+len(p.jpegTables)+16)
	out = append(out, 0xFF, 0xD8)
	samples := p.Samples
	if p.Planar {
		samples = 1
	}
	if samples >= 3 && !bytes.Contains(raw[:min(len(raw), 4096)], []byte("\xFF\xEE\x00\x0EAdobe")) {
		transform := byte(0)
		if p.Photometric == YCbCr {
			transform = 1
		}
		out = append(out, "\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00"...)
		out = append(out, transform)
	}
	if t := p.jpegTables; len(t) >= 4 && t[0] == 0xFF && t[1] == 0xD8 {
		t = t[2:]
		if n := len(t) - 2; t[n] == 0xFF && t[n+1] == 0xD9 {
			t = t[:n]
		}
		out = append(out, t...)
	} else if len(t) > 0 {
		return nil, p.fail(i, ErrFormat, "JPEG tables of %d bytes without start of image", len(t))
	}
	return append(out, raw[2:]...), nil
}

func (p *Page) String() string {
	return fmt.Sprintf("page %d: %dx%d, %d samples of %d bits, %v", p.Index+1, p.Width, p.Height, p.Samples, p.Bits,
		p.Compression)
}
