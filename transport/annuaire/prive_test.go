//go:build unix

package annuaire_test

import (
	"crypto/x509"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport/annuaire"
	"github.com/scor-sdk/scor-sdk-go/transport/internal/pkiessai"
)

// Who plants a link in the cache doesn't choose the certificates that serve.
func TestCachePrive(t *testing.T) {
	racine := pkiessai.NewRacine(t, "racine")
	s := &source{
		certificats: []*x509.Certificate{racine.Frontal(t, 10)},
		autorites:   annuaire.Autorites{Listes: []*x509.RevocationList{racine.Liste(t, 1)}},
	}
	dossier := filepath.Join(t.TempDir(), "cache")
	r := nouveau(t, s, annuaire.WithRacines(racine.Certificat), annuaire.WithCache(dossier, 24*time.Hour))
	if _, err := r.Certificats(t.Context(), adresse); err != nil || len(r.avertissements) != 0 {
		t.Fatal(err, r.avertissements)
	}
	mode := func(nom string, veut fs.FileMode) {
		t.Helper()
		if i, err := os.Stat(nom); err != nil || i.Mode().Perm() != veut {
			t.Errorf("mode of %s: %v, want %04o (%v)", filepath.Base(nom), i, veut, err)
		}
	}
	mode(dossier, 0o700)
	fichiers, err := filepath.Glob(filepath.Join(dossier, "*"))
	if err != nil || len(fichiers) != 2 {
		t.Fatalf("cache files %v, %v", fichiers, err)
	}
	dehors := t.TempDir()
	for _, f := range fichiers {
		mode(f, 0o600)
		ailleurs := filepath.Join(dehors, filepath.Base(f))
		if err := errors.Join(os.Rename(f, ailleurs), os.Symlink(ailleurs, f)); err != nil {
			t.Fatal(err)
		}
	}
	s.appels = 0
	if _, err := r.Certificats(t.Context(), adresse); err != nil {
		t.Fatal(err)
	}
	if s.appels != 2 || len(r.avertissements) == 0 {
		t.Errorf("links in the cache serve: the source was asked %d times, warnings %v", s.appels, r.avertissements)
	}
}
