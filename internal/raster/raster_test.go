package raster

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCheck(t *testing.T) {
	for _, c := range []struct {
		w, h, bits int
		limit      int64
		want       int64
		tooLarge   bool
	}{
		{1, 1, 1, 0, 1, false},
		{1654, 2339, 1, 0, 207 * 2339, false},
		{1654, 2339, 24, 0, 1654 * 3 * 2339, false},
		{16384, 16384, 8, 0, DefaultLimit, false},
		{16385, 16384, 8, 0, 0, true},
		{35000, 35000, 8, 0, 0, true},
		{math.MaxInt, math.MaxInt, 64, math.MaxInt64, 0, true},
		{math.MaxInt, 1, 1, math.MaxInt64, 0, true},
		{math.MaxInt / 2, 8, 8, math.MaxInt64, 0, true},
		{math.MaxInt32, math.MaxInt32, 32, math.MaxInt64, 0, true},
	} {
		got, err := Check(c.w, c.h, c.bits, c.limit)
		if errors.Is(err, ErrTooLarge) != c.tooLarge || got != c.want {
			t.Errorf("Check(%d, %d, %d, %d) = %d, %v; want %d, too large: %v", c.w, c.h, c.bits, c.limit, got, err, c.want,
				c.tooLarge)
		}
	}
	for _, c := range [][3]int{{0, 1, 1}, {1, 0, 1}, {-1, 1, 1}, {1, -1, 1}, {1, 1, 0}} {
		if _, err := Check(c[0], c[1], c[2], 0); err == nil {
			t.Errorf("Check(%v): no error", c)
		}
	}
}

// drawBitmap draws pixels with a density from sparse to full.
func drawBitmap(t testing.TB, w, h int, seed uint64) *Bitmap {
	t.Helper()
	b, err := NewBitmap(w, h, 0)
	if err != nil {
		t.Fatal(err)
	}
	rnd := rand.New(rand.NewPCG(seed, 1))
	for y := range h {
		for x := range w {
			if rnd.IntN(h) < y {
				b.Row(y)[x>>3] |= 0x80 >> (x & 7)
			}
		}
	}
	return b
}

// Runs, bitmap and grey tell the same of every pixel, for widths around bytes and words.
func TestConversions(t *testing.T) {
	for _, w := range []int{1, 2, 7, 8, 9, 63, 64, 65, 127, 128, 129, 200} {
		b := drawBitmap(t, w, 40, uint64(w))
		r, err := b.Runs(0)
		if err != nil {
			t.Fatal(err)
		}
		var black int64
		for y, row := range r.Rows() {
			if err := CheckRow(row, w); err != nil {
				t.Fatalf("width %d, row %d: %v", w, y, err)
			}
			i, dark := 0, false
			for x := range w {
				if i < len(row) && int(row[i]) == x {
					dark = !dark
					i++
				}
				if dark != b.Black(x, y) {
					t.Fatalf("width %d: pixel %d,%d is %v in runs, %v in the bitmap", w, x, y, dark, b.Black(x, y))
				}
				if dark {
					black++
				}
			}
		}
		if r.Black() != black {
			t.Errorf("width %d: %d black pixels, want %d", w, r.Black(), black)
		}
		back, err := r.Bitmap()
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(b, back); d != "" {
			t.Errorf("width %d: bitmap of runs differs:\n%s", w, d)
		}
		g, err := b.Gray(0)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Threshold(g, 128, 0)
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(b, again); d != "" {
			t.Errorf("width %d: bitmap of grey differs:\n%s", w, d)
		}
	}
}

func TestInvert(t *testing.T) {
	b := drawBitmap(t, 70, 30, 9)
	r, err := b.Runs(0)
	if err != nil {
		t.Fatal(err)
	}
	black := r.Black()
	if err := r.Invert(); err != nil {
		t.Fatal(err)
	}
	if got := r.Black(); got != 70*30-black {
		t.Errorf("%d black pixels once inverted, want %d", got, 70*30-black)
	}
	for y, row := range r.Rows() {
		if err := CheckRow(row, 70); err != nil {
			t.Fatalf("row %d: %v", y, err)
		}
	}
	if err := r.Invert(); err != nil {
		t.Fatal(err)
	}
	want, err := b.Runs(0)
	if err != nil {
		t.Fatal(err)
	}
	for y, row := range want.Rows() {
		if len(row) != len(r.Row(y)) || len(row) > 0 && cmp.Diff(row, r.Row(y)) != "" {
			t.Fatalf("row %d differs after inverting twice", y)
		}
	}
}

// The limit holds for rows as they are appended.
func TestRunsLimit(t *testing.T) {
	r := NewRuns(100, 1000)
	for range 1000 {
		if err := r.AppendRow([]int32{1, 2, 3}); err != nil {
			if !errors.Is(err, ErrTooLarge) {
				t.Fatal(err)
			}
			if r.Height > 50 {
				t.Errorf("%d rows of 20 bytes under a limit of 1000", r.Height)
			}
			return
		}
	}
	t.Error("no error")
}

func BenchmarkConversions(b *testing.B) {
	bitmap := drawBitmap(b, 1654, 2339, 3)
	for y := range bitmap.Height { // a page's density
		if y%4 != 0 {
			clear(bitmap.Row(y))
		}
	}
	runs, err := bitmap.Runs(0)
	if err != nil {
		b.Fatal(err)
	}
	for name, f := range map[string]func() error{
		"bitmap-to-runs": func() error { _, err := bitmap.Runs(0); return err },
		"runs-to-bitmap": func() error { _, err := runs.Bitmap(); return err },
		"bitmap-to-gray": func() error { _, err := bitmap.Gray(0); return err },
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := f(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
