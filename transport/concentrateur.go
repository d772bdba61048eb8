package transport

import (
	"context"
	"crypto/x509"
	"strings"
)

// Concentrateur is an organisme concentrateur technique (OCT): it takes the
// messages of any of the flows in the frontals' place, under its own address and
// certificate, and puts what comes back in the sender's mailbox with it. What a
// message holds, its Subject included, doesn't change.
type Concentrateur struct {
	Adresse     string
	Certificats []*x509.Certificate
}

// Diriger makes a message go through the concentrator.
func (c *Concentrateur) Diriger(m *Message) {
	m.A = []string{c.Adresse}
	if !m.Enveloppe.sansChiffrement() {
		m.Enveloppe.Certificats = c.Certificats
	}
}

// Annuaire is a directory that knows the concentrator by itself and the other
// addresses by suivant, for a host that sends some flows one way and some the other.
func (c *Concentrateur) Annuaire(suivant Annuaire) Annuaire { return annuaireOCT{c, suivant} }

type annuaireOCT struct {
	c       *Concentrateur
	suivant Annuaire
}

// Consulter implements AnnuaireDetaille, for what suivant has to tell.
func (a annuaireOCT) Consulter(ctx context.Context, adresse string) (Consultation, error) {
	if strings.EqualFold(adresse, a.c.Adresse) {
		return Consultation{Certificats: a.c.Certificats}, nil
	}
	return Consulter(ctx, a.suivant, adresse)
}

func (a annuaireOCT) Certificats(ctx context.Context, adresse string) ([]*x509.Certificate, error) {
	if strings.EqualFold(adresse, a.c.Adresse) {
		return a.c.Certificats, nil
	}
	return a.suivant.Certificats(ctx, adresse)
}
