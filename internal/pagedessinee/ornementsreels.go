package pagedessinee

import "fmt"

// codes draws matrix and bar codes where they don't lie on writing: beside the letterhead and at the foot.
func (g *tirage) codes() {
	e := g.e
	deg := g.NormFloat64() * 0.5
	g.t.encrer(teinte{15, 15, 15}, 1, func(p *plume) {
		c := point{g.l - g.gauche - 14*e, 34 * e}
		p.tourner(c, deg, func(q *plume) { g.matriciel(q, c.x-10*e, c.y-10*e, 20*e) })
		if g.chance(0.6) {
			g.barres(p, g.gauche, g.h-30*e, 45*e, 9*e)
		}
	})
}

// matriciel draws a matrix code.
func (g *tirage) matriciel(p *plume, x, y, cote float64) {
	n := 21 + 4*g.IntN(5)
	pas := cote / float64(n)
	oeil := func(i, j int) bool { return i < 8 && j < 8 || i >= n-8 && j < 8 || i < 8 && j >= n-8 }
	for i := range n {
		for j := range n {
			if !oeil(i, j) && g.chance(0.5) {
				p.rectangle(1, x+float64(j)*pas, y+float64(i)*pas, x+float64(j+1)*pas, y+float64(i+1)*pas)
			}
		}
	}
	for _, o := range [3][2]float64{{0, 0}, {0, float64(n - 7)}, {float64(n - 7), 0}} {
		a, b := x+o[1]*pas, y+o[0]*pas
		p.trait(1, pas, point{a + pas/2, b + pas/2}, point{a + 6.5*pas, b + pas/2}, point{a + 6.5*pas, b + 6.5*pas},
			point{a + pas/2, b + 6.5*pas}, point{a + pas/2, b + pas/2})
		p.rectangle(1, a+2*pas, b+2*pas, a+5*pas, b+5*pas)
	}
}

// barres draws a bar code with its figures.
func (g *tirage) barres(p *plume, x, y, l, h float64) {
	mono, _ := autres()
	for u := 0.0; u < l; {
		w := 0.25 * float64(1+g.IntN(4))
		p.rectangle(1, x+u, y, x+u+w, y+h)
		u += w + 0.25*float64(1+g.IntN(4))
	}
	p.texte(mono, fmt.Sprintf("%013d", g.Int64N(1e12)), 2.8*g.e, 1, x, y+h+3.4*g.e)
}

// etiquette sticks a label of a hospital or of a pharmacy on, askew: its ground hides what lies under it.
func (g *tirage) etiquette() {
	e := g.e
	l, h := g.entre(50, 70)*e, g.entre(20, 30)*e
	c := point{g.l - l/2 - g.entre(6, 14), g.h - h/2 - g.entre(60, 80)*e}
	deg := g.NormFloat64() * 4
	fond := []teinte{{252, 252, 252}, {255, 245, 170}, {225, 240, 255}}[g.IntN(3)]
	x, y := c.x-l/2, c.y-h/2
	ombre := g.entre(0.1, 0.5)
	couche := func(t teinte, force float64, f func(q *plume)) {
		g.t.encrer(t, force, func(p *plume) { p.tourner(c, deg, f) })
	}
	couche(teinte{90, 90, 90}, ombre, func(q *plume) { q.rectangle(1, x-0.3, y-0.3, x+l+0.4, y+h+0.4) })
	couche(fond, 1, func(q *plume) { q.rectangle(1, x, y, x+l, y+h) })
	couche(teinte{25, 25, 25}, 1, func(q *plume) {
		yy := y + 5*e
		for _, s := range []string{"M. " + choisir(g.Rand, noms) + " " + choisir(g.Rand, prenoms), "Né le 01/01/1950",
			fmt.Sprintf("IPP %08d", g.IntN(1e8))} {
			q.texte(g.pImp, s, 3*e, 1, x+2*e, yy)
			yy += 4.4 * e
		}
		if y+h-yy > 4*e {
			g.barres(q, x+2*e, yy-2*e, l*0.7, y+h-yy-2*e)
		}
	})
}

// facture draws an invoice: a half-tone logo, a table, sums at the right and a box around the total.
func (g *tirage) facture() {
	e := g.e
	y := g.papierOrdinaire()
	v := g.entre(120, 200)
	g.t.encrer(teinte{v, v - 20, v - 60}, 0.8, func(p *plume) {
		c := point{g.l - g.gauche - 12*e, 16 * e}
		p.remplir(1, [][]point{ellipse(c, 9*e, 6*e)})
	})
	g.t.encrer(g.encreDoc, 1, func(p *plume) {
		p.texte(g.pTit, fmt.Sprintf("FACTURE n° 2026-%04d", g.IntN(9999)), 5*e, 1, g.gauche, y)
		y = (Page{}).tableau(p, g.Rand, g.gauche, g.l-g.gauche, y+6*e, e, 3+g.IntN(6)) + 6*e
		for _, s := range []string{"Total HT", "TVA", "Total TTC"} {
			m := fmt.Sprintf("%d,%02d €", 10+g.IntN(400), g.IntN(99))
			p.texte(g.pImp, s, 3.4*e, 1, g.l-g.gauche-58*e, y)
			p.texte(g.pImp, m, 3.4*e, 1, g.l-g.gauche-2*e-avance(g.pImp, m, 3.4*e), y)
			y += 6 * e
		}
		p.trait(1, 0.4, point{g.l - g.gauche - 60*e, y - 10*e}, point{g.l - g.gauche, y - 10*e},
			point{g.l - g.gauche, y - 4*e}, point{g.l - g.gauche - 60*e, y - 4*e}, point{g.l - g.gauche - 60*e, y - 10*e})
	})
	if g.chance(0.5) {
		g.signer()
	}
	g.t.encrer(g.encreDoc, 1, g.pied)
}
