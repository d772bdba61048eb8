package png

import (
	"bytes"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	stdpng "image/png"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

const w, h = 37, 23

// pixel is a page of strokes with a transparent corner.
func pixel(x, y int) color.NRGBA64 {
	c := color.NRGBA64{R: uint16(60000 - x*400), G: uint16(50000 + y*300), B: 0x8000, A: 0xFFFF}
	if (x/3+y/5)%3 == 0 {
		c = color.NRGBA64{R: 0x1234, G: 0x1000, B: 0x2000, A: 0xFFFF}
	}
	if x < 8 && y < 8 {
		c.A = uint16(x * 0x2000)
	}
	return c
}

func over(v, a uint32) uint8 { return uint8((v*a/0xFFFF + 0xFFFF - a) >> 8) }

// drawn are images of every colour type and depth that image/png writes, with what each pixel is once laid over white.
func drawn() map[string]image.Image {
	rect := image.Rect(0, 0, w, h)
	gray, gray16 := image.NewGray(rect), image.NewGray16(rect)
	rgba, nrgba, nrgba64 := image.NewRGBA(rect), image.NewNRGBA(rect), image.NewNRGBA64(rect)
	two := image.NewPaletted(rect, color.Palette{color.Gray{255}, color.Gray{0}})
	many := image.NewPaletted(rect, nil)
	for i := range 200 {
		many.Palette = append(many.Palette, color.NRGBA{uint8(i), uint8(255 - i), uint8(i * 3), uint8(255 - i/50)})
	}
	for y := range h {
		for x := range w {
			c := pixel(x, y)
			nrgba64.SetNRGBA64(x, y, c)
			nrgba.Set(x, y, c)
			opaque := c
			opaque.A = 0xFFFF
			rgba.Set(x, y, opaque)
			gray.Set(x, y, opaque)
			gray16.Set(x, y, opaque)
			two.SetColorIndex(x, y, uint8((x/3+y)%2))
			many.SetColorIndex(x, y, uint8((x*7+y*5)%200))
		}
	}
	return map[string]image.Image{"gray": gray, "gray 16": gray16, "RGB": rgba, "RGBA": nrgba, "RGBA 16": nrgba64,
		"two colours": two, "palette with alpha": many}
}

func encode(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := stdpng.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestDecode(t *testing.T) {
	for name, source := range drawn() {
		t.Run(name, func(t *testing.T) {
			data := encode(t, source)
			m, err := Decode(t.Context(), bytes.NewReader(data), int64(len(data)), 0)
			if err != nil {
				t.Fatal(err)
			}
			g, err := DecodeGray(t.Context(), bytes.NewReader(data), int64(len(data)), 0)
			if err != nil {
				t.Fatal(err)
			}
			_, isGray := m.(*image.Gray)
			if wantGray := name == "gray" || name == "gray 16" || name == "two colours"; isGray != wantGray {
				t.Errorf("decoded as %T", m)
			}
			near := func(a, b uint8) bool { return int(a)-int(b) <= 1 && int(b)-int(a) <= 1 }
			for y := range h {
				for x := range w {
					c := color.NRGBA64Model.Convert(source.At(x, y)).(color.NRGBA64)
					a := uint32(c.A)
					wr, wg, wb := over(uint32(c.R), a), over(uint32(c.G), a), over(uint32(c.B), a)
					r, gr, b, alpha := m.At(x, y).RGBA()
					if !near(uint8(r>>8), wr) || !near(uint8(gr>>8), wg) || !near(uint8(b>>8), wb) || alpha != 0xFFFF {
						t.Fatalf("pixel %d,%d is %d %d %d, want %d %d %d", x, y, r>>8, gr>>8, b>>8, wr, wg, wb)
					}
					if v := g.GrayAt(x, y).Y; !near(v, luminance(wr, wg, wb)) {
						t.Fatalf("pixel %d,%d is grey %d, want %d", x, y, v, luminance(wr, wg, wb))
					}
				}
			}
		})
	}
}

// chunk is a PNG chunk with its checksum.
func chunk(kind string, body []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	b = append(append(b, kind...), body...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

func physical(x, y uint32, unit byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, x)
	return chunk("pHYs", append(binary.BigEndian.AppendUint32(b, y), unit))
}

func withChunks(data []byte, chunks ...[]byte) []byte {
	return append(append(bytes.Clone(data[:33]), bytes.Join(chunks, nil)...), data[33:]...)
}

func TestReadHeader(t *testing.T) {
	gray := encode(t, drawn()["gray"])
	for name, c := range map[string]struct {
		data       []byte
		dpiX, dpiY float64
	}{
		"nothing":     {gray, 0, 0},
		"200 dpi":     {withChunks(gray, physical(7874, 7874, 1)), 7874 * 0.0254, 7874 * 0.0254},
		"fax":         {withChunks(gray, physical(8031, 3858, 1)), 8031 * 0.0254, 3858 * 0.0254},
		"aspect":      {withChunks(gray, physical(1, 1, 0)), 0, 0},
		"short chunk": {withChunks(gray, chunk("pHYs", []byte{1, 2})), 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			hd, err := ReadHeader(bytes.NewReader(c.data), int64(len(c.data)))
			if err != nil {
				t.Fatal(err)
			}
			if x, y := hd.DPI(); math.Abs(x-c.dpiX) > 1e-9 || math.Abs(y-c.dpiY) > 1e-9 || hd.Width != w || hd.Height != h ||
				hd.Bits != 8 || hd.Colour != Gray {
				t.Errorf("%v x %v dpi: %+v", x, y, hd)
			}
		})
	}
	more := withChunks(gray, chunk("gAMA", []byte{0, 0, 0xB1, 0x8F}), chunk("iCCP", []byte("x\x00\x00")),
		chunk("tRNS", []byte{0, 1}))
	hd, err := ReadHeader(bytes.NewReader(more), int64(len(more)))
	if err != nil || hd.Gamma != 0.45455 || !hd.ICC || !hd.Transparent {
		t.Errorf("%+v, %v", hd, err)
	}
}

func TestRefused(t *testing.T) {
	gray := encode(t, drawn()["gray"])
	patched := func(at int, b ...byte) []byte {
		out := bytes.Clone(gray)
		copy(out[at:], b)
		binary.BigEndian.PutUint32(out[29:], crc32.ChecksumIEEE(out[12:29]))
		return out
	}
	for name, c := range map[string]struct {
		data []byte
		want error
	}{
		"empty":           {nil, ErrTruncated},
		"not a PNG":       {bytes.Repeat([]byte("no"), 40), ErrFormat},
		"width 0":         {patched(16, 0, 0, 0, 0), ErrFormat},
		"negative width":  {patched(16, 0x80, 0, 0, 1), ErrFormat},
		"35000x35000":     {patched(16, 0, 0, 0x88, 0xB8, 0, 0, 0x88, 0xB8), raster.ErrTooLarge},
		"2 billion wide":  {patched(16, 0x7F, 0xFF, 0xFF, 0xFF), raster.ErrTooLarge},
		"colour type 5":   {patched(25, 5), ErrFormat},
		"depth 3":         {patched(24, 3), ErrTruncated},
		"cut":             {gray[:len(gray)/2], ErrTruncated},
		"header only":     {gray[:33], ErrTruncated},
		"no image data":   {append(bytes.Clone(gray[:33]), chunk("IEND", nil)...), ErrTruncated},
		"a chunk of 2 GB": {append(bytes.Clone(gray[:33]), 0x7F, 0xFF, 0xFF, 0xFF, 't', 'E', 'X', 't'), ErrTruncated},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := Decode(t.Context(), bytes.NewReader(c.data), int64(len(c.data)), 0); !errors.Is(err, c.want) {
				t.Errorf("Decode: %v, want %v", err, c.want)
			}
			if _, err := DecodeGray(t.Context(), bytes.NewReader(c.data), int64(len(c.data)), 0); !errors.Is(err, c.want) {
				t.Errorf("DecodeGray: %v, want %v", err, c.want)
			}
		})
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Decode(ctx, bytes.NewReader(gray), int64(len(gray)), 0); !errors.Is(err, context.Canceled) {
		t.Errorf("after the context: %v", err)
	}
}

// interlaced writes a grey image by Adam7 (PNG, 8.2).
func interlaced(t testing.TB, m *image.Gray) []byte {
	t.Helper()
	var raw []byte
	for _, p := range [7][4]int{{0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2},
		{0, 1, 1, 2}} {
		for y := p[1]; y < m.Rect.Dy(); y += p[3] {
			if p[0] >= m.Rect.Dx() {
				continue
			}
			raw = append(raw, 0)
			for x := p[0]; x < m.Rect.Dx(); x += p[2] {
				raw = append(raw, m.GrayAt(x, y).Y)
			}
		}
	}
	var z bytes.Buffer
	zw := zlib.NewWriter(&z)
	if _, err := zw.Write(raw); err != nil {
		t.Fatal(err)
	}
	if err := zw.Close(); err != nil {
		t.Fatal(err)
	}
	header := binary.BigEndian.AppendUint32(nil, uint32(m.Rect.Dx()))
	header = append(binary.BigEndian.AppendUint32(header, uint32(m.Rect.Dy())), 8, 0, 0, 0, 1)
	return bytes.Join([][]byte{[]byte(signature), chunk("IHDR", header), chunk("IDAT", z.Bytes()), chunk("IEND", nil)},
		nil)
}

func TestInterlaced(t *testing.T) {
	want := drawn()["gray"].(*image.Gray)
	data := interlaced(t, want)
	hd, err := ReadHeader(bytes.NewReader(data), int64(len(data)))
	if err != nil || !hd.Interlaced {
		t.Fatalf("%+v, %v", hd, err)
	}
	got, err := DecodeGray(t.Context(), bytes.NewReader(data), int64(len(data)), 0)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got.Pix, want.Pix) {
		t.Error("pixels differ")
	}
}

// A file of a few hundred bytes that says it is huge is refused before memory of that size is asked for.
func TestBombsTakeNoMemory(t *testing.T) {
	data := encode(t, drawn()["gray"])
	copy(data[16:], []byte{0, 0, 0x75, 0x30, 0, 0, 0x75, 0x30})
	binary.BigEndian.PutUint32(data[29:], crc32.ChecksumIEEE(data[12:29]))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := DecodeGray(t.Context(), bytes.NewReader(data), int64(len(data)), 0); !errors.Is(err, raster.ErrTooLarge) {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 1<<20 {
		t.Errorf("%d bytes allocated to refuse a file of %d", n, len(data))
	}
}

// Real scans are read.
func TestSharedScans(t *testing.T) {
	files, err := filepath.Glob("../../../shared/scans/*.png")
	if err != nil {
		t.Fatal(err)
	}
	more, err := filepath.Glob("../../../shared/scans/ordonnances/*.png")
	if err != nil {
		t.Fatal(err)
	}
	if files = append(files, more...); len(files) == 0 {
		t.Skip("../shared is not here")
	}
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		hd, err := ReadHeader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			t.Fatalf("%s: %v", filepath.Base(name), err)
		}
		g, err := DecodeGray(t.Context(), bytes.NewReader(data), int64(len(data)), 0)
		if err != nil {
			t.Fatalf("%s: %v", filepath.Base(name), err)
		}
		if g.Rect != image.Rect(0, 0, hd.Width, hd.Height) {
			t.Errorf("%s: %v, header says %dx%d", filepath.Base(name), g.Rect, hd.Width, hd.Height)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, m := range drawn() {
		f.Add(withChunks(encode(f, m), physical(7874, 7874, 1)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		hd, headerErr := ReadHeader(bytes.NewReader(data), int64(len(data)))
		g, err := DecodeGray(t.Context(), bytes.NewReader(data), int64(len(data)), 1<<20)
		if err != nil {
			return
		}
		if headerErr != nil || g.Rect.Dx() != hd.Width || g.Rect.Dy() != hd.Height {
			t.Fatalf("decoded to %v, header %+v, %v", g.Rect, hd, headerErr)
		}
		if _, err := Decode(t.Context(), bytes.NewReader(data), int64(len(data)), 1<<22); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkDecodeGray(b *testing.B) {
	page := image.NewGray(image.Rect(0, 0, 1654, 2339))
	for i := range page.Pix {
		x, y := i%1654, i/1654
		page.Pix[i] = 240
		if y/12%3 == 1 && (x/4+y/3)%4 == 0 {
			page.Pix[i] = uint8(30 + x%40)
		}
	}
	data := encode(b, page)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := DecodeGray(b.Context(), bytes.NewReader(data), int64(len(data)), 0); err != nil {
			b.Fatal(err)
		}
	}
}
