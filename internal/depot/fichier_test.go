package depot

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
)

func TestFichierEntierOuAbsent(t *testing.T) {
	d := t.TempDir()
	chemin := filepath.Join(d, "a")
	panne := errors.New("no more")
	ecrire := func(texte string, err error) error {
		return WriteFichier(chemin, func(w io.Writer) error { _, e := io.WriteString(w, texte); return errors.Join(e, err) })
	}
	if err := ecrire("un", nil); err != nil {
		t.Fatal(err)
	}
	if err := ecrire("deux", panne); !errors.Is(err, panne) {
		t.Errorf("%v", err)
	}
	if b, _ := os.ReadFile(chemin); string(b) != "un" {
		t.Errorf("a failed writing changed the file: %q", b)
	}
	if l, _ := os.ReadDir(d); len(l) != 1 {
		t.Errorf("left behind: %v", l)
	}
	f, err := CreateFichier(d)
	if err != nil {
		t.Fatal(err)
	}
	f.Close() // as by a kill
	if err := SweepFichiers(d); err != nil {
		t.Fatal(err)
	}
	if l, _ := os.ReadDir(d); len(l) != 1 {
		t.Errorf("not swept: %v", l)
	}
	if err := WriteFichier(filepath.Join(d, "absent", "a"), func(io.Writer) error { return nil }); !errors.Is(err,
		os.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
