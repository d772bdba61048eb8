//go:build unix

package transport_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// What is kept is read by its owner alone, whatever the umask lets.
func TestReleveDossierPrive(t *testing.T) {
	dossier := filepath.Join(t.TempDir(), "recus")
	d, err := transport.NewReleveDossier(dossier)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Prendre(t.Context(), transport.NewMessageReleve("c", "1", "Subject: un\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if err := d.Ecarter(t.Context(), transport.NewMessageReleve("c", "2", "deux"), errors.New("illisible")); err != nil {
		t.Fatal(err)
	}
	n := 0
	err = filepath.WalkDir(dossier, func(nom string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		i, err := e.Info()
		if err != nil {
			return err
		}
		veut := fs.FileMode(0o600)
		if e.IsDir() {
			veut = 0o700
		}
		if n++; i.Mode().Perm() != veut {
			t.Errorf("%s: mode %04o, want %04o", filepath.Base(nom), i.Mode().Perm(), veut)
		}
		return nil
	})
	if err != nil || n < 6 {
		t.Errorf("%d names, %v", n, err)
	}
}

// A link planted where a message, its reason or the list goes is refused: nothing is
// written through it, and the message isn't taken for one that is kept.
func TestReleveDossierLiens(t *testing.T) {
	m := transport.NewMessageReleve("c", "1", "Subject: un\r\n\r\n")
	raison := errors.New("illisible")
	for nom, c := range map[string]struct {
		place func(d *transport.ReleveDossier) string
		faire func(d *transport.ReleveDossier) error
	}{
		"message": {
			func(d *transport.ReleveDossier) string { return d.Fichier(m.Identite) },
			func(d *transport.ReleveDossier) error { _, err := d.Prendre(t.Context(), m); return err },
		},
		"connu": {
			func(d *transport.ReleveDossier) string { return d.Fichier(m.Identite) },
			func(d *transport.ReleveDossier) error { _, err := d.Connu(t.Context(), m.Identite); return err },
		},
		"liste": {
			func(d *transport.ReleveDossier) string { return filepath.Join(d.Dossier, "releve.txt") },
			func(d *transport.ReleveDossier) error { _, err := d.Prendre(t.Context(), m); return err },
		},
		"ecarte": {
			func(d *transport.ReleveDossier) string {
				return filepath.Join(d.Dossier, "ecartes", filepath.Base(d.Fichier(m.Identite)))
			},
			func(d *transport.ReleveDossier) error { return d.Ecarter(t.Context(), m, raison) },
		},
	} {
		t.Run(nom, func(t *testing.T) {
			d, err := transport.NewReleveDossier(filepath.Join(t.TempDir(), "recus"))
			if err != nil {
				t.Fatal(err)
			}
			dehors := filepath.Join(t.TempDir(), "dehors")
			if err := os.WriteFile(dehors, []byte("intact"), 0o600); err != nil {
				t.Fatal(err)
			}
			if err := os.MkdirAll(filepath.Dir(c.place(d)), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(dehors, c.place(d)); err != nil {
				t.Fatal(err)
			}
			if err := c.faire(d); err == nil {
				t.Error("the link isn't refused")
			}
			if b, err := os.ReadFile(dehors); err != nil || string(b) != "intact" {
				t.Errorf("written through the link: %q, %v", b, err)
			}
		})
	}
}

func TestReleveDossierDesAutres(t *testing.T) {
	dossier := t.TempDir()
	if err := os.Chmod(dossier, 0o777); err != nil {
		t.Fatal(err)
	}
	if _, err := transport.NewReleveDossier(dossier); err == nil {
		t.Error("a folder that anybody may write to is accepted")
	}
}
