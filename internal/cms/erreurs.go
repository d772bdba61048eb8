package cms

import (
	"encoding/asn1"
	"errors"
	"fmt"
)

var (
	// ErrDestinataire is returned by [Open] when the message is for none of
	// the keys given. It depends on public data only.
	ErrDestinataire = errors.New("cms: the message is for none of the given certificates")

	// ErrDechiffrement is the only error for a content that does not decrypt,
	// whether the wrapped key, its padding or the padding of the content is
	// wrong (RFC 3218 §2.3). It may come as late as the last read.
	ErrDechiffrement = errors.New("cms: the content does not decrypt")

	// ErrSignature is returned when a signature does not match the content.
	ErrSignature = errors.New("cms: the signature does not match the content")

	// ErrSansSignature is returned for a SignedData that nobody signed.
	ErrSansSignature = errors.New("cms: nobody signed this message")
)

// ErreurStructure says where the encoding departs from RFC 5652.
type ErreurStructure struct {
	Offset  int64 // of the element, from the start of the ContentInfo, in bytes
	Lu      string
	Attendu string
}

func (e *ErreurStructure) Error() string {
	return fmt.Sprintf("cms: at byte %d: read %s, expected %s", e.Offset, e.Lu, e.Attendu)
}

// ErreurAlgorithme names an algorithm that this package does not implement.
type ErreurAlgorithme struct {
	Role string // "content encryption", "digest"...
	OID  string
}

func (e *ErreurAlgorithme) Error() string {
	return fmt.Sprintf("cms: unsupported %s algorithm %s", e.Role, e.OID)
}

// ErreurCle says that a certificate cannot serve as recipient or signer.
type ErreurCle struct {
	Serie string // serial number, hexadecimal
	Motif string
}

func (e *ErreurCle) Error() string {
	return fmt.Sprintf("cms: certificate %s: %s", e.Serie, e.Motif)
}

func erreurAlgorithme(role string, oid asn1.ObjectIdentifier) error {
	return &ErreurAlgorithme{Role: role, OID: oid.String()}
}
