package ccitt

import (
	"io"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// drawPage draws an A4 page at 200 dpi: lines of strokes the size of letters, with their curves.
func drawPage(tb testing.TB) *raster.Runs {
	tb.Helper()
	const width, height = 1654, 2339
	r := raster.NewRuns(width, 0)
	for y := range height {
		var row []int32
		if line := y % 50; line < 26 && y > 150 && y < height-150 {
			for x := 150; x < width-160; x += 19 {
				if (x/19*7+y/50*3)%6 == 0 {
					continue // space between words
				}
				slant := (line - 13) * (line - 13) / 30 * ((x / 19) % 3)
				row = append(row, int32(x+slant/3), int32(x+slant/3+3))
				if line%9 < 3 || (x/19)%2 == 0 {
					row = append(row, int32(x+10-slant/4), int32(x+13-slant/4))
				}
			}
		}
		if err := raster.CheckRow(row, width); err != nil {
			tb.Fatal(err)
		}
		if err := r.AppendRow(row); err != nil {
			tb.Fatal(err)
		}
	}
	return r
}

func BenchmarkGroup4(b *testing.B) {
	page := drawPage(b)
	data, err := Append(nil, page)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d rows, %d changes, %d bytes", page.Height, page.Changes(), len(data))
	b.Run("decode-to-runs", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(data)))
		var r raster.Runs
		for b.Loop() {
			if _, err := Decode(&r, data, Params{Width: page.Width, Rows: page.Height, K: -1}, 0); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("decode-by-rows", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(data)))
		var d Decoder
		for b.Loop() {
			if err := d.Reset(data, Params{Width: page.Width, Rows: page.Height, K: -1}); err != nil {
				b.Fatal(err)
			}
			for {
				if _, err := d.Next(); err == io.EOF {
					break
				} else if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("encode", func(b *testing.B) {
		b.ReportAllocs()
		b.SetBytes(int64(len(data)))
		buf := make([]byte, 0, 2*len(data))
		for b.Loop() {
			if _, err := Append(buf, page); err != nil {
				b.Fatal(err)
			}
		}
	})
}
