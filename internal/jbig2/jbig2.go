// Package jbig2 decodes JBIG2 images as PDFs hold them (ITU-T T.88, ISO 32000-1 7.4.7): generic, refinement, text and
// halftone regions, symbol and pattern dictionaries, arithmetic, Huffman and MMR coding, custom tables, stripes, with
// the segments of another stream that many images share.
//
// Streams are hostile until read: the memory of a page and of all that makes it up together is bounded, and so is the
// work, as pixels decoded and drawn; a context ends it. What is cut short is an error, not a guess, except for what
// arithmetic codes make of it: they have no end of their own.
//
// Not read, and refused by [ErrUnsupported]: the twelve adaptive pixels and the colours of T.88's amendments, which
// no scanner writes.
package jbig2

import (
	"context"
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

var (
	// ErrFormat says that the stream breaks the norm's rules.
	ErrFormat = errors.New("jbig2: invalid stream")
	// ErrUnsupported says that the stream uses a part of the norm that isn't read.
	ErrUnsupported = errors.New("jbig2: unsupported")
	// ErrTruncated says that the stream ends too early.
	ErrTruncated = errors.New("jbig2: stream ends before the image does")
)

// Options say what image is expected.
type Options struct {
	Width, Height int   // pixels, as the PDF says
	Limit         int64 // memory in bytes, of the page at a byte a pixel and of what makes it up; 0: raster.DefaultLimit
}

// decoder is a stream while it is decoded.
type decoder struct {
	ended    func() error // of the context
	segments map[uint32]*segment
	page     *bitmap
	left     budget
	want     Options
	done     bool
}

// workFactor is how many times over the pixels that fit the memory may be decoded or drawn: real pages draw a few
// times their own.
const workFactor = 2

// Decode decodes the image of a stream, 1 is black. globals are the segments that it shares with others, nil if there
// are none.
func Decode(ctx context.Context, globals, data []byte, opt Options) (*raster.Bitmap, error) {
	if opt.Limit <= 0 {
		opt.Limit = raster.DefaultLimit
	}
	if _, err := raster.Check(opt.Width, opt.Height, 8, opt.Limit); err != nil {
		return nil, err
	}
	d := &decoder{ended: ctx.Err, segments: make(map[uint32]*segment), want: opt, left: budget{memory: opt.Limit,
		work: workFactor * opt.Limit}}
	for _, stream := range [][]byte{globals, data} {
		if err := d.stream(stream); err != nil {
			return nil, err
		}
	}
	if d.page == nil {
		return nil, fmt.Errorf("%w: no page", ErrFormat)
	}
	return d.pack(opt)
}

// maxSegments bounds those of a stream.
const maxSegments = 1 << 16

func (d *decoder) stream(data []byte) error {
	for n := 0; len(data) > 0 && !d.done; n++ {
		if n >= maxSegments {
			return fmt.Errorf("%w: more than %d segments", ErrFormat, maxSegments)
		}
		if err := d.ended(); err != nil {
			return err
		}
		// Padding at the end of a stream is no segment.
		if len(data) < 11 && d.page != nil {
			return nil
		}
		s, rest, err := next(data)
		if err != nil {
			return err
		}
		data = rest
		if err := d.segment(s); err != nil {
			return fmt.Errorf("segment %d: %w", s.number, err)
		}
		s.data = nil
		d.segments[s.number] = s
	}
	return nil
}

func (d *decoder) segment(s *segment) error {
	switch s.kind {
	case kindSymbols:
		return d.symbolDictionary(s)
	case kindPatterns:
		return d.patternDictionary(s)
	case kindTable:
		t, err := custom(s.data)
		s.table = t
		return err
	case kindPage:
		return d.pageInfo(s)
	case kindEndOfPage, kindEndOfFile:
		d.done = d.page != nil
		return nil
	}
	for _, r := range []struct {
		kind   int
		decode func(*segment) (*bitmap, regionInfo, error)
	}{{kindText, d.text}, {kindHalftone, d.halftone}, {kindGeneric, d.genericRegion},
		{kindRefinement, d.refinementRegion}} {
		if s.kind != r.kind && s.kind != r.kind+2 && s.kind != r.kind+3 {
			continue
		}
		b, info, err := r.decode(s)
		if err != nil {
			return err
		}
		if s.kind == r.kind { // for another segment to refine
			s.region = b
			return nil
		}
		return d.lay(b, info)
	}
	return nil // profiles, extensions, ends of stripes: nothing to see
}

// lay puts a region on the page.
func (d *decoder) lay(b *bitmap, info regionInfo) error {
	if d.page == nil {
		return fmt.Errorf("%w: region before its page", ErrFormat)
	}
	if err := d.charge(int64(b.w) * int64(b.h)); err != nil {
		return err
	}
	d.page.draw(b, clampPlace(info.x), clampPlace(info.y), info.op)
	d.release(b)
	return nil
}

// pageInfo makes the page (7.4.8). A height that wasn't known when it was written is the one that the PDF says.
func (d *decoder) pageInfo(s *segment) error {
	r := &byteReader{data: s.data}
	w, h := r.u32(), r.u32()
	r.u32()
	r.u32()
	flags := r.u8()
	if r.err != nil {
		return r.err
	}
	if d.page != nil {
		return fmt.Errorf("%w: a second page", ErrFormat)
	}
	if h == 0xFFFFFFFF {
		h = uint32(d.want.Height)
	}
	if w == 0 || h == 0 || w > maxSide || h > maxSide {
		return fmt.Errorf("%w: page of %dx%d pixels", ErrFormat, w, h)
	}
	var err error
	if d.page, err = d.bitmap(int(w), int(h)); err != nil {
		return err
	}
	if flags&4 != 0 {
		for i := range d.page.pix {
			d.page.pix[i] = 1
		}
	}
	return nil
}

// genericRegion reads a generic region segment (7.4.6).
func (d *decoder) genericRegion(s *segment) (*bitmap, regionInfo, error) {
	r := &byteReader{data: s.data}
	info := r.region()
	flags := r.u8()
	g := generic{w: info.w, h: info.h, template: int(flags >> 1 & 3), typical: flags&8 != 0}
	if flags&1 != 0 {
		if r.err != nil {
			return nil, info, r.err
		}
		b, _, err := d.mmr(r.data, info.w, info.h)
		return b, info, err
	}
	if flags&16 != 0 && g.template == 0 {
		return nil, info, fmt.Errorf("%w: template of twelve adaptive pixels", ErrUnsupported)
	}
	g.ats = r.ats(atCount[g.template])
	if r.err != nil {
		return nil, info, r.err
	}
	b, err := d.generic(newArith(r.data), make([]cxState, 1<<contextBits[g.template]), g)
	return b, info, err
}

// refinementRegion reads a generic refinement region segment (7.4.7). Without a region to refine it refines the page
// where it lies.
func (d *decoder) refinementRegion(s *segment) (*bitmap, regionInfo, error) {
	r := &byteReader{data: s.data}
	info := r.region()
	flags := r.u8()
	f := refinement{w: info.w, h: info.h, template: int(flags & 1), typical: flags&2 != 0}
	if f.template == 0 {
		f.ats = r.ats(2)
	}
	if r.err != nil {
		return nil, info, r.err
	}
	for _, ref := range s.refers {
		if p := d.segments[ref]; p != nil && p.region != nil {
			f.reference = p.region
		}
	}
	if f.reference == nil {
		if d.page == nil {
			return nil, info, fmt.Errorf("%w: refinement of nothing", ErrFormat)
		}
		f.reference, f.dx, f.dy = d.page, -clampPlace(info.x), -clampPlace(info.y)
	}
	b, err := d.refine(newArith(r.data), make([]cxState, 1<<refinementBits[f.template]), f)
	return b, info, err
}

// pack gives the page as bits, of the size that the PDF says: white beyond what was decoded.
func (d *decoder) pack(opt Options) (*raster.Bitmap, error) {
	out, err := raster.NewBitmap(opt.Width, opt.Height, opt.Limit)
	if err != nil {
		return nil, err
	}
	w := min(opt.Width, d.page.w)
	for y := range min(opt.Height, d.page.h) {
		row, to := d.page.row(y, nil)[:w], out.Row(y)
		for x := 0; x+8 <= w; x += 8 {
			p := row[x : x+8 : x+8]
			to[x>>3] = p[0]<<7 | p[1]<<6 | p[2]<<5 | p[3]<<4 | p[4]<<3 | p[5]<<2 | p[6]<<1 | p[7]
		}
		for x := w &^ 7; x < w; x++ {
			to[x>>3] |= row[x] << (7 - x&7)
		}
	}
	return out, nil
}
