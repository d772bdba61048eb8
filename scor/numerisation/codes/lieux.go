package codes

import (
	"cmp"
	"image"
	"math"
	"slices"
)

// lieu is a place where a code may be.
type lieu struct {
	genres []Genre
	zone   image.Rectangle // in pixels, margin included
	angle  float64         // by which the code is turned, in radians
	marge  int             // of the zone
	score  float64
	// For bars: the box that lies as they do, margin included.
	cx, cy, long, haut float64
}

// cellule is a small square of the page: how its edges lie, and how much of it is ink.
type cellule struct {
	xx, yy, xy float64
	noir       float64 // share of ink
}

// energie is the strength of the edges; coherence, 0 to 1, how much they lie all the same way.
func (c *cellule) energie() float64 { return c.xx + c.yy }
func (c *cellule) coherence() float64 {
	e := c.energie()
	if e == 0 {
		return 0
	}
	return math.Hypot(c.xx-c.yy, 2*c.xy) / e
}

// trame are the cells of a page.
type trame struct {
	pas, l, h int
	c         []cellule
}

// tramer measures the cells. Half of them overlap nothing: each has its own pixels.
func tramer(g *image.Gray, t uint8, pas int) *trame {
	tr := &trame{pas: pas, l: g.Rect.Dx() / pas, h: g.Rect.Dy() / pas}
	tr.c = make([]cellule, tr.l*tr.h)
	for j := range tr.h * pas {
		if j == 0 || j == g.Rect.Dy()-1 {
			continue
		}
		avant, ici, apres := g.Pix[(j-1)*g.Stride:], g.Pix[j*g.Stride:], g.Pix[(j+1)*g.Stride:]
		rang := tr.c[j/pas*tr.l:][:tr.l]
		for i := 1; i < tr.l*pas && i < g.Rect.Dx()-1; i++ {
			c := &rang[i/pas]
			if ici[i] < t {
				c.noir++
			}
			dx, dy := float64(int(ici[i+1])-int(ici[i-1])), float64(int(apres[i])-int(avant[i]))
			c.xx += dx * dx
			c.yy += dy * dy
			c.xy += dx * dy
		}
	}
	n := float64(pas * pas)
	for i := range tr.c {
		tr.c[i].noir /= n
		tr.c[i].xx /= n
		tr.c[i].yy /= n
		tr.c[i].xy /= n
	}
	return tr
}

// lieux are the places to try, the likeliest first.
func (x *recherche) lieux(genres []Genre) []lieu {
	var tous []lieu
	deux := slices.DeleteFunc(slices.Clone(genres), func(g Genre) bool { return g == Code128 })
	// Two sizes of cells: modules of a fifth of a millimetre at 300 dpi, and those of a millimetre at 200.
	cote := max(x.g.Rect.Dx(), x.g.Rect.Dy())
	for _, pas := range []int{max(8, cote/240), max(12, cote/120)} {
		tr := tramer(x.g, x.seuil, pas)
		if slices.Contains(genres, Code128) {
			tous = append(tous, tr.barres(x.g.Rect)...)
		}
		if len(deux) > 0 {
			tous = append(tous, tr.carres(x.g.Rect, deux)...)
		}
	}
	slices.SortStableFunc(tous, func(a, b lieu) int { return cmp.Compare(b.score, a.score) })
	return tous[:min(len(tous), lieuxMax)]
}

// energieMin is the least strength of edges, in squared levels a pixel: that of bars at a third of full contrast.
const energieMin = 600

// barres are the groups of cells whose edges all lie the same way.
func (t *trame) barres(page image.Rectangle) []lieu {
	var l []lieu
	t.groupes(func(c *cellule) bool { return c.energie() > energieMin && c.coherence() > 0.55 }, func(g []int) {
		var s cellule
		for _, i := range g {
			s.xx += t.c[i].xx
			s.yy += t.c[i].yy
			s.xy += t.c[i].xy
		}
		if len(g) < 6 || s.coherence() < 0.6 {
			return
		}
		r := t.cadre(g)
		// The direction across the bars: the code runs along it. Rules of a table are as coherent, and lie along.
		a := math.Atan2(2*s.xy, s.xx-s.yy) / 2
		x := lieu{genres: []Genre{Code128}, zone: r.Inset(-3 * t.pas).Intersect(page), angle: a, marge: 3 * t.pas,
			score: 2 * float64(len(g)) * s.coherence()}
		if t.coucher(&x, g); x.long-6*float64(t.pas) < max(50, 5*float64(t.pas)) {
			return
		}
		l = append(l, x)
	})
	return l
}

// carreMin is the least score of a place for squares: words and stamps of an ordonnance have up to 8, a code of five
// millimetres 13.
const carreMin = 9

// carres are the groups of cells, about as wide as high, half of which is ink.
func (t *trame) carres(page image.Rectangle, genres []Genre) []lieu {
	var l []lieu
	t.groupes(func(c *cellule) bool { return c.noir > 0.15 && c.energie() > energieMin/2 }, func(g []int) {
		r := t.cadre(g)
		cote := float64(max(r.Dx(), r.Dy())) / float64(t.pas)
		plein := float64(len(g)) / (float64(r.Dx()) / float64(t.pas) * float64(r.Dy()) / float64(t.pas))
		forme := float64(min(r.Dx(), r.Dy())) / float64(max(r.Dx(), r.Dy()))
		if cote < 2 || plein < 0.45 || forme < 0.3 {
			return
		}
		var s cellule
		for _, i := range g {
			s.xx += t.c[i].xx
			s.yy += t.c[i].yy
			s.xy += t.c[i].xy
		}
		score := float64(len(g)) * plein * forme * (1 - s.coherence())
		if score < carreMin {
			return
		}
		l = append(l, lieu{genres: genres, zone: r.Inset(-2 * t.pas).Intersect(page), angle: quart(&s), score: score})
	})
	return l
}

// quart is by how much a grid of squares is askew, from -π/4 to π/4. Where it can't be told it is 0.
func quart(s *cellule) float64 {
	if s.coherence() < 0.05 {
		return 0
	}
	a := math.Atan2(2*s.xy, s.xx-s.yy) / 2
	return a - math.Round(a/(math.Pi/2))*math.Pi/2
}

// groupes gives the connected groups of the cells that fit, diagonals included.
func (t *trame) groupes(va func(*cellule) bool, f func([]int)) {
	vu := make([]bool, len(t.c))
	var pile, g []int
	for i := range t.c {
		if vu[i] || !va(&t.c[i]) {
			continue
		}
		vu[i] = true
		pile, g = append(pile[:0], i), g[:0]
		for len(pile) > 0 {
			k := pile[len(pile)-1]
			pile, g = pile[:len(pile)-1], append(g, k)
			y0, x0 := k/t.l, k%t.l
			for y := max(0, y0-1); y <= min(t.h-1, y0+1); y++ {
				for x := max(0, x0-1); x <= min(t.l-1, x0+1); x++ {
					if n := y*t.l + x; !vu[n] && va(&t.c[n]) {
						vu[n] = true
						pile = append(pile, n)
					}
				}
			}
		}
		f(g)
	}
}

// coucher finds the box that lies as the bars do.
func (t *trame) coucher(x *lieu, g []int) {
	s, c := math.Sincos(x.angle)
	u0, u1, v0, v1 := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, i := range g {
		px, py := float64(i%t.l)+0.5, float64(i/t.l)+0.5
		u, v := px*c+py*s, py*c-px*s
		u0, u1, v0, v1 = min(u0, u), max(u1, u), min(v0, v), max(v1, v)
	}
	pas := float64(t.pas)
	u, v := (u0+u1)/2*pas, (v0+v1)/2*pas
	x.cx, x.cy = u*c-v*s, u*s+v*c
	x.long, x.haut = (u1-u0+1)*pas+2*float64(x.marge), (v1-v0+1)*pas+2*float64(x.marge)
}

// cadre surrounds cells, in pixels.
func (t *trame) cadre(g []int) image.Rectangle {
	var r image.Rectangle
	for _, i := range g {
		x, y := i%t.l*t.pas, i/t.l*t.pas
		r = r.Union(image.Rect(x, y, x+t.pas, y+t.pas))
	}
	return r
}
