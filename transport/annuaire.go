package transport

import (
	"context"
	"crypto/x509"
)

// Annuaire finds the certificates with which to encrypt for an address. Several
// goroutines may use it. Package transporttest holds the contract as a test.
type Annuaire interface {
	// Certificats returns those that can be used now (in validity, not revoked, for
	// encryption, of that address in any case of letters, of a trusted authority), each
	// once, best first: the highest serial number. The slice is the caller's. None is an
	// error that says why each was refused, and comes with no certificate; so do text
	// that is no address, and the end of ctx before there is an answer, which is told as
	// such.
	Certificats(ctx context.Context, adresse string) ([]*x509.Certificate, error)
}

// AnnuaireDetaille is an Annuaire that also tells what a person should know although
// certificates were found, such as a revocation that couldn't be checked. Who keeps a
// journal keeps it there.
type AnnuaireDetaille interface {
	Annuaire
	// Consulter gives the certificates, or the error, of Certificats, with the warnings.
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
