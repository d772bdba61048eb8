package pop3

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/url"
	"slices"
	"strconv"
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

// ouverte is a session with its listing.
type ouverte struct {
	s        *session
	numeros  []int
	ids      map[int]string
	tailles  map[int]int64
	presents map[string][]int // by unique-id, those not removed yet
	supprime int              // removals that QUIT is to confirm
}

func (b *Boite) lister(ctx context.Context) (_ *ouverte, err error) {
	s, err := b.connecter(ctx)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			s.fermer()
		}
	}()
	o := &ouverte{s: s, ids: map[int]string{}, tailles: map[int]int64{}, presents: map[string][]int{}}
	fois := map[string]int{}
	err = s.liste("UIDL", func(n int, id string) error {
		if id == "" {
			return errors.New("empty unique-id")
		}
		if _, deja := o.ids[n]; deja {
			return fmt.Errorf("message %d twice", n)
		}
		o.numeros = append(o.numeros, n)
		o.ids[n] = id
		fois[id]++
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = s.liste("LIST", func(n int, taille string) error {
		t, err := strconv.ParseInt(taille, 10, 64)
		if err != nil || t < 0 {
			return fmt.Errorf("size %.20q", taille)
		}
		o.tailles[n] = t
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.Sort(o.numeros)
	// Some servers give one unique-id to several messages: the content tells them
	// apart, or else the journal would take the second for the first.
	for _, n := range o.numeros {
		if id := o.ids[n]; fois[id] > 1 {
			h, err := s.empreinte(n)
			if err != nil {
				return nil, err
			}
			o.ids[n] = id + "/" + h
		}
	}
	for _, n := range o.numeros {
		o.presents[o.ids[n]] = append(o.presents[o.ids[n]], n)
	}
	return o, nil
}

func (s *session) empreinte(n int) (string, error) {
	r, err := s.recuperer(n)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	if _, err := io.Copy(h, r); err != nil {
		return "", err
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:12]), nil
}

// parRetrait is what a server may take for each removal, all of them before it answers
// QUIT: Dovecot took 20 s for 20,000 messages, on a machine that did other things.
const parRetrait = 20 * time.Millisecond

// quitter ends the session: the server removes then.
func (o *ouverte) quitter() error {
	defer o.s.fermer()
	o.s.attente.delai += time.Duration(o.supprime) * parRetrait
	_, err := o.s.commande("QUIT", "")
	if err != nil && o.supprime > 0 {
		return fmt.Errorf("%w: %w", ErrNonConfirme, err)
	}
	return nil
}

func (o *ouverte) supprimer(id string) error {
	for len(o.presents[id]) > 0 {
		if _, err := o.s.commande("DELE", strconv.Itoa(o.presents[id][0])); err != nil {
			return err
		}
		o.presents[id] = o.presents[id][1:]
		o.supprime++
	}
	return nil
}

// Messages implements transport.Boite. The session is that of the loop: QUIT is
// sent when it ends, also by a break; the last element then is an error that
// wraps ErrNonConfirme if the server didn't confirm.
func (b *Boite) Messages(ctx context.Context) iter.Seq2[transport.MessageBoite, error] {
	return func(yield func(transport.MessageBoite, error) bool) {
		b.mu.Lock()
		if b.ouverte != nil {
			b.mu.Unlock()
			yield(transport.MessageBoite{}, errors.New("pop3: another loop over this mailbox is under way"))
			return
		}
		o, err := b.lister(ctx)
		b.ouverte = o
		b.mu.Unlock()
		if err != nil {
			yield(transport.MessageBoite{}, err)
			return
		}
		fini := false
		finir := func() error {
			b.mu.Lock()
			defer b.mu.Unlock()
			fini, b.ouverte = true, nil
			return o.quitter()
		}
		// Also after a panic in the caller's loop.
		defer func() {
			if !fini {
				_ = finir()
			}
		}()
		for _, n := range o.numeros {
			if !yield(b.message(o, n), nil) {
				return
			}
			b.mu.Lock()
			perdu := o.s.perdu
			b.mu.Unlock()
			if perdu != nil {
				break
			}
		}
		perdu := o.s.perdu
		if err := finir(); err != nil {
			yield(transport.MessageBoite{}, err)
		} else if perdu != nil {
			yield(transport.MessageBoite{}, perdu)
		}
	}
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
