package mesure

import (
	"math"
	"slices"
)

// Sens says which way up text is along lines of which the skew is known. The cues are those of Latin script: more ink rises above the
// body of the letters (capitals, ascenders, accents, figures) than hangs below it, and lines start together at the left.
type Sens struct {
	Hampes      float64 // ink above less ink below the letters' bodies, over their sum: -1 to 1, positive when upright
	Marge       float64 // share of lines that start together less share of those that end together: -1 to 1, positive when upright
	Troncons    int     // pieces of lines on which Hampes rests
	Lignes      int     // lines on which Marge rests
	Verticalite float64 // both cues together: positive when upright, and the surer the further from 0
}

// vue is a page seen along its lines: u in large cells along, v in fine cells across.
type vue struct {
	g      *grille
	debout bool
	u0, u1 int
	v0, v1 int
}

func (c *Carte) vue(f Feuille, debout bool) vue {
	if debout {
		return vue{&c.colonnes, true, int(math.Ceil(f.Y0 / large)), min(int(f.Y1/large), c.colonnes.h), int(math.Ceil(f.X0 / fin)), min(int(f.X1/fin), c.colonnes.l)}
	}
	return vue{&c.lignes, false, int(math.Ceil(f.X0 / large)), min(int(f.X1/large), c.lignes.l), int(math.Ceil(f.Y0 / fin)), min(int(f.Y1/fin), c.lignes.h)}
}

func (w vue) at(u, v int) float32 {
	if w.debout {
		return w.g.v[u*w.g.l+v]
	}
	return w.g.v[v*w.g.l+u]
}

// profil sums a stripe of the page along its lines.
func (w vue) profil(dst []float32, u0, u1 int, pente float64) []float32 {
	n := w.v1 - w.v0
	if n <= 0 {
		return dst[:0]
	}
	if cap(dst) < n {
		dst = make([]float32, n)
	}
	dst = dst[:n]
	clear(dst)
	for u := u0; u < u1; u++ {
		dec := (float64(u) + 0.5 - float64(w.u0+w.u1)/2) * large / fin * pente
		k := int(math.Round(dec))
		for v := w.v0; v < w.v1; v++ {
			if i := v - w.v0 + k; i >= 0 && i < n {
				dst[i] += w.at(u, v)
			}
		}
	}
	return dst
}

// Sens measures which way up the text of lines l is, inside f. For lines across the page, upright means as it lies; for lines that run up or
// down the page, upright means as it lies once turned by a quarter clockwise.
func (c *Carte) Sens(f Feuille, l Lignes) Sens {
	w := c.vue(f, l.Debout)
	pente := math.Tan(l.Inclinaison * math.Pi / 180)
	if l.Debout {
		pente = -pente
	}
	var s Sens
	var haut, bas float64
	var prof []float32
	const bande = 20
	for u := w.u0; u < w.u1; u += bande {
		u1 := min(u+bande, w.u1)
		prof = w.profil(prof, u, u1, pente)
		lignesDe(prof, float32(u1-u)*0.02, func(a, b int) {
			if h := float64(b-a) * fin; h < 1.2 || h > 9 {
				return
			}
			h, d, ok := hampes(prof[a:b])
			if ok {
				haut += h
				bas += d
				s.Troncons++
			}
		})
	}
	if haut+bas > 0 {
		s.Hampes = (haut - bas) / (haut + bas)
	}
	s.marge(w, pente)
	if l.Debout {
		s.Marge = -s.Marge
	}
	s.Verticalite = s.Hampes*min(1, float64(s.Troncons)/12) + 0.8*s.Marge*min(1, float64(s.Lignes)/8)
	return s
}

// marge looks at where whole lines start and end.
func (s *Sens) marge(w vue, pente float64) {
	var debuts, fins []float64
	n := w.u1 - w.u0
	if n < 10 {
		return
	}
	prof := w.profil(nil, w.u0, w.u1, pente)
	lignesDe(prof, 0.3, func(a, b int) {
		if h := float64(b-a) * fin; h < 1.2 || h > 9 {
			return
		}
		d, f := -1, -1
		for u := w.u0; u < w.u1; u++ {
			k := int(math.Round((float64(u) + 0.5 - float64(w.u0+w.u1)/2) * large / fin * pente))
			var e float32
			for v := max(w.v0, w.v0+a-k); v < min(w.v1, w.v0+b-k); v++ {
				e += w.at(u, v)
			}
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
	})
	s.Lignes = len(debuts)
	if len(debuts) < 4 {
		return
	}
	s.Marge = ensemble(debuts) - ensemble(fins)
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
