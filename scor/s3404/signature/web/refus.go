package web

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/scor-sdk/scor-sdk-go/scor/papier"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// motifRefus is what the page says of an error of the registry: a stable word for its script, a sentence for the
// person.
type motifRefus struct {
	err          error
	code         int
	mot, message string
}

// motifsRefus are tried in order: an error may be several.
var motifsRefus = []motifRefus{
	{signature.ErrInconnu, http.StatusNotFound, "inconnu", "Ce bordereau n'est pas (ou plus) à signer."},
	{signature.ErrTour, http.StatusNotFound, "inconnu", "Ce bordereau n'est pas (ou plus) à signer."},
	{signature.ErrSansCopie, http.StatusNotFound, "sans-copie", "La copie de ce bordereau n'est pas disponible."},
	{signature.ErrModifie, http.StatusConflict, "modifie",
		"Le bordereau a changé depuis son affichage : rien n'a été signé. Prévenez la facturation."},
	{signature.ErrDejaUtilisee, http.StatusConflict, "deja-jointe",
		"La signature est déjà jointe au bordereau : prévenez la facturation."},
	{signature.ErrAutre, http.StatusForbidden, "autre",
		"Cette signature est celle d'une autre personne, ou une autre l'a suivie."},
	{signature.ErrNonSigne, http.StatusConflict, "non-signe", "Ce bordereau n'est pas signé."},
	{signature.ErrSignataire, http.StatusUnprocessableEntity, "signataire",
		"Votre nom ne peut pas être écrit sur le bordereau : prévenez la facturation."},
	{signature.ErrDejaSigne, http.StatusConflict, "deja-signe", "Ce bordereau est déjà signé."},
	{signature.ErrRefuse, http.StatusConflict, "refuse", "La signature de ce bordereau a été refusée."},
	{signature.ErrVide, http.StatusUnprocessableEntity, "vide", "Le tracé est trop court pour une signature."},
	{signature.ErrMandant, http.StatusUnprocessableEntity, "mandant",
		fmt.Sprintf("Indiquez le nom de la personne qui donne mandat (%d caractères au plus).", papier.NomMax)},
	{signature.ErrDelegation, http.StatusForbidden, "delegation",
		"Aucune délégation en cours ne vous permet de signer pour cette personne : prévenez la facturation."},
	{signature.ErrMotif, http.StatusUnprocessableEntity, "motif", "Indiquez le motif du refus (500 caractères au plus)."},
	{signature.ErrTraits, http.StatusUnprocessableEntity, "traits",
		"Le tracé reçu n'est pas valable : effacez-le et recommencez."},
	{signature.ErrCle, http.StatusUnprocessableEntity, "traits",
		"Le tracé reçu n'est pas valable : effacez-le et recommencez."},
}

func motifDe(err error) (motifRefus, bool) {
	for _, m := range motifsRefus {
		if !errors.Is(err, m.err) {
			continue
		}
		if c := (*papier.ErreurCaractere)(nil); m.mot == "mandant" && errors.As(err, &c) {
			m.message = "Nom de la personne qui donne mandat : " + c.Phrase() + "."
		}
		return m, true
	}
	return motifRefus{code: http.StatusInternalServerError, mot: "interne",
		message: "Le serveur n'a pas pu enregistrer : réessayez."}, false
}

// refus says in French why the registry did not do it, and in the log by which identifier.
func (s *serveur) refus(w http.ResponseWriter, r *http.Request, x session, err error) {
	m, connu := motifDe(err)
	if !connu {
		s.Journal.Error("signature", "document", r.PathValue("id"), "signataire", x.signataire.ID, "erreur", err)
	}
	rep := reponse{Maintenant: s.Horloge().UnixMilli()}
	if m.code == http.StatusConflict {
		if v, err := s.Registre.SituationPour(r.PathValue("id"), x.signataire); err == nil {
			rep = s.situation(v, x)
		}
	}
	rep.Erreur, rep.Message = m.mot, m.message
	s.repondre(w, m.code, rep)
}
