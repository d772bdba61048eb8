package smtp

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"time"

	"golang.org/x/time/rate"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Expediteur sends through one relay. Several goroutines may use it: they share
// its rate.
type Expediteur struct {
	relais   Relais
	debit    *rate.Limiter
	reprises Reprises
	dial     func(ctx context.Context, reseau, adresse string) (net.Conn, error)
	heure    func() time.Time
	attendre func(context.Context, time.Duration) error
	alea     func() float64
	garde    *reserve // nil: a connection for each message
}

var _ transport.Expediteur = (*Expediteur)(nil)

// Reprises says how a sending that may yet succeed is tried again: after Attente,
// then twice as long each time up to Plafond, give or take half of it at random.
type Reprises struct {
	Essais  int           // attempts in all, at least 1
	Attente time.Duration // before the second one
	Plafond time.Duration
}

// UnEssai, for [WithReprises], never waits: a host whose journal owns the attempts
// makes the next one itself.
var UnEssai = Reprises{Essais: 1}

// Option of an [Expediteur].
type Option func(*Expediteur)

// WithReprises replaces the default of 4 attempts from 30 s up to 10 min.
func WithReprises(r Reprises) Option { return func(e *Expediteur) { e.reprises = r } }

// WithDebit limits the messages, attempts included, that go to the relay: limite
// per second, of which rafale may follow each other at once. Some relays ask for
// a delay between messages (an operator's remark, confidence L).
func WithDebit(limite rate.Limit, rafale int) Option {
	return func(e *Expediteur) { e.debit = rate.NewLimiter(limite, rafale) }
}

// WithHorloge replaces the clock and the wait, for tests.
func WithHorloge(heure func() time.Time, attendre func(context.Context, time.Duration) error) Option {
	return func(e *Expediteur) { e.heure, e.attendre = heure, attendre }
}

// WithAlea replaces the jitter: alea returns numbers in [0, 1).
func WithAlea(alea func() float64) Option { return func(e *Expediteur) { e.alea = alea } }

// WithDial replaces how the TCP connection is opened (a proxy, a test).
func WithDial(dial func(ctx context.Context, reseau, adresse string) (net.Conn, error)) Option {
	return func(e *Expediteur) { e.dial = dial }
}

// New checks the relay; it doesn't connect.
func New(r Relais, options ...Option) (*Expediteur, error) {
	if err := r.verifier(); err != nil {
		return nil, err
	}
	e := &Expediteur{
		relais:   r,
		reprises: Reprises{Essais: 4, Attente: 30 * time.Second, Plafond: 10 * time.Minute},
		dial:     new(net.Dialer).DialContext,
		heure:    time.Now,
		attendre: attendre,
		alea:     rand.Float64,
	}
	for _, o := range options {
		o(e)
	}
	if e.reprises.Essais < 1 {
		return nil, fmt.Errorf("smtp: %d attempts", e.reprises.Essais)
	}
	return e, nil
}

func attendre(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// Envoyer sends a message, trying again as [Reprises] says. See
// [transport.Expediteur] for what it returns.
func (e *Expediteur) Envoyer(ctx context.Context, m transport.Envoi) (transport.Preuve, error) {
	if err := verifier(m); err != nil {
		return transport.Preuve{}, &transport.ErreurEnvoi{Definitive: true, Faute: transport.FauteMessage,
			Etape: transport.EtapeContenu, Relais: e.relais.Adresse, Err: err}
	}
	restants := m.A
	var refus []transport.RefusDestinataire // final ones
	for essai := 1; ; essai++ {
		preuve, refuses, faute := e.essayer(ctx, m, restants)
		if faute == nil {
			preuve.Refus = append(refus, refuses...)
			return preuve, nil
		}
		for _, r := range refuses {
			if r.Definitif() {
				refus = append(refus, r)
				restants = slices.DeleteFunc(slices.Clone(restants), func(a string) bool { return a == r.Adresse })
			}
		}
		refuses = slices.DeleteFunc(refuses, transport.RefusDestinataire.Definitif)
		faute.Refus = append(refus[:len(refus):len(refus)], refuses...)
		if faute.Definitive || faute.Incertain || essai >= e.reprises.Essais || ctx.Err() != nil {
			return transport.Preuve{}, faute
		}
		if err := e.attendre(ctx, e.attente(essai)); err != nil {
			faute.Err = errors.Join(err, faute.Err)
			return transport.Preuve{}, faute
		}
	}
}

// attente is what to wait after that attempt.
func (e *Expediteur) attente(essai int) time.Duration {
	d := e.reprises.Attente
	for i := 1; i < essai && d < e.reprises.Plafond; i++ {
		d *= 2
	}
	d = min(d, e.reprises.Plafond)
	return d/2 + time.Duration(e.alea()*float64(d))
}

func (e *Expediteur) essayer(ctx context.Context, m transport.Envoi, destinataires []string) (transport.Preuve,
	[]transport.RefusDestinataire, *transport.ErreurEnvoi) {
	if err := e.attendreDebit(ctx); err != nil {
		return transport.Preuve{}, nil, e.relais.faute(transport.EtapeConnexion, err)
	}
	if s := e.garde.prendre(ctx); s != nil {
		preuve, refus, faute := e.parSession(ctx, s, m, destinataires)
		// The relay had closed meanwhile, or says goodbye: nothing of this message was
		// said, so that a new connection takes it at once.
		if faute == nil || faute.Etape != transport.EtapeMail || faute.Code != 0 && faute.Code != 421 || ctx.Err() != nil {
			return preuve, refus, faute
		}
	}
	s, faute := e.relais.connecter(ctx, e.dial)
	if faute != nil {
		return transport.Preuve{}, nil, faute
	}
	if faute := s.authentifier(ctx); faute != nil {
		defer s.arret()
		s.fermer(faute)
		return transport.Preuve{}, nil, s.interrompu(ctx, faute)
	}
	return e.parSession(ctx, s, m, destinataires)
}

// parSession sends by a session, then keeps it for the next message or ends it.
func (e *Expediteur) parSession(
	ctx context.Context, s *session, m transport.Envoi, destinataires []string,
) (transport.Preuve, []transport.RefusDestinataire, *transport.ErreurEnvoi) {
	preuve, refus, faute := s.envoyer(m, destinataires)
	preuve.Quand = e.heure()
	s.arret()
	if !e.garde.rendre(s, faute) {
		s.fermer(faute)
	}
	return preuve, refus, s.interrompu(ctx, faute)
}

// attendreDebit reserves a place on the injected clock.
func (e *Expediteur) attendreDebit(ctx context.Context) error {
	if e.debit == nil {
		return ctx.Err()
	}
	maintenant := e.heure()
	place := e.debit.ReserveN(maintenant, 1)
	if !place.OK() {
		return errors.New("smtp: the rate allows no message at all")
	}
	if d := place.DelayFrom(maintenant); d > 0 {
		if err := e.attendre(ctx, d); err != nil {
			place.CancelAt(maintenant)
			return err
		}
	}
	return ctx.Err()
}

// verifier refuses what could not be said in SMTP, or would say something else.
func verifier(m transport.Envoi) error {
	if m.Contenu == nil || len(m.A) == 0 || m.Taille < 0 {
		return errors.New("smtp: a message without content, recipient or size")
	}
	for _, a := range append([]string{m.De}, m.A...) {
		// SMTPUTF8 is not spoken: the addresses of the flows are ASCII.
		mauvais := func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '<' || r == '>' }
		if !strings.Contains(a, "@") || strings.ContainsFunc(a, mauvais) {
			return fmt.Errorf("smtp: %q is not a bare ASCII address", a)
		}
	}
	return nil
}
