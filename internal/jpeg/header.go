// Package jpeg reads what a page's judge and who codes it again need from a JPEG (ITU-T T.81, JFIF 1.02, EXIF 2.3,
// Adobe's APP14 marker), baseline or progressive: its header without decoding it ([ReadHeader]); its luminance, at full
// size or at 1/2, 1/4 or 1/8 for a fraction of the time ([DecodeGray]); the colours that such a luminance goes without
// ([Colours]), so that nothing of a page that was judged is decoded twice; all of it at once ([Decode]). Memory is
// bounded by a limit that is checked before anything is allocated. [Append] codes planes as they are.
package jpeg

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
)

var (
	// ErrFormat says that the data is no JPEG, or breaks its rules.
	ErrFormat = errors.New("jpeg: invalid data")
	// ErrUnsupported says that the data uses a part of JPEG that isn't read (arithmetic coding, lossless, hierarchical, 12
	// bits).
	ErrUnsupported = errors.New("jpeg: unsupported")
	// ErrTruncated says that the data ends, or becomes unreadable, before the image does. A decoder that returns it
	// returns what it could read too.
	ErrTruncated = errors.New("jpeg: image data incomplete")
)

// Error says where in the data reading failed; it wraps one of the package's errors.
type Error struct {
	Offset int64
	What   string
	Err    error
}

func (e *Error) Error() string { return fmt.Sprintf("%v: offset %d: %s", e.Err, e.Offset, e.What) }

// Unwrap gives the kind of failure.
func (e *Error) Unwrap() error { return e.Err }

func fail(offset int64, kind error, format string, args ...any) error {
	return &Error{Offset: offset, What: fmt.Sprintf(format, args...), Err: kind}
}

// Resolution is a pair of densities as a header writes them.
type Resolution struct {
	X, Y float64
	Unit Unit
}

// Unit is that of a [Resolution].
type Unit uint8

// Units of resolution. NoUnit is a mere aspect ratio, or nothing at all.
const (
	NoUnit Unit = iota
	PerInch
	PerCentimetre
)

// DPI returns the resolution in dots per inch, or 0 if it has no unit.
func (r Resolution) DPI() (x, y float64) {
	switch r.Unit {
	case PerInch:
		return r.X, r.Y
	case PerCentimetre:
		return r.X * 2.54, r.Y * 2.54
	}
	return 0, 0
}

// Header is what a JPEG says of itself before its first scan.
type Header struct {
	Width, Height  int
	Components     int
	Precision      int // bits per sample
	Progressive    bool
	Extended       bool // sequential, with what baseline hasn't
	Sampling       [4][2]int
	ComponentIDs   [4]byte
	JFIF           Resolution // of the APP0 marker
	EXIF           Resolution // of the APP1 marker
	Orientation    int        // EXIF, 1 to 8; 1 if absent or invalid
	HasOrientation bool
	Adobe          bool // has an APP14 marker
	Transform      int  // of the APP14 marker: 0 none, 1 YCbCr, 2 YCCK; -1 without one
	ICC            bool // has a colour profile
	Ended          bool // the data ends with an end-of-image marker, maybe padded with zeros
	ScanOffset     int64

	hasJFIF bool
}

// DPI returns the resolution in dots per inch: JFIF's if it has a unit, else EXIF's, else 0. It may be absurd; that is
// for the caller to judge.
func (h *Header) DPI() (x, y float64) {
	if x, y = h.JFIF.DPI(); x > 0 && y > 0 {
		return x, y
	}
	return h.EXIF.DPI()
}

// Gray says whether the image has no colour.
func (h *Header) Gray() bool { return h.Components == 1 }

// Baseline says whether the stream is what every reader of PDF reads: baseline or extended sequential of 8 bits.
func (h *Header) Baseline() bool { return !h.Progressive && h.Precision == 8 }

// Markers (T.81, table B.1).
const (
	mSOF0  = 0xC0
	mSOF1  = 0xC1
	mSOF2  = 0xC2
	mDHT   = 0xC4
	mJPG   = 0xC8
	mDAC   = 0xCC
	mSOF15 = 0xCF
	mRST0  = 0xD0
	mRST7  = 0xD7
	mSOI   = 0xD8
	mEOI   = 0xD9
	mSOS   = 0xDA
	mDQT   = 0xDB
	mDRI   = 0xDD
	mAPP0  = 0xE0
	mAPP1  = 0xE1
	mAPP2  = 0xE2
	mAPP14 = 0xEE
	mTEM   = 0x01
)

// maxSegments bounds the markers before the first scan.
const maxSegments = 10_000

// ReadHeader reads the markers up to the first scan. It reads no segment whole but those that it understands.
func ReadHeader(r io.ReaderAt, size int64) (*Header, error) {
	h := &Header{Orientation: 1, Transform: -1}
	var b [18]byte
	if err := readAt(r, size, b[:2], 0); err != nil {
		return nil, err
	}
	if b[0] != 0xFF || b[1] != mSOI {
		return nil, fail(0, ErrFormat, "starts with %#02x%02x, expected 0xffd8", b[0], b[1])
	}
	at := int64(2)
	for range maxSegments {
		marker, next, err := nextMarker(r, size, at)
		if err != nil {
			return nil, err
		}
		at = next
		switch {
		case marker == mTEM || mRST0 <= marker && marker <= mSOI:
			continue
		case marker == mEOI:
			return nil, fail(at, ErrTruncated, "image ends without a scan")
		}
		if err := readAt(r, size, b[:2], at); err != nil {
			return nil, err
		}
		n := int64(binary.BigEndian.Uint16(b[:]))
		if n < 2 {
			return nil, fail(at, ErrFormat, "segment %#02x of %d bytes", marker, n)
		}
		if marker == mSOS {
			if h.Components == 0 {
				return nil, fail(at, ErrFormat, "scan before frame")
			}
			h.ScanOffset = at - 2
			h.Ended, err = ended(r, size)
			return h, err
		}
		if err := h.segment(r, size, marker, at+2, n-2); err != nil {
			return nil, err
		}
		at += n
	}
	return nil, fail(at, ErrFormat, "more than %d segments before a scan", maxSegments)
}

// segment reads a segment whose content is length bytes at body.
func (h *Header) segment(r io.ReaderAt, size int64, marker byte, body, length int64) error {
	if marker >= mSOF0 && marker <= mSOF15 && marker != mDHT && marker != mJPG && marker != mDAC {
		if h.Components != 0 {
			return fail(body-2, ErrFormat, "second frame")
		}
		return h.frame(r, size, marker, body, length)
	}
	// Of these only the first bytes say something, but for EXIF, which is read whole.
	want := map[byte]int64{mAPP0: 12, mAPP1: 14, mAPP2: 12, mAPP14: 12}[marker]
	least := want
	if marker == mAPP2 {
		least = 14
	}
	if want == 0 || length < least {
		return nil
	}
	if marker == mAPP1 {
		want = length
	}
	b := make([]byte, want)
	if err := readAt(r, size, b, body); err != nil {
		return err
	}
	switch {
	case marker == mAPP0 && string(b[:5]) == "JFIF\x00":
		h.hasJFIF = true
		if b[7] > 2 {
			return nil
		}
		h.JFIF = Resolution{float64(binary.BigEndian.Uint16(b[8:])), float64(binary.BigEndian.Uint16(b[10:])), Unit(b[7])}
	case marker == mAPP1:
		h.exif(b)
	case marker == mAPP2:
		h.ICC = h.ICC || string(b[:12]) == "ICC_PROFILE\x00"
	case marker == mAPP14 && string(b[:5]) == "Adobe":
		h.Adobe, h.Transform = true, int(b[11])
	}
	return nil
}

func readAt(r io.ReaderAt, size int64, b []byte, at int64) error {
	if at < 0 || int64(len(b)) > size-at {
		return fail(at, ErrTruncated, "data ends in its header")
	}
	n, err := r.ReadAt(b, at)
	if n == len(b) {
		return nil
	}
	if err == nil || err == io.EOF {
		return fail(at, ErrTruncated, "data ends in its header")
	}
	return err
}

// nextMarker returns the marker at an offset, skipping garbage and fill, and the offset after it.
func nextMarker(r io.ReaderAt, size, at int64) (byte, int64, error) {
	var b [64]byte
	found := false
	for start := at; at-start < 1<<16; {
		n := min(int64(len(b)), size-at)
		if n <= 0 {
			return 0, at, fail(at, ErrTruncated, "data ends before its first scan")
		}
		if err := readAt(r, size, b[:n], at); err != nil {
			return 0, at, err
		}
		for i, c := range b[:n] {
			switch {
			case c == 0xFF:
				found = true
			case found && c != 0:
				return c, at + int64(i) + 1, nil
			default:
				found = false
			}
		}
		at += n
	}
	return 0, at, fail(at, ErrFormat, "no marker")
}

// frame reads a start of frame.
func (h *Header) frame(r io.ReaderAt, size int64, marker byte, at, length int64) error {
	if length < 6 || length > 6+3*255 {
		return fail(at, ErrFormat, "frame header of %d bytes", length)
	}
	b := make([]byte, length)
	if err := readAt(r, size, b, at); err != nil {
		return err
	}
	switch marker {
	case mSOF0:
	case mSOF1:
		h.Extended = true
	case mSOF2:
		h.Progressive = true
	default:
		return fail(at, ErrUnsupported, "frame of type %d (lossless, hierarchical or arithmetic coding)", marker-mSOF0)
	}
	h.Precision = int(b[0])
	h.Height, h.Width = int(binary.BigEndian.Uint16(b[1:])), int(binary.BigEndian.Uint16(b[3:]))
	n := int(b[5])
	switch {
	case h.Precision != 8:
		return fail(at, ErrUnsupported, "samples of %d bits", h.Precision)
	case h.Width == 0:
		return fail(at, ErrFormat, "image without width")
	case h.Height == 0:
		return fail(at, ErrUnsupported, "image whose height comes after its first scan")
	case n != 1 && n != 3 && n != 4:
		return fail(at, ErrUnsupported, "%d components", n)
	case length != int64(6+3*n):
		return fail(at, ErrFormat, "frame header of %d bytes for %d components", length, n)
	}
	h.Components = n
	for i := range n {
		h.ComponentIDs[i] = b[6+3*i]
		hv := b[7+3*i]
		h.Sampling[i] = [2]int{int(hv >> 4), int(hv & 15)}
		if s := h.Sampling[i]; s[0] < 1 || s[0] > 4 || s[1] < 1 || s[1] > 4 {
			return fail(at, ErrFormat, "component %d sampled %dx%d", i, s[0], s[1])
		}
	}
	return nil
}

// ended says whether the end-of-image marker closes the data, but for zeros.
func ended(r io.ReaderAt, size int64) (bool, error) {
	b := make([]byte, min(size, 4096))
	if err := readAt(r, size, b, size-int64(len(b))); err != nil {
		return false, err
	}
	for len(b) > 2 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	return len(b) >= 2 && b[len(b)-2] == 0xFF && b[len(b)-1] == mEOI, nil
}

// exif reads orientation and resolution from an EXIF segment; what is damaged is ignored, as no page depends on it.
func (h *Header) exif(b []byte) {
	if string(b[:6]) != "Exif\x00\x00" {
		return
	}
	b = b[6:]
	var order binary.ByteOrder = binary.LittleEndian
	switch string(b[:4]) {
	case "II*\x00":
	case "MM\x00*":
		order = binary.BigEndian
	default:
		return
	}
	at := int64(order.Uint32(b[4:]))
	if at+2 > int64(len(b)) {
		return
	}
	n := int64(order.Uint16(b[at:]))
	unit := uint16(2)
	var x, y float64
	for i := range n {
		o := at + 2 + 12*i
		if o+12 > int64(len(b)) {
			break
		}
		e := b[o : o+12]
		value := order.Uint16(e[8:])
		switch order.Uint16(e) {
		case 0x112:
			if order.Uint16(e[2:]) == 3 && value >= 1 && value <= 8 {
				h.Orientation, h.HasOrientation = int(value), true
			}
		case 0x11A:
			x = fraction(b, e, order)
		case 0x11B:
			y = fraction(b, e, order)
		case 0x128:
			unit = value
		}
	}
	h.EXIF = Resolution{X: x, Y: y}
	if x > 0 && y > 0 && (unit == 2 || unit == 3) {
		h.EXIF.Unit = Unit(unit - 1)
	}
}

func fraction(b, e []byte, order binary.ByteOrder) float64 {
	o := int64(order.Uint32(e[8:]))
	if order.Uint16(e[2:]) != 5 || o+8 > int64(len(b)) {
		return 0
	}
	v := float64(order.Uint32(b[o:])) / float64(order.Uint32(b[o+4:]))
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return 0
	}
	return v
}
