// Package sdk answers conformance vectors with the SDK itself: it is what the kit is tried on, and an example of a
// subject in Go.
package sdk

import (
	"context"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/examples/conformite/logiciel"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// New makes the subject.
func New() kit.Sujet { return sujet{} }

type sujet struct{}

// Nom is for the report.
func (sujet) Nom() string { return "scor-sdk-go" }

// operation answers a vector by any value that is an object in JSON.
type operation func(ctx context.Context, v *kit.Vecteur) (any, error)

var operations = map[string]operation{
	"identifiant.lire": identifiant,
	"date.lire":        date,
	"montant.lire":     montant,
	"b2.lire":          lireB2,
	"b2.ecrire":        ecrireB2,
	"noemie.lire":      lireNoemie,
	"noemie.joindre":   joindreNoemie,
	"message.lire":     lireMessage,
	"message.composer": composerMessage,
	"message.router":   router,
	"retour.lire":      lireRetour,
	"regles.pieces":    pieces,
	"regles.apparier":  apparier,
	"lot.constituer":   constituer,
	"lot.decoder":      decoderLot,
	"profil.verifier":  verifierProfil,
	"delai.finir":      delai,
	"delai.ferie":      ferie,
	"suivi.derouler":   suivre,

	"numerisation.juger": juger,
	"s3404.composer":     composerBordereau,
	"s3404.signer":       signerBordereau,
	"s3404.registre":     registre,
	logiciel.Operation:   emettre,
}

// Operations are the names of those that the SDK answers.
func Operations() []string {
	var l []string
	for nom := range operations {
		l = append(l, nom)
	}
	return l
}

// Repondre implements kit.Sujet.
func (sujet) Repondre(ctx context.Context, v *kit.Vecteur) (kit.Reponse, error) {
	f, ok := operations[v.Operation]
	if !ok {
		return nil, fmt.Errorf("%w: %s", kit.ErrSansObjet, v.Operation)
	}
	r, err := f(ctx, v)
	if err != nil {
		return nil, err
	}
	return kit.NewReponse(r)
}

// Profil gives the profile that a vector names, or holds.
func profil(v *kit.Vecteur) (*scor.Profil, error) {
	switch v.Profil {
	case "", "reference":
		return scor.Reference()
	case "scor-cp":
		return scor.ScorCP()
	}
	return nil, fmt.Errorf("sdk: profile %q, reference or scor-cp expected", v.Profil)
}

// constat is a finding as answers say it.
type constat struct {
	Code           string `json:"code"`
	Gravite        string `json:"gravite,omitempty"`
	Enregistrement int    `json:"enregistrement,omitempty"`
	Type           string `json:"type,omitempty"`
	Zone           string `json:"zone,omitempty"`
	Page           int    `json:"page,omitempty"`
	Ligne          int    `json:"ligne,omitempty"`
	Message        string `json:"message,omitempty"`
}

// constatsDe gives the findings, and whether none of them is an error.
func constatsDe(l []fse.Constat) (constats []constat, accepte bool) {
	constats, accepte = []constat{}, true
	for _, c := range l {
		accepte = accepte && c.Gravite != fse.Erreur
		constats = append(constats, constat{Code: c.Code, Gravite: c.Gravite.String(), Enregistrement: c.Lieu.Rang,
			Type: c.Lieu.Type, Zone: c.Lieu.Zone, Message: c.Message})
	}
	return constats, accepte
}

// refus is the answer to an input that can't be read at all.
type refus struct {
	Accepte  bool      `json:"accepte"`
	Constats []constat `json:"constats"`
}

func refuser(code string, err error) refus {
	return refus{Constats: []constat{{Code: code, Gravite: "erreur", Message: err.Error()}}}
}
