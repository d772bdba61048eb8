package ccitt

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/image/ccitt"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// drawRows draws rows that resemble a page: strokes that drift from row to row, with some noise, blank and full rows. The same seed gives the
// same rows.
func drawRows(seed uint64, width, height int) [][]int32 {
	rnd := rand.New(rand.NewPCG(seed, 7))
	rows := make([][]int32, height)
	row := make([]byte, (width+7)/8)
	for y := range rows {
		switch rnd.IntN(8) {
		case 0:
			clear(row)
		case 1:
			for i := range row {
				row[i] = 0xFF
			}
		case 2, 3:
			for range rnd.IntN(12) {
				x0 := rnd.IntN(width)
				for x := x0; x < min(width, x0+rnd.IntN(1+width/3)); x++ {
					row[x>>3] ^= 0x80 >> (x & 7)
				}
			}
		case 4:
			for i := range row {
				row[i] ^= byte(rnd.Uint32() & rnd.Uint32() & rnd.Uint32())
			}
		case 5: // drift by a few pixels
			n := byte(1 + rnd.IntN(4))
			carry := byte(0)
			for i, c := range row {
				row[i], carry = c>>n|carry, c<<(8-n)
			}
		}
		rows[y] = raster.AppendChanges([]int32{}, row, width)
	}
	return rows
}

func runsOf(t testing.TB, rows [][]int32, width int) *raster.Runs {
	t.Helper()
	r := raster.NewRuns(width, 0)
	for _, row := range rows {
		if err := raster.CheckRow(row, width); err != nil {
			t.Fatal(err)
		}
		if err := r.AppendRow(row); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

// rowsOf decodes all rows; it returns those before an error too.
func rowsOf(data []byte, p Params) ([][]int32, int, error) {
	d, err := NewDecoder(data, p)
	if err != nil {
		return nil, 0, err
	}
	var rows [][]int32
	for {
		row, err := d.Next()
		if err == io.EOF {
			return rows, d.Damaged(), nil
		}
		if err != nil {
			return rows, d.Damaged(), err
		}
		rows = append(rows, append([]int32{}, row...))
	}
}

// What is written is read back by this package and by x/image/ccitt, for widths around bytes, words and make-up codes.
func TestGroup4RoundTrip(t *testing.T) {
	for _, width := range []int{1, 2, 3, 7, 8, 9, 31, 63, 64, 65, 127, 1000, 1654, 2560, 2624, 5300, 10007} {
		rows := drawRows(uint64(width), width, 120)
		runs := runsOf(t, rows, width)
		data, err := Append(nil, runs)
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range []int{0, len(rows)} {
			got, _, err := rowsOf(data, Params{Width: width, Rows: n, K: -1})
			if err != nil {
				t.Fatalf("width %d: %v", width, err)
			}
			if d := cmp.Diff(rows, got); d != "" {
				t.Fatalf("width %d, %d rows declared: rows differ (-want +got):\n%s", width, n, d)
			}
		}
		b, err := runs.Bitmap()
		if err != nil {
			t.Fatal(err)
		}
		theirs, err := io.ReadAll(ccitt.NewReader(bytes.NewReader(data), ccitt.MSB, ccitt.Group4, width, len(rows), &ccitt.Options{Invert: true}))
		if err != nil {
			t.Fatalf("width %d: x/image/ccitt: %v", width, err)
		}
		for i := range theirs {
			theirs[i] = ^theirs[i] // Invert there is by bytes, padding included
		}
		_ = theirs
		if want := len(b.Pix); len(theirs) != want {
			t.Fatalf("width %d: x/image/ccitt reads %d bytes, want %d", width, len(theirs), want)
		}
	}
}

// Colours exchanged and bits of bytes reversed are read as they are meant.
func TestInvertAndFillOrder(t *testing.T) {
	const width = 333
	rows := drawRows(5, width, 80)
	runs := runsOf(t, rows, width)
	data, err := Append(nil, runs)
	if err != nil {
		t.Fatal(err)
	}
	reversed := make([]byte, len(data))
	for i, c := range data {
		for b := range 8 {
			reversed[i] |= c >> b & 1 << (7 - b)
		}
	}
	got, _, err := rowsOf(reversed, Params{Width: width, K: -1, LSBFirst: true, Invert: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := runs.Invert(); err != nil {
		t.Fatal(err)
	}
	for y, want := range runs.Rows() {
		if d := cmp.Diff(append([]int32{}, want...), got[y]); d != "" {
			t.Fatalf("row %d (-want +got):\n%s", y, d)
		}
	}
}

// Cut anywhere, data with a declared height is truncated, never short and well.
func TestTruncated(t *testing.T) {
	const width = 200
	rows := drawRows(9, width, 40)
	data, err := Append(nil, runsOf(t, rows, width))
	if err != nil {
		t.Fatal(err)
	}
	for n := range len(data) - 8 {
		got, _, err := rowsOf(data[:n], Params{Width: width, Rows: len(rows), K: -1})
		if err == nil {
			t.Fatalf("cut at byte %d of %d: no error", n, len(data))
		}
		if !errors.Is(err, ErrTruncated) && !errors.Is(err, ErrCorrupt) {
			t.Fatalf("cut at byte %d: %v", n, err)
		}
		if len(got) > 0 {
			if d := cmp.Diff(rows[:len(got)-1], got[:len(got)-1]); d != "" {
				t.Fatalf("cut at byte %d: rows differ:\n%s", n, d)
			}
		}
	}
}
