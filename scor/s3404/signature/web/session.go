package web

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"net/http"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// cookie is named __Host- so that no other host, path or plain connection can set it (RFC 6265bis).
const cookie = "__Host-scor"

// sessionsMax bounds memory; beyond it the session idle for longest goes.
const sessionsMax = 256

type session struct {
	signataire signature.Signataire
	csrf       string
	ouverte    time.Time
	vue        time.Time
}

type sessions struct {
	maintenant        func() time.Time
	inactivite, duree time.Duration

	mu sync.Mutex
	m  map[[32]byte]*session
}

func secret() string {
	b := make([]byte, 32)
	rand.Read(b)
	return base64.RawURLEncoding.EncodeToString(b)
}

// ouvrir opens a session under a new identifier, and ends the one that the request had.
func (s *sessions) ouvrir(w http.ResponseWriter, r *http.Request, qui signature.Signataire) {
	s.fermer(w, r)
	id, t := secret(), s.maintenant()
	s.mu.Lock()
	if len(s.m) >= sessionsMax {
		s.purger(t)
	}
	s.m[sha256.Sum256([]byte(id))] = &session{signataire: qui, csrf: secret(), ouverte: t, vue: t}
	s.mu.Unlock()
	http.SetCookie(w, &http.Cookie{Name: cookie, Value: id, Path: "/", Secure: true, HttpOnly: true,
		SameSite: http.SameSiteStrictMode})
}

// purger drops what has expired, and the session idle for longest when that frees nothing.
func (s *sessions) purger(t time.Time) {
	var vieille [32]byte
	var vue time.Time
	n := len(s.m)
	for k, x := range s.m {
		if s.expiree(x, t) {
			delete(s.m, k)
		} else if vue.IsZero() || x.vue.Before(vue) {
			vieille, vue = k, x.vue
		}
	}
	if len(s.m) == n {
		delete(s.m, vieille)
	}
}

func (s *sessions) expiree(x *session, t time.Time) bool {
	return t.Sub(x.vue) > s.inactivite || t.Sub(x.ouverte) > s.duree
}

// lire finds the request's session. Looking up by hash leaves nothing to time.
func (s *sessions) lire(r *http.Request) (session, bool) {
	c, err := r.Cookie(cookie)
	if err != nil {
		return session{}, false
	}
	k, t := sha256.Sum256([]byte(c.Value)), s.maintenant()
	s.mu.Lock()
	defer s.mu.Unlock()
	x, ok := s.m[k]
	if !ok {
		return session{}, false
	}
	if s.expiree(x, t) {
		delete(s.m, k)
		return session{}, false
	}
	if geste(r) {
		x.vue = t
	}
	return *x, true
}

// geste says that a person did something: a page was asked for by a click, a stroke was drawn, a form was sent, the
// page reports a touch or a key (POST /activite). What a page asks by itself every few seconds is none, so that a
// tablet left alone locks itself.
func geste(r *http.Request) bool {
	return r.Method != http.MethodGet && r.Method != http.MethodHead || r.Header.Get("Sec-Fetch-User") == "?1"
}

func (s *sessions) fermer(w http.ResponseWriter, r *http.Request) {
	if c, err := r.Cookie(cookie); err == nil {
		s.mu.Lock()
		delete(s.m, sha256.Sum256([]byte(c.Value)))
		s.mu.Unlock()
	}
	http.SetCookie(w, &http.Cookie{Name: cookie, Path: "/", MaxAge: -1, Secure: true, HttpOnly: true,
		SameSite: http.SameSiteStrictMode})
}

func (s *session) jeton(recu string) bool {
	return subtle.ConstantTimeCompare([]byte(recu), []byte(s.csrf)) == 1
}
