package transport_test

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

// Two accounts of a real Dovecot, made in the same second, taken into one folder: every
// message is kept, over POP3, and nothing is left.
func TestReelDeuxComptes(t *testing.T) {
	c := courrierReel(t)
	e := c.expediteur(t, smtp.Relais{Adresse: c.ports["SMTP"], Securite: smtp.STARTTLS})
	comptes := []string{adresse(t, "exemple.fr"), adresse(t, "exemple.fr")}
	for i, a := range comptes {
		for n := range 3 {
			id := fmt.Sprintf("%d.%d@exemple.fr", i, n)
			brut := fmt.Sprintf("From: a@exemple.fr\r\nTo: %s\r\nMessage-ID: <%s>\r\nSubject: n\r\n\r\nx\r\n", a, id)
			_, err := e.Envoyer(t.Context(), transport.Envoi{De: "a@exemple.fr", A: []string{a}, MessageID: id,
				Contenu: octets([]byte(brut))})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	d, err := transport.NewReleveDossier(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range comptes {
		c.maildirDe(t, a, 3)
		bilan, err := transport.Relever(t.Context(), c.pop3(a), d)
		if err != nil || bilan != (transport.BilanReleve{Pris: 3}) {
			t.Errorf("%+v, %v", bilan, err)
		}
		if bilan, err = transport.Relever(t.Context(), c.pop3(a), d); err != nil || bilan != (transport.BilanReleve{}) {
			t.Errorf("left in the mailbox: %+v, %v", bilan, err)
		}
	}
	if l, _ := filepath.Glob(filepath.Join(d.Dossier, "*.eml")); len(l) != 6 {
		t.Errorf("%d messages kept, want 6", len(l))
	}
}
