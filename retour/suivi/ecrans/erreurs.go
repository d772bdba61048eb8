package ecrans

import (
	"errors"
	"net/http"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
)

// traduire says in words what went wrong.
func (q *requete) traduire(err error) *refus {
	code := http.StatusConflict
	phrase := phraseErreur(err)
	if phrase == "" {
		code, phrase = http.StatusInternalServerError,
			"Cela n'a pas pu être fait. Réessayez ; si cela dure, prévenez la personne qui gère le logiciel."
	}
	return &refus{code, "Ce n'est pas fait", phrase}
}

func phraseErreur(err error) string {
	for _, x := range []struct {
		err    error
		phrase string
	}{
		{suivi.ErrActionPerimee, "Cela a changé depuis que la page a été affichée : relisez-la, puis décidez."},
		{suivi.ErrHorloge, "L'horloge de l'ordinateur a fait un saut : confirmez d'abord la date, dans la liste À faire."},
		{suivi.ErrActionImpossible, "Ce n'est pas possible en ce moment : l'objet n'est plus dans l'état qu'il faut."},
		{suivi.ErrFactureAbsente, "Cette facture n'est pas connue."},
		{suivi.ErrLotPurge, "Cette facture a passé sa durée de conservation : plus rien ne peut partir avec elle."},
		{suivi.ErrDocumentPurge, "Ce document a passé sa durée de conservation : il n'en reste que la trace."},
		{suivi.ErrPieceEngagee, "Cette pièce est déjà en route : elle ne peut pas être remplacée."},
		{suivi.ErrSuite, "Cette page de la liste n'existe plus : reprenez depuis le début."},
	} {
		if errors.Is(err, x.err) {
			return x.phrase
		}
	}
	return ""
}
