package jpeg

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// zigzag gives the natural position of the k-th coefficient (T.81, figure A.6). The 16 more at its end take what
// damaged runs write past the block.
var zigzag = [80]uint8{
	0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
	35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55,
	62, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
}

// lastUseful is, by scale, the last coefficient in zigzag order that the reduced transform uses.
var lastUseful = map[int]int{1: 63, 2: 24, 4: 4, 8: 0}

type component struct {
	id         byte
	h, v       int
	tq         byte
	wide, high int // blocks, padded to whole MCUs
	dc, ac     *huffman
	pred       int32
}

// decoder reads the luminance: component 0.
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
	mcuW, mcuH  int // MCUs across and down
	interval    int
	out         *image.Gray // padded to whole MCUs
	coefs       []int16     // progressive: of component 0; perBlock a block
	perBlock    int
	reached     int // MCU rows that the first scan of component 0 has read whole
	scanned     bool
	ended       bool // an end-of-image marker came
	eobRun      int
}

// grayPath says whether component 0 is the luminance at full resolution.
func (h *Header) grayPath() bool {
	switch h.Components {
	case 1:
		return true
	case 3:
		if h.Adobe && h.Transform == 0 || h.ComponentIDs == [4]byte{'R', 'G', 'B'} && !h.Adobe {
			return false
		}
		for _, s := range h.Sampling[1:3] {
			if s[0] > h.Sampling[0][0] || s[1] > h.Sampling[0][1] {
				return false
			}
		}
		return true
	}
	return false
}

// DecodeGray reads the luminance, reduced by opt.Scale with the transform itself, so that most of the work is spared; a
// progressive stream at 1/8 isn't even read past its first scans. The image's stride may exceed its width. With an
// [ErrTruncated] the rows that couldn't be read are white.
//
// RGB, CMYK and YCCK images are decoded in full by the standard library first.
func DecodeGray(ctx context.Context, data []byte, opt Options) (*image.Gray, error) {
	scale := max(opt.Scale, 1)
	last, ok := lastUseful[scale]
	if !ok {
		return nil, fail(0, ErrUnsupported, "scale 1/%d", scale)
	}
	h, err := ReadHeader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	if !h.grayPath() {
		m, err := Decode(ctx, data, opt.Limit)
		if err != nil {
			return nil, err
		}
		return toGray(m, scale, opt.Limit)
	}
	d := &decoder{cancelled: ctx.Err, header: h, limit: opt.Limit, scale: scale, size: 8 / scale, last: last}
	d.data = data
	if err := d.setup(); err != nil {
		return nil, err
	}
	return d.decode()
}

// setup checks the sizes and allocates the image.
func (d *decoder) setup() error {
	h := d.header
	hMax, vMax := 1, 1
	d.comps = make([]component, h.Components)
	for i := range d.comps {
		c := &d.comps[i]
		c.id, c.h, c.v = h.ComponentIDs[i], h.Sampling[i][0], h.Sampling[i][1]
		if h.Components == 1 { // the norm gives sampling no meaning then
			c.h, c.v = 1, 1
		}
		hMax, vMax = max(hMax, c.h), max(vMax, c.v)
	}
	d.mcuW, d.mcuH = (h.Width+8*hMax-1)/(8*hMax), (h.Height+8*vMax-1)/(8*vMax)
	for i := range d.comps {
		c := &d.comps[i]
		c.wide, c.high = d.mcuW*c.h, d.mcuH*c.v
	}
	y := d.comps[0]
	bits := 8
	if h.Progressive {
		d.perBlock = 64
		if d.scale == 8 {
			d.perBlock = 1
		}
		bits += 16 * d.perBlock / (d.size * d.size)
	}
	if _, err := raster.Check(y.wide*d.size, y.high*d.size, bits, d.limit); err != nil {
		return err
	}
	d.out = image.NewGray(image.Rect(0, 0, y.wide*d.size, y.high*d.size))
	if h.Progressive {
		d.coefs = make([]int16, y.wide*y.high*d.perBlock)
	}
	return nil
}

// maxScans bounds the work that a small progressive stream may ask for; encoders write ten.
const maxScans = 200

// decode reads segment after segment.
func (d *decoder) decode() (*image.Gray, error) {
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
		if marker == mSOS {
			d.pos = at + n
			if scans++; scans > maxScans {
				problem = fail(int64(at), ErrFormat, "more than %d scans", maxScans)
				break
			}
			problem = d.scan(body, at)
			if problem == nil && !d.header.Progressive && d.scanned {
				return d.finish(nil)
			}
			at = d.pos
			continue
		}
		problem = d.tables(marker, body, at)
		at += n
	}
	if err := d.cancelled(); err != nil {
		return nil, err
	}
	if problem == nil && !d.scanned {
		problem = fail(int64(at), ErrTruncated, "no scan of the luminance")
	}
	if !d.scanned {
		return nil, problem
	}
	return d.finish(problem)
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

// finish renders what was read, and cuts the image to its size.
func (d *decoder) finish(problem error) (*image.Gray, error) {
	h := d.header
	if h.Progressive {
		if err := d.render(); err != nil {
			return nil, err
		}
		if problem == nil && !d.ended {
			problem = fail(int64(len(d.data)), ErrTruncated, "progressive image without its end")
		}
	}
	white := d.out.Pix[min(d.reached*d.comps[0].v*d.size*d.out.Stride, len(d.out.Pix)):]
	for i := range white {
		white[i] = 255
	}
	w, hh := (h.Width+d.scale-1)/d.scale, (h.Height+d.scale-1)/d.scale
	return d.out.SubImage(image.Rect(0, 0, w, hh)).(*image.Gray), problem
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

// scan reads a scan, or passes over one that has nothing of the luminance that is used.
func (d *decoder) scan(b []byte, at int) error {
	if len(b) < 1 || b[0] < 1 || b[0] > 4 || len(b) < 4+2*int(b[0]) {
		return fail(int64(at), ErrFormat, "scan header of %d bytes", len(b))
	}
	n := int(b[0])
	comps, err := d.scanComponents(b, at)
	if err != nil {
		return err
	}
	luminance := slices.Contains(comps, &d.comps[0])
	p := pass{start: int(b[1+2*n]), end: int(b[2+2*n]), high: uint(b[3+2*n] >> 4), low: uint(b[3+2*n] & 15)}
	d.acc, d.n, d.fake, d.eobRun = 0, 0, 0, 0
	if !d.header.Progressive {
		p = pass{end: 63}
	} else if p.end > 63 || p.start > p.end || p.start == 0 && p.end != 0 || p.start > 0 && n != 1 || p.low > 13 ||
		p.high > 13 {
		return fail(int64(at), ErrFormat, "progressive scan of coefficients %d to %d, bits %d to %d", p.start, p.end, p.high,
			p.low)
	}
	// At 1/8 the first coefficient is enough. In between all scans are read: those that refine build on those before.
	if !luminance || p.start > 0 && d.perBlock == 1 {
		return nil // the next marker is found by who looks for it
	}
	for _, c := range comps {
		if p.start == 0 && p.high == 0 && !c.dc.defined || (p.end > 0 || !d.header.Progressive) && !c.ac.defined {
			return fail(int64(at), ErrFormat, "scan without its Huffman table")
		}
	}
	err = d.mcus(comps, p)
	d.scanned = true
	return err
}

// scanComponents finds the components that a scan header names, and gives them their tables.
func (d *decoder) scanComponents(b []byte, at int) ([]*component, error) {
	var comps []*component
	blocks := 0
	for i := range int(b[0]) {
		j := slices.IndexFunc(d.comps, func(c component) bool { return c.id == b[1+2*i] })
		if j < 0 || b[2+2*i]>>4 > 3 || b[2+2*i]&15 > 3 {
			return nil, fail(int64(at), ErrFormat, "scan of unknown component or table")
		}
		c := &d.comps[j]
		if slices.Contains(comps, c) {
			return nil, fail(int64(at), ErrFormat, "component twice in a scan")
		}
		c.dc, c.ac, c.pred = &d.dcTables[b[2+2*i]>>4], &d.acTables[b[2+2*i]&15], 0
		comps = append(comps, c)
		blocks += c.h * c.v
	}
	if len(comps) > 1 && blocks > 10 {
		return nil, fail(int64(at), ErrFormat, "%d blocks in an MCU", blocks)
	}
	return comps, nil
}

// pass is which coefficients, and which of their bits, a scan holds.
type pass struct {
	start, end int
	high, low  uint
}

// mcus reads the MCUs of a scan.
func (d *decoder) mcus(comps []*component, p pass) error {
	single := len(comps) == 1
	mcuW, mcuH := d.mcuW, d.mcuH
	if single { // blocks of one component, without the padding to MCUs
		c := comps[0]
		hMax, vMax := d.comps[0].h, d.comps[0].v
		mcuW = ((d.header.Width*c.h+hMax-1)/hMax + 7) / 8
		mcuH = ((d.header.Height*c.v+vMax-1)/vMax + 7) / 8
	}
	first := !d.scanned
	left := d.interval
	for my := range mcuH {
		if err := d.cancelled(); err != nil {
			return err
		}
		for mx := range mcuW {
			if d.interval > 0 {
				if left == 0 {
					if !d.restart() {
						return d.incomplete(my, "restart marker missing")
					}
					left = d.interval
					d.eobRun = 0
					for _, c := range comps {
						c.pred = 0
					}
				}
				left--
			}
			for _, c := range comps {
				luminance := c == &d.comps[0]
				if single {
					if !d.block(c, luminance, mx, my, p) {
						return d.incomplete(my, "invalid code")
					}
					continue
				}
				for v := range c.v {
					for h := range c.h {
						if !d.block(c, luminance, mx*c.h+h, my*c.v+v, p) {
							return d.incomplete(my, "invalid code")
						}
					}
				}
			}
			if d.overrun() {
				return d.incomplete(my, "data ends")
			}
		}
		if first {
			d.reached = my + 1
			if single {
				d.reached = (my + 1) / d.comps[0].v
			}
		}
	}
	if first {
		d.reached = d.mcuH
	}
	return nil
}

func (d *decoder) incomplete(row int, why string) error {
	return fail(int64(min(d.pos, len(d.data))), ErrTruncated, "%s in row %d of %d of blocks", why, row+1, d.mcuH)
}

// block reads a block at a column and row of blocks.
func (d *decoder) block(c *component, luminance bool, bx, by int, p pass) bool {
	if d.header.Progressive {
		return d.progressive(c, luminance, bx, by, p)
	}
	d.refill()
	size := c.dc.symbol(&d.bitReader)
	if size < 0 || size > 16 {
		return false
	}
	c.pred += d.extended(size)
	if !luminance || d.last == 0 {
		if luminance {
			d.out.Pix[by*d.out.Stride+bx] = dcOnly(c.pred * d.quant[c.tq][0])
		}
		return d.pass(c.ac, 1)
	}
	var coef [64]int32
	q := &d.quant[c.tq]
	coef[0] = c.pred * q[0]
	k, found := 1, false
	for k <= d.last {
		d.refill()
		if e := c.ac.value[d.acc>>(64-lookBits)]; e != 0 {
			d.skip(int(e & 0xFF))
			k += int(e >> 8 & 0xFF)
			coef[zigzag[k]] = int32(e) >> 16 * q[k&63]
			found = true
			k++
			continue
		}
		s := c.ac.symbol(&d.bitReader)
		if s < 0 {
			return false
		}
		run, size := s>>4, s&15
		if size == 0 {
			if run != 15 {
				k = 0 // end of block
				break
			}
			k += 16
			continue
		}
		k += run
		if k > 63 {
			return false
		}
		coef[zigzag[k]] = d.extended(size) * q[k]
		found = true
		k++
	}
	if k > 64 {
		return false
	}
	dst := d.out.Pix[by*d.size*d.out.Stride+bx*d.size:]
	if !found {
		flat(dst, d.out.Stride, d.size, dcOnly(coef[0]))
	} else {
		d.inverse(dst, &coef)
	}
	if k == 0 {
		return true
	}
	return d.pass(c.ac, k)
}

func (d *decoder) inverse(dst []byte, coef *[64]int32) {
	switch d.size {
	case 8:
		inverse8(dst, d.out.Stride, coef)
	case 4:
		inverse4(dst, d.out.Stride, coef)
	case 2:
		inverse2(dst, d.out.Stride, coef)
	default:
		dst[0] = dcOnly(coef[0])
	}
}

// pass passes over a block's coefficients from k on.
func (d *decoder) pass(h *huffman, k int) bool {
	for k < 64 {
		d.refill()
		if e := h.jump[d.acc>>(64-skipBits)]; e != 0 {
			far := k + int(e>>5&127)
			if far < 64 || far == 64 && e&jumpEnd == 0 {
				d.skip(int(e & 31))
				if e&jumpEnd != 0 {
					return true
				}
				k = far
				continue
			}
		}
		s := h.symbol(&d.bitReader)
		if s < 0 {
			return false
		}
		run, size := s>>4, s&15
		if size == 0 {
			if run != 15 {
				return true
			}
			k += 16
			continue
		}
		d.refill()
		d.skip(size)
		k += run + 1
	}
	return k == 64
}
