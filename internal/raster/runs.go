package raster

import (
	"fmt"
	"iter"
	"math"
)

// Runs is a bilevel image as changing elements, row after row: the strictly increasing columns at which the colour
// changes. A row starts white, so the first column is where its first black run starts, the second where that run ends,
// and so on; columns are in [0, Width), so a last black run that reaches the edge has no end column. An all-white row
// is empty; an all-black row is {0}.
//
// A Runs can be used again for another page with [Runs.Reset], without allocating.
type Runs struct {
	Width  int
	Height int     // rows appended so far
	pos    []int32 // changes of all rows
	start  []int   // start[y]..start[y+1] are row y's in pos
	limit  int64
}

// NewRuns returns an empty image of the given width, to which rows are appended. limit bounds the memory that it may
// take, in bytes (0: [DefaultLimit]).
func NewRuns(width int, limit int64) *Runs {
	r := &Runs{}
	r.Reset(width, limit)
	return r
}

// Reset empties r for another page, keeping its memory.
func (r *Runs) Reset(width int, limit int64) {
	if limit <= 0 {
		limit = DefaultLimit
	}
	r.Width, r.Height, r.limit = width, 0, limit
	r.pos = r.pos[:0]
	r.start = append(r.start[:0], 0)
}

// Row returns the changes of row y, read only, valid until the next Reset, AppendRow or Invert.
func (r *Runs) Row(y int) []int32 { return r.pos[r.start[y]:r.start[y+1]] }

// Rows yields the rows from top to bottom.
func (r *Runs) Rows() iter.Seq2[int, []int32] {
	return func(yield func(int, []int32) bool) {
		for y := range r.Height {
			if !yield(y, r.Row(y)) {
				return
			}
		}
	}
}

// Changes is the number of changing elements of the whole image.
func (r *Runs) Changes() int { return len(r.pos) }

// AppendRow adds a row at the bottom. The row is copied. It fails if the image would exceed its limit; that row holds
// valid changes is the caller's business (see [CheckRow]).
func (r *Runs) AppendRow(row []int32) error {
	if size := 4*int64(len(r.pos)+len(row)) + 8*int64(r.Height+2); size > r.limit {
		return &SizeError{Width: r.Width, Height: r.Height + 1, Bytes: size, Limit: r.limit}
	}
	r.pos = append(r.pos, row...)
	r.start = append(r.start, len(r.pos))
	r.Height++
	return nil
}

// CheckRow says whether row is a valid row of the given width.
func CheckRow(row []int32, width int) error {
	last := int32(-1)
	for i, x := range row {
		if x <= last || int(x) >= width {
			return fmt.Errorf("change %d of the row is at column %d, expected one over %d and under the width %d", i, x, last,
				width)
		}
		last = x
	}
	return nil
}

// InvertRow returns in dst (which may not overlap row) the changes of row with black and white exchanged.
func InvertRow(dst, row []int32) []int32 {
	dst = dst[:0]
	if len(row) > 0 && row[0] == 0 {
		return append(dst, row[1:]...)
	}
	return append(append(dst, 0), row...)
}

// Invert exchanges black and white. It fails only if that exceeds the limit (a row grows by one change at most).
func (r *Runs) Invert() error {
	grow := 0
	for y := range r.Height {
		if row := r.Row(y); len(row) == 0 || row[0] != 0 {
			grow++
		} else {
			grow--
		}
	}
	if size := 4*int64(len(r.pos)+max(grow, 0)) + 8*int64(r.Height+1); size > r.limit {
		return &SizeError{Width: r.Width, Height: r.Height, Bytes: size, Limit: r.limit}
	}
	pos := make([]int32, 0, len(r.pos)+grow)
	from := 0
	for y := range r.Height {
		row := r.pos[from:r.start[y+1]]
		from = r.start[y+1]
		if len(row) > 0 && row[0] == 0 {
			pos = append(pos, row[1:]...)
		} else {
			pos = append(append(pos, 0), row...)
		}
		r.start[y+1] = len(pos)
	}
	r.pos = pos
	return nil
}

// BlackInRow is the number of black pixels of a row of the given width.
func BlackInRow(row []int32, width int) int {
	n := 0
	i := 0
	for ; i+1 < len(row); i += 2 {
		n += int(row[i+1] - row[i])
	}
	if i < len(row) {
		n += width - int(row[i])
	}
	return n
}

// Black is the number of black pixels of the image.
func (r *Runs) Black() int64 {
	var n int64
	for y := range r.Height {
		n += int64(BlackInRow(r.Row(y), r.Width))
	}
	return n
}

// Bitmap returns the packed bitmap of r.
func (r *Runs) Bitmap() (*Bitmap, error) {
	b, err := NewBitmap(r.Width, r.Height, r.limit)
	if err != nil {
		return nil, err
	}
	for y := range r.Height {
		b.SetRow(y, r.Row(y))
	}
	return b, nil
}

// fitsInt32 guards the conversion of widths to columns.
func fitsInt32(width int) error {
	if width > math.MaxInt32 {
		return &SizeError{Width: width, Height: 1, Bytes: math.MaxInt64, Limit: DefaultLimit}
	}
	return nil
}
