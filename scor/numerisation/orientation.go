package numerisation

import (
	"math"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/internal/mesure"
)

// ecriture finds the lines of writing. Where they don't agree on a grey page they are looked for again in its darkest
// ink alone: the ground of a secure form, or ruled paper, ties letters together.
func (a *atelier) ecriture(e *examen, dpiX, dpiY float64) error {
	a.pieces.Separer(&a.runs, dpiX, dpiY)
	e.ecriture, e.pieces, e.runs = a.rangs.Ecriture(&a.pieces, e.feuille), &a.pieces, &a.runs
	if e.gris == nil || e.ecriture.Certitude >= a.n.seuils.Certitude {
		return nil
	}
	var profondes raster.Runs
	if err := a.trieur.Profondes(&profondes, &a.runs, e.gris, dpiX, dpiY, e.tons.Fort, a.n.memoire); err != nil {
		return err
	}
	p := mesure.Pieces{Reglages: a.n.reglages}
	p.Separer(&profondes, dpiX, dpiY)
	if w := a.rangs.Ecriture(&p, e.feuille); w.Certitude > e.ecriture.Certitude {
		e.ecriture, e.pieces, e.runs, e.profond = w, &p, &profondes, true
	}
	return nil
}

// orientation judges skew and quarter turns.
func (a *atelier) orientation(f *feuillet, e *examen, p *Page, c constats, sens mesure.Sens) {
	s := &a.n.seuils
	w := &e.ecriture
	if w.Certitude < s.Certitude {
		// Too few lines, or lines that don't agree: nothing says which way is up, and the scan stays as it is.
		c.nonTeste(Inclinaison, Rotation)
		return
	}
	e.droit = w.Certitude >= s.CertitudeRedresser
	p.Inclinaison = math.Round((w.Inclinaison+f.biais)*100)/100 + 0 // no -0
	a.inclinaison(e, p, c)
	tour := a.tour(f, w, sens)
	// tour is that of the stored pixels; what the file's tag asks for is no finding.
	p.Rotation = (tour - f.rotation + 360) % 360
	switch {
	case p.Rotation == 0:
		c.absent(Rotation, 0, 0, "°", "")
	case a.n.permis(tourner):
		c.dire(a.rotation(e, p), messageRemise(p.Rotation))
	default:
		c.conseiller(a.rotation(e, p), messageTournee(p.Rotation))
		return
	}
	if (tour-f.rotation)%180 != 0 {
		p.LargeurMM, p.HauteurMM = p.HauteurMM, p.LargeurMM
	}
	e.tourner = tour
}

// rotation is the finding of a quarter turn, with the lines that it rests on. Its certainty is that of the lines' way
// for a page that lies, else what letters and margins say beside what would outweigh the file's own word.
func (a *atelier) rotation(e *examen, p *Page) Constat {
	w := &e.ecriture
	k := de(Rotation, float64(p.Rotation), 0, "°", sourceSeuils)
	en := w.Endroit()
	k.Certitude = min(1, math.Abs(en.Score())/max(a.n.seuils.EndroitContraire, 1e-9))
	if w.Debout {
		k.Certitude = min(k.Certitude, w.CertitudeDebout)
	}
	k.Certitude = arrondi(k.Certitude)
	k.Lieux = lieux(w.Accord...)
	return k
}

// inclinaison judges the skew that was measured.
func (a *atelier) inclinaison(e *examen, p *Page, c constats) {
	s := &a.n.seuils
	m := math.Abs(p.Inclinaison)
	k := de(Inclinaison, m, s.Redresser, "°", sourceSeuils)
	k.Certitude = arrondi(e.ecriture.Certitude)
	k.Lieux = lieux(e.ecriture.Accord...)
	switch {
	case m < s.Redresser:
		k.Etat = Absent
		c.page.Constats = append(c.page.Constats, k)
	case a.n.permis(redresser) && e.droit:
		c.dire(k, messageRedressee(m))
	default:
		c.conseiller(k, messageInclinee(m))
	}
}

// tour is the clockwise turn, in degrees, that sets the stored pixels upright. Without a sure sign it is the one that
// the file asks for.
func (a *atelier) tour(f *feuillet, w *mesure.Ecriture, sens mesure.Sens) int {
	s := &a.n.seuils
	en := w.Endroit()
	// A file that says how its pixels lie is believed unless the page says otherwise loudly.
	ecart := s.Endroit
	if f.rotation != 0 {
		ecart = s.EndroitContraire
	}
	tours := [2]int{0, 180}
	if w.Debout {
		tours = [2]int{90, 270}
	}
	dit := f.rotation == tours[0] || f.rotation == tours[1]
	if !dit && w.CertitudeDebout < s.Debout {
		return f.rotation
	}
	envers := sens.Verticalite < -s.Sens && en.Score() < -ecart && en.Lignes >= s.LignesEndroit
	droit := sens.Verticalite > s.Sens && en.Score() > ecart && en.Lignes >= s.LignesEndroit
	switch {
	case envers:
		return tours[1]
	case droit:
		return tours[0]
	case dit:
		return f.rotation
	case f.rotation != 0:
		return f.rotation
	case sens.Verticalite+en.Score() < 0:
		// Lines that run up or down leave no doubt that the page lies; which way is the likelier of two.
		return tours[1]
	}
	return tours[0]
}
