package depot

import (
	"errors"
	"fmt"
	"io/fs"
	"iter"
	"os"
	"path"
	"strings"
)

// Remove removes a file, durably; one that isn't there is no error.
func (d *Depot) Remove(nom string) error {
	if err := verifier(nom); err != nil {
		return err
	}
	err := d.temoin(Acte{"retirer", nom})
	if err == nil {
		err = d.racine.Remove(nom)
	}
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		// Even if it isn't there: the crash may have come between the removal and this.
		err = d.syncDossier(path.Dir(nom))
	}
	if err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	return nil
}

// Erase overwrites a file with zeros, on disk, and removes it. A file system that copies on write, a snapshot or a
// flash disk may still hold what it replaced: what must not be read again is to be encrypted with a key that goes too.
func (d *Depot) Erase(nom string) error {
	f, err := d.ouvrir(nom, os.O_WRONLY)
	if errors.Is(err, fs.ErrNotExist) {
		return d.Remove(nom)
	}
	if err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	if err = d.ecraser(f, nom); err != nil {
		return fmt.Errorf("depot: erasing %s: %w", nom, errors.Join(err, f.Close()))
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	return d.Remove(nom)
}

// ecraser overwrites what f holds.
func (d *Depot) ecraser(f *os.File, nom string) error {
	if err := d.temoin(Acte{"ecraser", nom}); err != nil {
		return err
	}
	i, err := f.Stat()
	if err != nil {
		return err
	}
	zeros := make([]byte, min(64<<10, i.Size()))
	for n := int64(0); n < i.Size(); {
		k, err := f.WriteAt(zeros[:min(int64(len(zeros)), i.Size()-n)], n)
		if err != nil {
			return err
		}
		n += int64(k)
	}
	return d.surDisque(f, nom)
}

// Entree is a file of a Depot.
type Entree struct {
	Nom    string
	Taille int64
}

// List gives the files, in the order of their names; those that are removed meanwhile may be left out.
func (d *Depot) List() iter.Seq2[Entree, error] {
	return func(yield func(Entree, error) bool) {
		err := fs.WalkDir(d.racine.FS(), ".", func(p string, e fs.DirEntry, err error) error {
			switch {
			case errors.Is(err, fs.ErrNotExist) && p != ".":
				return nil // removed in between
			case err != nil:
				return err
			case p == ".":
				return nil
			case strings.HasPrefix(e.Name(), "."):
				if e.IsDir() {
					return fs.SkipDir
				}
				return nil
			case !e.Type().IsRegular():
				return nil
			}
			i, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			if !yield(Entree{p, i.Size()}, nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(Entree{}, fmt.Errorf("depot: %w", err))
		}
	}
}
