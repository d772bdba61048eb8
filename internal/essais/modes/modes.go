// Package modes looks, once a program has run, at who may read what it wrote: health data is for its owner alone.
package modes

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
)

// Prives fails the test for each file or folder under dossier that another account may read or write, dossier itself
// apart. A folder without anything fails too: the program wrote elsewhere.
func Prives(t testing.TB, dossier string) {
	t.Helper()
	if runtime.GOOS == "windows" {
		return // its rights aren't in modes
	}
	n := 0
	err := filepath.WalkDir(dossier, func(nom string, e fs.DirEntry, err error) error {
		if err != nil || nom == dossier {
			return err
		}
		n++
		info, err := os.Lstat(nom)
		if err != nil {
			return err
		}
		if m := info.Mode(); m&fs.ModeSymlink != 0 || m.Perm()&0o077 != 0 {
			ici, _ := filepath.Rel(dossier, nom)
			t.Errorf("%s: mode %v, want 0600 for a file, 0700 for a folder", ici, m)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	if n == 0 {
		t.Error("the program wrote nothing here")
	}
}
