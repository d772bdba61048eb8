package frontal

import (
	"context"
	"crypto/x509"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Annuaire is a directory that knows the frontal alone.
func (f *Frontal) Annuaire() transport.Annuaire { return annuaire{f} }

type annuaire struct{ f *Frontal }

func (a annuaire) Certificats(_ context.Context, adresse string) ([]*x509.Certificate, error) {
	if normale(adresse) != normale(a.f.cfg.Adresse) {
		return nil, fmt.Errorf("frontal: no certificate for %s", adresse)
	}
	return []*x509.Certificate{a.f.cfg.Certificat}, nil
}
