// Package dsn reads the avis de non-remise (ANR): reports by which a mail system
// says that it couldn't deliver a message.
//
//  1. [Parse] reads a message received, or [New] and [Lecteur.Partie] beside another
//     reader of its parts.
//  2. Each [Avis] names a recipient, and the message by its Message-ID or by the
//     Original-Envelope-Id that it was sent with (smtp sends the compostage so).
//  3. Avis.Sur says whether the message is surely that one: only then may anything
//     be sent again without a person.
//
// Implemented: RFC 3464 (message/delivery-status) in RFC 6522 (multipart/report), as
// asked for by RFC 3461, RFC 3463 (status codes), RFC 6533 (their UTF-8 forms), and
// reports in plain text, by a table of senders' habits. What a message is comes first:
// a complaint (RFC 5965), a read receipt (RFC 8098), an automatic answer (RFC 3834), a
// TLS report (RFC 8460) or a person writing from postmaster@ is no ANR, nor is a report
// of success.
//
// Time and memory are linear in what is read, and what is read is bounded.
package dsn

import (
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Avis is what a report says of one recipient.
type Avis struct {
	MessageID    string // of the message not delivered, without < and >; "" when the report doesn't hold it
	EnveloppeID  string // Original-Envelope-Id: the ENVID given when sending; "" when not reported
	Destinataire string // as it was written to; "" when the report doesn't name it
	Final        string // what that became by a redirection, when the report tells both
	Definitif    bool   // the mail system gave up; otherwise it goes on trying
	Code         string // RFC 3463, such as "5.1.1"; "" when none was found
	Diagnostic   string // what the last relay said, one line
	MTA          string // the reporting mail system
	// Sur: MessageID or EnveloppeID comes from the report or from the copy of the
	// original that it holds. Otherwise it's what the report answers to, which anybody
	// can write.
	Sur bool
}

const (
	texteMax  = 256 << 10 // bytes read of the texts of a report, all together
	partieMax = 64 << 10  // bytes read of its other parts, each
	avisMax   = 1000      // recipients of one report
)

// ErrMalForme is wrapped by errors on a report that can't be read.
var ErrMalForme = errors.New("dsn: malformed report")

// Lecteur gathers a report part by part, beside another reader of the message.
type Lecteur struct {
	recu     *transport.Recu
	statuts  statuts
	rapport  bool // a message/delivery-status was read
	autre    bool // it's surely another kind of message
	original original
	texte    strings.Builder
	html     bool // texte comes from HTML
}

// New starts reading the reports of a message.
func New(recu *transport.Recu) *Lecteur { return &Lecteur{recu: recu, autre: autreGenre(recu)} }

// Parse reads a whole message: no Avis and no error when it's no report.
func Parse(recu *transport.Recu) ([]Avis, error) {
	l := New(recu)
	var errs []error
	for p, err := range recu.Parties() {
		if err == nil {
			err = l.Partie(p, p)
		}
		if err != nil {
			errs = append(errs, err)
		}
	}
	avis := l.Avis()
	if len(avis) > 0 {
		// What couldn't be read of the copy changes nothing to what is reported.
		return avis, nil
	}
	return nil, errors.Join(errs...)
}

// Partie takes a part, whose content is corps; parts of no use to a report aren't read.
func (l *Lecteur) Partie(p *transport.PartieRecue, corps io.Reader) error {
	if l.autre {
		return nil
	}
	// A writer of bad multiparts puts the header of the original in the part's place.
	if p.Entetes.Has("Message-Id") && (p.Entetes.Has("Received") || p.Entetes.Has("From")) && p.Chemin != "1" {
		l.original.entetes(champsDe(p.Entetes))
	}
	switch p.Type {
	case "message/delivery-status", "message/global-delivery-status", "message/xdelivery-status",
		"message/x-delivery-status":
		l.rapport = true
		b, err := lireDebut(corps, texteMax)
		l.statuts.lire(string(b))
		return err
	case "message/feedback-report", "message/disposition-notification",
		"application/tlsrpt+gzip", "application/tlsrpt+json":
		l.autre = true
	case "text/rfc822-headers", "text/rfc822-header", "message/rfc822", "message/global",
		"message/global-headers", "message/rfc822-headers", "message/partial":
		b, err := lireDebut(corps, partieMax)
		l.original.copie(string(b))
		return err
	case "text/plain", "text/html", "text/enriched":
		return l.lireTexte(p.Type == "text/html", corps)
	}
	return nil
}

// lireTexte keeps the beginning of the texts; HTML only while there's no plain text.
func (l *Lecteur) lireTexte(html bool, corps io.Reader) error {
	reste := texteMax - l.texte.Len()
	if html && l.texte.Len() > 0 || reste <= 0 {
		return nil
	}
	b, err := lireDebut(corps, reste)
	s := string(b)
	if html {
		s = sansBalises(s)
	}
	l.html = html
	l.texte.WriteString(s)
	l.texte.WriteByte('\n')
	return err
}

// lireDebut reads at most n bytes; what was read is of use even with an error.
func lireDebut(r io.Reader, n int) ([]byte, error) {
	return io.ReadAll(io.LimitReader(r, int64(n)))
}

// Avis tells what was found, once every part was taken: nothing when the message
// is no report of non-delivery.
func (l *Lecteur) Avis() []Avis {
	if l.autre {
		return nil
	}
	t := analyserTexte(l.recu, l.texte.String())
	avis := l.statuts.avis(l.recu, t)
	switch {
	case t.defi && enAttente(avis):
		return nil
	case len(avis) > 0:
	case l.statuts.remis: // all were delivered, or go on their way
		return nil
	case l.rapport || annonceRapport(l.recu):
		avis = t.avisSansGroupe(l.recu)
	default:
		avis = t.avis(l.recu, &l.original)
	}
	return l.rattacher(avis, t)
}

// enAttente: there are notices, and none is for ever.
func enAttente(avis []Avis) bool {
	return len(avis) > 0 && !slices.ContainsFunc(avis, func(a Avis) bool { return !strings.HasPrefix(a.Code, "4") })
}

// rattacher says of which message the notices are.
func (l *Lecteur) rattacher(avis []Avis, t *texteLu) []Avis {
	id := premierNonVide(l.statuts.messageID, identifiant(l.recu.Entetes.Get("X-Original-Message-Id")),
		t.original.messageID, l.original.messageID)
	sur := true
	if id == "" {
		sur = l.statuts.enveloppe != ""
		if len(l.recu.EnReponseA) > 0 {
			id = l.recu.EnReponseA[0]
		}
	}
	for i := range avis {
		a := &avis[i]
		a.MessageID, a.EnveloppeID, a.Sur = id, l.statuts.enveloppe, sur
		if a.MTA == "" {
			a.MTA = l.statuts.mta
		}
		if a.Destinataire == "" && len(avis) == 1 {
			a.Destinataire = premierNonVide(l.original.seul(), t.original.seul())
		}
	}
	return avis
}

func premierNonVide(s ...string) string {
	for _, x := range s {
		if x != "" {
			return x
		}
	}
	return ""
}
