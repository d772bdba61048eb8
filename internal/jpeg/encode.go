package jpeg

import (
	"encoding/binary"
	"fmt"
	"image"
	"math"
	"math/bits"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Append codes m as a baseline JPEG of the given quality, 1 to 100, after dst: *image.Gray as it is, *image.YCbCr with
// the subsampling that it has. The tables are those of the norm (T.81, annex K), scaled as all
// encoders do. It costs a third of the standard library's, which takes colours apart pixel by pixel.
func Append(dst []byte, m image.Image, quality int) ([]byte, error) {
	e, err := newEncoder(dst, m, quality)
	if err != nil {
		return dst, err
	}
	e.scan(1, math.MaxInt)
	return append(e.out, 0xFF, 0xD9), nil
}

// AppendWithin is Append for an image that may take no more than limit bytes: nil if it takes more, which is mostly
// known long before its end. A part of the image is coded first: what is heavier than the limit by far is left at that.
func AppendWithin(m image.Image, quality int, limit int64) ([]byte, error) {
	const part, far = 5, 1.2
	e, err := newEncoder(nil, m, quality)
	if err != nil {
		return nil, err
	}
	head := len(e.out)
	e.scan(part, math.MaxInt)
	if int64(float64(head)+float64(len(e.out)-head)*e.share(part)) > int64(far*float64(limit)) {
		return nil, nil
	}
	if e, err = newEncoder(e.out[:0], m, quality); err != nil {
		return nil, err
	}
	if !e.scan(1, int(min(limit, math.MaxInt))) || int64(len(e.out)+2) > limit {
		return nil, nil
	}
	return append(e.out, 0xFF, 0xD9), nil
}

// newEncoder lays the planes of an image out and writes what comes before its data.
func newEncoder(dst []byte, m image.Image, quality int) (*encoder, error) {
	e := &encoder{out: dst}
	b := m.Bounds()
	if b.Dx() < 1 || b.Dy() < 1 || b.Dx() > 65535 || b.Dy() > 65535 {
		return nil, fmt.Errorf("jpeg: image of %d x %d pixels", b.Dx(), b.Dy())
	}
	if quality < 1 || quality > 100 {
		return nil, fmt.Errorf("jpeg: quality %d, expected 1 to 100", quality)
	}
	switch m := m.(type) {
	case *image.Gray:
		e.planes = []plane{{m.Pix, m.Stride, b.Dx(), b.Dy(), 1, 1, 0}}
	case *image.YCbCr:
		h, v := raster.Subsampling(m.SubsampleRatio)
		if b.Min != (image.Point{}) {
			return nil, fmt.Errorf("jpeg: image with its corner at %v", b.Min)
		}
		cw, ch := (b.Dx()+h-1)/h, (b.Dy()+v-1)/v
		e.planes = []plane{{m.Y, m.YStride, b.Dx(), b.Dy(), h, v, 0}, {m.Cb, m.CStride, cw, ch, 1, 1, 1},
			{m.Cr, m.CStride, cw, ch, 1, 1, 1}}
	default:
		return nil, fmt.Errorf("jpeg: %T can't be coded", m)
	}
	e.tables(quality)
	e.head(b.Dx(), b.Dy())
	return e, nil
}

// plane is a component: its samples, its sampling, and its tables.
type plane struct {
	pix          []byte
	stride, w, h int
	hs, vs       int
	table        int
}

type encoder struct {
	out    []byte
	planes []plane
	quant  [2][64]byte    // in natural order
	recip  [2][64]float32 // one over quant and the transform's scale, in natural order
	codes  [2][2]codeTable
	bits   uint64
	n      uint // of bits
	block  [64]float32
}

// codeTable has the code and its length of each symbol.
type codeTable [256]struct {
	code uint32
	n    uint8
}

// order is the inverse of zigzag: the place in the stream of each coefficient in natural order.
var order = func() (o [64]uint8) {
	for k := range 64 {
		o[zigzag[k]] = uint8(k)
	}
	return o
}()

// aan are the scales of the transform of Arai, Agui and Nakajima.
var aan = [8]float64{1, 1.387039845, 1.306562965, 1.175875602, 1, 0.785694958, 0.541196100, 0.275899379}

// tables derives the tables of a quality.
func (e *encoder) tables(quality int) {
	scale := 200 - 2*quality
	if quality < 50 {
		scale = 5000 / quality
	}
	for t := range e.quant {
		for i, v := range annexK[t] {
			q := min(255, max(1, (int(v)*scale+50)/100))
			e.quant[t][i] = byte(q)
			e.recip[t][i] = float32(1 / (float64(q) * aan[i/8] * aan[i%8] * 8))
		}
		for class := range 2 {
			s := &annexKHuffman[class][t]
			code, k := uint32(0), 0
			for n, count := range s.counts {
				for range count {
					c := &e.codes[class][t][s.symbols[k]]
					c.code, c.n = code, uint8(n+1)
					code++
					k++
				}
				code <<= 1
			}
		}
	}
}

// head writes everything before the scan's data.
func (e *encoder) head(w, h int) {
	tables := 1
	if len(e.planes) > 1 {
		tables = 2
	}
	e.out = append(e.out, 0xFF, 0xD8, 0xFF, 0xDB, 0, byte(2+65*tables))
	for t := range tables {
		e.out = append(e.out, byte(t))
		for k := range 64 {
			e.out = append(e.out, e.quant[t][zigzag[k]])
		}
	}
	n := len(e.planes)
	e.out = append(e.out, 0xFF, 0xC0, 0, byte(8+3*n), 8, byte(h>>8), byte(h), byte(w>>8), byte(w), byte(n))
	for i, p := range e.planes {
		e.out = append(e.out, byte(i+1), byte(p.hs<<4|p.vs), byte(p.table))
	}
	for t := range tables {
		for class := range 2 {
			s := &annexKHuffman[class][t]
			l := 2 + 17 + len(s.symbols)
			e.out = append(e.out, 0xFF, 0xC4, byte(l>>8), byte(l), byte(class<<4|t))
			e.out = append(e.out, s.counts[:]...)
			e.out = append(e.out, s.symbols...)
		}
	}
	e.out = append(e.out, 0xFF, 0xDA, 0, byte(6+2*n), byte(n))
	for i, p := range e.planes {
		e.out = append(e.out, byte(i+1), byte(p.table<<4|p.table))
	}
	e.out = append(e.out, 0, 63, 0)
}

// rows is the number of MCUs down.
func (e *encoder) rows() int { return (e.planes[0].h + 8*e.planes[0].vs - 1) / (8 * e.planes[0].vs) }

// share is by how much what one row of MCUs in so many takes is to be multiplied.
func (e *encoder) share(step int) float64 { return float64(e.rows()) / float64((e.rows()+step-1)/step) }

// scan writes the blocks of all planes, MCU by MCU, of one row of them in step. It stops, and says so, beyond limit
// bytes of output.
func (e *encoder) scan(step, limit int) bool {
	y := &e.planes[0]
	mcuW := (y.w + 8*y.hs - 1) / (8 * y.hs)
	preds := make([]int32, len(e.planes))
	for my := 0; my < e.rows(); my += step {
		if len(e.out) > limit {
			return false
		}
		for mx := range mcuW {
			for i := range e.planes {
				preds[i] = e.mcu(&e.planes[i], mx, my, preds[i])
			}
		}
	}
	if e.n > 0 {
		e.put(1<<(-e.n&7)-1, -e.n&7) // ones fill the last byte
	}
	for ; e.n >= 8; e.n -= 8 {
		e.stuff(byte(e.bits >> (e.n - 8)))
	}
	return true
}

// mcu writes the blocks that a plane has in an MCU; it returns the last one's first coefficient.
func (e *encoder) mcu(p *plane, mx, my int, pred int32) int32 {
	for v := range p.vs {
		for h := range p.hs {
			if e.load(p, 8*(mx*p.hs+h), 8*(my*p.vs+v)) {
				pred = e.codeFlat(p.table, pred)
			} else {
				pred = e.code(p.table, pred)
			}
		}
	}
	return pred
}

// load takes a block of 8x8 samples; beyond the plane its last row and column go on. It says whether all are the same.
func (e *encoder) load(p *plane, x, y int) (flat bool) {
	if x+8 > p.w || y+8 > p.h {
		for v := range 8 {
			row := p.pix[min(y+v, p.h-1)*p.stride:]
			for u := range 8 {
				e.block[8*v+u] = centred[row[min(x+u, p.w-1)]]
			}
		}
		return false
	}
	src := p.pix[y*p.stride+x:]
	first := binary.LittleEndian.Uint64(src)
	differs := first ^ bits.RotateLeft64(first, 8)
	for v := 1; v < 8 && differs == 0; v++ {
		differs = binary.LittleEndian.Uint64(src[v*p.stride:]) ^ first
	}
	if differs == 0 { // paper, and nearly all of the planes of colours
		e.block[0] = float32(64 * (int32(src[0]) - 128)) // what the transform makes of it
		return true
	}
	for v := range 8 {
		row := src[v*p.stride:][:8]
		out := e.block[8*v:][:8]
		for u, s := range row {
			out[u] = centred[s]
		}
	}
	return false
}

// centred are samples as the transform takes them; a look-up is faster than the conversion.
var centred = func() (c [256]float32) {
	for i := range c {
		c[i] = float32(i - 128)
	}
	return c
}()

// quantised is v divided and rounded to the nearest; half a million keeps the conversion on one side of zero.
func quantised(v, recip float32) int32 { return int32(float32(v*recip)+524288.5) - 524288 }

// codeFlat writes a block that only has a first coefficient.
func (e *encoder) codeFlat(table int, pred int32) int32 {
	q := quantised(e.block[0], e.recip[table][0])
	e.value(&e.codes[0][table], 0, q-pred)
	end := &e.codes[1][table][0]
	e.put(end.code, uint(end.n))
	return q
}

// code transforms, quantises and writes the block; it returns its first coefficient, from which the next one counts.
func (e *encoder) code(table int, pred int32) int32 {
	forward(&e.block)
	recip := &e.recip[table]
	var q [64]int32
	nonzero := uint64(0) // a bit for each coefficient, in zigzag order
	for i := range q {
		c := quantised(e.block[i], recip[i])
		q[i] = c
		nonzero |= uint64(uint32(c|-c)>>31) << (order[i] & 63)
	}
	dc, ac := &e.codes[0][table], &e.codes[1][table]
	e.value(dc, 0, q[0]-pred)
	// Most coefficients are zero: from one that isn't to the next.
	last := 0
	for rest := nonzero &^ 1; rest != 0; rest &= rest - 1 {
		k := bits.TrailingZeros64(rest)
		zeros := k - last - 1
		for ; zeros > 15; zeros -= 16 {
			e.put(ac[0xF0].code, uint(ac[0xF0].n))
		}
		e.value(ac, zeros, q[zigzag[k]])
		last = k
	}
	if last < 63 {
		e.put(ac[0].code, uint(ac[0].n))
	}
	return q[0]
}
