package retour

import (
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
)

// Retour is one of [*ARL], [*MdS], [*ANR], [*RSP] or [*Inconnu].
type Retour interface {
	// Sorte is the short name of the field: "ARL+", "ARL−", "MdS", "ANR", "RSP", "inconnu".
	Sorte() string
}

// ARL answers one lot, of invoices or of pieces. A positive one says that the caisse received the lot: neither that the pieces are
// legible nor that the invoices will be paid.
type ARL struct {
	// Flux is scor.FluxFactures, scor.FluxPieces, or "" where the profile's ARL doesn't tell.
	Flux     string
	Emetteur string // 14 digits, "" when absent
	Lot      lot.Cle
	Positif  bool
	Code     string
	Libelle  string // as the caisse words it; the profile's table has the SDK's
	// Facture is the number of the invoice at fault, 0 when none is named.
	Facture int
	// Compostage is that of the message answered, "" when absent.
	Compostage string
	Date       fse.Date
	Pieces     []PieceARL
}

// PieceARL is what an ARL says of one piece.
type PieceARL struct {
	ID      string
	Code    string
	Libelle string
	Facture int
}

// Sorte is "ARL+" or "ARL−".
func (a *ARL) Sorte() string {
	if a.Positif {
		return "ARL+"
	}
	return "ARL−"
}

// MdS tells that a message never reached the caisse's applications.
type MdS struct {
	Code string
	// Compostage and MessageID name the message in question; the profile's patterns or In-Reply-To give them. Both may be missing.
	Compostage string
	MessageID  string
	// Texte is the beginning of the message's text, at most 4 KiB.
	Texte string
}

// Sorte is "MdS".
func (*MdS) Sorte() string { return "MdS" }

// ANR is a report of non-delivery.
type ANR struct {
	// MessageID is that of the message that was not delivered, without < and >; "" when the report doesn't hold it.
	MessageID    string
	Destinataire string
	// Definitif: the mail system gave up. Otherwise it goes on trying.
	Definitif bool
	// Code is the enhanced status code (RFC 3463), as "5.1.1", or "".
	Code       string
	Diagnostic string
}

// Sorte is "ANR".
func (*ANR) Sorte() string { return "ANR" }

// RSP is a NOEMIE return as it came; noemie.Parse reads it.
type RSP struct {
	Contenu     []byte
	Description string
}

// Sorte is "RSP".
func (*RSP) Sorte() string { return "RSP" }

// Inconnu is a message that the profile doesn't recognise: a person has to look at it.
type Inconnu struct {
	Types []string // media types of its parts
}

// Sorte is "inconnu".
func (*Inconnu) Sorte() string { return "inconnu" }
