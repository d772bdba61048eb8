package pagedessinee

import "fmt"

// ordonnance draws a whole ordonnance of n medicines; with n < 0 as many as chance says.
func (g *tirage) ordonnance(n int) {
	e := g.e
	encre := func(c teinte, f func(*plume)) { g.t.encrer(c, 1, f) }
	y := g.entete(g.t.pl, encre)
	if n < 0 {
		n = 2 + g.IntN(7)
	}
	g.date(y)
	y += g.entre(10, 18) * e
	g.lignes(y, n)
	g.signer()
	encre(g.encreDoc, g.pied)
}

// couleurCorps is the ink of the body.
func (g *tirage) couleurCorps() teinte {
	if g.style == imprime || g.style == aiguille {
		return g.encreDoc
	}
	return g.encreMain
}

// date writes the date at the right.
func (g *tirage) date(y float64) {
	s := fmt.Sprintf("Le %02d/%02d/2026", 1+g.IntN(28), 1+g.IntN(12))
	g.t.encrer(g.couleurCorps(), 1, func(p *plume) { g.ecrireStyle(p, g.style, s, 3.8*g.e, g.l*g.entre(0.5, 0.62), y) })
}

// lignes writes the patient and n medicines with how to take each, from y on.
func (g *tirage) lignes(y float64, n int) float64 {
	e := g.e
	corps := g.entre(3.6, 4.8) * e
	if g.style == imprime {
		corps = g.entre(3, 4.2) * e
	}
	interligne, paragraphe := g.entre(6.5, 8.5)*e, g.entre(8.5, 12)*e
	retrait := g.entre(0, 9) * e
	g.t.encrer(g.couleurCorps(), 1, func(p *plume) {
		ecrire := func(s string, x float64) {
			if g.style == aiguille {
				s = sansAccents(s)
			}
			for avance(g.pImp, s, corps) > g.l-x-g.gauche && len(s) > 12 {
				s = string([]rune(s)[:len([]rune(s))-4])
			}
			g.ecrireStyle(p, g.style, s, corps, x, y)
		}
		ecrire("Mme "+choisir(g.Rand, noms)+" "+choisir(g.Rand, prenoms), g.gauche)
		y += paragraphe * 1.1
		for range n {
			if y > g.h-48*e {
				break
			}
			ecrire(choisir(g.Rand, remedes), g.gauche)
			y += interligne
			ecrire(choisir(g.Rand, posologies), g.gauche+retrait)
			y += paragraphe
		}
	})
	return y
}

// signer stamps and signs at the foot.
func (g *tirage) signer() {
	e := g.e
	if g.chance(0.85) {
		c := point{g.l * g.entre(0.45, 0.7), g.h - g.entre(34, 46)*e}
		g.t.encrer(g.encreTamp, g.entre(0.55, 1), func(p *plume) { g.tampon(p, c) })
	}
	g.t.encrer(g.encreMain, 1, func(p *plume) {
		x, y := g.l*g.entre(0.45, 0.6), g.h-g.entre(30, 46)*e
		nouvelleMain(g.Rand, 2.3*e).signature(p, x, y, g.entre(30, 50)*e)
	})
}

// seances draws a sheet of sessions: lines that are all alike, with a column of initials or none.
func (g *tirage) seances() {
	e := g.e
	y := g.entete(g.t.pl, func(c teinte, f func(*plume)) { g.t.encrer(c, 1, f) })
	pas, corps := g.entre(6, 9)*e, g.entre(3, 4)*e
	acte := []string{"AMS 7,5", "AIS 3", "Séance de kinésithérapie", "AMK 8 domicile"}[g.IntN(4)]
	initiales := g.chance(0.5)
	g.t.encrer(g.encreDoc, 1, func(p *plume) {
		for i := range 24 {
			if y > g.h-50*e {
				break
			}
			s := fmt.Sprintf("%02d/%02d/2026   %s", 1+i, 1+g.IntN(2), acte)
			p.texte(g.pImp, s, corps, 1, g.gauche, y)
			if initiales {
				nouvelleMain(g.Rand, 1.6*e).signature(p, g.l-g.gauche-28*e, y-1*e, 14*e)
			}
			y += pas
		}
	})
	g.signer()
}

// dense fills the sheet with text.
func (g *tirage) dense() {
	e := g.e
	y := g.entete(g.t.pl, func(c teinte, f func(*plume)) { g.t.encrer(c, 1, f) })
	corps := g.entre(2.4, 3.2) * e
	g.t.encrer(g.encreDoc, 1, func(p *plume) {
		for y < g.h-50*e {
			s := ""
			for avance(g.pImp, s, corps) < g.l-2*g.gauche-30*e {
				s += choisir(g.Rand, remedes) + ", " + choisir(g.Rand, posologies) + ". "
				if r := []rune(s); len(r) > 200 {
					break
				}
			}
			for avance(g.pImp, s, corps) > g.l-2*g.gauche {
				s = string([]rune(s)[:len([]rune(s))-3])
			}
			p.texte(g.pImp, s, corps, 1, g.gauche, y)
			y += corps * 1.35
		}
	})
	g.signer()
}

// tableaux draws an ordonnance whose body is a table.
func (g *tirage) tableaux() {
	y := g.entete(g.t.pl, func(c teinte, f func(*plume)) { g.t.encrer(c, 1, f) })
	g.t.encrer(g.encreDoc, 1, func(p *plume) {
		(Page{}).tableau(p, g.Rand, g.gauche, g.l-g.gauche, y+6*g.e, g.e, 4+g.IntN(8))
	})
	g.signer()
	g.t.encrer(g.encreDoc, 1, g.pied)
}

// ticket draws a till receipt.
func (g *tirage) ticket() {
	g.pImp = g.polices[4]
	corps := g.entre(2.3, 3)
	y := 12.0
	g.t.encrer(g.encreDoc, 1, func(p *plume) {
		for i := range 40 {
			if y > g.h-8 {
				break
			}
			s := fmt.Sprintf("%-18.18s %6.2f", choisir(g.Rand, remedes), 1+90*g.Float64())
			switch {
			case i == 0:
				s = "PHARMACIE " + choisir(g.Rand, noms)
			case i < 4:
				s = choisir(g.Rand, rues)
			case i%9 == 8:
				s = "------------------------"
			}
			for avance(g.pImp, s, corps) > g.l-6 {
				s = string([]rune(s)[:len([]rune(s))-1])
			}
			p.texte(g.pImp, s, corps, 1, 3, y)
			y += corps * g.entre(1.25, 1.6)
		}
	})
}

// quelques writes few lines, and nothing else.
func (g *tirage) quelques() {
	g.SansLignes = true
	n := 2 + g.IntN(3)
	y := g.entre(25, 60) * g.e
	g.t.encrer(g.couleurCorps(), 1, func(p *plume) {
		for i := range n {
			s := choisir(g.Rand, remedes)
			if i == 0 {
				s = "Mme " + choisir(g.Rand, noms) + " " + choisir(g.Rand, prenoms)
			}
			if g.style == aiguille {
				s = sansAccents(s)
			}
			if r := []rune(s); len(r) > 30 {
				s = string(r[:30])
			}
			g.ecrireStyle(p, g.style, s, 4*g.e, g.gauche+g.entre(0, 4)*g.e, y)
			y += g.entre(8, 12) * g.e
		}
	})
	if g.chance(0.5) {
		g.signer()
	}
}
