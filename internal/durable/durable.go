// Package durable writes files that are whole or absent, whatever happens to the
// process or to the machine.
package durable

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Prefixe begins the names of files under way: what a killed process leaves.
const Prefixe = ".en-cours-"

// Ecrire writes a file with what contenu writes. When it returns nil the content
// and the name are on disk; otherwise what had that name is as before.
func Ecrire(chemin string, contenu func(io.Writer) error) error {
	t, err := Creer(filepath.Dir(chemin))
	if err != nil {
		return err
	}
	defer Abandonner(t)
	w := bufio.NewWriterSize(t, 64<<10)
	if err := contenu(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return Valider(t, chemin)
}

// Creer opens a file under way in a folder, for Valider or Abandonner.
func Creer(dossier string) (*os.File, error) { return os.CreateTemp(dossier, Prefixe+"*") }

// Valider gives a file under way its name, in the same folder, and closes it.
func Valider(t *os.File, chemin string) error {
	if err := errors.Join(t.Sync(), t.Close()); err != nil {
		return err
	}
	if err := os.Rename(t.Name(), chemin); err != nil {
		return err
	}
	return synchroniser(filepath.Dir(chemin))
}

// Abandonner drops a file under way; after Valider it does nothing.
func Abandonner(t *os.File) {
	_ = t.Close()
	_ = os.Remove(t.Name())
}

// Balayer removes what killed processes left in a folder. No other process may be
// writing there.
func Balayer(dossier string) error {
	restes, err := filepath.Glob(filepath.Join(dossier, Prefixe+"*"))
	for _, r := range restes {
		err = errors.Join(err, os.Remove(r))
	}
	return err
}

// synchroniser makes a rename durable, where a folder can be synchronised: not on
// Windows, nor on some network file systems.
func synchroniser(dossier string) error {
	d, err := os.Open(dossier)
	if err != nil {
		return err
	}
	defer d.Close()
	err = d.Sync()
	if errors.Is(err, errors.ErrUnsupported) || errors.Is(err, fs.ErrPermission) || errors.Is(err, fs.ErrInvalid) {
		return nil
	}
	return err
}
