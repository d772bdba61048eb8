// Package ccitt reads and writes facsimile coding: ITU-T T.4 (Group 3, one- and two-dimensional, with or without
// end-of-line codes) and T.6 (Group 4). The reader yields the changing elements of each row, as [raster.Runs] keeps
// them, so that a page can be judged without ever becoming a bitmap; the writer takes the same and writes T.6.
//
// "White" and "black" are the coding's own; a file whose photometric interpretation exchanges them is read with
// [Params.Invert].
//
// Not implemented: T.6's uncompressed mode (annex A), which no scanner uses; it is refused with [ErrUncompressed].
package ccitt

import (
	"errors"
	"fmt"
)

var (
	// ErrTruncated says that the data ended before the image did.
	ErrTruncated = errors.New("ccitt: data ends before the image does")
	// ErrCorrupt says that the data holds a code that can't stand where it stands.
	ErrCorrupt = errors.New("ccitt: invalid code")
	// ErrUncompressed says that the data uses the uncompressed mode.
	ErrUncompressed = errors.New("ccitt: uncompressed mode is not supported")
)

// Error says where in the coded data reading failed; it wraps one of the package's errors.
type Error struct {
	Row    int // first row that could not be read whole, from 0
	Offset int // byte in the coded data, approximately
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("%v (row %d, byte %d)", e.Err, e.Row, e.Offset) }

// Unwrap gives the kind of failure.
func (e *Error) Unwrap() error { return e.Err }
