package pdfentree

import (
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
)

// stream is a content stream while it is interpreted.
type stream struct {
	*interpreter
	l         lexer
	resources types.Dict
	s         state
	stack     []state
	args      []float64
	name      string
	path      path
	depth     int
}

// maxItems bounds what the pages of a document paint, as far as it is kept.
const maxItems = 1_000_000

// add notes that something is painted. What lies off the page isn't seen; what can't be told apart any more is one
// item.
func (in *interpreter) add(item pdfin.Item) {
	if b := intersection(item.Bounds, in.page.CropBox); !(b[2] > b[0] && b[3] > b[1]) {
		return
	}
	items := in.page.Items
	if n := len(items); n > 0 && item.Kind == pdfin.ItemOther && items[n-1].Kind == pdfin.ItemOther {
		b := &items[n-1].Bounds
		*b = [4]float64{min(b[0], item.Bounds[0]), min(b[1], item.Bounds[1]), max(b[2], item.Bounds[2]),
			max(b[3], item.Bounds[3])}
		return
	}
	if in.d.items++; in.d.items > maxItems {
		item = pdfin.Item{Kind: pdfin.ItemOther, Bounds: in.page.CropBox}
		if n := len(items); n > 0 && items[n-1].Kind == pdfin.ItemOther {
			items[n-1] = item
			return
		}
	}
	in.page.Items = append(items, item)
}

// operators are those that say what is painted where (ISO 32000-1, annex A); the others are passed over.
var operators map[string]func(*stream) error

func init() { // operators draw forms, whose content is operators
	operators = map[string]func(*stream) error{
		"q": func(r *stream) error {
			if len(r.stack) < maxStates {
				r.stack = append(r.stack, r.s)
			}
			return nil
		},
		"Q": func(r *stream) error {
			if n := len(r.stack); n > 0 {
				r.s, r.stack = r.stack[n-1], r.stack[:n-1]
			}
			return nil
		},
		"cm": func(r *stream) error {
			if len(r.args) == 6 {
				r.s.ctm = pdfin.Matrix(r.args[:6]).Mul(r.s.ctm)
			}
			return nil
		},
		"Tr": func(r *stream) error {
			if n := len(r.args); n > 0 {
				r.s.render = int(r.args[n-1])
			}
			return nil
		},
		"Tf": func(r *stream) error { r.s.font = r.resource("Font"); return nil },
		"gs": (*stream).graphicsState,
		"re": (*stream).rectangle, "m": (*stream).moveTo, "l": (*stream).lineTo,
		"h": func(r *stream) error { r.path.closePoints(); return nil },
		"sh": func(r *stream) error {
			r.page.Vector = true
			r.add(pdfin.Item{Kind: pdfin.ItemOther, Bounds: r.s.clip})
			return nil
		},
		"Do":  func(r *stream) error { return r.object(r.resource("XObject"), r.resources, r.s, r.depth) },
		"BI":  func(r *stream) error { return r.inline(&r.l, r.resources, r.s) },
		"BDC": (*stream).markedContent,
		"cs":  (*stream).colourSpace,
	}
	for _, name := range []string{"Tj", "TJ", "'", `"`} {
		operators[name] = func(r *stream) error { r.text(r.s); return nil }
	}
	for _, name := range []string{"c", "v", "y"} {
		operators[name] = (*stream).curveTo
	}
	for _, name := range []string{"W", "W*"} {
		operators[name] = func(r *stream) error { r.path.clip = true; return nil }
	}
	for name, space := range map[string]pdfin.Space{"g": pdfin.GraySpace, "rg": pdfin.RGBSpace, "k": pdfin.CMYKSpace} {
		operators[name] = func(r *stream) error { r.s.fillSpace = space; r.colour(); return nil }
	}
	for _, name := range []string{"sc", "scn"} {
		operators[name] = func(r *stream) error { r.colour(); return nil }
	}
	for name, p := range map[string]paint{
		"n": {}, "f": {fill: true}, "F": {fill: true}, "f*": {fill: true, evenOdd: true}, "S": {stroke: true},
		"s": {stroke: true}, "B": {fill: true, stroke: true}, "B*": {fill: true, stroke: true},
		"b": {fill: true, stroke: true}, "b*": {fill: true, stroke: true},
	} {
		operators[name] = func(r *stream) error { r.paint(p); return nil }
	}
}

// resource is the one of a kind that the operator's operand names.
func (r *stream) resource(kind string) types.Object {
	return find(r.d.dict(find(r.resources, kind)), r.name)
}

func (r *stream) rectangle() error {
	if a := r.args; len(a) == 4 {
		r.path.box([4]float64{min(a[0], a[0]+a[2]), min(a[1], a[1]+a[3]), max(a[0], a[0]+a[2]), max(a[1], a[1]+a[3])},
			r.s.ctm)
	}
	return nil
}

func (r *stream) moveTo() error {
	r.path.closePoints()
	return r.lineTo()
}

func (r *stream) lineTo() error {
	if len(r.args) == 2 {
		r.path.point(r.args[0], r.args[1], r.s.ctm)
	}
	return nil
}

func (r *stream) curveTo() error {
	r.path.other = true
	for i := 0; i+1 < len(r.args); i += 2 { // control points are around the curve
		r.path.point(r.args[i], r.args[i+1], r.s.ctm)
	}
	return nil
}

// paint is what an operator does with the current path.
type paint struct{ fill, stroke, evenOdd bool }

func (r *stream) paint(p paint) {
	q := &r.path
	q.closePoints()
	if p.fill || p.stroke {
		r.page.Vector = true
		r.paintPath(p)
	}
	if q.clip {
		switch {
		case q.other || len(q.boxes) > 1:
			r.s.clipped = true
			r.s.clip = intersection(r.s.clip, q.bounds)
		case len(q.boxes) == 1:
			r.s.clip = intersection(r.s.clip, q.boxes[0])
		}
	}
	q.reset()
}

func (r *stream) paintPath(p paint) {
	q := &r.path
	if !q.drawn {
		return
	}
	plain := !p.stroke && !q.other && r.s.fillKnown && !r.s.special && !r.s.clipped && (len(q.boxes) == 1 || !p.evenOdd)
	if !plain {
		b := q.bounds
		if p.stroke { // lines have a width
			const width = 36
			b = [4]float64{b[0] - width, b[1] - width, b[2] + width, b[3] + width}
		}
		r.add(pdfin.Item{Kind: pdfin.ItemOther, Bounds: intersection(b, r.s.clip)})
		return
	}
	for _, b := range q.boxes {
		r.add(pdfin.Item{Kind: pdfin.ItemFill, Bounds: intersection(b, r.s.clip), Colour: r.s.fill})
	}
}

// graphicsState takes from an ExtGState dictionary whether colours are painted as they are (ISO 32000-1, 8.4.5 and
// 11.6).
func (r *stream) graphicsState() error {
	gs := r.d.dict(r.resource("ExtGState"))
	if gs == nil {
		return nil
	}
	for _, key := range []string{"ca", "CA"} {
		if v, ok := r.d.number(find(gs, key)); ok {
			r.s.special = v < 1
		}
	}
	if o := find(gs, "SMask"); o != nil {
		r.s.special = r.d.name(o) != "None"
	}
	if o := find(gs, "BM"); o != nil {
		mode := r.d.name(o)
		if a := r.d.array(o); len(a) > 0 {
			mode = r.d.name(a[0])
		}
		r.s.special = r.s.special || mode != "Normal" && mode != "Compatible"
	}
	if find(gs, "Font") != nil { // read from what the font is, not from its name
		if a := r.d.array(find(gs, "Font")); len(a) > 0 {
			r.s.font = a[0]
		}
	}
	return nil
}

// markedContent sees content that a layer may hide.
func (r *stream) markedContent() error {
	if r.d.layersOff {
		r.add(pdfin.Item{Kind: pdfin.ItemOther, Bounds: r.s.clip})
	}
	return nil
}

func (r *stream) colourSpace() error {
	m := &pdfin.Image{}
	r.d.colours(m, types.Name(r.name), r.resources, 0)
	r.s.fillSpace, r.s.fill = m.Space, [3]byte{}
	switch m.Space {
	case pdfin.GraySpace, pdfin.RGBSpace, pdfin.CMYKSpace:
		r.s.fillKnown = true // black at first
	default:
		r.s.fillKnown = false
	}
	return nil
}

// colour reads the operands of an operator that sets the fill's colour.
func (r *stream) colour() {
	level := func(i int) byte { return byte(min(max(r.args[i], 0), 1)*255 + 0.5) }
	n := map[pdfin.Space]int{pdfin.GraySpace: 1, pdfin.RGBSpace: 3, pdfin.CMYKSpace: 4}[r.s.fillSpace]
	r.s.fillKnown = n > 0 && len(r.args) == n
	if !r.s.fillKnown {
		return
	}
	switch n {
	case 1:
		r.s.fill = [3]byte{level(0), level(0), level(0)}
	case 3:
		r.s.fill = [3]byte{level(0), level(1), level(2)}
	case 4:
		r.s.fill = cmyk(level(0), level(1), level(2), level(3))
	}
}
