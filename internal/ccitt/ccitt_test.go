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

// drawRows draws rows that resemble a page: strokes that drift from row to row, with some noise, blank and full rows.
// The same seed gives the same rows.
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
		want, err := runs.Bitmap()
		if err != nil {
			t.Fatal(err)
		}
		// Bits past the width aren't the same there: only what is in the width is compared.
		theirs, err := io.ReadAll(ccitt.NewReader(bytes.NewReader(data), ccitt.MSB, ccitt.Group4, width, len(rows),
			&ccitt.Options{Invert: true}))
		if err != nil {
			t.Fatalf("width %d: x/image/ccitt: %v", width, err)
		}
		for y := range want.Height {
			got := raster.AppendChanges(nil, theirs[y*want.Stride:(y+1)*want.Stride], width)
			if len(got) > 0 || len(rows[y]) > 0 {
				if d := cmp.Diff(rows[y], got); d != "" {
					t.Fatalf("width %d, row %d: x/image/ccitt differs (-ours +theirs):\n%s", width, y, d)
				}
			}
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
	for n := 0; n < len(data)-8; n += 3 {
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

// g3 is how a test's encoder writes T.4.
type g3 struct {
	twoD  bool
	eol   bool
	fill  bool // end-of-line codes end at bytes
	align bool // rows start at bytes
	rtc   bool
}

// encodeG3 writes rows as T.4. With two dimensions every fourth row is coded in one.
func encodeG3(t testing.TB, rows [][]int32, width int, o g3) []byte {
	t.Helper()
	e, err := NewEncoder(io.Discard, width)
	if err != nil {
		t.Fatal(err)
	}
	zeros := func(n uint) {
		for ; n > 0; n-- {
			e.bits.put(code{0, 1})
		}
	}
	eol := func(oneD bool) {
		if o.fill {
			zeros(-(e.bits.n + 12) & 7)
		}
		e.bits.put(eolCode)
		if o.twoD {
			tag := code{0, 1}
			if oneD {
				tag.bits = 1
			}
			e.bits.put(tag)
		}
	}
	for y, row := range rows {
		oneD := !o.twoD || y%4 == 0
		if o.align {
			zeros(-e.bits.n & 7)
		}
		if o.eol {
			eol(oneD)
		} else if o.twoD {
			e.bits.put(code{map[bool]uint16{true: 1}[oneD], 1})
		}
		e.cur = e.seal(append(e.cur[:0], row...))
		if oneD {
			x := int32(0)
			for i, c := range append(append([]int32{}, row...), int32(width)) {
				e.bits.run(c-x, i&1)
				x = c
			}
		} else {
			e.row()
		}
		e.ref, e.cur = e.cur, e.ref
	}
	if o.rtc {
		if o.align {
			zeros(-e.bits.n & 7)
		}
		for range 6 {
			eol(true)
		}
	}
	e.bits.flush()
	return e.bits.buf
}

func TestGroup3(t *testing.T) {
	for _, width := range []int{1, 9, 64, 1728, 2624} {
		rows := drawRows(uint64(width)+3, width, 60)
		for name, o := range map[string]g3{
			"1D, no EOL":                {},
			"1D, no EOL, bytes":         {align: true},
			"1D, EOL":                   {eol: true},
			"1D, EOL, RTC":              {eol: true, rtc: true},
			"1D, EOL with fill, RTC":    {eol: true, fill: true, rtc: true},
			"1D, EOL, bytes, RTC":       {eol: true, align: true, rtc: true},
			"2D, EOL":                   {twoD: true, eol: true},
			"2D, EOL, RTC":              {twoD: true, eol: true, rtc: true},
			"2D, EOL with fill, RTC":    {twoD: true, eol: true, fill: true, rtc: true},
			"2D, tags but no EOL":       {twoD: true},
			"2D, tags, no EOL but RTC ": {twoD: true, rtc: true},
		} {
			data := encodeG3(t, rows, width, o)
			p := Params{Width: width, ByteAlign: o.align}
			if o.twoD {
				p.K = 4
			}
			for _, n := range []int{len(rows), 0} {
				if n == 0 && !o.rtc {
					continue // padding may look like the start of a row
				}
				p.Rows = n
				got, damaged, err := rowsOf(data, p)
				if err != nil || damaged != 0 {
					t.Fatalf("%s, width %d, %d rows declared: row %d: %v, %d damaged", name, width, n, len(got), err, damaged)
				}
				if d := cmp.Diff(rows, got); d != "" {
					t.Fatalf("%s, width %d, %d rows declared (-want +got):\n%s", name, width, n, d)
				}
			}
		}
	}
}

// A row that a bad line spoilt is passed over, and counted; the others are read.
func TestGroup3Resync(t *testing.T) {
	const width = 400
	rows := drawRows(77, width, 50)
	var parts [][]byte
	for _, row := range rows {
		parts = append(parts, encodeG3(t, [][]int32{row}, width, g3{eol: true, fill: true}))
	}
	whole := bytes.Join(parts, nil)
	got, damaged, err := rowsOf(whole, Params{Width: width, Rows: len(rows)})
	if err != nil || damaged != 0 || cmp.Diff(rows, got) != "" {
		t.Fatalf("before any damage: %d rows, %d damaged, %v", len(got), damaged, err)
	}
	// no such code, then the next row's end-of-line code
	parts[20] = append(bytes.Clone(parts[20][:2]), 0x00, 0x80, 0x3F, 0x00)
	got, damaged, err = rowsOf(bytes.Join(parts, nil), Params{Width: width, Rows: len(rows)})
	if err != nil {
		t.Fatal(err)
	}
	if damaged == 0 || len(got) != len(rows) {
		t.Fatalf("%d rows, %d damaged; want %d rows, some damaged", len(got), damaged, len(rows))
	}
	if d := cmp.Diff(rows[25:], got[len(got)-25:]); d != "" {
		// One more row may come of the damaged one, at the expense of the last.
		if d := cmp.Diff(rows[25:49], got[26:50]); d != "" {
			t.Errorf("rows after the damaged one differ:\n%s", d)
		}
	}
}

func TestRefused(t *testing.T) {
	if _, _, err := rowsOf([]byte{0b00000011, 0b11000000}, Params{Width: 8, Rows: 1, K: -1}); !errors.Is(err,
		ErrUncompressed) {
		t.Errorf("uncompressed mode: %v", err)
	}
	for _, p := range []Params{{Width: 0}, {Width: -1}, {Width: MaxWidth + 1}, {Width: 8, Rows: -1}} {
		if _, err := NewDecoder(nil, p); err == nil {
			t.Errorf("%+v: no error", p)
		}
	}
	if _, err := NewEncoder(io.Discard, 0); err == nil {
		t.Error("encoder of no width: no error")
	}
	e, err := NewEncoder(io.Discard, 8)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]int32{{8}, {-1}, {3, 3}, {5, 2}} {
		if err := e.WriteRow(row); err == nil {
			t.Errorf("row %v: no error", row)
		}
	}
	// A single bit makes a white row of any width: rows without end may not fill the memory.
	var r raster.Runs
	if _, err := Decode(&r, bytes.Repeat([]byte{0xFF}, 1<<20), Params{Width: 1 << 16, K: -1}, 1<<20); !errors.Is(err,
		raster.ErrTooLarge) {
		t.Errorf("eight million rows: %v", err)
	}
}

// Whatever the data, rows are valid and nothing panics; what was read can be written and read again.
func FuzzDecode(f *testing.F) {
	for _, width := range []int{8, 33, 200} {
		rows := drawRows(uint64(width), width, 12)
		data, err := Append(nil, runsOf(f, rows, width))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data, uint16(width), uint8(12), int8(-1), uint8(0))
		f.Add(data[:len(data)/2], uint16(width), uint8(0), int8(-1), uint8(4))
		f.Add(encodeG3(f, rows, width, g3{eol: true, rtc: true}), uint16(width), uint8(12), int8(0), uint8(0))
		f.Add(encodeG3(f, rows, width, g3{align: true}), uint16(width), uint8(12), int8(0), uint8(1))
		f.Add(encodeG3(f, rows, width, g3{twoD: true, eol: true, rtc: true}), uint16(width), uint8(0), int8(4), uint8(0))
	}
	f.Add([]byte{0, 0, 0, 0, 0, 0, 0, 0, 0, 1}, uint16(1), uint8(0), int8(1), uint8(2))
	f.Fuzz(func(t *testing.T, data []byte, width uint16, rows uint8, k int8, flags uint8) {
		p := Params{Width: int(width), Rows: int(rows), K: int(k), ByteAlign: flags&1 != 0, LSBFirst: flags&2 != 0,
			Invert: flags&4 != 0}
		r := raster.NewRuns(0, 0)
		if p.Width == 0 {
			return
		}
		_, err := Decode(r, data, p, 1<<20)
		if err == nil && p.Rows > 0 && r.Height != p.Rows {
			t.Fatalf("%d rows of %d without an error", r.Height, p.Rows)
		}
		for y, row := range r.Rows() {
			if err := raster.CheckRow(row, r.Width); err != nil {
				t.Fatalf("row %d: %v", y, err)
			}
		}
		if r.Height == 0 {
			return
		}
		again, err := Append(nil, r)
		if err != nil {
			t.Fatal(err)
		}
		var back raster.Runs
		if _, err := Decode(&back, again, Params{Width: r.Width, Rows: r.Height, K: -1}, 1<<21); err != nil {
			t.Fatal(err)
		}
		for y, row := range r.Rows() {
			if len(row) > 0 && cmp.Diff(row, back.Row(y)) != "" || len(row) != len(back.Row(y)) {
				t.Fatalf("row %d differs", y)
			}
		}
	})
}

// Rows are decoded and encoded without allocating, once buffers have grown.
func TestAllocations(t *testing.T) {
	page := drawPage(t)
	data, err := Append(nil, page)
	if err != nil {
		t.Fatal(err)
	}
	var d Decoder
	p := Params{Width: page.Width, Rows: page.Height, K: -1}
	decode := func() {
		if err := d.Reset(data, p); err != nil {
			t.Fatal(err)
		}
		for {
			if _, err := d.Next(); err != nil {
				return
			}
		}
	}
	decode()
	if n := testing.AllocsPerRun(5, decode); n > 0 {
		t.Errorf("%v allocations to decode a page, expected none", n)
	}
}
