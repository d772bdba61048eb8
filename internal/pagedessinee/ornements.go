package pagedessinee

import (
	"fmt"
	"math"
	"math/rand/v2"

	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/sfnt"
)

// Ornement is what a sheet bears besides its lines, and that leans, frames or covers: none of it is a defect, and none
// of it says how the sheet lies.
type Ornement string

// What a sheet bears.
const (
	CachetCadre Ornement = "cachet-cadre" // a stamp of four lines in a frame, askew
	CachetRond  Ornement = "cachet-rond"  // the same in a ring
	CachetNu    Ornement = "cachet-nu"    // the same without
	Cadre       Ornement = "cadre"        // a frame around the sheet
	Tableau     Ornement = "tableau"      // a table in the place of the lines
	Paraphe     Ornement = "paraphe"      // a signature across, rising
	Bandeau     Ornement = "bandeau"      // a letterhead in white on a dark band along the top edge
	Filigrane   Ornement = "filigrane"    // a word in large pale letters, aslant
	Vignette    Ornement = "vignette"     // a label stuck on askew
	Oblique     Ornement = "oblique"      // a stroke that crosses the foot out
	CadrePenche Ornement = "cadre-penche" // a frame around the sheet, printed a little askew
	Grille      Ornement = "grille"       // an empty table at the foot, a little askew
	Traverse    Ornement = "traverse"     // a signature across the lines
)

// Ornements are all of them.
func Ornements() []Ornement {
	return []Ornement{CachetCadre, CachetRond, CachetNu, Cadre, Tableau, Paraphe, Bandeau, Filigrane, Vignette, Oblique,
		CadrePenche, Grille, Traverse}
}

// autres are the fonts for what isn't the doctor's own.
func autres() (mono, italique *sfnt.Font) {
	mono, _ = sfnt.Parse(gomono.TTF)
	italique, _ = sfnt.Parse(goitalic.TTF)
	return mono, italique
}

// tourner draws f on a pen turned counter-clockwise around c.
func (p *plume) tourner(c point, deg float64, f func(*plume)) {
	sin, cos := math.Sincos(deg * math.Pi / 180)
	q := *p
	// A point of the sheet is first turned around c, then goes where the pen sends it.
	tx, ty := c.x-cos*c.x-sin*c.y, c.y+sin*c.x-cos*c.y
	q.a, q.b, q.c = p.a*cos-p.b*sin, p.a*sin+p.b*cos, p.a*tx+p.b*ty+p.c
	q.d, q.e, q.f = p.d*cos-p.e*sin, p.d*sin+p.e*cos, p.d*tx+p.e*ty+p.f
	f(&q)
}

// orner draws what the sheet bears.
func (p Page) orner(pl *plume, larg, haut float64) {
	if len(p.Ornements) == 0 {
		return
	}
	r := p.alea(6)
	e := min(larg, haut) / 210 * 1.15
	for _, o := range p.Ornements {
		deg := p.Travers
		c := point{larg * (0.2 + 0.3*r.Float64()), haut - (45+15*r.Float64())*e}
		switch o {
		case CachetCadre, CachetRond, CachetNu:
			pl.tourner(c, deg, func(q *plume) { cachet(q, r, o, c, e) })
		case Cadre:
			const m = 6
			pl.trait(1, 0.4, point{m, m}, point{larg - m, m}, point{larg - m, haut - m}, point{m, haut - m}, point{m, m})
		case Paraphe:
			pl.tourner(c, 12+deg, func(q *plume) { nouvelleMain(r, 3*e).signature(q, c.x, c.y, 60*e) })
		case Bandeau:
			h := (14 + 6*r.Float64()) * e
			pl.rectangle(0.85, -5, -5, larg+5, h)
			maigre, _ := polices()
			pl.effacer(func() { pl.texte(maigre, "Docteur "+choisir(r, noms)+"  RPPS 10000000000", 4.2*e, 1, 16*e, h*0.65) })
		case Filigrane:
			_, grasse := polices()
			centre := point{larg / 2, haut / 2}
			pl.tourner(centre, 30+deg, func(q *plume) { q.texte(grasse, "DUPLICATA", larg*0.15, 0.25, larg*0.08, haut/2) })
		case Vignette:
			v := point{larg * 0.72, haut * 0.3}
			pl.tourner(v, deg, func(q *plume) { vignette(q, r, v, e) })
		case CadrePenche, Grille, Traverse:
			p.pencher(pl, r, o, larg, haut, e)
		case Oblique:
			pl.trait(1, 0.5, point{larg * 0.1, haut * 0.8}, point{larg * 0.55, haut * 0.62})
		}
	}
}

// pencher draws what lies askew over the whole sheet: a tenth to a third of what a stamp leans by, which a skew would
// show as.
func (p Page) pencher(pl *plume, r *rand.Rand, o Ornement, larg, haut, e float64) {
	deg := p.Travers * (0.1 + 0.25*r.Float64())
	switch c := (point{larg / 2, haut / 2}); o {
	case CadrePenche:
		m := 9 * e
		pl.tourner(c, deg, func(q *plume) {
			q.trait(1, 0.4, point{m, m}, point{larg - m, m}, point{larg - m, haut - m}, point{m, haut - m}, point{m, m})
		})
	case Grille:
		y, h := haut-38*e, 6*e
		pl.tourner(point{larg / 2, y}, deg, func(q *plume) {
			for i := range 4 {
				q.rectangle(1, 16*e, y+float64(i)*h, larg-16*e, y+float64(i)*h+0.25)
				x := 16*e + float64(i)*(larg-32*e)/3
				q.rectangle(1, x, y, x+0.25, y+3*h)
			}
		})
	default:
		c.y = haut * (0.35 + 0.2*r.Float64())
		pl.tourner(c, 8+deg, func(q *plume) {
			nouvelleMain(r, 4*e).signature(q, larg*0.2, c.y, larg*0.6)
		})
	}
}

// cachet is a stamp around c.
func cachet(q *plume, r *rand.Rand, o Ornement, c point, e float64) {
	_, italique := autres()
	maigre, grasse := polices()
	polices := []*sfnt.Font{maigre, grasse, italique}
	f := polices[r.IntN(len(polices))]
	force := 0.6 + 0.3*r.Float64()
	l, h := 24*e, 11*e
	switch o {
	case CachetCadre:
		q.trait(force, 0.5*e, point{c.x - l, c.y - h}, point{c.x + l, c.y - h}, point{c.x + l, c.y + h},
			point{c.x - l, c.y + h}, point{c.x - l, c.y - h})
	case CachetRond:
		q.trait(force, 0.5*e, append(ellipse(c, 23*e, 15*e), point{c.x + 23*e, c.y})...)
	}
	for i, s := range []string{"Dr " + choisir(r, prenoms) + " " + choisir(r, noms), choisir(r, metiers),
		choisir(r, villes), fmt.Sprintf("75 1 %05d 7", r.IntN(1e5))} {
		q.texte(f, s, 3*e, force, c.x-l+4*e, c.y-h+(4.5+4.8*float64(i))*e)
	}
}

// vignette is a label around c.
func vignette(q *plume, r *rand.Rand, c point, e float64) {
	mono, _ := autres()
	l, h := 28*e, 12*e
	q.trait(0.5, 0.3, point{c.x - l, c.y - h}, point{c.x + l, c.y - h}, point{c.x + l, c.y + h}, point{c.x - l, c.y + h},
		point{c.x - l, c.y - h})
	for i, s := range []string{"PHARMACIE " + choisir(r, noms), choisir(r, remedes),
		fmt.Sprintf("Lot %06d", r.IntN(1e6))} {
		if n := []rune(s); len(n) > 24 {
			s = string(n[:24])
		}
		q.texte(mono, s, 2.9*e, 0.9, c.x-l+2*e, c.y-h+(6+6*float64(i))*e)
	}
}

// tableau draws rows of a table from y on, and returns where it ends.
func (p Page) tableau(pl *plume, r *rand.Rand, gauche, droite, y, e float64, lignes int) float64 {
	maigre, _ := polices()
	h := 8 * e
	colonnes := []float64{gauche, gauche + 0.6*(droite-gauche), gauche + 0.8*(droite-gauche), droite}
	for i := range lignes + 1 {
		yy := y + float64(i)*h
		pl.rectangle(1, gauche, yy, droite, yy+0.25)
		if i == lignes {
			break
		}
		for k, s := range []string{choisir(r, remedes), fmt.Sprint(1 + r.IntN(9)), fmt.Sprintf("%d,%02d", r.IntN(99),
			r.IntN(99))} {
			if n := []rune(s); len(n) > 26 {
				s = string(n[:26])
			}
			pl.texte(maigre, s, 3.4*e, 1, colonnes[k]+1.5*e, yy+5.4*e)
		}
	}
	for _, x := range colonnes {
		pl.rectangle(1, x, y, x+0.25, y+float64(lignes)*h+0.25)
	}
	return y + float64(lignes)*h
}
