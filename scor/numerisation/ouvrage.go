package numerisation

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"image"
	"io"
	"math"

	"github.com/scor-sdk/scor-sdk-go/internal/ccitt"
	"github.com/scor-sdk/scor-sdk-go/internal/jpeg"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/internal/mesure"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/internal/retouche"
)

// ouvrage is a page that is being transformed.
type ouvrage struct {
	pixels     retouche.Pixels
	dpiX, dpiY float64
	tour       int // clockwise, by the PDF's matrix
	redresse   bool
	rogne      bool // no longer the size of the frame
	marges     [4]float64
	empreinte  scor.Empreinte
	etapes     []Etape
	constats   []Constat
}

// hacher is the SHA-256 of the pixels, after their dimensions.
func (o *ouvrage) hacher() (e scor.Empreinte) {
	h := sha256.New()
	l, ht := o.pixels.Taille()
	fmt.Fprintf(h, "%d %d ", l, ht)
	o.pixels.Ecrire(h)
	h.Sum(e[:0])
	return e
}

// aRetoucher says whether the page has to be transformed whatever its weight.
func (a *atelier) aRetoucher(e *examen) bool {
	return a.n.permis(redresser) && math.Abs(e.ecriture.Inclinaison) >= a.n.seuils.Redresser && e.droit
}

// refaire codes a page that can't pass through, transformed as little as it takes to fit the budget.
func (a *atelier) refaire(ctx context.Context, f *feuillet, e *examen, s *sortie, budget int64) error {
	o, err := a.ouvrir(ctx, f, e)
	if err != nil {
		return err
	}
	nom, detail := f.decrire()
	o.etapes = append(s.page.Etapes, Etape{Nom: nom, Detail: detail, Avant: hacher(f.brut()), Apres: o.empreinte})
	o.tour = e.tourner
	if s.page.Rotation != 0 && a.n.permis(tourner) {
		// The pixels stay as they lie: the PDF's matrix turns them.
		o.etapes = append(o.etapes, Etape{Nom: tourner, Detail: fmt.Sprintf("%d° par la matrice du PDF", e.tourner),
			Avant: o.empreinte, Apres: o.empreinte})
	}
	if err := a.geometrie(o, e); err != nil {
		return err
	}
	code, err := a.alleger(ctx, o, budget)
	if err != nil {
		return err
	}
	s.page.Etapes = o.etapes
	s.page.Constats = append(s.page.Constats, o.constats...)
	if budget > 0 && int64(len(code.octets)) > budget {
		s.page.Constats = append(s.page.Constats, Constat{
			Code: Poids, Etat: Present, Bloquant: true, Renumeriser: true, Mesure: float64(len(code.octets)),
			Limite: float64(budget), Unite: "octets", Source: a.n.profil.Source,
			Message: fmt.Sprintf("La page pèse %d Ko, la limite est de %d Ko : numérisez en noir et blanc, à %.0f ppp.",
				len(code.octets)/1000, budget/1000, a.n.profil.DPIMin),
		})
		return nil
	}
	octets := code.octets
	s.ouvrir = func() io.Reader { return bytes.NewReader(octets) }
	s.image = pdf.Image{Codage: code.codage, Couleur: code.couleur, NoirEst1: true}
	s.page.Octets = int64(len(octets))
	s.page.Etapes = append(s.page.Etapes, Etape{Nom: "coder", Detail: code.detail, Avant: o.empreinte,
		Apres: hacher(bytes.NewReader(octets))})
	l, h := o.pixels.Taille()
	a.poser(s, l, h, o.dpiX, o.dpiY, o.tour, false)
	s.image.Marges = o.marges
	if o.rogne {
		s.page.LargeurMM = float64(l)/o.dpiX*25.4 + o.marges[0] + o.marges[2]
		s.page.HauteurMM = float64(h)/o.dpiY*25.4 + o.marges[1] + o.marges[3]
		if o.tour%180 != 0 {
			s.page.LargeurMM, s.page.HauteurMM = s.page.HauteurMM, s.page.LargeurMM
		}
	}
	return nil
}

// ouvrir reads the page in all its colours.
func (a *atelier) ouvrir(ctx context.Context, f *feuillet, e *examen) (*ouvrage, error) {
	p, err := f.refaire(ctx, &a.runs, e.pixels, a.n.memoire)
	if err != nil {
		return nil, err
	}
	o := &ouvrage{pixels: p, dpiX: f.dpiX, dpiY: f.dpiY, marges: f.margesVues()}
	o.empreinte = o.hacher()
	return o, nil
}

// noter records a transformation that was made.
func (o *ouvrage) noter(nom, detail string) {
	avant := o.empreinte
	o.empreinte = o.hacher()
	o.etapes = append(o.etapes, Etape{Nom: nom, Detail: detail, Avant: avant, Apres: o.empreinte})
}

// geometrie straightens and crops, as the profile allows and in its order.
func (a *atelier) geometrie(o *ouvrage, e *examen) (err error) {
	for _, t := range a.n.profil.Transformations {
		switch t {
		case redresser:
			if a.aRetoucher(e) {
				err = a.redresser(o, e)
			}
		case rogner:
			err = a.rogner(o, e)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// redresser straightens the page in a frame of the same size, moved or enlarged where ink would fall outside.
func (a *atelier) redresser(o *ouvrage, e *examen) (err error) {
	c := &a.carte
	p := retouche.Plan{Degres: e.ecriture.Inclinaison, LargeurMM: c.LargeurMM, HauteurMM: c.HauteurMM}
	if b, ok := c.Emprise(e.feuille, p.Degres); ok {
		p.X0, p.LargeurMM = cadrer(b.X0, b.X1, p.LargeurMM)
		p.Y0, p.HauteurMM = cadrer(b.Y0, b.Y1, p.HauteurMM)
	}
	fond := uint8(255)
	if e.gris != nil {
		fond = uint8(min(255, e.tons.Papier))
	}
	o.pixels, err = o.pixels.Redresser(p, o.dpiX, o.dpiY, fond, a.n.memoire)
	if err != nil {
		return err
	}
	o.redresse = true
	o.rogne = o.rogne || p.LargeurMM != c.LargeurMM || p.HauteurMM != c.HauteurMM
	o.noter(redresser, fmt.Sprintf("%.2f°", -p.Degres))
	return nil
}

// cadrer places a frame of the given side so that ink from a to b lies in it, as near as can be to where it was,
// enlarged if need be.
func cadrer(a, b, cote float64) (debut, taille float64) {
	const marge = 1
	a, b = a-marge, b+marge
	switch {
	case b-a > cote:
		return a, b - a
	case a < 0:
		return a, cote
	case b > cote:
		return b - cote, cote
	}
	return 0, cote
}

// rogner crops dark borders off, if what is left is still a page.
func (a *atelier) rogner(o *ouvrage, e *examen) (err error) {
	pr := &a.n.profil
	if max(e.bandes.Haut, e.bandes.Droite, e.bandes.Bas, e.bandes.Gauche) < a.n.seuils.RognerMM || o.redresse {
		return nil
	}
	b := a.carte.Pleines(e.bandes)
	if c, ok := o.pixels.(retouche.Couleur); ok {
		a.colorees(o, c, &b)
	}
	if max(b.Haut, b.Droite, b.Bas, b.Gauche) < a.n.seuils.RognerMM {
		return nil
	}
	l, h := a.carte.LargeurMM-b.Gauche-b.Droite, a.carte.HauteurMM-b.Haut-b.Bas
	if min(l, h) < pr.PageMin[0] || max(l, h) < pr.PageMin[1] {
		return nil
	}
	px, py := o.dpiX/25.4, o.dpiY/25.4
	ol, oh := o.pixels.Taille()
	r := image.Rect(int(b.Gauche*px), int(b.Haut*py), ol-int(b.Droite*px), oh-int(b.Bas*py))
	o.pixels, err = o.pixels.Rogner(r, a.n.memoire)
	if err != nil {
		return err
	}
	o.rogne = true
	o.noter(rogner, fmt.Sprintf("haut %.0f, droite %.0f, bas %.0f, gauche %.0f mm", b.Haut, b.Droite, b.Bas, b.Gauche))
	return nil
}

// colorees takes out of b the bands that have a colour: a letterhead's ground, not the scanner's dark.
func (a *atelier) colorees(o *ouvrage, c retouche.Couleur, b *mesure.Bandes) {
	l, h := o.pixels.Taille()
	px, py := o.dpiX/25.4, o.dpiY/25.4
	for _, k := range []struct {
		mm   *float64
		zone image.Rectangle
	}{
		{&b.Haut, image.Rect(0, 0, l, int(b.Haut*py))}, {&b.Bas, image.Rect(0, h-int(b.Bas*py), l, h)},
		{&b.Gauche, image.Rect(0, 0, int(b.Gauche*px), h)}, {&b.Droite, image.Rect(l-int(b.Droite*px), 0, l, h)},
	} {
		if *k.mm > 0 && c.Chroma(k.zone) > a.n.seuils.ChromaMax {
			*k.mm = 0
		}
	}
}

// codee is a page coded.
type codee struct {
	octets  []byte
	codage  pdf.Codage
	couleur pdf.Couleur
	detail  string
}

// alleger codes the page, making it lighter until it fits the budget or nothing is left to try.
func (a *atelier) alleger(ctx context.Context, o *ouvrage, budget int64) (codee, error) {
	s := &a.n.seuils
	c, err := a.coder(o, s.QualiteJPEG, budget)
	for _, t := range a.n.profil.Transformations {
		if err == nil {
			err = ctx.Err()
		}
		if err != nil || c.octets != nil {
			return c, err
		}
		fait := false
		switch t {
		case reduire:
			fait, err = a.reduire(o)
		case gris:
			fait = a.griser(o)
		case noirEtBlanc:
			// Grey at a lower quality is nearer to the original than black and white.
			if o.pixels.Luminance() != nil {
				if d, err := a.coder(o, s.QualiteMin, budget); err != nil || d.octets != nil {
					return d, err
				}
			}
			fait, err = a.noircir(o)
		}
		if err == nil && fait {
			c, err = a.coder(o, s.QualiteJPEG, budget)
		}
	}
	if err == nil && c.octets == nil { // too heavy still: how heavy is told
		return a.coder(o, s.QualiteMin, 0)
	}
	return c, err
}

// reduire brings the page to the profile's greatest resolution.
func (a *atelier) reduire(o *ouvrage) (fait bool, err error) {
	cible := a.n.profil.DPIMax
	if cible == 0 || o.dpiX <= cible*1.02 && o.dpiY <= cible*1.02 {
		return false, nil
	}
	l, h := o.pixels.Taille()
	nl, nh := l, h
	if o.dpiX > cible {
		nl = max(1, int(math.Round(float64(l)*cible/o.dpiX)))
	}
	if o.dpiY > cible {
		nh = max(1, int(math.Round(float64(h)*cible/o.dpiY)))
	}
	o.pixels, err = o.pixels.Reduire(nl, nh, a.n.memoire)
	if err != nil {
		return false, err
	}
	o.dpiX *= float64(nl) / float64(l)
	o.dpiY *= float64(nh) / float64(h)
	o.noter(reduire, fmt.Sprintf("%.0f ppp", min(o.dpiX, o.dpiY)))
	return true, nil
}

// griser drops the colours.
func (a *atelier) griser(o *ouvrage) bool {
	c, ok := o.pixels.(retouche.Couleur)
	if !ok {
		return false
	}
	o.pixels = retouche.Gris{Gray: c.Luminance()}
	o.noter(gris, "")
	return true
}

// noircir makes the page black and white, unless writing would be lost.
func (a *atelier) noircir(o *ouvrage) (fait bool, err error) {
	g := o.pixels.Luminance()
	if g == nil {
		return false, nil
	}
	s := &a.n.seuils
	var encre, nb raster.Runs
	if _, err := a.trieur.Marques(&encre, g, o.dpiX, o.dpiY, a.n.memoire); err != nil {
		return false, err
	}
	perte, err := a.trieur.NoirEtBlanc(&nb, &encre, g, o.dpiX, o.dpiY, s.ContrasteMin, a.n.memoire)
	if err != nil {
		return false, err
	}
	if p := perte.Part(); p > s.PerteMax {
		o.constats = append(o.constats, Constat{
			Code: NoirEtBlancPerd, Etat: Present, Mesure: arrondi(p), Limite: s.PerteMax, Unite: "part de l'écriture",
			Source: sourceSeuils, Message: fmt.Sprintf("En noir et blanc, %.0f %% de l'écriture se perdrait : la page reste "+
				"en gris.", 100*p),
		})
		return false, nil
	}
	o.pixels = retouche.NoirEtBlanc{Runs: &nb}
	o.noter(noirEtBlanc, fmt.Sprintf("%.2f %% de l'écriture perdue", 100*perte.Part()))
	return true, nil
}

// coder codes the page: G4 if it is black and white, else JPEG. Beyond a budget (0 is none) there are no bytes.
func (a *atelier) coder(o *ouvrage, qualite int, budget int64) (codee, error) {
	c := codee{codage: pdf.JPEG, couleur: pdf.Gris, detail: fmt.Sprintf("JPEG, qualité %d", qualite)}
	jpg := func(m image.Image) ([]byte, error) {
		if budget > 0 {
			return jpeg.AppendWithin(m, qualite, budget)
		}
		return jpeg.Append(nil, m, qualite)
	}
	var err error
	switch p := o.pixels.(type) {
	case retouche.NoirEtBlanc:
		c = codee{codage: pdf.G4, couleur: pdf.NoirBlanc, detail: "CCITT G4"}
		if c.octets, err = ccitt.Append(nil, p.Runs); budget > 0 && int64(len(c.octets)) > budget {
			c.octets = nil
		}
	case retouche.Gris:
		c.octets, err = jpg(p.Gray)
	case retouche.Couleur:
		c.couleur = pdf.RGB
		c.octets, err = jpg(p.YCbCr)
	}
	return c, err
}
