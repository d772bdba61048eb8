// Package tiff reads TIFF files as scanners and fax servers write them: all pages, resolution, strips and tiles, raw
// for pass-through or decoded to runs, grey or colour. It implements TIFF 6.0 (baseline, CCITT, LZW, differencing
// predictor, CMYK, tiles), the Adobe technical notes 1 and 2 of 2002 (Deflate, JPEG as compression 7) and BigTIFF's
// layout.
//
// Files are untrusted: a page's dimensions are checked against a limit of memory before anything of their size is
// allocated, IFD chains may not loop, arrays are no longer than the image needs, and strips may not claim more bytes
// than the file has.
//
// Not read, and refused by [ErrUnsupported]: old-style JPEG (compression 6), JBIG, floating point samples, CIELab,
// LogLuv.
package tiff

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"iter"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

var (
	// ErrFormat says that the file is no TIFF, or breaks its rules.
	ErrFormat = errors.New("tiff: invalid file")
	// ErrUnsupported says that the file uses a part of TIFF that isn't read.
	ErrUnsupported = errors.New("tiff: unsupported")
	// ErrTruncated says that image data is missing or unreadable. A decoder that returns it returns what it could
	// read too.
	ErrTruncated = errors.New("tiff: image data incomplete")
)

// Error says which page and where in the file; it wraps one of the package's errors or [raster.ErrTooLarge].
type Error struct {
	Page   int   // from 0
	Offset int64 // of the header, directory or strip at fault
	What   string
	Err    error
}

func (e *Error) Error() string {
	return fmt.Sprintf("%v: page %d, offset %d: %s", e.Err, e.Page+1, e.Offset, e.What)
}

// Unwrap gives the kind of failure.
func (e *Error) Unwrap() error { return e.Err }

// Limits bound what a file may ask for. Zero values are defaults.
type Limits struct {
	Bytes int64 // memory of a decoded page; 0: raster.DefaultLimit
	Pages int   // directories of a file; 0: 10,000
}

func (l Limits) withDefaults() Limits {
	if l.Bytes <= 0 {
		l.Bytes = raster.DefaultLimit
	}
	if l.Pages <= 0 {
		l.Pages = 10_000
	}
	return l
}

// File is an open TIFF. It holds no page.
type File struct {
	r      io.ReaderAt
	size   int64
	order  binary.ByteOrder
	big    bool
	first  int64
	limits Limits
}

// Open reads the header of a file of the given size in bytes. The reader is used for as long as the file and its
// pages are.
func Open(r io.ReaderAt, size int64, limits Limits) (*File, error) {
	f := &File{r: r, size: size, limits: limits.withDefaults()}
	var h [16]byte
	n, err := r.ReadAt(h[:min(size, 16)], 0)
	if n < 8 {
		if err == nil || err == io.EOF {
			err = f.fail(-1, 0, ErrFormat, "%d bytes, a header takes 8", n)
		}
		return nil, err
	}
	switch string(h[:2]) {
	case "II":
		f.order = binary.LittleEndian
	case "MM":
		f.order = binary.BigEndian
	default:
		return nil, f.fail(-1, 0, ErrFormat, "byte order mark %q, expected II or MM", h[:2])
	}
	switch magic := f.order.Uint16(h[2:]); magic {
	case 42:
		f.first = int64(f.order.Uint32(h[4:]))
	case 43:
		if n < 16 || f.order.Uint16(h[4:]) != 8 || f.order.Uint16(h[6:]) != 0 {
			return nil, f.fail(-1, 0, ErrFormat, "BigTIFF header isn't of 64-bit offsets")
		}
		f.big = true
		f.first = int64(f.order.Uint64(h[8:]))
	default:
		return nil, f.fail(-1, 2, ErrFormat, "version %d, expected 42 or 43", magic)
	}
	if f.first == 0 {
		return nil, f.fail(-1, 4, ErrFormat, "no directory")
	}
	return f, nil
}

// Size is the file's size in bytes, as given to [Open].
func (f *File) Size() int64 { return f.size }

func (f *File) fail(page int, offset int64, kind error, format string, args ...any) error {
	return &Error{Page: page, Offset: offset, What: fmt.Sprintf(format, args...), Err: kind}
}

// Pages yields the pages in the order of the file, each read when it is asked for. A page that can't be described
// (its directory is damaged, or its kind isn't read) comes as an error, and the next ones follow where the chain can
// still be followed. Directories flagged as thumbnails or masks are yielded too (see [Page.Reduced]).
func (f *File) Pages() iter.Seq2[*Page, error] {
	return func(yield func(*Page, error) bool) {
		seen := make(map[int64]bool)
		offset := f.first
		for i := 0; offset != 0; i++ {
			switch {
			case seen[offset]:
				yield(nil, f.fail(i, offset, ErrFormat, "the chain of directories loops"))
				return
			case i >= f.limits.Pages:
				yield(nil, f.fail(i, offset, ErrFormat, "more than %d pages", f.limits.Pages))
				return
			}
			seen[offset] = true
			entries, next, err := f.directory(i, offset)
			if err != nil {
				yield(nil, err)
				return
			}
			p, err := f.page(i, offset, entries)
			if err != nil {
				p = nil
			}
			if !yield(p, err) {
				return
			}
			offset = next
		}
	}
}

// Page returns page i, from 0.
func (f *File) Page(i int) (*Page, error) {
	n := 0
	for p, err := range f.Pages() {
		if n == i || p == nil && err != nil && n > i {
			return p, err
		}
		n++
	}
	return nil, f.fail(i, 0, ErrFormat, "the file has %d pages", n)
}

// entry is a field of a directory.
type entry struct {
	tag, kind uint16
	count     uint64
	value     []byte // the 4 or 8 bytes that hold the value or its offset
	at        int64
}

// read is ReadAt that checks bounds first and fails short reads.
func (f *File) read(page int, b []byte, offset int64, what string) error {
	if offset < 0 || offset > f.size || int64(len(b)) > f.size-offset {
		return f.fail(page, offset, ErrFormat, "%s of %d bytes lies outside the file of %d", what, len(b), f.size)
	}
	n, err := f.r.ReadAt(b, offset)
	if n == len(b) {
		return nil
	}
	if err == io.EOF || err == nil {
		err = f.fail(page, offset, ErrTruncated, "%s: file shorter than said", what)
	}
	return err
}

// maxFields bounds a directory: real ones have less than a hundred.
const maxFields = 4096

// directory reads the fields of an IFD and the offset of the next one. A missing next offset ends the chain.
func (f *File) directory(page int, offset int64) ([]entry, int64, error) {
	countSize, entrySize, word := int64(2), int64(12), int64(4)
	if f.big {
		countSize, entrySize, word = 8, 20, 8
	}
	var b [8]byte
	if err := f.read(page, b[:countSize], offset, "directory"); err != nil {
		return nil, 0, err
	}
	var n uint64
	if f.big {
		n = f.order.Uint64(b[:])
	} else {
		n = uint64(f.order.Uint16(b[:]))
	}
	if n == 0 || n > maxFields {
		return nil, 0, f.fail(page, offset, ErrFormat, "directory of %d fields", n)
	}
	if room := (f.size - offset - countSize) / entrySize; int64(n) > room {
		return nil, 0, f.fail(page, offset, ErrFormat, "directory of %d fields, room for %d", n, room)
	}
	data := make([]byte, int64(n)*entrySize)
	if err := f.read(page, data, offset+countSize, "directory"); err != nil {
		return nil, 0, err
	}
	entries := make([]entry, 0, min(n, 64))
	for i := int64(0); i < int64(n); i++ {
		d := data[i*entrySize:][:entrySize]
		e := entry{tag: f.order.Uint16(d), kind: f.order.Uint16(d[2:]), at: offset + countSize + i*entrySize}
		if f.big {
			e.count, e.value = f.order.Uint64(d[4:]), d[12:20]
		} else {
			e.count, e.value = uint64(f.order.Uint32(d[4:])), d[8:12]
		}
		entries = append(entries, e)
	}
	end := offset + countSize + int64(n)*entrySize
	if end+word > f.size {
		return entries, 0, nil
	}
	if err := f.read(page, b[:word], end, "offset of the next directory"); err != nil {
		return nil, 0, err
	}
	if f.big {
		return entries, int64(f.order.Uint64(b[:])), nil
	}
	return entries, int64(f.order.Uint32(b[:])), nil
}

// Field types of TIFF 6.0 and BigTIFF.
const (
	typeByte      = 1
	typeASCII     = 2
	typeShort     = 3
	typeLong      = 4
	typeRational  = 5
	typeSByte     = 6
	typeUndefined = 7
	typeSShort    = 8
	typeSLong     = 9
	typeSRational = 10
	typeIFD       = 13
	typeLong8     = 16
	typeSLong8    = 17
	typeIFD8      = 18
)

var typeSizes = map[uint16]int64{
	typeByte: 1, typeASCII: 1, typeShort: 2, typeLong: 4, typeRational: 8, typeUndefined: 1,
	typeSByte: 1, typeSShort: 2, typeSLong: 4, typeSRational: 8, typeIFD: 4, typeLong8: 8, typeSLong8: 8, typeIFD8: 8,
}

// bytes returns the value of a field of at most max items (more are cut).
func (f *File) bytes(page int, e entry, max uint64) ([]byte, error) {
	size, ok := typeSizes[e.kind]
	if !ok {
		return nil, f.fail(page, e.at, ErrFormat, "field %d of type %d", e.tag, e.kind)
	}
	count := min(e.count, max)
	if count > uint64(f.size) {
		return nil, f.fail(page, e.at, ErrFormat, "field %d of %d items is longer than the file", e.tag, e.count)
	}
	n := int64(count) * size
	if e.count <= uint64(len(e.value))/uint64(size) {
		return e.value[:n], nil
	}
	var offset int64
	if f.big {
		offset = int64(f.order.Uint64(e.value))
	} else {
		offset = int64(f.order.Uint32(e.value))
	}
	if offset < 0 || offset > f.size || n > f.size-offset {
		return nil, f.fail(page, offset, ErrFormat, "field %d of %d items lies outside the file", e.tag, e.count)
	}
	b := make([]byte, n)
	return b, f.read(page, b, offset, "field")
}

// uints returns the values of a field of integers, at most max. Signed ones, which some writers use, are taken as if
// they weren't: a negative one is out of every range.
func (f *File) uints(page int, e entry, max uint64) ([]uint64, error) {
	b, err := f.bytes(page, e, max)
	if err != nil {
		return nil, err
	}
	var out []uint64
	switch e.kind {
	case typeByte, typeUndefined, typeSByte:
		out = make([]uint64, len(b))
		for i, c := range b {
			out[i] = uint64(c)
		}
	case typeShort, typeSShort:
		out = make([]uint64, len(b)/2)
		for i := range out {
			out[i] = uint64(f.order.Uint16(b[2*i:]))
		}
	case typeLong, typeSLong, typeIFD:
		out = make([]uint64, len(b)/4)
		for i := range out {
			out[i] = uint64(f.order.Uint32(b[4*i:]))
		}
	case typeLong8, typeSLong8, typeIFD8:
		out = make([]uint64, len(b)/8)
		for i := range out {
			out[i] = f.order.Uint64(b[8*i:])
		}
	default:
		return nil, f.fail(page, e.at, ErrFormat, "field %d of type %d, expected integers", e.tag, e.kind)
	}
	if len(out) == 0 {
		return nil, f.fail(page, e.at, ErrFormat, "field %d is empty", e.tag)
	}
	return out, nil
}

// rational returns the first value of a field of fractions, 0 if it has no meaning.
func (f *File) rational(page int, e entry) (float64, error) {
	if e.kind == typeShort || e.kind == typeLong { // seen in the wild
		v, err := f.uints(page, e, 1)
		if err != nil {
			return 0, err
		}
		return float64(v[0]), nil
	}
	if e.kind != typeRational && e.kind != typeSRational {
		return 0, nil
	}
	b, err := f.bytes(page, e, 1)
	if err != nil || len(b) < 8 {
		return 0, err
	}
	num, den := f.order.Uint32(b), f.order.Uint32(b[4:])
	if den == 0 {
		return 0, nil
	}
	return float64(num) / float64(den), nil
}
