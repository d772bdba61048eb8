package spool_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/spool"
)

func envoi(contenu io.Reader) transport.Envoi {
	return transport.Envoi{De: "cabinet@exemple.fr", A: []string{"01996@996.01.rss.fr"}, MessageID: "../1@exemple.fr",
		Contenu: func() (io.ReadCloser, error) { return io.NopCloser(contenu), nil }}
}

func TestEnvoyer(t *testing.T) {
	d := t.TempDir()
	quand := time.Date(2026, 11, 21, 8, 0, 0, 0, time.UTC)
	e := &spool.Expediteur{Dossier: d, Horloge: func() time.Time { return quand }}
	for i, veut := range []string{"written", "already there"} {
		p, err := e.Envoyer(t.Context(), envoi(strings.NewReader("Subject: a\r\n\r\n")))
		if err != nil || p.Code != 250 || !strings.HasPrefix(p.Reponse, veut) || !p.Quand.Equal(quand) {
			t.Errorf("time %d: %+v, %v", i+1, p, err)
		}
	}
	fichiers, _ := filepath.Glob(filepath.Join(d, "*"))
	if len(fichiers) != 2 {
		t.Fatalf("files: %v", fichiers)
	}
	b, err := os.ReadFile(filepath.Join(d, spool.Nom("../1@exemple.fr")+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var env spool.Enveloppe
	if err := json.Unmarshal(b, &env); err != nil {
		t.Fatal(err)
	}
	want := spool.Enveloppe{De: "cabinet@exemple.fr", A: []string{"01996@996.01.rss.fr"}, MessageID: "../1@exemple.fr",
		Fichier: spool.Nom("../1@exemple.fr") + ".eml", Octets: 14, SHA256: env.SHA256, Quand: quand}
	if d := cmp.Diff(want, env); d != "" || len(env.SHA256) != 64 {
		t.Error(d)
	}
}

// What can't be read to its end leaves nothing behind, and can be sent again.
func TestContenuQuiEchoue(t *testing.T) {
	d := t.TempDir()
	e := &spool.Expediteur{Dossier: d}
	panne := errors.New("disk gone")
	_, err := e.Envoyer(t.Context(), envoi(io.MultiReader(strings.NewReader("abc"), iotest.ErrReader(panne))))
	var ee *transport.ErreurEnvoi
	if !errors.As(err, &ee) || ee.Definitive || !errors.Is(err, panne) {
		t.Errorf("%v", err)
	}
	ctx, fin := context.WithCancel(t.Context())
	fin()
	if _, err := e.Envoyer(ctx, envoi(strings.NewReader("x"))); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if l, _ := os.ReadDir(d); len(l) != 0 {
		t.Errorf("left: %v", l)
	}
	if _, err := e.Envoyer(t.Context(), envoi(strings.NewReader("x"))); err != nil {
		t.Error(err)
	}
}

func Example() {
	d, err := os.MkdirTemp("", "spool")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(d)
	var e transport.Expediteur = &spool.Expediteur{Dossier: d}
	preuve, err := e.Envoyer(context.Background(), transport.Envoi{De: "cabinet@exemple.fr",
		A: []string{"01996@996.01.rss.fr"}, MessageID: "1@exemple.fr", Contenu: func() (io.ReadCloser,
			error) {
			return io.NopCloser(strings.NewReader("Subject: IR\r\n\r\n")), nil
		}})
	fmt.Println(preuve.Code, preuve.Reponse, err)
	// Output: 250 written: 14dbd3a33f720c45dcc9024cd8429a1a.eml <nil>
}
