package transport

import (
	"context"
	"fmt"
	"io"
	"strings"
	"time"
)

// Envoi is a composed message on its way out.
type Envoi struct {
	De        string   // envelope sender, a bare address
	A         []string // envelope recipients, bare addresses
	MessageID string   // without < and >
	Taille    int64    // bytes of the content; 0 when not known
	// EnveloppeID is the ENVID of RFC 3461, which a report of non-delivery gives back:
	// the compostage. "" is the left part of MessageID.
	EnveloppeID string

	// Contenu gives the message from its start, at each call: lines end with
	// CRLF, 7-bit. A sender calls it again for each attempt.
	Contenu func() (io.ReadCloser, error)
}

// Preuve records that a relay took charge of a message.
type Preuve struct {
	Quand   time.Time
	Relais  string // name or address of the relay, or the folder of a spool
	Code    int    // SMTP code of the final reply, 250 in general
	Reponse string // text of that reply, with the relay's queue number
	Refus   []RefusDestinataire
}

// RefusDestinataire is a recipient that a relay refused.
type RefusDestinataire struct {
	Adresse    string
	Code       int    // SMTP code, such as 550
	CodeEtendu string // RFC 3463, such as "5.1.1"; "" when not given
	Message    string
}

// Definitif reports whether another attempt would be refused as well.
func (r RefusDestinataire) Definitif() bool { return r.Code >= 500 }

// Expediteur puts a message on its way. Several goroutines may use it. Package
// transporttest holds the contract as a test.
type Expediteur interface {
	// Envoyer returns a Preuve once another answers for the message: a relay that has
	// replied, a folder that has it on disk, under the envelope of e and byte for byte
	// as Contenu gives it, to its end. Each reader that Contenu gave is closed before
	// Envoyer returns. When some recipients only are refused the message has gone to
	// the others: Preuve.Refus names them and the error is nil.
	//
	// An error is, or wraps, an *[ErreurEnvoi], under which the cause is found: what
	// Contenu or its reader answered, the error of ctx. Unless it's Incertain, the
	// message has gone to nobody. An Envoi without recipient or content is refused
	// (Definitive, of the message itself). A content that can't be read is a
	// fault of this machine, and the end of ctx decides nothing: neither is Definitive.
	//
	// The same Message-ID may be sent again, as after a stop that left the outcome
	// unknown: that's no error, and changes nothing of what went before.
	Envoyer(ctx context.Context, e Envoi) (Preuve, error)
}

// Etape is the step of a sending at which it failed.
type Etape string

const (
	EtapeContenu   Etape = "content" // the message itself couldn't be read
	EtapeConnexion Etape = "connect"
	EtapeTLS       Etape = "tls"
	EtapeAuth      Etape = "auth"
	EtapeMail      Etape = "mail"
	EtapeRcpt      Etape = "rcpt"
	EtapeData      Etape = "data"
	EtapeFin       Etape = "final reply"
)

// ErreurEnvoi says why a message didn't leave.
type ErreurEnvoi struct {
	Definitive bool   // trying again the same way can't succeed, until who is at fault has acted
	Faute      Faute  // who must act, as the sender knows; see DeQui
	Code       int    // SMTP code; 0 when the relay didn't answer
	CodeEtendu string // RFC 3463, such as "5.1.1"; "" when not given
	Etape      Etape
	Relais     string
	Reponse    string // the relay's text
	// Incertain: the connection was lost between the last byte of the message and
	// the final reply. The relay may hold the message: send it again with the same
	// Message-ID only.
	Incertain bool
	Refus     []RefusDestinataire // when every recipient was refused
	Err       error               // cause; may be nil
}

func (e *ErreurEnvoi) Error() string {
	var b strings.Builder
	b.WriteString("transport: sending")
	if e.Relais != "" {
		b.WriteString(" through " + e.Relais)
	}
	if e.Etape != "" {
		b.WriteString(", at step " + string(e.Etape))
	}
	if e.Code != 0 {
		fmt.Fprintf(&b, ": %d", e.Code)
		if e.CodeEtendu != "" {
			b.WriteString(" " + e.CodeEtendu)
		}
	}
	if e.Reponse != "" {
		fmt.Fprintf(&b, " %q", e.Reponse)
	}
	if e.Err != nil {
		b.WriteString(": " + e.Err.Error())
	}
	if e.Incertain {
		b.WriteString(" (the relay may hold the message)")
	}
	return b.String()
}

func (e *ErreurEnvoi) Unwrap() error { return e.Err }
