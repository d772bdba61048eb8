package pagedessinee

import "math"

func init() { tousCas = append(tousCas, mauvais...) }

// frange moves the sheet out of the frame so that an edge cuts what it has to.
func (g *tirage) frange(dx, dy float64) {
	g.cl, g.ch, g.dx, g.dy = g.l, g.h, dx, dy
	g.papier = teinte{g.fond[0] - 1, g.fond[1] - 1, g.fond[2] - 1}
}

var mauvais = []cas{
	{nom: "COUPE-gauche", attente: Mauvaise, contenu: ordinaire, avant: func(g *tirage) {
		g.frange(-g.gauche-g.entre(5, 30), 0)
	}},
	{nom: "COUPE-droite", attente: Mauvaise, contenu: ordinaire, avant: func(g *tirage) {
		g.frange(g.l*g.entre(0.32, 0.44), 0)
	}},
	{nom: "COUPE-bas", attente: Mauvaise, contenu: ordinaire, avant: func(g *tirage) {
		g.frange(0, g.h*g.entre(0.3, 0.45))
	}},
	{nom: "COUPE-haut", attente: Mauvaise, contenu: func(g *tirage) { g.ordonnance(8) }, avant: func(g *tirage) {
		// through the letterhead, whichever line
		g.frange(0, -g.entre(16, 30)*g.e)
		g.attenteHaut()
	}},
	{nom: "TRONQUE-noir", attente: Mauvaise, contenu: ordinaire, dessus: func(g *tirage) {
		y := g.ch * g.entre(0.45, 0.75)
		v := g.entre(8, 40)
		g.t.peindre(g.t.cadre, teinte{v, v, v}, 1, func(p *plume) { p.rectangle(1, -2, y, g.cl+2, g.ch+2) })
	}},
	{nom: "BOUGE", attente: Mauvaise, contenu: ordinaire, avant: (*tirage).enGris, optique: func(g *tirage) {
		g.t.bouger(g.entre(1.8, 4), g.entre(0, 180))
	}},
	{nom: "FLOU", attente: Mauvaise, contenu: ordinaire, avant: (*tirage).enGris, optique: func(g *tirage) {
		g.t.flou(g.entre(0.7, 1.2))
	}},
	{nom: "CONTRASTE", attente: Mauvaise, contenu: ordinaire, avant: (*tirage).enGris, optique: func(g *tirage) {
		p := g.papier.luminance() * g.entre(0.7, 0.95)
		f := g.entre(0.03, 0.07)
		g.t.courber(func(v float64) float64 { return p + (v-p)*f })
	}},
	{nom: "BLANC", attente: Mauvaise, contenu: func(g *tirage) {}, avant: func(g *tirage) { g.papier[2] -= 3 }},
	{nom: "POUSSIERE", attente: Mauvaise, contenu: func(g *tirage) {}, dessus: func(g *tirage) {
		v := g.entre(20, 120)
		g.t.encrer(teinte{v, v, v}, 1, func(p *plume) {
			for range 30 + g.IntN(150) {
				c := point{g.Float64() * g.l, g.Float64() * g.h}
				d := 0.08 + 0.3*g.Float64()*g.Float64()
				p.remplir(1, [][]point{ellipse(c, d, d*g.entre(0.5, 1))})
			}
			for range g.IntN(4) { // hairs
				c := point{g.Float64() * g.l, g.Float64() * g.h}
				pts := []point{c}
				a := g.entre(0, 6.3)
				for range 6 {
					a += g.NormFloat64() * 0.5
					c = point{c.x + 1.2*cosinus(a), c.y + 1.2*cosinus(a-1.57)}
					pts = append(pts, c)
				}
				p.trait(1, 0.1, pts...)
			}
		})
	}},
	{nom: "NOIR", attente: Mauvaise, contenu: ordinaire, optique: func(g *tirage) {
		f := g.entre(0.05, 0.2)
		g.t.courber(func(v float64) float64 { return v * f })
	}, seuil: func(g *tirage, papier float64) float64 { return papier + 12 }},
	{nom: "G4-perdu", attente: Mauvaise, contenu: func(g *tirage) {
		// The threshold leaves the name alone: where it leaves whole lines, no reader of pixels can know.
		g.t.encrer(g.encreDoc, 1, func(p *plume) {
			p.texte(g.pTit, "Docteur "+choisir(g.Rand, noms), 5*g.e, 1, g.gauche, 18*g.e)
		})
		p := g.encreMain
		g.encreDoc = p
		g.date(40 * g.e)
		g.lignes(55*g.e, 5)
		g.signer()
		g.encreDoc = teinte{20, 20, 20}
	}, avant: func(g *tirage) {
		g.codage, g.couleurs = TIFFG4, false
		v := g.entre(120, 160)
		g.encreMain, g.encreTamp = teinte{v, v, v}, teinte{v, v, v}
		g.style = joint + g.IntN(2)
	}, seuil: func(g *tirage, papier float64) float64 { return g.encreDoc.luminance() + 12 }},
	{nom: "G4-noirci", attente: Mauvaise, contenu: ordinaire, avant: func(g *tirage) {
		g.codage, g.couleurs = TIFFG4, false
	}, seuil: func(g *tirage, papier float64) float64 { return papier + 3 }},
	{nom: "A6", attente: Mauvaise, contenu: ordinaire, avant: func(g *tirage) {
		g.l, g.h, g.e, g.gauche = 105, 148, 0.62, 8
	}},
	{nom: "COIN", attente: Mauvaise, contenu: ordinaire, dessus: func(g *tirage) {
		l, h := g.entre(35, 70), g.entre(30, 60)
		v := g.entre(110, 190)
		if g.codage == TIFFG4 {
			v = 60 // a paler line is lost to the threshold, and nothing tells
		}
		g.t.peindre(g.t.cadre, g.fond, 1, func(p *plume) {
			p.remplir(1, [][]point{{{g.cl - l, -2}, {g.cl + 2, -2}, {g.cl + 2, h}}})
		})
		g.t.peindre(g.t.cadre, teinte{v, v, v}, 1, func(p *plume) {
			p.trait(1, g.entre(0.3, 0.7), point{g.cl - l, -1}, point{g.cl + 1, h})
		})
	}},
	{nom: "CACHE", attente: Douteuse, contenu: ordinaire, dessus: func(g *tirage) {
		// something dark lies over the sheet: a hand, a lid that isn't shut
		c := point{g.l * g.entre(0.3, 0.7), g.h * g.entre(0.35, 0.65)}
		v := g.entre(10, 50)
		g.t.encrer(teinte{v, v, v}, 1, func(p *plume) {
			p.remplir(1, [][]point{ellipse(c, g.l*g.entre(0.2, 0.3), g.h*g.entre(0.2, 0.3))})
		})
	}},
}

// attenteHaut leaves it open what is said of a sheet whose head was cut between two lines.
func (g *tirage) attenteHaut() { g.Attente = Douteuse }

func cosinus(a float64) float64 { return math.Cos(a) }
