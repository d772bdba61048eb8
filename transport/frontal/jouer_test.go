package frontal_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

// A harness changes the scenario between two messages, and waits for a message instead of asking again and again.
func TestJouerAttendre(t *testing.T) {
	vus := make(chan frontal.Recu, 2)
	f, err := frontal.New(frontal.Config{Observateur: func(r frontal.Recu) { vus <- r }})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	fini := make(chan error)
	go func() { fini <- f.Attendre(t.Context(), 1) }()
	oui(t, envoyer(t, f, message(f, 1, b2(101, 3), 3)))
	if err := <-fini; err != nil {
		t.Fatal(err)
	}
	if r := <-vus; r.Rang != 1 || r.Reponses[0] != frontal.ARLPositif {
		t.Errorf("%+v", r)
	}
	oui(t, f.Jouer(frontal.Scenario{Regles: []frontal.Regle{{Reponses: []frontal.Nature{frontal.ARLNegatif}}}}))
	oui(t, envoyer(t, f, message(f, 2, b2(102, 1), 1)))
	if r := <-vus; r.Rang != 2 || r.Reponses[0] != frontal.ARLNegatif {
		t.Errorf("%+v", r)
	}
	if err := f.Jouer(frontal.Scenario{Regles: []frontal.Regle{{Reponses: []frontal.Nature{"bravo"}}}}); err == nil {
		t.Error("a scenario with an unknown answer is played")
	}
	ctx, fin := context.WithCancel(t.Context())
	fin()
	if err := f.Attendre(ctx, 99); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// The servers' certificate is signed by an authority that stays the same when the frontal is started again; the
// incident shows an old one.
func TestAutorite(t *testing.T) {
	d := t.TempDir()
	premier, err := frontal.New(frontal.Config{Dossier: d})
	if err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(premier.PEMTLS())
	premier.Close()
	f, err := frontal.New(frontal.Config{Dossier: d, Noms: []string{"frontal.exemple.fr", "127.0.0.2"}})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, nom := range []string{"localhost", "frontal.exemple.fr", "127.0.0.2"} {
		c, err := tls.Dial("tcp", f.SMTPS(), &tls.Config{RootCAs: pool, ServerName: nom})
		if err != nil {
			t.Errorf("%s: %v", nom, err)
			continue
		}
		c.Close()
	}
	f.Incident(frontal.Incident{Panne: frontal.CertificatPerime, Fois: 1})
	_, err = tls.Dial("tcp", f.SMTPS(), &tls.Config{RootCAs: pool, ServerName: "localhost"})
	var invalide x509.CertificateInvalidError
	if !errors.As(err, &invalide) || invalide.Reason != x509.Expired {
		t.Errorf("an expired certificate: %v", err)
	}
}

func oui(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
