package pdf

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"unicode/utf8"
)

const pointsParMM = 72 / 25.4

// Teinte is an sRGB colour; the zero value is black.
type Teinte struct{ R, V, B uint8 }

// Alignement says which point of a text its x is.
type Alignement uint8

const (
	Gauche Alignement = iota
	Droite
	Centre
)

// Page is a page, or a [Forme], being drawn. Lengths are in millimetres, from
// its upper left corner, y downwards; sizes of type in points. Its methods
// keep the first error, which [Writer.Page] returns.
type Page struct {
	w                *Writer
	largeur, hauteur float64 // points
	c                []byte
	err              error
	polices          []*policeEcrite
	objets           []int // XObjects

	police    *policeEcrite
	taille    float64
	encre     Teinte
	trait     Teinte
	epaisseur float64
	rond      bool
}

// Page writes a page that dessin draws.
func (w *Writer) Page(largeur, hauteur float64, dessin func(*Page)) error {
	p, err := w.Open(largeur, hauteur)
	if err != nil {
		return err
	}
	dessin(p)
	return p.Fermer()
}

// Open begins a page, to be drawn and then closed with [Page.Fermer] before
// another begins.
func (w *Writer) Open(largeur, hauteur float64) (*Page, error) {
	if err := w.pret(); err != nil {
		return nil, err
	}
	if w.ouverte {
		return nil, errors.New("pdf: the page before is still open")
	}
	l, h := largeur*pointsParMM, hauteur*pointsParMM
	if err := verifierFormat(l, h); err != nil {
		return nil, err
	}
	w.ouverte = true
	return w.feuille(l, h), nil
}

// Fermer writes the page, and returns the first error of its drawing.
func (p *Page) Fermer() error {
	w := p.w
	w.ouverte = false
	if p.err != nil {
		return w.faute(p.err)
	}
	contenu := w.reserver()
	w.flux(contenu, "", p.c)
	w.contenu = p.c[:0]
	w.page(p.largeur, p.hauteur, p.ressources(), contenu)
	return w.echec()
}

// Err is the first error of the drawing, so far.
func (p *Page) Err() error { return p.err }

func (w *Writer) feuille(l, h float64) *Page {
	p := &Page{w: w, largeur: l, hauteur: h, c: w.contenu[:0], epaisseur: 1}
	w.contenu = nil // a Forme drawn meanwhile has its own
	return p
}

func (p *Page) ressources() string {
	var b []byte
	if len(p.polices) > 0 {
		b = append(b, "/Font<<"...)
		for _, f := range p.polices {
			b = append(b, "/"+f.nom+" "+ref(f.objet)...)
		}
		b = append(b, ">>"...)
	}
	if len(p.objets) > 0 {
		b = append(b, "/XObject<<"...)
		for _, o := range p.objets {
			b = append(b, "/X"+strconv.Itoa(o)+" "+ref(o)...)
		}
		b = append(b, ">>"...)
	}
	return string(b)
}

// Forme is a drawing made once and shown on any number of pages.
type Forme struct {
	objet            int
	largeur, hauteur float64 // points
	dessinee         bool
}

// Forme reserves a drawing of the given size, in millimetres; pages may show
// it at once. [Writer.Dessiner] makes it, before Close: so a page can show
// what is known only later, as the number of pages.
func (w *Writer) Forme(largeur, hauteur float64) *Forme {
	f := &Forme{objet: w.reserver(), largeur: largeur * pointsParMM, hauteur: hauteur * pointsParMM}
	w.formes = append(w.formes, f)
	return f
}

// Dessiner draws a Forme, once.
func (w *Writer) Dessiner(f *Forme, dessin func(*Page)) error {
	if err := w.pret(); err != nil {
		return err
	}
	if f.dessinee {
		return w.faute(errors.New("pdf: a Forme is drawn once"))
	}
	f.dessinee = true
	p := w.feuille(f.largeur, f.hauteur)
	p.c = append(p.c, "0 g 0 G 1 w 0 J 0 j\n"...) // else those of the page that shows it
	if dessin(p); p.err != nil {
		return w.faute(p.err)
	}
	b := append([]byte("/Type/XObject/Subtype/Form/BBox[0 0 "), nombre(nil, f.largeur)...)
	b = append(nombre(append(b, ' '), f.hauteur), "]/Resources<<"+p.ressources()+">>"...)
	w.flux(f.objet, string(b), p.c)
	w.contenu = p.c[:0]
	return w.echec()
}

func (p *Page) faute(err error) {
	if p.err == nil {
		p.err = err
	}
}

func (p *Page) nombres(v ...float64) {
	for _, x := range v {
		if !(math.Abs(x) <= 32767) { // reals of PDF 1.4, appendix C
			p.faute(fmt.Errorf("pdf: coordinate %v out of the page", x))
			return
		}
		p.c = append(nombre(p.c, x), ' ')
	}
}

func (p *Page) x(mm float64) float64 { return mm * pointsParMM }
func (p *Page) y(mm float64) float64 { return p.hauteur - mm*pointsParMM }

// Encre sets the colour of texts and flat areas.
func (p *Page) Encre(t Teinte) {
	if t == p.encre {
		return
	}
	p.encre = t
	p.teinte(t, "g\n", "rg\n")
}

// Trait sets the width of lines, in millimetres, and their colour.
func (p *Page) Trait(epaisseur float64, t Teinte) {
	if t != p.trait {
		p.trait = t
		p.teinte(t, "G\n", "RG\n")
	}
	p.large(epaisseur * pointsParMM)
}

func (p *Page) large(e float64) {
	if math.Abs(e-p.epaisseur) < 5e-3 {
		return
	}
	p.epaisseur = e
	p.nombres(e)
	p.c = append(p.c, "w\n"...)
}

func (p *Page) teinte(t Teinte, gris, rgb string) {
	n := func(v uint8) float64 { return math.Round(float64(v)/255*1000) / 1000 }
	if t.R == t.V && t.V == t.B {
		p.nombres(n(t.R))
		p.c = append(p.c, gris...)
		return
	}
	p.nombres(n(t.R), n(t.V), n(t.B))
	p.c = append(p.c, rgb...)
}

// Texte writes one line; y is its base line. A character that the font lacks
// is an [ErreurGlyphe].
func (p *Page) Texte(police *Police, taille, x, y float64, a Alignement, texte string) {
	if p.err != nil || texte == "" {
		return
	}
	if a != Gauche {
		l, err := police.Largeur(texte, taille)
		if err != nil {
			p.faute(err)
			return
		}
		if a == Centre {
			l /= 2
		}
		x -= l
	}
	if !utf8.ValidString(texte) {
		p.faute(errors.New("pdf: text that is not valid UTF-8"))
		return
	}
	if police.compose(texte) {
		p.composer(police, taille, x, y, texte)
		return
	}
	e := p.choisir(police, taille)
	p.nombres(p.x(x), p.y(y))
	p.c = append(p.c, "Td("...)
	for _, r := range texte {
		cid, err := e.cid(r)
		if err != nil {
			p.faute(err)
			return
		}
		p.c = octetChaine(octetChaine(p.c, byte(cid>>8)), byte(cid))
	}
	p.c = append(p.c, ")Tj ET\n"...)
}

// choisir begins a text in a font.
func (p *Page) choisir(police *Police, taille float64) *policeEcrite {
	e := p.w.police(police)
	if !slices.Contains(p.polices, e) {
		p.polices = append(p.polices, e)
	}
	p.c = append(p.c, "BT "...)
	if e != p.police || taille != p.taille {
		p.police, p.taille = e, taille
		p.c = append(append(append(p.c, '/'), e.nom...), ' ')
		p.nombres(taille)
		p.c = append(p.c, "Tf "...)
	}
	return e
}

// composer writes a text that the font's Composeur sets.
func (p *Page) composer(police *Police, taille, x, y float64, texte string) {
	troncons, err := police.composeur.Composer(texte)
	if err != nil {
		p.faute(err)
		return
	}
	for _, t := range troncons {
		e := p.choisir(t.Police, taille)
		p.nombres(p.x(x), p.y(y))
		p.c = append(p.c, "Td "...)
		x += p.glyphes(e, taille, t.Glyphes)
		p.c = append(p.c, "ET\n"...)
	}
}

// glyphes writes glyphs where they were set, and gives their width in millimetres. What the font's own widths don't say
// is told as displacements, in thousandths of the size.
func (p *Page) glyphes(e *policeEcrite, taille float64, glyphes []Glyphe) float64 {
	mille := 1000 / float64(e.unites)
	var avance, monte int
	var retard float64 // displacement due before the next glyph
	for _, g := range glyphes {
		cid, err := e.faconne(g)
		if err != nil {
			p.faute(err)
			return 0
		}
		if g.DY != monte {
			monte = g.DY
			p.nombres(float64(monte) / float64(e.unites) * taille)
			p.c = append(p.c, "Ts "...)
		}
		p.c = append(p.c, '[')
		if d := retard - float64(g.DX)*mille; d != 0 {
			p.nombres(d)
		}
		p.c = octetChaine(octetChaine(append(p.c, '('), byte(cid>>8)), byte(cid))
		p.c = append(p.c, ")]TJ "...)
		retard = float64(e.Avance(g.Numero)-g.Avance+g.DX) * mille
		avance += g.Avance
	}
	if monte != 0 {
		p.c = append(p.c, "0 Ts "...)
	}
	return float64(avance) / float64(e.unites) * taille / pointsParMM
}

func octetChaine(c []byte, b byte) []byte {
	switch b {
	case '(', ')', '\\':
		return append(c, '\\', b)
	case '\r': // would be read as a line feed
		return append(c, '\\', 'r')
	}
	return append(c, b)
}

// Ligne draws a line.
func (p *Page) Ligne(x1, y1, x2, y2 float64) {
	p.bouts(false)
	p.nombres(p.x(x1), p.y(y1))
	p.c = append(p.c, "m "...)
	p.nombres(p.x(x2), p.y(y2))
	p.c = append(p.c, "l S\n"...)
}

// Cadre draws the outline of a rectangle.
func (p *Page) Cadre(x, y, largeur, hauteur float64) { p.rectangle(x, y, largeur, hauteur, "re S\n") }

// Aplat fills a rectangle.
func (p *Page) Aplat(x, y, largeur, hauteur float64) { p.rectangle(x, y, largeur, hauteur, "re f\n") }

func (p *Page) rectangle(x, y, l, h float64, op string) {
	p.bouts(false)
	p.nombres(p.x(x), p.y(y+h), l*pointsParMM, h*pointsParMM)
	p.c = append(p.c, op...)
}

// bouts sets round or flat ends of lines.
func (p *Page) bouts(rond bool) {
	if rond == p.rond {
		return
	}
	p.rond = rond
	if rond {
		p.c = append(p.c, "1 J 1 j\n"...)
	} else {
		p.c = append(p.c, "0 J 0 j\n"...)
	}
}

// PointPlume is where a pen was, and how wide it wrote there, in millimetres.
type PointPlume struct{ X, Y, Largeur float64 }

// Plume draws a stroke of varying width in the colour of lines: a smooth
// curve through the points, piece by piece. One point gives a dot.
func (p *Page) Plume(points []PointPlume) {
	if len(points) == 0 {
		return
	}
	p.bouts(true)
	a := func(i int) PointPlume { return points[max(0, min(i, len(points)-1))] }
	for i := range max(1, len(points)-1) {
		avant, de, vers, apres := a(i-1), a(i), a(i+1), a(i+2)
		p.large((de.Largeur + vers.Largeur) / 2 * pointsParMM)
		p.nombres(p.x(de.X), p.y(de.Y))
		p.c = append(p.c, "m "...)
		// Catmull-Rom as a Bézier: the tangent at a point is half the way
		// between its neighbours, and control points lie a third of it off.
		p.nombres(
			p.x(de.X+(vers.X-avant.X)/6), p.y(de.Y+(vers.Y-avant.Y)/6),
			p.x(vers.X-(apres.X-de.X)/6), p.y(vers.Y-(apres.Y-de.Y)/6),
			p.x(vers.X), p.y(vers.Y))
		p.c = append(p.c, "c S\n"...)
	}
}

// Image shows an image, its upright upper left corner at x, y, with the given
// upright sides.
func (p *Page) Image(x, y, largeur, hauteur float64, im Image) {
	if p.err != nil {
		return
	}
	if err := im.valider(); err != nil {
		p.faute(err)
		return
	}
	n, err := p.w.imageXObject(&im)
	if err != nil {
		p.faute(err)
		return
	}
	l, h := largeur*pointsParMM, hauteur*pointsParMM
	if im.Rotation%180 != 0 {
		l, h = h, l
	}
	p.c = append(p.c, "q "...)
	p.c = matrice(p.c, &im, p.x(x), p.y(y+hauteur), l, h)
	p.montrer(n)
}

// Forme shows a drawing, its upper left corner at x, y.
func (p *Page) Forme(f *Forme, x, y float64) {
	p.c = append(p.c, "q 1 0 0 1 "...)
	p.nombres(p.x(x), p.y(y)-f.hauteur)
	p.c = append(p.c, "cm\n"...)
	p.montrer(f.objet)
}

func (p *Page) montrer(objet int) {
	if !slices.Contains(p.objets, objet) {
		p.objets = append(p.objets, objet)
	}
	p.c = append(p.c, "/X"...)
	p.c = strconv.AppendInt(p.c, int64(objet), 10)
	p.c = append(p.c, " Do Q\n"...)
}
