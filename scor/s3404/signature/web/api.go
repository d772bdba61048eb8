package web

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"time"

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
	// Signees and Sur say how many of those who sign have done so, where several do.
	Signees int `json:"signees,omitempty"`
	Sur     int `json:"sur,omitempty"`
	// Copie says that the signer's copy can be had, Envoi that it can be sent to the signer.
	Copie bool `json:"copie,omitempty"`
	Envoi bool `json:"envoi,omitempty"`
}

// partiel is the state, for the page, of a document that others still have to sign after this signer.
const partiel signature.EtatSignature = "partiel"

// etatPour is a document's state as a signer sees it.
func etatPour(v *signature.Vue, s signature.Signataire) signature.EtatSignature {
	if v.Etat == signature.ASigner && !v.Attend(s) {
		return partiel
	}
	return v.Etat
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
	v, err := s.Registre.SituationPour(r.PathValue("id"), x.signataire)
	if err != nil {
		s.refus(w, r, x, err)
		return
	}
	s.repondre(w, http.StatusOK, s.situation(v, x))
}

// situation tells where a document stands.
func (s *serveur) situation(v signature.Vue, x session) reponse {
	rep := reponse{Maintenant: s.Horloge().UnixMilli(), Etat: etatPour(&v, x.signataire), Etapes: v.Etapes,
		Suivant: s.suivant(v, x.signataire)}
	if n := len(v.Document.Ordre); n > 0 {
		rep.Signees, rep.Sur = len(v.Signatures), n
	}
	recu := v.RecuDe(x.signataire)
	if v.Etat == signature.Refuse {
		recu = v.Recu
	}
	if recu.Document != "" && !v.Attend(x.signataire) {
		rep.Recu, rep.Quand, rep.Sien = &recu, s.heure(recu.Quand), v.Recu.Signataire.ID == x.signataire.ID
	}
	if !v.Reprenable.IsZero() {
		rep.Reprenable = max(0, v.Reprenable.Sub(s.Horloge()).Milliseconds())
	}
	rep.Copie = v.Copiable() && recu.Signataire.ID == x.signataire.ID
	rep.Envoi = rep.Copie && s.EnvoyerCopie != nil
	return rep
}

// suivant is the next document for a signer, of the same lot if there is one.
func (s *serveur) suivant(v signature.Vue, qui signature.Signataire) string {
	autre := ""
	for _, x := range s.Registre.Visibles(qui) {
		if !x.Attend(qui) || x.ID == v.ID {
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

// agir reads what a person asks, does it, and answers with where the document is then.
func agir[T any](s *serveur, fait string, faire func(r *http.Request, id string, x session, d T) error,
) http.HandlerFunc {
	return s.avecSession(func(w http.ResponseWriter, r *http.Request, x session) {
		var d T
		if err := lireJSON(r, &d); err != nil {
			s.erreur(w, http.StatusBadRequest, "requete", "La requête est illisible.")
			return
		}
		id := r.PathValue("id")
		if err := faire(r, id, x, d); err != nil {
			s.refus(w, r, x, err)
			return
		}
		s.Journal.Info(fait, "document", id, "signataire", x.signataire.ID)
		s.etat(w, r, x)
	})
}

// motif is why a person refuses, or takes back.
type motif struct {
	Motif string `json:"motif"`
}

func (s *serveur) signer(r *http.Request, id string, x session, d signature.Demande) error {
	_, err := s.Registre.Signer(r.Context(), id, x.signataire, d)
	return err
}

func (s *serveur) refuser(r *http.Request, id string, x session, d motif) error {
	return s.Registre.Refuser(r.Context(), id, x.signataire, d.Motif)
}

// reprendre takes back a signature or a refusal of the same signer.
func (s *serveur) reprendre(r *http.Request, id string, x session, d motif) error {
	return s.Registre.Reprendre(r.Context(), id, x.signataire, d.Motif)
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

// copie gives the signed bordereau to who signed it: to be kept, or with ?voir to be printed.
func (s *serveur) copie(w http.ResponseWriter, r *http.Request, x session) {
	f, taille, err := s.Registre.Copie(r.Context(), r.PathValue("id"), x.signataire)
	if err != nil {
		s.refus(w, r, x, err)
		return
	}
	defer f.Close()
	h := w.Header()
	h.Set("Content-Type", "application/pdf")
	h.Set("Content-Length", strconv.FormatInt(taille, 10))
	disposition := "attachment"
	if r.URL.Query().Has("voir") {
		disposition = "inline"
	}
	h.Set("Content-Disposition", disposition+`; filename="bordereau-signe.pdf"`)
	h.Set("Content-Security-Policy", cspPDF)
	if _, err := io.CopyN(w, f, taille); err != nil {
		s.Journal.Debug("copie interrompue", "document", r.PathValue("id"), "erreur", err)
	}
}

// envoyerCopie has the host send the signed bordereau to who signed it.
func (s *serveur) envoyerCopie(w http.ResponseWriter, r *http.Request, x session) {
	id := r.PathValue("id")
	if s.EnvoyerCopie == nil {
		s.refus(w, r, x, signature.ErrSansCopie)
		return
	}
	v, err := s.Registre.SituationPour(id, x.signataire)
	if err != nil {
		s.refus(w, r, x, err)
		return
	}
	f, taille, err := s.Registre.Copie(r.Context(), id, x.signataire)
	if err != nil {
		s.refus(w, r, x, err)
		return
	}
	defer f.Close()
	if err := s.EnvoyerCopie(r.Context(), Copie{Vue: v, Signataire: x.signataire, PDF: f, Taille: taille}); err != nil {
		s.Journal.Error("copie non envoyée", "document", id, "signataire", x.signataire.ID, "erreur", err)
		s.erreur(w, http.StatusBadGateway, "envoi", "La copie n'a pas pu être envoyée : réessayez, ou téléchargez-la.")
		return
	}
	s.Journal.Info("copie envoyée", "document", id, "signataire", x.signataire.ID)
	w.WriteHeader(http.StatusNoContent)
}

// heure is a time for people, in the establishment's zone.
func (s *serveur) heure(t time.Time) string { return t.In(s.Fuseau).Format("02/01/2006 à 15:04:05") }
