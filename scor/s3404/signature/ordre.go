package signature

import (
	"errors"
	"fmt"
	"slices"
)

// Attendu is one of several who sign a document, in an order that its presenter fixes.
type Attendu struct {
	// Signataire is the [Signataire.ID] of who signs.
	Signataire string
	// Mandant is the name for which this one signs "pour mandat", and for no other; "" leaves it to the signer.
	Mandant string
}

// OrdreMax is how many may sign one document.
const OrdreMax = 6

// ErrTour is what a signer gets before the one whose turn it is has signed, or who isn't one of the document's.
var ErrTour = errors.New("signature: it is another signer's turn")

// nombre is how many signatures a document needs.
func (d *Document) nombre() int { return max(1, len(d.Ordre)) }

func (d *Document) verifierOrdre() error {
	if len(d.Ordre) > OrdreMax {
		return fmt.Errorf("signature: %d signers, at most %d", len(d.Ordre), OrdreMax)
	}
	d.Ordre = slices.Clone(d.Ordre)
	vus := map[string]bool{}
	for i := range d.Ordre {
		a := &d.Ordre[i]
		if a.Signataire == "" || vus[a.Signataire] {
			return fmt.Errorf("signature: signer %d: expected an identifier, of a person who signs once", i+1)
		}
		vus[a.Signataire] = true
		m, err := mandant(a.Mandant)
		if err != nil {
			return fmt.Errorf("signature: signer %d: %w", i+1, err)
		}
		a.Mandant = m
	}
	return nil
}

// rang is a signer's place in the order, from 0; -1 for none.
func (d *Document) rang(id string) int {
	for i := range d.Ordre {
		if d.Ordre[i].Signataire == id {
			return i
		}
	}
	return -1
}

// visible says whether a signer's turn has come. The registry's lock is held.
func (e *entree) visible(s Signataire) bool {
	if len(e.doc.Ordre) == 0 {
		return true
	}
	rang := e.doc.rang(s.ID)
	return rang >= 0 && rang <= len(e.recus)
}

// tour says whether a signer is the one who signs, or refuses, after so many signatures.
func (d *Document) tour(s Signataire, donnees int) error {
	if len(d.Ordre) == 0 || donnees < len(d.Ordre) && d.Ordre[donnees].Signataire == s.ID {
		return nil
	}
	return ErrTour
}

// mandat checks a demand against the mandate that the order gives its signer.
func (a *Attendu) mandat(d *Demande) error {
	if a.Mandant != "" && (!d.PourMandat || !memeNom(a.Mandant, d.Mandant)) {
		return fmt.Errorf("%w: this signer signs pour mandat of the name that the document gives", ErrMandant)
	}
	return nil
}

// Attend says whether it is this signer's turn.
func (v *Vue) Attend(s Signataire) bool {
	return v.Etat == ASigner && (v.Attendu == nil || v.Attendu.Signataire == s.ID)
}

// RecuDe is the receipt of a signer's own signature, or the last one of the document.
func (v *Vue) RecuDe(s Signataire) Recu {
	for _, r := range v.Signatures {
		if r.Signataire.ID == s.ID {
			return r
		}
	}
	return v.Recu
}
