package transport

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"io"
	"strings"
)

// Identite names a message received, for the memory of a host: two messages are
// the same one when all three parts are equal. None of them is enough alone. The
// identifiers of two accounts of one server can be equal (UIDLs 1, 2, 3…; two IMAP
// folders made in the same second), a server that is replaced or repaired gives
// again identifiers that it gave before, and two messages can hold the same bytes.
type Identite struct {
	Compte    string            // account, as MessageBoite gives it
	ID        string            // the mailbox's identifier
	Empreinte [sha256.Size]byte // SHA-256 of the bytes of the message
}

// Cle is a stable text for the whole identity, 64 hexadecimal digits, under which a
// journal can know the message. Its computing doesn't change between versions.
func (i Identite) Cle() string {
	h := sha256.New()
	// Lengths come before contents, so that no two identities give the same bytes.
	for _, s := range []string{"identite-1", i.Compte, i.ID, string(i.Empreinte[:])} {
		var n [8]byte
		binary.BigEndian.PutUint64(n[:], uint64(len(s)))
		h.Write(n[:])
		h.Write([]byte(s))
	}
	return hex.EncodeToString(h.Sum(nil))
}

// MessageReleve is a message that Relever has read whole from a mailbox.
type MessageReleve struct {
	Identite
	Taille int64 // bytes

	contenu io.ReaderAt
}

// NewMessageReleve is a message of these bytes, for the tests of a [Releve].
func NewMessageReleve(compte, id, contenu string) *MessageReleve {
	i := Identite{compte, id, sha256.Sum256([]byte(contenu))}
	return &MessageReleve{Identite: i, Taille: int64(len(contenu)), contenu: strings.NewReader(contenu)}
}

// Contenu reads the message from its start, at each call, without the mailbox. It's
// valid until the method of Releve that was given the message returns.
func (m *MessageReleve) Contenu() *io.SectionReader {
	return io.NewSectionReader(m.contenu, 0, m.Taille)
}
