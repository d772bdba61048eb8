package frontal

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strings"

	"github.com/emersion/go-sasl"
	"github.com/emersion/go-smtp"
	"github.com/scor-sdk/scor-sdk-go/internal/depot"
)

type sessionSMTP struct {
	f  *Frontal
	de string
	a  []string
}

var _ smtp.AuthSession = (*sessionSMTP)(nil)

func (s *sessionSMTP) AuthMechanisms() []string { return []string{sasl.Plain, sasl.Login} }

func (s *sessionSMTP) Auth(mech string) (sasl.Server, error) {
	verifier := func(motDePasse string) error {
		if m := s.f.cfg.MotDePasse; m != "" && motDePasse != string(m) {
			return smtp.ErrAuthFailed
		}
		return nil
	}
	if mech == sasl.Login {
		return &serveurLogin{verifier: verifier}, nil
	}
	return sasl.NewPlainServer(func(_, _, p string) error { return verifier(p) }), nil
}

// serveurLogin is the server side of AUTH LOGIN: a name, then a password.
type serveurLogin struct {
	verifier func(motDePasse string) error
	etape    int
}

func (l *serveurLogin) Next(reponse []byte) (defi []byte, fini bool, err error) {
	if l.etape == 0 && reponse != nil {
		l.etape = 1 // the name came with the command
	}
	l.etape++
	switch l.etape {
	case 1:
		return []byte("Username:"), false, nil
	case 2:
		return []byte("Password:"), false, nil
	}
	return nil, true, l.verifier(string(reponse))
}

func (s *sessionSMTP) Reset()        { s.de, s.a = "", nil }
func (s *sessionSMTP) Logout() error { return nil }

func (s *sessionSMTP) Mail(de string, _ *smtp.MailOptions) error {
	s.de = de
	return nil
}

func (s *sessionSMTP) Rcpt(a string, _ *smtp.RcptOptions) error {
	incidents := s.f.consommer(func(i Incident) bool {
		return i.proto() == SMTP && (i.Panne == BoitePleine || i.Panne == Inconnu)
	})
	if len(incidents) > 0 {
		if incidents[0].Panne == BoitePleine {
			return &smtp.SMTPError{Code: 452, EnhancedCode: smtp.EnhancedCode{4, 2, 2}, Message: "Mailbox full"}
		}
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "No such mailbox"}
	}
	if s.f.griser(s.de + "\x00" + a) {
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 7, 1}, Message: "Greylisted, try again later"}
	}
	s.a = append(s.a, a)
	return nil
}

// griser tells whether greylisting puts this attempt off.
func (f *Frontal) griser(triplet string) bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.grise[triplet] || !slices.ContainsFunc(f.incidents, func(i Incident) bool { return i.Panne == ListeGrise }) {
		return false
	}
	f.grise[triplet] = true
	return true
}

// Data takes a message. When it returns nil the message and its answers are on disk.
func (s *sessionSMTP) Data(r io.Reader) error {
	if err := s.f.recevoir(s.de, s.a, r); err != nil {
		var refus *smtp.SMTPError
		// A connection that is lost, by the scenario's own cut as well, is no fault of the frontal.
		if errors.As(err, &refus) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, net.ErrClosed) {
			return err
		}
		s.f.noter(err)
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 3, 0}, Message: "Local error"}
	}
	return nil
}

func (f *Frontal) recevoir(de string, a []string, r io.Reader) (err error) {
	t, err := depot.CreateFichier(f.chemin("recus"))
	if err != nil {
		return err
	}
	defer depot.AbandonFichier(t)
	lignes := new(controleLignes)
	h := sha256.New()
	if _, err := io.Copy(io.MultiWriter(t, h, lignes), r); err != nil {
		return err
	}
	if _, err := t.Seek(0, io.SeekStart); err != nil {
		return err
	}
	recu := f.analyser(context.Background(), t)
	recu.De, recu.A, recu.Quand = de, a, f.cfg.Horloge()
	recu.Constats = append(lignes.constats(), recu.Constats...)
	if !slices.ContainsFunc(a, func(x string) bool { return strings.EqualFold(x, f.cfg.Adresse) }) {
		recu.constater("destinataire", false, "no recipient is this frontal's address")
	}
	if recu.MessageID == "" {
		recu.constater("message-id", false, "no Message-ID")
		recu.MessageID = fmt.Sprintf("%x@sans-message-id", h.Sum(nil)[:16])
	}

	// One message at a time: answers depend on those before. f.mu stays free for
	// what the scenario calls.
	f.reception.Lock()
	defer f.reception.Unlock()
	f.mu.Lock()
	connu, rang := f.trouver(recu.MessageID), len(f.recus)+1
	f.mu.Unlock()
	if connu != nil {
		recu = new(connu.copie())
	} else {
		recu.Rang, recu.Fichier = rang, fmt.Sprintf("%06d.eml", rang)
		if err := f.poser(t, f.chemin("recus", recu.Fichier)); err != nil {
			return err
		}
	}
	recu.Transmissions++
	if err := f.repondre(recu); err != nil {
		return err
	}
	if err := f.enregistrer(recu); err != nil {
		return err
	}
	f.mu.Lock()
	if connu != nil {
		*connu = *recu
	} else {
		f.recus = append(f.recus, recu)
	}
	close(f.arrivee)
	f.arrivee = make(chan struct{})
	f.mu.Unlock()
	if f.cfg.Observateur != nil {
		f.cfg.Observateur(recu.copie())
	}
	return nil
}

// controleLignes checks the form that mail asks for: CRLF, 7-bit, lines of 998
// characters at most (RFC 5322 2.1.1).
type controleLignes struct {
	longueur                   int
	cr                         bool
	lfSeul, crSeul, huit, long bool
}

func (c *controleLignes) Write(b []byte) (int, error) {
	for _, x := range b {
		switch {
		case x == '\n':
			c.lfSeul = c.lfSeul || !c.cr
			c.longueur = 0
		case c.cr:
			c.crSeul = true
			fallthrough
		default:
			c.longueur++
			c.huit = c.huit || x >= 0x80
			c.long = c.long || c.longueur > 999 // with its CR
		}
		c.cr = x == '\r'
	}
	return len(b), nil
}

func (c *controleLignes) constats() []Ecart {
	var out []Ecart
	for _, x := range []struct {
		vu            bool
		code, message string
	}{{c.lfSeul, "lf-seul", "a line ends with LF alone"}, {c.crSeul, "cr-seul", "a CR isn't followed by LF"},
		{c.huit, "8-bit", "a byte isn't 7-bit"}, {c.long, "ligne-longue", "a line has more than 998 characters"}} {
		if x.vu {
			out = append(out, ecart(x.code, false, x.message))
		}
	}
	return out
}
