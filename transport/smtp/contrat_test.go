package smtp_test

import (
	"io"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

func TestContrat(t *testing.T) {
	transporttest.ContratExpediteur(t, func(t *testing.T) transporttest.Chemin {
		f, err := frontal.New(frontal.Config{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		e, err := smtp.New(smtp.Relais{Adresse: f.SMTP(), TLS: f.ConfigTLS()}, smtp.WithReprises(smtp.UnEssai))
		if err != nil {
			t.Fatal(err)
		}
		return transporttest.Chemin{
			Expediteur: e,
			Arrives:    func(t *testing.T) []transporttest.Arrive { return arrives(t, f) },
			RefuserUn:  func() { f.Incident(frontal.Incident{Panne: frontal.Inconnu, Fois: 1}) },
		}
	})
}

func arrives(t *testing.T, f *frontal.Frontal) (out []transporttest.Arrive) {
	t.Helper()
	for _, r := range f.Recus() {
		c, err := f.Brut(r)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(c)
		c.Close()
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, transporttest.Arrive{De: r.De, A: r.A, Contenu: string(b)})
	}
	return out
}
