//go:build unix

package spool_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport/spool"
)

// Messages hold health data: their owner alone reads them, and a planted link leads none elsewhere.
func TestPrive(t *testing.T) {
	d := t.TempDir()
	if _, err := (&spool.Expediteur{Dossier: d}).Envoyer(t.Context(), envoi(strings.NewReader("x"))); err != nil {
		t.Fatal(err)
	}
	for _, ext := range []string{".eml", ".json"} {
		nom := spool.Nom("../1@exemple.fr") + ext
		if i, err := os.Stat(filepath.Join(d, nom)); err != nil || i.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", nom, i, err)
		}
		autre, dehors := t.TempDir(), filepath.Join(t.TempDir(), "dehors")
		if err := os.WriteFile(dehors, []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(dehors, filepath.Join(autre, nom)); err != nil {
			t.Fatal(err)
		}
		if p, err := (&spool.Expediteur{Dossier: autre}).Envoyer(t.Context(), envoi(strings.NewReader("x"))); err == nil {
			t.Errorf("a link at *%s is followed: %+v", ext, p)
		}
		if b, err := os.ReadFile(dehors); err != nil || string(b) != "{}" {
			t.Errorf("written through the link: %q, %v", b, err)
		}
	}
	if err := os.Chmod(d, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := (&spool.Expediteur{Dossier: d}).Envoyer(t.Context(), envoi(strings.NewReader("x"))); err == nil {
		t.Error("a folder that anybody may write to is accepted")
	}
	absent := filepath.Join(d, "absent")
	if _, err := (&spool.Expediteur{Dossier: absent}).Envoyer(t.Context(), envoi(strings.NewReader("x"))); err == nil {
		t.Error("a folder that isn't there is made: nobody would take the message from it")
	}
}
