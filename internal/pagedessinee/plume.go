package pagedessinee

import (
	"image"
	"image/draw"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// point is a place on the sheet, in millimetres from its top left corner.
type point struct{ x, y float64 }

// plume draws on a page: it turns millimetres of the sheet into pixels of the scan.
type plume struct {
	encre *image.Gray // 0 no ink, 255 full
	// x' = a x + b y + c, y' = d x + e y + f
	a, b, c, d, e, f float64
	ras              vector.Rasterizer
	masque           *image.Alpha
	gomme            bool             // takes ink away
	touche           *image.Rectangle // where it drew, if anybody asks
}

func (p *plume) pixel(q point) (x, y float32) {
	return float32(p.a*q.x + p.b*q.y + p.c), float32(p.d*q.x + p.e*q.y + p.f)
}

// remplir fills a closed outline with ink of the given strength.
func (p *plume) remplir(force float64, contours [][]point) {
	x0, y0, x1, y1 := float32(math.Inf(1)), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.Inf(-1))
	for _, c := range contours {
		for _, q := range c {
			x, y := p.pixel(q)
			x0, y0, x1, y1 = min(x0, x), min(y0, y), max(x1, x), max(y1, y)
		}
	}
	r := image.Rect(int(math.Floor(float64(x0))), int(math.Floor(float64(y0))), int(math.Ceil(float64(x1)))+1,
		int(math.Ceil(float64(y1)))+1)
	if r.Empty() || r.Intersect(p.encre.Rect).Empty() || r.Dx() > 1<<14 || r.Dy() > 1<<14 {
		return
	}
	p.ras.Reset(r.Dx(), r.Dy())
	for _, c := range contours {
		for i, q := range c {
			x, y := p.pixel(q)
			x, y = x-float32(r.Min.X), y-float32(r.Min.Y)
			if i == 0 {
				p.ras.MoveTo(x, y)
			} else {
				p.ras.LineTo(x, y)
			}
		}
		p.ras.ClosePath()
	}
	if p.masque == nil || len(p.masque.Pix) < r.Dx()*r.Dy() {
		p.masque = image.NewAlpha(image.Rect(0, 0, r.Dx(), r.Dy()))
	}
	m := &image.Alpha{Pix: p.masque.Pix, Stride: r.Dx(), Rect: image.Rect(0, 0, r.Dx(), r.Dy())}
	p.ras.DrawOp = draw.Src
	p.ras.Draw(m, m.Rect, image.Opaque, image.Point{})
	v := r.Intersect(p.encre.Rect)
	if p.touche != nil {
		*p.touche = p.touche.Union(v)
	}
	for y := v.Min.Y; y < v.Max.Y; y++ {
		src := m.Pix[(y-r.Min.Y)*m.Stride:]
		dst := p.encre.Pix[(y-p.encre.Rect.Min.Y)*p.encre.Stride:]
		for x := v.Min.X; x < v.Max.X; x++ {
			if p.gomme {
				dst[x] = min(dst[x], 255-uint8(force*float64(src[x-r.Min.X])))
				continue
			}
			dst[x] = max(dst[x], uint8(force*float64(src[x-r.Min.X])))
		}
	}
}

// effacer takes ink away where f draws.
func (p *plume) effacer(f func()) {
	p.gomme = true
	f()
	p.gomme = false
}

// trait draws a line of the given width in millimetres through points.
func (p *plume) trait(force, largeur float64, points ...point) {
	for i := 1; i < len(points); i++ {
		a, b := points[i-1], points[i]
		l := math.Hypot(b.x-a.x, b.y-a.y)
		if l == 0 {
			continue
		}
		ux, uy := (b.x-a.x)/l*largeur/2, (b.y-a.y)/l*largeur/2
		p.remplir(force, [][]point{{{a.x - uy - ux/2, a.y + ux - uy/2}, {b.x - uy + ux/2, b.y + ux + uy/2},
			{b.x + uy + ux/2, b.y - ux + uy/2}, {a.x + uy - ux/2, a.y - ux - uy/2}}})
	}
}

// rectangle fills a rectangle.
func (p *plume) rectangle(force, x0, y0, x1, y1 float64) {
	p.remplir(force, [][]point{{{x0, y0}, {x1, y0}, {x1, y1}, {x0, y1}}})
}

// ellipse gives an ellipse as an outline.
func ellipse(c point, rx, ry float64) []point {
	const n = 48
	pts := make([]point, n)
	for i := range pts {
		s, co := math.Sincos(2 * math.Pi * float64(i) / n)
		pts[i] = point{c.x + rx*co, c.y + ry*s}
	}
	return pts
}

// texte prints s from a point of its baseline, in a font of the given size in millimetres, and returns where it ends.
func (p *plume) texte(f *sfnt.Font, s string, corps float64, force float64, x, y float64) float64 {
	var buf sfnt.Buffer
	const upem = 1000
	ppem := fixed.I(upem)
	k := corps / upem
	for _, r := range s {
		g, err := f.GlyphIndex(&buf, r)
		if err != nil {
			continue
		}
		if segs, err := f.LoadGlyph(&buf, g, ppem, nil); err == nil && len(segs) > 0 {
			p.remplir(force, contours(segs, k, x, y))
		}
		if adv, err := f.GlyphAdvance(&buf, g, ppem, font.HintingNone); err == nil {
			x += float64(adv) / 64 * k
		}
	}
	return x
}

// contours flattens an outline.
func contours(segs sfnt.Segments, k, x, y float64) [][]point {
	at := func(q fixed.Point26_6) point { return point{x + float64(q.X)/64*k, y + float64(q.Y)/64*k} }
	var out [][]point
	var c []point
	for _, s := range segs {
		switch s.Op {
		case sfnt.SegmentOpMoveTo:
			if c != nil {
				out = append(out, c)
			}
			c = []point{at(s.Args[0])}
		case sfnt.SegmentOpLineTo:
			c = append(c, at(s.Args[0]))
		case sfnt.SegmentOpQuadTo:
			a, b, d := c[len(c)-1], at(s.Args[0]), at(s.Args[1])
			for i := 1; i <= 5; i++ {
				t := float64(i) / 5
				c = append(c, point{(1-t)*(1-t)*a.x + 2*t*(1-t)*b.x + t*t*d.x, (1-t)*(1-t)*a.y + 2*t*(1-t)*b.y + t*t*d.y})
			}
		case sfnt.SegmentOpCubeTo:
			a, b, d, e := c[len(c)-1], at(s.Args[0]), at(s.Args[1]), at(s.Args[2])
			for i := 1; i <= 8; i++ {
				t := float64(i) / 8
				u := 1 - t
				c = append(c, point{u*u*u*a.x + 3*u*u*t*b.x + 3*u*t*t*d.x + t*t*t*e.x, u*u*u*a.y + 3*u*u*t*b.y + 3*u*t*t*d.y +
					t*t*t*e.y})
			}
		}
	}
	if c != nil {
		out = append(out, c)
	}
	return out
}
