package mesure

import (
	"math"
	"slices"
)

// Perspective is by how many degrees the slope of printed lines changes from the head of the page to its foot, where it
// does so evenly: on a sheet that was scanned all lines are parallel, on one photographed aslant they run to a point.
// It is 0 where lines are few or the change is uneven, as a stamp's is.
func (e *Ecriture) Perspective(hauteur float64) float64 {
	type ligne struct{ v, angle float64 }
	var l []ligne
	for i := range e.Rangs {
		r := &e.Rangs[i]
		if r.Erreur*180/math.Pi <= e.PerspectiveErreur {
			l = append(l, ligne{float64(r.v0), e.angle(r)})
		}
	}
	if len(l) < 3*e.PerspectiveLignes {
		return 0
	}
	slices.SortFunc(l, func(a, b ligne) int { return int(math.Copysign(1, a.v-b.v)) })
	haut, bas := l[0].v, l[len(l)-1].v
	if bas-haut < e.PerspectiveHaut*hauteur {
		return 0
	}
	var tiers [3][]float64
	for _, q := range l {
		k := min(2, int(3*(q.v-haut)/(bas-haut)))
		tiers[k] = append(tiers[k], q.angle)
	}
	var m [3]float64
	for k, t := range tiers {
		if len(t) < e.PerspectiveLignes {
			return 0
		}
		slices.Sort(t)
		m[k] = t[len(t)/2]
	}
	change := m[2] - m[0]
	if math.Abs(m[1]-(m[0]+m[2])/2) > e.PerspectiveMilieu*math.Abs(change) {
		return 0
	}
	// Thirds are two thirds of the lines' span apart. Lines by hand drift too, each its own way.
	change *= 1.5
	var restes []float64
	for _, q := range l {
		restes = append(restes, math.Abs(q.angle-m[1]-change*((q.v-haut)/(bas-haut)-0.5)))
	}
	slices.Sort(restes)
	if restes[len(restes)*8/10] > max(e.PerspectiveReste, 0.1*math.Abs(change)) {
		return 0
	}
	return math.Abs(change)
}
