// Package imap reads a mailbox over IMAP (RFC 3501 and 9051, by go-imap), for
// hosts whose provider has no POP3. A message is known by the UIDVALIDITY of the
// folder and its UID; it's fetched with BODY.PEEK, so that nothing marks it but
// Acquitter: \Deleted and UID EXPUNGE (RFC 4315), or a move to another folder, for many
// messages at a time.
package imap

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"iter"
	"net"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"
	"github.com/scor-sdk/scor-sdk-go/internal/xoauth2"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Securite is how the connection is protected.
type Securite uint8

const (
	STARTTLS Securite = iota // upgraded, or nothing is sent
	TLS                      // from the first byte, port 993
	Clair                    // not at all: for loopback and tests
)

// Boite is a folder of an IMAP account. One loop over Messages runs at a time.
type Boite struct {
	Adresse     string // host:port
	Securite    Securite
	ConfigTLS   *tls.Config // nil: the system's authorities, the name of Adresse
	Utilisateur string
	MotDePasse  transport.Secret
	// Jeton, when set, gives an OAuth 2.0 access token at each connection, in place
	// of MotDePasse (SASL XOAUTH2).
	Jeton   func(ctx context.Context) (transport.Secret, error)
	Dossier string // "" is INBOX
	// Archive, when set, is the folder that acknowledged messages are moved to;
	// otherwise they're removed.
	Archive string
	Delai   time.Duration // without a byte on the network; 0 is one minute

	mu      sync.Mutex
	ouverte *session // of the loop under way
}

var _ transport.Boite = (*Boite)(nil)

type session struct {
	c        *imapclient.Client
	conn     net.Conn
	validite uint32
	nombre   uint32 // messages in the folder
	arret    func() bool

	acquittes []imap.UID // that the server hasn't removed yet
}

// connDelai gives each read and write its deadline. go-imap sets deadlines of its
// own, which are fixed in it: these replace them.
type connDelai struct {
	net.Conn
	delai time.Duration
}

func (c *connDelai) Read(b []byte) (int, error) {
	if err := c.Conn.SetReadDeadline(time.Now().Add(c.delai)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}

func (c *connDelai) Write(b []byte) (int, error) {
	if err := c.Conn.SetWriteDeadline(time.Now().Add(c.delai)); err != nil {
		return 0, err
	}
	return c.Conn.Write(b)
}

func (c *connDelai) SetDeadline(time.Time) error      { return nil }
func (c *connDelai) SetReadDeadline(time.Time) error  { return nil }
func (c *connDelai) SetWriteDeadline(time.Time) error { return nil }

func (b *Boite) connecter(ctx context.Context) (_ *session, err error) {
	delai := b.Delai
	if delai == 0 {
		delai = time.Minute
	}
	ctxConn, fin := context.WithTimeout(ctx, delai)
	defer fin()
	brute, err := new(net.Dialer).DialContext(ctxConn, "tcp", b.Adresse)
	if err != nil {
		return nil, fmt.Errorf("imap: %w", err)
	}
	s := &session{conn: brute, arret: context.AfterFunc(ctx, func() { brute.Close() })}
	defer func() {
		if err != nil {
			s.fermer()
			err = fmt.Errorf("imap: %w", errors.Join(ctx.Err(), err))
		}
	}()
	config := &tls.Config{}
	if b.ConfigTLS != nil {
		config = b.ConfigTLS.Clone()
	}
	if config.ServerName == "" {
		if config.ServerName, _, err = net.SplitHostPort(b.Adresse); err != nil {
			return nil, err
		}
	}
	var conn net.Conn = &connDelai{brute, delai}
	options := &imapclient.Options{TLSConfig: config}
	switch b.Securite {
	case TLS:
		t := tls.Client(conn, config)
		if err := t.HandshakeContext(ctxConn); err != nil {
			return nil, err
		}
		s.c = imapclient.New(t, options)
	case STARTTLS:
		if s.c, err = imapclient.NewStartTLS(conn, options); err != nil {
			return nil, err
		}
	default:
		s.c = imapclient.New(conn, options)
	}
	if err := s.c.WaitGreeting(); err != nil {
		return nil, err
	}
	if b.Jeton != nil {
		jeton, err := b.Jeton(ctx)
		if err != nil {
			return nil, fmt.Errorf("getting the token: %w", err)
		}
		if err := s.c.Authenticate(xoauth2.New(b.Utilisateur, string(jeton))); err != nil {
			return nil, err
		}
	} else if err := s.c.Login(b.Utilisateur, string(b.MotDePasse)).Wait(); err != nil {
		return nil, err
	}
	boite, err := s.c.Select(b.dossier(), nil).Wait()
	if err != nil {
		return nil, err
	}
	s.validite, s.nombre = boite.UIDValidity, boite.NumMessages
	return s, nil
}

func (s *session) fermer() {
	s.arret()
	if s.c != nil {
		s.c.Close()
	}
	s.conn.Close()
}

// quitter ends the session politely; what was removed is already gone.
func (s *session) quitter() {
	_ = s.c.Logout().Wait()
	s.fermer()
}

type entree struct {
	uid    imap.UID
	taille int64
}

func (s *session) lister() ([]entree, error) {
	if s.nombre == 0 {
		return nil, nil
	}
	var tous imap.SeqSet
	tous.AddRange(1, 0)
	messages, err := s.c.Fetch(tous, &imap.FetchOptions{UID: true, RFC822Size: true, Flags: true}).Collect()
	if err != nil {
		return nil, fmt.Errorf("imap: listing: %w", err)
	}
	var out []entree
	for _, m := range messages {
		if m.UID == 0 {
			return nil, fmt.Errorf("imap: listing: message %d has no UID", m.SeqNum)
		}
		supprime := false
		for _, d := range m.Flags {
			supprime = supprime || strings.EqualFold(string(d), string(imap.FlagDeleted))
		}
		if !supprime {
			out = append(out, entree{m.UID, m.RFC822Size})
		}
	}
	return out, nil
}

func (s *session) id(uid imap.UID) string {
	return strconv.FormatUint(uint64(s.validite), 10) + "." + strconv.FormatUint(uint64(uid), 10)
}

func (b *Boite) dossier() string {
	if b.Dossier == "" {
		return "INBOX"
	}
	return b.Dossier
}

// compte leaves the port out: the same account is reached by several.
func (b *Boite) compte() string {
	hote, _, err := net.SplitHostPort(b.Adresse)
	if err != nil {
		hote = b.Adresse
	}
	u := url.URL{Scheme: "imap", User: url.User(b.Utilisateur), Host: strings.ToLower(hote), Path: "/" + b.dossier()}
	return u.String()
}

// Messages implements transport.Boite.
func (b *Boite) Messages(ctx context.Context) iter.Seq2[transport.MessageBoite, error] {
	return func(yield func(transport.MessageBoite, error) bool) {
		b.mu.Lock()
		if b.ouverte != nil {
			b.mu.Unlock()
			yield(transport.MessageBoite{}, errors.New("imap: another loop over this mailbox is under way"))
			return
		}
		s, err := b.connecter(ctx)
		b.ouverte = s
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
			defer s.quitter()
			return s.retirer(b.Archive)
		}
		// Also after a break, and after a panic in the caller's loop.
		defer func() {
			if !fini {
				_ = finir()
			}
		}()
		entrees, err := s.lister()
		if err != nil {
			yield(transport.MessageBoite{}, err)
			return
		}
		for _, e := range entrees {
			m := transport.MessageBoite{Compte: b.compte(), ID: s.id(e.uid), Taille: e.taille,
				Open: func(ctx context.Context) (io.ReadCloser, error) {
					if err := ctx.Err(); err != nil {
						return nil, err
					}
					b.mu.Lock()
					defer b.mu.Unlock()
					if b.ouverte != s {
						return nil, errors.New("imap: the loop over Messages has ended")
					}
					return s.ouvrir(e.uid)
				}}
			if !yield(m, nil) {
				return
			}
			if err := b.suivre(ctx, s); err != nil {
				yield(transport.MessageBoite{}, err)
				return
			}
		}
		if err := finir(); err != nil {
			yield(transport.MessageBoite{}, err)
		}
	}
}

// suivre is what is done between two messages: the removals that have gathered, and the
// news of the connection.
func (b *Boite) suivre(ctx context.Context, s *session) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	select {
	case <-s.c.Closed():
		return fmt.Errorf("imap: connection lost: %w", errors.Join(ctx.Err(), io.ErrUnexpectedEOF))
	default:
	}
	if len(s.acquittes) < retraitMax {
		return nil
	}
	return s.retirer(b.Archive)
}
