// Package horodatage has a hash attested by somebody outside: a time-stamping authority (RFC 3161), or the holder of a
// key. It is what gives the journal of retour/suivi and the register of scor/controle a witness: a copy is presumed
// reliable when its fingerprint was sealed by a qualified electronic time-stamp, seal or signature (décret 2016-1673,
// art. 3), which only a qualified authority gives.
//
//  1. New makes a Client of an authority's address; NewCle a signer with the host's own key.
//  2. Either is given to suivi.Ancrage, or its Horodater called.
//  3. Verifier checks a token against the authority's root certificate; so does "openssl ts -verify -token_in".
//
// Implemented: RFC 3161 (over HTTP, section 3.4, with SHA-256 and a nonce), RFC 5035 (ESSCertIDv2) as far as the
// signer's certificate is the one that the token names. What is promised to stay: Horodateur, and that a token is DER
// of RFC 3161's TimeStampToken.
package horodatage

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/internal/cms"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Horodateur attests the SHA-256 of something, for strangers.
type Horodateur interface {
	// Horodater gives what attests e: a token or a signature.
	Horodater(ctx context.Context, e scor.Empreinte) ([]byte, error)
}

// Cle signs with a key of the host. A signature says who, not when: it protects from others, not from the holder.
type Cle struct {
	cle  crypto.Signer
	alea io.Reader
}

var _ Horodateur = (*Cle)(nil)

// ErrCle says that a key can't sign a hash so that openssl dgst verifies it.
var ErrCle = errors.New("horodatage: an ECDSA or RSA key expected")

// ErrCleIndisponible is wrapped when the card or the HSM failed, beside what it said.
var ErrCleIndisponible = cms.ErrCleIndisponible

// NewCle is a signer with k, an ECDSA or RSA key: a file's, a card's, an HSM's.
func NewCle(k crypto.Signer) (*Cle, error) {
	if k == nil {
		return nil, ErrCle
	}
	switch k.Public().(type) {
	case *ecdsa.PublicKey, *rsa.PublicKey:
		return &Cle{k, rand.Reader}, nil
	}
	return nil, fmt.Errorf("%w, not %T", ErrCle, k.Public())
}

// Horodater gives the signature of what has that SHA-256: ASN.1 for ECDSA, PKCS #1 v1.5 for RSA.
func (c *Cle) Horodater(_ context.Context, e scor.Empreinte) ([]byte, error) {
	s, err := c.cle.Sign(c.alea, e[:], crypto.SHA256)
	if err != nil {
		return nil, fmt.Errorf("horodatage: signature: %w: %w", ErrCleIndisponible, err)
	}
	return s, nil
}

// VerifierSignature checks a signature that a Cle made.
func VerifierSignature(publique crypto.PublicKey, e scor.Empreinte, signature []byte) error {
	bon := false
	switch k := publique.(type) {
	case *ecdsa.PublicKey:
		bon = ecdsa.VerifyASN1(k, e[:], signature)
	case *rsa.PublicKey:
		bon = rsa.VerifyPKCS1v15(k, crypto.SHA256, e[:], signature) == nil
	default:
		return ErrCle
	}
	if !bon {
		return ErrJeton
	}
	return nil
}
