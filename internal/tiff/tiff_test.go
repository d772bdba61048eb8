package tiff

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/internal/ccitt"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// drawn draws a page of strokes on a gradient, each sample its own.
func drawn(w, h, bits, samples int) drawing {
	return drawing{w, h, bits, samples, func(x, y, s int) int {
		v := 255 - (x*(s+1)+y*2)%90
		if (y/5+s)%3 == 1 && (x/3+y/7)%2 == 0 {
			v = 20 + 10*s
		}
		if bits == 16 {
			return v*257 - s
		}
		return v >> (8 - bits)
	}}
}

// to8 scales a sample to 8 bits.
func (d drawing) to8(v int) uint8 {
	switch d.bits {
	case 1:
		return uint8(v * 255)
	case 2:
		return uint8(v * 85)
	case 4:
		return uint8(v * 17)
	case 16:
		return uint8(v >> 8)
	}
	return uint8(v)
}

func build(t testing.TB, d drawing, l layout) []byte {
	t.Helper()
	if l.order == nil {
		l.order = binary.LittleEndian
	}
	f := newFile(l.big, l.order)
	f.page(t, d, l)
	return f.b
}

func open(t testing.TB, data []byte) *Page {
	t.Helper()
	f, err := Open(bytes.NewReader(data), int64(len(data)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	p, err := f.Page(0)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// checkPixels compares an image with what want says of each pixel, within a tolerance.
func checkPixels(t *testing.T, m image.Image, w, h, tolerance int, want func(x, y int) color.RGBA) {
	t.Helper()
	if m.Bounds() != image.Rect(0, 0, w, h) {
		t.Fatalf("image of %v, want %dx%d", m.Bounds(), w, h)
	}
	off := func(a uint32, b uint8) bool {
		d := int(a>>8) - int(b)
		return d < -tolerance || d > tolerance
	}
	for y := range h {
		for x := range w {
			r, g, b, a := m.At(x, y).RGBA()
			c := want(x, y)
			if off(r, c.R) || off(g, c.G) || off(b, c.B) || a != 0xFFFF {
				t.Fatalf("pixel %d,%d is %d %d %d, want %v", x, y, r>>8, g>>8, b>>8, c)
			}
		}
	}
}

func grayOf(c color.RGBA) color.RGBA {
	v := luminance(c.R, c.G, c.B)
	return color.RGBA{v, v, v, 255}
}

// checkAll decodes a page every way that it has and compares.
func checkAll(t *testing.T, p *Page, w, h, tolerance int, want func(x, y int) color.RGBA) {
	t.Helper()
	m, err := p.Image(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	checkPixels(t, m, w, h, tolerance, want)
	g, err := p.GrayImage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	checkPixels(t, g, w, h, tolerance+1, func(x, y int) color.RGBA { return grayOf(want(x, y)) })
	if !p.Bilevel() {
		return
	}
	b, err := p.Bitmap(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var r raster.Runs
	if err := p.Runs(t.Context(), &r); err != nil {
		t.Fatal(err)
	}
	rb, err := r.Bitmap()
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(b, rb); d != "" {
		t.Fatalf("bitmap and runs differ:\n%s", d)
	}
	for y := range h {
		for x := range w {
			if b.Black(x, y) != (want(x, y).R == 0) {
				t.Fatalf("pixel %d,%d: black %v", x, y, b.Black(x, y))
			}
		}
	}
}

var containers = []layout{
	{order: binary.LittleEndian},
	{order: binary.BigEndian, rows: 7},
	{order: binary.LittleEndian, rows: 1, big: true},
	{order: binary.BigEndian, tileW: 16, tileH: 16},
	{order: binary.LittleEndian, tileW: 48, tileH: 32, big: true},
}

// Grey and bilevel pages: all depths, compressions, photometrics, fill orders, byte orders, strips and tiles.
func TestGray(t *testing.T) {
	const w, h = 77, 41
	for _, depth := range []int{1, 2, 4, 8, 16} {
		d := drawn(w, h, depth, 1)
		for _, c := range []Compression{None, PackBits, LZW, Deflate, AdobeDeflate, CCITTG4} {
			if c == CCITTG4 && depth != 1 {
				continue
			}
			for _, photometric := range []Photometric{WhiteIsZero, BlackIsZero} {
				for i, l := range containers {
					for _, lsb := range []bool{false, true} {
						l.compression, l.photometric, l.lsbFirst = c, photometric, lsb
						t.Run(fmt.Sprintf("%d bits, %v, photometric %d, container %d, LSB %v", depth, c, photometric, i, lsb),
							func(t *testing.T) {
								p := open(t, build(t, d, l))
								checkAll(t, p, w, h, 0, func(x, y int) color.RGBA {
									v := d.to8(d.at(x, y, 0))
									if photometric == WhiteIsZero {
										v = ^v
									}
									return color.RGBA{v, v, v, 255}
								})
							})
					}
				}
			}
		}
	}
}

// Colour pages: RGB, CMYK, YCbCr, palettes, alpha; interleaved or in planes; with the predictor or without.
func TestColour(t *testing.T) {
	const w, h = 61, 37
	rgb := func(d drawing) func(x, y int) color.RGBA {
		return func(x, y int) color.RGBA {
			return color.RGBA{d.to8(d.at(x, y, 0)), d.to8(d.at(x, y, 1)), d.to8(d.at(x, y, 2)), 255}
		}
	}
	for _, depth := range []int{8, 16} {
		for _, c := range []Compression{None, PackBits, LZW, Deflate} {
			for i, l := range containers {
				for _, planar := range []bool{false, true} {
					for _, predictor := range []int{0, 2} {
						if predictor == 2 && c != LZW && c != Deflate {
							continue
						}
						l.compression, l.planar, l.predictor = c, planar, predictor
						name := fmt.Sprintf("%d bits, %v, container %d, planar %v, predictor %d", depth, c, i, planar, predictor)
						t.Run("RGB, "+name, func(t *testing.T) {
							d := drawn(w, h, depth, 3)
							l := l
							l.photometric = RGB
							checkAll(t, open(t, build(t, d, l)), w, h, 0, rgb(d))
						})
						t.Run("CMYK, "+name, func(t *testing.T) {
							d := drawn(w, h, depth, 4)
							l := l
							l.photometric = CMYK
							checkAll(t, open(t, build(t, d, l)), w, h, 0, func(x, y int) color.RGBA {
								r, g, b := color.CMYKToRGB(d.to8(d.at(x, y, 0)), d.to8(d.at(x, y, 1)), d.to8(d.at(x, y, 2)),
									d.to8(d.at(x, y, 3)))
								return color.RGBA{r, g, b, 255}
							})
						})
					}
				}
			}
		}
	}
	for _, alpha := range []uint64{1, 2} {
		t.Run(fmt.Sprintf("alpha %d", alpha), func(t *testing.T) {
			d := drawn(w, h, 8, 4)
			at := d.at
			d.at = func(x, y, s int) int {
				a := (x * 4) % 256
				if s == 3 {
					return a
				}
				if alpha == 1 {
					return at(x, y, s) * a / 255
				}
				return at(x, y, s)
			}
			p := open(t, build(t, d, layout{compression: None, photometric: RGB, fields: []field{short(338, alpha)}}))
			checkAll(t, p, w, h, 1, func(x, y int) color.RGBA {
				a := (x * 4) % 256
				over := func(s int) uint8 { return uint8((at(x, y, s)*a + 255*(255-a)) / 255) }
				return color.RGBA{over(0), over(1), over(2), 255}
			})
		})
	}
	for _, depth := range []int{1, 4, 8} {
		t.Run(fmt.Sprintf("palette of %d bits", depth), func(t *testing.T) {
			d := drawn(w, h, depth, 1)
			n := 1 << depth
			colours := make([]uint64, 3*n)
			for i := range colours {
				colours[i] = uint64(i*7919) & 0xFFFF
			}
			p := open(t, build(t, d, layout{compression: PackBits, photometric: Palette, rows: 5,
				fields: []field{short(320, colours...)}}))
			checkAll(t, p, w, h, 0, func(x, y int) color.RGBA {
				i := d.at(x, y, 0)
				return color.RGBA{uint8(colours[i] >> 8), uint8(colours[n+i] >> 8), uint8(colours[2*n+i] >> 8), 255}
			})
		})
	}
	t.Run("YCbCr without JPEG", func(t *testing.T) {
		d := drawn(w, h, 8, 3)
		p := open(t, build(t, d, layout{compression: None, photometric: YCbCr, fields: []field{short(530, 1, 1)}}))
		checkAll(t, p, w, h, 0, func(x, y int) color.RGBA {
			r, g, b := color.YCbCrToRGB(uint8(d.at(x, y, 0)), uint8(d.at(x, y, 1)), uint8(d.at(x, y, 2)))
			return color.RGBA{r, g, b, 255}
		})
	})
}

// jpegPage writes a page of JPEG strips, with their tables apart or not.
func jpegPage(t testing.TB, w, h, rows int, gray, tables bool) []byte {
	t.Helper()
	f := newFile(false, binary.LittleEndian)
	var offsets, lengths []uint64
	var common []byte
	for y := 0; y < h; y += rows {
		var m image.Image
		n := min(rows, h-y)
		if gray {
			g := image.NewGray(image.Rect(0, 0, w, n))
			for i := range g.Pix {
				g.Pix[i] = uint8(200 - (i%w)/2 - 3*(y+i/w)/2)
			}
			m = g
		} else {
			c := image.NewRGBA(image.Rect(0, 0, w, n))
			for v := range n {
				for x := range w {
					c.Set(x, v, color.RGBA{uint8(250 - x), uint8(2 * (y + v)), 90, 255})
				}
			}
			m = c
		}
		var b bytes.Buffer
		if err := stdjpeg.Encode(&b, m, &stdjpeg.Options{Quality: 95}); err != nil {
			t.Fatal(err)
		}
		raw := b.Bytes()
		if tables {
			// Quantisation and Huffman tables are the same in all strips: DQT, SOF0, DHT, SOS in this order.
			sof, dht, sos := bytes.Index(raw, []byte{0xFF, 0xC0}), bytes.Index(raw, []byte{0xFF, 0xC4}),
				bytes.Index(raw, []byte{0xFF, 0xDA})
			common = append(append(bytes.Clone(raw[:sof]), raw[dht:sos]...), 0xFF, 0xD9)
			raw = append(append([]byte{0xFF, 0xD8}, raw[sof:dht]...), raw[sos:]...)
		}
		offsets = append(offsets, f.data(raw))
		lengths = append(lengths, uint64(len(raw)))
	}
	samples, photometric := uint64(3), uint64(YCbCr)
	bits := []uint64{8, 8, 8}
	if gray {
		samples, photometric, bits = 1, uint64(BlackIsZero), bits[:1]
	}
	fields := []field{long(256, uint64(w)), long(257, uint64(h)), short(258, bits...), short(259, 7),
		short(262, photometric), short(277, samples), long(278, uint64(rows)), long(273, offsets...), long(279, lengths...)}
	if tables {
		v := make([]uint64, len(common))
		for i, c := range common {
			v[i] = uint64(c)
		}
		fields = append(fields, field{347, typeUndefined, v})
	}
	f.directory(fields)
	return f.b
}

func TestJPEG(t *testing.T) {
	for _, gray := range []bool{false, true} {
		for _, tables := range []bool{false, true} {
			for _, rows := range []int{40, 16} {
				t.Run(fmt.Sprintf("grey %v, tables apart %v, %d rows a strip", gray, tables, rows), func(t *testing.T) {
					p := open(t, jpegPage(t, 50, 40, rows, gray, tables))
					checkAll(t, p, 50, 40, 12, func(x, y int) color.RGBA {
						if gray {
							v := uint8(200 - x/2 - 3*y/2)
							return color.RGBA{v, v, v, 255}
						}
						return color.RGBA{uint8(250 - x), uint8(2 * y), 90, 255}
					})
					stream, err := p.JPEGStream(0)
					if err != nil {
						t.Fatal(err)
					}
					if _, err := stdjpeg.Decode(bytes.NewReader(stream)); err != nil {
						t.Errorf("stream of the first strip: %v", err)
					}
				})
			}
		}
	}
}

// Facts of pages that hold several, with resolutions of every kind.
func TestPages(t *testing.T) {
	d := drawn(20, 10, 1, 1)
	rational := func(tag uint16, a, b uint64) field { return field{tag, typeRational, []uint64{a, b}} }
	f := newFile(false, binary.BigEndian)
	type facts struct {
		DPIX, DPIY  float64
		Orientation int
		Reduced     bool
	}
	var want []facts
	add := func(w facts, fields ...field) {
		f.page(t, d, layout{order: binary.BigEndian, compression: CCITTG4, fields: fields})
		want = append(want, w)
	}
	add(facts{Orientation: 1})
	add(facts{DPIX: 300, DPIY: 300, Orientation: 1}, rational(282, 300, 1), rational(283, 300, 1))
	add(facts{DPIX: 204, DPIY: 98, Orientation: 6}, rational(282, 204, 1), rational(283, 98, 1), short(296, 2),
		short(274, 6))
	add(facts{DPIX: 254, DPIY: 254, Orientation: 1}, rational(282, 1000, 10), rational(283, 1000, 10), short(296, 3))
	add(facts{Orientation: 1}, rational(282, 300, 1), rational(283, 300, 1), short(296, 1))
	add(facts{Orientation: 1}, rational(282, 300, 0), rational(283, 300, 0), short(296, 2), short(274, 9))
	add(facts{Orientation: 1, Reduced: true}, long(254, 1))
	file, err := Open(bytes.NewReader(f.b), int64(len(f.b)), Limits{})
	if err != nil {
		t.Fatal(err)
	}
	var got []facts
	for p, err := range file.Pages() {
		if err != nil {
			t.Fatal(err)
		}
		x, y := p.DPI()
		got = append(got, facts{x, y, p.Orientation, p.Reduced})
		if p.Index != len(got)-1 {
			t.Errorf("page %d has index %d", len(got)-1, p.Index)
		}
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// The raw strips of a Group 4 page are the encoder's bytes.
func TestRaw(t *testing.T) {
	d := drawn(333, 100, 1, 1)
	p := open(t, build(t, d, layout{compression: CCITTG4, rows: 30}))
	if n := len(p.Chunks()); n != 4 {
		t.Fatalf("%d strips, want 4", n)
	}
	for i, c := range p.Chunks() {
		raw, err := p.ReadRaw(nil, i)
		if err != nil {
			t.Fatal(err)
		}
		var r raster.Runs
		if _, err := ccitt.Decode(&r, raw, p.CCITT(i), 0); err != nil {
			t.Fatal(err)
		}
		again, err := ccitt.Append(nil, &r)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(raw, again) || r.Height != c.Height {
			t.Errorf("strip %d: %d bytes, %d when coded again", i, len(raw), len(again))
		}
	}
}

// Damage and lies are refused before any allocation of their size, or as truncated with what could be read.
func TestRefused(t *testing.T) {
	d := drawn(32, 32, 8, 1)
	valid := layout{compression: None, photometric: BlackIsZero, rows: 8}
	patched := func(fields ...field) []byte { // later fields win
		l := valid
		l.fields = fields
		return build(t, d, l)
	}
	loop := build(t, d, valid)
	first := int(binary.LittleEndian.Uint32(loop[4:]))
	end := first + 2 + 12*int(binary.LittleEndian.Uint16(loop[first:]))
	binary.LittleEndian.PutUint32(loop[end:], uint32(first))
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":              {nil, ErrFormat},
		"not a TIFF":         {[]byte("%PDF-1.4 ...."), ErrFormat},
		"no directory":       {[]byte("II*\x00\x00\x00\x00\x00"), ErrFormat},
		"directory outside":  {[]byte("II*\x00\xF0\xFF\xFF\xFF"), ErrFormat},
		"directory too long": {append([]byte("II*\x00\x08\x00\x00\x00\xFF\xFF"), make([]byte, 40)...), ErrFormat},
		"endless chain":      {loop, ErrFormat},
		"huge":               {patched(long(256, 1<<20), long(257, 1<<20)), raster.ErrTooLarge},
		"35000x35000":        {patched(long(256, 35000), long(257, 35000)), raster.ErrTooLarge},
		"width 0":            {patched(long(256, 0)), ErrFormat},
		"width of 4 billion": {patched(long(256, 1<<32-1)), ErrFormat},
		"too few strips":     {patched(long(257, 1000)), ErrFormat},
		"old JPEG":           {patched(short(259, 6)), ErrUnsupported},
		"JBIG":               {patched(short(259, 34661)), ErrUnsupported},
		"floats":             {patched(short(339, 3)), ErrUnsupported},
		"CIELab":             {patched(short(262, 8)), ErrUnsupported},
		"3 bits":             {patched(short(258, 3)), ErrUnsupported},
		"predictor 3":        {patched(short(259, 8), short(317, 3)), ErrUnsupported},
		"palette missing":    {patched(short(262, 3)), ErrFormat},
		"RGB of one sample":  {patched(short(262, 2)), ErrFormat},
		"G4 of 8 bits":       {patched(short(259, 4)), ErrFormat},
		"overlapping strips": {patched(long(273, 8, 8, 8, 8), long(279, 1000, 1000, 1000, 1000)), ErrFormat},
		"tiles without size": {patched(long(324, 8)), ErrFormat},
		"tiles of a gigapixel": {patched(long(324, 8), long(325, 8), long(322, 1<<20), long(323, 1<<20)),
			raster.ErrTooLarge},
		"strips outside":         {patched(long(273, 1<<31, 1<<31, 1<<31, 1<<31)), ErrTruncated},
		"strips shorter":         {patched(long(279, 256, 256, 10, 256)), ErrTruncated},
		"Deflate of other bytes": {patched(short(259, 8)), ErrTruncated},
		"JPEG of other bytes":    {patched(short(259, 7)), ErrTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			err := decodeAll(t.Context(), c.data, Limits{})
			if !errors.Is(err, c.want) {
				t.Errorf("%v, want %v", err, c.want)
			}
			var e *Error
			if !errors.As(err, &e) && !errors.Is(err, raster.ErrTooLarge) {
				t.Errorf("%T doesn't say where", err)
			}
		})
	}
}

// A file of a few hundred bytes that says it is huge is refused before memory of that size is asked for.
func TestBombsTakeNoMemory(t *testing.T) {
	d := drawn(32, 32, 8, 1)
	l := layout{compression: Deflate, photometric: BlackIsZero, fields: []field{long(256, 30000), long(257, 30000),
		long(278, 30000)}}
	data := build(t, d, l)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if err := decodeAll(t.Context(), data, Limits{}); !errors.Is(err, raster.ErrTooLarge) {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes allocated to refuse a file of %d", n, len(data))
	}
}

// decodeAll reads all pages in all ways; it returns the first error.
func decodeAll(ctx context.Context, data []byte, limits Limits) error {
	f, err := Open(bytes.NewReader(data), int64(len(data)), limits)
	if err != nil {
		return err
	}
	var firstErr error
	for p, err := range f.Pages() {
		if err == nil {
			_, err = p.Image(ctx)
			_, grayErr := p.GrayImage(ctx)
			err = first(err, grayErr)
			if p.Bilevel() {
				var r raster.Runs
				err = first(err, p.Runs(ctx, &r))
			}
		}
		firstErr = first(firstErr, err)
	}
	return firstErr
}

// What careless writers leave out of a page of one strip is made up for.
func TestLenient(t *testing.T) {
	d := drawn(64, 60, 1, 1)
	data := build(t, d, layout{compression: CCITTG4, photometric: WhiteIsZero})
	want := runs(t, open(t, data))
	for name, tags := range map[string][]uint16{
		"no length of the strip":        {279},
		"no rows per strip":             {278},
		"neither bits nor samples":      {258, 277},
		"no photometric interpretation": {262},
	} {
		t.Run(name, func(t *testing.T) {
			damaged := bytes.Clone(data)
			hide(damaged, tags...)
			sameRuns(t, want, runs(t, open(t, damaged)))
		})
	}
	sameRuns(t, want, runs(t, open(t, build(t, d, layout{compression: CCITTG4, photometric: WhiteIsZero,
		fields: []field{long(279, 0), long(278, 0)}}))))
}

// Several strips whose lengths or number of rows the driver got wrong are read as libtiff reads them, in every coding.
func TestLenientStrips(t *testing.T) {
	const w, h, rows = 64, 61, 16 // the last strip is shorter
	for _, c := range []Compression{None, CCITTG4, LZW, PackBits, Deflate} {
		d := drawn(w, h, 1, 1)
		l := layout{compression: c, photometric: WhiteIsZero, rows: rows}
		want := runs(t, open(t, build(t, d, l)))
		for name, f := range map[string]field{
			"lengths of 0":             long(279, 0, 0, 0, 0),
			"one length of 0":          long(279, 0),
			"lengths past the end":     long(279, 1<<31, 1<<32-1, 9972<<8, 1<<32-1),
			"too few lengths":          long(279, 1<<32-1),
			"lengths outside the file": {279, typeLong, make([]uint64, 4)},
			"rows as a signed number":  {278, typeSLong, []uint64{rows}},
		} {
			t.Run(fmt.Sprintf("%v, %s", c, name), func(t *testing.T) {
				l := l
				l.fields = []field{f}
				data := build(t, d, l)
				if name == "lengths outside the file" {
					at := bytes.LastIndex(data, binary.LittleEndian.AppendUint32([]byte{0x17, 1, 4, 0}, 4))
					binary.LittleEndian.PutUint32(data[at+8:], 1<<31)
				}
				sameRuns(t, want, runs(t, open(t, data)))
			})
		}
	}
	// Strips of equal height, but for the last, whose number of rows was left at a default beyond the page.
	d := drawn(w, h, 1, 1)
	l := layout{compression: CCITTG4, photometric: WhiteIsZero, rows: rows}
	want := runs(t, open(t, build(t, d, l)))
	for _, beyond := range []field{long(278, 1<<32-1), long(278, h), long(278, 5000),
		{278, typeSLong, []uint64{1<<32 - 1}}} {
		l.fields = []field{beyond}
		sameRuns(t, want, runs(t, open(t, build(t, d, l))))
	}
	// One strip, as it should be.
	l.rows = 0
	for _, beyond := range []field{long(278, 1<<32-1), long(278, h+1), short(278, 0)} {
		l.fields = []field{beyond}
		sameRuns(t, want, runs(t, open(t, build(t, d, l))))
	}
}

// Colours whose interpretation or number of samples was left out are colours.
func TestLenientColours(t *testing.T) {
	d := drawn(20, 10, 8, 3)
	data := build(t, d, layout{compression: None, photometric: RGB})
	want, err := open(t, data).Image(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, tags := range [][]uint16{{262}, {277}, {262, 277}} {
		damaged := bytes.Clone(data)
		hide(damaged, tags...)
		got, err := open(t, damaged).Image(t.Context())
		if err != nil {
			t.Errorf("without %v: %v", tags, err)
		} else if cmp.Diff(want, got) != "" {
			t.Errorf("without %v the image differs", tags)
		}
	}
}

// hide gives fields of a file's first directory a private tag.
func hide(data []byte, tags ...uint16) {
	at := int(binary.LittleEndian.Uint32(data[4:]))
	for i := range int(binary.LittleEndian.Uint16(data[at:])) {
		if e := data[at+2+12*i:]; slices.Contains(tags, binary.LittleEndian.Uint16(e)) {
			binary.LittleEndian.PutUint16(e, 65000)
		}
	}
}

// A strip cut short leaves the rows above it, and white below.
func TestTruncated(t *testing.T) {
	d := drawn(64, 60, 1, 1)
	data := build(t, d, layout{compression: CCITTG4, photometric: WhiteIsZero})
	whole := open(t, data)
	c := whole.Chunks()[0]
	// StripByteCounts
	i := bytes.Index(data, binary.LittleEndian.AppendUint32([]byte{0x17, 1, 4, 0, 1, 0, 0, 0}, uint32(c.Length)))
	if i < 0 {
		t.Fatal("no field 279")
	}
	binary.LittleEndian.PutUint32(data[i+8:], uint32(c.Length/2))
	p := open(t, data)
	var r raster.Runs
	if err := p.Runs(t.Context(), &r); !errors.Is(err, ErrTruncated) || r.Height < 10 || r.Height > 50 {
		t.Errorf("runs: %d rows, %v", r.Height, err)
	}
	g, err := p.GrayImage(t.Context())
	if !errors.Is(err, ErrTruncated) || g == nil {
		t.Fatalf("grey: %v", err)
	}
	for x := range 64 {
		if g.GrayAt(x, 59).Y != 255 {
			t.Fatal("the last row isn't white")
		}
		if v := d.at(x, 5, 0); g.GrayAt(x, 5).Y != uint8(255*(1-v)) {
			t.Fatal("the first rows aren't those written")
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := p.Runs(ctx, &r); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context: %v", err)
	}
}

// A fax with a bad line is read, and says so.
func TestDamagedRows(t *testing.T) {
	// Each row is an end-of-line code that ends at a byte, and 64 white pixels; the second one is no code.
	row := []byte{0x00, 0x01, 0b11011001, 0b10101000}
	var raw []byte
	for y := range 5 {
		r := bytes.Clone(row)
		if y == 1 {
			r[2], r[3] = 0x00, 0x40
		}
		raw = append(raw, r...)
	}
	f := newFile(false, binary.LittleEndian)
	f.directory([]field{long(256, 64), long(257, 5), short(258, 1), short(259, 3), short(262, 0), short(277, 1),
		long(278, 5), long(273, f.data(raw)), long(279, uint64(len(raw))), long(292, 4)})
	p := open(t, f.b)
	var r raster.Runs
	if err := p.Runs(t.Context(), &r); err != nil || p.DamagedRows() != 1 || r.Height != 5 {
		t.Errorf("runs: %d rows, %d damaged, %v", r.Height, p.DamagedRows(), err)
	}
	if _, err := p.GrayImage(t.Context()); err != nil || p.DamagedRows() != 1 {
		t.Errorf("grey: %d rows damaged, %v", p.DamagedRows(), err)
	}
}

// sharedScans are the scans beside the repository.
func sharedScans(t testing.TB) []string {
	t.Helper()
	var files []string
	for _, pattern := range []string{"../../../shared/scans/*.tif", "../../../shared/scans/ordonnances/*.tif"} {
		more, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, more...)
	}
	if len(files) == 0 {
		t.Skip("../shared is not here")
	}
	return files
}

// Real scans are read; a page of paper is more white than black whatever its photometric interpretation.
func TestSharedScans(t *testing.T) {
	for _, name := range sharedScans(t) {
		t.Run(filepath.Base(name), func(t *testing.T) {
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			p := open(t, data)
			g, err := p.GrayImage(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if p.Width != g.Rect.Dx() || p.Height != g.Rect.Dy() {
				t.Errorf("%v gives %v", p, g.Rect)
			}
			if !p.Bilevel() {
				return
			}
			var r raster.Runs
			if err := p.Runs(t.Context(), &r); err != nil {
				t.Fatal(err)
			}
			var black int64
			for _, v := range g.Pix {
				if v == 0 {
					black++
				}
			}
			if r.Black() != black || r.Height != p.Height {
				t.Errorf("%d black pixels in runs, %d in grey", r.Black(), black)
			}
			// "noir" and the inverted text are black on purpose.
			if share := float64(black) / float64(p.Width*p.Height); share > 0.35 && filepath.Base(name) != "invertedtext.tif" {
				t.Logf("black covers %.2f of %s", share, p)
			}
		})
	}
}

func FuzzDecode(f *testing.F) {
	small := drawn(19, 11, 8, 3)
	for _, l := range []layout{
		{compression: LZW, photometric: RGB, predictor: 2, rows: 4},
		{compression: Deflate, photometric: RGB, planar: true, tileW: 16, tileH: 16},
		{compression: PackBits, photometric: RGB, big: true, order: binary.BigEndian},
	} {
		f.Add(build(f, small, l))
	}
	bilevel := drawn(35, 17, 1, 1)
	for _, l := range []layout{
		{compression: CCITTG4, photometric: WhiteIsZero, rows: 5, lsbFirst: true},
		{compression: CCITTG4, photometric: BlackIsZero, tileW: 16, tileH: 16},
		{compression: CCITTG3, photometric: WhiteIsZero, t4options: 1},
	} {
		if l.compression == CCITTG3 { // Group 4 data under another name: damaged from the first row
			l.compression = CCITTG4
			data := build(f, bilevel, l)
			f.Add(bytes.Replace(data, []byte{0x03, 1, 3, 0, 1, 0, 0, 0, 4, 0}, []byte{0x03, 1, 3, 0, 1, 0, 0, 0, 3, 0}, 1))
			continue
		}
		f.Add(build(f, bilevel, l))
	}
	f.Add(jpegPage(f, 24, 16, 8, true, true))
	f.Fuzz(func(t *testing.T, data []byte) {
		// Only that it ends, without a panic and within its limits.
		err := decodeAll(t.Context(), data, Limits{Bytes: 1 << 20, Pages: 10})
		var e *Error
		if err != nil && !errors.As(err, &e) && !errors.Is(err, raster.ErrTooLarge) {
			t.Fatalf("%T: %v", err, err)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	page := drawn(1654, 2339, 1, 1)
	for name, l := range map[string]layout{
		"G4":         {compression: CCITTG4, photometric: WhiteIsZero},
		"PackBits":   {compression: PackBits, photometric: WhiteIsZero, rows: 64},
		"LZW":        {compression: LZW, photometric: WhiteIsZero, rows: 64},
		"Deflate":    {compression: Deflate, photometric: WhiteIsZero, rows: 64},
		"G4-reverse": {compression: CCITTG4, photometric: BlackIsZero, rows: 256, lsbFirst: true},
	} {
		data := build(b, page, l)
		b.Run("runs-"+name, func(b *testing.B) {
			p := open(b, data)
			b.ReportAllocs()
			var r raster.Runs
			for b.Loop() {
				if err := p.Runs(b.Context(), &r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	colour := build(b, drawn(1654, 2339, 8, 3), layout{compression: Deflate, photometric: RGB, predictor: 2, rows: 64})
	b.Run("gray-of-RGB-Deflate", func(b *testing.B) {
		p := open(b, colour)
		b.ReportAllocs()
		for b.Loop() {
			if _, err := p.GrayImage(b.Context()); err != nil {
				b.Fatal(err)
			}
		}
	})
	many := newFile(false, binary.LittleEndian)
	for range 1000 {
		many.page(b, drawn(16, 8, 1, 1), layout{compression: CCITTG4})
	}
	b.Run("thousand-directories", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			f, err := Open(bytes.NewReader(many.b), int64(len(many.b)), Limits{})
			if err != nil {
				b.Fatal(err)
			}
			n := 0
			for _, err := range f.Pages() {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
			if n != 1000 {
				b.Fatal(n)
			}
		}
	})
}
