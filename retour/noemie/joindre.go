package noemie

import "github.com/scor-sdk/scor-sdk-go/fse"

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
}

// Joindre joins a return with invoices on number and date of the lot and number of the invoice. A return may speak of
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
		dites[f.Cle] = true
		switch trouvees := parCle[f.Cle]; len(trouvees) {
		case 0:
			j.Inconnues = append(j.Inconnues, f)
		case 1:
			j.Paires = append(j.Paires, Paire{trouvees[0], f})
		default:
			j.Ambigues = append(j.Ambigues, f)
		}
	}
	for i := range factures {
		if !dites[CleDe(factures[i].Cle)] {
			j.SansRetour = append(j.SansRetour, &factures[i])
		}
	}
	return j
}
