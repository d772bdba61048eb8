package pagedessinee

import (
	"math"

	"golang.org/x/image/math/fixed"
)

func fixe(x, y int) fixed.Point26_6  { return fixed.P(x, y) }
func fixeEntier(x int) fixed.Int26_6 { return fixed.I(x) }

// cas is a kind of scan: what changes before, under, on and after the writing.
type cas struct {
	nom     string
	attente Attente
	avant   func(*tirage) // sheet, frame, inks
	dessous func(*tirage) // printed grounds
	contenu func(*tirage)
	dessus  func(*tirage)
	lumiere func(*tirage)
	optique func(*tirage)
	seuil   func(g *tirage, papier float64) float64
}

func ordinaire(g *tirage) { g.ordonnance(-1) }

// enGris has a case coded with levels: black and white would lose what it is about.
func (g *tirage) enGris() {
	if g.codage == TIFFG4 {
		g.codage = JPEGGris
	}
}

var tousCas = []cas{
	{nom: "ordinaire", contenu: ordinaire},
	{nom: "tampon", contenu: ordinaire, dessus: func(g *tirage) {
		for range 1 + g.IntN(2) {
			c := point{g.l * g.entre(0.25, 0.75), g.h * g.entre(0.3, 0.85)}
			g.t.encrer(g.encreTamp, g.entre(0.6, 1), func(p *plume) { g.tampon(p, c) })
		}
	}},
	{nom: "tableau", contenu: (*tirage).tableaux},
	{nom: "seances", contenu: (*tirage).seances},
	{nom: "dense", contenu: (*tirage).dense},
	{nom: "peu", contenu: (*tirage).quelques},
	{nom: "ticket", contenu: (*tirage).ticket, avant: func(g *tirage) {
		g.l, g.h = g.entre(72, 82), g.entre(110, 220)
		g.cl, g.ch = 210, 297
		g.dx, g.dy = g.entre(5, 120), g.entre(4, 60)
		g.encreDoc = teinte{70, 70, 80}
		g.Inclinaison = g.NormFloat64() * 0.8
	}},
	{nom: "petit", contenu: ordinaire, avant: func(g *tirage) {
		f := []Format{A5, A6, {"fiche", 120, 160}}[g.IntN(3)]
		g.l, g.h, g.cl, g.ch = f.Largeur, f.Hauteur, 210, 297
		g.e = g.l / 210 * 1.25
		g.gauche = 12 * g.e
		g.dx, g.dy = g.entre(2, 210-g.l-2), g.entre(2, 40)
	}},
	{nom: "noir-autour", contenu: ordinaire, avant: func(g *tirage) {
		g.l, g.h, g.cl, g.ch = 200, 285, 210, 297
		g.fond = teinte{15, 15, 16}
		g.dx, g.dy = g.entre(1, 9), g.entre(1, 11)
	}},
	{nom: "deux", contenu: func(g *tirage) {
		g.ordonnance(2)
		g.dy += g.h
		g.t.placer(g.l, g.h, g.dx, g.dy, g.Inclinaison)
		g.ordonnance(2)
	}, avant: func(g *tirage) {
		g.l, g.h, g.cl, g.ch = 210, 148, 210, 297
		g.e, g.gauche = 0.75, 12
	}},
	{nom: "pale", contenu: ordinaire, avant: func(g *tirage) {
		g.enGris()
		v := g.papier.luminance() - g.entre(50, 90)
		g.encreMain, g.encreDoc = teinte{v - 20, v - 10, v + 20}, teinte{v, v, v}
	}},
	{nom: "crayon", contenu: ordinaire, avant: func(g *tirage) {
		g.enGris()
		v := g.entre(110, 150)
		g.encreMain, g.style = teinte{v, v, v}, joint+g.IntN(2)
	}},
	{nom: "carbone", contenu: ordinaire, avant: func(g *tirage) {
		g.enGris()
		g.papier = []teinte{{250, 240, 170}, {250, 215, 225}, {245, 245, 240}}[g.IntN(3)]
		v := g.papier.luminance()
		g.encreMain = teinte{v - 75, v - 65, v - 30}
		g.encreDoc, g.encreTamp = teinte{v - 90, v - 85, v - 60}, g.encreMain
		g.style = joint + g.IntN(2)
	}, optique: func(g *tirage) { g.t.flou(g.entre(0.08, 0.14)) }},
	{nom: "couleur", contenu: ordinaire, avant: func(g *tirage) {
		g.papier = []teinte{{175, 225, 180}, {245, 235, 150}, {170, 205, 245}, {250, 200, 210}}[g.IntN(4)]
	}},
	{nom: "guilloche", contenu: ordinaire, avant: (*tirage).enGris, dessous: func(g *tirage) {
		c := []teinte{{205, 232, 208}, {210, 222, 240}}[g.IntN(2)]
		pas, pente := g.entre(0.8, 1.6), g.entre(-2, 2)
		g.t.encrer(c, 1, func(p *plume) {
			for y := -g.l * 2; y < g.h+2*g.l; y += pas {
				p.trait(1, 0.25, point{0, y}, point{g.l, y + pente*g.l})
			}
		})
	}},
	{nom: "raye", contenu: ordinaire, dessous: func(g *tirage) {
		pas := g.entre(6, 9)
		g.t.encrer(teinte{180, 190, 225}, 1, func(p *plume) {
			for y := 20.0; y < g.h; y += pas {
				p.rectangle(1, 0, y, g.l, y+0.2)
			}
		})
	}, avant: (*tirage).enGris},
	{nom: "filigrane", contenu: ordinaire, avant: (*tirage).enGris, dessous: func(g *tirage) {
		_, grasse := polices()
		c := point{g.l / 2, g.h / 2}
		g.t.encrer(teinte{200, 200, 205}, 1, func(p *plume) {
			p.tourner(c, g.entre(25, 55), func(q *plume) { q.texte(grasse, "DUPLICATA", g.l*0.14, 1, g.l*0.08, c.y) })
		})
	}},
	{nom: "transparence", contenu: ordinaire, avant: (*tirage).enGris, dessous: func(g *tirage) {
		sauve := *g
		m := g.t.feuille
		g.t.feuille[0], g.t.feuille[2] = -m[0], m[2]+m[0]*g.l
		g.t.feuille[3], g.t.feuille[5] = -m[3], m[5]+m[3]*g.l
		v := g.papier.luminance() - g.entre(8, 22)
		g.encreDoc, g.encreMain, g.encreTamp = teinte{v, v, v}, teinte{v, v, v}, teinte{v, v, v}
		g.lignes(60*g.e, 5)
		g.encreDoc, g.encreMain, g.encreTamp = sauve.encreDoc, sauve.encreMain, sauve.encreTamp
		g.t.feuille, g.reperes = m, nil
	}},
	{nom: "plis", contenu: ordinaire, lumiere: func(g *tirage) {
		y0, x0, o := g.ch*g.entre(0.3, 0.7), g.cl*g.entre(0.3, 0.7), g.entre(0.05, 0.25)
		v := g.chance(0.5)
		g.t.eclairer(func(x, y float64) float64 {
			d := math.Abs(y - y0)
			if v {
				d = min(d, math.Abs(x-x0))
			}
			return 1 - o*math.Exp(-d*d/2)
		})
	}},
	{nom: "trous", contenu: ordinaire, dessus: func(g *tirage) {
		n := 2 + 2*g.IntN(2)
		v := g.entre(5, 60)
		g.t.encrer(teinte{v, v, v}, 1, func(p *plume) {
			for i := range n {
				p.remplir(1, [][]point{ellipse(point{8, g.h * (0.5 + 0.26*(float64(i)-float64(n-1)/2)/float64(n-1)*2)}, 2.7, 2.7)})
			}
			if g.chance(0.5) {
				p.trait(1, 0.5, point{6, 5}, point{14, 9})
			}
		})
	}},
	{nom: "incline", contenu: ordinaire, avant: func(g *tirage) {
		g.sansBandeau = true
		g.Inclinaison = g.entre(1.2, 5) * float64(1-2*g.IntN(2))
	}},
	{nom: "couche", contenu: ordinaire, avant: func(g *tirage) { g.Rotation = 90 * (1 + g.IntN(3)) }},
	{nom: "ombre", contenu: ordinaire, avant: (*tirage).enGris, lumiere: func(g *tirage) {
		o, y0, l := g.entre(0.2, 0.6), g.ch*g.entre(-0.05, 0.3), g.ch*g.entre(0.1, 0.4)
		haut := g.chance(0.5)
		g.t.eclairer(func(x, y float64) float64 {
			if !haut {
				y = g.ch - y
			}
			return 1 - o/(1+math.Exp((y-y0)/l*5))
		})
	}},
	{nom: "sombre", contenu: ordinaire, avant: (*tirage).enGris, optique: func(g *tirage) {
		f := g.entre(0.5, 0.75)
		g.t.courber(func(v float64) float64 { return v * f })
	}},
	{nom: "clair", contenu: ordinaire, optique: func(g *tirage) {
		f := g.entre(1.1, 1.35)
		g.t.courber(func(v float64) float64 { return 30 + v*f })
	}, avant: (*tirage).enGris},
	{nom: "flou-leger", contenu: ordinaire, avant: (*tirage).enGris,
		optique: func(g *tirage) { g.t.flou(g.entre(0.09, 0.15)) }},
}
