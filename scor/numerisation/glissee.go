package numerisation

import "github.com/scor-sdk/scor-sdk-go/scor/numerisation/internal/mesure"

// glissee judges whether the sheet slid up or down in the frame, so that its head or its foot may be missing though no
// letter is cut. Paper and ground being both white, only what is written where tells: it says whether it did.
func (a *atelier) glissee(e *examen, c constats, sens mesure.Sens) bool {
	s := &a.n.seuils
	t := &e.texte
	if t.Lignes < s.BasLignes || e.tourner != 0 || e.ecriture.Debout || e.ecriture.Certitude < s.Certitude || e.profond {
		return false
	}
	h := a.carte.HauteurMM
	haut, bas := t.Place.Y0/h, 1-t.Place.Y1/h
	k := de(Tronque, haut, s.BasHaut, "part de la hauteur", sourceSeuils)
	k.Lieux = lieux(t.Place)
	k.Certitude = arrondi(e.ecriture.Certitude)
	switch en := e.ecriture.Endroit(); {
	case haut > s.BasHaut && bas < s.BasRapport*haut:
		if en.Score() < 0 && sens.Verticalite < 0 {
			return false // its head may be what lies low: the page looks upside down
		}
		if e.signee() {
			c.demander(k, questionBas)
			return true
		}
		// It begins low, goes on to the foot, and bears neither signature nor stamp: they lie beyond the frame.
		c.refuser(k, messageBas)
		return true
	case bas > s.BasHaut && haut < s.BasHaut && !e.signee() && e.ecriture.DateSeule(a.carte.LargeurMM):
		// It begins with the date, without the letterhead that stands over it, and its foot is blank.
		k.Mesure, k.Limite = arrondi(bas), s.BasHaut
		c.demander(k, questionHaut)
		return true
	}
	return false
}

// signee says whether there is something that a signature or a stamp may be.
func (e *examen) signee() bool { return e.texte.Traits > 0 || e.pieces.Cachets() > 0 }
