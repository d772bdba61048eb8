package pdfentree

import (
	"bytes"
	"fmt"
	"math"
	"regexp"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
)

// interpreter follows a page's content as far as it says what is drawn where.
type interpreter struct {
	d    *document
	page *pdfin.Page
	seen map[string]bool // fonts reported
}

// Bounds of what a document may draw on all its pages, which may share one long content.
const (
	maxOperators  = 50_000_000
	maxPlacements = 100_000
	maxForms      = 16  // forms in forms
	maxStates     = 512 // saved graphics states
	maxFonts      = 256 // reported of a page
)

// run interprets a content stream with its resources under a graphics state.
func (in *interpreter) run(content []byte, resources types.Dict, s state, depth int) error {
	r := &stream{interpreter: in, l: lexer{data: content}, resources: resources, s: s, depth: depth}
	for {
		t := r.l.next()
		switch t.kind {
		case end:
			return nil
		case number:
			if len(r.args) < 16 {
				r.args = append(r.args, t.value)
			}
			continue
		case nameToken:
			r.name = t.text
			continue
		case stringToken, other:
			continue
		}
		if in.d.operators++; in.d.operators > maxOperators {
			return &pdfin.Refusal{Reason: pdfin.ErrTooLarge, Page: in.page.Number,
				What: fmt.Sprintf("more than %d drawing operators", maxOperators)}
		}
		if in.d.operators&1023 == 0 && in.d.ended() != nil {
			return in.d.ended()
		}
		if do, ok := operators[t.text]; ok {
			if err := do(r); err != nil {
				return err
			}
		}
		r.args, r.name = r.args[:0], ""
	}
}

// text notes that text is drawn.
func (in *interpreter) text(s state) {
	switch s.render {
	case 3:
		in.page.HiddenText = true
	case 7: // what is drawn next shows through the letters
		in.page.HiddenText = true
		in.add(pdfin.Item{Kind: pdfin.ItemOther, Bounds: s.clip})
	default:
		in.page.Text = true
		in.page.Undrawable = in.page.Undrawable || !in.d.fontOf(s.font).Drawable
		in.add(pdfin.Item{Kind: pdfin.ItemOther, Bounds: s.clip})
	}
	if s.font == nil {
		return
	}
	f := in.d.fontOf(s.font)
	if !in.seen[f.Name] && len(in.page.Fonts) < maxFonts {
		in.seen[f.Name] = true
		in.page.Fonts = append(in.page.Fonts, f)
		in.page.UnembeddedStandard = in.page.UnembeddedStandard || !f.Embedded && standardFonts[f.Name]
	}
}

// fontOf reads a font once.
func (d *document) fontOf(o types.Object) pdfin.Font {
	number := objectNumber(o)
	f, ok := d.fonts[number]
	if number == 0 || !ok {
		f = d.font(o)
		if number != 0 {
			d.fonts[number] = f
		}
	}
	return f
}

// standardFonts are the 14 of ISO 32000-1, 9.6.2.2.
var standardFonts = map[string]bool{
	"Times-Roman": true, "Times-Bold": true, "Times-Italic": true, "Times-BoldItalic": true,
	"Helvetica": true, "Helvetica-Bold": true, "Helvetica-Oblique": true, "Helvetica-BoldOblique": true,
	"Courier": true, "Courier-Bold": true, "Courier-Oblique": true, "Courier-BoldOblique": true,
	"Symbol": true, "ZapfDingbats": true,
}

// standInFonts are families whose letters the standard ones stand in for, with the same widths; bar codes, symbols
// and other alphabets have none.
var standInFonts = regexp.MustCompile(`^(?:[A-Z]{6}\+)?(?:Arial|Helvetica|LiberationSans|TimesNewRoman|Times|LiberationSerif|CourierNew|Courier|LiberationMono)` +
	`(?:PS)?(?:MT)?(?:[-,]?(?:Bold|Italic|Oblique|BoldItalic|BoldOblique|Roman|Regular)?(?:MT)?)$`)

// font says which font it is and whether its program is in the file.
func (d *document) font(o types.Object) pdfin.Font {
	dict := d.dict(o)
	f := pdfin.Font{Name: d.name(find(dict, "BaseFont"))}
	switch d.name(find(dict, "Subtype")) {
	case "Type3":
		f.Embedded, f.Drawable = true, true // its glyphs are content
		return f
	case "Type0":
		if descendants := d.array(find(dict, "DescendantFonts")); len(descendants) > 0 {
			dict = d.dict(descendants[0])
		}
	}
	descriptor := d.dict(find(dict, "FontDescriptor"))
	for _, key := range []string{"FontFile", "FontFile2", "FontFile3"} {
		f.Embedded = f.Embedded || d.stream(find(descriptor, key)) != nil
	}
	f.Drawable = f.Embedded || standardFonts[f.Name] || standInFonts.MatchString(f.Name)
	return f
}

// object draws an XObject.
func (in *interpreter) object(o types.Object, resources types.Dict, s state, depth int) error {
	sd := in.d.stream(o)
	if sd == nil {
		return nil
	}
	if in.d.layersOff && find(sd.Dict, "OC") != nil {
		in.add(pdfin.Item{Kind: pdfin.ItemOther, Bounds: s.clip})
	}
	switch in.d.name(find(sd.Dict, "Subtype")) {
	case "Image":
		return in.image(o, sd, resources, s)
	case "Form":
		if depth >= maxForms {
			return &pdfin.Refusal{Reason: pdfin.ErrDamaged, Page: in.page.Number, Object: objectNumber(o),
				What: "forms nested too deep"}
		}
		content, err := in.d.inflate(sd, maxContent)
		if err != nil {
			return &pdfin.Refusal{Reason: reasonOf(err), Page: in.page.Number, Object: objectNumber(o), What: "form content"}
		}
		m := pdfin.Identity
		if v, ok := in.d.numbers(find(sd.Dict, "Matrix"), 6); ok {
			m = pdfin.Matrix(v)
		}
		own := in.d.dict(find(sd.Dict, "Resources"))
		if own == nil {
			own = resources
		}
		in.d.operators += len(content) / 64 // inflating again and again costs too
		s.ctm = m.Mul(s.ctm)
		if box, ok := in.d.box(find(sd.Dict, "BBox")); ok {
			s.cut(box, s.ctm)
		}
		return in.run(content, own, s, depth+1)
	}
	return nil
}

// image places an image.
func (in *interpreter) image(o types.Object, sd *types.StreamDict, resources types.Dict, s state) error {
	number := objectNumber(o)
	m := in.d.images[number]
	if m == nil {
		var err *pdfin.Refusal
		if m, err = in.d.image(number, sd, resources); err != nil {
			err.Page = in.page.Number
			return err
		}
		if number != 0 {
			in.d.images[number] = m
		}
	}
	return in.place(m, s)
}

// place notes where an image lies.
func (in *interpreter) place(m *pdfin.Image, s state) error {
	ctm := s.ctm
	if in.d.placements++; in.d.placements > maxPlacements {
		return &pdfin.Refusal{Reason: pdfin.ErrTooLarge, Page: in.page.Number,
			What: fmt.Sprintf("images drawn more than %d times", maxPlacements)}
	}
	p := in.page
	pl := pdfin.Placement{Image: m, Matrix: ctm}
	perInch := p.UserUnit / 72
	across, up := math.Hypot(ctm[0], ctm[1])*perInch, math.Hypot(ctm[2], ctm[3])*perInch
	if across > 0 && up > 0 {
		pl.DPIX, pl.DPIY = float64(m.Width)/across, float64(m.Height)/up
	}
	pl.AngleDeg = math.Mod(math.Atan2(ctm[1], ctm[0])*180/math.Pi-float64(p.Rotation)+720+180, 360) - 180
	if pl.AngleDeg == -180 {
		pl.AngleDeg = 180
	}
	pl.Mirrored = ctm[0]*ctm[3]-ctm[1]*ctm[2] < 0
	bounds := boundsOf([4]float64{0, 0, 1, 1}, ctm)
	if shown, ok := intersect(bounds, p.CropBox); ok {
		pl.Coverage = area(shown) / area(p.CropBox)
	}
	p.Placements = append(p.Placements, pl)
	if m.Mask && !s.fillKnown || s.special || s.clipped {
		in.add(pdfin.Item{Kind: pdfin.ItemOther, Bounds: intersection(bounds, s.clip)})
		return nil
	}
	in.add(pdfin.Item{Kind: pdfin.ItemImage, Placement: pl, Bounds: bounds, Clip: s.clip, Colour: s.fill})
	return nil
}

func area(b [4]float64) float64 { return (b[2] - b[0]) * (b[3] - b[1]) }

// inlineKeys are the abbreviations of inline images (ISO 32000-1, tables 93 and 94).
var inlineKeys = map[string]string{
	"BPC": "BitsPerComponent", "CS": "ColorSpace", "D": "Decode", "DP": "DecodeParms", "F": "Filter", "H": "Height",
	"IM": "ImageMask", "W": "Width", "G": "DeviceGray", "RGB": "DeviceRGB", "CMYK": "DeviceCMYK", "AHx": "ASCIIHexDecode",
	"A85": "ASCII85Decode", "LZW": "LZWDecode", "Fl": "FlateDecode", "RL": "RunLengthDecode", "CCF": "CCITTFaxDecode",
	"DCT": "DCTDecode",
}

// inline reads an inline image's size and skips its data. Its pixels aren't decoded: scanners don't write them.
func (in *interpreter) inline(l *lexer, resources types.Dict, s state) error {
	m := &pdfin.Image{Bits: 1, Inline: true}
	key := ""
	for {
		t := l.next()
		if t.kind == end {
			return nil
		}
		if t.kind == operator && t.text == "ID" {
			break
		}
		switch {
		case t.kind == nameToken && key == "":
			if key = t.text; inlineKeys[key] != "" {
				key = inlineKeys[key]
			}
			continue
		case key == "Width":
			m.Width = int(min(max(t.value, 0), 1<<30))
		case key == "Height":
			m.Height = int(min(max(t.value, 0), 1<<30))
		case key == "BitsPerComponent":
			m.Bits = int(min(max(t.value, 0), 16))
		case key == "ImageMask":
			m.Mask = t.text == "true"
		case t.kind == other: // arrays and dictionaries: skipped to their end, as far as keys don't matter in them
			l.skipNested()
		}
		key = ""
	}
	start := min(l.pos+1, len(l.data))
	at := start
	for {
		i := bytes.Index(l.data[at:], []byte("EI"))
		if i < 0 {
			l.pos = len(l.data)
			break
		}
		at += i + 2
		before, after := at-3, at
		if before >= start && space(l.data[before]) && (after >= len(l.data) || space(l.data[after])) {
			l.pos = after
			break
		}
	}
	m.Length = int64(l.pos - start)
	m.Load = func() ([]byte, error) { return nil, pdfin.ErrUndecodable }
	if m.Width == 0 || m.Height == 0 {
		return nil
	}
	return in.place(m, s)
}

// skipNested skips to the end of the array or dictionary whose first bracket was read.
func (l *lexer) skipNested() {
	for depth := 1; depth > 0; {
		switch t := l.next(); {
		case t.kind == end:
			return
		case t.kind == other && (t.text == "[" || t.text == "<"):
			depth++
		case t.kind == other && (t.text == "]" || t.text == ">"):
			depth--
		}
	}
}
