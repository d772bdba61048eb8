package suivi_test

import (
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Pieces whose lot got no answer are to be sent again, whatever words the lot has for it: "délai" is a family of the
// caisse's motives only where the caisse says it.
func TestConsigneSansReponse(t *testing.T) {
	p := suivi.VuePiece{Etat: journal.EnLot, EtatLot: journal.LimiteEssais,
		Motif: "Le délai pour réussir est passé sans réponse du frontal."}
	v := suivi.VueFacture{Situation: suivi.AReprendre, EtatLot: journal.ARLPositif, Etat: journal.Enregistre,
		Pieces: []suivi.VuePiece{p}}
	if c := suivi.ConsigneDe(&v); c.Sens != etats.ARenvoyer || c.Famille != nil {
		t.Errorf("a lot without answer: %+v", c)
	}
	p.Etat, p.EtatLot, p.Motif = journal.ARLNegatif, journal.ARLNegatif, "Hors délai"
	v.Pieces[0] = p
	if c := suivi.ConsigneDe(&v); c.Sens != etats.NePasRenvoyer || c.Famille == nil {
		t.Errorf("the caisse's own word: %+v", c)
	}
	v = suivi.VueFacture{Situation: suivi.LotRefuse, EtatLot: journal.LimiteEssais, Etat: journal.Enregistre,
		Motif: "Le délai pour réussir est passé sans réponse du frontal."}
	if c := suivi.ConsigneDe(&v); c.Sens != etats.ARenvoyer {
		t.Errorf("invoices without answer: %+v", c)
	}
}

// A lot that has no attempt left isn't told that the software will try again, whatever its last code advises.
func TestConseilLimite(t *testing.T) {
	o := journal.Objet{Genre: journal.LotScor, Champs: journal.Champs{Code: "9002"}}
	o.Etat = journal.LimiteEssais
	p, err := scor.Reference()
	if err != nil {
		t.Fatal(err)
	}
	if _, conseil := (etats.Langue{Profil: p}).Phrases(&o); !strings.Contains(conseil, "reconstituer") {
		t.Errorf("advice %q", conseil)
	}
}
