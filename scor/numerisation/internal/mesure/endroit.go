package mesure

import (
	"cmp"
	"math"
	"slices"
)

// Endroit says which way up writing is, by its lines. Both cues are those of Latin script, counted and brought to
// standard deviations of what chance alone would give: positive when upright.
type Endroit struct {
	// Marges compares the lines that start together with those that end together.
	Marges float64
	// Hampes compares the letters that rise above the others with those that hang below.
	Hampes float64
	// Lignes is the number of lines on which Marges rests.
	Lignes int
	// poids is what ascenders count for beside margins.
	poids float64
}

// Score is both cues together.
func (e *Endroit) Score() float64 { return e.Marges + e.poids*e.Hampes }

// Endroit measures which way up the lines are. For lines that run up or down the page, upright means as it lies once
// turned by a quarter clockwise.
func (e *Ecriture) Endroit() Endroit {
	r := Endroit{poids: e.PoidsHampes}
	dessus, dessous := 0, 0
	for i := range e.Rangs {
		if g := &e.Rangs[i]; g.Ecart < e.EcartHampes && math.Abs(e.angle(g)-e.Inclinaison) < 2*e.AccordVote {
			dessus += g.Dessus
			dessous += g.Dessous
		}
	}
	r.Hampes = ecartType(dessus, dessous)
	var debuts, fins int
	debuts, fins, r.Lignes = e.marges()
	r.Marges = ecartType(debuts, fins)
	if e.Debout {
		r.Marges = -r.Marges
	}
	return r
}

// ecartType is the difference of two counts in standard deviations.
func ecartType(a, b int) float64 { return float64(a-b) / math.Sqrt(float64(a+b+1)) }

// angle is the skew that a line has, in degrees.
func (e *Ecriture) angle(r *Rang) float64 {
	a := -math.Atan(r.Pente) * 180 / math.Pi
	if e.Debout {
		return -a
	}
	return a
}

// marges counts the lines that start together, and those that end together.
func (e *Ecriture) marges() (debuts, fins, lignes int) {
	p := -math.Tan(e.Inclinaison * math.Pi / 180)
	if e.Debout {
		p = -p
	}
	type ligne struct{ v, u0, u1, cote float64 }
	l := make([]ligne, 0, len(e.Rangs))
	for i := range e.Rangs {
		r := &e.Rangs[i]
		v := float64(r.v0) - p*float64(r.u0+r.u1)/2
		// Starts move sideways as lines go down.
		l = append(l, ligne{v, float64(r.u0) + p*v, float64(r.u1) + p*v, r.Cote})
	}
	slices.SortFunc(l, func(a, b ligne) int { return cmp.Compare(a.v, b.v) })
	var d, f []float64
	for i := 0; i < len(l); {
		a := l[i]
		// What is on one level is one line.
		j := i + 1
		for ; j < len(l) && l[j].v-l[i].v < 0.8*min(l[j].cote, l[i].cote); j++ {
			a.u0, a.u1 = min(a.u0, l[j].u0), max(a.u1, l[j].u1)
		}
		d, f = append(d, a.u0), append(f, a.u1)
		i = j
	}
	return ensembles(d, e.MemeMarge), ensembles(f, e.MemeMarge), len(d)
}

// ensembles is the number of values in the fullest window of [memeMarge]; it sorts v.
func ensembles(v []float64, marge float64) int {
	slices.Sort(v)
	n := 0
	for i, j := 0, 0; j < len(v); j++ {
		for v[j]-v[i] > marge {
			i++
		}
		n = max(n, j-i+1)
	}
	return n
}

// DateSeule says whether the first line of an upright page is a short one at the right, and the next one starts at the
// left: an ordonnance's date, under the letterhead that should be there. A letterhead set at the right has several
// lines there.
func (e *Ecriture) DateSeule(largeur float64) bool {
	r := slices.Clone(e.Rangs)
	slices.SortFunc(r, func(a, b Rang) int { return cmp.Compare(a.v0, b.v0) })
	for i := range r {
		if i > 0 && r[i].v0-r[0].v0 > float64(max(r[i].Cote, r[0].Cote)) {
			return float64(r[i].u0) < e.TexteGauche*largeur
		}
		if float64(r[i].u0) < e.DateGauche*largeur || float64(r[i].u1-r[i].u0) > e.DateLargeur*largeur {
			return false
		}
	}
	return false
}
