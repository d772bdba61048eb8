package depot

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// A content that breaks off leaves what was there, and nothing half written.
func TestWriteFrom(t *testing.T) {
	dossier := t.TempDir()
	d, err := Open(dossier)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	panne := errors.New("no more")
	ecrire := func(texte string, fin error) error {
		return d.WriteFrom("a", Remplacer, func(w io.Writer) error {
			_, err := io.WriteString(w, texte)
			return errors.Join(err, fin)
		})
	}
	if err := ecrire("un", nil); err != nil {
		t.Fatal(err)
	}
	if err := ecrire("deux", panne); !errors.Is(err, panne) {
		t.Errorf("%v", err)
	}
	if b, err := d.Read("a"); err != nil || string(b) != "un" {
		t.Errorf("%q, %v", b, err)
	}
	if l, err := os.ReadDir(dossier); err != nil || len(l) != 1 {
		t.Errorf("left behind: %v, %v", l, err)
	}
}

// Opened for a single act, a folder keeps what an opening that sweeps removes.
func TestWithRestes(t *testing.T) {
	dossier := t.TempDir()
	reste := filepath.Join(dossier, enCours+"ABC")
	vieux := time.Now().Add(-2 * perime)
	if err := errors.Join(os.WriteFile(reste, nil, 0o600), os.Chtimes(reste, vieux, vieux)); err != nil {
		t.Fatal(err)
	}
	for i, options := range [][]Option{{WithRestes()}, nil} {
		d, err := Open(dossier, options...)
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Close(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(reste); (err == nil) != (i == 0) {
			t.Errorf("opening %d: %v", i+1, err)
		}
	}
}
