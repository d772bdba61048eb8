package mesure

import "math"

// InclinaisonMax is the largest skew that is looked for, in degrees either way.
const InclinaisonMax = 15.0

// Lignes says how the lines of text run.
type Lignes struct {
	// Inclinaison is the skew in degrees, positive when lines rise to the right once the page is upright (the page was turned
	// counter-clockwise).
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
	points []point
	casier []float32
	notes  []float64
}

// Lignes measures the skew of the text, across or down the page, whichever stands out more. Only the ink inside f is looked at.
func (c *Carte) Lignes(f Feuille) Lignes {
	h := c.chercher(f, false)
	v := c.chercher(f, true)
	if v.force > 1.15*h.force {
		return v
	}
	return h
}

// collecter gathers the cells with ink inside the sheet. sens turns the skew's sign: bin = y + sens*x*tan.
func (c *Carte) collecter(f Feuille, debout bool) (sens float64) {
	p := &c.proj
	p.points = p.points[:0]
	if !debout {
		x0, x1 := int(math.Ceil(f.X0/large)), int(f.X1/large)
		y0, y1 := int(math.Ceil(f.Y0/fin)), int(f.Y1/fin)
		for y := y0; y < min(y1, c.lignes.h); y++ {
			row := c.lignes.row(y)
			for x := x0; x < min(x1, len(row)); x++ {
				if v := row[x]; v > 0.02 {
					p.points = append(p.points, point{(float32(x) + 0.5) * large / fin, float32(y) + grain(x), v})
				}
			}
		}
		return 1
	}
	x0, x1 := int(math.Ceil(f.X0/fin)), int(f.X1/fin)
	y0, y1 := int(math.Ceil(f.Y0/large)), int(f.Y1/large)
	for y := y0; y < min(y1, c.colonnes.h); y++ {
		row := c.colonnes.row(y)
		for x := x0; x < min(x1, len(row)); x++ {
			if v := row[x]; v > 0.02 {
				p.points = append(p.points, point{(float32(y) + 0.5) * large / fin, float32(x) + grain(y), v})
			}
		}
	}
	return -1
}

func (c *Carte) chercher(f Feuille, debout bool) Lignes {
	p := &c.proj
	sens := c.collecter(f, debout)
	l := Lignes{Debout: debout, Nettete: 1}
	if len(p.points) < 20 {
		return l
	}
	var poids float64
	for _, q := range p.points {
		poids += float64(q.v)
	}
	const pas = 0.5
	p.notes = p.notes[:0]
	best, at := -1.0, 0.0
	var somme float64
	for a := -InclinaisonMax; a <= InclinaisonMax; a += pas {
		n := p.note(sens * math.Tan(a*math.Pi/180))
		somme += n
		p.notes = append(p.notes, n)
		if n > best {
			best, at = n, a
		}
	}
	centre := at
	for a := centre - pas; a <= centre+pas+1e-9; a += 0.1 {
		if n := p.note(sens * math.Tan(a*math.Pi/180)); n > best {
			best, at = n, a
		}
	}
	g := p.note(sens * math.Tan((at-0.1)*math.Pi/180))
	d := p.note(sens * math.Tan((at+0.1)*math.Pi/180))
	if k := g - 2*best + d; k < 0 {
		at += 0.1 * max(-0.5, min(0.5, 0.5*(g-d)/k))
	}
	l.Inclinaison = at
	l.Nettete = best / (somme / float64(len(p.notes)))
	l.force = best / poids
	return l
}

// note says how sharply the ink falls into lines at the slope t: the sum of squared differences between neighbouring rows.
func (p *projection) note(t float64) float64 {
	var bas, haut float32
	ft := float32(t)
	for _, q := range p.points {
		b := q.y + q.x*ft
		bas, haut = min(bas, b), max(haut, b)
	}
	n := int(haut-bas) + 4
	if cap(p.casier) < n {
		p.casier = make([]float32, n*2)
	}
	cas := p.casier[:n]
	clear(cas)
	for _, q := range p.points {
		b := q.y + q.x*ft - bas
		i := int(b)
		d := (b - float32(i)) * q.v
		cas[i] += q.v - d
		cas[i+1] += d
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

// grain shifts each large cell by a fraction of a fine one. Without it cells would fall exactly on rows at 0° and between them at all other
// angles, and 0° would be preferred.
func grain(x int) float32 {
	f := float32(x) * 0.618034
	return f - float32(int(f))
}
