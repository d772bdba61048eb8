package spool_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport/spool"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

func TestContrat(t *testing.T) {
	transporttest.ContratExpediteur(t, func(t *testing.T) transporttest.Chemin {
		d := t.TempDir()
		return transporttest.Chemin{
			Expediteur: &spool.Expediteur{Dossier: d},
			Arrives:    func(t *testing.T) []transporttest.Arrive { return arrives(t, d) },
		}
	})
}

// arrives reads the folder as the mail system behind it does: by the envelopes.
func arrives(t *testing.T, dossier string) (out []transporttest.Arrive) {
	t.Helper()
	fiches, err := filepath.Glob(filepath.Join(dossier, "*.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fiches {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var e spool.Enveloppe
		if err := json.Unmarshal(b, &e); err != nil {
			t.Fatal(err)
		}
		contenu, err := os.ReadFile(filepath.Join(dossier, e.Fichier))
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, transporttest.Arrive{De: e.De, A: e.A, Contenu: string(contenu)})
	}
	return out
}
