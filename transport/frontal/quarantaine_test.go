package frontal_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

// Between two answers comes one that nothing can be made of: it's set aside with
// its reason, and the others are taken.
func TestMessageEmpoisonne(t *testing.T) {
	f := demarrer(t, frontal.Config{Scenario: scenario(t, "regles:\n- {quand: {sujet: '/00002$'}, reponses: [charabia]}")})
	for n := 1; n <= 3; n++ {
		if err := envoyer(t, f, message(f, n, b2(n, n), n)); err != nil {
			t.Fatal(err)
		}
	}
	q := transport.Quarantaine{Dossier: t.TempDir()}
	journal := map[string]string{}
	bilan, err := transport.Relever(t.Context(), boite(f), transport.Releve{
		Connu: func(_ context.Context, id string) (bool, error) { _, ok := journal[id]; return ok, nil },
		Prendre: func(ctx context.Context, m transport.MessageBoite, r io.Reader) error {
			recu, err := transport.Ouvrir(ctx, r, nil)
			if err != nil {
				return err
			}
			for p, err := range recu.Parties() {
				if err != nil {
					return err
				}
				b, err := io.ReadAll(p)
				if err != nil {
					return err
				}
				journal[m.ID] = string(b)
			}
			return nil
		},
		Ecarter: func(ctx context.Context, m transport.MessageBoite, raison error) error {
			journal[m.ID] = "écarté"
			return q.Ecarter(ctx, m, raison)
		},
	})
	if err != nil || bilan.Pris != 2 || bilan.Ecartes != 1 || f.EnAttente(cabinet) != 0 {
		t.Fatalf("%+v, %v", bilan, err)
	}
	for id, x := range journal {
		if x != "écarté" {
			continue
		}
		raison, err := os.ReadFile(filepath.Join(q.Dossier, q.Nom(id)+".txt"))
		if err != nil || !strings.Contains(string(raison), "malformed message: part 1") || !strings.Contains(string(raison), fmt.Sprintf("%q", id)) {
			t.Errorf("reason: %s, %v", raison, err)
		}
		eml, err := os.ReadFile(filepath.Join(q.Dossier, q.Nom(id)+".eml"))
		if err != nil || !strings.Contains(string(eml), "Subject: =?charabia?=\r\n") {
			t.Errorf("kept: %s, %v", eml, err)
		}
	}
}
