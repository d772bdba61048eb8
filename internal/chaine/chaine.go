// Package chaine is the one hash chain: what the journal of retour/suivi and the register of scor/controle are made of.
//
//	link(n) = SHA-256(1, link(n-1), SHA-256(content n))        link(0) is 32 zero bytes
//
// Changing a byte of any content breaks every link after it. The digests of the contents in between are enough to prove
// that one content is in the chain, without showing the others. What a chain alone can't show, the loss of its end, is
// shown by a link kept elsewhere.
//
// Fil is a chain of lines in a file of an internal/depot: Open reads and checks it, Append adds a line to it.
package chaine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// Condense is a link, or the digest of a content.
type Condense [sha256.Size]byte

const version = 1

// Contenu is the digest of a content.
func Contenu(b []byte) Condense { return sha256.Sum256(b) }

// Suivant is the link that follows precedent, for a content of that digest.
func Suivant(precedent, contenu Condense) Condense {
	var b [1 + 2*sha256.Size]byte
	b[0] = version
	copy(b[1:], precedent[:])
	copy(b[1+sha256.Size:], contenu[:])
	return sha256.Sum256(b[:])
}

func (c Condense) String() string { return hex.EncodeToString(c[:]) }

// MarshalText writes hexadecimal digits.
func (c Condense) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads them.
func (c *Condense) UnmarshalText(b []byte) error {
	if len(b) != 2*len(c) {
		return fmt.Errorf("chaine: digest of %d digits, expected %d", len(b), 2*len(c))
	}
	if _, err := hex.Decode(c[:], b); err != nil {
		return fmt.Errorf("chaine: digest: %w", err)
	}
	return nil
}
