package mesure

import (
	"cmp"
	"math"
	"slices"
)

// lettre is a piece of the size of a letter or of a joined word, seen along the lines: u along them, v across, in
// millimetres.
type lettre struct {
	u0, u1, v0, v1 float64
	suivante       int32 // the next of its line, -1 if none
	precedente     int32
	de             int32 // its piece
}

func (l *lettre) h() float64 { return l.v1 - l.v0 }

// Rang is a line of writing: letters that follow each other, with what their feet and heads say of its slope.
type Rang struct {
	Place           Rectangle
	Pente           float64 // dv/du
	Erreur          float64 // of Pente, as a standard deviation
	Cote            float64 // of the bodies of its letters, in millimetres
	Lettres         int
	Dessus, Dessous int     // letters that rise above the others, that hang below them
	Ecart           float64 // spread of the feet, as a share of the bodies
	u0, u1          float64
	v0              float64
	longueur        float64
	bloc            int
}

// Rangs finds the lines of a page. It is used again from page to page.
type Rangs struct {
	*Reglages
	lettres           []lettre
	casiers           [][]int32
	uns               []int32
	pu, pv, ph, poids []float64
	pentes            []float64
	tri               []float64
}

// pasCasier is the side across the lines, in millimetres, of the bins in which neighbours are looked for.
const pasCasier = 4

// lier finds the letters of f and links those that follow each other, across the page or, debout, along it.
func (g *Rangs) lier(p *Pieces, f Feuille, debout bool) {
	g.lettres = g.lettres[:0]
	for i := range p.Taches {
		t := &p.Taches[i]
		if t.X1 < float64(f.X0) || t.Y1 < float64(f.Y0) || t.X0 > float64(f.X1) || t.Y0 > float64(f.Y1) {
			continue
		}
		l := lettre{u0: t.X0, u1: t.X1, v0: t.Y0, v1: t.Y1, suivante: -1, precedente: -1, de: int32(i)}
		if debout {
			l.u0, l.u1, l.v0, l.v1 = t.Y0, t.Y1, t.X0, t.X1
		}
		h, w := l.v1-l.v0, l.u1-l.u0
		if h < g.LettreMin || h > g.LettreMax || w > g.MotMax || w > g.Elancement*h || w < h/g.Elancement {
			continue
		}
		g.lettres = append(g.lettres, l)
	}
	slices.SortFunc(g.lettres, func(a, b lettre) int { return cmp.Compare(a.u0, b.u0) })
	hauteur := float64(p.HauteurMM)
	if debout {
		hauteur = float64(p.LargeurMM)
	}
	g.ranger(hauteur)
	g.enchainer()
}

// rangs measures the lines of the letters that were linked.
func (g *Rangs) rangs(debout bool) []Rang {
	var rangs []Rang
	for i := range g.lettres {
		if g.lettres[i].precedente >= 0 || g.lettres[i].suivante < 0 {
			continue
		}
		if r, ok := g.mesurer(int32(i)); ok {
			if debout {
				r.Place = Rectangle{r.Place.Y0, r.Place.X0, r.Place.Y1, r.Place.X1}
			}
			rangs = append(rangs, r)
		}
	}
	return rangs
}

// ranger sorts the letters into bins across the lines; a letter is in each bin that it touches.
func (g *Rangs) ranger(hauteur float64) {
	n := int(hauteur/pasCasier) + 1
	for len(g.casiers) < n {
		g.casiers = append(g.casiers, nil)
	}
	for i := range g.casiers {
		g.casiers[i] = g.casiers[i][:0]
	}
	for i := range g.lettres {
		l := &g.lettres[i]
		for k := max(0, int(l.v0/pasCasier)); k <= int(l.v1/pasCasier) && k < n; k++ {
			g.casiers[k] = append(g.casiers[k], int32(i))
		}
	}
}

// enchainer links each letter to the one that follows it, if it is the one that precedes that one too.
func (g *Rangs) enchainer() {
	for i := range g.lettres {
		a := &g.lettres[i]
		best, at := float64(math.Inf(1)), int32(-1)
		for k := max(0, int(a.v0/pasCasier)); k <= int(a.v1/pasCasier) && k < len(g.casiers); k++ {
			c := g.casiers[k]
			d, _ := slices.BinarySearchFunc(c, int32(i), func(x, y int32) int { return cmp.Compare(x, y) })
			for _, j := range c[min(d+1, len(c)):] {
				b := &g.lettres[j]
				if b.u0-a.u1 > min(g.EcartMot*a.h(), best) {
					break
				}
				if s := g.suite(a, b); s < best {
					best, at = s, j
				}
			}
		}
		if at < 0 {
			continue
		}
		// The nearer of two that claim the same successor has it.
		if q := g.lettres[at].precedente; q >= 0 {
			if g.suite(&g.lettres[q], &g.lettres[at]) <= best {
				continue
			}
			g.lettres[q].suivante = -1
		}
		a.suivante, g.lettres[at].precedente = at, int32(i)
	}
}

// suite is the gap from a to b if b can follow a, else infinite.
func (g *Rangs) suite(a, b *lettre) float64 {
	inf := float64(math.Inf(1))
	ha, hb := a.h(), b.h()
	petit := min(ha, hb)
	if max(ha, hb) > g.MemeHauteur*petit {
		return inf
	}
	d := b.u0 - a.u1
	if d < -0.5*min(a.u1-a.u0, b.u1-b.u0) || d > g.EcartMot*petit+0.3 {
		return inf
	}
	if min(a.v1, b.v1)-max(a.v0, b.v0) < g.Recouvre*petit {
		return inf
	}
	// What lies lower or higher is less likely to be next.
	return d + 0.5*float64(math.Abs(float64(a.v0+a.v1-b.v0-b.v1)))
}

// mesurer fits the line that starts with letter i.
func (g *Rangs) mesurer(i int32) (Rang, bool) {
	g.uns = g.uns[:0]
	for ; i >= 0; i = g.lettres[i].suivante {
		g.uns = append(g.uns, i)
		if len(g.uns) > len(g.lettres) {
			break
		}
	}
	r := Rang{Lettres: len(g.uns)}
	prem, der := &g.lettres[g.uns[0]], &g.lettres[g.uns[len(g.uns)-1]]
	r.longueur = float64(der.u1 - prem.u0)
	if r.Lettres < g.RangLettres || r.longueur < g.RangLongueur {
		return r, false
	}
	r.Place = Rectangle{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	g.pu, g.ph = g.pu[:0], g.ph[:0]
	for _, k := range g.uns {
		l := &g.lettres[k]
		r.Place = r.Place.union(Rectangle{float64(l.u0), float64(l.v0), float64(l.u1), float64(l.v1)})
		g.pu = append(g.pu, float64(l.u0+l.u1)/2)
		g.ph = append(g.ph, float64(l.h()))
	}
	g.pv = g.pv[:0]
	for _, k := range g.uns {
		g.pv = append(g.pv, float64(g.lettres[k].v1))
	}
	slices.Sort(g.ph)
	flou := g.Etalement * g.ph[len(g.ph)/2]
	pb, eb, ob, rb := g.droite(flou)
	g.pv = g.pv[:0]
	for _, k := range g.uns {
		g.pv = append(g.pv, float64(g.lettres[k].v0))
	}
	ph, eh, oh, rh := g.droite(flou)
	wb, wh := 1/(eb*eb), 1/(eh*eh)
	r.Pente = (pb*wb + ph*wh) / (wb + wh)
	r.Erreur = 1 / math.Sqrt(wb+wh)
	um := (float64(prem.u0) + float64(der.u1)) / 2
	r.Cote = (ob + pb*um) - (oh + ph*um)
	if r.Cote <= 0 {
		return r, false
	}
	r.Ecart = min(rb, rh) / r.Cote
	for n, k := range g.uns {
		l := &g.lettres[k]
		if oh+ph*g.pu[n]-float64(l.v0) > g.HampeMin*r.Cote {
			r.Dessus++
		}
		if float64(l.v1)-(ob+pb*g.pu[n]) > g.HampeMin*r.Cote {
			r.Dessous++
		}
	}
	r.u0, r.u1, r.v0 = prem.u0, der.u1, float64((ob+oh+(pb+ph)*um)/2)
	return r, true
}

// droite fits a line through pu, pv that most of the points lie on: the rest (descenders, capitals) have no weight. It
// returns slope, its standard error, the value at 0 and the spread of the points on it. flou is the spread that is
// expected.
func (g *Rangs) droite(flou float64) (pente, erreur, origine, ecart float64) {
	n := len(g.pu)
	// Start: the median slope of points far apart.
	g.pentes = g.pentes[:0]
	saut := max(1, n/3)
	pas := max(1, n*n/2/600)
	c := 0
	for d := saut; d < n; d++ {
		for i := 0; i+d < n; i++ {
			if c++; c%pas == 0 {
				if du := g.pu[i+d] - g.pu[i]; du > 0.5 {
					g.pentes = append(g.pentes, (g.pv[i+d]-g.pv[i])/du)
				}
			}
		}
	}
	if len(g.pentes) > 0 {
		slices.Sort(g.pentes)
		pente = g.pentes[len(g.pentes)/2]
	}
	g.tri = g.tri[:0]
	for i := range g.pu {
		g.tri = append(g.tri, g.pv[i]-pente*g.pu[i])
	}
	origine = mode(g.tri)
	sigma := 0.0
	for range 5 {
		g.tri = g.tri[:0]
		for i := range g.pu {
			g.tri = append(g.tri, math.Abs(g.pv[i]-pente*g.pu[i]-origine))
		}
		slices.Sort(g.tri)
		// Half of the points are on the line; resolution and fonts spread them by some hundredths of a millimetre.
		sigma = max(0.06, 1.4826*g.tri[len(g.tri)*45/100])
		k := 2.5 * sigma
		var sw, su, sv float64
		g.poids = g.poids[:0]
		for i := range g.pu {
			e := (g.pv[i] - pente*g.pu[i] - origine) / k
			w := 0.0
			if e < 1 && e > -1 {
				w = (1 - e*e) * (1 - e*e)
			}
			g.poids = append(g.poids, w)
			sw += w
			su += w * g.pu[i]
			sv += w * g.pv[i]
		}
		if sw < 2 {
			return pente, 1, origine, sigma
		}
		mu, mv := su/sw, sv/sw
		var suu, suv, see float64
		for i, w := range g.poids {
			suu += w * (g.pu[i] - mu) * (g.pu[i] - mu)
			suv += w * (g.pu[i] - mu) * (g.pv[i] - mv)
		}
		if suu <= 0 {
			return pente, 1, origine, sigma
		}
		pente = suv / suu
		origine = mv - pente*mu
		for i, w := range g.poids {
			e := g.pv[i] - pente*g.pu[i] - origine
			see += w * e * e
		}
		ecart = math.Sqrt(see / sw)
		// A few joined words may lie on a line by chance: what their feet are expected to spread counts like two more of
		// them.
		s := math.Sqrt((see + 2*flou*flou) / (max(0, sw-2) + 2))
		erreur = max(0.03, s) / math.Sqrt(suu)
	}
	return pente, erreur, origine, ecart
}

// mode is the middle of the densest stretch of v that holds a third of it; it sorts v.
func mode(v []float64) float64 {
	slices.Sort(v)
	n := max(1, len(v)*45/100)
	best, at := math.Inf(1), 0
	for i := 0; i+n < len(v); i++ {
		if d := v[i+n] - v[i]; d < best {
			best, at = d, i
		}
	}
	return v[at+n/2]
}
