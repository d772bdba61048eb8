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

// What an edge cuts.
const (
	// jeuBord is how near an edge, in millimetres, ink is cut by it: two pixels at 200 dpi, for a decoder's or a
	// scanner's white sliver.
	jeuBord = 0.3
	// coupeMin is the least side, in millimetres, of a piece that can be the rest of a letter of a line, and
	// coupeLettre the least longer side. Out of lines a whole letter's is asked for: shreds of shadows have no more.
	coupeMin, coupeLettre = 0.4, 1.0
	// traitBord is how much longer than wide a piece is to be a rule or a fold that runs into the edge, not a letter.
	traitBord = 6.0
	// traitEpais is the mean thickness of a piece, in millimetres, from which it is a blot, a photograph or a
	// watermark: a bold letter of 10 mm has 2.
	traitEpais = 2.2
	// tamponMin is the number of letters in a frame from which it is a stamp's.
	tamponMin = 3
	// presBord is how near an edge, in millimetres, whole letters are that were never written there: printers leave
	// 3 mm or more, hands and stamps seldom less than 2.
	presBord = 1.2
	// presMin is how many of them, within presPlace millimetres of each other, say that a stamp or a paragraph goes on
	// beyond the edge.
	presMin, presPlace = 3, 30.0
	// voisinBord is the gap, in their own sizes, within which a letter has another one beside it.
	voisinBord = 1.5
)

// Coupes finds the pieces of the size of letters or stamps that the edges of the frame cut. Those of which vraie says
// that they aren't writing are left out.
func (p *Pieces) Coupes(w *Ecriture, cadre Feuille, vraie func(r Rectangle, b Bord) bool) []Coupe {
	var c []Coupe
	for i := range p.Taches {
		t := &p.Taches[i]
		bord, n := t.bord(cadre)
		if n != 1 || min(t.L(), t.H()) < coupeMin || max(t.L(), t.H()) < coupeLettre {
			continue
		}
		l, h := float64(t.L()), float64(t.H())
		long := max(l, h)
		switch {
		case long > cadreLong || min(l, h) > cadreHaut:
			continue // a border, a table, a shadow
		case float64(t.Aire) > traitEpais*long:
			continue // nothing that a pen or a printer writes text with
		case long > traitBord*min(l, h) || long > lettreMax && float64(t.Aire) > cadreRempli*l*h:
			continue // a rule, a fold, a blot
		}
		k := Coupe{Place: t.Rectangle(), Bord: bord}
		k.Ligne = w.enLigne(k.Place) || long > lettreMax && p.dedans(k.Place) >= tamponMin
		if (k.Ligne || min(l, h) >= lettreMin) && vraie(k.Place, bord) {
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
			if d < presBord && t.H() >= lettreMin && t.H() <= lettreMax && t.L() >= coupeMin && t.L() <= lettreMax &&
				float64(max(t.L(), t.H())) <= traitBord*float64(min(t.L(), t.H())) && p.accompagnee(i) {
				pres = append(pres, Coupe{Place: t.Rectangle(), Bord: bord, Ligne: true})
			}
		}
		slices.SortFunc(pres, func(a, b Coupe) int { return cmp.Compare(a.Place.Y0, b.Place.Y0) })
		for i := range pres {
			if j := i + presMin - 1; j < len(pres) && pres[j].Place.Y0-pres[i].Place.Y0 < presPlace {
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
		if j != i && ecart < voisinBord*t.H() && ecart > -0.5*t.L() && q.H() < memeHauteur*t.H() &&
			t.H() < memeHauteur*q.H() && min(t.Y1, q.Y1)-max(t.Y0, q.Y0) > recouvre*min(t.H(), q.H()) {
			return true
		}
	}
	return false
}

// bord is the edge that a piece touches, and how many it does.
func (t *Tache) bord(c Feuille) (b Bord, n int) {
	for k := range Gauche + 1 {
		if t.touche(k, c) {
			b = k
			n++
		}
	}
	return b, n
}

// touche says whether a piece touches an edge.
func (t *Tache) touche(b Bord, c Feuille) bool {
	d := [4]float64{Haut: float64(t.Y0) - c.Y0, Droite: c.X1 - float64(t.X1), Bas: c.Y1 - float64(t.Y1),
		Gauche: float64(t.X0) - c.X0}[b]
	return d < jeuBord
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
		if h := t.H(); h < lettreMin || h > lettreMax/2 || t.L() > lettreMax {
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

// Strokes that are writing.
const (
	traitMin   = 4.0  // least longer side, in millimetres
	traitLong  = 80.0 // greatest
	traitPlein = 0.5  // greatest share of its box that a stroke fills: a blot fills more
	traitMince = 0.12 // least ratio of its sides: a hair or a rule is thinner
	traitFin   = 0.3  // least mean thickness over the longer side, in millimetres: a hair inks 0.25, a pencil 0.4
)

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
		if q.Aire < traitFin*max(l, h) {
			continue
		}
		t.Grand = max(t.Grand, float64(max(l, h)))
		if _, n := q.bord(cadre); n > 0 || max(l, h) < traitMin || max(l, h) > traitLong || min(l, h) < traitMince*max(l,
			h) || q.Aire > traitPlein*l*h {
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
