package frontal_test

import (
	"bytes"
	"context"
	"crypto/x509"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

// An editor's test: its program sends a B2 file, the frontal refuses the lot, the
// refusal comes back in the mailbox.
func Example() {
	scenario, err := frontal.ParseScenario(strings.NewReader(`
regles:
  - quand: {flux: factures}
    reponses: [arl-]
    code: "1000"
`), "refus.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	f, err := frontal.New(frontal.Config{Scenario: scenario})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()

	fichier := b2(101, 3)
	m := &transport.Message{
		De: "cabinet@exemple.fr", A: []string{f.Adresse()}, ID: "2026112122301700000@exemple.fr",
		Sujet: "IR100500/00000420788606/2026112122301700000/00003",
		Parties: []transport.Partie{{Type: transport.TypeEDI, Description: "IRIS/B2",
			Open: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(fichier)), nil }}},
		Enveloppe: transport.Enveloppe{Chiffrement: "aes-128-cbc", Certificats: []*x509.Certificate{f.Certificat()}},
	}
	envoi, err := m.Envoi()
	if err != nil {
		fmt.Println(err)
		return
	}
	relais, err := smtp.New(smtp.Relais{Adresse: f.SMTP(), TLS: f.ConfigTLS()})
	if err != nil {
		fmt.Println(err)
		return
	}
	preuve, err := relais.Envoyer(context.Background(), envoi)
	fmt.Println(preuve.Code, err)

	for _, r := range f.Recus() {
		fmt.Println(r.Flux, "lot", r.Lots[0].Numero, r.Lots[0].Factures, "factures", r.Constats)
	}
	boite := &pop3.Boite{Adresse: f.POP3(), ConfigTLS: f.ConfigTLS(), Utilisateur: "cabinet@exemple.fr"}
	for attente, err := range boite.Messages(context.Background()) {
		if err != nil {
			fmt.Println(err)
			return
		}
		r, err := attente.Open(context.Background())
		if err != nil {
			fmt.Println(err)
			return
		}
		recu, err := transport.Open(context.Background(), r, nil)
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println(recu.Sujet, recu.EnReponseA)
		r.Close()
	}
	// Output:
	// 250 <nil>
	// factures lot 101 3 factures []
	// ARL/00000420788606/2026112122301700000 [2026112122301700000@exemple.fr]
}

func ExampleParseScenario() {
	r, err := os.Open("testdata/journee-difficile.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer r.Close()
	s, err := frontal.ParseScenario(r, "journee-difficile.yaml")
	fmt.Println(len(s.Regles), "règles,", len(s.Incidents), "incidents", err)
	// Output: 4 règles, 5 incidents <nil>
}
