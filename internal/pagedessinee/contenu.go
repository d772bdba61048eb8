package pagedessinee

import (
	"fmt"
	"math"
	"strings"
	"unicode"

	"golang.org/x/image/font"
	"golang.org/x/image/font/basicfont"
	"golang.org/x/image/font/sfnt"
)

// Styles of the body.
const (
	imprime  = iota // by a printer
	joint           // by a hand that joins its letters
	detache         // by a hand that draws each
	aiguille        // by a needle printer
	capitale        // by a hand, in capitals
	styles
)

// avance is the width of a text printed in f.
func avance(f *sfnt.Font, s string, corps float64) float64 {
	p := &plume{}
	return p.mesurer(f, s, corps)
}

// ecrireStyle writes a line of the body, and notes where it lies.
func (g *tirage) ecrireStyle(p *plume, style int, s string, corps, x, y float64) float64 {
	x0, y0 := x, y
	switch style {
	case imprime:
		x = p.texte(g.pImp, s, corps, 1, x, y)
	case joint:
		h := nouvelleMain(g.Rand, corps*0.55)
		h.pente = math.Mod(float64(g.Graine%31)/31, 1)*0.5 - 0.05
		p.tourner(point{x, y}, g.NormFloat64()*0.8, func(q *plume) { x = h.ecrire(q, s, x, y) })
	case aiguille:
		x = matrice(p, s, corps*0.085, x, y)
	default:
		if style == capitale {
			s = strings.ToUpper(s)
		}
		x = g.detachees(p, s, corps, x, y)
	}
	g.reperes = append(g.reperes, repere{x0, x, y0, corps})
	return x
}

// detachees writes letter by letter, each askew in its own way, along a line that drifts.
func (g *tirage) detachees(p *plume, s string, corps, x, y float64) float64 {
	pente, derive := g.NormFloat64()*0.008, 0.0
	x0 := x
	for _, c := range s {
		if c == ' ' {
			x += corps * g.entre(0.3, 0.6)
			continue
		}
		derive = 0.8*derive + 0.03*corps*g.NormFloat64()
		at := point{x, y + derive + pente*(x-x0)}
		k := corps * g.entre(0.9, 1.12)
		p.tourner(at, g.NormFloat64()*4, func(q *plume) { q.texte(g.pTit, string(c), k, 1, at.x, at.y) })
		x += avance(g.pTit, string(c), k) + corps*g.entre(0, 0.08)
	}
	return x
}

// matrice prints as a needle printer does: dots of the given pitch in millimetres.
func matrice(p *plume, s string, pas, x, y float64) float64 {
	f := basicfont.Face7x13
	for _, c := range s {
		if i, ok := f.GlyphAdvance(c); !ok || i == 0 || c > 0x7e {
			c = '?'
		}
		_, m, origine, _, _ := f.Glyph(fixe(0, 0), c)
		for v := range 13 {
			for u := range 6 {
				if _, _, _, a := m.At(origine.X+u, origine.Y+v).RGBA(); a > 0x7fff {
					cx, cy := x+float64(u)*pas, y+float64(v-11)*pas
					p.rectangle(0.9, cx-0.55*pas, cy-0.55*pas, cx+0.55*pas, cy+0.55*pas)
				}
			}
		}
		x += 7 * pas
	}
	return x
}

// entete draws a letterhead and returns where the body may start.
func (g *tirage) entete(p *plume, encre func(teinte, func(*plume))) float64 {
	e := g.e
	y := g.entre(12, 20) * e
	lignes := []string{choisir(g.Rand, metiers), choisir(g.Rand, rues), choisir(g.Rand, villes),
		fmt.Sprintf("RPPS 1%010d", g.IntN(1e9)), "Tél. 01 00 00 00 00", "Sur rendez-vous"}[:3+g.IntN(4)]
	titre := "Docteur " + choisir(g.Rand, prenoms) + " " + choisir(g.Rand, noms)
	tt, tl := g.entre(4.2, 6)*e, g.entre(2.6, 3.6)*e
	couleur := g.encreDoc
	if g.chance(0.4) {
		couleur = []teinte{{20, 60, 140}, {20, 110, 70}, {140, 30, 40}}[g.IntN(3)]
	}
	aligner := g.IntN(4)
	place := func(f *sfnt.Font, s string, corps float64) float64 {
		switch aligner {
		case 1:
			return (g.l - avance(f, s, corps)) / 2
		case 2:
			return g.l - g.gauche - avance(f, s, corps)
		}
		return g.gauche
	}
	if !g.sansBandeau && g.chance(0.25) {
		y += g.bandeau(encre, titre, tt)
		titre = ""
	}
	encre(couleur, func(p *plume) {
		if titre != "" {
			p.texte(g.pTit, titre, tt, 1, place(g.pTit, titre, tt), y)
			y += tt
		}
	})
	encre(g.encreDoc, func(p *plume) {
		for _, s := range lignes {
			p.texte(g.pImp, s, tl, 1, place(g.pImp, s, tl), y)
			y += tl * g.entre(1.15, 1.5)
		}
		if g.chance(0.3) {
			p.rectangle(1, g.gauche, y, g.l-g.gauche, y+g.entre(0.1, 0.5))
			y += 2 * e
		}
	})
	if g.chance(0.3) {
		c := point{g.l - g.gauche - 10*e, 18 * e}
		encre(couleur, func(p *plume) {
			p.remplir(0.9, [][]point{ellipse(c, 7*e, 7*e)})
			p.effacer(func() {
				p.rectangle(1, c.x-1*e, c.y-5*e, c.x+1*e, c.y+5*e)
				p.rectangle(1, c.x-5*e, c.y-1*e, c.x+5*e, c.y+1*e)
			})
		})
	}
	return y + 6*e
}

// bandeau draws a coloured band along the top edge, blank or with the title in light letters, and returns its height.
func (g *tirage) bandeau(encre func(teinte, func(*plume)), titre string, corps float64) float64 {
	h := g.entre(4, 16) * g.e
	couleur := []teinte{{20, 60, 140}, {20, 110, 80}, {150, 40, 40}, {120, 180, 220}, {60, 60, 65},
		{220, 120, 40}}[g.IntN(6)]
	ecrit := h > corps*1.6
	encre(couleur, func(p *plume) {
		p.rectangle(1, -4, -4, g.l+4, h)
		if ecrit {
			p.effacer(func() { p.texte(g.pTit, titre, corps, 1, g.gauche, h*0.68) })
		}
	})
	if ecrit {
		return h
	}
	y := h + corps*1.6
	encre(couleur, func(p *plume) { p.texte(g.pTit, titre, corps, 1, g.gauche, y) })
	return y
}

// tampon stamps around a place, askew.
func (g *tirage) tampon(p *plume, c point) {
	o := []Ornement{CachetCadre, CachetRond, CachetNu}[g.IntN(3)]
	p.tourner(c, g.NormFloat64()*9, func(q *plume) { cachet(q, g.Rand, o, c, g.e*g.entre(0.8, 1.1)) })
}

// pied draws what is at the foot.
func (g *tirage) pied(p *plume) {
	if g.chance(0.3) {
		return
	}
	if g.chance(0.5) {
		p.rectangle(1, g.gauche, g.h-16*g.e, g.l-g.gauche, g.h-15.7*g.e)
	}
	s := "En cas d'urgence composer le 15 - Membre d'une association agréée"
	c := g.entre(1.9, 2.8) * g.e
	p.texte(g.pImp, s, c, 1, max(g.gauche, (g.l-avance(g.pImp, s, c))/2), g.h-g.entre(8, 12)*g.e)
}

// mesurer is the width of a text.
func (p *plume) mesurer(f *sfnt.Font, s string, corps float64) (x float64) {
	var buf sfnt.Buffer
	for _, r := range s {
		if g, err := f.GlyphIndex(&buf, r); err == nil {
			if adv, err := f.GlyphAdvance(&buf, g, fixeEntier(1000), font.HintingNone); err == nil {
				x += float64(adv) / 64 * corps / 1000
			}
		}
	}
	return x
}

// sansAccents is what a needle printer makes of a text.
func sansAccents(s string) string {
	return strings.Map(func(r rune) rune {
		if i := strings.IndexRune("éèêàùîôçÉµ", r); i >= 0 {
			return []rune("eeeauiocEu")[len([]rune("éèêàùîôçÉµ"[:i]))]
		}
		if r > unicode.MaxASCII {
			return '?'
		}
		return r
	}, s)
}
