package smtp

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"github.com/emersion/go-sasl"

	"github.com/scor-sdk/scor-sdk-go/internal/xoauth2"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Auth is how to authenticate to a relay; the zero value doesn't.
type Auth struct {
	mecanismes  []string // in order of preference
	identifiant string
	// A function, since fmt would print a Secret in a field that isn't exported.
	secret func(context.Context) (transport.Secret, error)
}

func fixe(s transport.Secret) func(context.Context) (transport.Secret, error) {
	return func(context.Context) (transport.Secret, error) { return s, nil }
}

// AuthMotDePasse uses PLAIN, or LOGIN where the relay offers only that.
func AuthMotDePasse(identifiant string, motDePasse transport.Secret) Auth {
	return Auth{[]string{sasl.Plain, sasl.Login}, identifiant, fixe(motDePasse)}
}

// AuthPlain uses PLAIN only.
func AuthPlain(identifiant string, motDePasse transport.Secret) Auth {
	return Auth{[]string{sasl.Plain}, identifiant, fixe(motDePasse)}
}

// AuthLogin uses LOGIN only.
func AuthLogin(identifiant string, motDePasse transport.Secret) Auth {
	return Auth{[]string{sasl.Login}, identifiant, fixe(motDePasse)}
}

// AuthXOAUTH2 asks jeton for an access token at each connection.
func AuthXOAUTH2(identifiant string, jeton func(context.Context) (transport.Secret, error)) Auth {
	return Auth{[]string{xoauth2.Nom}, identifiant, jeton}
}

func (a Auth) actif() bool { return len(a.mecanismes) > 0 }

// choisir takes the first mechanism that the relay has.
func (a Auth) choisir(ctx context.Context, offert func(string) bool) (sasl.Client, transport.Secret, error) {
	for _, m := range a.mecanismes {
		if !offert(m) {
			continue
		}
		s, err := a.secret(ctx)
		if err != nil {
			return nil, s, fmt.Errorf("smtp: getting the secret: %w", err)
		}
		switch m {
		case sasl.Plain:
			return sasl.NewPlainClient("", a.identifiant, string(s)), s, nil
		case sasl.Login:
			return &clientLogin{identifiant: a.identifiant, motDePasse: string(s)}, s, nil
		}
		return xoauth2.New(a.identifiant, string(s)), s, nil
	}
	return nil, "", definitive(fmt.Errorf("smtp: the relay does not offer AUTH %s", strings.Join(a.mecanismes, " or ")))
}

// clientLogin is AUTH LOGIN without an initial response, which some relays
// refuse; the text of the two prompts varies too much to be checked.
type clientLogin struct {
	identifiant, motDePasse string
	tour                    int
}

func (c *clientLogin) Start() (string, []byte, error) { return sasl.Login, nil, nil }

func (c *clientLogin) Next([]byte) ([]byte, error) {
	c.tour++
	switch c.tour {
	case 1:
		return []byte(c.identifiant), nil
	case 2:
		return []byte(c.motDePasse), nil
	}
	return nil, errors.New("smtp: a third challenge in AUTH LOGIN")
}

// masquer takes out of a relay's reply the secret that it would echo.
func (a Auth) masquer(reponse string, s transport.Secret) string {
	if s == "" {
		return reponse
	}
	b64 := base64.StdEncoding.EncodeToString
	return strings.NewReplacer(
		string(s), "***",
		b64([]byte(string(s))), "***",
		b64([]byte("\x00"+a.identifiant+"\x00"+string(s))), "***",
	).Replace(reponse)
}
