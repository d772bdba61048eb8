package logiciel

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/examples/conformite/vecteurs"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/smtp"
)

func cas(t *testing.T, ids ...string) []*kit.Vecteur {
	t.Helper()
	tous, err := kit.Open(vecteurs.FS)
	if err != nil {
		t.Fatal(err)
	}
	var l []*kit.Vecteur
	for _, id := range ids {
		for _, v := range tous {
			if v.ID == id {
				l = append(l, v)
			}
		}
	}
	if len(l) != len(ids) {
		t.Fatalf("%d vectors of %v", len(l), ids)
	}
	return l
}

// envoyer is a software that sends a file of invoices in clear, n times.
func envoyer(ctx context.Context, s *Sujet, n int) error {
	relais, err := smtp.New(smtp.Relais{Adresse: s.frontal.SMTP(), TLS: s.frontal.ConfigTLS()})
	if err != nil {
		return err
	}
	for i := range n {
		m := &transport.Message{De: "cabinet@exemple.fr", A: []string{s.frontal.Adresse()},
			ID:    string(rune('a'+i)) + "@x.fr",
			Sujet: "IR100500/00000752495234/2026112110000000001/00001", Parties: []transport.Partie{{
				Type: transport.TypeEDI, Description: "IRIS/B2",
				Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("000TP")), nil }}}}
		e, err := m.Envoi()
		if err != nil {
			return err
		}
		if _, err := relais.Envoyer(ctx, e); err != nil {
			return err
		}
	}
	return nil
}

// A software that runs already is judged by what comes while its case is played, and by nothing of the case before; one
// that sends nothing is an error, not a pass.
func TestDejaEnMarche(t *testing.T) {
	dits := make(chan string, 4)
	s, err := New(Config{Nom: "essai", Calme: 50 * time.Millisecond, Dire: func(p string) { dits <- p }})
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	for _, nom := range []string{"adresses.json", "ac.crt", "frontal.crt"} {
		if _, err := os.Stat(filepath.Join(s.Dossier(), nom)); err != nil {
			t.Error(err)
		}
	}
	ctx, fin := context.WithCancel(t.Context())
	defer fin()
	envois := make(chan error, 1)
	go func() {
		<-dits
		envois <- envoyer(ctx, s, 2)
	}()
	v := cas(t, "logiciel-acquitte")[0]
	r, err := s.Repondre(ctx, v)
	if err != nil || <-envois != nil {
		t.Fatal(err)
	}
	if kit.Texte(r["clair"]) != "2" || kit.Texte(r["accepte"]) != "false" ||
		len(kit.Comparer(v.Attendu, map[string]any(r))) == 0 {
		t.Errorf("%s", kit.Texte(r))
	}
	ctx, fin = context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer fin()
	if r, err := s.Repondre(ctx, v); err == nil {
		t.Errorf("a software that sends nothing is judged: %s", kit.Texte(r))
	}
	if _, err := s.Repondre(t.Context(), cas(t, "logiciel-silence-pieces")[0]); !errors.Is(err, kit.ErrSansObjet) {
		t.Errorf("a case of several days, without a clock that jumps: %v", err)
	}
	if _, err := s.Repondre(t.Context(), cas(t, "nir-homme")[0]); !errors.Is(err, kit.ErrSansObjet) {
		t.Error(err)
	}
}

// A program is started for each case, against a frontal of its own: examples/officine passes, and a program that does
// nothing doesn't.
func TestLance(t *testing.T) {
	if testing.Short() {
		t.Skip("builds and runs a whole program: without -short")
	}
	d := t.TempDir()
	officine := filepath.Join(d, "officine")
	if b, err := exec.CommandContext(t.Context(), "go", "build", "-o", officine,
		"../../officine").CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, b)
	}
	p, err := scor.Reference()
	if err != nil {
		t.Fatal(err)
	}
	jouer := func(commande ...string) []kit.Resultat {
		s, err := New(Config{Commande: commande, Horloge: true, Profil: p})
		if err != nil {
			t.Fatal(err)
		}
		defer s.Close()
		l, err := kit.Jouer(t.Context(), cas(t, "logiciel-arl-en-double"), s,
			kit.Options{Delai: 10 * time.Minute})
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	for _, r := range jouer(officine, "-json", "-frontal", "{dossier}") {
		if r.Verdict != kit.Reussi {
			t.Errorf("%s: %s %s %+v", r.Vecteur.ID, r.Verdict, r.Erreur, r.Ecarts)
		}
	}
	for _, r := range jouer("go", "version") {
		if r.Verdict != kit.Echoue {
			t.Errorf("a program that sends nothing: %s: %s %s", r.Vecteur.ID, r.Verdict, r.Erreur)
		}
	}
}
