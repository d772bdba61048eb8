package smtp

import (
	"context"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// reserve keeps one connection between two messages: a queue then pays for one TLS
// handshake and one authentication. A nil reserve keeps none.
type reserve struct {
	repos time.Duration
	mu    sync.Mutex
	libre *session
	fin   *time.Timer // closes it
	clos  bool
}

// WithConnexionGardee keeps the connection open for repos after a message, for the next
// one of the queue. Relays close an idle connection after some minutes (RFC 5321
// §4.5.3.2.7 asks for 5): 30 s is a good value. Close ends it at once.
func WithConnexionGardee(repos time.Duration) Option {
	return func(e *Expediteur) { e.garde = &reserve{repos: repos} }
}

// Close ends the connection kept between messages, if any. What is being sent ends
// as usual, and later messages have a connection each.
func (e *Expediteur) Close() error {
	if e.garde != nil {
		e.garde.mu.Lock()
		e.garde.clos = true
		e.garde.mu.Unlock()
		if s := e.garde.retirer(); s != nil {
			s.fermer(nil)
		}
	}
	return nil
}

// retirer takes the connection out, for who asks first.
func (r *reserve) retirer() *session {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.libre
	if r.libre = nil; s != nil {
		r.fin.Stop()
	}
	return s
}

// prendre gives the connection kept, which the end of ctx now breaks; nil if none.
func (r *reserve) prendre(ctx context.Context) *session {
	if r == nil {
		return nil
	}
	s := r.retirer()
	if s == nil {
		return nil
	}
	s.base.lus = 0 // the bound is that of one message
	s.client.CommandTimeout = s.delais.Commande
	s.arret = context.AfterFunc(ctx, func() { s.brute.Close() })
	return s
}

// rendre keeps a connection that can take another message; false when it can't, or
// when one is kept already.
func (r *reserve) rendre(s *session, faute *transport.ErreurEnvoi) bool {
	// After a fault nobody knows what the relay thinks is under way.
	if r == nil || s.message || faute != nil {
		return false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.clos || r.libre != nil {
		return false
	}
	r.libre = s
	r.fin = time.AfterFunc(r.repos, func() {
		r.mu.Lock()
		mien := r.libre == s
		if mien {
			r.libre = nil
		}
		r.mu.Unlock()
		if mien {
			s.fermer(nil)
		}
	})
	return true
}
