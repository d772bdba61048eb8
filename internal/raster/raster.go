// Package raster holds the image types that the decoders hand to whoever judges or transforms a page: a bilevel page as
// runs ([Runs]), the same as a packed bitmap ([Bitmap]), and grey as the standard library's *image.Gray. Every
// allocation goes through an overflow-safe check of its size against a limit.
package raster

import (
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// DefaultLimit is the memory that one page may take once decoded, in bytes, where the caller sets none.
const DefaultLimit = 256 << 20

// ErrTooLarge says that an image would take more memory than the limit allows. It is found before anything is
// allocated.
var ErrTooLarge = errors.New("image too large")

// SizeError is an [ErrTooLarge] with its measurements.
type SizeError struct {
	Width, Height int   // pixels, as declared by the file
	Bytes         int64 // what the decoded image would take; math.MaxInt64 if it overflows
	Limit         int64 // bytes
}

func (e *SizeError) Error() string {
	if e.Bytes == math.MaxInt64 {
		return fmt.Sprintf("image too large: %dx%d pixels, limit %d bytes", e.Width, e.Height, e.Limit)
	}
	return fmt.Sprintf("image too large: %dx%d pixels take %d bytes, limit %d", e.Width, e.Height, e.Bytes, e.Limit)
}

// Is makes errors.Is(err, ErrTooLarge) true.
func (e *SizeError) Is(target error) bool { return target == ErrTooLarge }

// Check returns the size in bytes of a width x height image of bitsPerPixel, rows padded to bytes, or a *[SizeError] if
// it is over limit (0 or less: [DefaultLimit]). Dimensions of zero or less are an error too: no page has them.
func Check(width, height, bitsPerPixel int, limit int64) (int64, error) {
	if limit <= 0 {
		limit = DefaultLimit
	}
	if width <= 0 || height <= 0 || bitsPerPixel <= 0 {
		return 0, fmt.Errorf("image of %dx%d pixels at %d bits: dimensions must be positive", width, height, bitsPerPixel)
	}
	tooLarge := &SizeError{Width: width, Height: height, Bytes: math.MaxInt64, Limit: limit}
	hi, rowBits := bits.Mul64(uint64(width), uint64(bitsPerPixel))
	if hi != 0 || rowBits > math.MaxInt64-7 {
		return 0, tooLarge
	}
	hi, size := bits.Mul64((rowBits+7)/8, uint64(height))
	if hi != 0 || size > math.MaxInt64 {
		return 0, tooLarge
	}
	if size > uint64(limit) || size > math.MaxInt {
		tooLarge.Bytes = int64(size)
		return 0, tooLarge
	}
	return int64(size), nil
}
