package mesure

import "math"

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
	return c.coinVide()
}

// A folded corner whose line is one piece with a coloured band, or broken.
const (
	coinMax    = 90.0 // greatest leg, in millimetres
	coinPas    = 1.5  // step by which legs are tried
	coinAuBord = 1.5  // how near the edges, in millimetres, the line's ends are looked for
	coinLigne  = 0.95 // least share of the line that has ink
	coinDedans = 0.75 // greatest share of a parallel, inside the sheet, that has
	coinEcart  = 3.0  // its distance, in millimetres
	coinDehors = 0.03 // greatest share of the outer side that has ink: dust
)

// coinVide finds a straight line of ink across a corner that has nothing on its outer side: the back of what is folded,
// or the ground.
func (c *Carte) coinVide() (Rectangle, bool) {
	for k := range 4 {
		coin := [2]float64{0, 0}
		sx, sy := 1.0, 1.0
		if k&1 == 1 {
			coin[0], sx = c.LargeurMM, -1
		}
		if k&2 == 2 {
			coin[1], sy = c.HauteurMM, -1
		}
		// The line reaches both edges: most pages have nothing there, and cost nothing.
		var as, bs []float64
		for a := coinMin; a <= min(coinMax, c.LargeurMM/2); a += coinPas {
			if c.encre(coin[0]+sx*a, coin[1]+sy*coinAuBord) {
				as = append(as, sx*a)
			}
		}
		for b := coinMin; len(as) > 0 && b <= min(coinMax, c.HauteurMM/2); b += coinPas {
			if c.encre(coin[0]+sx*coinAuBord, coin[1]+sy*b) {
				bs = append(bs, sy*b)
			}
		}
		for _, a := range as {
			for _, b := range bs {
				if c.pli(coin, a, b) {
					x, y := coin[0]+a, coin[1]+b
					return Rectangle{min(coin[0], x), min(coin[1], y), max(coin[0], x), max(coin[1], y)}, true
				}
			}
		}
	}
	return Rectangle{}, false
}

// pli says whether the corner is folded along the line from a along one edge to b along the other.
func (c *Carte) pli(coin [2]float64, a, b float64) bool {
	// A quick look: the line's middle and quarters have ink.
	for _, f := range [3]float64{0.5, 0.25, 0.75} {
		if !c.encre(coin[0]+a*f, coin[1]+b*(1-f)) {
			return false
		}
	}
	long := math.Hypot(a, b)
	n := int(long)
	ux, uy := math.Copysign(math.Abs(b)/long, a), math.Copysign(math.Abs(a)/long, b) // away from the corner
	ligne, dedans, dehors, vus := 0, 0, 0, 0
	for i := range n {
		f := (float64(i) + 0.5) / float64(n)
		x, y := coin[0]+a*f, coin[1]+b*(1-f)
		if c.encre(x, y) {
			ligne++
		}
		if c.encre(x+coinEcart*ux, y+coinEcart*uy) {
			dedans++
		}
		for d := coinEcart; d < long/2; d += 2 {
			u, v := x-d*ux, y-d*uy
			if u < coinJeu || v < coinJeu || u > c.LargeurMM-coinJeu || v > c.HauteurMM-coinJeu {
				break
			}
			if vus++; c.encre(u, v) {
				dehors++
			}
		}
	}
	return float64(ligne) >= coinLigne*float64(n) && float64(dedans) <= coinDedans*float64(n) &&
		float64(dehors) <= coinDehors*float64(vus)
}

// encre says whether there is ink within a millimetre of a place.
func (c *Carte) encre(x, y float64) bool {
	i, j := int(x/large), int(y/large)
	for d := -1; d <= 1; d++ {
		for e := -1; e <= 1; e++ {
			if c.plein.at(i+d, j+e) > encreMin {
				return true
			}
		}
	}
	return false
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
