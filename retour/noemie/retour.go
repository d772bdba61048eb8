package noemie

import (
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Issue is what became of an invoice, or of a share of it.
type Issue uint8

// States. Signale is paid with a remark, or not as it was asked; Reprise, money that the caisse takes back;
// EtatInconnu,
// nothing said.
const (
	EtatInconnu Issue = iota
	Paye
	Rejete
	Differe
	Signale
	Reprise
)

// String returns "paye", "rejete", "differe", "signale", "reprise" or "inconnu".
func (e Issue) String() string {
	return [...]string{"inconnu", "paye", "rejete", "differe", "signale", "reprise"}[min(e, Reprise)]
}

// MarshalText implements encoding.TextMarshaler with the word of String.
func (e Issue) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// Libelle returns the state for the end user, in French.
func (e Issue) Libelle() string {
	return [...]string{"état non précisé", "payée", "rejetée", "en attente", "payée avec signalement",
		"reprise par la caisse"}[min(e, Reprise)]
}

// Cle names an invoice as a return does.
type Cle struct {
	Lot     int
	DateLot fse.Date
	Numero  int
}

// CleDe returns what a return will call the invoice.
func CleDe(c fse.CleFacture) Cle { return Cle{c.Lot.Numero, c.Lot.Date, c.Numero} }

// String returns the key for logs.
func (c Cle) String() string { return fmt.Sprintf("%03d/%s/%09d", c.Lot, c.DateLot.AAMMJJ(), c.Numero) }

// Part is the share of an insurance. Amounts in cents.
type Part struct {
	Demande       fse.Montant
	DemandeConnue bool // the old form of returns doesn't carry what was asked
	Paye          fse.Montant
	Etat          Issue  // EtatInconnu when the return leaves it blank
	Organisme     string // AMC: its number, "" for none
}

// Motif is a reason of a rejection, or a remark on a payment.
type Motif struct {
	Code, Libelle string // as delivered: the tables are not public
	Niveau        string // F invoice, L line, A fine code; "" when not said
	Part          string // O for AMO or both, C for AMC; "" when not said
	Ligne         int    // 0 for none
	Nature        string
	Date          fse.Date // of the care
	Executant     string
	Information   string
}

// Ligne is a line of payment.
type Ligne struct {
	Numero        int
	Hospitaliere  bool // entity 220
	Nature        string
	Debut, Fin    fse.Date
	Paye          fse.Montant // with its sign
	Base, Depense fse.Montant
	Taux          int // percent
}

// Versement is what a payment's invoices have in common.
type Versement struct {
	Mandataire   string // entity 020, 15 digits
	Organisme    string // entity 010, complementary organism with key
	Beneficiaire string // entity 040, 15 digits
	Date         fse.Date
	Libelles     [2]string // of the transfer
	Payeur       string
	TypeRetour   string // 01 electronic, 02 paper, 03 one-off or flat, 04 recalls, 05 withholdings; "" for none
}

// Reponse is what a return says of an invoice.
type Reponse struct {
	Cle        Cle
	Complement string // of the invoice number
	// entity 102: A AMC flow, B B2 or degraded, D DRE, F FSE, P C paper, E recall, R L inter-centre; "" in the old form
	Origine      string
	Date         fse.Date
	Nature       string  // of the insurance: AS, AT, AM…
	Assure       fse.NIR // zero when absent or unreadable
	Etat         Issue
	AMO, AMC     *Part // nil when the return carries nothing of it
	Motifs       []Motif
	Commentaires []string
	Lignes       []Ligne
	Archivage    string
	Versement    *Versement // shared by the invoices of a payment
	Entite       int        // rank of its first entity
	Offset       int64
}

// Retenue is a financial move: money withheld, or given back.
type Retenue struct {
	Reference string
	Date      fse.Date
	Nature    string
	Operation string
	Montant   fse.Montant // with its sign
	Solde     fse.Montant
	Ligne     int
	Facture   *Cle // the invoice it stands under, nil when under none
	Versement *Versement
}

// Forfait is a one-off or flat payment, or a detail of one.
type Forfait struct {
	Code, Libelle string
	Montant       fse.Montant
	Periode       string // H M T S A P
	Debut, Fin    fse.Date
	Detail        bool // entity 262
	Versement     *Versement
}

// Entete is the first record.
type Entete struct {
	TypeEmetteur, Emetteur         string
	TypeDestinataire, Destinataire string
	ID                             string
	Date                           fse.Date
	Reference                      string // of the exchange, as 0578
	TypeFlux                       string // blank or R real, T test, D demonstration
}

// Retour is a whole return.
type Retour struct {
	Entete
	Suivants  []Entete // of the returns that follow the first in the same stream: what they say is with the rest
	Emballage Emballage
	Factures  []Reponse
	Retenues  []Retenue
	Forfaits  []Forfait
	Inconnues []Entite // entities whose layout is unknown, raw
	Cumul     fse.Montant
}

// arreter settles the state of the invoice, once all its entities were read.
func (f *Reponse) arreter() {
	for _, p := range []*Part{f.AMO, f.AMC} {
		if p != nil && p.Paye < 0 && p.Etat == Paye {
			p.Etat = Reprise
		}
	}
	amo, amc := etatDePart(f.AMO), etatDePart(f.AMC)
	if amo == EtatInconnu && amc == EtatInconnu {
		f.arreterAncienne()
		return
	}
	// The Assurance Maladie's share decides. Where it is paid and something of the rest isn't, the user must look at it.
	f.Etat = amo
	if amo == EtatInconnu {
		f.Etat = amc
	}
	switch {
	case f.Paye() < 0:
		f.Etat = Reprise
	case f.Etat == Paye && (f.remarque() || amc == Rejete || amc == Differe || amc == Reprise || f.AMO.sansPaiement() ||
		f.AMC.sansPaiement()):
		f.Etat = Signale
	}
}

func (f *Reponse) remarque() bool { return len(f.Motifs) > 0 || len(f.Commentaires) > 0 }

func etatDePart(p *Part) Issue {
	if p == nil {
		return EtatInconnu
	}
	return p.Etat
}

// sansPaiement reports whether the share was asked for and is said to be paid, with nothing.
func (p *Part) sansPaiement() bool { return p != nil && p.Etat == Paye && p.Paye == 0 && p.Demande > 0 }

// arreterAncienne settles the state in the old form, where nothing says it. Paid lines mean paid, a reason without them
// rejected, both paid with a remark, a negative sum taken back; that a payment is deferred cannot be told.
func (f *Reponse) arreterAncienne() {
	var paye fse.Montant
	for _, l := range f.Lignes {
		paye += l.Paye
	}
	switch {
	case paye < 0:
		f.Etat = Reprise
	case paye != 0 && f.remarque():
		f.Etat = Signale
	case len(f.Motifs) > 0:
		f.Etat = Rejete
	case len(f.Lignes) > 0:
		f.Etat = Paye
	}
	if f.AMO == nil && f.Etat != EtatInconnu {
		f.AMO = &Part{Paye: paye, Etat: f.Etat}
		if f.Etat == Signale {
			f.AMO.Etat = Paye
		}
	}
}

// Paye returns the total paid on both shares.
func (f *Reponse) Paye() fse.Montant {
	var m fse.Montant
	if f.AMO != nil {
		m += f.AMO.Paye
	}
	if f.AMC != nil {
		m += f.AMC.Paye
	}
	return m
}

// String names the invoice by its key and state.
func (f Reponse) String() string { return f.Cle.String() + " " + f.Etat.String() }

func etatDe(s string) Issue {
	switch s {
	case "P":
		return Paye
	case "R":
		return Rejete
	case "D":
		return Differe
	}
	return EtatInconnu
}

func lettreEtat(e Issue) string {
	return [...]string{"", "P", "R", "D", "P", "P"}[min(e, Reprise)]
}

// sansZeros returns "" for a number of zeros only, which stands for none.
func sansZeros(s string) string {
	if strings.Trim(s, "0 ") == "" {
		return ""
	}
	return s
}
