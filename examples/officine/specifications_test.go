package main

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

// specifications are invented ones, each unlike « reference » in its own way, as files without Go code.
func specifications(t *testing.T) []string {
	t.Helper()
	noms, err := filepath.Glob("testdata/specifications/*.yaml")
	if err != nil || len(noms) < 10 {
		t.Fatalf("%d specifications, %v", len(noms), err)
	}
	return noms
}

// Each specification goes the whole way: sent, and acknowledged by a frontal that reads it by the same file.
func TestSpecifications(t *testing.T) {
	for _, nom := range specifications(t) {
		t.Run(strings.TrimSuffix(filepath.Base(nom), ".yaml"), func(t *testing.T) {
			p, err := lireProfil(nom)
			if err != nil {
				t.Fatal(err)
			}
			dossier := t.TempDir()
			c := executer(t, "-sortie", dossier, "-profil", nom)
			if c.bilan.Acquittees != 6 || c.bilan.Refusees != 1 || c.bilan.SansPiece != 1 {
				t.Errorf("%+v", c.bilan)
			}
			verifierSpecification(t, dossier, p)
		})
	}
}

func lireRecus(dossier string, p *scor.Profil) ([]frontal.Recu, error) {
	f, err := frontal.New(frontal.Config{Profil: p, Dossier: filepath.Join(dossier, "frontal"), Adresse: "01751@751.01.rss.fr"})
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.Recus(), nil
}

// verifierSpecification checks that the frontal, which read everything by the same file, found nothing to say.
func verifierSpecification(t *testing.T, dossier string, p *scor.Profil) {
	t.Helper()
	recus, err := lireRecus(dossier, p)
	if err != nil {
		t.Fatal(err)
	}
	pieces := map[string]int{}
	for _, r := range recus {
		for _, c := range r.Constats {
			t.Errorf("the frontal found: %+v", c)
		}
		for _, l := range r.Lots {
			for _, x := range l.Pieces {
				pieces[x.ID]++
			}
		}
	}
	if len(pieces) != 7 {
		t.Errorf("%d pieces at the frontal, want 7: %v", len(pieces), pieces)
	}
}
