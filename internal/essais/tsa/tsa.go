// Package tsa is a time-stamping authority for tests: "openssl ts" behind an HTTP server on loopback.
package tsa

import (
	"crypto/x509"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

// Autorite is a running authority.
type Autorite struct {
	URL     string
	Racine  string // file of its root certificate
	Racines *x509.CertPool

	t       testing.TB
	dossier string
	mu      sync.Mutex
}

const configuration = `[ req ]
distinguished_name = dn
prompt = no
[ dn ]
CN = Autorite d'essai
[ ca ]
basicConstraints = critical,CA:TRUE
keyUsage = keyCertSign
[ tsa ]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[ tsa_ici ]
serial = serie
crypto_device = builtin
signer_cert = tsa.pem
certs = ca.pem
signer_key = tsa.cle
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
ess_cert_id_alg = sha256
`

// Ouvrir starts an authority; the test is skipped where openssl isn't installed.
func Ouvrir(t testing.TB) *Autorite {
	t.Helper()
	if _, err := exec.LookPath("openssl"); err != nil {
		t.Skip("openssl is not installed")
	}
	a := &Autorite{t: t, dossier: t.TempDir()}
	a.Racine = filepath.Join(a.dossier, "ca.pem")
	if err := os.WriteFile(filepath.Join(a.dossier, "c.cnf"), []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(a.dossier, "serie"), []byte("01\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-config", "c.cnf",
			"-extensions", "ca", "-days", "3650", "-keyout", "ca.cle", "-out", "ca.pem"},
		{"req", "-newkey", "rsa:2048", "-nodes", "-config", "c.cnf", "-subj", "/CN=Horodateur d'essai", "-keyout", "tsa.cle",
			"-out", "tsa.csr"},
		{"x509", "-req", "-in", "tsa.csr", "-CA", "ca.pem", "-CAkey", "ca.cle", "-CAcreateserial", "-days", "3650",
			"-extfile", "c.cnf", "-extensions", "tsa", "-out", "tsa.pem"},
	} {
		a.Openssl(args...)
	}
	b, err := os.ReadFile(a.Racine)
	if err != nil {
		t.Fatal(err)
	}
	a.Racines = x509.NewCertPool()
	a.Racines.AppendCertsFromPEM(b)
	s := httptest.NewServer(http.HandlerFunc(a.repondre))
	t.Cleanup(s.Close)
	a.URL = s.URL
	return a
}

// Openssl runs openssl in the authority's folder.
func (a *Autorite) Openssl(args ...string) {
	a.t.Helper()
	c := exec.Command("openssl", args...)
	c.Dir = a.dossier
	if b, err := c.CombinedOutput(); err != nil {
		a.t.Fatalf("openssl %s: %v\n%s", args[0], err, b)
	}
}

func (a *Autorite) repondre(w http.ResponseWriter, r *http.Request) {
	a.mu.Lock() // one serial number after the other
	defer a.mu.Unlock()
	b, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil || r.Header.Get("Content-Type") != "application/timestamp-query" {
		http.Error(w, "not a request", http.StatusBadRequest)
		return
	}
	question := filepath.Join(a.dossier, "q.tsq")
	if err := os.WriteFile(question, b, 0o600); err != nil {
		http.Error(w, "disk", http.StatusInternalServerError)
		return
	}
	c := exec.CommandContext(r.Context(), "openssl", "ts", "-reply", "-config", "c.cnf", "-section", "tsa_ici",
		"-queryfile", question)
	c.Dir = a.dossier
	reponse, err := c.Output()
	if err != nil {
		http.Error(w, "openssl", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "application/timestamp-reply")
	_, _ = w.Write(reponse)
}
