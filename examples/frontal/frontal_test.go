package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/smtp"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/adresses"
	"github.com/scor-sdk/scor-sdk-go/internal/essais/modes"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
)

var ports = []string{"-smtp", "127.0.0.1:0", "-smtps", "127.0.0.1:0", "-pop3", "127.0.0.1:0", "-pop3s", "127.0.0.1:0",
	"-controle", "127.0.0.1:0"}

// demarrer runs the program and returns once its addresses are on standard output's first line.
func demarrer(t *testing.T, args ...string) (adresses.Adresses, string) {
	t.Helper()
	d := t.TempDir()
	ctx, fin := context.WithCancel(context.Background())
	r, w := io.Pipe()
	fini := make(chan error, 1)
	go func() {
		err := servir(ctx, append(append([]string{"-dossier", d}, ports...), args...), w, io.Discard)
		w.Close()
		fini <- err
	}()
	t.Cleanup(func() {
		fin()
		if err := <-fini; err != nil {
			t.Error(err)
		}
		modes.Prives(t, d)
	})
	if _, err := r.Read(make([]byte, 1<<12)); err != nil {
		t.Fatal(<-fini)
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	b, err := os.ReadFile(filepath.Join(d, "adresses.json"))
	if err != nil {
		t.Fatal(err)
	}
	var a adresses.Adresses
	if err := json.Unmarshal(b, &a); err != nil {
		t.Fatal(err)
	}
	return a, d
}

func appeler(t *testing.T, methode, url, corps string, code int) []byte {
	t.Helper()
	q, err := http.NewRequestWithContext(t.Context(), methode, url, strings.NewReader(corps))
	if err != nil {
		t.Fatal(err)
	}
	r, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil || r.StatusCode != code {
		t.Fatalf("%s %s: %d, %d expected: %s %v", methode, url, r.StatusCode, code, b, err)
	}
	return b
}

// The control API by itself: what is received is counted, shown and given back byte for byte; wrong orders are told
// with their line.
func TestCommandes(t *testing.T) {
	a, d := demarrer(t)
	base := "http://" + a.Controle
	if b := appeler(t, "GET", base+"/recus", "", 200); string(bytes.TrimSpace(b)) != "[]" {
		t.Errorf("%s", b)
	}
	if b := appeler(t, "PUT", base+"/scenario", "regles:\n  - reponses: [bravo]\n", 422); !bytes.Contains(b,
		[]byte("scenario.yaml:2")) {
		t.Errorf("the fault's line is missing: %s", b)
	}
	appeler(t, "PUT", base+"/scenario", "regles:\n  - reponses: [silence]\n", 200)
	appeler(t, "GET", base+"/attendre?recus=1&delai=1ms", "", 504)
	appeler(t, "GET", base+"/attendre?recus=x", "", 400)
	appeler(t, "POST", base+"/horloge?avance=demain", "", 400)
	brut := "From: a@exemple.fr\r\nTo: 01996@996.01.rss.fr\r\nMessage-ID: <m1@exemple.fr>\r\nSubject: " +
		"essai\r\n\r\nBonjour.\r\n"
	if err := smtp.SendMail(a.SMTP, nil, "a@exemple.fr", []string{a.Boite}, []byte(brut)); err == nil {
		t.Fatal("net/smtp trusted an unknown authority")
	}
	appeler(t, "DELETE", base+"/incidents", "", 200)
	envoyer(t, a, d, brut)
	appeler(t, "GET", base+"/attendre?recus=1", "", 200)
	if b := appeler(t, "GET", base+"/recus/1/brut", "", 200); !bytes.Contains(b, []byte("Bonjour.\r\n")) {
		t.Errorf("%s", b)
	}
	appeler(t, "GET", base+"/recus/2/brut", "", 404)
	// A departure has its rule, in the file as well.
	ndjson, err := os.ReadFile(filepath.Join(d, "recus.ndjson"))
	if err != nil || !bytes.Contains(ndjson, []byte(`"genre":"constat"`)) || !bytes.Contains(ndjson, []byte(`"regle":"`)) {
		t.Errorf("%s %v", ndjson, err)
	}
}

// A message put in a mailbox comes out of it, with lines that mail asks for.
func TestBoites(t *testing.T) {
	a, d := demarrer(t)
	appeler(t, "PUT", "http://"+a.Controle+"/boites/cabinet@exemple.fr", "Subject: retour\n\nlu\n", 200)
	appeler(t, "PUT", "http://"+a.Controle+"/boites/pas-une-adresse", "x", 400)
	b := &pop3.Boite{Adresse: a.POP3, ConfigTLS: confiance(t, d), Utilisateur: "cabinet@exemple.fr",
		MotDePasse: transport.Secret("x")}
	n := 0
	for m, err := range b.Messages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		r, err := m.Open(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		texte, err := io.ReadAll(r)
		if err != nil || string(texte) != "Subject: retour\r\n\r\nlu\r\n" {
			t.Errorf("%q %v", texte, err)
		}
		r.Close()
		n++
	}
	if n != 1 {
		t.Errorf("%d messages", n)
	}
}

// TestHarnais plays five scenarios from a program in another language, against examples/officine.
func TestHarnais(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not here: install it to play the harness in another language")
	}
	texte, err := os.ReadFile("testdata/harnais.py")
	if n := bytes.Count(texte, []byte("\n")); err != nil || n > 60 {
		t.Errorf("the harness has %d lines, 60 are enough for five scenarios: %v", n, err)
	}
	if testing.Short() {
		t.Skip("builds and runs two programs five times: without -short")
	}
	d := t.TempDir()
	for _, p := range []string{"frontal", "officine"} {
		if b, err := exec.CommandContext(t.Context(), "go", "build", "-o", filepath.Join(d, p),
			"../"+p).CombinedOutput(); err != nil {
			t.Fatalf("%v: %s", err, b)
		}
	}
	b, err := exec.CommandContext(t.Context(), python, "testdata/harnais.py", filepath.Join(d, "frontal"),
		filepath.Join(d, "officine"), filepath.Join(d, "sortie")).CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, b)
	}
}
