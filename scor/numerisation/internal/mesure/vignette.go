package mesure

import "math"

// Vignette is the ink of a page in squares of 3 mm: enough to know a page again when it shines through its back.
type Vignette struct {
	l, h int
	v    []float32
}

const pasVignette = 3

// Vignette reduces the page.
func (c *Carte) Vignette() *Vignette {
	p := &c.plein
	t := &Vignette{l: (p.l + pasVignette - 1) / pasVignette, h: (p.h + pasVignette - 1) / pasVignette}
	t.v = make([]float32, t.l*t.h)
	for y := range p.h {
		for x, v := range p.row(y) {
			t.v[y/pasVignette*t.l+x/pasVignette] += v
		}
	}
	return t
}

// Transparence says how much t looks like the mirror image of recto, up to a few millimetres of shift: the correlation
// of their ink, -1 to 1.
func (t *Vignette) Transparence(recto *Vignette) float64 {
	const jeu = 2
	best := 0.0
	for dy := -jeu; dy <= jeu; dy++ {
		for dx := -jeu; dx <= jeu; dx++ {
			best = max(best, t.correler(recto, dx, dy))
		}
	}
	return best
}

func (t *Vignette) correler(recto *Vignette, dx, dy int) float64 {
	var n, sa, sb, saa, sbb, sab float64
	for y := range t.h {
		for x := range t.l {
			u, v := recto.l-1-x+dx, y+dy
			if u < 0 || v < 0 || u >= recto.l || v >= recto.h {
				continue
			}
			a, b := float64(t.v[y*t.l+x]), float64(recto.v[v*recto.l+u])
			n++
			sa, sb, saa, sbb, sab = sa+a, sb+b, saa+a*a, sbb+b*b, sab+a*b
		}
	}
	va, vb := saa-sa*sa/n, sbb-sb*sb/n
	if !(va > 0 && vb > 0) {
		return 0
	}
	return (sab - sa*sb/n) / math.Sqrt(va*vb)
}
