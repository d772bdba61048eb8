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

// AnnuaireDetaille is an Annuaire that also tells what a person should know although
// certificates were found, such as a revocation that couldn't be checked. Who keeps a
// journal keeps it there.
type AnnuaireDetaille interface {
	Annuaire
	Consulter(ctx context.Context, adresse string) (Consultation, error)
}

// Consultation is the answer of an AnnuaireDetaille.
type Consultation struct {
	Certificats    []*x509.Certificate
	Avertissements []error
}

// Consulter asks any Annuaire; one that tells no warning gives none.
func Consulter(ctx context.Context, a Annuaire, adresse string) (Consultation, error) {
	if d, ok := a.(AnnuaireDetaille); ok {
		return d.Consulter(ctx, adresse)
	}
	c, err := a.Certificats(ctx, adresse)
	return Consultation{Certificats: c}, err
}
