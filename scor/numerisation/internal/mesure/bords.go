package mesure

import (
	"cmp"
	"math"
	"slices"
)

// Coupe is a piece of ink that an edge of the frame cuts.
type Coupe struct {
	Place Rectangle
	Bord  Bord
	// Ligne says that it belongs to a line of writing or to a stamp; else it may as well be dirt.
	Ligne bool
}

// Bord is an edge of the frame.
type Bord int

// Edges.
const (
	Haut Bord = iota
	Droite
	Bas
	Gauche
)

// Coupes finds the pieces of the size of letters or stamps that the edges of the frame cut. Those of which vraie says
// that they aren't writing are left out.
func (p *Pieces) Coupes(w *Ecriture, cadre Feuille, vraie func(r Rectangle, b Bord) bool) []Coupe {
	var c []Coupe
	for i := range p.Taches {
		t := &p.Taches[i]
		bord, n := p.bord(t, cadre)
		if n != 1 || min(t.L(), t.H()) < p.CoupeMin || max(t.L(), t.H()) < p.CoupeLettre {
			continue
		}
		l, h := float64(t.L()), float64(t.H())
		long := max(l, h)
		switch {
		case long > p.CachetLong || min(l, h) > p.CachetHaut:
			continue // a border, a table, a shadow
		case float64(t.Aire) > p.TraitEpais*long:
			continue // nothing that a pen or a printer writes text with
		case long > p.TraitBord*min(l, h) || long > p.LettreMax && float64(t.Aire) > p.CachetRempli*l*h:
			continue // a rule, a fold, a blot
		}
		k := Coupe{Place: t.Rectangle(), Bord: bord}
		k.Ligne = w.enLigne(k.Place) || long > p.LettreMax && p.dedans(k.Place) >= p.TamponMin
		if (k.Ligne || min(l, h) >= p.LettreMin) && vraie(k.Place, bord) {
			c = append(c, k)
		}
	}
	for _, k := range p.serrees(cadre) {
		if vraie(k.Place, k.Bord) {
			c = append(c, k)
		}
	}
	return c
}

// serrees finds the letters that stand together within [presBord] of the left or right edge, without touching it: what
// the edge took fell between two letters of each line.
func (p *Pieces) serrees(cadre Feuille) (c []Coupe) {
	for _, bord := range []Bord{Droite, Gauche} {
		var pres []Coupe
		for i := range p.Taches {
			t := &p.Taches[i]
			d := cadre.X1 - float64(t.X1)
			if bord == Gauche {
				d = float64(t.X0) - cadre.X0
			}
			if d < p.PresBord && t.H() >= p.LettreMin && t.H() <= p.LettreMax && t.L() >= p.CoupeMin && t.L() <= p.LettreMax &&
				float64(max(t.L(), t.H())) <= p.TraitBord*float64(min(t.L(), t.H())) && p.accompagnee(i) {
				pres = append(pres, Coupe{Place: t.Rectangle(), Bord: bord, Ligne: true})
			}
		}
		slices.SortFunc(pres, func(a, b Coupe) int { return cmp.Compare(a.Place.Y0, b.Place.Y0) })
		for i := range pres {
			if j := i + p.PresMin - 1; j < len(pres) && pres[j].Place.Y0-pres[i].Place.Y0 < p.PresPlace {
				return append(c, pres[i:j+1]...)
			}
		}
	}
	return c
}

// accompagnee says whether a letter has another of its height beside it.
func (p *Pieces) accompagnee(i int) bool {
	t := &p.Taches[i]
	for j := range p.Taches {
		q := &p.Taches[j]
		ecart := max(t.X0, q.X0) - min(t.X1, q.X1)
		if j != i && ecart < p.VoisinBord*t.H() && ecart > -0.5*t.L() && q.H() < p.MemeHauteur*t.H() &&
			t.H() < p.MemeHauteur*q.H() && min(t.Y1, q.Y1)-max(t.Y0, q.Y0) > p.Recouvre*min(t.H(), q.H()) {
			return true
		}
	}
	return false
}

// bord is the edge that a piece touches, and how many it does.
func (p *Pieces) bord(t *Tache, c Feuille) (b Bord, n int) {
	for k := range Gauche + 1 {
		if p.touche(t, k, c) {
			b = k
			n++
		}
	}
	return b, n
}

// touche says whether a piece touches an edge.
func (p *Pieces) touche(t *Tache, b Bord, c Feuille) bool {
	d := [4]float64{Haut: float64(t.Y0) - c.Y0, Droite: c.X1 - float64(t.X1), Bas: c.Y1 - float64(t.Y1),
		Gauche: float64(t.X0) - c.X0}[b]
	return d < p.JeuBord
}

// enLigne says whether a piece is at the end of a line of writing, or in it.
func (w *Ecriture) enLigne(r Rectangle) bool {
	taille := max(r.X1-r.X0, r.Y1-r.Y0)
	for i := range w.Rangs {
		g := &w.Rangs[i]
		if taille > 3*g.Cote {
			continue
		}
		q := g.Place
		if w.Debout {
			q.Y0, q.Y1 = q.Y0-2*g.Cote, q.Y1+2*g.Cote
		} else {
			q.X0, q.X1 = q.X0-2*g.Cote, q.X1+2*g.Cote
		}
		if q.coupe(r) {
			return true
		}
	}
	return false
}

// dedans counts the pieces of letter size inside a rectangle.
func (p *Pieces) dedans(r Rectangle) int {
	n := 0
	for i := range p.Taches {
		t := &p.Taches[i]
		if h := t.H(); h < p.LettreMin || h > p.LettreMax/2 || t.L() > p.LettreMax {
			continue
		}
		if q := t.Rectangle(); q.X0 > r.X0 && q.Y0 > r.Y0 && q.X1 < r.X1 && q.Y1 < r.Y1 {
			n++
		}
	}
	return n
}

// Texte is what the writing of a page amounts to.
type Texte struct {
	Lignes int // lines, those on one level counted once
	Traits int // strokes out of them: words by hand, a signature
	// Grand is the longer side of the largest piece that is no hair.
	Grand float64
	// Place holds all of it, Ligne the lines alone.
	Place, Ligne Rectangle
}

// Texte counts the writing of p. Dust has no lines, and its pieces are small or round.
func (p *Pieces) Texte(w *Ecriture, cadre Feuille) Texte {
	var t Texte
	_, _, t.Lignes = w.marges()
	vide := Rectangle{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	t.Place, t.Ligne = vide, vide
	for i := range w.Rangs {
		t.Ligne = t.Ligne.union(w.Rangs[i].Place)
	}
	t.Place = t.Ligne
	for i := range p.Taches {
		q := &p.Taches[i]
		l, h := q.L(), q.H()
		if q.Aire < p.TraitFin*max(l, h) {
			continue
		}
		t.Grand = max(t.Grand, float64(max(l, h)))
		long, court := max(l, h), min(l, h)
		if _, n := p.bord(q, cadre); n > 0 || long < p.TraitMin || long > p.TraitLong || court < p.TraitMince*long ||
			q.Aire > p.TraitPlein*l*h {
			continue
		}
		r := q.Rectangle()
		t.Place = t.Place.union(r)
		if !w.dansRang(r) {
			t.Traits++
		}
	}
	return t
}

// dansRang says whether a rectangle is within a line.
func (w *Ecriture) dansRang(r Rectangle) bool {
	for i := range w.Rangs {
		if w.Rangs[i].Place.coupe(r) {
			return true
		}
	}
	return false
}
