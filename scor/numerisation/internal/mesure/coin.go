package mesure

import "math"

// CoinReplie finds a corner that is folded over: a straight line between two neighbouring edges.
func (p *Pieces) CoinReplie(c *Carte) (Rectangle, bool) {
	for i := range p.Taches {
		t := &p.Taches[i]
		l, h := float64(t.L()), float64(t.H())
		if min(l, h) < p.CoinMin || float64(t.Aire) > p.CoinTrait*math.Hypot(l, h) {
			continue
		}
		gauche, droite := float64(t.X0) < p.CoinJeu, p.LargeurMM-float64(t.X1) < p.CoinJeu
		haut, bas := float64(t.Y0) < p.CoinJeu, p.HauteurMM-float64(t.Y1) < p.CoinJeu
		if gauche == droite || haut == bas {
			continue
		}
		// At the top right, or the bottom left, it goes down to the right.
		if c.diagonale(t.Rectangle(), droite == haut) >= p.CoinDiagonal {
			return t.Rectangle(), true
		}
	}
	return c.coinVide()
}

// A folded corner whose line is one piece with a coloured band, or broken.
const (
	coinPas = 1.5 // step by which legs are tried
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
		for a := c.CoinMin; a <= min(c.CoinMax, c.LargeurMM/2); a += coinPas {
			if c.encre(coin[0]+sx*a, coin[1]+sy*c.CoinAuBord) {
				as = append(as, sx*a)
			}
		}
		for b := c.CoinMin; len(as) > 0 && b <= min(c.CoinMax, c.HauteurMM/2); b += coinPas {
			if c.encre(coin[0]+sx*c.CoinAuBord, coin[1]+sy*b) {
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
		if c.encre(x+c.CoinEcart*ux, y+c.CoinEcart*uy) {
			dedans++
		}
		for d := c.CoinEcart; d < long/2; d += 2 {
			u, v := x-d*ux, y-d*uy
			if u < c.CoinJeu || v < c.CoinJeu || u > c.LargeurMM-c.CoinJeu || v > c.HauteurMM-c.CoinJeu {
				break
			}
			if vus++; c.encre(u, v) {
				dehors++
			}
		}
	}
	return float64(ligne) >= c.CoinLigne*float64(n) && float64(dedans) <= c.CoinDedans*float64(n) &&
		float64(dehors) <= c.CoinDehors*float64(vus)
}

// encre says whether there is ink within a millimetre of a place.
func (c *Carte) encre(x, y float64) bool {
	i, j := int(x/large), int(y/large)
	for d := -1; d <= 1; d++ {
		for e := -1; e <= 1; e++ {
			if c.plein.at(i+d, j+e) > float32(c.CelluleMin) {
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
