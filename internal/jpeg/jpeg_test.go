package jpeg

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

var scales = []int{1, 2, 4, 8}

// page draws a page of dark strokes on light paper, w x h.
func page(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			v := uint8(235 - x*20/w)
			if y/11%3 == 1 && (x/5+y/4)%3 == 0 && x > w/10 && x < w*9/10 {
				v = 40
			}
			g.Pix[y*g.Stride+x] = v
		}
	}
	return g
}

func encode(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, m, &stdjpeg.Options{Quality: 85}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func readFile(t testing.TB, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// samples are JPEGs of every kind that is decoded: those of testdata, some drawn here, and the shared scans where they
// are.
func samples(t testing.TB) map[string][]byte {
	t.Helper()
	s := map[string][]byte{"drawn-gray": encode(t, page(301, 203)), "drawn-cmyk": cmyk(t, 40, 24),
		"drawn-1x1": encode(t, page(1, 1))}
	colour := image.NewRGBA(image.Rect(0, 0, 130, 77))
	for y := range 77 {
		for x := range 130 {
			colour.Set(x, y, color.RGBA{uint8(2 * x), uint8(255 - 3*y), uint8(x ^ y), 255})
		}
	}
	s["drawn-ycc420"] = encode(t, colour)
	for _, pattern := range []string{"testdata/*.jpg", "../../../shared/scans/*.jpg",
		"../../../shared/scans/ordonnances/ord-00*.jpg"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if filepath.Base(name) != "cjpeg-arithmetic.jpg" {
				s[filepath.Base(name)] = readFile(t, name)
			}
		}
	}
	return s
}

// cmyk puts four grey planes together as an Adobe CMYK stream, one scan for each.
func cmyk(t testing.TB, w, h int) []byte {
	t.Helper()
	out := []byte("\xFF\xD8\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00\x00")
	var scans []byte
	for i := range 4 {
		plane := page(w, h)
		for j := range plane.Pix {
			plane.Pix[j] = byte(int(plane.Pix[j]) * (i + 2) / 6)
		}
		data := encode(t, plane)
		sof, sos := bytes.Index(data, []byte{0xFF, mSOF0}), bytes.Index(data, []byte{0xFF, mSOS})
		if i == 0 {
			out = append(out, data[2:sof]...)
			out = append(out, 0xFF, mSOF0, 0, 8+3*4, 8, byte(h>>8), byte(h), byte(w>>8), byte(w), 4)
			for c := range byte(4) {
				out = append(out, c+1, 0x11, 0)
			}
			dht := bytes.Index(data, []byte{0xFF, mDHT})
			out = append(out, data[dht:sos]...)
		}
		scans = append(scans, 0xFF, mSOS, 0, 8, 1, byte(i+1), 0, 0, 63, 0)
		scans = append(scans, data[sos+10:len(data)-2]...)
	}
	return append(append(out, scans...), 0xFF, mEOI)
}

// luma is the grey of a pixel: for YCbCr its Y, for others what image/color makes of it.
func luma(m image.Image, x, y int) int {
	switch m := m.(type) {
	case *image.Gray:
		return int(m.GrayAt(x, y).Y)
	case *image.YCbCr:
		return int(m.Y[m.YOffset(x, y)])
	}
	return int(color.GrayModel.Convert(m.At(x, y)).(color.Gray).Y)
}

// At full size the luminance is the standard library's within one level of 255; at 1/8 it is the mean of its pixels,
// within rounding and what clipping of bright edges makes; in between, shrinking by the transform isn't averaging, but
// means over 8x8 pixels agree.
func TestDecodeGray(t *testing.T) {
	for name, data := range samples(t) {
		t.Run(name, func(t *testing.T) {
			m, err := stdjpeg.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			w, h := m.Bounds().Dx(), m.Bounds().Dy()
			for _, scale := range scales {
				g, err := DecodeGray(t.Context(), data, Options{Scale: scale})
				if err != nil {
					t.Fatalf("scale 1/%d: %v", scale, err)
				}
				if want := image.Rect(0, 0, (w+scale-1)/scale, (h+scale-1)/scale); g.Rect != want {
					t.Fatalf("scale 1/%d: %v, want %v", scale, g.Rect, want)
				}
				tolerance := 12.0
				block := 8
				if scale == 1 {
					tolerance, block = 1, 1
				}
				worst := 0.0
				for y := 0; y+block <= h; y += block {
					for x := 0; x+block <= w; x += block {
						want, got := 0.0, 0.0
						for v := range block {
							for u := range block {
								want += float64(luma(m, x+u, y+v))
								got += float64(g.Pix[(y+v)/scale*g.Stride+(x+u)/scale])
							}
						}
						worst = max(worst, math.Abs(want-got)/float64(block*block))
					}
				}
				if worst > tolerance {
					t.Errorf("scale 1/%d: off by %.2f, at most %.0f expected", scale, worst, tolerance)
				}
			}
		})
	}
}

// A truncated stream gives the rows that it holds, white below, and says so. Progressive streams are truncated even if
// only their last bits are missing.
func TestDecodeGrayTruncated(t *testing.T) {
	data := encode(t, page(300, 400))
	whole, err := DecodeGray(t.Context(), data, Options{})
	if err != nil {
		t.Fatal(err)
	}
	sos := bytes.Index(data, []byte{0xFF, mSOS})
	cut := data[:sos+(len(data)-sos)/2]
	g, err := DecodeGray(t.Context(), cut, Options{})
	if !errors.Is(err, ErrTruncated) || g == nil {
		t.Fatalf("error %v, image %v", err, g != nil)
	}
	if d := cmp.Diff(whole.Pix[:8*whole.Stride], g.Pix[:8*g.Stride]); d != "" {
		t.Error("first rows differ")
	}
	last := g.Pix[399*g.Stride:][:300]
	for _, v := range last {
		if v != 255 {
			t.Fatalf("last row holds %d, expected white", v)
		}
	}
	progressive := readFile(t, "testdata/cjpeg-gray-progressive.jpg")
	for _, n := range []int{len(progressive) - 3, len(progressive) * 3 / 4, len(progressive) / 2} {
		if g, err := DecodeGray(t.Context(), progressive[:n], Options{}); !errors.Is(err, ErrTruncated) || g == nil {
			t.Errorf("cut at %d of %d: error %v, image %v", n, len(progressive), err, g != nil)
		}
	}
}

func TestRefused(t *testing.T) {
	gray := encode(t, page(16, 16))
	sof := bytes.Index(gray, []byte{0xFF, mSOF0})
	with := func(at int, b ...byte) []byte {
		out := bytes.Clone(gray)
		copy(out[at:], b)
		return out
	}
	huge := with(sof+5, 0xFF, 0xFF, 0xFF, 0xFF)
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":           {nil, ErrTruncated},
		"not a JPEG":      {[]byte("GIF89a, certainly not a JPEG"), ErrFormat},
		"arithmetic":      {readFile(t, "testdata/cjpeg-arithmetic.jpg"), ErrUnsupported},
		"lossless":        {with(sof+1, 0xC3), ErrUnsupported},
		"12 bits":         {with(sof+4, 12), ErrUnsupported},
		"height 0":        {with(sof+5, 0, 0), ErrUnsupported},
		"width 0":         {with(sof+7, 0, 0), ErrFormat},
		"2 components":    {with(sof+9, 2), ErrUnsupported},
		"65535x65535":     {huge, raster.ErrTooLarge},
		"no scan":         {gray[:sof+13], ErrTruncated},
		"ends at once":    {[]byte{0xFF, mSOI, 0xFF, mEOI, 0, 0}, ErrTruncated},
		"segment too big": {[]byte{0xFF, mSOI, 0xFF, mDQT, 0xFF, 0xFF, 0}, ErrTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := DecodeGray(t.Context(), c.data, Options{}); !errors.Is(err, c.want) {
				t.Errorf("DecodeGray: %v, want %v", err, c.want)
			}
			if _, err := Decode(t.Context(), c.data, 0); !errors.Is(err, c.want) {
				t.Errorf("Decode: %v, want %v", err, c.want)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := DecodeGray(ctx, gray, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context: %v", err)
	}
}

// A stream of a few hundred bytes that says it is huge is refused before memory of that size is asked for.
func TestBombsTakeNoMemory(t *testing.T) {
	data := encode(t, page(16, 16))
	sof := bytes.Index(data, []byte{0xFF, mSOF0})
	copy(data[sof+5:], []byte{0xFF, 0xFF, 0xFF, 0xFF})
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, scale := range []int{1, 2} {
		if _, err := DecodeGray(t.Context(), data, Options{Scale: scale}); !errors.Is(err, raster.ErrTooLarge) {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes allocated to refuse a stream of %d", n, len(data))
	}
}

// CMYK without Adobe's marker holds what it says; with it, the inverse.
func TestDecodeCMYK(t *testing.T) {
	adobe := cmyk(t, 24, 16)
	bare := append(bytes.Clone(adobe[:2]), adobe[18:]...)
	a, err := Decode(t.Context(), adobe, 0)
	if err != nil {
		t.Fatal(err)
	}
	b, err := Decode(t.Context(), bare, 0)
	if err != nil {
		t.Fatal(err)
	}
	inverted := b.(*image.CMYK)
	Invert(inverted)
	if !bytes.Equal(a.(*image.CMYK).Pix, inverted.Pix) {
		t.Error("one isn't the inverse of the other")
	}
}

// segment is a marker with its body.
func segment(marker byte, body []byte) []byte {
	return append(binary.BigEndian.AppendUint16([]byte{0xFF, marker}, uint16(len(body)+2)), body...)
}

// exif builds an EXIF segment with orientation and resolution.
func exif(order binary.AppendByteOrder, mark string, orientation, unit uint16, x, y [2]uint32) []byte {
	b := []byte(mark)
	b = order.AppendUint16(b, 42)
	b = order.AppendUint32(b, 8)
	b = order.AppendUint16(b, 4)
	short := func(tag, v uint16) {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, 3)
		b = order.AppendUint32(b, 1)
		b = order.AppendUint16(b, v)
		b = order.AppendUint16(b, 0)
	}
	rational := func(tag uint16, at uint32) {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, 5)
		b = order.AppendUint32(b, 1)
		b = order.AppendUint32(b, at)
	}
	short(0x112, orientation)
	rational(0x11A, 62)
	rational(0x11B, 70)
	short(0x128, unit)
	b = order.AppendUint32(b, 0)
	for _, v := range []uint32{x[0], x[1], y[0], y[1]} {
		b = order.AppendUint32(b, v)
	}
	return append([]byte("Exif\x00\x00"), b...)
}

func TestReadHeader(t *testing.T) {
	gray := encode(t, page(33, 21))
	jfif := func(unit byte, x, y uint16) []byte {
		b := []byte("JFIF\x00\x01\x02")
		b = append(b, unit)
		b = binary.BigEndian.AppendUint16(b, x)
		return segment(mAPP0, append(binary.BigEndian.AppendUint16(b, y), 0, 0))
	}
	join := func(parts ...[]byte) []byte {
		return append(append([]byte{0xFF, mSOI}, bytes.Join(parts, nil)...), gray[2:]...)
	}
	for name, c := range map[string]struct {
		data        []byte
		dpiX, dpiY  float64
		orientation int
		icc         bool
		transform   int
	}{
		"nothing":          {join(), 0, 0, 1, false, -1},
		"JFIF inches":      {join(jfif(1, 200, 300)), 200, 300, 1, false, -1},
		"JFIF centimetres": {join(jfif(2, 100, 100)), 254, 254, 1, false, -1},
		"JFIF aspect":      {join(jfif(0, 1, 1)), 0, 0, 1, false, -1},
		"EXIF little endian": {join(segment(mAPP1, exif(binary.LittleEndian, "II", 6, 2, [2]uint32{300, 1},
			[2]uint32{600, 2}))), 300, 300, 6, false, -1},
		"EXIF big endian": {join(segment(mAPP1, exif(binary.BigEndian, "MM", 8, 3, [2]uint32{100, 1}, [2]uint32{100, 1}))),
			254, 254, 8, false, -1},
		"EXIF over zero": {join(segment(mAPP1, exif(binary.BigEndian, "MM", 9, 2, [2]uint32{100, 0}, [2]uint32{100, 1}))),
			0, 0, 1, false, -1},
		"JFIF before EXIF": {join(jfif(1, 200, 200), segment(mAPP1, exif(binary.BigEndian, "MM", 3, 2, [2]uint32{72, 1},
			[2]uint32{72, 1}))), 200, 200, 3, false, -1},
		"EXIF for aspect": {join(jfif(0, 1, 1), segment(mAPP1, exif(binary.BigEndian, "MM", 1, 2, [2]uint32{150, 1},
			[2]uint32{150, 1}))), 150, 150, 1, false, -1},
		"ICC and Adobe": {join(segment(mAPP2, []byte("ICC_PROFILE\x00\x01\x01....")),
			segment(mAPP14, []byte("Adobe\x00\x64\x00\x00\x00\x00\x02"))), 0, 0, 1, true, 2},
	} {
		t.Run(name, func(t *testing.T) {
			h, err := ReadHeader(bytes.NewReader(c.data), int64(len(c.data)))
			if err != nil {
				t.Fatal(err)
			}
			x, y := h.DPI()
			if x != c.dpiX || y != c.dpiY || h.Orientation != c.orientation || h.ICC != c.icc || h.Transform != c.transform {
				t.Errorf("dpi %v %v, orientation %d, ICC %v, transform %d; want %v", x, y, h.Orientation, h.ICC, h.Transform, c)
			}
			if h.Width != 33 || h.Height != 21 || !h.Gray() || !h.Baseline() || !h.Ended {
				t.Errorf("%+v", h)
			}
		})
	}
	if h, err := ReadHeader(bytes.NewReader(gray[:len(gray)-2]), int64(len(gray)-2)); err != nil || h.Ended {
		t.Errorf("without its end: ended %v, %v", h != nil && h.Ended, err)
	}
}

func fuzzSeeds(f *testing.F) {
	for _, name := range []string{"cjpeg-gray-progressive.jpg", "cjpeg-ycc444-restart.jpg",
		"cjpeg-ycc420-noninterleaved.jpg", "cjpeg-ycc444-progressive-restart.jpg"} {
		f.Add(readFile(f, "testdata/"+name))
	}
	f.Add(encode(f, page(40, 24)))
	f.Add(cmyk(f, 9, 9))
}

// Whatever the data, nothing panics, and an image has the size that the header says.
func FuzzDecodeGray(f *testing.F) {
	fuzzSeeds(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		h, headerErr := ReadHeader(bytes.NewReader(data), int64(len(data)))
		for _, scale := range scales {
			g, err := DecodeGray(t.Context(), data, Options{Scale: scale, Limit: 1 << 20})
			if err != nil && g == nil {
				continue
			}
			if headerErr != nil {
				t.Fatalf("decoded without a header: %v", headerErr)
			}
			if g.Rect.Dx() != (h.Width+scale-1)/scale || g.Rect.Dy() != (h.Height+scale-1)/scale {
				t.Fatalf("scale 1/%d of %dx%d gives %v", scale, h.Width, h.Height, g.Rect)
			}
		}
	})
}

func BenchmarkDecodeGray(b *testing.B) {
	data := encode(b, page(1654, 2339))
	b.Run("image-jpeg", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := stdjpeg.Decode(bytes.NewReader(data)); err != nil {
				b.Fatal(err)
			}
		}
	})
	for _, scale := range scales {
		b.Run("scale-"+string(rune('0'+scale)), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := DecodeGray(b.Context(), data, Options{Scale: scale}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
