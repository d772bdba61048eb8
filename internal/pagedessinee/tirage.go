package pagedessinee

import (
	"cmp"
	"fmt"
	"image"
	"image/draw"
	"math"
	"math/rand/v2"

	"golang.org/x/image/font/sfnt"
)

// Attente is what a judge of scans has to say of one.
type Attente int

// Outcomes.
const (
	Bonne    Attente = iota // accepted, straight and upright
	Mauvaise                // refused, or asked about
	Douteuse                // either: no reader of pixels can know
)

// Tirage is a scan drawn wholly by chance: sheet, hand, fonts, letterhead, stamp, scanner, light and coding.
type Tirage struct {
	Cas         string
	Graine      uint64
	Nom         string
	Fichier     []byte
	Attente     Attente
	Inclinaison float64 // of the sheet, counter-clockwise, in degrees
	Rotation    int     // of the scan after that, counter-clockwise, by quarters
	SansLignes  bool    // too few for a skew to be asked for
	LignesMain  bool    // lines by hand, each with a slope of its own
}

// Options of a draw.
type Options struct {
	// Polices are the fonts to choose from besides Go's.
	Polices []*sfnt.Font
	// Legers are sheets of A5 at 200 dots per inch, which cost a third.
	Legers bool
}

// tirage is a draw under way.
type tirage struct {
	*rand.Rand
	Tirage
	cas        cas
	polices    []*sfnt.Font
	dpi        float64
	couleurs   bool
	codage     Codage
	l, h       float64 // sheet, in millimetres
	cl, ch     float64 // frame
	dx, dy     float64 // corner of the sheet in the frame
	papier     teinte
	fond       teinte
	encreDoc   teinte // of print
	encreMain  teinte // of the hand
	encreTamp  teinte
	e          float64 // scale of writing
	pImp, pTit *sfnt.Font
	style      int // of the body: see corps
	gauche     float64
	// sansBandeau: a band's letters would leave the frame with the corner of a sheet askew
	sansBandeau bool
	trame       bool // black and white by diffusion
	t           *toile
	// reperes are the levels, in millimetres of the sheet, of baselines that were written, and where they end.
	reperes []repere
}

type repere struct{ x0, x1, y, corps float64 }

func (g *tirage) entre(a, b float64) float64 { return a + (b-a)*g.Float64() }
func (g *tirage) chance(p float64) bool      { return g.Float64() < p }

// CasTires are the names of the cases.
func CasTires() []string {
	var n []string
	for _, c := range tousCas {
		n = append(n, c.nom)
	}
	return n
}

// Tirer draws a scan of a case. The same seed, case and fonts give the same bytes.
func Tirer(nom string, graine uint64, o Options) (Tirage, error) {
	for i := range tousCas {
		if tousCas[i].nom != nom {
			continue
		}
		g := &tirage{Rand: rand.New(rand.NewPCG(graine, uint64(i)+1000)), cas: tousCas[i]}
		g.Cas, g.Graine, g.Attente = nom, graine, g.cas.attente
		g.preparer(o)
		if g.cas.avant != nil {
			g.cas.avant(g)
		}
		g.dessiner()
		return g.Tirage, g.coder()
	}
	return Tirage{}, fmt.Errorf("pagedessinee: unknown case %q", nom)
}

// preparer throws the dice that all cases share.
func (g *tirage) preparer(o Options) {
	maigre, grasse := polices()
	mono, italique := autres()
	g.polices = append([]*sfnt.Font{maigre, maigre, grasse, italique, mono}, o.Polices...)
	g.pImp, g.pTit = g.polices[g.IntN(len(g.polices))], g.polices[g.IntN(len(g.polices))]
	g.dpi = []float64{200, 200, 200, 200, 240, 300, 300}[g.IntN(7)]
	g.couleurs = g.chance(0.5)
	g.codage = [...]Codage{JPEGRVB, PNG, JPEGGris, JPEGGris, TIFFG4, TIFFG4}[g.IntN(6)]
	if g.couleurs = g.codage == JPEGRVB || g.codage == PNG && g.chance(0.5); g.couleurs {
		g.dpi = min(g.dpi, 240)
	}
	f := []Format{A4, A4, A5, A5}[g.IntN(4)]
	if o.Legers {
		f, g.dpi = A5, 200
	}
	g.l, g.h = f.Largeur, f.Hauteur
	if f == A5 && g.chance(0.25) {
		g.l, g.h = g.h, g.l
	}
	g.e = min(g.l, g.h) / 210 * g.entre(0.9, 1.1)
	if min(g.l, g.h) < 160 {
		g.e *= 1.25
	}
	g.gauche = g.entre(12, 20) * g.e
	v := g.entre(236, 252)
	g.papier = teinte{v, v - g.entre(0, 3), v - g.entre(0, 8)}
	w := g.entre(238, 253)
	g.fond = teinte{w, w, w}
	d := g.entre(10, 60)
	g.encreDoc = teinte{d, d, d + g.entre(0, 15)}
	g.encreMain = []teinte{{25, 25, 30}, {30, 45, 130}, {20, 40, 160}, {60, 60, 70}}[g.IntN(4)]
	g.encreTamp = []teinte{{40, 50, 150}, {160, 30, 40}, {40, 40, 45}, {90, 40, 130}, {30, 110, 80}}[g.IntN(5)]
	g.style = g.IntN(4)
	g.Inclinaison = g.NormFloat64() * 0.35
}

// dessiner draws the sheet in its frame, and what the scanner makes of it.
func (g *tirage) dessiner() {
	g.cl, g.ch = cmp.Or(g.cl, g.l), cmp.Or(g.ch, g.h)
	g.t = nouvelleToile(g.cl, g.ch, g.dpi, g.couleurs, g.fond)
	g.t.placer(g.l, g.h, g.dx, g.dy, g.Inclinaison)
	if g.cl != g.l || g.ch != g.h || g.dx != 0 || g.dy != 0 {
		// The sheet's own shadow on the glass's ground.
		o := g.entre(0.02, 0.4)
		m := g.t.feuille
		m[2] += 0.5 * g.t.k
		m[5] += 0.5 * g.t.k
		g.t.peindre(m, teinte{120, 120, 120}, o, func(p *plume) { p.rectangle(1, 0, 0, g.l, g.h) })
	}
	g.t.encrer(g.papier, 1, func(p *plume) { p.rectangle(1, -3, -3, g.l+3, g.h+3) })
	if g.cl != g.l || g.ch != g.h {
		// beyond the sheet lies the ground
		g.hors()
	}
	if g.cas.dessous != nil {
		g.cas.dessous(g)
	}
	g.cas.contenu(g)
	if g.cas.dessus != nil {
		g.cas.dessus(g)
	}
	a, b := g.entre(-0.05, 0.05), g.entre(-0.05, 0.05)
	g.t.eclairer(func(x, y float64) float64 { return 1 + a*(x/g.cl-0.5) + b*(y/g.ch-0.5) })
	if g.cas.lumiere != nil {
		g.cas.lumiere(g)
	}
	g.t.flou(g.entre(0.02, 0.09))
	if g.cas.optique != nil {
		g.cas.optique(g)
	}
	g.scanner()
	g.t.grainer(g.Rand, g.entre(0.5, 5))
	g.t.tourner(g.Rotation)
}

// scanner is what the machine adds of its own: a curve of levels, sharpened edges.
func (g *tirage) scanner() {
	if g.chance(0.4) {
		gamma := g.entre(0.85, 1.25)
		g.t.courber(func(v float64) float64 { return 255 * math.Pow(v/255, gamma) })
	}
	if g.chance(0.3) {
		g.t.accentuer(g.entre(0.2, 1))
	}
}

// hors paints the ground over what the margin of the sheet's fill covered beyond it.
func (g *tirage) hors() {
	for _, q := range [][4]float64{{-4, -4, g.l + 4, 0}, {-4, g.h, g.l + 4, g.h + 4}, {-4, 0, 0, g.h},
		{g.l, 0, g.l + 4, g.h}} {
		g.t.encrer(g.fond, 1, func(p *plume) { p.rectangle(1, q[0], q[1], q[2], q[3]) })
	}
	o, noir := g.entre(0.1, 0.7), teinte{90, 90, 95}
	if g.fond.luminance() > 100 {
		g.t.encrer(noir, o, func(p *plume) {
			p.rectangle(1, g.l, 0, g.l+g.entre(0.1, 0.6), g.h)
			p.rectangle(1, 0, g.h, g.l, g.h+g.entre(0.1, 0.6))
		})
	}
}

// coder makes the scanner's file.
func (g *tirage) coder() (err error) {
	g.Nom = fmt.Sprintf("%s-%d%s", g.Cas, g.Graine, g.codage.Extension())
	switch g.codage {
	case JPEGGris, JPEGRVB:
		g.Fichier, err = codeJPEGQualite(g.t.image(), g.dpi, []int{20, 35, 40, 50, 75, 85, 92}[g.IntN(7)])
	case PNG:
		g.Fichier, err = codePNG(g.t.image(), g.dpi)
	default:
		gris := image.NewGray(image.Rect(0, 0, g.t.l, g.t.h))
		draw.Draw(gris, gris.Rect, g.t.image(), image.Point{}, draw.Src)
		if g.trame {
			tramer(gris, g.papier.luminance())
			g.Fichier, err = codeG4(g.dpi, 128, gris)
			return err
		}
		g.Fichier, err = codeG4(g.dpi, g.seuil(gris), gris)
	}
	return err
}

// seuil is the level under which a scanner in black and white takes points of m for ink: a fixed one, or one under the
// paper's.
func (g *tirage) seuil(m *image.Gray) uint8 {
	var compte [256]int
	for _, v := range m.Pix {
		compte[v]++
	}
	papier, n := 255, 0
	for ; papier > 0 && n < len(m.Pix)/3; papier-- {
		n += compte[papier]
	}
	s := math.Min(g.entre(120, 175), 0.82*float64(papier))
	if g.cas.seuil != nil {
		s = g.cas.seuil(g, float64(papier))
	}
	return uint8(max(1, s))
}
