package scor

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/masque"
)

// Empreinte is the SHA-256 of a document, by which it is named and proved.
type Empreinte [32]byte

// String gives the 64 hexadecimal digits, in lower case.
func (e Empreinte) String() string { return hex.EncodeToString(e[:]) }

// IsZero says whether no document was hashed.
func (e Empreinte) IsZero() bool { return e == Empreinte{} }

// MarshalText writes the 64 hexadecimal digits.
func (e Empreinte) MarshalText() ([]byte, error) { return []byte(e.String()), nil }

// UnmarshalText reads 64 hexadecimal digits, of either case.
func (e *Empreinte) UnmarshalText(t []byte) error {
	if len(t) != hex.EncodedLen(len(e)) {
		return fmt.Errorf("empreinte of %d characters, expected %d hexadecimal digits", len(t), hex.EncodedLen(len(e)))
	}
	if _, err := hex.Decode(e[:], t); err != nil {
		return errors.New("empreinte: expected hexadecimal digits")
	}
	return nil
}

// Names of the pieces that the conventions speak of. A profile gives each its code on the wire; an editor may use names
// of its own as long as its profile has them.
const (
	Ordonnance      = "ordonnance"
	FeuilleDeSoins  = "feuille-de-soins"
	DSI             = "dsi"
	AccordPrealable = "accord-prealable"
	S3404           = "s3404"
	TicketVitale    = "ticket-vitale"
	Autre           = "autre"
)

// Piece is a pièce justificative: a document as it will be sent, or the reference to one that was sent before
// (series of acts: kinésithérapeutes' convention, avenant 3, annexe 4, art. 2.3 and 2.6).
type Piece struct {
	// ID names the piece for ever; it is unique for a sender and is what the lot file and the message's part carry.
	ID string
	// Type is a name of the profile's types_piece.
	Type string
	// Facture is the invoice that the piece belongs to, when the host knows it; otherwise zero.
	Facture fse.CleFacture
	// Reference is the ID of the piece already sent; then there is no document.
	Reference string
	// Numerisee is when it was scanned, to the second, when the host says it; Attributs are facts of the host's own, for
	// specifications that ask.
	Numerisee time.Time
	Attributs map[string]string
	Pages     int
	// Octets is the document's size in bytes.
	Octets    int64
	Empreinte Empreinte
	// Fichier is the name that the user knows the scan by. It may hold a patient's name: it is shown, never logged.
	Fichier string
	// Open opens the document, as often as asked; nil for a reference.
	Open func() (io.ReadCloser, error)
}

// EstReference says that the piece stands for one that was sent before.
func (p *Piece) EstReference() bool { return p.Reference != "" }

// Verifier says what is wrong with a piece before it goes anywhere: an identifier missing or with characters that a
// fixed-width record or a file name cannot hold, a document and a reference at once, a document without size, pages or
// hash.
func (p *Piece) Verifier() error {
	var errs []error
	if p.ID == "" {
		errs = append(errs, errors.New("no identifier"))
	}
	for _, c := range p.ID {
		if !(c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '-' || c == '_') {
			errs = append(errs, fmt.Errorf("identifier with %q, expected letters, digits, - and _", c))
			break
		}
	}
	if p.Type == "" {
		errs = append(errs, errors.New("no type"))
	}
	if p.EstReference() {
		if p.Open != nil {
			errs = append(errs, errors.New("both a document and a reference"))
		}
	} else {
		if p.Open == nil {
			errs = append(errs, errors.New("neither a document nor a reference"))
		}
		if p.Pages <= 0 || p.Octets <= 0 || p.Empreinte.IsZero() {
			errs = append(errs, fmt.Errorf("%d pages, %d bytes, hash known: %t", p.Pages, p.Octets, !p.Empreinte.IsZero()))
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return fmt.Errorf("scor: pièce %.80q: %w", masque.Identifiant(p.ID), errors.Join(errs...))
}

// Fichier opens the document in a file, as Piece.Open wants it.
func Fichier(chemin string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return os.Open(chemin) }
}
