package main

import (
	"crypto/tls"
	"crypto/x509"
	"net/smtp"
	"os"
	"path/filepath"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/adresses"
)

func confiance(t *testing.T, dossier string) *tls.Config {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dossier, "ac.crt"))
	if err != nil {
		t.Fatal(err)
	}
	p := x509.NewCertPool()
	if !p.AppendCertsFromPEM(b) {
		t.Fatal("ac.crt holds no certificate")
	}
	return &tls.Config{RootCAs: p, ServerName: "localhost"}
}

// envoyer sends as a program does that only has the folder's files.
func envoyer(t *testing.T, a adresses.Adresses, dossier, brut string) {
	t.Helper()
	c, err := smtp.Dial(a.SMTP)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	for _, f := range []func() error{
		func() error { return c.StartTLS(confiance(t, dossier)) },
		func() error { return c.Mail("a@exemple.fr") },
		func() error { return c.Rcpt(a.Boite) },
	} {
		if err := f(); err != nil {
			t.Fatal(err)
		}
	}
	w, err := c.Data()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte(brut)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}
