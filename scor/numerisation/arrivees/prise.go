package arrivees

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
	"github.com/scor-sdk/scor-sdk-go/internal/jpeg"
	"github.com/scor-sdk/scor-sdk-go/internal/tiff"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// reclamer moves a file into a folder of its own: of several programs one wins.
func (d *Dossier) reclamer(nom string) (string, error) {
	id := strings.ToLower(rand.Text())
	if err := d.racine.MkdirAll(path.Join(d.encours, id), 0o700); err != nil {
		return "", cause(err)
	}
	if err := d.racine.Rename(nom, path.Join(d.encours, id, nom)); err != nil {
		_ = d.racine.Remove(path.Join(d.encours, id))
		return "", cause(err)
	}
	return id, nil
}

// reprendre goes on with what was being taken here, and tells what another program is taking.
func (d *Dossier) reprendre(ctx context.Context, r *Regard) error {
	tous, err := fs.ReadDir(d.racine.FS(), encours)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("arrivees: %w", cause(err))
	}
	var fautes []error
	for _, e := range tous {
		dossier := path.Join(encours, e.Name())
		l, err := fs.ReadDir(d.racine.FS(), dossier)
		if err != nil {
			continue // no folder, or gone meanwhile
		}
		for _, f := range l {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			if dossier == d.encours && f.IsDir() && valide(f.Name()) {
				fautes = append(fautes, d.prendre(ctx, f.Name(), r))
				continue
			}
			noms, _ := fs.ReadDir(d.racine.FS(), path.Join(dossier, f.Name()))
			for _, n := range noms {
				r.Attente = append(r.Attente, Attente{montrable(n.Name()), Ailleurs})
			}
		}
	}
	return errors.Join(fautes...)
}

// valide says whether a name is one that reclamer drew.
func valide(id string) bool {
	return len(id) >= 20 && len(id) <= 40 && strings.Trim(id, "abcdefghijklmnopqrstuvwxyz234567") == ""
}

// prendre copies a file that was claimed into the private folder, then removes it where it was. It is told as taken
// only once nothing is left there.
func (d *Dossier) prendre(ctx context.Context, id string, r *Regard) error {
	dossier := path.Join(d.encours, id)
	l, err := fs.ReadDir(d.racine.FS(), dossier)
	if err != nil {
		return fmt.Errorf("arrivees: %s: %w", id, cause(err))
	}
	if len(l) == 0 {
		// Stopped before the file came, or after it went.
		if err := d.racine.Remove(dossier); err != nil {
			return fmt.Errorf("arrivees: %s: %w", id, cause(err))
		}
		if a, err := d.fiche(id); err == nil {
			r.Prises = append(r.Prises, a)
		}
		return nil
	}
	fichier := path.Join(dossier, l[0].Name())
	a, err := d.fiche(id)
	if errors.Is(err, fs.ErrNotExist) {
		if a, err = d.copier(ctx, id, fichier, l[0].Name()); errors.Is(err, errChange) {
			r.Attente = append(r.Attente, Attente{montrable(l[0].Name()), EnEcriture})
			return nil
		}
	}
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		r.Attente = append(r.Attente, Attente{montrable(l[0].Name()), Refuse})
		return fmt.Errorf("arrivees: %s: %w", id, cause(err))
	}
	if i, err := d.racine.Lstat(fichier); err == nil && i.Size() != a.Octets {
		// It grew after it was copied: the copy is to be made again.
		return errors.Join(d.prive.Remove(id+".json"), d.prive.Remove(id+".scan"))
	}
	if err := d.racine.Remove(fichier); err != nil {
		r.Attente = append(r.Attente, Attente{a.Nom, Refuse})
		return nil // open in another program: the next look tries again
	}
	if err := d.racine.Remove(dossier); err != nil {
		return fmt.Errorf("arrivees: %s: %w", id, cause(err)) // told as taken by the look that removes it
	}
	r.Prises = append(r.Prises, a)
	return nil
}

var errChange = errors.New("arrivees: the file changes while it is copied")

// copier keeps a claimed file privately, on disk.
func (d *Dossier) copier(ctx context.Context, id, fichier, nom string) (Arrivee, error) {
	avant, err := d.racine.Lstat(fichier)
	if err != nil {
		return Arrivee{}, err
	}
	if !avant.Mode().IsRegular() {
		return Arrivee{}, errors.New("no regular file")
	}
	f, err := d.racine.Open(fichier)
	if err != nil {
		return Arrivee{}, err
	}
	defer f.Close()
	ouvert, err := f.Stat()
	if err != nil || !os.SameFile(avant, ouvert) {
		return Arrivee{}, errChange
	}
	h := sha256.New()
	var n int64
	err = d.prive.WriteFrom(id+".scan", depot.Remplacer, func(w io.Writer) (err error) {
		n, err = io.Copy(io.MultiWriter(w, h), lecteur{f, ctx.Err})
		return err
	})
	if err != nil {
		return Arrivee{}, err
	}
	apres, err := f.Stat()
	if err != nil {
		return Arrivee{}, err
	}
	if apres.Size() != n || !apres.ModTime().Equal(avant.ModTime()) {
		return Arrivee{}, errChange
	}
	a := Arrivee{ID: id, Nom: montrable(nom), Octets: n, Prise: d.horloge()}
	h.Sum(a.Empreinte[:0])
	b, err := json.Marshal(a)
	if err != nil {
		return Arrivee{}, err
	}
	return a, d.prive.Write(id+".json", b, depot.Nouveau)
}

// lecteur stops when the context ends.
type lecteur struct {
	io.Reader
	fin func() error
}

// Read implements io.Reader.
func (l lecteur) Read(b []byte) (int, error) {
	if err := l.fin(); err != nil {
		return 0, err
	}
	return l.Reader.Read(b)
}

// Arrivees lists the files taken and not removed yet, first the oldest.
func (d *Dossier) Arrivees() ([]Arrivee, error) {
	var l []Arrivee
	for e, err := range d.prive.List() {
		if err != nil {
			return nil, fmt.Errorf("arrivees: %w", err)
		}
		id, ok := strings.CutSuffix(e.Nom, ".json")
		if !ok || !valide(id) {
			continue
		}
		if _, err := d.racine.Lstat(path.Join(d.encours, id)); err == nil {
			continue // not gone from the watched folder yet
		}
		a, err := d.fiche(id)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		l = append(l, a)
	}
	slices.SortStableFunc(l, func(a, b Arrivee) int { return a.Prise.Compare(b.Prise) })
	return l, nil
}

// Source opens a file taken; fs.ErrNotExist where there is none of that ID. Close it after use.
func (d *Dossier) Source(id string) (numerisation.Source, io.Closer, error) {
	if !valide(id) {
		return numerisation.Source{}, nil, fmt.Errorf("arrivees: %w", fs.ErrNotExist)
	}
	a, err := d.fiche(id)
	if err != nil {
		return numerisation.Source{}, nil, err
	}
	f, err := d.prive.Open(id + ".scan")
	if err != nil {
		return numerisation.Source{}, nil, err
	}
	s := numerisation.Source{Nom: a.Nom, Taille: a.Octets}
	if r, ok := f.(io.ReaderAt); ok {
		s.ReaderAt = r
		return s, f, nil
	}
	b, err := io.ReadAll(f)
	if err = errors.Join(err, f.Close()); err != nil {
		return numerisation.Source{}, nil, err
	}
	return numerisation.Octets(a.Nom, b), io.NopCloser(nil), nil
}

// Retirer removes a file taken, for good: once it is deposited, or was thrown away by a person. One that isn't there is
// no error.
func (d *Dossier) Retirer(id string) error {
	if !valide(id) {
		return nil
	}
	// The record first: what has none isn't in the list any more.
	return errors.Join(d.prive.Erase(id+".json"), d.prive.Erase(id+".scan"))
}

type genre uint8

const (
	inconnu genre = iota
	genreTIFF
	genreJPEG
	genrePNG
	genrePDF
)

// fin tells the kind of a file, and whether its end is there.
func (d *Dossier) fin(nom string, avant fs.FileInfo) (genre, bool, error) {
	f, err := d.racine.Open(nom)
	if err != nil {
		return inconnu, false, err
	}
	defer f.Close()
	if i, err := f.Stat(); err != nil || !os.SameFile(i, avant) {
		return inconnu, false, errChange
	}
	g, fini := entier(f, avant.Size())
	return g, fini, nil
}

// finMax is how far from the end of a file its mark may be: scanners add padding, and PDF allows a kilobyte.
const finMax = 2048

// entier tells the kind of a file and whether its end is there. It decodes nothing.
func entier(r io.ReaderAt, taille int64) (genre, bool) {
	tete := lire(r, 0, min(taille, 1024))
	queue := lire(r, max(0, taille-finMax), min(taille, finMax))
	switch {
	case bytes.HasPrefix(tete, []byte("II*\x00")), bytes.HasPrefix(tete, []byte("MM\x00*")),
		bytes.HasPrefix(tete, []byte("II+\x00")), bytes.HasPrefix(tete, []byte("MM\x00+")):
		return genreTIFF, tiffEntier(r, taille)
	case bytes.HasPrefix(tete, []byte("\xff\xd8")):
		return genreJPEG, jpegEntier(r, taille, queue)
	case bytes.HasPrefix(tete, []byte("\x89PNG\r\n\x1a\n")):
		return genrePNG, bytes.Contains(queue, []byte("IEND\xae\x42\x60\x82"))
	case bytes.Contains(tete, []byte("%PDF-")):
		return genrePDF, bytes.Contains(queue, []byte("%%EOF"))
	}
	return inconnu, false
}

func lire(r io.ReaderAt, ou, n int64) []byte {
	b := make([]byte, max(0, n))
	k, _ := r.ReadAt(b, ou)
	return b[:k]
}

// apercuMax is how far the preview within a JPEG reaches, which has an end of its own.
const apercuMax = 70_000

// jpegEntier says whether the end of the image is there; what telephones put after it isn't looked at.
func jpegEntier(r io.ReaderAt, taille int64, queue []byte) bool {
	if h, err := jpeg.ReadHeader(r, taille); err == nil && h.Ended {
		return true
	}
	return taille > apercuMax+finMax && bytes.Contains(queue, []byte("\xff\xd9"))
}

// tiffEntier says whether all that the directories of a TIFF name is there.
func tiffEntier(r io.ReaderAt, taille int64) bool {
	f, err := tiff.Open(r, taille, tiff.Limits{})
	if err != nil {
		return errors.Is(err, tiff.ErrUnsupported)
	}
	pages := 0
	for p, err := range f.Pages() {
		pages++
		if errors.Is(err, tiff.ErrUnsupported) {
			continue // whole perhaps, and numerisation says what is wrong with it
		}
		if err != nil {
			return false
		}
		for _, c := range p.Chunks() {
			if c.Offset < 0 || c.Length < 0 || c.Offset > taille-c.Length {
				return false
			}
		}
	}
	return pages > 0
}
