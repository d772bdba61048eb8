package frontal_test

import (
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

// A whole day of incidents from the example's data file: every lot arrives once and
// every answer is taken once.
func TestJourneeDifficile(t *testing.T) {
	r, err := os.Open("testdata/journee-difficile.yaml")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s, err := frontal.ParseScenario(r, "journee-difficile.yaml")
	if err != nil {
		t.Fatal(err)
	}
	f := demarrer(t, frontal.Config{Scenario: s})
	exp, err := smtp.New(smtp.Relais{Adresse: f.SMTP(), TLS: f.ConfigTLS()},
		smtp.WithReprises(smtp.Reprises{Essais: 4, Attente: time.Millisecond, Plafond: time.Millisecond}))
	if err != nil {
		t.Fatal(err)
	}
	for i, factures := range []int{13, 12, 3} {
		m := message(f, i, b2(i+1, factures), factures)
		envoi, err := m.Envoi()
		if err != nil {
			t.Fatal(err)
		}
		for essai := 0; ; essai++ {
			if _, err := exp.Envoyer(t.Context(), envoi); err == nil {
				break
			} else if essai > 5 {
				t.Fatal(err)
			}
		}
	}
	for _, r := range f.Recus() {
		if r.Transmissions != 1 || len(r.Constats) != 0 {
			t.Errorf("%s: %d transmissions, %+v", r.Sujet, r.Transmissions, r.Constats)
		}
	}
	var sens []string
	m := &transporttest.Memoire{Juger: func(_ *transport.MessageReleve, contenu string) (transport.Verdict, error) {
		recu, err := transport.Open(t.Context(), strings.NewReader(contenu), nil)
		if err != nil {
			return transport.Laisser, err
		}
		for p, err := range recu.Parties() {
			if err != nil {
				return transport.Laisser, err
			}
			arl, err := io.ReadAll(p)
			if err != nil {
				return transport.Laisser, err
			}
			sens = append(sens, string(arl[128+18:128+35]))
		}
		return transport.Garder, nil
	}}
	b := &pop3.Boite{Adresse: f.POP3(), ConfigTLS: f.ConfigTLS(), Utilisateur: cabinet}
	for essai := 0; ; essai++ {
		_, err := transport.Relever(t.Context(), b, m)
		if err == nil {
			break
		}
		if essai > 5 {
			t.Fatal(err)
		}
	}
	// Lot 2's answers wait for the next one, and come twice.
	if got, want := strings.Join(sens, " "),
		"000001261121N1000 000003261121P0000 000002261121P0000 000002261121P0000"; got != want {
		t.Errorf("answers %s, want %s", got, want)
	}
	if n := f.EnAttente(cabinet); n != 0 {
		t.Errorf("%d left", n)
	}
}
