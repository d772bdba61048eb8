package pop3

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Securite is how the connection is protected.
type Securite uint8

const (
	STLS  Securite = iota // upgraded by STLS, or nothing is sent
	TLS                   // from the first byte, port 995
	Clair                 // not at all: for loopback and tests
)

// Boite is a mailbox read over POP3. Its methods can be called from several
// goroutines, but one loop over Messages runs at a time.
type Boite struct {
	Adresse     string // host:port
	Securite    Securite
	ConfigTLS   *tls.Config // nil: the system's authorities, the name of Adresse
	Utilisateur string
	MotDePasse  transport.Secret
	// Jeton, when set, gives an OAuth 2.0 access token at each connection, in place
	// of MotDePasse (SASL XOAUTH2).
	Jeton func(ctx context.Context) (transport.Secret, error)
	Delai time.Duration // for each step on the network, more for listing and removing; 0 is one minute
	// Composer dials; nil is a net.Dialer.
	Composer func(ctx context.Context, reseau, adresse string) (net.Conn, error)

	mu      sync.Mutex
	ouverte *ouverte // the session of the loop under way
}

var _ transport.Boite = (*Boite)(nil)

// ErrNonConfirme: the session was lost before its QUIT was answered. The messages
// acknowledged during the loop may show again, under the same IDs.
var ErrNonConfirme = errors.New("pop3: removals not confirmed by the server")

// Messages implements transport.Boite. The session is that of the loop: QUIT is
// sent when it ends, also by a break; the last element then is an error that
// wraps ErrNonConfirme if the server didn't confirm. In a big mailbox it is sent after
// each thousands of removals too, and the loop goes on in a new session: what a lost
// connection brings back is bounded, and so is the time of a QUIT.
func (b *Boite) Messages(ctx context.Context) iter.Seq2[transport.MessageBoite, error] {
	return func(yield func(transport.MessageBoite, error) bool) {
		p := &parcours{b: b, laisses: map[string]bool{}, avant: -1}
		for p.session(ctx, yield) {
		}
	}
}

// parcours is a loop over the messages, through one session or several.
type parcours struct {
	b       *Boite
	laisses map[string]bool // shown and not removed
	avant   int             // messages that the session before listed; -1 at first
}

// session shows the messages of one session; true when the rest is for another.
func (p *parcours) session(ctx context.Context, yield func(transport.MessageBoite, error) bool) (encore bool) {
	o, err := p.ouvrir(ctx)
	if err != nil {
		yield(transport.MessageBoite{}, err)
		return false
	}
	fini := false
	finir := func() error {
		p.b.mu.Lock()
		defer p.b.mu.Unlock()
		fini, p.b.ouverte = true, nil
		return o.quitter()
	}
	// Also after a panic in the caller's loop.
	defer func() {
		if !fini {
			_ = finir()
		}
	}()
	encore, arret := p.montrer(o, yield)
	if arret {
		return false
	}
	perdu := o.s.perdu
	if err := finir(); err != nil {
		yield(transport.MessageBoite{}, err)
		return false
	}
	if perdu != nil {
		yield(transport.MessageBoite{}, perdu)
		return false
	}
	return encore
}

// ouvrir begins a session, unless a loop is under way.
func (p *parcours) ouvrir(ctx context.Context) (*ouverte, error) {
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	if p.b.ouverte != nil {
		return nil, errors.New("pop3: another loop over this mailbox is under way")
	}
	o, err := p.b.lister(ctx)
	if err != nil {
		return nil, err
	}
	if p.avant >= 0 && len(o.numeros) >= p.avant {
		o.s.fermer()
		return nil, fmt.Errorf("%w: it answered QUIT, and still lists %d messages", ErrNonConfirme, len(o.numeros))
	}
	p.avant = len(o.numeros)
	p.b.ouverte = o
	return o, nil
}

// montrer shows the messages that this loop hasn't shown; arret when the caller has
// enough.
func (p *parcours) montrer(o *ouverte, yield func(transport.MessageBoite, error) bool) (encore, arret bool) {
	for i, n := range o.numeros {
		id := o.ids[n]
		if p.laisses[id] && !o.repetes {
			continue
		}
		if !yield(p.b.message(o, n), nil) {
			return false, true
		}
		p.b.mu.Lock()
		perdu, retires, reste := o.s.perdu, o.supprime, len(o.presents[id]) > 0
		p.b.mu.Unlock()
		if reste {
			p.laisses[id] = true
		}
		if perdu != nil {
			return false, false
		}
		if retires >= parSession && !o.repetes && i+1 < len(o.numeros) {
			return true, false
		}
	}
	return false, false
}

// compte leaves the port out: the same account is reached by several.
func (b *Boite) compte() string {
	hote, _, err := net.SplitHostPort(b.Adresse)
	if err != nil {
		hote = b.Adresse
	}
	return (&url.URL{Scheme: "pop3", User: url.User(b.Utilisateur), Host: strings.ToLower(hote)}).String()
}

func (b *Boite) message(o *ouverte, n int) transport.MessageBoite {
	return transport.MessageBoite{
		Compte: b.compte(), ID: o.ids[n], Taille: o.tailles[n],
		Open: func(ctx context.Context) (io.ReadCloser, error) {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			b.mu.Lock()
			defer b.mu.Unlock()
			if b.ouverte != o {
				return nil, errors.New("pop3: the loop over Messages has ended")
			}
			return o.s.recuperer(n)
		},
	}
}

// Acquitter implements transport.Boite. During a loop it marks the message in the
// loop's session; after it, a session of its own removes the message and the
// server has confirmed when it returns nil.
func (b *Boite) Acquitter(ctx context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ouverte != nil {
		return b.ouverte.supprimer(id)
	}
	o, err := b.lister(ctx)
	if err != nil {
		return err
	}
	return errors.Join(o.supprimer(id), o.quitter())
}
