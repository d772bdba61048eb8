package mesure

import "math"

// InclinaisonMax is the largest skew that is looked for, in degrees either way.
const InclinaisonMax = 15.0

// Lignes says how the lines of text run.
type Lignes struct {
	// Inclinaison is the skew in degrees, positive when lines rise to the right once the page is upright (the page was
	// turned counter-clockwise).
	Inclinaison float64
	// Nettete is how much more the lines stand out at that angle than at others: about 1 where there are none.
	Nettete float64
	// Debout says that the lines run up or down the page instead of across.
	Debout bool
	force  float64
}

// point is a cell with ink: along the line and across it, in fine cells.
type point struct{ x, y, v float32 }

type projection struct {
	points     []point
	casier     []float32
	x1, y0, y1 float32 // extent of the points; x starts at 0
	poids      float64 // ink of the points
}

// Lignes measures the skew of the text, across or down the page, whichever stands out more. Only the ink inside f is
// looked at.
func (c *Carte) Lignes(f Feuille) Lignes {
	// Which way is told without rules: a table has them both ways. How much is told with them: nothing is straighter.
	h := c.chercher(f, false)
	if h.Nettete < nette {
		if v := c.chercher(f, true); v.force > 1.15*h.force {
			h = v
		}
	}
	if h.force > 0 {
		c.affiner(f, &h)
	}
	return h
}

// nette is the sharpness from which lines across the page leave no doubt. Text that runs the other way has 1.7 at most,
// text that runs this way 2.6 to 45.
const nette = 3

// margeBord is left out along the edges of the sheet, where borders and shadows run, in millimetres.
const margeBord = 3.0

// collecter gathers the points of the cells with ink inside the sheet, no more than about n of them by leaving out
// columns, and rules if need be. sens turns the skew's sign: bin = y + sens*x*tan.
func (c *Carte) collecter(f Feuille, debout, regles bool, n int) (sens float32) {
	p := &c.proj
	p.points = p.points[:0]
	w := c.vue(Feuille{f.X0 + margeBord, f.Y0 + margeBord, f.X1 - margeBord, f.Y1 - margeBord}, debout)
	// At least one column in eight, for lines in several columns of text to be seen.
	pas := int32(min(8, max(1, len(w.cellules)/n)))
	p.x1, p.y0, p.y1, p.poids = 0, 0, 0, 0
	for _, q := range w.cellules {
		e := q.e
		if e < 0 {
			if !regles {
				continue
			}
			e = -e
		}
		if pas > 1 && q.u%pas != 0 || !w.contient(q) {
			continue
		}
		x, y := (float32(q.u)+0.5)*(large/fin), float32(q.v)+grain(int(q.u))
		if len(p.points) == 0 {
			p.y0, p.y1 = y, y
		}
		p.x1, p.y0, p.y1 = max(p.x1, x), min(p.y0, y), max(p.y1, y)
		p.poids += float64(e)
		p.points = append(p.points, point{x, y, e})
	}
	if debout {
		return -1
	}
	return 1
}

func (c *Carte) chercher(f Feuille, debout bool) Lignes {
	p := &c.proj
	sens := c.collecter(f, debout, false, 3000)
	l := Lignes{Debout: debout, Nettete: 1}
	if len(p.points) < 20 {
		return l
	}
	best, at := -1.0, 0.0
	var somme float64
	n := 0
	for a := -InclinaisonMax; a <= InclinaisonMax; a++ {
		k := p.note(sens * tan(a))
		somme += k
		n++
		if k > best {
			best, at = k, a
		}
	}
	moyenne := somme / float64(n)
	best, at = p.autour(sens, best, at, 1, 0.25)
	l.Inclinaison = at
	l.Nettete = best / moyenne
	l.force = best / p.poids
	return l
}

// autour looks for a better angle within d of one, by steps.
func (p *projection) autour(sens float32, best, at, d, pas float64) (float64, float64) {
	centre := at
	for a := centre - d; a <= centre+d+1e-9; a += pas {
		if n := p.note(sens * tan(a)); n > best {
			best, at = n, a
		}
	}
	return best, at
}

// affiner measures the skew again around what was found, with all the cells.
func (c *Carte) affiner(f Feuille, l *Lignes) {
	p := &c.proj
	sens := c.collecter(f, l.Debout, true, 15000)
	const pas = 0.1
	best, at := p.autour(sens, -1, l.Inclinaison, 0.3, pas)
	g, d := p.note(sens*tan(at-pas)), p.note(sens*tan(at+pas))
	if k := g - 2*best + d; k < 0 {
		at += pas * max(-0.5, min(0.5, 0.5*(g-d)/k))
	}
	l.Inclinaison = at
}

func tan(deg float64) float32 { return float32(math.Tan(deg * math.Pi / 180)) }

// note says how sharply the ink falls into lines at the slope t: the sum of squared differences between neighbouring
// rows.
func (p *projection) note(t float32) float64 {
	bas, haut := p.y0+min(0, p.x1*t), p.y1+max(0, p.x1*t)
	n := int(haut-bas) + 3
	if cap(p.casier) < n {
		p.casier = make([]float32, n+n/2)
	}
	cas := p.casier[:n]
	clear(cas)
	for _, q := range p.points {
		b := q.y + q.x*t - bas
		i := int(b)
		d := (b - float32(i)) * q.v
		c := cas[i : i+2 : i+2]
		c[0] += q.v - d
		c[1] += d
	}
	var s float64
	a, b := float32(0), float32(0)
	prec := float32(0)
	for _, v := range cas {
		// Smoothed by 1-2-1, so that an angle at which cells fall exactly on rows has no advantage.
		l := a + 2*b + v
		e := l - prec
		s += float64(e) * float64(e)
		prec = l
		a, b = b, v
	}
	return s / 16
}

// grain shifts each large cell by a fraction of a fine one. Without it cells would fall exactly on rows at 0° and
// between them at all other angles, and 0° would be preferred.
func grain(x int) float32 {
	f := float32(x) * 0.618034
	return f - float32(int(f))
}
