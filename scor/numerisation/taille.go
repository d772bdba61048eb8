package numerisation

import "math"

const ppp = "ppp"

// feuillesUsuelles are the sheets whose size says a resolution, short side first, in millimetres. Cerfa forms are A4.
var feuillesUsuelles = []struct {
	nom         string
	court, long float64
}{{"A4", 210, 297}, {"A5", 148, 210}, {"Letter", 215.9, 279.4}}

// ppUsuels are the resolutions that scanners offer.
var ppUsuels = []float64{100, 150, 200, 240, 300, 400, 600, 1200}

// taille judges resolution and format, which need no pixel.
func (a *atelier) taille(f *feuillet, p *Page, c constats) {
	a.resolution(f, p, c)
	if p.DPIX == 0 {
		c.nonTeste(Format)
		return
	}
	l, h := f.cadre()
	p.LargeurMM, p.HauteurMM = l, h
	if f.rotation%180 != 0 {
		p.LargeurMM, p.HauteurMM = h, l
	}
	a.format(l, h, c)
}

// resolution judges the resolution, and settles which one is believed.
func (a *atelier) resolution(f *feuillet, p *Page, c constats) {
	pr, s := &a.n.profil, &a.n.seuils
	f.departager(s.EcartFeuille)
	l, h := f.cadre()
	dpi := min(f.dpiX, f.dpiY)
	inconnue := !(f.dpiX > 0 && f.dpiY > 0)
	absurde := !inconnue && (max(l, h) > s.PageMaxMM || max(f.dpiX, f.dpiY) > min(2.5*dpi, s.DPIMax))
	// 72 and 96 are what programs write that know no better: no scanner has them.
	defaut := !inconnue && !f.vouee && f.dpiX == f.dpiY && (math.Round(dpi) == 72 || math.Round(dpi) == 96)
	if inconnue || absurde || defaut {
		if nom, d := f.feuille(pr.DPIMin, s.EcartFeuille); d > 0 {
			f.dpiX, f.dpiY = d, d
			p.DPIX, p.DPIY = d, d
			c.demander(de(Resolution, d, pr.DPIMin, ppp, sourceSeuils), questionResolution(nom, d))
			return
		}
	}
	p.DPIX, p.DPIY = f.dpiX, f.dpiY
	switch {
	case inconnue:
		p.DPIX, p.DPIY = 0, 0
		c.refuser(de(Resolution, 0, pr.DPIMin, ppp, pr.Source), messageResolutionInconnue(pr.DPIMin))
	case absurde:
		p.DPIX, p.DPIY = 0, 0
		c.refuser(de(Resolution, dpi, pr.DPIMin, ppp, sourceSeuils), messageResolutionAbsurde(dpi, l, h))
	// Headers round: 200 dpi is 7874 pixels per metre, or 79 per centimetre.
	case dpi < pr.DPIMin*0.99:
		c.refuser(de(Resolution, dpi, pr.DPIMin, ppp, pr.Source), messageResolution(dpi, pr.DPIMin))
	default:
		c.absent(Resolution, dpi, pr.DPIMin, ppp, pr.Source)
	}
}

// departager chooses between two resolutions that a file gives: the one that makes the page an exact sheet, if the
// other doesn't.
func (f *feuillet) departager(ecart float64) {
	if f.autreDPI <= 0 || f.dpiX <= 0 || f.vouee || math.Abs(f.autreDPI-f.dpiX) < ecart*f.dpiX {
		return
	}
	if exacte(f.l, f.h, f.dpiX, ecart) == "" && exacte(f.l, f.h, f.autreDPI, ecart) != "" {
		f.dpiX, f.dpiY = f.autreDPI, f.autreDPI
	}
}

// exacte names the sheet that so many pixels are at a resolution, either way up; empty if none.
func exacte(l, h int, dpi, ecart float64) string {
	court, long := float64(min(l, h))/dpi*25.4, float64(max(l, h))/dpi*25.4
	for _, f := range feuillesUsuelles {
		if math.Abs(court-f.court) <= ecart*f.court && math.Abs(long-f.long) <= ecart*f.long {
			return f.nom
		}
	}
	return ""
}

// feuille is the sheet, and the usual resolution of at least dpiMin, that the pixels alone say; 0 if they say none.
func (f *feuillet) feuille(dpiMin, ecart float64) (nom string, dpi float64) {
	for _, d := range ppUsuels {
		if d < dpiMin {
			continue
		}
		if nom = exacte(f.l, f.h, d, ecart); nom != "" {
			return nom, d
		}
	}
	return "", 0
}

// format judges the size of a page in millimetres, either way up.
func (a *atelier) format(l, h float64, c constats) {
	pr := &a.n.profil
	court, long := min(l, h), max(l, h)
	if court >= pr.PageMin[0]-pr.ToleranceMM && long >= pr.PageMin[1]-pr.ToleranceMM {
		c.absent(Format, court, pr.PageMin[0], "mm", pr.Source)
		return
	}
	// The side that lacks most is what is told.
	m, lim := court, pr.PageMin[0]
	if pr.PageMin[1]-long > lim-m {
		m, lim = long, pr.PageMin[1]
	}
	c.refuser(de(Format, m, lim, "mm", pr.Source), messageFormat(court, long, pr.PageMin))
}

// deuxPages tells two sheets fed as one: a page of the length of two.
func (a *atelier) deuxPages(p *Page, c constats) {
	court, long := min(p.LargeurMM, p.HauteurMM), max(p.LargeurMM, p.HauteurMM)
	if court == 0 {
		c.nonTeste(DeuxPages)
		return
	}
	const unite = "longueur/largeur"
	lim := a.n.seuils.RapportDeux
	if r := long / court; r > lim {
		c.conseiller(de(DeuxPages, r, lim, unite, sourceSeuils), messageDeux)
	} else {
		c.absent(DeuxPages, r, lim, unite, sourceSeuils)
	}
}
