package mesure

import "math"

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
)

// Coupes finds the pieces of the size of letters or stamps that the edges of the frame cut.
func (p *Pieces) Coupes(w *Ecriture, cadre Feuille) []Coupe {
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
		if k.Ligne || min(l, h) >= lettreMin {
			c = append(c, k)
		}
	}
	return c
}

// bord is the edge that a piece touches, and how many it does.
func (t *Tache) bord(c Feuille) (b Bord, n int) {
	for k, d := range [4]float64{
		Haut: float64(t.Y0) - c.Y0, Droite: c.X1 - float64(t.X1), Bas: c.Y1 - float64(t.Y1), Gauche: float64(t.X0) - c.X0,
	} {
		if d < jeuBord {
			b = Bord(k)
			n++
		}
	}
	return b, n
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

// A folded corner.
const (
	coinMin      = 15.0 // least leg, in millimetres: a staple's, or a dog-ear's over blank margins, is shorter
	coinTrait    = 1.5  // greatest width of its line, in millimetres
	coinJeu      = 2.0  // how near both edges it starts and ends
	coinDiagonal = 0.9  // least share of the diagonal that has ink
)

// CoinReplie finds a corner that is folded over: a straight line between two neighbouring edges.
func (p *Pieces) CoinReplie(c *Carte) (Rectangle, bool) {
	for i := range p.Taches {
		t := &p.Taches[i]
		l, h := float64(t.L()), float64(t.H())
		if min(l, h) < coinMin || float64(t.Aire) > coinTrait*math.Hypot(l, h) {
			continue
		}
		gauche, droite := float64(t.X0) < coinJeu, p.LargeurMM-float64(t.X1) < coinJeu
		haut, bas := float64(t.Y0) < coinJeu, p.HauteurMM-float64(t.Y1) < coinJeu
		if gauche == droite || haut == bas {
			continue
		}
		// At the top right, or the bottom left, it goes down to the right.
		if c.diagonale(t.Rectangle(), droite == haut) >= coinDiagonal {
			return t.Rectangle(), true
		}
	}
	return Rectangle{}, false
}

// diagonale is the share of a rectangle's diagonal that has ink.
func (c *Carte) diagonale(r Rectangle, descend bool) float64 {
	n := max(1, int(math.Hypot(r.X1-r.X0, r.Y1-r.Y0)))
	encre := 0
	for i := range n {
		f := (float64(i) + 0.5) / float64(n)
		x, y := r.X0+f*(r.X1-r.X0), r.Y0+f*(r.Y1-r.Y0)
		if !descend {
			y = r.Y1 - f*(r.Y1-r.Y0)
		}
		vu := false
		for d := -1; d <= 1 && !vu; d++ {
			for e := -1; e <= 1; e++ {
				vu = vu || c.plein.at(int(x/large)+d, int(y/large)+e) > 0
			}
		}
		if vu {
			encre++
		}
	}
	return float64(encre) / float64(n)
}

// Texte is what the writing of a page amounts to.
type Texte struct {
	Lignes int // lines, those on one level counted once
	Traits int // strokes out of them: words by hand, a signature
	// Place holds all of it, Ligne the lines alone.
	Place, Ligne Rectangle
}

// Strokes that are writing.
const (
	traitMin   = 4.0  // least longer side, in millimetres
	traitLong  = 80.0 // greatest
	traitPlein = 0.5  // greatest share of its box that a stroke fills: a blot fills more
	traitMince = 0.12 // least ratio of its sides: a hair or a rule is thinner
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
