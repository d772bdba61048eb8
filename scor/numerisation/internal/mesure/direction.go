package mesure

import (
	"image"
	"math"
)

// Direction measures how even the slopes of letters are in all directions: the least energy of the slope along a
// direction over the greatest, 0 to 1. A sheet that moved during the scan has next to no slope along its way, whichever
// that is; letters have strokes of all directions. It is 0 where there are too few letters to tell. [Trieur.Marques]
// must have been called for g.
func (t *Trieur) Direction(g *image.Gray, p *Pieces, dpiX, dpiY float64) float64 {
	lettres := p.lettresNettes()
	if len(lettres) < t.BordsMin {
		return 0
	}
	px, py := float64(dpiX/25.4), float64(dpiY/25.4)
	pas := max(1, len(lettres)/lettresBouge)
	var xx, yy, xy, n float64
	for k := 0; k < len(lettres); k += pas {
		q := &p.Taches[lettres[k]]
		r := image.Rect(int(q.X0*px)-2, int(q.Y0*py)-2, int(q.X1*px)+3, int(q.Y1*py)+3).Intersect(g.Rect)
		a, b, c, m := tenseur(g, r)
		// Each letter weighs alike, whatever its size and depth.
		if e := a + b; m > 0 && e > 0 {
			f := 1 / e
			xx, yy, xy, n = xx+a*f, yy+b*f, xy+c*f, n+1
		}
	}
	if int(n) < t.BordsMin {
		return 0
	}
	moy, ecart := (xx+yy)/2, math.Hypot((xx-yy)/2, xy)
	return (moy - ecart) / (moy + ecart)
}

// lettresNettes are the places in p.Taches of the pieces of letter size.
func (p *Pieces) lettresNettes() (l []int) {
	for i := range p.Taches {
		if q := &p.Taches[i]; q.H() >= p.LettreMin && q.H() <= p.LettreMax && q.L() >= p.LettreMin && q.L() <= p.MotMax {
			l = append(l, i)
		}
	}
	return l
}

// tenseur sums the squares of the slopes of means of 2x2 points two points apart, whose grain is a quarter of the
// points' own.
func tenseur(g *image.Gray, r image.Rectangle) (xx, yy, xy, n float64) {
	var sxx, syy, sxy int64
	for y := r.Min.Y; y+3 < r.Max.Y; y++ {
		a, b := g.Pix[y*g.Stride+r.Min.X:][:r.Dx()], g.Pix[(y+1)*g.Stride+r.Min.X:][:r.Dx()]
		c, d := g.Pix[(y+2)*g.Stride+r.Min.X:][:r.Dx()], g.Pix[(y+3)*g.Stride+r.Min.X:][:r.Dx()]
		for x := 0; x+3 < len(a); x++ {
			// corners of a square of 4x4, each the mean of 2x2
			hg := int64(a[x]) + int64(a[x+1]) + int64(b[x]) + int64(b[x+1])
			hd := int64(a[x+2]) + int64(a[x+3]) + int64(b[x+2]) + int64(b[x+3])
			bg := int64(c[x]) + int64(c[x+1]) + int64(d[x]) + int64(d[x+1])
			bd := int64(c[x+2]) + int64(c[x+3]) + int64(d[x+2]) + int64(d[x+3])
			u, v := hd+bd-hg-bg, bg+bd-hg-hd
			sxx, syy, sxy = sxx+u*u, syy+v*v, sxy+u*v
		}
	}
	return float64(sxx), float64(syy), float64(sxy), float64(r.Dx() * r.Dy())
}
