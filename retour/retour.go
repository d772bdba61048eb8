package retour

import (
	"github.com/scor-sdk/scor-sdk-go/lot"
)

// Retour is one of [*ARL], [*MdS], [*ANR], [*RSP] or [*Inconnu].
type Retour interface {
	// Sorte is the short name of the field: "ARL+", "ARL−", "MdS", "ANR", "RSP", "inconnu".
	Sorte() string
}

// ARL answers one lot, or all the lots of a message: see [lot.ARL].
type ARL = lot.ARL

// PieceARL is what an ARL says of one piece.
type PieceARL = lot.PieceARL

// MdS tells that a message never reached the caisse's applications.
type MdS struct {
	Code string
	// Compostage and MessageID name the message in question; the profile's patterns or In-Reply-To give them. Both may be
	// missing.
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
	MessageID string
	// EnveloppeID is the ENVID (RFC 3461) that the message left with, its compostage; "" when the report doesn't hold it.
	EnveloppeID  string
	Destinataire string
	// Douteux: nothing of the report is of the message itself; MessageID is what the report answers to, which anybody can
	// write.
	Douteux bool
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
