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

	// ErrCleIndisponible: the key itself couldn't be used, to decrypt or to sign: a card
	// that was taken out, an HSM that doesn't answer. What its Decrypter or its Signer
	// said is wrapped too. It tells nothing of the message, which is to be tried again.
	ErrCleIndisponible = errors.New("the private key can't be used now")

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
	if nom := noms[e.OID]; nom != "" {
		return fmt.Sprintf("cms: unsupported %s algorithm %s (%s)", e.Role, nom, e.OID)
	}
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

// noms of algorithms that senders use and that this package doesn't implement.
var noms = map[string]string{
	"1.2.840.113549.3.2": "RC2-CBC", "1.2.840.113549.3.4": "RC4", "1.3.14.3.2.7": "DES-CBC",
	"2.16.840.1.101.3.4.1.6": "AES-128-GCM", "2.16.840.1.101.3.4.1.26": "AES-192-GCM",
	"2.16.840.1.101.3.4.1.46": "AES-256-GCM", "2.16.840.1.101.3.4.1.7": "AES-128-CCM",
	"2.16.840.1.101.3.4.1.27": "AES-192-CCM", "2.16.840.1.101.3.4.1.47": "AES-256-CCM",
	"1.2.840.113549.1.9.16.3.18": "ChaCha20-Poly1305", "1.2.392.200011.61.1.1.1.2": "Camellia-128-CBC",
	"1.2.392.200011.61.1.1.1.4": "Camellia-256-CBC", "1.3.14.3.2.26": "SHA-1", "1.2.840.113549.2.5": "MD5",
	"1.2.840.113549.1.1.4": "MD5 with RSA", "1.2.840.113549.1.1.5": "SHA-1 with RSA", "1.3.101.112": "Ed25519",
	"1.3.101.113": "Ed448", "1.2.840.113549.1.9.16.3.17": "HSS/LMS",
}

func erreurAlgorithme(role string, oid asn1.ObjectIdentifier) error {
	return &ErreurAlgorithme{Role: role, OID: oid.String()}
}
