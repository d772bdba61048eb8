// Package dsn reads the avis de non-remise (ANR): reports by which a mail system
// says that it couldn't deliver a message.
//
// Implemented: RFC 3464 (message/delivery-status) in RFC 6522 (multipart/report),
// RFC 3463 (status codes), and the reports in plain text that qmail, Exim,
// sendmail, Exchange and the providers' own programs write. A disposition notice
// (RFC 8098) or an automatic answer (RFC 3834) is no ANR, nor is a report of
// success.
package dsn

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"github.com/emersion/go-message/textproto"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Avis is what a report says of one recipient.
type Avis struct {
	MessageID    string // of the message not delivered, without < and >; "" when the report doesn't hold it
	Destinataire string // "" when the report doesn't name it
	Definitif    bool   // the mail system gave up; otherwise it goes on trying
	Code         string // RFC 3463, such as "5.1.1"; "" when none was found
	Diagnostic   string // what the last relay said, one line
	MTA          string // the reporting mail system
}

const (
	texteMax = 256 << 10 // bytes read of a part
	avisMax  = 1000      // recipients of one report
)

// ErrMalForme is wrapped by errors on a report that can't be read.
var ErrMalForme = errors.New("dsn: malformed report")

// Lecteur gathers a report part by part, beside another reader of the message.
type Lecteur struct {
	recu     *transport.Recu
	rapport  bool // a message/delivery-status was read
	avis     []Avis
	mta      string
	original string // Message-ID of the original
	texte    strings.Builder
}

// New starts reading the reports of a message.
func New(recu *transport.Recu) *Lecteur { return &Lecteur{recu: recu} }

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
	return l.Avis(), errors.Join(errs...)
}

// Partie takes a part, whose content is corps; parts of no use to a report aren't read.
func (l *Lecteur) Partie(p *transport.PartieRecue, corps io.Reader) error {
	corps = io.LimitReader(corps, texteMax)
	switch p.Type {
	case "message/delivery-status", "message/global-delivery-status":
		l.rapport = true
		return l.statuts(corps)
	case "text/rfc822-headers", "message/rfc822", "message/global", "message/global-headers", "message/rfc822-headers":
		b, err := io.ReadAll(corps)
		if l.original == "" {
			l.original = messageID(string(b))
		}
		return err
	case "text/plain", "text/html":
		// The copy of a message can come after a text of any length: what's over
		// the limit isn't looked at.
		if p.Type == "text/html" && l.texte.Len() > 0 {
			return nil
		}
		b, err := io.ReadAll(corps)
		l.texte.Write(b)
		l.texte.WriteByte('\n')
		return err
	}
	return nil
}

// statuts reads the groups of fields of RFC 3464: the message's, then one for
// each recipient.
func (l *Lecteur) statuts(r io.Reader) error {
	br := bufio.NewReader(r)
	for n := 0; ; n++ {
		// Blank lines before a group are some writers' habit.
		for {
			b, err := br.Peek(1)
			if err == io.EOF {
				return nil
			}
			if err != nil {
				return err
			}
			if b[0] != '\r' && b[0] != '\n' {
				break
			}
			br.Discard(1)
		}
		h, err := textproto.ReadHeader(br)
		if err != nil {
			return fmt.Errorf("%w: group %d: %w", ErrMalForme, n+1, err)
		}
		if mta := h.Get("Reporting-Mta"); mta != "" {
			l.mta = apresType(mta)
		}
		if h.Get("Final-Recipient") == "" && h.Get("Original-Recipient") == "" && h.Get("Action") == "" {
			continue
		}
		a := Avis{Destinataire: apresType(h.Get("Final-Recipient")), Diagnostic: uneLigne(apresType(h.Get("Diagnostic-Code")))}
		if o := apresType(h.Get("Original-Recipient")); o != "" {
			a.Destinataire = o // the address that was written to, before aliases
		}
		a.Destinataire = strings.Trim(a.Destinataire, "<>")
		a.Code = codeEtendu.FindString(h.Get("Status"))
		if a.Code == "" || strings.HasSuffix(a.Code, ".0.0") {
			if c := codeEtendu.FindString(a.Diagnostic); c != "" {
				a.Code = c
			}
		}
		switch action := strings.ToLower(strings.TrimSpace(h.Get("Action"))); {
		case strings.HasPrefix(action, "failed"):
			a.Definitif = true
		case strings.HasPrefix(action, "delayed"):
		case action == "" && a.Code != "":
			a.Definitif = a.Code[0] == '5'
		default:
			continue // delivered, relayed, expanded
		}
		if len(l.avis) == avisMax {
			return fmt.Errorf("%w: more than %d recipients", ErrMalForme, avisMax)
		}
		l.avis = append(l.avis, a)
	}
}

// Avis tells what was found, once every part was taken: nothing when the message
// is no report of non-delivery.
func (l *Lecteur) Avis() []Avis {
	avis := l.avis
	if !l.rapport {
		a, ok := l.libre()
		if !ok {
			return nil
		}
		avis = []Avis{a}
	}
	id := l.original
	if id == "" {
		id = messageID(l.texte.String())
	}
	if id == "" && len(l.recu.EnReponseA) > 0 {
		id = l.recu.EnReponseA[0]
	}
	for i := range avis {
		avis[i].MessageID = id
		if avis[i].MTA == "" {
			avis[i].MTA = l.mta
		}
	}
	return avis
}

var (
	codeEtendu = regexp.MustCompile(`\b[245]\.\d{1,3}\.\d{1,3}\b`)
	codeErreur = regexp.MustCompile(`\b[45]\.\d{1,3}\.\d{1,3}\b`)
	codeSMTP   = regexp.MustCompile(`(?m)(?:^|[\s:>(])([45][0-5]\d)[ -]`)
	entete     = regexp.MustCompile(`(?im)^[> \t]*Message-ID:\s*<([^<>\s]{1,900})>`)
	adresse    = regexp.MustCompile(`[A-Za-z0-9._%+=-]{1,64}@[A-Za-z0-9.-]{1,253}\.[A-Za-z]{2,24}`)

	// From whom reports come; a person's automatic answer has another sender.
	demon = regexp.MustCompile(`(?i)^(mailer-daemon|postmaster|mail-?er|mdaemon|mail-?deamon|bounces?|double-bounce|microsoftexchange[0-9a-f]+)@`)
	echec = regexp.MustCompile(`(?i)undeliver|non[- ]?remis|not be delivered|couldn'?t be delivered|could not be delivered|n'a pas (pu )?[eéê]t[eéê] (remis|distribu|d[eé]livr)|` +
		`returned mail|returned to sender|delivery (status notification|failure|has failed|problem)|failure notice|failed to deliver|unable to deliver|` +
		`permanent (fatal )?error|user unknown|unknown user|no such user|mailbox (is )?full|over quota|bo[iî]te (aux lettres )?pleine|destinataire inconnu|did not reach|unrouteable address`)
	attente = regexp.MustCompile(`(?i)delayed|still being retried|will (keep|continue) (on )?trying|will be retried|not yet been delivered|warning: (could not send|message)|retard[ée]|no action is required`)
)

// libre reads a report without delivery-status.
func (l *Lecteur) libre() (Avis, bool) {
	h := l.recu.Entetes
	if strings.EqualFold(l.recu.Parametres["report-type"], "disposition-notification") {
		return Avis{}, false
	}
	echoues := h.Get("X-Failed-Recipients")
	if !demon.MatchString(l.recu.De) && echoues == "" && strings.TrimSpace(h.Get("Return-Path")) != "<>" {
		return Avis{}, false
	}
	texte := l.texte.String()
	avant := texte
	if i := copie.FindStringIndex(texte); i != nil {
		avant = texte[:i[0]]
	}
	if !echec.MatchString(l.recu.Sujet) && !echec.MatchString(avant) && !attente.MatchString(l.recu.Sujet) {
		return Avis{}, false
	}
	// An automatic answer comes with Auto-Submitted and from no daemon.
	if !demon.MatchString(l.recu.De) && echoues == "" && h.Get("Auto-Submitted") != "" && codeErreur.FindString(avant) == "" {
		return Avis{}, false
	}
	a := Avis{Destinataire: adresse.FindString(echoues), Code: codeErreur.FindString(avant)}
	if a.Destinataire == "" {
		for _, x := range adresse.FindAllString(avant, 20) {
			if !demon.MatchString(x) && !strings.EqualFold(x, l.recu.De) {
				a.Destinataire = x
				break
			}
		}
	}
	m := codeSMTP.FindStringSubmatchIndex(avant)
	if a.Code != "" {
		a.Diagnostic = ligneAutour(avant, strings.Index(avant, a.Code))
	} else if m != nil {
		a.Diagnostic = ligneAutour(avant, m[2])
	}
	if a.Code == "" && m != nil {
		a.Code = avant[m[2]:m[2]+1] + ".0.0" // the class is all that a plain code says
	}
	switch {
	case attente.MatchString(l.recu.Sujet), attente.MatchString(avant) && !strings.HasPrefix(a.Code, "5"):
	default:
		a.Definitif = true
	}
	return a, true
}

// copie is where the copy of the original begins.
var copie = regexp.MustCompile(`(?im)^-+ ?(below this line is a copy|this is a copy of (the|your) message|original message|returned message|message (d'origine|original)|the header of the original message).*$`)

func messageID(s string) string {
	if m := entete.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}

// apresType drops the "rfc822;" or "smtp;" before a value.
func apresType(s string) string {
	if _, v, ok := strings.Cut(s, ";"); ok {
		s = v
	}
	return strings.TrimSpace(s)
}

func ligneAutour(s string, i int) string {
	debut := strings.LastIndexByte(s[:i], '\n') + 1
	fin := strings.IndexByte(s[i:], '\n')
	if fin < 0 {
		fin = len(s) - i
	}
	return uneLigne(s[debut : i+fin])
}

func uneLigne(s string) string {
	s = strings.Join(strings.Fields(strings.ToValidUTF8(s, "?")), " ")
	if r := []rune(s); len(r) > 400 {
		return string(r[:400])
	}
	return s
}
