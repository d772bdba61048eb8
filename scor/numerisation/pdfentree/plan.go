package pdfentree

import (
	"math"

	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
)

const pointsPerMM = 72 / 25.4

// visible are the items of a page that are seen: what an opaque one covers later isn't, and white on paper that is
// still white isn't either. Scanners write such things: a white rectangle or a tiny white image under the scan, the
// recognised text under it instead of invisible.
func visible(p *pdfin.Page) []pdfin.Item {
	const slack = 1 // millimetre that a cover may lack along an edge
	margin := slack * pointsPerMM / p.UserUnit
	var kept []pdfin.Item
	var covers [][4]float64
	for i := len(p.Items) - 1; i >= 0; i-- {
		item := p.Items[i]
		if covered(intersection(item.Bounds, p.CropBox), covers, margin) {
			continue
		}
		kept = append(kept, item)
		if c, ok := item.Cover(); ok && len(covers) < 64 { // more would be work without end for nothing that scanners write
			covers = append(covers, c)
		}
	}
	var out []pdfin.Item
	for i := len(kept) - 1; i >= 0; i-- {
		item := kept[i]
		if item.Kind == pdfin.ItemFill && item.Colour == [3]byte{255, 255, 255} && !touches(item.Bounds, out) {
			continue
		}
		out = append(out, item)
	}
	return out
}

func covered(b [4]float64, covers [][4]float64, margin float64) bool {
	for _, c := range covers {
		if b[0] >= c[0]-margin && b[1] >= c[1]-margin && b[2] <= c[2]+margin && b[3] <= c[3]+margin {
			return true
		}
	}
	return false
}

func touches(b [4]float64, items []pdfin.Item) bool {
	for i := range items {
		if x := intersection(b, items[i].Bounds); x[2] > x[0] && x[3] > x[1] {
			return true
		}
	}
	return false
}

// needsDrawing says whether items are more than images and plain rectangles.
func needsDrawing(items []pdfin.Item) bool {
	for i := range items {
		if items[i].Kind == pdfin.ItemOther {
			return true
		}
	}
	return false
}

// undecodable gives the reason for which one of the items' images can't be read here, if there is one.
func undecodable(items []pdfin.Item) error {
	for i := range items {
		m := items[i].Placement.Image
		if items[i].Kind != pdfin.ItemImage {
			continue
		}
		for _, m := range []*pdfin.Image{m, m.Alpha} {
			switch {
			case m == nil:
			case m.Codec == pdfin.JPX && m.Decode == nil:
				return pdfin.ErrJPX
			case !m.Decodable():
				return pdfin.ErrUndrawable
			}
		}
		if m.Keyed {
			return pdfin.ErrUndrawable
		}
	}
	return nil
}

// whole returns the scan that a page is, if it is one image that can be taken out of its PDF, and the margins of
// white paper around it: left, top, right, bottom of the stored image, in millimetres.
func whole(p *pdfin.Page, items []pdfin.Item) (pl pdfin.Placement, margins [4]float64, ok bool) {
	if len(items) != 1 || items[0].Kind != pdfin.ItemImage {
		return pl, margins, false
	}
	item := items[0]
	pl = item.Placement
	m := pl.Image
	if m.Alpha != nil || m.SoftMask || m.Keyed || m.Mask && item.Colour != [3]byte{} || !(pl.DPIX > 0 && pl.DPIY > 0) {
		return pl, margins, false
	}
	// What the page shows must be the whole image, but for a hair.
	const hair = 1 // millimetre
	scale := p.UserUnit / pointsPerMM
	seen := intersection(item.Clip, p.CropBox)
	for side := range 4 {
		d := (item.Bounds[side] - seen[side]) * scale
		if side >= 2 {
			d = -d
		}
		if d < -hair { // the image goes on beyond
			return pl, margins, false
		}
	}
	if seen != p.CropBox && !contains(seen, intersection(item.Bounds, p.CropBox), hair/scale) {
		return pl, margins, false
	}
	slanted := math.Abs(pl.AngleDeg-math.Round(pl.AngleDeg/90)*90) > 0.01
	if slanted { // the box of a turned image is larger than it is: its margins would be wrong
		return pl, margins, pl.Coverage >= 0.98
	}
	page := [4]float64{ // left, top, right, bottom, before the page's rotation
		(item.Bounds[0] - p.CropBox[0]) * scale, (p.CropBox[3] - item.Bounds[3]) * scale,
		(p.CropBox[2] - item.Bounds[2]) * scale, (item.Bounds[1] - p.CropBox[1]) * scale,
	}
	if max(page[0], page[1], page[2], page[3]) < 0.5 { // rounding of sides
		return pl, margins, true
	}
	return pl, storedMargins(page, pl.Matrix), true
}

// storedMargins turns margins of the page into those of the image as it is stored, given how it is placed.
func storedMargins(page [4]float64, t pdfin.Matrix) [4]float64 {
	left, top, right, bottom := max(0, page[0]), max(0, page[1]), max(0, page[2]), max(0, page[3])
	var out [4]float64
	if math.Abs(t[0]) >= math.Abs(t[1]) { // the image's rows lie along the page's
		out[0], out[2] = left, right
		if t[0] < 0 {
			out[0], out[2] = right, left
		}
		out[1], out[3] = top, bottom
		if t[3] < 0 {
			out[1], out[3] = bottom, top
		}
		return out
	}
	out[0], out[2] = bottom, top // its first column is at the foot when rows go up
	if t[1] < 0 {
		out[0], out[2] = top, bottom
	}
	out[1], out[3] = left, right // its first row is opposite to where the second axis points
	if t[2] > 0 {
		out[1], out[3] = right, left
	}
	return out
}

func contains(outer, inner [4]float64, slack float64) bool {
	return inner[0] >= outer[0]-slack && inner[1] >= outer[1]-slack && inner[2] <= outer[2]+slack && inner[3] <= outer[3]+
		slack
}

// resolution is the one at which a page of images is put together, along the page as it is shown: the finest of the
// images that matter. One that covers more than half of the page matters more than any number of logos; of strips,
// the coarsest decides. otherwise is that of a page without images.
func resolution(p *pdfin.Page, items []pdfin.Item, otherwise float64) (x, y float64) {
	var best, least [2]float64
	for i := range items {
		if items[i].Kind != pdfin.ItemImage {
			continue
		}
		pl := &items[i].Placement
		d := [2]float64{pl.DPIX, pl.DPIY}
		if math.Abs(math.Mod(pl.AngleDeg+360, 180)-90) < 45 {
			d[0], d[1] = d[1], d[0]
		}
		if pl.Coverage > 0.5 && min(d[0], d[1]) > min(best[0], best[1]) {
			best = d
		}
		if pl.Coverage > 0.01 && (least[0] == 0 || min(d[0], d[1]) < min(least[0], least[1])) {
			least = d
		}
	}
	if best[0] == 0 || best[1] == 0 {
		best = least
	}
	if !(best[0] > 0 && best[1] > 0) {
		return otherwise, otherwise
	}
	return best[0], best[1]
}
