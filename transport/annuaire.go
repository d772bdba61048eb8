package transport

import (
	"context"
	"crypto/x509"
)

// Annuaire finds the certificates with which to encrypt for an address.
type Annuaire interface {
	// Certificats returns those that can be used now (in validity, not revoked, of
	// that address), best first. None is an error that says why each was refused.
	Certificats(ctx context.Context, adresse string) ([]*x509.Certificate, error)
}
