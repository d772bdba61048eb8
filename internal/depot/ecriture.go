package depot

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
)

// Mode says what becomes of a file of the same name.
type Mode uint8

const (
	// Nouveau: there is none, else fs.ErrExist. Of several writers, in several processes, one succeeds.
	Nouveau Mode = iota
	// Garder: one that is there stays, the new one is dropped, and that is no error: same name, same content.
	Garder
	// Remplacer: it is replaced in one step.
	Remplacer
	// Ecraser: it is replaced in one step, then overwritten.
	Ecraser
)

// Ecriture is a file being written. Nobody sees it before Commit.
type Ecriture struct {
	d      *Depot
	f      *os.File
	nom    string
	taille int64
	fini   bool
}

// Create begins a file.
func (d *Depot) Create() (*Ecriture, error) {
	nom := enCours + rand.Text()
	f, err := d.racine.OpenFile(nom, os.O_CREATE|os.O_EXCL|os.O_WRONLY, modeFichier)
	if err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	return &Ecriture{d: d, f: f, nom: nom}, nil
}

// Write implements io.Writer; past the limit of the Depot it is ErrTaille.
func (e *Ecriture) Write(b []byte) (int, error) {
	if int64(len(b)) > e.d.max-e.taille {
		return 0, fmt.Errorf("%w: at most %d bytes expected", ErrTaille, e.d.max)
	}
	n, err := e.f.Write(b)
	e.taille += int64(n)
	return n, err
}

// Commit gives the file its name, once it is on disk; when it returns nil the name is on disk too.
func (e *Ecriture) Commit(nom string, m Mode) (err error) {
	if e.fini {
		return fmt.Errorf("depot: %w", fs.ErrClosed)
	}
	defer e.Abandon()
	if err := verifier(nom); err != nil {
		return err
	}
	if m == Garder {
		if _, err := e.d.sansLien(nom); err == nil {
			return nil
		}
	}
	err = e.d.surDisque(e.f, nom)
	if err = errors.Join(err, e.f.Close()); err == nil {
		err = e.d.dossier(nom)
	}
	if err == nil {
		err = e.nommer(nom, m)
	}
	if err == nil {
		err = e.d.syncDossier(path.Dir(nom))
	}
	if err != nil {
		return fmt.Errorf("depot: writing %s: %w", nom, err)
	}
	return nil
}

func (e *Ecriture) nommer(nom string, m Mode) error {
	if err := e.d.temoin(Acte{"nommer", nom}); err != nil {
		return err
	}
	// What is replaced must be ours, and a file: a link that was put there isn't followed, nor lost.
	_, err := e.d.sansLien(nom)
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	case m == Ecraser && err == nil:
		return e.ecraser(nom)
	case m != Nouveau:
		return e.renommer(nom)
	case err == nil:
		return &fs.PathError{Op: "create", Path: nom, Err: fs.ErrExist}
	}
	err = e.d.racine.Link(e.nom, nom)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	// No hard links on this file system: the lock makes looking and renaming one step.
	liberer, err := e.d.Lock(nom)
	if err != nil {
		return err
	}
	if _, err = e.d.racine.Lstat(nom); err == nil {
		err = &fs.PathError{Op: "create", Path: nom, Err: fs.ErrExist}
	} else if errors.Is(err, fs.ErrNotExist) {
		err = e.renommer(nom)
	}
	return errors.Join(err, liberer())
}

// ecraser takes the name of a file, then overwrites what had it.
func (e *Ecriture) ecraser(nom string) error {
	ancien, err := e.d.ouvrir(nom, os.O_WRONLY)
	if err != nil {
		return err
	}
	if err = e.renommer(nom); err == nil {
		err = e.d.syncDossier(path.Dir(nom))
	}
	if err == nil {
		err = e.d.ecraser(ancien, nom)
	}
	return errors.Join(err, ancien.Close())
}

func (e *Ecriture) renommer(nom string) error {
	err := e.d.racine.Rename(e.nom, nom)
	e.fini = err == nil
	return err
}

// Abandon drops the file; after Commit it does nothing.
func (e *Ecriture) Abandon() {
	if e.fini {
		return
	}
	e.fini = true
	_ = e.f.Close()
	_ = e.d.racine.Remove(e.nom)
}

// Write writes a file whole, or leaves what was there.
func (d *Depot) Write(nom string, b []byte, m Mode) error {
	return d.WriteFrom(nom, m, func(w io.Writer) error {
		_, err := w.Write(b)
		return err
	})
}

// WriteFrom is Write of what contenu writes; an error of contenu is given as it is, and leaves what was there.
func (d *Depot) WriteFrom(nom string, m Mode, contenu func(io.Writer) error) error {
	e, err := d.Create()
	if err != nil {
		return err
	}
	defer e.Abandon()
	if err := contenu(e); err != nil {
		return err
	}
	return e.Commit(nom, m)
}

// Append adds b to a file that has taille bytes, or makes it where taille is 0; it is on disk when Append returns nil.
// ErrTaille past the limit; ErrLongueur when the file has another length: somebody else wrote. What a crash left of a
// former Append is cut off by Truncate, which knows where the last whole record ends.
func (d *Depot) Append(nom string, b []byte, taille int64) (err error) {
	if err := verifier(nom); err != nil {
		return err
	}
	if int64(len(b)) > d.max-taille {
		return fmt.Errorf("%w: %s, at most %d bytes expected", ErrTaille, nom, d.max)
	}
	f, err := d.ouvrir(nom, os.O_WRONLY)
	neuf := errors.Is(err, fs.ErrNotExist)
	if neuf && taille == 0 {
		if err = d.dossier(nom); err == nil {
			f, err = d.racine.OpenFile(nom, os.O_CREATE|os.O_EXCL|os.O_WRONLY, modeFichier)
		}
	}
	if err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	i, err := f.Stat()
	if err == nil && i.Size() != taille {
		err = fmt.Errorf("%w: %s has %d bytes, not %d", ErrLongueur, nom, i.Size(), taille)
	}
	if err == nil {
		_, err = f.WriteAt(b, taille)
	}
	if err == nil {
		err = d.surDisque(f, nom)
	}
	if err = errors.Join(err, f.Close()); err == nil && neuf {
		err = d.syncDossier(path.Dir(nom))
	}
	if err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	return nil
}

// ErrLongueur says that a file isn't as long as its writer thinks.
var ErrLongueur = errors.New("depot: file written by another program")

// Truncate cuts a file to taille bytes, durably.
func (d *Depot) Truncate(nom string, taille int64) error {
	f, err := d.ouvrir(nom, os.O_WRONLY)
	if err == nil {
		err = f.Truncate(taille)
		if err == nil {
			err = d.surDisque(f, nom)
		}
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	return nil
}
