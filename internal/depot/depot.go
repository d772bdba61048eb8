// Package depot is the one store of private files: a folder whose owner is this program's user and that nobody else may
// write to, whose files are whole or absent, on disk before the writer is told so, readable by their owner alone, and
// never reached by a link.
//
//	d, err := depot.Open("/var/lib/office/records", depot.WithTailleMax(4<<20))
//	err = d.Write("a1b2", octets, depot.Nouveau)   // fs.ErrExist when there is one
//	octets, err = d.Read("a1b2")                   // fs.ErrNotExist when there is none
//	err = d.Erase("a1b2")                          // overwritten, then removed
//
// Create writes a file in a stream, Append adds to one, Lock makes the steps of several processes follow each other.
//
// Durable means: the file is synced before it gets its name, and the folder that holds the name after. WithTemoin shows
// each of these acts to a test, and lets it fail one of them.
package depot

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"time"
)

// Errors of a Depot, beside fs.ErrNotExist and fs.ErrExist.
var (
	// ErrPrive says that somebody else owns, or may write to, the folder or the file, or that a link stands in its place.
	ErrPrive = errors.New("depot: not private")
	// ErrTaille says that a file is, or would be, longer than WithTailleMax.
	ErrTaille = errors.New("depot: file too long")
	// ErrNom says that a name isn't one of a Depot: slash-separated, no "..", no part that begins with a dot.
	ErrNom = errors.New("depot: name refused")
)

// TailleMax is the limit of a Depot opened without WithTailleMax: what is read back whole must fit in memory.
const TailleMax = 16 << 20

const (
	modeDossier = 0o700
	modeFichier = 0o600
	// enCours begins the names of what is being written.
	enCours = ".en-cours-"
	// perime is the age past which nobody still writes a file: a stopped program left it.
	perime = 24 * time.Hour
)

// Acte is something that a Depot does to the disk.
type Acte struct {
	Quoi string // "sync", "sync-dossier", "nommer", "retirer", "ecraser"
	Nom  string
}

// Depot is an open folder. It may be used by several goroutines, and by several processes.
type Depot struct {
	racine *os.Root
	max    int64
	restes bool
	temoin func(Acte) error
	sync   func(*os.File) error // (*os.File).Sync; tests count its calls
}

// Option changes how a folder is opened.
type Option func(*Depot)

// WithTailleMax is the length past which a file is neither written nor read.
func WithTailleMax(n int64) Option { return func(d *Depot) { d.max = n } }

// WithRestes leaves what stopped programs left half written: for who opens the folder for a single act, and again for
// the next one, where looking at all its names each time would cost.
func WithRestes() Option { return func(d *Depot) { d.restes = true } }

// WithTemoin has f told of each act before it is done; an error of f is that of the act. For tests.
func WithTemoin(f func(Acte) error) Option { return func(d *Depot) { d.temoin = f } }

// Open opens the folder, made with its parents if need be, and removes what stopped programs left half written.
func Open(chemin string, opts ...Option) (*Depot, error) {
	d := &Depot{max: TailleMax, temoin: func(Acte) error { return nil }, sync: (*os.File).Sync}
	for _, o := range opts {
		o(d)
	}
	if err := os.MkdirAll(chemin, modeDossier); err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	// A link is followed only if who made it could as well have made the folder.
	if i, err := os.Lstat(filepath.Clean(chemin)); err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	} else if i.Mode()&fs.ModeSymlink != 0 && !deConfiance(i) {
		return nil, fmt.Errorf("%w: %s is another user's link", ErrPrive, chemin)
	}
	racine, err := os.OpenRoot(chemin)
	if err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	d.racine = racine
	i, err := racine.Stat(".")
	if err == nil {
		err = prive(i, chemin)
	}
	if err == nil && !d.restes {
		err = d.balayer()
	}
	if err != nil {
		return nil, errors.Join(err, racine.Close())
	}
	return d, nil
}

// Close closes the folder.
func (d *Depot) Close() error { return d.racine.Close() }

// prive refuses what somebody else could have put there or may change.
func prive(i fs.FileInfo, nom string) error {
	if !aNous(i) {
		return fmt.Errorf("%w: %s belongs to another user", ErrPrive, nom)
	}
	if m := permissions(i); m&0o022 != 0 {
		return fmt.Errorf("%w: %s may be written by others (mode %04o, expected %04o)", ErrPrive, nom, m, m&^0o077)
	}
	return nil
}

// balayer removes what was left half written.
func (d *Depot) balayer() error {
	l, err := fs.ReadDir(d.racine.FS(), ".")
	if err != nil {
		return fmt.Errorf("depot: %w", err)
	}
	for _, e := range l {
		if !strings.HasPrefix(e.Name(), enCours) {
			continue
		}
		i, err := e.Info()
		if err != nil || time.Since(i.ModTime()) < perime {
			continue
		}
		if err := d.racine.Remove(e.Name()); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("depot: %w", err)
		}
	}
	return nil
}

// verifier says whether nom may name a file of a Depot.
func verifier(nom string) error {
	if !fs.ValidPath(nom) || nom == "." || strings.ContainsAny(nom, `\:`) {
		return fmt.Errorf("%w: %d bytes", ErrNom, len(nom))
	}
	for p := range strings.SplitSeq(nom, "/") {
		if strings.HasPrefix(p, ".") {
			return fmt.Errorf("%w: a part begins with a dot", ErrNom)
		}
	}
	return nil
}

// sansLien checks each part of nom: folders, then a regular file. What isn't there is fs.ErrNotExist.
func (d *Depot) sansLien(nom string) (fs.FileInfo, error) {
	for i := range nom {
		if nom[i] != '/' {
			continue
		}
		if j, err := d.racine.Lstat(nom[:i]); err != nil {
			return nil, err
		} else if !j.IsDir() {
			return nil, fmt.Errorf("%w: %s isn't a folder", ErrPrive, nom[:i])
		}
	}
	i, err := d.racine.Lstat(nom)
	if err != nil {
		return nil, err
	}
	if !i.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s isn't a regular file", ErrPrive, nom)
	}
	return i, prive(i, nom)
}

// errChange says that a name led to another file by the time it was opened.
var errChange = fmt.Errorf("%w: it changed while it was opened", ErrPrive)

// essaisOuvrir bounds how often a name is looked at again: a writer replaces its file now and then, only who means harm
// does so all the time.
const essaisOuvrir = 20

// ouvrir opens a file that is there, and makes sure that it is the one that was looked at. One that a writer replaced
// between the two is looked at anew.
func (d *Depot) ouvrir(nom string, drapeaux int) (f *os.File, err error) {
	if err := verifier(nom); err != nil {
		return nil, err
	}
	for range essaisOuvrir {
		if f, err = d.ouvrirVu(nom, drapeaux); !errors.Is(err, errChange) {
			return f, err
		}
	}
	return nil, fmt.Errorf("%s: %w", nom, err)
}

func (d *Depot) ouvrirVu(nom string, drapeaux int) (*os.File, error) {
	avant, err := d.sansLien(nom)
	if err != nil {
		return nil, err
	}
	f, err := d.racine.OpenFile(nom, drapeaux, 0)
	if err != nil {
		return nil, err
	}
	i, err := f.Stat()
	if err == nil && !os.SameFile(avant, i) {
		err = errChange
	}
	if err == nil && i.Size() > d.max {
		err = fmt.Errorf("%w: %s has %d bytes, at most %d expected", ErrTaille, nom, i.Size(), d.max)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}

// Open opens a file for reading; fs.ErrNotExist when there is none.
func (d *Depot) Open(nom string) (io.ReadCloser, error) {
	f, err := d.ouvrir(nom, os.O_RDONLY)
	if err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	return f, nil
}

// Read gives a whole file; fs.ErrNotExist when there is none.
func (d *Depot) Read(nom string) ([]byte, error) {
	f, err := d.Open(nom)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(f, d.max+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, fmt.Errorf("depot: %w", err)
	}
	if int64(len(b)) > d.max {
		return nil, fmt.Errorf("%w: %s, at most %d bytes expected", ErrTaille, nom, d.max)
	}
	return b, nil
}

// Stat gives the length of a file; fs.ErrNotExist when there is none.
func (d *Depot) Stat(nom string) (int64, error) {
	if err := verifier(nom); err != nil {
		return 0, err
	}
	i, err := d.sansLien(nom)
	if err != nil {
		return 0, fmt.Errorf("depot: %w", err)
	}
	return i.Size(), nil
}

// syncDossier makes what happened in a folder durable.
func (d *Depot) syncDossier(nom string) error {
	if err := d.temoin(Acte{"sync-dossier", nom}); err != nil {
		return err
	}
	f, err := d.racine.Open(nom)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return errors.Join(syncFolder(f), f.Close())
}

// dossier makes the folders that lead to nom, each of them durable.
func (d *Depot) dossier(nom string) error {
	dir := path.Dir(nom)
	if dir == "." {
		return nil
	}
	if i, err := d.racine.Lstat(dir); err == nil && i.IsDir() {
		return nil
	}
	if err := d.dossier(dir); err != nil {
		return err
	}
	err := d.racine.Mkdir(dir, modeDossier)
	if errors.Is(err, fs.ErrExist) {
		if i, e := d.racine.Lstat(dir); e == nil && !i.IsDir() {
			return fmt.Errorf("%w: %s isn't a folder", ErrPrive, dir)
		}
		return nil
	}
	if err != nil {
		return err
	}
	return d.syncDossier(path.Dir(dir))
}

// surDisque waits until the bytes of a file are on disk: a name given before could be that of an empty file after a
// power loss.
func (d *Depot) surDisque(f *os.File, nom string) error {
	if err := d.temoin(Acte{"sync", nom}); err != nil {
		return err
	}
	return d.sync(f)
}
