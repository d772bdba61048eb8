package pagedessinee

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"sync"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
)

// polices are parsed once; they are compiled in, so parsing can't fail.
var polices = sync.OnceValues(func() (maigre, grasse *sfnt.Font) {
	maigre, _ = sfnt.Parse(goregular.TTF)
	grasse, _ = sfnt.Parse(gobold.TTF)
	return maigre, grasse
})

var (
	noms    = []string{"MARTIN", "PETIT", "DUBOIS", "MOREAU", "LEROY", "ROUX", "FAURE", "GIRARD", "BLANC", "GARNIER"}
	prenoms = []string{"Louise", "Paul", "Karim", "Inès", "Jules", "Agnès", "Yvette", "Hugo", "Odile", "Théo"}
	metiers = []string{"Médecine générale", "Cardiologie", "Pédiatrie", "Gynécologie obstétrique",
		"Chirurgie orthopédique", "Dermatologie"}
	rues = []string{"12 rue des Lilas", "4 place du Marché", "27 avenue de la Gare", "8 quai des Orfèvres",
		"115 boulevard Voltaire"}
	villes  = []string{"75012 PARIS", "69003 LYON", "31000 TOULOUSE", "59800 LILLE", "29200 BREST"}
	remedes = []string{"Paracétamol 1 g", "Amoxicilline 500 mg", "Ramipril 5 mg", "Metformine 850 mg",
		"Lévothyroxine 75 µg", "Oméprazole 20 mg", "Salbutamol 100 µg", "Ibuprofène 400 mg",
		"15 séances de kinésithérapie, rachis lombaire", "Soins infirmiers à domicile, 1 passage par jour",
		"Bas de contention classe II", "Pansement hydrocellulaire 10 x 10", "NFS, CRP, ionogramme sanguin"}
	posologies = []string{"1 cp matin et soir pendant 7 jours", "1 cp le matin, QSP 3 mois", "à renouveler 2 fois",
		"1 à 2 bouffées si besoin", "y compris dimanche et jours fériés", "au coucher, à jeun, 15 jours",
		"1 injection par jour, 10 jours"}
)

func choisir(r *rand.Rand, l []string) string { return l[r.IntN(len(l))] }

// Gris draws the page in 8-bit grey.
func (p Page) Gris() *image.Gray {
	g, _ := p.dessiner()
	return g
}

// dessiner draws the page, and tells the tint of its paper for those who want colours.
func (p Page) dessiner() (*image.Gray, [3]float64) {
	larg, haut := p.Format.Largeur, p.Format.Hauteur
	if p.Defaut == Paysage {
		larg, haut = haut, larg
	}
	k := p.DPI / 25.4
	w, h := int(math.Round(larg*k)), int(math.Round(haut*k))
	r := p.alea(1)
	s, c := math.Sincos(p.Inclinaison * math.Pi / 180)
	// The sheet turns around its middle, counter-clockwise.
	cx, cy := larg/2, haut/2
	pl := &plume{encre: image.NewGray(image.Rect(0, 0, w, h))}
	pl.a, pl.b, pl.c = c*k, s*k, (cx-c*cx-s*cy)*k
	pl.d, pl.e, pl.f = -s*k, c*k, (cy+s*cx-c*cy)*k
	force := 1.0
	vide := p.Defaut == Blanc || p.Defaut == Verso || p.Defaut == Poussiere
	if !vide {
		p.ecrire(pl, larg, haut)
		p.orner(pl, larg, haut)
	}
	g := image.NewGray(image.Rect(0, 0, w, h))
	papier := 238 + 12*r.Float64()
	if p.Defaut == Couleur {
		papier = 190 + 30*r.Float64()
	}
	encre := 15 + 45*r.Float64()
	switch p.Defaut {
	case Noir:
		papier, encre = 18+p.part(r, 0, 30), 4
	case Contraste:
		papier -= 40 * r.Float64()
		encre = papier - 9 - p.part(r, 0, 9)
	case Pale:
		encre = papier - 75 - p.part(r, 0, 40)
	case Verso:
		if p.Part > 0 {
			p.transparence(pl, larg, haut)
			force = 0.05 * p.Part
		}
	}
	bruit := p.Bruit
	if p.Defaut == Contraste || p.Defaut == Noir {
		// What flattens the writing flattens the grain with it.
		bruit = min(bruit, 1.5)
	}
	n := p.alea(2)
	for y := range h {
		for x := range w {
			v := papier - p.Ombre*float64(x)/float64(w)
			v -= (v - encre) * force * float64(pl.encre.Pix[y*pl.encre.Stride+x]) / 255
			if bruit > 0 {
				v += n.NormFloat64() * bruit
			}
			g.Pix[y*g.Stride+x] = uint8(max(0, min(255, v)))
		}
	}
	p.abimer(g, r, k)
	for range (p.Rotation / 90) % 4 {
		g = quart(g)
	}
	return g, [3]float64{1, 0.97 + 0.03*r.Float64(), 0.9 + 0.1*r.Float64()}
}

// part is Part, or chance, brought between a and b.
func (p Page) part(r *rand.Rand, a, b float64) float64 {
	f := r.Float64()
	if p.Part > 0 {
		f = p.Part
	}
	return a + f*(b-a)
}

// ecrire puts an ordonnance on the sheet. Sizes follow the format.
func (p Page) ecrire(pl *plume, larg, haut float64) {
	r := p.alea(3)
	maigre, grasse := polices()
	e := min(larg, haut) / 210 * (0.9 + 0.2*r.Float64())
	if min(larg, haut) < 160 {
		e *= 1.25
	}
	gauche := 16 * e
	y := 18 * e
	if slices.Contains(p.Ornements, Bandeau) {
		y = 32 * e
	}
	pl.texte(grasse, "Docteur "+choisir(r, prenoms)+" "+choisir(r, noms), 5*e, 1, gauche, y)
	if p.Defaut == Perdue {
		return
	}
	for _, l := range []string{choisir(r, metiers), choisir(r, rues), choisir(r, villes), fmt.Sprintf("RPPS 1%010d",
		r.IntN(1e9)), "Téléphone 01 00 00 00 00"} {
		y += 5 * e
		pl.texte(maigre, l, 3.4*e, 1, gauche, y)
	}
	y += 8 * e
	pl.texte(maigre, fmt.Sprintf("Le %02d/%02d/2026", 1+r.IntN(28), 1+r.IntN(12)), 3.8*e, 1, larg*0.55, y)
	y += 18 * e
	h := nouvelleMain(p.alea(4), 2.3*e)
	corps := 4 * e
	ligne := func(s string, x float64, grosse bool) {
		switch {
		case p.Manuscrite:
			h.ecrire(pl, s, x, y)
		case grosse:
			pl.texte(grasse, s, corps, 1, x, y)
		default:
			pl.texte(maigre, s, corps, 1, x, y)
		}
	}
	ligne("Mme "+choisir(r, noms)+" "+choisir(r, prenoms), gauche, true)
	y += 11 * e
	n := 2 + r.IntN(4)
	if p.Defaut == Chargee {
		n = 40
	}
	if slices.Contains(p.Ornements, Tableau) {
		y = p.tableau(pl, r, gauche, larg-gauche, y, e, n+3)
		n = 0
	}
	for range n {
		if y > haut-45*e {
			break
		}
		ligne(choisir(r, remedes), gauche, false)
		y += 7.5 * e
		ligne(choisir(r, posologies), gauche+7*e, false)
		y += 10 * e
	}
	nouvelleMain(p.alea(5), 2.3*e).signature(pl, larg*0.58, haut-40*e, 45*e)
	pl.rectangle(1, gauche, haut-26*e, larg-gauche, haut-25.75*e)
	pl.texte(maigre, "En cas d'urgence composer le 15 - Membre d'une association agréée", 2.6*e, 1, gauche, haut-21*e)
	switch p.Defaut {
	case Tampon:
		p.tamponner(pl, larg*0.3, haut-42*e, e)
	case Perfore:
		for _, f := range []float64{0.37, 0.63} {
			pl.remplir(1, [][]point{ellipse(point{9, haut * f}, 2.8, 2.8)})
		}
		for range 60 {
			d := 0.1 + 0.2*r.Float64()
			pl.remplir(0.8, [][]point{ellipse(point{r.Float64() * larg, r.Float64() * haut}, d, d)})
		}
	case Trame:
		for yy := 30.0; yy < haut-10; yy += 8 {
			pl.rectangle(0.35, 5, yy, larg-5, yy+0.2)
		}
	}
}

// tamponner stamps a round seal, half tone.
func (p Page) tamponner(pl *plume, x, y, e float64) {
	maigre, _ := polices()
	cercle := append(ellipse(point{x, y}, 16*e, 12*e), point{x + 16*e, y})
	pl.trait(0.5, 0.6*e, cercle...)
	for i, s := range []string{"PHARMACIE", "délivré le", "12 MARS 2026"} {
		pl.texte(maigre, s, 3*e, 0.5, x-10*e, y-4*e+float64(i)*4.5*e)
	}
}

// transparence draws the front mirrored, as it shines through a thin sheet.
func (p Page) transparence(pl *plume, larg, haut float64) {
	pl.a, pl.c = -pl.a, pl.c+pl.a*larg
	pl.d, pl.f = -pl.d, pl.f+pl.d*larg
	p.ecrire(pl, larg, haut)
}

// abimer makes the defects that belong to the scanner.
func (p Page) abimer(g *image.Gray, r *rand.Rand, k float64) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	sombre := func() uint8 { return uint8(14 + r.IntN(10)) }
	pente := (r.Float64() - 0.5) * 0.04
	switch p.Defaut {
	case Tronque:
		coupe := float64(h) * (1 - p.part(r, 0.25, 0.5))
		for y := range h {
			for x := range w {
				if float64(y) > coupe+float64(x)*pente {
					g.Pix[y*g.Stride+x] = sombre()
				}
			}
		}
	case Decale:
		d := int(float64(w) * p.part(r, 0.2, 0.4))
		for y := range h {
			row := g.Pix[y*g.Stride:][:w]
			copy(row, row[d:])
			for x := range row {
				if float64(x) >= float64(w-d)+float64(y)*pente {
					row[x] = sombre()
				}
			}
		}
	case Bords:
		b := k * (2 + 4*r.Float64())
		for y := range h {
			for x := range w {
				if float64(x) < b+float64(y)*pente/4 || float64(y) > float64(h)-b*0.7+float64(x)*pente/4 {
					g.Pix[y*g.Stride+x] = sombre()
				}
			}
		}
	case Droite, Gauche, Glissee:
		glisser(g, p.Defaut, p.part(r, 0.3, 0.4))
	case Coin:
		plier(g, int(k*p.part(r, 35, 70)), int(k*p.part(r, 30, 60)), k)
	case Bouge:
		trainer(g, int(k*p.part(r, 1.5, 3)))
	case Poussiere:
		for range 40 + r.IntN(60) {
			tache(g, r.IntN(w), r.IntN(h), k*(0.1+0.35*r.Float64()), sombre())
		}
	case Flou:
		flouter(g, p.part(r, 0.8, 1.5)*k)
	}
}

// flouter averages over boxes three times, close to a Gaussian of the given radius in pixels.
func flouter(g *image.Gray, rayon float64) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	n := max(1, int(rayon))
	boite := func(lire func(i int) uint8, ecrire func(i int, v uint8), l int) {
		buf := make([]int, l+1)
		for i := range l {
			buf[i+1] = buf[i] + int(lire(i))
		}
		for i := range l {
			a, b := max(0, i-n), min(l, i+n+1)
			ecrire(i, uint8((buf[b]-buf[a])/(b-a)))
		}
	}
	for range 3 {
		for y := range h {
			row := g.Pix[y*g.Stride:][:w]
			boite(func(i int) uint8 { return row[i] }, func(i int, v uint8) { row[i] = v }, w)
		}
		for x := range w {
			boite(func(i int) uint8 { return g.Pix[i*g.Stride+x] }, func(i int, v uint8) { g.Pix[i*g.Stride+x] = v }, h)
		}
	}
}

// quart turns a scan by a quarter, counter-clockwise.
func quart(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	t := image.NewGray(image.Rect(0, 0, h, w))
	for y := range h {
		for x, v := range g.Pix[y*g.Stride:][:w] {
			t.Pix[(w-1-x)*t.Stride+y] = v
		}
	}
	return t
}
