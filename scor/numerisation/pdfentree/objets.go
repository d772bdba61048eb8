package pdfentree

import (
	"maps"
	"slices"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/model"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
)

// document is a PDF while it is read.
type document struct {
	lecteur *Lecteur
	ended   func() error // of the context
	pdf     *model.Context
	opt     pdfin.Options
	images  map[int]*pdfin.Image // by object number
	fonts   map[int]pdfin.Font
	nodes   int // visited in the page tree

	operators  int  // run so far
	placements int  // found so far
	items      int  // drawn so far
	mayAttach  bool // the document says that it is PDF/A-3
	attached   bool // and has files
	layersOff  bool // some layers aren't shown
}

// get follows references, also of references; what can't be followed is nil.
func (d *document) get(o types.Object) types.Object {
	for range 8 {
		if _, ok := o.(types.IndirectRef); !ok {
			return o
		}
		var err error
		if o, err = d.pdf.Dereference(o); err != nil {
			return nil
		}
	}
	return nil
}

func (d *document) dict(o types.Object) types.Dict {
	switch o := d.get(o).(type) {
	case types.Dict:
		return o
	case types.StreamDict:
		return o.Dict
	case *types.StreamDict:
		return o.Dict
	}
	return nil
}

func (d *document) stream(o types.Object) *types.StreamDict {
	switch o := d.get(o).(type) {
	case types.StreamDict:
		return &o
	case *types.StreamDict:
		return o
	}
	return nil
}

func (d *document) array(o types.Object) types.Array {
	a, _ := d.get(o).(types.Array)
	return a
}

func (d *document) name(o types.Object) string {
	n, _ := d.get(o).(types.Name)
	return unescape(string(n))
}

func (d *document) number(o types.Object) (float64, bool) {
	switch o := d.get(o).(type) {
	case types.Integer:
		return float64(o), true
	case types.Float:
		return float64(o), true
	}
	return 0, false
}

func (d *document) integer(o types.Object, otherwise int) int {
	if v, ok := d.number(o); ok && v >= -1<<31 && v < 1<<31 {
		return int(v)
	}
	return otherwise
}

func (d *document) boolean(o types.Object) bool {
	b, _ := d.get(o).(types.Boolean)
	return bool(b)
}

// numbers reads an array of exactly n numbers.
func (d *document) numbers(o types.Object, n int) ([]float64, bool) {
	a := d.array(o)
	if len(a) != n {
		return nil, false
	}
	out := make([]float64, n)
	for i, o := range a {
		v, ok := d.number(o)
		if !ok {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}

// objectNumber is that of a reference, otherwise 0.
func objectNumber(o types.Object) int {
	if r, ok := o.(types.IndirectRef); ok {
		return int(r.ObjectNumber)
	}
	return 0
}

// refused looks through every object of the file, reachable or not, for what isn't accepted.
func (d *document) refused() error {
	for _, number := range slices.Sorted(maps.Keys(d.pdf.Table)) { // the same refusal every time
		e := d.pdf.Table[number]
		if e == nil || e.Free || e.Object == nil {
			continue
		}
		if err := d.ended(); err != nil {
			return err
		}
		o := d.get(*types.NewIndirectRef(number, 0))
		if o == nil {
			o = e.Object
		}
		if err := d.refusedIn(o, 0); err != nil {
			err.Object = number
			return err
		}
	}
	return nil
}

// find is a dictionary's entry, its key escaped or not.
func find(dict types.Dict, key string) types.Object {
	o, _ := dict.Find(key)
	return o
}

// maxDepth bounds how deep direct objects, forms and page trees nest.
const maxDepth = 64

func (d *document) refusedIn(o types.Object, depth int) *pdfin.Refusal {
	if depth > maxDepth {
		return &pdfin.Refusal{Reason: pdfin.ErrDamaged, What: "objects nested too deep"}
	}
	switch o := o.(type) {
	case types.Array:
		for _, v := range o {
			if err := d.refusedIn(v, depth+1); err != nil {
				return err
			}
		}
	case types.StreamDict:
		return d.refusedEntries(o.Dict, depth)
	case *types.StreamDict:
		return d.refusedEntries(o.Dict, depth)
	case types.Dict:
		return d.refusedEntries(o, depth)
	}
	return nil
}

func (d *document) refusedEntries(dict types.Dict, depth int) *pdfin.Refusal {
	for _, written := range slices.Sorted(maps.Keys(dict)) {
		key, v := unescape(written), dict[written]
		if err := d.tolerate(refusedEntry(key, "")); err != nil {
			return err
		}
		if key == "S" || key == "Type" || key == "Subtype" { // the value may stand elsewhere
			if err := d.tolerate(refusedEntry(key, d.name(v))); err != nil {
				return err
			}
		}
		if err := d.refusedIn(v, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// tolerate lets attached files be where they belong: PDF/A-3 is made for them, as electronic prescriptions and invoices
// are. They are never handed on: the document's pages are drawn.
func (d *document) tolerate(err *pdfin.Refusal) *pdfin.Refusal {
	if err != nil && err.Reason == pdfin.ErrAttachments && d.mayAttach {
		d.attached = true
		return nil
	}
	return err
}

// refusedEntry judges a dictionary's entry by its key and, if that is a name, its value.
func refusedEntry(key, value string) *pdfin.Refusal {
	reason, what := error(nil), ""
	switch key {
	case "JS":
		reason = pdfin.ErrJavaScript
	case "XFA":
		reason = pdfin.ErrXFA
	case "EmbeddedFiles", "EF":
		reason = pdfin.ErrAttachments
	case "S":
		switch value {
		case "JavaScript":
			reason = pdfin.ErrJavaScript
		case "Launch", "SubmitForm", "ImportData", "GoToE", "Rendition":
			reason, what = pdfin.ErrAction, "action "+value
		}
	case "Type":
		if value == "EmbeddedFile" {
			reason = pdfin.ErrAttachments
		}
	case "Subtype":
		switch value {
		case "FileAttachment":
			reason = pdfin.ErrAttachments
		case "RichMedia", "Movie", "Sound", "Screen", "3D":
			reason = pdfin.ErrMultimedia
		}
	}
	if reason == nil {
		return nil
	}
	return &pdfin.Refusal{Reason: reason, What: what}
}

// unescape resolves #xx in a name: pdfcpu leaves names as they are written.
func unescape(name string) string {
	if !strings.Contains(name, "#") {
		return name
	}
	if decoded, err := types.DecodeName(name); err == nil {
		return decoded
	}
	return name
}

// pdfa finds a claim of PDF/A in XMP metadata, without parsing more of it than that.
func pdfa(xmp string) string {
	part, level := xmpValue(xmp, "pdfaid:part"), xmpValue(xmp, "pdfaid:conformance")
	if part == "" {
		return ""
	}
	return part + strings.ToUpper(level)
}

// xmpValue reads a short property, written as an element or as an attribute.
func xmpValue(xmp, name string) string {
	_, rest, ok := strings.Cut(xmp, name)
	if !ok {
		return ""
	}
	rest = strings.TrimLeft(rest, " \t\r\n=>")
	if len(rest) > 0 && (rest[0] == '"' || rest[0] == '\'') {
		rest = rest[1:]
	}
	n := 0
	for n < len(rest) && n < 2 && (rest[n] >= '0' && rest[n] <= '9' || rest[n]|0x20 >= 'a' && rest[n]|0x20 <= 'z') {
		n++
	}
	return rest[:n]
}
