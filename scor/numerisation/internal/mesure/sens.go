package mesure

import (
	"math"
	"slices"
)

// Sens says which way up text is along lines of which the skew is known. The cues are those of Latin script: more ink
// rises above the body of the letters (capitals, ascenders, accents, figures) than hangs below it, and lines start
// together at the left.
type Sens struct {
	Hampes float64 // ink above less ink below the letters' bodies, over their sum: -1 to 1, positive when upright
	// share of lines that start together less share of those that end together: -1 to 1, positive when upright
	Marge       float64
	Troncons    int     // pieces of lines on which Hampes rests
	Lignes      int     // lines on which Marge rests
	Verticalite float64 // both cues together: positive when upright, and the surer the further from 0
}

// Sens measures which way up the text of lines l is, inside f. For lines across the page, upright means as it lies; for
// lines that run up or down the page, upright means as it lies once turned by a quarter clockwise.
func (c *Carte) Sens(f Feuille, l Lignes) Sens {
	w := c.vue(f, l.Debout)
	pente := math.Tan(l.Inclinaison * math.Pi / 180)
	if l.Debout {
		pente = -pente
	}
	var s Sens
	largeur, hauteur := int(w.u1-w.u0), int(w.v1-w.v0)
	if largeur <= 0 || hauteur <= 0 {
		return s
	}
	// How far each column has to move for lines to be level.
	c.decalages = c.decalages[:0]
	for u := range largeur {
		c.decalages = append(c.decalages, int32(math.Round((float64(u)+0.5-float64(largeur)/2)*large/fin*pente)))
	}
	// Ink of each row of each stripe, and of the whole width last.
	const bande = 20
	n := (largeur + bande - 1) / bande
	c.bandes.init(hauteur, n+1)
	tout := c.bandes.row(n)
	for _, q := range w.cellules {
		if !w.contient(q) {
			continue
		}
		u := q.u - w.u0
		if i := int(q.v - w.v0 + c.decalages[u]); i >= 0 && i < hauteur {
			e := max(q.e, -q.e)
			c.bandes.row(int(u) / bande)[i] += e
			tout[i] += e
		}
	}
	var haut, bas float64
	for i := range n {
		prof := c.bandes.row(i)
		lignesDe(prof, float32(min(bande, largeur-i*bande))*0.02, func(a, b int) {
			if h := float64(b-a) * fin; h < c.LigneMin || h > c.LigneMax {
				return
			}
			if h, d, ok := hampes(prof[a:b]); ok {
				haut += h
				bas += d
				s.Troncons++
			}
		})
	}
	if haut+bas > 0 {
		s.Hampes = (haut - bas) / (haut + bas)
	}
	c.marge(&s, w, tout)
	if l.Debout {
		s.Marge = -s.Marge
	}
	s.Verticalite = s.Hampes*min(1, float64(s.Troncons)/float64(c.Troncons)) +
		c.PoidsMarge*s.Marge*min(1, float64(s.Lignes)/float64(c.LignesMarge))
	return s
}

// marge looks at where whole lines start and end.
func (c *Carte) marge(s *Sens, w vue, tout []float32) {
	largeur := int(w.u1 - w.u0)
	// The line that each row belongs to, from 1.
	c.ligneDe = append(c.ligneDe[:0], make([]int32, len(tout))...)
	n := int32(0)
	lignesDe(tout, 0.3, func(a, b int) {
		if h := float64(b-a) * fin; h < c.LigneMin || h > c.LigneMax {
			return
		}
		n++
		for i := a; i < b; i++ {
			c.ligneDe[i] = n
		}
	})
	if n < 4 {
		return
	}
	c.ecriture.init(largeur, int(n))
	for _, q := range w.cellules {
		if !w.contient(q) {
			continue
		}
		u := q.u - w.u0
		if i := int(q.v - w.v0 + c.decalages[u]); i >= 0 && i < len(tout) && c.ligneDe[i] > 0 {
			c.ecriture.row(int(c.ligneDe[i]) - 1)[u] += max(q.e, -q.e)
		}
	}
	var debuts, fins []float64
	for l := range int(n) {
		d, f := -1, -1
		for u, e := range c.ecriture.row(l) {
			if e > 0.3 {
				if d < 0 {
					d = u
				}
				f = u
			}
		}
		if d >= 0 && f-d >= 8 {
			debuts, fins = append(debuts, float64(d)), append(fins, float64(f))
		}
	}
	if s.Lignes = len(debuts); s.Lignes >= 4 {
		s.Marge = ensemble(debuts) - ensemble(fins)
	}
}

// ensemble is the share of the values that fall in the fullest window of 3 mm.
func ensemble(v []float64) float64 {
	slices.Sort(v)
	n := 0
	for i, j := 0, 0; j < len(v); j++ {
		for v[j]-v[i] > 3 {
			i++
		}
		n = max(n, j-i+1)
	}
	return float64(n) / float64(len(v))
}

// lignesDe calls f with each stretch of v over seuil, across gaps of one.
func lignesDe(v []float32, seuil float32, f func(a, b int)) {
	for i := 0; i < len(v); {
		if v[i] <= seuil {
			i++
			continue
		}
		j := i + 1
		for j < len(v) && (v[j] > seuil || j+1 < len(v) && v[j+1] > seuil) {
			j++
		}
		f(i, j)
		i = j
	}
}

// hampes returns the ink over and under the body of a line of letters.
func hampes(p []float32) (haut, bas float64, ok bool) {
	var m float32
	for i := range p {
		m = max(m, p[i])
	}
	a, b := 0, len(p)-1
	for p[a] < 0.5*m {
		a++
	}
	for p[b] < 0.5*m {
		b--
	}
	if corps := float64(b-a+1) * fin; corps < 0.6 || corps > 5 || a+len(p)-1-b < 2 {
		return 0, 0, false
	}
	for _, v := range p[:a] {
		haut += float64(v)
	}
	for _, v := range p[b+1:] {
		bas += float64(v)
	}
	return haut, bas, true
}
