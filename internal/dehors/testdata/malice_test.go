package editeur

import (
	"errors"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

// Mischief in a test: a relay that puts off the first attempt is told as such, and takes the second.
func TestListeGrise(t *testing.T) {
	c, f := comptes(t, frontal.Config{Scenario: frontal.Scenario{Incidents: []frontal.Incident{{Panne: frontal.ListeGrise}}}})
	relais := oui(smtp.New(smtp.Relais{Adresse: c.Relais}, smtp.WithReprises(smtp.Reprises{Essais: 1})))
	var e *transport.ErreurEnvoi
	if err := envoyerPar(t, f, relais); !errors.As(err, &e) || e.Definitive {
		t.Errorf("the first attempt: %v", err)
	}
	if err := envoyerPar(t, f, relais); err != nil {
		t.Errorf("the second: %v", err)
	}
}
