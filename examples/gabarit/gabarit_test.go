package main

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/internal/essais/modes"
)

// TestApercu protects who makes a template: the shipped one is shown, a fault is told with its line and leaves no file,
// fields are listed.
func TestApercu(t *testing.T) {
	dossier := t.TempDir()
	gabarit := filepath.Join(dossier, "b.yaml")
	b, err := os.ReadFile("../../scor/s3404/gabarits/s3404.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(gabarit, b, 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := lancer(t.Context(), []string{gabarit}, &out, io.Discard); err != nil {
		t.Fatal(err)
	}
	if pdf, err := os.ReadFile(filepath.Join(dossier, "b.pdf")); err != nil || !bytes.HasPrefix(pdf, []byte("%PDF-1.4")) {
		t.Errorf("%d bytes, %v", len(pdf), err)
	}
	modes.Prives(t, dossier)
	if err := os.WriteFile(gabarit, bytes.Replace(b, []byte("x: 15, y: 11.5"), []byte("x: 15, y: 515.5"), 1),
		0o600); err != nil {
		t.Fatal(err)
	}
	faute := filepath.Join(dossier, "faute.pdf")
	if err := lancer(t.Context(), []string{"-sortie", faute, gabarit}, io.Discard, io.Discard); err == nil ||
		!strings.Contains(err.Error(), "b.yaml:13") {
		t.Errorf("a text below the page: %v", err)
	}
	if _, err := os.Stat(faute); !os.IsNotExist(err) {
		t.Error("a file was left")
	}
	out.Reset()
	if err := lancer(t.Context(), []string{"-champs", "-modele", "feuille-de-soins"}, &out, io.Discard); err != nil ||
		!strings.Contains(out.String(), "{assure}") || !strings.Contains(out.String(), "liste actes") {
		t.Errorf("%s %v", out.String(), err)
	}
	for _, args := range [][]string{{}, {"-modele", "rien", gabarit}, {"-image", "logo", gabarit}} {
		var u *programme.ErreurUsage
		if err := lancer(t.Context(), args, io.Discard, io.Discard); !errors.As(err, &u) {
			t.Errorf("%v: %v", args, err)
		}
	}
}
