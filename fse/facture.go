package fse

import (
	"cmp"
	"encoding/json"
	"fmt"
)

// Flux is the way an invoice was made, on which the pieces to send depend. The zero Flux is none: who makes an invoice
// says which it is.
type Flux uint8

// The flows. The certification letter of a B2 lot (type 1, column 81) gives four: blank, S, F, D; any other letter is
// FluxInconnu, since the pieces to send can't be told from it.
const (
	FluxInconnu       Flux = iota // not said, or not understood
	FluxB2                        // B2, not secured
	FluxFSE                       // electronic care sheet secured by the Vitale card and the professional's
	FluxFSESansVitale             // SESAM without Vitale card
	FluxFSEDegradee               // degraded: the professional's card only
	FluxDRE                       // claim to the complementary insurance (AMC)
)

var nomsFlux = [...]string{"flux inconnu", "B2 non sécurisé", "FSE sécurisée", "FSE sans Vitale", "FSE dégradée", "DRE"}

// String returns the name of the flow in French.
func (f Flux) String() string {
	if int(f) < len(nomsFlux) {
		return nomsFlux[f]
	}
	return fmt.Sprintf("flux %d", uint8(f))
}

// MarshalJSON writes the number that the flow had when FluxB2 was 0, and null for none: what journals and archives hold
// stays readable, and the same.
func (f Flux) MarshalJSON() ([]byte, error) {
	if f == FluxInconnu {
		return []byte("null"), nil
	}
	return json.Marshal(uint8(f - FluxB2))
}

// UnmarshalJSON reads what MarshalJSON writes.
func (f *Flux) UnmarshalJSON(b []byte) error {
	if string(b) == "null" {
		*f = FluxInconnu
		return nil
	}
	var n uint8
	if err := json.Unmarshal(b, &n); err != nil {
		return fmt.Errorf("fse: flow: %w", err)
	}
	if int(n) >= len(nomsFlux)-1 {
		return fmt.Errorf("fse: flow: read %d, expected 0 to %d", n, len(nomsFlux)-2)
	}
	*f = FluxB2 + Flux(n)
	return nil
}

// CleLot is the identity of a lot of invoices.
type CleLot struct {
	Emetteur string // number of the billing partner, 9 digits (B2 type 1, columns 2 to 10)
	Numero   int    // of the lot, 0 to 999
	Date     Date   // of the lot's making, echoed by the returns
}

// String returns the key for logs: nothing in it is personal to a patient.
func (c CleLot) String() string {
	return fmt.Sprintf("%s/%03d/%s", c.Emetteur, c.Numero, c.Date.AAMMJJ())
}

// Compare orders by sender, date, number.
func (c CleLot) Compare(o CleLot) int {
	return cmp.Or(cmp.Compare(c.Emetteur, o.Emetteur), c.Date.Compare(o.Date), cmp.Compare(c.Numero, o.Numero))
}

// CleFacture is the identity of an invoice.
type CleFacture struct {
	Lot    CleLot
	Numero int // 9 digits
}

// String returns the key for logs.
func (c CleFacture) String() string { return fmt.Sprintf("%s/%09d", c.Lot, c.Numero) }

// Compare orders by lot, then number.
func (c CleFacture) Compare(o CleFacture) int {
	return cmp.Or(c.Lot.Compare(o.Lot), cmp.Compare(c.Numero, o.Numero))
}

// Acte is a line of an invoice: an act, a product, a stay's service. Amounts in cents.
type Acte struct {
	Code      string // of the act, up to 5 characters, without blanks
	Date      Date   // of the care, or of its start
	Executant string // 9 digits, "" when the line has none
	Montant   Montant
	AMO, AMC  Montant
	Quantite  int

	// What the records 4E add, when the professional's RPPS number is known.
	RPPSExecutant      RPPS   `json:",omitempty"`
	StructureExecutant string `json:",omitempty"` // identifier of the place of care, up to 14 characters
}

// Facture is an invoice, with what pairing, rules and follow-up need of it. It holds personal data.
type Facture struct {
	Cle              CleFacture
	Flux             Flux
	Assure           NIR
	Naissance        Naissance // birth date of the beneficiary, raw AAMMJJ, perhaps lunar: see [Naissance]
	RangNaissance    string
	Organisme        Organisme
	Destinataire     string // destination organism of the lot, 3 digits
	Date             Date   // of the invoice; the lot's where the norm has none (CP)
	DatePrescription Date
	Entree, Sortie   Date   // of a stay
	Sejour           string // number of the stay
	Prescripteur     string // 9 digits, "" for none
	Executant        string // of the first line that has one
	NatureAssurance  string // 10 maladie, 13 Alsace-Moselle, 30 maternité, 41 AT/MP, 90 prévention
	Total            Montant
	AMO, AMC         Montant
	Patient          Montant // share of the insured before the complementary insurance's
	Lignes           int     // lines of care: base records of types 3 and 4 in B2
	Actes            []Acte
	Serie            string            // series of acts, an id given by the host; "" for none
	Attributs        map[string]string // facts given by the host for the rules, as "e-prescription": "oui"

	// What the records 3E and 4E add: the national numbers of the prescriber and of the first executant that has one,
	// and the place where the prescription was made.
	RPPSPrescripteur      RPPS   `json:",omitempty"`
	RPPSExecutant         RPPS   `json:",omitempty"`
	StructurePrescripteur string `json:",omitempty"`
}

// String names the invoice by its key: nothing personal.
func (f Facture) String() string { return f.Cle.String() }

// Lot is a set of invoices sent together to one organism.
type Lot struct {
	Cle          CleLot
	Flux         Flux
	Destinataire string // 3 digits
	Norme        string // code of the norm, as "CP"; often blank
	Partenaire   string // name of the billing partner
	Factures     []Facture
	Total        Montant
	AMO, AMC     Montant
	// amounts are cents of franc: the lot was made before 2002, or its maker forgot the currency
	Francs bool `json:",omitempty"`
}

// Fichier is a file of lots.
type Fichier struct {
	TypeEmetteur, Emetteur         string // 2 letters; 14 digits
	TypeDestinataire, Destinataire string // 2 letters; 14 digits
	ID                             string // 6 characters
	Date                           Date
	Norme                          string // 4 characters, "CP" for establishments
	Lots                           []Lot
}
