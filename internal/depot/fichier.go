package depot

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// The functions below write one file at a path that a user named, in a folder that needn't be private: the file is
// whole or absent, readable by its owner alone, and on disk with its name when they return nil.

// WriteFichier writes a file with what contenu writes; after an error what had that name is as before.
func WriteFichier(chemin string, contenu func(io.Writer) error) error {
	t, err := CreateFichier(filepath.Dir(chemin))
	if err != nil {
		return err
	}
	defer AbandonFichier(t)
	w := bufio.NewWriterSize(t, 64<<10)
	if err := contenu(w); err != nil {
		return err
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return CommitFichier(t, chemin)
}

// CreateFichier opens a file under way in a folder, for CommitFichier or AbandonFichier.
func CreateFichier(dossier string) (*os.File, error) { return os.CreateTemp(dossier, enCours+"*") }

// CommitFichier gives a file under way its name, in the same folder, and closes it.
func CommitFichier(t *os.File, chemin string) error {
	if err := errors.Join(t.Sync(), t.Close()); err != nil {
		return err
	}
	if err := os.Rename(t.Name(), chemin); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(chemin))
	if err != nil {
		return err
	}
	err = syncFolder(d)
	if errors.Is(err, fs.ErrPermission) { // some network file systems: the name is as safe as they make it
		err = nil
	}
	return errors.Join(err, d.Close())
}

// AbandonFichier drops a file under way; after CommitFichier it does nothing.
func AbandonFichier(t *os.File) {
	_ = t.Close()
	_ = os.Remove(t.Name())
}

// SweepFichiers removes what killed processes left in a folder. No other process may be writing there.
func SweepFichiers(dossier string) error {
	restes, err := filepath.Glob(filepath.Join(dossier, enCours+"*"))
	for _, r := range restes {
		err = errors.Join(err, os.Remove(r))
	}
	return err
}
