package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/scor-sdk/scor-sdk-go/scor/papier"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// reponse is what the page's script gets.
type reponse struct {
	// Erreur is a stable word for the script, Message the sentence for the person.
	Erreur     string                  `json:"erreur,omitempty"`
	Message    string                  `json:"message,omitempty"`
	Maintenant int64                   `json:"maintenant"`
	Etat       signature.EtatSignature `json:"etat,omitempty"`
	Recu       *signature.Recu         `json:"recu,omitempty"`
	Quand      string                  `json:"quand,omitempty"`
	Etapes     []signature.Etape       `json:"etapes,omitempty"`
	Suivant    string                  `json:"suivant,omitempty"`
	// Reprenable is for how many milliseconds more the signature can be taken back; Sien says that it is this signer's.
	Reprenable int64 `json:"reprenable,omitempty"`
	Sien       bool  `json:"sien,omitempty"`
}

func (s *serveur) repondre(w http.ResponseWriter, code int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(code)
	// The client may be gone; there is nobody left to tell.
	_ = json.NewEncoder(w).Encode(v)
}

func (s *serveur) erreur(w http.ResponseWriter, code int, mot, message string) {
	s.repondre(w, code, reponse{Erreur: mot, Message: message, Maintenant: s.Horloge().UnixMilli()})
}

// lireJSON reads a body of this one type, whole; a form, which another site could send, is not taken.
func lireJSON(r *http.Request, v any) error {
	if t := r.Header.Get("Content-Type"); t != "application/json" {
		return errors.New("web: body is not application/json")
	}
	d := json.NewDecoder(r.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("web: more than one JSON value")
	}
	return nil
}

func (s *serveur) etat(w http.ResponseWriter, r *http.Request, x session) {
	v, err := s.Registre.Situation(r.PathValue("id"))
	if err != nil {
		s.refus(w, r, x, err)
		return
	}
	s.repondre(w, http.StatusOK, s.situation(v, x))
}

// situation tells where a document stands.
func (s *serveur) situation(v signature.Vue, x session) reponse {
	rep := reponse{Maintenant: s.Horloge().UnixMilli(), Etat: v.Etat, Etapes: v.Etapes, Suivant: s.suivant(v)}
	if v.Recu.Document != "" {
		rep.Recu, rep.Quand, rep.Sien = &v.Recu, s.heure(v.Recu.Quand), v.Recu.Signataire.ID == x.signataire.ID
	}
	if !v.Reprenable.IsZero() {
		rep.Reprenable = max(0, v.Reprenable.Sub(s.Horloge()).Milliseconds())
	}
	return rep
}

// suivant is the next document to sign, of the same lot if there is one.
func (s *serveur) suivant(v signature.Vue) string {
	autre := ""
	for _, x := range s.Registre.Documents() {
		if x.Etat != signature.ASigner || x.ID == v.ID {
			continue
		}
		if x.Document.Lot == v.Document.Lot {
			return x.ID
		}
		if autre == "" {
			autre = x.ID
		}
	}
	return autre
}

func (s *serveur) lireBrouillon(w http.ResponseWriter, r *http.Request, x session) {
	b, err := s.Registre.Brouillon(r.Context(), r.PathValue("id"), x.signataire)
	if err != nil {
		s.refus(w, r, x, err)
		return
	}
	s.repondre(w, http.StatusOK, b)
}

func (s *serveur) ecrireBrouillon(w http.ResponseWriter, r *http.Request, x session) {
	var b signature.Brouillon
	err := lireJSON(r, &b)
	if err != nil {
		s.erreur(w, http.StatusBadRequest, "requete", "La requête est illisible.")
		return
	}
	if err := s.Registre.Enregistrer(r.Context(), r.PathValue("id"), x.signataire, b); err != nil {
		s.refus(w, r, x, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (s *serveur) signer(w http.ResponseWriter, r *http.Request, x session) {
	var d signature.Demande
	if err := lireJSON(r, &d); err != nil {
		s.erreur(w, http.StatusBadRequest, "requete", "La requête est illisible.")
		return
	}
	id := r.PathValue("id")
	if _, err := s.Registre.Signer(r.Context(), id, x.signataire, d); err != nil {
		s.refus(w, r, x, err)
		return
	}
	s.Journal.Info("bordereau signé", "document", id, "signataire", x.signataire.ID)
	s.etat(w, r, x)
}

func (s *serveur) refuser(w http.ResponseWriter, r *http.Request, x session) {
	var d struct {
		Motif string `json:"motif"`
	}
	if err := lireJSON(r, &d); err != nil {
		s.erreur(w, http.StatusBadRequest, "requete", "La requête est illisible.")
		return
	}
	id := r.PathValue("id")
	if err := s.Registre.Refuser(r.Context(), id, x.signataire, d.Motif); err != nil {
		s.refus(w, r, x, err)
		return
	}
	s.Journal.Info("signature refusée", "document", id, "signataire", x.signataire.ID)
	s.etat(w, r, x)
}

// reprendre takes back a signature or a refusal of the same signer.
func (s *serveur) reprendre(w http.ResponseWriter, r *http.Request, x session) {
	var d struct {
		Motif string `json:"motif"`
	}
	if err := lireJSON(r, &d); err != nil {
		s.erreur(w, http.StatusBadRequest, "requete", "La requête est illisible.")
		return
	}
	id := r.PathValue("id")
	if err := s.Registre.Reprendre(r.Context(), id, x.signataire, d.Motif); err != nil {
		s.refus(w, r, x, err)
		return
	}
	s.Journal.Info("signature reprise", "document", id, "signataire", x.signataire.ID)
	s.etat(w, r, x)
}

// refus says in French why the registry did not do it, and in the log by which identifier.
func (s *serveur) refus(w http.ResponseWriter, r *http.Request, x session, err error) {
	code, mot, message := http.StatusUnprocessableEntity, "", ""
	switch {
	case errors.Is(err, signature.ErrInconnu):
		code, mot, message = http.StatusNotFound, "inconnu", "Ce bordereau n'est pas (ou plus) à signer."
	case errors.Is(err, signature.ErrModifie):
		code, mot, message = http.StatusConflict, "modifie",
			"Le bordereau a changé depuis son affichage : rien n'a été signé. Prévenez la facturation."
	case errors.Is(err, signature.ErrDejaUtilisee):
		code, mot, message = http.StatusConflict, "deja-jointe",
			"La signature est déjà jointe au bordereau : prévenez la facturation."
	case errors.Is(err, signature.ErrAutre):
		code, mot, message = http.StatusForbidden, "autre", "Cette signature est celle d'une autre personne."
	case errors.Is(err, signature.ErrNonSigne):
		code, mot, message = http.StatusConflict, "non-signe", "Ce bordereau n'est pas signé."
	case errors.Is(err, signature.ErrSignataire):
		mot, message = "signataire", "Votre nom ne peut pas être écrit sur le bordereau : prévenez la facturation."
	case errors.Is(err, signature.ErrDejaSigne):
		code, mot, message = http.StatusConflict, "deja-signe", "Ce bordereau est déjà signé."
	case errors.Is(err, signature.ErrRefuse):
		code, mot, message = http.StatusConflict, "refuse", "La signature de ce bordereau a été refusée."
	case errors.Is(err, signature.ErrVide):
		mot, message = "vide", "Le tracé est trop court pour une signature."
	case errors.Is(err, signature.ErrMandant):
		mot, message = "mandant", fmt.Sprintf("Indiquez le nom de la personne qui donne mandat (%d caractères au plus).",
			papier.NomMax)
		if c := (*papier.ErreurCaractere)(nil); errors.As(err, &c) {
			message = "Nom de la personne qui donne mandat : " + c.Phrase() + "."
		}
	case errors.Is(err, signature.ErrDelegation):
		code, mot = http.StatusForbidden, "delegation"
		message = "Aucune délégation en cours ne vous permet de signer pour cette personne : prévenez la facturation."
	case errors.Is(err, signature.ErrMotif):
		mot, message = "motif", "Indiquez le motif du refus (500 caractères au plus)."
	case errors.Is(err, signature.ErrTraits), errors.Is(err, signature.ErrCle):
		mot, message = "traits", "Le tracé reçu n'est pas valable : effacez-le et recommencez."
	default:
		code, mot, message = http.StatusInternalServerError, "interne", "Le serveur n'a pas pu enregistrer : réessayez."
		s.Journal.Error("signature", "document", r.PathValue("id"), "signataire", x.signataire.ID, "erreur", err)
	}
	rep := reponse{Maintenant: s.Horloge().UnixMilli()}
	if code == http.StatusConflict {
		if v, err := s.Registre.Situation(r.PathValue("id")); err == nil {
			rep = s.situation(v, x)
		}
	}
	rep.Erreur, rep.Message = mot, message
	s.repondre(w, code, rep)
}

func (s *serveur) pdf(w http.ResponseWriter, r *http.Request, x session) {
	v, err := s.Registre.Document(r.PathValue("id"), x.signataire)
	if err != nil {
		s.refus(w, r, x, err)
		return
	}
	f, err := v.Document.Open(r.Context())
	if err != nil {
		s.refus(w, r, x, err)
		return
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Length", strconv.FormatInt(v.Document.Taille, 10))
	h.Set("Content-Disposition", `inline; filename="bordereau.pdf"`)
	h.Set("Content-Security-Policy", cspPDF)
	h.Set("X-Frame-Options", "SAMEORIGIN")
	if _, err := io.CopyN(w, f, v.Document.Taille); err != nil {
		s.Journal.Debug("bordereau interrompu", "document", v.ID, "erreur", err)
	}
}

// heure is a time for people, in the establishment's zone.
func (s *serveur) heure(t time.Time) string { return t.In(s.Fuseau).Format("02/01/2006 à 15:04:05") }
