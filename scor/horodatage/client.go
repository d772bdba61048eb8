package horodatage

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/asn1"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net/http"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

var oidSHA256 = asn1.ObjectIdentifier{2, 16, 840, 1, 101, 3, 4, 2, 1}

type algorithme struct {
	OID        asn1.ObjectIdentifier
	Parametres asn1.RawValue `asn1:"optional"`
}

type condense struct {
	Algorithme algorithme
	Octets     []byte
}

type demande struct {
	Version  int
	Condense condense
	Nonce    *big.Int `asn1:"optional"`
	Cert     bool     `asn1:"optional"`
}

type statut struct {
	Statut int
	// Then a text, and a reason.
}

type reponse struct {
	Statut statut
	Jeton  asn1.RawValue `asn1:"optional"`
}

// Client asks an authority for time-stamps over HTTP.
type Client struct {
	adresse string
	http    *http.Client
	alea    io.Reader
}

var _ Horodateur = (*Client)(nil)

// Option changes a Client.
type Option func(*Client)

// WithHTTP is the HTTP client: its timeouts, its proxy, its certificate where the authority asks for one. The default
// is http.DefaultClient: the context bounds the call.
func WithHTTP(c *http.Client) Option { return func(x *Client) { x.http = c } }

// New is the client of an authority, by its address ("https://…").
func New(adresse string, opts ...Option) *Client {
	c := &Client{adresse: adresse, http: http.DefaultClient, alea: rand.Reader}
	for _, o := range opts {
		o(c)
	}
	return c
}

// ErrRefus says that the authority answered, and gave no token.
var ErrRefus = errors.New("horodatage: refused by the authority")

// reponseMax bounds an answer: a token with its certificates is some 5 KiB.
const reponseMax = 1 << 20

// Horodater gives a token of the authority, which was checked to be about e and to answer this very request. Whether to
// believe the authority is for Verifier.
func (c *Client) Horodater(ctx context.Context, e scor.Empreinte) ([]byte, error) {
	nonce, err := rand.Int(c.alea, new(big.Int).Lsh(big.NewInt(1), 63))
	if err != nil {
		return nil, fmt.Errorf("horodatage: randomness: %w", err)
	}
	b, err := asn1.Marshal(demande{Version: 1, Nonce: nonce, Cert: true,
		Condense: condense{algorithme{OID: oidSHA256, Parametres: asn1.NullRawValue}, e[:]}})
	if err != nil {
		return nil, fmt.Errorf("horodatage: request: %w", err)
	}
	b, err = c.poster(ctx, b)
	if err != nil {
		return nil, err
	}
	var r reponse
	if reste, err := asn1.Unmarshal(b, &r); err != nil || len(reste) > 0 {
		return nil, fmt.Errorf("%w: answer of %d bytes unreadable", ErrRefus, len(b))
	}
	if r.Statut.Statut > 1 || len(r.Jeton.FullBytes) == 0 { // granted, granted with changes
		return nil, fmt.Errorf("%w: status %d", ErrRefus, r.Statut.Statut)
	}
	j, err := lireJeton(r.Jeton.FullBytes)
	if err != nil {
		return nil, err
	}
	if err := j.pour(e); err != nil {
		return nil, err
	}
	if j.info.Nonce == nil || j.info.Nonce.Cmp(nonce) != 0 {
		return nil, fmt.Errorf("%w: the token answers another request", ErrJeton)
	}
	return r.Jeton.FullBytes, nil
}

func (c *Client) poster(ctx context.Context, b []byte) ([]byte, error) {
	q, err := http.NewRequestWithContext(ctx, http.MethodPost, c.adresse, bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("horodatage: %w", err)
	}
	q.Header.Set("Content-Type", "application/timestamp-query")
	r, err := c.http.Do(q)
	if err != nil {
		return nil, fmt.Errorf("horodatage: %w", err)
	}
	defer r.Body.Close()
	b, err = io.ReadAll(io.LimitReader(r.Body, reponseMax))
	if err != nil {
		return nil, fmt.Errorf("horodatage: answer: %w", err)
	}
	if r.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: HTTP status %d", ErrRefus, r.StatusCode)
	}
	return b, nil
}
