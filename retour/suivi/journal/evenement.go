package journal

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/chaine"
)

// Genre is the kind of object that an event concerns.
type Genre string

const (
	LotFactures Genre = "lot-factures" // a lot of invoices (FSE or B2)
	Facture     Genre = "facture"      // an invoice
	Piece       Genre = "piece"        // a pièce justificative
	LotScor     Genre = "lot-scor"     // a lot of pieces
	Message     Genre = "message"      // a message to send, with its identity and exact bytes
	Reception   Genre = "reception"    // a message received, with its exact bytes
	Cabinet     Genre = "cabinet"      // the practice: verification period, clock
)

// Genres lists every kind, in the order of the documentation.
func Genres() []Genre {
	return []Genre{LotFactures, Facture, Piece, LotScor, Message, Reception, Cabinet}
}

// Etat is a state of an object; Libelle gives its French name.
type Etat string

// Type is what happened.
type Type string

// Condense is a SHA-256 link of the chain.
type Condense [sha256.Size]byte

func (c Condense) String() string { return hex.EncodeToString(c[:]) }

// Evenement is one line of the journal. The host sets Genre, Cle, Type, Version, Champs and Quand; the store sets the
// rest.
type Evenement struct {
	Seq     uint64    // 1 for the first event of the journal
	Prec    uint64    // Seq of the previous event of the same object, 0 for its first: an object's history needs no index
	Quand   time.Time // UTC, microseconds; a store never lets it go back
	Genre   Genre
	Cle     string // identity of the object within its kind
	Type    Type
	Version uint64 // version of the object after this event: 1 for its first
	Champs  Champs // what the event says

	Donnees  []byte // Champs as written (JSON); the chain covers these bytes
	Condense Condense
}

// Tete is the end of a journal: what to keep elsewhere to prove later that nothing was cut off.
type Tete struct {
	Seq      uint64
	Quand    time.Time
	Condense Condense
}

// Microsecondes is the time as the stores keep it.
func Microsecondes(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMicro()
}

// Instant is the reverse of Microsecondes.
func Instant(us int64) time.Time {
	if us == 0 {
		return time.Time{}
	}
	return time.UnixMicro(us).UTC()
}

// contenu is Contenu; b is a buffer to reuse; it comes back.
func (e *Evenement) contenu(b []byte) (Condense, []byte) {
	b = binary.BigEndian.AppendUint64(b[:0], e.Seq)
	b = binary.BigEndian.AppendUint64(b, e.Prec)
	b = binary.BigEndian.AppendUint64(b, uint64(Microsecondes(e.Quand)))
	b = binary.BigEndian.AppendUint64(b, e.Version)
	for _, s := range [...]string{string(e.Genre), e.Cle, string(e.Type)} {
		b = binary.BigEndian.AppendUint32(b, uint32(len(s)))
		b = append(b, s...)
	}
	b = binary.BigEndian.AppendUint32(b, uint32(len(e.Donnees)))
	b = append(b, e.Donnees...)
	return sha256.Sum256(b), b
}

// Contenu is the digest of every column of e but the link itself.
func (e *Evenement) Contenu() Condense {
	c, _ := e.contenu(nil)
	return c
}

// Suivant is the link that follows precedent for an event of that content: the digests of the events in between are
// enough to prove that one is in the chain, without showing the others.
func Suivant(precedent, contenu Condense) Condense {
	return Condense(chaine.Suivant(chaine.Condense(precedent), chaine.Condense(contenu)))
}

// condenser computes the link of e after precedent.
func condenser(precedent Condense, e *Evenement, tampon []byte) (Condense, []byte) {
	c, tampon := e.contenu(tampon)
	return Suivant(precedent, c), tampon
}
