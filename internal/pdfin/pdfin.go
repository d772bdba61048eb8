// Package pdfin holds what a judge of pages asks of a PDF, without the reader that answers it: the facts of each
// page, its images with their effective resolution, and typed refusals. The reader (scor/numerisation/pdfentree)
// links pdfcpu; who only passes facts around doesn't.
package pdfin

import (
	"errors"
	"fmt"
	"math"
	"time"
)

// Reasons for which a PDF is refused; a [Refusal] wraps one of them.
var (
	ErrDamaged     = errors.New("pdf: damaged or unreadable")
	ErrEncrypted   = errors.New("pdf: encrypted")
	ErrJavaScript  = errors.New("pdf: holds JavaScript")
	ErrXFA         = errors.New("pdf: holds an XFA form")
	ErrAttachments = errors.New("pdf: holds attached files")
	ErrAction      = errors.New("pdf: holds an action that starts a program, sends or fetches data")
	ErrMultimedia  = errors.New("pdf: holds sound, video or 3D")
	ErrTooLarge    = errors.New("pdf: takes more memory than the limit")
	ErrNoPages     = errors.New("pdf: has no pages")
	ErrTooSlow     = errors.New("pdf: takes too long to read")
	ErrJPX         = errors.New("pdf: image coded by JPEG 2000, for which no decoder was given")
	ErrUndrawable  = errors.New("pdf: page that can't be drawn faithfully")
)

// Refusal says why a PDF isn't accepted, and where. Its text holds nothing of the document's content.
type Refusal struct {
	Reason error  // one of the package's errors
	Page   int    // from 1; 0 if it isn't about a page
	Object int    // object number; 0 if unknown
	What   string // measured value, limit
}

func (r *Refusal) Error() string {
	s := r.Reason.Error()
	if r.Page > 0 {
		s += fmt.Sprintf(", page %d", r.Page)
	}
	if r.Object > 0 {
		s += fmt.Sprintf(", object %d", r.Object)
	}
	if r.What != "" {
		s += ": " + r.What
	}
	return s
}

// Unwrap gives the reason.
func (r *Refusal) Unwrap() error { return r.Reason }

// Options of reading. Zero values are defaults.
type Options struct {
	// memory of a decoded page, and of what reading the file's structure takes, in bytes; 0: raster.DefaultLimit
	Limit    int64
	MaxPages int // 0: 10,000
	// Delay is how long reading may take before the file is refused, whatever the context allows: a file may be made
	// to keep its reader busy for ever. 0: two minutes.
	Delay time.Duration
}

// Document is what is known of a PDF that wasn't refused.
type Document struct {
	Version string // "1.4": the catalog's if it is higher than the header's
	Pages   []*Page
	Invalid error  // what a relaxed validation found, nil if nothing
	PDFA    string // what the metadata claim: "1B", "2U"; "" if nothing. A claim isn't conformity.
	Form    bool   // has an AcroForm with fields
	Signed  bool   // has a signature field
	// Attached says that a document of PDF/A-3 has files attached. Others with files are refused.
	Attached bool
}

// Matrix is a transformation of PDF: x' = ax + cy + e, y' = bx + dy + f.
type Matrix [6]float64

// Mul returns the transformation that applies m, then n.
func (m Matrix) Mul(n Matrix) Matrix {
	return Matrix{
		m[0]*n[0] + m[1]*n[2], m[0]*n[1] + m[1]*n[3],
		m[2]*n[0] + m[3]*n[2], m[2]*n[1] + m[3]*n[3],
		m[4]*n[0] + m[5]*n[2] + n[4], m[4]*n[1] + m[5]*n[3] + n[5],
	}
}

// Identity changes nothing.
var Identity = Matrix{1, 0, 0, 1, 0, 0}

// Page describes a page.
type Page struct {
	Number             int        // from 1
	MediaBox           [4]float64 // left, bottom, right, top, in user units
	CropBox            [4]float64 // what is shown: within MediaBox, equal to it by default
	UserUnit           float64    // length of a user unit, in 1/72 inch
	Rotation           int        // clockwise, 0, 90, 180 or 270
	WidthMM, HeightMM  float64    // of what is shown, turned by Rotation
	Placements         []Placement
	Items              []Item // what is painted, in order
	Text               bool   // draws visible text
	HiddenText         bool   // draws invisible text, as recognition software adds it
	Vector             bool   // paints paths or shadings
	Fonts              []Font
	Annotations        int // but for links and popups
	MissingContent     bool
	Undrawable         bool // has visible text of a font whose letters aren't known
	UnembeddedStandard bool // uses one of the 14 standard fonts without its program
}

// Scan returns the image that is the page, if it is one image and nothing else visible: a scanner's page.
func (p *Page) Scan() (Placement, bool) {
	if len(p.Placements) != 1 || p.Text || p.Vector || p.Annotations > 0 {
		return Placement{}, false
	}
	return p.Placements[0], true
}

// Font is one that the page's content uses.
type Font struct {
	Name     string // PostScript name
	Embedded bool
	Drawable bool // its letters are known: embedded, or one of those that every program has
}

// Placement is an image drawn on a page.
type Placement struct {
	Image      *Image
	Matrix     Matrix  // from the unit square to default user space, before the page's rotation
	DPIX, DPIY float64 // effective resolution along the image's own axes
	Coverage   float64 // share of what the page shows that it covers, 0 to 1
	AngleDeg   float64 // of the image's horizontal axis on the page as shown, counter-clockwise, in (-180, 180]
	Mirrored   bool
}

// ItemKind says what is painted.
type ItemKind uint8

// Kinds of items. Other is whatever isn't an image or the fill of a rectangle: text, lines, curves, shadings,
// annotations, transparency.
const (
	ItemOther ItemKind = iota
	ItemImage
	ItemFill
)

// Item is something that the page paints visibly. Boxes are left, bottom, right, top in default user space, before
// the page's rotation.
type Item struct {
	Kind      ItemKind
	Placement Placement  // of ItemImage
	Bounds    [4]float64 // as far as is known: what is painted lies in it
	Clip      [4]float64 // of ItemImage: what is seen of it
	Colour    [3]byte    // of ItemFill, and of an image that is a stencil
}

// Cover is the box that the item paints wholly and opaquely, if it does one.
func (i *Item) Cover() ([4]float64, bool) {
	switch i.Kind {
	case ItemFill:
		return i.Bounds, true
	case ItemImage:
		m, t := i.Placement.Image, i.Placement.Matrix
		const slant = 1e-3 // of the other axis: a millimetre on a page's length is 3e-3
		straight := math.Abs(t[1]) < slant*math.Abs(t[0]) && math.Abs(t[2]) < slant*math.Abs(t[3]) ||
			math.Abs(t[0]) < slant*math.Abs(t[1]) && math.Abs(t[3]) < slant*math.Abs(t[2])
		if !m.Opaque() || !straight {
			return [4]float64{}, false
		}
		b := i.Bounds
		return [4]float64{max(b[0], i.Clip[0]), max(b[1], i.Clip[1]), min(b[2], i.Clip[2]), min(b[3], i.Clip[3])}, true
	}
	return [4]float64{}, false
}
