package pagedessinee

import (
	"fmt"
	"math"
	"strings"
)

func init() { tousCas = append(tousCas, reels...) }

// reels are kinds of scans that cabinets send besides ordonnances on white paper: forms, labels, codes, highlighted or
// stamped-over writing, receipts that fade, and what cheap scanners make of all of them.
var reels = []cas{
	{nom: "cerfa", contenu: (*tirage).cerfa},
	{nom: "bizone", contenu: (*tirage).bizone},
	{nom: "grand-bandeau", contenu: (*tirage).grandBandeau},
	{nom: "bandeau-vertical", contenu: ordinaire, avant: func(g *tirage) {
		g.sansBandeau = true
		g.gauche = g.entre(30, 40) * g.e
	}, dessous: func(g *tirage) {
		l := g.entre(6, 24) * g.e
		g.t.encrer(teintesBandeau[g.IntN(len(teintesBandeau))], 1, func(p *plume) { p.rectangle(1, -4, -4, l, g.h+4) })
	}},
	{nom: "pied-colore", contenu: ordinaire, dessous: func(g *tirage) {
		h := g.entre(4, 14) * g.e
		g.t.encrer(teintesBandeau[g.IntN(len(teintesBandeau))], 1, func(p *plume) {
			p.rectangle(1, -4, g.h-h, g.l+4, g.h+4)
			if h > 7*g.e {
				p.effacer(func() { p.texte(g.pImp, "www.cabinet-exemple.fr", 3*g.e, 1, g.gauche, g.h-h*0.4) })
			}
		})
	}},
	{nom: "tampon-sur-texte", contenu: ordinaire, dessus: func(g *tirage) {
		for range 1 + g.IntN(3) {
			if len(g.reperes) == 0 {
				return
			}
			r := g.reperes[g.IntN(len(g.reperes))]
			c := point{max(30*g.e, (r.x0+r.x1)/2), r.y}
			g.t.encrer(g.encreTamp, g.entre(0.4, 0.9), func(p *plume) { g.tampon(p, c) })
		}
	}},
	{nom: "codes", contenu: ordinaire, dessus: (*tirage).codes},
	{nom: "etiquette", contenu: ordinaire, dessus: (*tirage).etiquette},
	{nom: "main", contenu: (*tirage).mainSeule},
	{nom: "courte", contenu: func(g *tirage) { g.ordonnance(1) }},
	{nom: "thermique", contenu: (*tirage).ticket, avant: func(g *tirage) {
		g.enGris()
		g.l, g.h = g.entre(72, 82), g.entre(120, 220)
		g.cl, g.ch = 210, 297
		g.dx, g.dy = g.entre(5, 120), g.entre(4, 60)
		v := g.papier.luminance() - g.entre(70, 120)
		g.encreDoc = teinte{v, v, v + 10}
	}, lumiere: func(g *tirage) { // a head that heats unevenly fades in streaks
		n, a := g.entre(3, 9), g.entre(0.01, 0.04)
		g.t.eclairer(func(x, _ float64) float64 { return 1 - a*(1+math.Sin(x*n/10)) })
	}},
	{nom: "surligne", contenu: ordinaire, avant: (*tirage).enGris, dessus: func(g *tirage) {
		c := []teinte{{250, 245, 120}, {170, 245, 150}, {250, 170, 210}, {250, 200, 110}}[g.IntN(4)]
		for range 1 + g.IntN(3) {
			if len(g.reperes) == 0 {
				return
			}
			r := g.reperes[g.IntN(len(g.reperes))]
			g.t.encrer(c, 0.45, func(p *plume) {
				p.trait(1, 5*g.e, point{r.x0, r.y - r.corps*0.3}, point{r.x1, r.y - r.corps*0.3 + g.entre(-1, 1)})
			})
		}
	}},
	{nom: "cadre-penche", contenu: ordinaire, dessus: func(g *tirage) {
		deg := g.entre(0.4, 3) * float64(1-2*g.IntN(2))
		m, c := g.entre(8, 12)*g.e, point{g.l / 2, g.h / 2}
		g.t.encrer(g.encreDoc, 1, func(p *plume) {
			p.tourner(c, deg, func(q *plume) {
				q.trait(1, g.entre(0.2, 0.8), point{m, m}, point{g.l - m, m}, point{g.l - m, g.h - m}, point{m, g.h - m},
					point{m, m})
			})
		})
	}},
	{nom: "bord-colle", contenu: ordinaire, avant: func(g *tirage) { // near the edges, and whole
		g.gauche = g.entre(4, 6)
		g.Inclinaison = g.NormFloat64() * 0.1
		g.sansBandeau = true
	}, dessus: func(g *tirage) {
		l, h := 48*g.e, 22*g.e
		x, y := g.l-l-g.entre(2.5, 5), g.h-h-g.entre(2.5, 5)
		g.t.encrer(g.encreTamp, 0.8, func(p *plume) { cachet(p, g.Rand, CachetCadre, point{x + l/2, y + h/2}, g.e) })
	}},
	{nom: "vif", contenu: ordinaire, avant: func(g *tirage) {
		g.enGris()
		g.papier = []teinte{{255, 150, 140}, {120, 190, 250}, {255, 165, 70}, {140, 215, 120}, {250, 225, 60}}[g.IntN(5)]
		g.encreDoc, g.encreMain = teinte{25, 25, 30}, teinte{30, 40, 120}
	}},
	{nom: "facture", contenu: (*tirage).facture},
	{nom: "photocopie", contenu: ordinaire, dessus: func(g *tirage) {
		// a copier's drum leaves specks, and darkness along an edge
		n := 100 + g.IntN(500)
		v := g.entre(10, 90)
		g.t.peindre(g.t.cadre, teinte{v, v, v}, 1, func(p *plume) {
			for range n {
				c := point{g.Float64() * g.cl, g.Float64() * g.ch}
				d := 0.06 + 0.14*g.Float64()
				p.remplir(1, [][]point{ellipse(c, d, d)})
			}
			if g.chance(0.5) {
				p.rectangle(1, -2, -2, g.entre(0.5, 2.5), g.ch+2)
			}
		})
	}},
	{nom: "tramee", contenu: ordinaire, avant: func(g *tirage) { g.codage, g.couleurs, g.trame = TIFFG4, false, true }},
	{nom: "moire", contenu: ordinaire, avant: (*tirage).enGris, optique: func(g *tirage) {
		a, p, t := g.entre(1, 5), g.entre(0.7, 2.5), g.entre(0, math.Pi)
		s, c := math.Sincos(t)
		g.t.eclairer(func(x, y float64) float64 { return 1 - a/255*(1+math.Sin(2*math.Pi*(x*c+y*s)/p)) })
	}},
	{nom: "fine", contenu: ordinaire, avant: func(g *tirage) { // resolutions that few use
		g.l, g.h = 148, 210
		g.dpi = []float64{400, 600}[g.IntN(2)]
		if g.couleurs || g.codage == PNG {
			g.codage, g.couleurs = JPEGGris, false
		}
	}},
}

// teintesBandeau are the grounds of letterheads, from pale to black.
var teintesBandeau = []teinte{{20, 60, 140}, {20, 110, 80}, {150, 40, 40}, {120, 180, 220}, {60, 60, 65},
	{220, 120, 40}, {245, 150, 30}, {90, 40, 120}, {15, 15, 18}, {190, 205, 190}, {200, 60, 110}}

// papierOrdinaire makes the letterhead and returns where the body may start.
func (g *tirage) papierOrdinaire() float64 {
	return g.entete(g.t.pl, func(c teinte, f func(*plume)) { g.t.encrer(c, 1, f) })
}

// saisir writes a short text in the body's hand.
func (g *tirage) saisir(s string, corps, x, y float64) {
	if g.style == aiguille {
		s = sansAccents(s)
	}
	g.t.encrer(g.couleurCorps(), 1, func(p *plume) { g.ecrireStyle(p, g.style, s, corps, x, y) })
}

// cerfa draws a form: printed grounds, white fields with small labels, filled in by hand or print.
func (g *tirage) cerfa() {
	e := g.e
	fond := []teinte{{205, 230, 205}, {205, 220, 245}, {250, 225, 190}, {235, 235, 235}, {248, 248, 248}}[g.IntN(5)]
	trait := []teinte{{30, 110, 60}, {30, 60, 140}, {170, 70, 30}, {40, 40, 40}}[g.IntN(4)]
	x0, x1, y := g.gauche*0.6, g.l-g.gauche*0.6, 12*e
	g.t.encrer(trait, 1, func(p *plume) {
		p.texte(g.pTit, "FEUILLE DE SOINS", 4.6*e, 1, x0+40*e, y)
		p.texte(g.pImp, "n° 11389*04", 2.6*e, 1, x0, y)
	})
	y += 6 * e
	remplis := []string{choisir(g.Rand, noms) + " " + choisir(g.Rand, prenoms), fmt.Sprintf("%02d/%02d/19%02d",
		1+g.IntN(28), 1+g.IntN(12), 30+g.IntN(69)), choisir(g.Rand, rues), choisir(g.Rand, villes),
		choisir(g.Rand, remedes), fmt.Sprintf("%d,%02d", g.IntN(90), g.IntN(99))}
	libelles := []string{"nom et prénom", "date de naissance", "adresse", "code postal et commune", "acte ou prescription",
		"montant des honoraires"}
	for bloc := 0; y < g.h-62*e && bloc < 6; bloc++ {
		n := 2 + g.IntN(2)
		h := float64(n)*9*e + 7*e
		g.t.encrer(fond, 1, func(p *plume) { p.rectangle(1, x0, y, x1, y+h) })
		g.t.encrer(trait, 1, func(p *plume) {
			p.texte(g.pTit, strings.ToUpper(libelles[bloc%len(libelles)]), 2.6*e, 1, x0+2*e, y+4*e)
			p.trait(1, 0.2, point{x0, y}, point{x1, y}, point{x1, y + h}, point{x0, y + h}, point{x0, y})
		})
		for i := range n {
			k := (bloc*2 + i) % len(libelles)
			yy := y + 6*e + float64(i)*9*e
			g.champ(libelles[k], remplis[k], x0+2*e, yy, x1-2*e, trait)
		}
		y += h + 2*e
	}
	g.signer()
}

// champ draws a field of a form with what is written in it; some have a box for each letter.
func (g *tirage) champ(libelle, rempli string, x0, y, x1 float64, trait teinte) {
	e := g.e
	m := x0 + 34*e
	g.t.encrer(g.papier, 1, func(p *plume) { p.rectangle(1, m, y, x1, y+7*e) })
	g.t.encrer(trait, 1, func(p *plume) {
		p.texte(g.pImp, libelle, 2.1*e, 1, x0, y+4.6*e)
		if g.chance(0.3) {
			for x := m; x < x1; x += 5 * e {
				p.rectangle(1, x, y+4*e, x+0.15, y+7*e)
			}
			p.rectangle(1, m, y+6.9*e, x1, y+7*e)
		}
	})
	if g.chance(0.85) {
		g.saisir(rempli, 3.4*e, m+2*e, y+5.4*e)
	}
}

// bizone draws the ordonnance of a long disease: two zones, each under a printed band.
func (g *tirage) bizone() {
	e := g.e
	y := g.papierOrdinaire()
	fond := []teinte{{225, 225, 225}, {190, 215, 240}, {40, 40, 45}, {150, 190, 160}}[g.IntN(4)]
	for _, s := range []string{"Prescriptions relatives au traitement de l'affection de longue durée reconnue",
		"Prescriptions SANS RAPPORT avec l'affection de longue durée"} {
		y += 4 * e
		corps := 2.7 * e
		for avance(g.pTit, s, corps) > g.l-2*g.gauche {
			corps *= 0.9
		}
		g.t.encrer(fond, 1, func(p *plume) {
			p.rectangle(1, g.gauche-4*e, y, g.l-g.gauche+4*e, y+8*e)
			if fond.luminance() < 120 {
				p.effacer(func() { p.texte(g.pTit, s, corps, 1, g.gauche, y+5*e) })
			}
		})
		if fond.luminance() >= 120 {
			g.t.encrer(g.encreDoc, 1, func(p *plume) { p.texte(g.pTit, s, corps, 1, g.gauche, y+5*e) })
		}
		haut := y
		y = g.lignes(y+16*e, 1+g.IntN(2))
		g.t.encrer(g.encreDoc, 1, func(p *plume) {
			p.trait(1, 0.25, point{g.gauche - 4*e, haut}, point{g.l - g.gauche + 4*e, haut}, point{g.l - g.gauche + 4*e, y},
				point{g.gauche - 4*e, y}, point{g.gauche - 4*e, haut})
		})
	}
	g.signer()
}

// grandBandeau draws an ordonnance whose letterhead lies in light writing on a broad ground at the top edge, as wide
// as the sheet or nearly.
func (g *tirage) grandBandeau() {
	e := g.e
	h := g.entre(12, 34) * e
	fond := teintesBandeau[g.IntN(len(teintesBandeau))]
	x0 := 0.0
	if g.chance(0.3) {
		x0 = g.entre(2, 8) * e
	} else {
		x0 = -5
	}
	y := 0.0
	g.t.encrer(fond, 1, func(p *plume) {
		p.rectangle(1, x0, min(x0, 0), g.l-x0, h)
		p.effacer(func() {
			y = h * 0.35
			p.texte(g.pTit, "Docteur "+choisir(g.Rand, noms), min(5*e, h*0.28), 1, g.gauche, y)
			for _, s := range []string{choisir(g.Rand, metiers), choisir(g.Rand, rues)} {
				if y += 5 * e; y < h-2*e {
					p.texte(g.pImp, s, 3*e, 1, g.gauche, y)
				}
			}
		})
	})
	y = h + 10*e
	g.date(y)
	g.lignes(y+g.entre(10, 16)*e, 2+g.IntN(5))
	g.signer()
}

// mainSeule writes all by hand, on blank paper, with a stamp.
func (g *tirage) mainSeule() {
	g.style = []int{joint, detache, capitale}[g.IntN(3)]
	y := g.entre(18, 40) * g.e
	g.date(y)
	g.lignes(y+g.entre(10, 18)*g.e, 2+g.IntN(5))
	g.signer()
}
