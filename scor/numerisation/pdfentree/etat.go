package pdfentree

import (
	"math"

	"github.com/pdfcpu/pdfcpu/pkg/pdfcpu/types"

	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
)

// state is the part of the graphics state that matters here (ISO 32000-1, 8.4).
type state struct {
	ctm       pdfin.Matrix
	clip      [4]float64 // in default user space
	clipped   bool       // by something that isn't a rectangle
	fill      [3]byte
	fillKnown bool // the fill is one plain colour
	fillSpace pdfin.Space
	special   bool // transparency, blending or a mask: what is painted isn't the colours that it has
	render    int  // text rendering mode
	font      types.Object
}

func firstState(p *pdfin.Page) state {
	return state{ctm: pdfin.Identity, clip: p.CropBox, fillKnown: true, fillSpace: pdfin.GraySpace}
}

// cut narrows the clip to a box of a coordinate system.
func (s *state) cut(box [4]float64, m pdfin.Matrix) {
	if !straight(m) {
		s.clipped = true
	}
	s.clip = intersection(s.clip, boundsOf(box, m))
}

// straight says whether boxes stay boxes.
func straight(m pdfin.Matrix) bool {
	const e = 1e-6
	return math.Abs(m[1]) < e*math.Abs(m[0]) && math.Abs(m[2]) < e*math.Abs(m[3]) || math.Abs(m[0]) < e*math.Abs(m[1]) &&
		math.Abs(m[3]) < e*math.Abs(m[2])
}

// boundsOf is the smallest box around a transformed one.
func boundsOf(b [4]float64, m pdfin.Matrix) [4]float64 {
	out := [4]float64{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	for _, c := range [4][2]float64{{b[0], b[1]}, {b[2], b[1]}, {b[0], b[3]}, {b[2], b[3]}} {
		x, y := c[0]*m[0]+c[1]*m[2]+m[4], c[0]*m[1]+c[1]*m[3]+m[5]
		out = [4]float64{min(out[0], x), min(out[1], y), max(out[2], x), max(out[3], y)}
	}
	return out
}

// intersection may be empty: then its right is left of its left.
func intersection(a, b [4]float64) [4]float64 {
	return [4]float64{max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])}
}

// path is the current path: boxes while it is made of nothing else.
type path struct {
	boxes  [][4]float64
	bounds [4]float64
	other  bool // has lines or curves that don't make a box
	points [][2]float64
	clip   bool // W or W* was seen: it clips once it is painted
	drawn  bool
}

func (p *path) reset() { *p = path{boxes: p.boxes[:0], points: p.points[:0]} }

func (p *path) extend(b [4]float64) {
	if !p.drawn {
		p.bounds, p.drawn = b, true
		return
	}
	p.bounds = [4]float64{min(p.bounds[0], b[0]), min(p.bounds[1], b[1]), max(p.bounds[2], b[2]), max(p.bounds[3], b[3])}
}

func (p *path) box(b [4]float64, m pdfin.Matrix) {
	p.closePoints()
	p.extend(boundsOf(b, m))
	if !straight(m) || len(p.boxes) >= 1024 {
		p.other = true
		return
	}
	p.boxes = append(p.boxes, boundsOf(b, m))
}

func (p *path) point(x, y float64, m pdfin.Matrix) {
	px, py := x*m[0]+y*m[2]+m[4], x*m[1]+y*m[3]+m[5]
	p.extend([4]float64{px, py, px, py})
	if len(p.points) < 6 {
		p.points = append(p.points, [2]float64{px, py})
	} else {
		p.other = true
	}
}

// closePoints ends a subpath of lines: one around a box is a box, as some programs write it.
func (p *path) closePoints() {
	q := p.points
	p.points = p.points[:0]
	if len(q) <= 1 { // a bare moveto paints nothing
		return
	}
	if len(q) == 5 && q[4] == q[0] {
		q = q[:4]
	}
	const e = 1e-6
	same := func(a, b float64) bool { return math.Abs(a-b) < e }
	if len(q) != 4 || !(same(q[0][0], q[1][0]) && same(q[1][1], q[2][1]) && same(q[2][0], q[3][0]) &&
		same(q[3][1], q[0][1]) ||
		same(q[0][1], q[1][1]) && same(q[1][0], q[2][0]) && same(q[2][1], q[3][1]) && same(q[3][0], q[0][0])) {
		p.other = true
		return
	}
	p.boxes = append(p.boxes, [4]float64{min(q[0][0], q[2][0]), min(q[0][1], q[2][1]), max(q[0][0], q[2][0]),
		max(q[0][1], q[2][1])})
}
