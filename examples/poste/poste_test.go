package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
)

// lancer runs the program until the test ends, and gives what -json prints first.
func lancer(t *testing.T, args ...string) (compte, func()) {
	t.Helper()
	ctx, fin := context.WithCancel(t.Context())
	lecture, ecriture := io.Pipe()
	fini := make(chan error, 1)
	go func() {
		err := servir(ctx, append([]string{"-adresse", "127.0.0.1:0", "-json"}, args...), ecriture, io.Discard)
		_ = ecriture.CloseWithError(err)
		fini <- err
	}()
	var c compte
	if err := json.NewDecoder(bufio.NewReader(lecture)).Decode(&c); err != nil {
		t.Fatal(err)
	}
	return c, func() {
		fin()
		if err := <-fini; err != nil {
			t.Error(err)
		}
	}
}

func demander(t *testing.T, methode, adresse string, v url.Values) string {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), methode, adresse, strings.NewReader(v.Encode()))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	x, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer x.Body.Close()
	b, err := io.ReadAll(x.Body)
	if err != nil || x.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: %d %v\n%s", methode, adresse, x.StatusCode, err, b)
	}
	return string(b)
}

// The program draws an office, shows it, has incidents happen, and what it leaves on disk is opened again as a real
// office's journal.
func TestPoste(t *testing.T) {
	dossier := filepath.Join(t.TempDir(), "cabinet")
	c, arreter := lancer(t, "-lots", "14", "-clinique", "-sortie", dossier)
	if c.Comptes["piece/arl+"] == 0 || !strings.Contains(c.Resume, "votre attention") {
		t.Errorf("%+v", c)
	}
	for page, texte := range map[string]string{"intervenir": "À faire", "suivre": "Facture 14", "indicateurs": "Euros",
		"controler": "à corriger"} {
		if b := demander(t, "GET", c.Adresse+page, nil); !strings.Contains(b, texte) {
			t.Errorf("%s lacks %q", page, texte)
		}
	}
	if b := demander(t, "GET", c.Signature, nil); !strings.Contains(b, "Clinique de l&#39;Exemple") {
		t.Error("no signature pages")
	}
	for _, nom := range []string{"orpheline", "rejet", "scan", "jour", "calmer"} {
		if b := demander(t, "POST", c.Incidents, url.Values{"nom": {nom}}); !strings.Contains(b, "parti") {
			t.Errorf("%s: %s", nom, b)
		}
	}
	if b := demander(t, "GET", c.Adresse+"piece?id=ORD-PERDUE-1", nil); !strings.Contains(b, "Pièce déposée") {
		t.Error("the orphan isn't there")
	}
	arreter()
	c, arreter = lancer(t, "-journal", filepath.Join(dossier, "suivi.db"), "-cle", filepath.Join(dossier, "cle"))
	if c.Incidents != "" || c.Comptes["piece/arl+"] == 0 {
		t.Errorf("opened again: %+v", c)
	}
	arreter()
	c, arreter = lancer(t, "-lots", "1", "-profil", filepath.FromSlash("../../scor/profils/reference.yaml"))
	if b := demander(t, "GET", c.Adresse+"numeriser", nil); !strings.Contains(b, "Déposez ici") {
		t.Error("another profile: no screen to scan")
	}
	arreter()
}

// A wrong call is told apart from what couldn't be done, and nothing listens for others.
func TestAppels(t *testing.T) {
	for _, args := range [][]string{{"-adresse", "0.0.0.0:0"}, {"-adresse", ":0"}, {"-journal", "x"}, {"-lots", "0"},
		{"reste"}, {"-rien"}} {
		err := servir(t.Context(), args, io.Discard, io.Discard)
		var u *programme.ErreurUsage
		if !errors.As(err, &u) {
			t.Errorf("%v: %v", args, err)
		}
	}
	if err := servir(t.Context(), []string{"-adresse", "127.0.0.1:0", "-journal", "absent.db", "-cle", "absente"},
		io.Discard, io.Discard); err == nil {
		t.Error("a journal that isn't there is opened")
	}
}
