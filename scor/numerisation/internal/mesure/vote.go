package mesure

import (
	"math"
	"slices"
)

// Ecriture says how the writing of a page runs, by the votes of its lines.
type Ecriture struct {
	*Reglages
	// Inclinaison is the skew in degrees, positive when lines rise to the right once the page is upright (the page was
	// turned counter-clockwise).
	Inclinaison float64
	// Certitude says how sure it is, 0 to 1: the share of the votes that agree, less where they are few.
	Certitude float64
	// Debout says that the lines run up or down the page instead of across, and CertitudeDebout how sure that is, 0 to 1.
	Debout          bool
	CertitudeDebout float64
	// Rangs are the lines.
	Rangs []Rang
	// Accord are those that agree with Inclinaison.
	Accord []Rectangle
	// Poids is the weight of those, in millimetres, and Blocs the number of blocks that they are of.
	Poids float64
	Blocs int
}

// vote is the opinion of a line.
type vote struct {
	angle, erreur, poids float64
	bloc                 int
	place                Rectangle
}

// Ecriture finds the lines of writing of f and what they agree on.
func (g *Rangs) Ecriture(p *Pieces, f Feuille) Ecriture {
	e := Ecriture{Reglages: g.Reglages}
	travers, parmi := g.sens(p, f)
	if travers < 0 {
		e.Debout = true
		g.lier(p, f, true)
	}
	e.Rangs = g.rangs(e.Debout)
	e.CertitudeDebout = math.Abs(travers) * min(1, float64(parmi)/float64(g.LettresSens))
	e.voter(e.votes(p))
	return e
}

// votes turns lines into votes, in degrees.
func (e *Ecriture) votes(p *Pieces) []vote {
	rangs := e.Rangs
	e.blocs(rangs, e.Debout)
	cadres := p.cadres()
	var poids []float64
	votes := make([]vote, 0, len(rangs))
	for i := range rangs {
		r := &rangs[i]
		a := e.angle(r)
		err := r.Erreur * 180 / math.Pi
		if math.Abs(a) > InclinaisonMax {
			continue
		}
		v := vote{angle: a, erreur: err, bloc: r.bloc, place: r.Place}
		v.poids = min(r.longueur, e.LongueurVote) / (1 + err*err/(e.ErreurVote*e.ErreurVote))
		for _, c := range cadres {
			if c.X0 < r.Place.X0 && c.Y0 < r.Place.Y0 && c.X1 > r.Place.X1 && c.Y1 > r.Place.Y1 {
				v.poids *= e.CadreVote
				break
			}
		}
		for len(poids) <= v.bloc {
			poids = append(poids, 0)
		}
		poids[v.bloc] += v.poids
		votes = append(votes, v)
	}
	for i := range votes {
		if w := poids[votes[i].bloc]; w > e.BlocVote {
			votes[i].poids *= math.Sqrt(e.BlocVote / w)
		}
	}
	return votes
}

// voter takes the median of the votes, then the mean of those that agree with it.
func (e *Ecriture) voter(votes []vote) {
	slices.SortFunc(votes, func(a, b vote) int {
		switch {
		case a.angle < b.angle:
			return -1
		case a.angle > b.angle:
			return 1
		}
		return 0
	})
	total := 0.0
	for _, v := range votes {
		total += v.poids
	}
	if total == 0 {
		return
	}
	s, m := 0.0, 0.0
	for _, v := range votes {
		if s += v.poids; s >= total/2 {
			m = v.angle
			break
		}
	}
	for _, d := range []float64{e.AccordVote, e.AccordVote / 2, e.AccordVote / 3} {
		var sw, sa float64
		for _, v := range votes {
			if math.Abs(v.angle-m) <= d {
				w := v.poids / (v.erreur*v.erreur + 0.05*0.05)
				sw, sa = sw+w, sa+w*v.angle
			}
		}
		if sw == 0 {
			break
		}
		m = sa / sw
	}
	e.Inclinaison = m
	accord := 0.0
	vus := map[int]bool{}
	for _, v := range votes {
		if math.Abs(v.angle-m) <= e.AccordVote {
			accord += v.poids
			e.Accord = append(e.Accord, v.place)
			vus[v.bloc] = true
		}
	}
	e.Poids, e.Blocs = accord, len(vus)
	e.Certitude = accord / total * (1 - math.Exp(-accord*accord/(e.PoidsVote*e.PoidsVote)))
}

// blocs numbers the lines by block: lines of one size that follow each other closely.
func (e *Ecriture) blocs(rangs []Rang, debout bool) {
	ligne := func(r *Rang) Rectangle {
		if debout {
			return Rectangle{r.Place.Y0, r.Place.X0, r.Place.Y1, r.Place.X1}
		}
		return r.Place
	}
	parent := make([]int, len(rangs))
	for i := range parent {
		parent[i] = i
	}
	var racine func(i int) int
	racine = func(i int) int {
		if parent[i] != i {
			parent[i] = racine(parent[i])
		}
		return parent[i]
	}
	for i := range rangs {
		a := ligne(&rangs[i])
		for j := range i {
			b := ligne(&rangs[j])
			ecart := max(a.Y0, b.Y0) - min(a.Y1, b.Y1)
			commun := min(a.X1, b.X1) - max(a.X0, b.X0)
			if ecart < e.BlocEcart*min(rangs[i].Cote, rangs[j].Cote) && commun > e.BlocCommun*min(a.X1-a.X0, b.X1-b.X0) {
				parent[racine(i)] = racine(j)
			}
		}
	}
	for i := range rangs {
		rangs[i].bloc = racine(i)
	}
}

// Cachets is the number of pieces that may be a stamp's frame.
func (p *Pieces) Cachets() int { return len(p.cadres()) }

// cadres are the boxes of the pieces that are the size of a stamp's frame, and hollow.
func (p *Pieces) cadres() []Rectangle {
	var c []Rectangle
	for i := range p.Taches {
		t := &p.Taches[i]
		l, h := t.L(), t.H()
		if min(l, h) >= p.CachetMin && max(l, h) <= p.CachetLong && min(l, h) <= p.CachetHaut && t.Aire < p.CachetRempli*l*h {
			c = append(c, t.Rectangle())
		}
	}
	return c
}

// proches gives for each piece of letter size, by its place in p.Taches, the gap to the nearest that can follow it.
func (g *Rangs) proches(p *Pieces, f Feuille, debout bool) []float64 {
	g.lier(p, f, debout)
	out := make([]float64, len(p.Taches))
	for i := range out {
		out[i] = float64(math.Inf(1))
	}
	for i := range g.lettres {
		l := &g.lettres[i]
		if l.suivante < 0 {
			continue
		}
		s := &g.lettres[l.suivante]
		d := max(0, s.u0-l.u1)
		out[l.de], out[s.de] = min(out[l.de], d), min(out[s.de], d)
	}
	return out
}

// sens compares, for each letter, how near its neighbours are across the page and along it: 1 where all have their
// nearest across, -1 where all have it along; and the letters that could tell.
func (g *Rangs) sens(p *Pieces, f Feuille) (part float64, n int) {
	long := g.proches(p, f, true)
	travers := g.proches(p, f, false)
	a, b := 0, 0
	for i, d := range travers {
		e := long[i]
		switch {
		case math.IsInf(float64(d), 1) && math.IsInf(float64(e), 1):
		case d < g.PlusProche*e:
			a++
		case e < g.PlusProche*d:
			b++
		}
	}
	if a+b == 0 {
		return 0, 0
	}
	return float64(a-b) / float64(a+b), a + b
}

// Decalee is w as seen from a frame whose corner lies at -dx, -dy.
func (e *Ecriture) Decalee(dx, dy float64) *Ecriture {
	d := *e
	d.Rangs = slices.Clone(e.Rangs)
	for i := range d.Rangs {
		d.Rangs[i].Place = d.Rangs[i].Place.Decalee(dx, dy)
	}
	return &d
}
