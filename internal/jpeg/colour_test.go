package jpeg

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"testing"
)

// colourful are JPEGs of each subsampling and colour model, with sides that fill no MCU.
func colourful(t testing.TB) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	for _, ratio := range []image.YCbCrSubsampleRatio{image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422,
		image.YCbCrSubsampleRatio420, image.YCbCrSubsampleRatio440, image.YCbCrSubsampleRatio411,
		image.YCbCrSubsampleRatio410} {
		for _, size := range [][2]int{{131, 77}, {1, 1}, {33, 9}} {
			m := papier(size[0], size[1], ratio)
			for i := range m.Cb { // colours with edges of their own
				if i%13 < 4 {
					m.Cb[i], m.Cr[i] = 90, 200
				}
			}
			b, err := Append(nil, m, 92)
			if err != nil {
				t.Fatal(err)
			}
			name := ratio.String() + "-" + string(rune('a'+len(all)))
			all[name] = b
			if size[0] != 131 {
				continue
			}
			if ratio != image.YCbCrSubsampleRatio440 { // image/jpeg reads only some of those in RGB
				rgb := bytes.Clone(b)
				sof := bytes.Index(rgb, []byte{0xFF, mSOF0})
				sos := bytes.Index(rgb, []byte{0xFF, mSOS})
				for i, id := range []byte("RGB") {
					rgb[sof+10+3*i], rgb[sos+5+2*i] = id, id
				}
				if ratio == image.YCbCrSubsampleRatio444 || ratio == image.YCbCrSubsampleRatio422 {
					all["rgb-"+name] = rgb
				}
			}
		}
	}
	inks := cmyk(t, 41, 27)
	all["cmyk"] = inks
	ycck := bytes.Clone(inks)
	ycck[bytes.Index(ycck, []byte("Adobe"))+11] = 2
	all["ycck"] = ycck
	return all
}

// near fails if two rows of samples differ by more than rounding.
func near(t *testing.T, what string, got, want []byte, tolerance int) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d samples, want %d", what, len(got), len(want))
	}
	for i := range got {
		if d := int(got[i]) - int(want[i]); d > tolerance || d < -tolerance {
			t.Fatalf("%s: sample %d is %d, image/jpeg reads %d", what, i, got[i], want[i])
		}
	}
}

// equal compares what this package and image/jpeg read, plane by plane within the rounding of the transform: one level;
// two after a conversion of colours.
func equal(t *testing.T, got, want image.Image) {
	t.Helper()
	if got.Bounds() != want.Bounds() {
		t.Fatalf("%v, want %v", got.Bounds(), want.Bounds())
	}
	w, h := want.Bounds().Dx(), want.Bounds().Dy()
	switch want := want.(type) {
	case *image.Gray:
		g := got.(*image.Gray)
		for y := range h {
			near(t, "grey", g.Pix[y*g.Stride:][:w], want.Pix[y*want.Stride:][:w], 1)
		}
	case *image.YCbCr:
		g := got.(*image.YCbCr)
		if g.SubsampleRatio != want.SubsampleRatio {
			t.Fatalf("%v, want %v", g.SubsampleRatio, want.SubsampleRatio)
		}
		for y := range h {
			near(t, "Y", g.Y[g.YOffset(0, y):][:w], want.Y[want.YOffset(0, y):][:w], 1)
			n := want.COffset(w-1, y) - want.COffset(0, y) + 1
			near(t, "Cb", g.Cb[g.COffset(0, y):][:n], want.Cb[want.COffset(0, y):][:n], 1)
			near(t, "Cr", g.Cr[g.COffset(0, y):][:n], want.Cr[want.COffset(0, y):][:n], 1)
		}
	case *image.RGBA:
		near(t, "RGB", got.(*image.RGBA).Pix, want.Pix, 1)
	case *image.CMYK:
		near(t, "inks", got.(*image.CMYK).Pix, want.Pix, 3)
	default:
		t.Fatalf("%T", want)
	}
}

// Each kind of JPEG is read as image/jpeg reads it; so is a page of which the luminance was read before its colours.
func TestDecodeEqualsImageJPEG(t *testing.T) {
	all := colourful(t)
	for name, data := range samples(t) {
		all[name] = data
	}
	for name, data := range all {
		t.Run(name, func(t *testing.T) {
			want, err := stdjpeg.Decode(bytes.NewReader(data))
			if err != nil {
				t.Fatal(err)
			}
			got, err := Decode(t.Context(), data, 0)
			if err != nil {
				t.Fatal(err)
			}
			equal(t, got, want)
			g, err := DecodeGray(t.Context(), data, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if got, err = Colours(t.Context(), data, g, 0); err != nil {
				t.Fatal(err)
			}
			equal(t, got, want)
		})
	}
}

// Subsamplings that image.YCbCr doesn't have, which image/jpeg refuses, are brought to full resolution: here planes of
// 3x1, 2x1 and 1x1 samples an MCU, each of one colour.
func TestDecodeOddSampling(t *testing.T) {
	m := image.NewYCbCr(image.Rect(0, 0, 8, 8), image.YCbCrSubsampleRatio444)
	for i := range m.Y {
		m.Y[i], m.Cb[i], m.Cr[i] = 90, 140, 60
	}
	data, err := Append(nil, m, 100)
	if err != nil {
		t.Fatal(err)
	}
	sof, sos := bytes.Index(data, []byte{0xFF, mSOF0}), bytes.Index(data, []byte{0xFF, mSOS})
	data[sof+8] = 24 // wide
	data[sof+11], data[sof+14], data[sof+17] = 0x31, 0x21, 0x11
	// One scan a component, each of blocks that only repeat the first's value: an end of block each.
	e := encoder{}
	e.tables(100)
	head := data[:sos]
	out := bytes.Clone(head)
	for i, v := range []int32{90, 140, 60} {
		table := min(i, 1)
		out = append(out, 0xFF, mSOS, 0, 8, 1, byte(i+1), byte(table<<4|table), 0, 63, 0)
		e.out = nil
		for b := range 3 - i {
			dc := int32(0)
			if b == 0 {
				dc = (v - 128) * 8 / int32(e.quant[table][0])
			}
			e.value(&e.codes[0][table], 0, dc)
			e.put(e.codes[1][table][0].code, uint(e.codes[1][table][0].n))
		}
		e.put(1<<(-e.n&7)-1, -e.n&7)
		for ; e.n >= 8; e.n -= 8 {
			e.stuff(byte(e.bits >> (e.n - 8)))
		}
		out = append(out, e.out...)
	}
	out = append(out, 0xFF, mEOI)
	got, err := Decode(t.Context(), out, 0)
	if err != nil {
		t.Fatal(err)
	}
	for x := range 24 {
		if c := got.(*image.YCbCr).YCbCrAt(x, 3); c != (color.YCbCr{Y: 90, Cb: 140, Cr: 60}) {
			t.Fatalf("column %d is %v", x, c)
		}
	}
}

// A stream cut short gives the rows that it holds, of all planes, and white below.
func TestDecodeTruncated(t *testing.T) {
	for name, data := range colourful(t) {
		whole, err := Decode(t.Context(), data, 0)
		if err != nil {
			t.Fatal(err)
		}
		w, h := whole.Bounds().Dx(), whole.Bounds().Dy()
		if h < 20 {
			continue
		}
		sos := bytes.Index(data, []byte{0xFF, mSOS})
		m, err := Decode(t.Context(), data[:sos+(len(data)-sos)/2], 0)
		if name == "cmyk" || name == "ycck" { // a scan for each plane: the last ones are missing
			continue
		}
		if !errors.Is(err, ErrTruncated) || m == nil {
			t.Fatalf("%s: error %v, image %v", name, err, m != nil)
		}
		if m.At(w/2, 2) != whole.At(w/2, 2) {
			t.Errorf("%s: first rows differ", name)
		}
		if r, g, b, _ := m.At(w/2, h-1).RGBA(); min(r, g, b)>>8 < 254 {
			t.Errorf("%s: last row holds %v, expected white", name, m.At(w/2, h-1))
		}
	}
}

// A cancelled context ends the work, and a limit holds for planes and what joins them.
func TestDecodeBounds(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, data := range colourful(t) {
		if _, err := Decode(ctx, data, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v after the context", name, err)
		}
		if _, err := Decode(t.Context(), data, 50); err == nil {
			t.Errorf("%s: decoded in 50 bytes", name)
		}
	}
}

// Whatever the data, what is read as an image has the header's size, and colours read after their luminance are those
// read with it.
func FuzzDecode(f *testing.F) {
	fuzzSeeds(f)
	for _, data := range colourful(f) {
		if len(data) < 2000 {
			f.Add(data)
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		const limit = 1 << 20
		m, err := Decode(t.Context(), data, limit)
		if m == nil {
			if err == nil {
				t.Fatal("neither image nor error")
			}
			return
		}
		h, headerErr := ReadHeader(bytes.NewReader(data), int64(len(data)))
		if headerErr != nil {
			t.Fatalf("decoded without a header: %v", headerErr)
		}
		if m.Bounds() != image.Rect(0, 0, h.Width, h.Height) {
			t.Fatalf("%dx%d gives %v", h.Width, h.Height, m.Bounds())
		}
		m.At(h.Width/2, h.Height/2) // every sample that is claimed is there
		m.At(h.Width-1, h.Height-1)
		g, grayErr := DecodeGray(t.Context(), data, Options{Limit: limit})
		if err != nil || grayErr != nil {
			return
		}
		c, err := Colours(t.Context(), data, g, limit)
		if err != nil {
			t.Fatalf("colours of what was read whole: %v", err)
		}
		if got, want := c.At(h.Width-1, h.Height-1), m.At(h.Width-1, h.Height-1); got != want {
			t.Fatalf("last pixel %v, want %v", got, want)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	data, err := Append(nil, papier(2480, 3508, image.YCbCrSubsampleRatio420), 90)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("image-jpeg", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := stdjpeg.Decode(bytes.NewReader(data)); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decode(b.Context(), data, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("luminance", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := DecodeGray(b.Context(), data, Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	g, err := DecodeGray(b.Context(), data, Options{})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("colours", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Colours(b.Context(), data, g, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
}
