package noemie

import (
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Paire is an invoice with what a return says of it.
type Paire struct {
	Facture *fse.Facture
	Retour  *Reponse
}

// Jointure is the outcome of Joindre.
type Jointure struct {
	Paires     []Paire        // in the order of the return
	Inconnues  []*Reponse     // in the return, among no invoice
	Ambigues   []*Reponse     // the key is that of several invoices: senders differ
	SansRetour []*fse.Facture // invoices of which the return says nothing
	Constats   []Constat      // where a return and an invoice don't agree
}

// Joindre joins a return with invoices on number and date of the lot and number of the invoice, and compares what they
// say: a damaged number, amount or date is found here, since nothing in the return alone shows it. A return may speak
// of
// an invoice more than once.
func Joindre(r *Retour, factures []fse.Facture) Jointure {
	parCle := make(map[Cle][]*fse.Facture, len(factures))
	for i := range factures {
		c := CleDe(factures[i].Cle)
		parCle[c] = append(parCle[c], &factures[i])
	}
	var j Jointure
	dites := map[Cle]bool{}
	for i := range r.Factures {
		f := &r.Factures[i]
		switch trouvees := parCle[f.Cle]; len(trouvees) {
		case 0:
			j.Inconnues = append(j.Inconnues, f)
		case 1:
			j.Paires = append(j.Paires, Paire{trouvees[0], f})
			if dites[f.Cle] {
				j.constate(f, ctlJointDouble, "102", "facture", f.Cle.String(), "", "Le retour parle deux fois de cette facture.")
			}
			j.comparer(trouvees[0], f)
		default:
			j.Ambigues = append(j.Ambigues, f)
		}
		dites[f.Cle] = true
	}
	for i := range factures {
		if !dites[CleDe(factures[i].Cle)] {
			j.SansRetour = append(j.SansRetour, &factures[i])
		}
	}
	// Each unknown one is compared with each that has no return: not in a return that joins with nothing.
	proches := len(j.Inconnues)*len(j.SansRetour) <= procheMax
	for _, f := range j.Inconnues {
		j.chercher(f, proches)
	}
	return j
}

func (j *Jointure) constate(f *Reponse, ctl *fse.Controle, entite, zone, lu, attendu, message string) {
	if len(j.Constats) >= constatsMax {
		return
	}
	j.Constats = append(j.Constats, Constat{Code: ctl.Code, Gravite: ctl.Gravite, Source: ctl.Source, Lu: cacher(lu),
		Attendu: cacher(attendu),
		Message: message, Lieu: fse.Lieu{Format: format, Portee: fse.PorteeFacture, Rang: f.Entite, Type: entite,
			Zone: zone, Offset: f.Offset,
			Facture: fse.CleFacture{Lot: fse.CleLot{Numero: f.Cle.Lot, Date: f.Cle.DateLot}, Numero: f.Cle.Numero}}})
}

const procheMax = 1 << 20

// naturesAssurance are the natures of a return for those of an invoice.
var naturesAssurance = map[string]string{"10": "AS", "13": "AS", "30": "AM", "41": "AT"}

// comparer tells where a return doesn't say of an invoice what was sent.
func (j *Jointure) comparer(x *fse.Facture, f *Reponse) {
	if !f.Assure.IsZero() && !x.Assure.IsZero() && f.Assure != x.Assure {
		j.constate(f, ctlJointNIR, "103", "nir", "(masqué)", "(masqué)", "L'assuré du retour n'est pas celui de la facture.")
	}
	for _, p := range []struct {
		nom, entite string
		part        *Part
		facture     fse.Montant
	}{{"la part de l'assurance maladie", "198", f.AMO, x.AMO}, {"la part complémentaire", "199", f.AMC, x.AMC}} {
		if p.part == nil {
			continue
		}
		if p.part.DemandeConnue && p.part.Demande != p.facture {
			j.constate(f, ctlJointMontant, p.entite, "demande", fmt.Sprint(int64(p.part.Demande)), fmt.Sprint(int64(p.facture)),
				fmt.Sprintf("Pour %s, le retour porte %s demandés, la facture %s.", p.nom, p.part.Demande, p.facture))
		}
		if p.part.Paye > p.facture {
			j.constate(f, ctlJointTrop, p.entite, "paye", fmt.Sprint(int64(p.part.Paye)), fmt.Sprint(int64(p.facture)),
				fmt.Sprintf("Pour %s, le retour paie %s, la facture demandait %s.", p.nom, p.part.Paye, p.facture))
		}
	}
	if n := naturesAssurance[x.NatureAssurance]; n != "" && f.Nature != "" && Libelle("150", "nature_assurance",
		f.Nature) != "" && f.Nature != n {
		j.constate(f, ctlJointNature, "102", "nature_assurance", f.Nature, n,
			"La nature d'assurance du retour n'est pas celle de la facture.")
	}
	if !f.Date.IsZero() && !x.Date.IsZero() && f.Date != x.Date {
		j.constate(f, ctlJointDate, "102", "date_facture", f.Date.String(), x.Date.String(),
			"La date de facture du retour n'est pas celle de la facture.")
	}
}

// chercher names the invoice that an unknown one looks like: the only one without return whose key differs by one
// character, or else that has the same insured and amount.
func (j *Jointure) chercher(f *Reponse, proches bool) {
	var proche *fse.Facture
	if proches {
		proche = j.seule(func(x *fse.Facture) bool { return ecarts(CleDe(x.Cle), f.Cle) == 1 })
	}
	if proches && proche == nil {
		proche = j.seule(func(x *fse.Facture) bool {
			return !f.Assure.IsZero() && f.Assure == x.Assure && f.AMO != nil && f.AMO.Demande == x.AMO
		})
	}
	attendu, message := "", "Le retour nomme une facture qui n'a pas été envoyée."
	if proche != nil {
		attendu = CleDe(proche.Cle).String()
		message = fmt.Sprintf("Le retour nomme une facture qui n'a pas été envoyée ; la facture %s lui ressemble : à "+
			"vérifier avant de les rapprocher.", attendu)
	}
	j.constate(f, ctlJointInconnue, "102", "facture", f.Cle.String(), attendu, message)
}

// seule returns the only invoice without return that fits, nil for none or several.
func (j *Jointure) seule(convient func(*fse.Facture) bool) (trouvee *fse.Facture) {
	for _, x := range j.SansRetour {
		if convient(x) {
			if trouvee != nil {
				return nil
			}
			trouvee = x
		}
	}
	return trouvee
}

// ecarts counts the characters in which two keys differ.
func ecarts(a, b Cle) int {
	s, t := a.String(), b.String()
	if len(s) != len(t) {
		return max(len(s), len(t))
	}
	n := 0
	for i := range len(s) {
		if s[i] != t[i] {
			n++
		}
	}
	return n
}
