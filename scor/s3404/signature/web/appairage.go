package web

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"errors"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

// Authentificateur says who signs in. The request is the POST of the sign-in page with its form parsed (field "code");
// a host with its own sign-on may look at its headers or client certificate instead. An error is [ErrCode], or what
// went wrong.
type Authentificateur interface {
	Authentifier(r *http.Request) (signature.Signataire, error)
}

// ErrCode says that the code is not the one, has expired or was used.
var ErrCode = errors.New("web: wrong, expired or used code")

// codeChiffres, with essaisMax tries of one client and essaisTous in all, leaves guessers two chances in a million for
// each code.
const (
	codeChiffres = 8
	essaisMax    = 10
	essaisTous   = 200
)

// Appairage is an [Authentificateur] by one-time code: the establishment's own screen shows eight digits, the signer
// types them on the tablet. A code serves once, for ten minutes. A client that was wrong ten times waits for the next
// code, while others go on using this one; only two hundred wrong tries in all replace it. [Appairage.Veiller] keeps
// the code on the screen a good one.
type Appairage struct {
	signataire signature.Signataire
	afficher   func(code string, expire time.Time)
	maintenant func() time.Time

	mu     sync.Mutex
	code   string
	expire time.Time
	essais map[string]int // by client
	tous   int
}

// dureeCode is how long a code is good.
const dureeCode = 10 * time.Minute

// NewAppairage has afficher show each code as it comes into force: now, and whenever one was used, guessed at too often
// or found expired.
func NewAppairage(s signature.Signataire, afficher func(code string, expire time.Time)) (*Appairage, error) {
	a := &Appairage{signataire: s, afficher: afficher, maintenant: time.Now}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a, a.renouveler()
}

func (a *Appairage) renouveler() error {
	n, err := rand.Int(rand.Reader, big.NewInt(100_000_000))
	if err != nil {
		return fmt.Errorf("web: %w", err)
	}
	a.code, a.expire, a.essais = fmt.Sprintf("%0*d", codeChiffres, n), a.maintenant().Add(dureeCode), map[string]int{}
	a.tous = 0
	a.afficher(a.code[:4]+" "+a.code[4:], a.expire)
	return nil
}

// codeTape is the code of a request, without what people put between its halves.
func codeTape(r *http.Request) string {
	return strings.Map(func(c rune) rune {
		if c == ' ' || c == '\u00a0' || c == '-' {
			return -1
		}
		return c
	}, r.PostFormValue("code"))
}

// Appairages lets several signers in, each by a code of their own. A wrong code counts for each of them.
type Appairages []*Appairage

// Authentifier implements [Authentificateur].
func (l Appairages) Authentifier(r *http.Request) (signature.Signataire, error) {
	for _, a := range l {
		if a.montre(codeTape(r)) {
			return a.Authentifier(r)
		}
	}
	err := ErrCode
	for _, a := range l {
		if s, e := a.Authentifier(r); e == nil {
			return s, nil // shown since
		} else if !errors.Is(e, ErrCode) {
			err = errors.Join(err, e)
		}
	}
	return signature.Signataire{}, err
}

// Veiller is [Appairage.Veiller] for all of them.
func (l Appairages) Veiller(ctx context.Context) error {
	fins := make(chan error, len(l))
	for _, a := range l {
		go func() { fins <- a.Veiller(ctx) }()
	}
	var err error
	for range l {
		err = errors.Join(err, <-fins)
	}
	return err
}

// montre says whether a code is the one shown.
func (a *Appairage) montre(code string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return subtle.ConstantTimeCompare([]byte(code), []byte(a.code)) == 1
}

// Authentifier implements [Authentificateur].
func (a *Appairage) Authentifier(r *http.Request) (signature.Signataire, error) {
	code := codeTape(r)
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.maintenant().Before(a.expire) {
		return signature.Signataire{}, errors.Join(ErrCode, a.renouveler())
	}
	qui := client(r)
	if a.essais[qui] >= essaisMax {
		return signature.Signataire{}, ErrCode
	}
	if subtle.ConstantTimeCompare([]byte(code), []byte(a.code)) != 1 {
		a.essais[qui]++
		if a.tous++; a.tous >= essaisTous {
			return signature.Signataire{}, errors.Join(ErrCode, a.renouveler())
		}
		return signature.Signataire{}, ErrCode
	}
	return a.signataire, a.renouveler()
}

// Veiller replaces the code when it expires, so that none is shown that is good no longer, until ctx ends.
func (a *Appairage) Veiller(ctx context.Context) error {
	for {
		a.mu.Lock()
		reste := a.expire.Sub(a.maintenant())
		var err error
		if reste <= 0 {
			err = a.renouveler()
			reste = dureeCode
		}
		a.mu.Unlock()
		if err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(reste):
		}
	}
}
