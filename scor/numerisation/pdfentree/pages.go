package pdfentree

import (
	"fmt"
	"math"
	"strings"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"
	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/validate"

	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
)

// read gathers the facts.
func (d *document) read() (*pdfin.Document, error) {
	doc := &pdfin.Document{Version: d.pdf.VersionString()}
	catalog, catalogErr := d.pdf.Catalog()
	if sd := d.stream(find(catalog, "Metadata")); sd != nil {
		if xmp, err := d.inflate(sd, maxMetadata); err == nil {
			doc.PDFA = pdfa(string(xmp))
		}
	}
	d.mayAttach = strings.HasPrefix(doc.PDFA, "3")
	if err := d.refused(); err != nil {
		return nil, err
	}
	doc.Attached = d.attached
	if catalogErr != nil || catalog == nil {
		return nil, &pdfin.Refusal{Reason: pdfin.ErrDamaged, What: "no catalog"}
	}
	if d.boolean(find(catalog, "NeedsRendering")) { // ISO 32000-1, table 28: only dynamic XFA forms do
		return nil, &pdfin.Refusal{Reason: pdfin.ErrXFA, What: "pages that only an XFA processor renders"}
	}
	if form := d.dict(find(catalog, "AcroForm")); form != nil {
		doc.Form = len(d.array(find(form, "Fields"))) > 0
		doc.Signed = d.integer(find(form, "SigFlags"), 0)&1 != 0
	}
	d.layersOff = d.hidesLayers(d.dict(find(catalog, "OCProperties")))
	root := find(catalog, "Pages")
	if err := d.pageTree(doc, root, pageAttributes{}, 0, make(map[int]bool)); err != nil {
		return nil, err
	}
	if len(doc.Pages) == 0 {
		return nil, &pdfin.Refusal{Reason: pdfin.ErrNoPages}
	}
	doc.Invalid = d.validate()
	return doc, d.ended()
}

// hidesLayers says whether a document has layers that aren't shown at first (ISO 32000-1, 8.11.4.3).
func (d *document) hidesLayers(properties types.Dict) bool {
	config := d.dict(find(properties, "D"))
	base := d.name(find(config, "BaseState"))
	return len(d.array(find(config, "OFF"))) > 0 || base == "OFF" || base == "Unchanged"
}

// maxMetadata bounds the metadata that are looked at, in bytes.
const maxMetadata = 1 << 20

// validate runs pdfcpu's relaxed validation. Its text may quote the document: only the fact is kept.
func (d *document) validate() (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = &pdfin.Refusal{Reason: pdfin.ErrDamaged, What: fmt.Sprintf("the validator gave up (%T)", p)}
		}
	}()
	if err := validate.XRefTable(d.pdf); err != nil {
		return &pdfin.Refusal{Reason: pdfin.ErrDamaged, Object: d.pdf.CurObj, What: "the structure breaks ISO 32000"}
	}
	return nil
}

// pageAttributes are those that pages inherit.
type pageAttributes struct {
	resources types.Object
	media     types.Object
	crop      types.Object
	rotate    types.Object
}

func (a pageAttributes) with(node types.Dict) pageAttributes {
	for key, to := range map[string]*types.Object{"Resources": &a.resources, "MediaBox": &a.media, "CropBox": &a.crop,
		"Rotate": &a.rotate} {
		if o := find(node, key); o != nil {
			*to = o
		}
	}
	return a
}

// pageTree walks the page tree in order. path holds the nodes above, which may not come again.
func (d *document) pageTree(doc *pdfin.Document, ref types.Object, inherited pageAttributes, depth int,
	path map[int]bool) error {
	if err := d.ended(); err != nil {
		return err
	}
	number := objectNumber(ref)
	if d.nodes++; depth > maxDepth || number != 0 && path[number] || d.nodes > 4*d.opt.MaxPages+maxDepth {
		return &pdfin.Refusal{Reason: pdfin.ErrDamaged, Object: number, What: "the page tree loops, or is too large"}
	}
	node := d.dict(ref)
	if node == nil {
		return nil
	}
	attributes := inherited.with(node)
	if kids := find(node, "Kids"); kids != nil && d.name(find(node, "Type")) != "Page" {
		if number != 0 {
			path[number] = true
			defer delete(path, number)
		}
		for _, kid := range d.array(kids) {
			if err := d.pageTree(doc, kid, attributes, depth+1, path); err != nil {
				return err
			}
		}
		return nil
	}
	if len(doc.Pages) >= d.opt.MaxPages {
		return &pdfin.Refusal{Reason: pdfin.ErrTooLarge, What: fmt.Sprintf("more than %d pages", d.opt.MaxPages)}
	}
	p, err := d.page(len(doc.Pages)+1, node, attributes)
	if err != nil {
		return err
	}
	doc.Pages = append(doc.Pages, p)
	return nil
}

const mmPerPoint = 25.4 / 72

func (d *document) page(number int, node types.Dict, a pageAttributes) (*pdfin.Page, error) {
	p := &pdfin.Page{Number: number, UserUnit: 1}
	var ok bool
	if p.MediaBox, ok = d.box(a.media); !ok {
		return nil, &pdfin.Refusal{Reason: pdfin.ErrDamaged, Page: number, What: "no page size"}
	}
	p.CropBox = p.MediaBox
	if crop, ok := d.box(a.crop); ok {
		if crop, ok = intersect(crop, p.MediaBox); ok {
			p.CropBox = crop
		}
	}
	if u, ok := d.number(find(node, "UserUnit")); ok && u > 0 && u < 1e6 {
		p.UserUnit = u
	}
	p.Rotation = ((d.integer(a.rotate, 0) % 360) + 360) % 360 / 90 * 90
	p.WidthMM = (p.CropBox[2] - p.CropBox[0]) * p.UserUnit * mmPerPoint
	p.HeightMM = (p.CropBox[3] - p.CropBox[1]) * p.UserUnit * mmPerPoint
	if p.Rotation%180 != 0 {
		p.WidthMM, p.HeightMM = p.HeightMM, p.WidthMM
	}
	for _, annotation := range d.array(find(node, "Annots")) {
		switch d.name(find(d.dict(annotation), "Subtype")) {
		case "Link", "Popup", "":
		default:
			p.Annotations++
		}
	}
	content, err := d.content(find(node, "Contents"))
	if err != nil {
		err.Page = number
		return nil, err
	}
	p.MissingContent = len(content) == 0
	d.operators += len(content) / 64
	in := interpreter{d: d, page: p, seen: make(map[string]bool)}
	if err := in.run(content, d.dict(a.resources), firstState(p), 0); err != nil {
		return nil, err
	}
	if p.Annotations > 0 {
		in.add(pdfin.Item{Kind: pdfin.ItemOther, Bounds: p.CropBox})
	}
	return p, nil
}

// box reads a rectangle, its corners put in order.
func (d *document) box(o types.Object) ([4]float64, bool) {
	v, ok := d.numbers(o, 4)
	if !ok {
		return [4]float64{}, false
	}
	b := [4]float64{min(v[0], v[2]), min(v[1], v[3]), max(v[0], v[2]), max(v[1], v[3])}
	for _, c := range b {
		if math.IsNaN(c) || math.Abs(c) > 1e9 {
			return b, false
		}
	}
	return b, b[2] > b[0] && b[3] > b[1]
}

func intersect(a, b [4]float64) ([4]float64, bool) {
	c := [4]float64{max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])}
	return c, c[2] > c[0] && c[3] > c[1]
}

// maxContent bounds a page's inflated content, in bytes: drawings take kilobytes, inline images may take more.
const maxContent = 32 << 20

// content joins the content streams of a page.
func (d *document) content(o types.Object) ([]byte, *pdfin.Refusal) {
	parts := d.array(o)
	if parts == nil {
		parts = types.Array{o}
	}
	var out []byte
	for _, part := range parts {
		sd := d.stream(part)
		if sd == nil {
			continue
		}
		data, err := d.inflate(sd, maxContent-int64(len(out)))
		if err != nil {
			return nil, &pdfin.Refusal{Reason: reasonOf(err), Object: objectNumber(part), What: "page content"}
		}
		out = append(append(out, data...), '\n')
	}
	return out, nil
}
