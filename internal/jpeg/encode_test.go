package jpeg

import (
	"bytes"
	"image"
	stdjpeg "image/jpeg"
	"math"
	"math/rand/v2"
	"testing"
)

// papier is a page-like image: grain, strokes and colour fields.
func papier(w, h int, ratio image.YCbCrSubsampleRatio) *image.YCbCr {
	r := rand.New(rand.NewPCG(1, 2))
	m := image.NewYCbCr(image.Rect(0, 0, w, h), ratio)
	for y := range h {
		for x := range w {
			v := 230 + r.NormFloat64()*3
			if (x/3+y/5)%7 == 0 {
				v = 40
			}
			m.Y[y*m.YStride+x] = uint8(v)
			m.Cb[m.COffset(x, y)], m.Cr[m.COffset(x, y)] = uint8(120+x*16/w), uint8(130+y*16/h)
		}
	}
	return m
}

func ecart(a, b []byte, sa, sb, w, h int) float64 {
	s := 0.0
	for y := range h {
		for x := range w {
			d := float64(a[y*sa+x]) - float64(b[y*sb+x])
			s += d * d
		}
	}
	return math.Sqrt(s / float64(w*h))
}

// What is coded is read by the standard library, and lies as near to the image as what the standard library codes; the
// luminance is that which DecodeGray reads.
func TestAppend(t *testing.T) {
	for _, c := range []struct {
		w, h  int
		ratio image.YCbCrSubsampleRatio
	}{{160, 96, image.YCbCrSubsampleRatio420}, {131, 77, image.YCbCrSubsampleRatio420},
		{1, 1, image.YCbCrSubsampleRatio420}, {65, 33, image.YCbCrSubsampleRatio422},
		{50, 41, image.YCbCrSubsampleRatio444}, {61, 47, image.YCbCrSubsampleRatio440},
		{70, 35, image.YCbCrSubsampleRatio411}, {75, 39, image.YCbCrSubsampleRatio410}} {
		m := papier(c.w, c.h, c.ratio)
		for _, q := range []int{1, 30, 60, 85, 100} {
			b, err := Append([]byte("avant"), m, q)
			if err != nil {
				t.Fatal(err)
			}
			d, err := stdjpeg.Decode(bytes.NewReader(b[5:]))
			if err != nil {
				t.Fatalf("%v, quality %d: %v", c, q, err)
			}
			k := d.(*image.YCbCr)
			if k.Rect != m.Rect || k.SubsampleRatio != c.ratio {
				t.Fatalf("%v: read as %v, %v", c, k.Rect, k.SubsampleRatio)
			}
			var std bytes.Buffer
			if err := stdjpeg.Encode(&std, m, &stdjpeg.Options{Quality: q}); err != nil {
				t.Fatal(err)
			}
			s, err := stdjpeg.Decode(&std)
			if err != nil {
				t.Fatal(err)
			}
			ici := ecart(m.Y, k.Y, m.YStride, k.YStride, c.w, c.h)
			la := ecart(m.Y, s.(*image.YCbCr).Y, m.YStride, s.(*image.YCbCr).YStride, c.w, c.h)
			if ici > 1.02*la+0.1 {
				t.Errorf("%v, quality %d: off by %.3f, the standard library's by %.3f", c, q, ici, la)
			}
		}
	}
	g := &image.Gray{Pix: papier(90, 50, image.YCbCrSubsampleRatio444).Y, Stride: 90, Rect: image.Rect(0, 0, 90, 50)}
	b, err := Append(nil, g, 95)
	if err != nil {
		t.Fatal(err)
	}
	d, err := DecodeGray(t.Context(), b, Options{})
	if err != nil || ecart(g.Pix, d.Pix, g.Stride, d.Stride, 90, 50) > 3 {
		t.Errorf("grey: %v", err)
	}
}

// Within a limit the bytes are those that there are without one; beyond it there are none.
func TestAppendWithin(t *testing.T) {
	m := papier(300, 420, image.YCbCrSubsampleRatio420)
	want, err := Append(nil, m, 85)
	if err != nil {
		t.Fatal(err)
	}
	n := int64(len(want))
	for limit, fits := range map[int64]bool{n: true, n + 1000: true, n - 1: false, n * 9 / 10: false, n / 2: false,
		1: false} {
		got, err := AppendWithin(m, 85, limit)
		if err != nil {
			t.Fatal(err)
		}
		if fits && !bytes.Equal(got, want) || !fits && got != nil {
			t.Errorf("%d bytes within %d: got %d", n, limit, len(got))
		}
	}
}

// What can't be coded is refused.
func TestAppendRefuse(t *testing.T) {
	g := image.NewGray(image.Rect(0, 0, 8, 8))
	for nom, f := range map[string]func() ([]byte, error){
		"empty":     func() ([]byte, error) { return Append(nil, image.NewGray(image.Rectangle{}), 85) },
		"quality 0": func() ([]byte, error) { return Append(nil, g, 0) },
		"RGBA":      func() ([]byte, error) { return Append(nil, image.NewRGBA(g.Rect), 85) },
		"corner": func() ([]byte, error) {
			return Append(nil, image.NewYCbCr(image.Rect(1, 1, 9, 9), image.YCbCrSubsampleRatio444), 85)
		},
	} {
		if _, err := f(); err == nil {
			t.Errorf("%s is no error", nom)
		}
	}
}

func BenchmarkAppend(b *testing.B) {
	m := papier(1654, 2339, image.YCbCrSubsampleRatio420)
	b.Run("sdk", func(b *testing.B) {
		for b.Loop() {
			if _, err := Append(nil, m, 85); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("image-jpeg", func(b *testing.B) {
		for b.Loop() {
			if err := stdjpeg.Encode(&bytes.Buffer{}, m, &stdjpeg.Options{Quality: 85}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
