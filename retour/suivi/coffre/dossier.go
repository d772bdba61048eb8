package coffre

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Dossier is a Depot in a folder: one file per document, in 256 subfolders.
type Dossier struct{ racine string }

// NewDossier makes the folder if need be; files and folders are for the owner alone.
func NewDossier(racine string) (*Dossier, error) {
	if err := os.MkdirAll(racine, 0o700); err != nil {
		return nil, err
	}
	d := &Dossier{racine}
	return d, d.nettoyer()
}

// perime is the age past which nobody still writes an entry: a stopped program left it.
const perime = 24 * time.Hour

// nettoyer removes what was left half written.
func (d *Dossier) nettoyer() error {
	l, err := os.ReadDir(d.racine)
	if err != nil {
		return err
	}
	for _, e := range l {
		if e.IsDir() || !strings.HasPrefix(e.Name(), enCours) {
			continue
		}
		i, err := e.Info()
		if err != nil || time.Since(i.ModTime()) < perime {
			continue
		}
		if err := os.Remove(filepath.Join(d.racine, e.Name())); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

func (d *Dossier) chemin(nom string) (string, error) {
	if len(nom) < 3 || !fs.ValidPath(nom) || filepath.Base(nom) != nom {
		return "", fmt.Errorf("coffre: %d-byte name refused", len(nom))
	}
	return filepath.Join(d.racine, nom[:2], nom), nil
}

const enCours = "en-cours-"

func (d *Dossier) Creer(context.Context) (Ecriture, error) {
	f, err := os.CreateTemp(d.racine, enCours+"*")
	if err != nil {
		return nil, err
	}
	return &fichier{d: d, File: f}, nil
}

type fichier struct {
	d *Dossier
	*os.File
	fini bool
}

func (f *fichier) Valider(_ context.Context, nom string) error {
	but, err := f.d.chemin(nom)
	if err != nil {
		return err
	}
	if _, err := os.Stat(but); err == nil {
		return nil
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	dossier := filepath.Dir(but)
	if err := os.Mkdir(dossier, 0o700); err == nil {
		if err := fixer(f.d.racine); err != nil {
			return err
		}
	} else if !errors.Is(err, fs.ErrExist) {
		return err
	}
	if err := os.Rename(f.Name(), but); err != nil {
		return err
	}
	f.fini = true
	return fixer(dossier)
}

func (f *fichier) Abandonner() {
	if f.fini {
		return
	}
	f.fini = true
	f.Close()
	os.Remove(f.Name())
}

func (d *Dossier) Ouvrir(_ context.Context, nom string) (io.ReadCloser, error) {
	p, err := d.chemin(nom)
	if err != nil {
		return nil, err
	}
	return os.Open(p)
}

func (d *Dossier) Supprimer(_ context.Context, nom string) error {
	p, err := d.chemin(nom)
	if err != nil {
		return err
	}
	if err := os.Remove(p); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return fixer(filepath.Dir(p))
}

func (d *Dossier) Lister(ctx context.Context) iter.Seq2[Entree, error] {
	return func(yield func(Entree, error) bool) {
		err := filepath.WalkDir(d.racine, func(p string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && p != d.racine {
				return nil // removed in between
			}
			if err != nil {
				return err
			}
			if err := ctx.Err(); err != nil {
				return err
			}
			if e.IsDir() || filepath.Dir(p) == filepath.Clean(d.racine) {
				return nil
			}
			i, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			if !yield(Entree{e.Name(), i.Size()}, nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(Entree{}, err)
		}
	}
}
