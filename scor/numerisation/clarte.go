package numerisation

import (
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/internal/mesure"
)

// sombre says whether the page is all or too black.
func (a *atelier) sombre(e *examen) bool {
	if e.gris != nil {
		return e.tons.Papier < a.n.seuils.PapierMin
	}
	s := &a.n.seuils
	return a.carte.Solide(e.feuille) > s.NoirMax || a.carte.Solide(a.carte.Cadre()) > s.NoirPartout ||
		a.carte.Salie(e.feuille) > s.NoirSale
}

// vide says whether there is no writing on the page: next to no ink, or little that has neither lines nor strokes. Dust
// is small, round and in no line.
func (a *atelier) vide(e *examen) bool {
	s := &a.n.seuils
	if e.encre < s.MarquesMin {
		return true
	}
	poussiere := s.PoussiereMax
	if e.texte.Grand < s.PoussiereTaille {
		poussiere = s.PoussiereFine
	}
	return e.encre < poussiere && e.texte.Lignes == 0 && e.texte.Traits == 0
}

// clarte judges white and black.
func (a *atelier) clarte(e *examen, c constats) {
	s := &a.n.seuils
	blanche := de(PageBlanche, e.encre, s.MarquesMin, "mm²", sourceSeuils)
	switch {
	case e.blanche:
		blanche.Source = sourceDefauts
		c.refuser(blanche, messageBlanche)
		c.refuser(de(TropClair, e.encre, s.MarquesMin, "mm²", sourceDefauts), messageClair)
	case e.sombre:
		c.nonTeste(PageBlanche, TropClair)
	case e.texte.Lignes == 0 && (e.texte.Traits <= s.TraitsMin || e.texte.Grand < s.TraitGrand):
		c.demander(blanche, questionEcriture)
	case e.texte.Lignes <= 1 && e.texte.Traits == 0 && e.gris == nil:
		// No piece has one line alone: the threshold of black and white lost the rest.
		blanche.Lieux = lieux(e.texte.Ligne)
		c.refuser(blanche, messageUneLigne)
	case e.texte.Lignes <= 1 && e.texte.Traits == 0:
		blanche.Lieux = lieux(e.texte.Ligne)
		c.demander(blanche, questionUneLigne)
	default:
		c.absent(PageBlanche, e.encre, s.MarquesMin, "mm²", sourceSeuils)
	}
	if !e.blanche && !e.sombre {
		c.absent(TropClair, e.encre, s.MarquesMin, "mm²", sourceSeuils)
	}
	m, lim, unite := e.tons.Papier, s.PapierMin, "niveau"
	if e.gris == nil {
		m, lim, unite = a.carte.Solide(e.feuille), s.NoirMax, "part"
	}
	if e.sombre {
		c.refuser(de(TropSombre, m, lim, unite, sourceDefauts), messageSombre)
	} else {
		c.absent(TropSombre, m, lim, unite, sourceSeuils)
	}
}

// contraste judges whether the writing stands out from the paper.
func (a *atelier) contraste(e *examen, c constats) {
	s := &a.n.seuils
	k := de(Contraste, e.tons.Contraste, s.ContrasteMin, "niveaux", sourceDefauts)
	switch {
	case e.traces:
		k.Mesure = 0
		c.refuser(k, messageTraces)
	case e.gris == nil || e.blanche || e.sombre:
		c.nonTeste(Contraste)
	case e.tons.Contraste >= s.ContrasteMin:
		c.absent(Contraste, e.tons.Contraste, s.ContrasteMin, "niveaux", sourceSeuils)
	case e.tons.Contraste < s.ContrasteIllisible:
		if e.tons.Papier > s.PapierClair {
			c.refuser(de(TropClair, e.tons.Papier, s.PapierClair, "niveau", sourceDefauts), messageEclat)
		}
		c.refuser(k, messagePale)
	case e.ecriture.Certitude >= s.Certitude && e.tons.Contraste >= s.ContrasteBruit*e.tons.Bruit:
		// Pale, but in lines that agree and well over the grain: a carbon copy, which a person reads without effort.
		c.absent(Contraste, e.tons.Contraste, s.ContrasteMin, "niveaux", sourceSeuils)
	default:
		c.demander(k, questionPale)
	}
}

// nettete judges blur, on grey pages.
func (a *atelier) nettete(e *examen, c constats) {
	s := &a.n.seuils
	f := e.tons.Flou
	long, court := max(e.bouge[0], e.bouge[1]), min(e.bouge[0], e.bouge[1])
	k := de(Flou, f, s.FlouMax, "mm", sourceSeuils)
	illisible := func(f, limite float64, message string) {
		// The conventions know no blur: what it makes illegible is the contrast.
		c.ajouter(k)
		if c.page.Constat(Contraste).Etat != Present {
			c.refuser(de(Contraste, f, limite, "mm", sourceDefauts), message)
		}
	}
	switch {
	// A resolution too low, or unknown, says all that there is to say.
	case e.gris == nil || f == 0 || c.page.Constat(Resolution).Bloquant:
		c.nonTeste(Flou)
	case f > s.FlouIllisible:
		illisible(f, s.FlouIllisible, messageFlou)
	case long > s.FlouBouge && long > s.FlouRapport*court:
		k.Mesure, k.Limite = arrondi(long), s.FlouBouge
		illisible(long, s.FlouBouge, messageBouge)
	case e.direction > 0 && e.direction < a.direction(long):
		k.Mesure, k.Limite, k.Unite = arrondi(e.direction), a.direction(long), "part de la pente"
		illisible(e.direction, a.direction(long), messageBouge)
	case f > s.FlouMax:
		c.conseiller(k, messageFlouPeu)
	default:
		c.absent(Flou, f, s.FlouMax, "mm", sourceSeuils)
	}
}

// direction is the evenness of slopes under which a sheet moved, for edges of that width.
func (a *atelier) direction(large float64) float64 {
	switch s := &a.n.seuils; {
	case large > s.FlouLarge:
		return s.DirectionLarge
	case large > s.FlouDirection:
		return s.Direction
	}
	return 0
}

// traces says whether a blank page has lines of writing too faint to be read.
func (a *atelier) traces(e *examen, dpiX, dpiY float64) error {
	var r raster.Runs
	if err := a.trieur.Traces(&r, a.n.memoire); err != nil {
		return err
	}
	c := mesure.Carte{Reglages: a.n.reglages}
	c.Tracer(&r, dpiX/4, dpiY/4)
	f := c.Cadre()
	if c.Encre(f) < a.n.seuils.MarquesMin {
		return nil
	}
	// Grain and shadows have no lines of letters.
	if l := c.Lignes(f); l.Nettete > a.n.seuils.TraceNettete && c.Sens(f, l).Troncons >= a.n.seuils.TracesMin {
		e.traces = true
		e.vignette = c.Vignette()
	}
	return nil
}
