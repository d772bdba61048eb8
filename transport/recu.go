package transport

import (
	"context"
	"crypto/x509"
	"errors"
	"io"
	"iter"
	"time"

	"github.com/emersion/go-message/textproto"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/cms"
)

// Recu is a message being opened. Its header is read; its parts are read in
// order, once, by Parties.
type Recu struct {
	Entetes    textproto.Header // as read, byte for byte; Entete decodes
	De         string           // first address of From, without the name
	A          []string         // addresses of To
	Sujet      string           // decoded
	ID         string           // Message-ID, without < and >
	EnReponseA []string         // In-Reply-To, then References, without < and >
	Date       time.Time        // zero when absent or unreadable
	Type       string           // media type of the whole, lower case
	Parametres map[string]string
	// Chiffre: the message, or a part already passed by Parties, was encrypted.
	Chiffre bool
	// Signatures are those of the signed objects that Parties has passed whole. A
	// signature that doesn't match is an error of the loop: at the end of an opaque
	// object, or with the part that holds the signature of a multipart/signed, which
	// follows its content.
	Signatures []Signature

	// Constats are what was wrong with the message and was read all the same; they're
	// complete once the loop over the parts has ended.
	Constats []fse.Constat

	parties iter.Seq2[*PartieRecue, error]
}

// Parties passes the leaves of the message, in order: multiparts are entered,
// encrypted and signed objects opened. The content of a part is valid until the
// next one. An error that concerns one part comes with that part and the loop
// can go on; with a nil part, it ends the message. The sequence is good for one loop.
func (r *Recu) Parties() iter.Seq2[*PartieRecue, error] { return r.parties }

// PartieRecue is a part of a received message. Read gives its content: transfer
// encoding undone and, for the application/* types, gzip or zlib undone.
type PartieRecue struct {
	Entetes     textproto.Header
	Type        string // media type, lower case
	Parametres  map[string]string
	Description string // Content-Description, decoded
	Nom         string // file name, decoded, reduced to its last element
	Chemin      string // place in the tree: "1", "2.1"
	Chiffre     bool   // came from an encrypted object
	Compression string // "gzip", "zlib" or ""

	contenu io.Reader
}

func (p *PartieRecue) Read(b []byte) (int, error) { return p.contenu.Read(b) }

// Errors of Open and of Recu.Parties.
var (
	ErrSansCle   = errors.New("transport: no key opens this message")
	ErrTropGrand = errors.New("transport: message over the limit")
	ErrMalForme  = errors.New("transport: malformed message")
	ErrSignature = errors.New("transport: the signature can't be trusted")
	ErrParcourue = errors.New("transport: the parts were already read")
)

// ErrCleIndisponible is wrapped when the card or the HSM failed, by Open and Parties for
// a Decrypter, by [Composer] and what reads an Envoi for a Signer; what it said is wrapped
// too. The message is sound: it's to be opened, or sent, again once the key is back.
var ErrCleIndisponible = cms.ErrCleIndisponible

// Open reads the header of a message and prepares its parts, with no limit but
// those of [Ouvreur]'s zero value.
func Open(ctx context.Context, r io.Reader, cles []Cle) (*Recu, error) {
	return Ouvreur{Cles: cles}.Open(ctx, r)
}

// Ouvreur opens messages.
type Ouvreur struct {
	Cles []Cle
	// Racines are the authorities of signers; nil verifies the signatures alone:
	// who signed is then the caller's to judge.
	Racines *x509.CertPool
	// OctetsMax bounds the bytes given by all parts together, decompressed; 0 is
	// 4 GiB.
	OctetsMax int64
	// PartiesMax bounds the number of parts; 0 is 10,000.
	PartiesMax int
	// ProfondeurMax bounds the nesting of multiparts and encrypted objects; 0 is 10.
	ProfondeurMax int
	// Brut, when set, receives every byte of the message as it was read. It's
	// whole once the loop over the parts has gone to its end.
	Brut io.Writer
}

// Entete gives a header field of the message, its encoded words undone; "" where there is none.
func (r *Recu) Entete(nom string) string { return decoderEntete(r.Entetes.Get(nom)) }
