package coffre

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"path"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
)

// Dossier is a Depot in a folder: one file per document, in 256 subfolders. The folder must be this user's, and nobody
// else may write to it; links in it aren't followed. What Supprimer removes is overwritten first.
type Dossier struct{ d *depot.Depot }

var _ Depot = (*Dossier)(nil)

// documentMax bounds a file: no scan is that long, and a length that a damaged disk announces isn't read without end.
const documentMax = 1 << 40

// OpenDossier opens the folder, made if need be; files and folders are for the owner alone.
func OpenDossier(racine string) (*Dossier, error) { return ouvrirDossier(racine) }

func ouvrirDossier(racine string, opts ...depot.Option) (*Dossier, error) {
	d, err := depot.Open(racine, append(opts, depot.WithTailleMax(documentMax))...)
	if err != nil {
		return nil, fmt.Errorf("coffre: %w", err)
	}
	return &Dossier{d}, nil
}

// Close closes the folder.
func (d *Dossier) Close() error { return d.d.Close() }

func chemin(nom string) (string, error) {
	if len(nom) < 3 || !fs.ValidPath(nom) || path.Base(nom) != nom {
		return "", fmt.Errorf("coffre: %d-byte name refused", len(nom))
	}
	return path.Join(nom[:2], nom), nil
}

// Creer implements Depot.
func (d *Dossier) Creer(context.Context) (Ecriture, error) {
	e, err := d.d.Create()
	if err != nil {
		return nil, err
	}
	return fichier{e, d.d}, nil
}

type fichier struct {
	*depot.Ecriture
	d *depot.Depot
}

func (f fichier) Valider(_ context.Context, nom string) error {
	p, err := chemin(nom)
	if err != nil {
		return err
	}
	return f.Commit(p, depot.Garder)
}

// verrouDocuments keeps a document that is purged from coming back by the rotation of its key.
const verrouDocuments = "documents"

func (f fichier) Remplacer(_ context.Context, nom string) (err error) {
	p, err := chemin(nom)
	if err != nil {
		return err
	}
	liberer, err := f.d.Lock(verrouDocuments)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, liberer()) }()
	if _, err := f.d.Stat(p); err != nil {
		return err
	}
	return f.Commit(p, depot.Ecraser)
}

func (f fichier) Abandonner() { f.Abandon() }

// Open implements Depot.
func (d *Dossier) Open(_ context.Context, nom string) (io.ReadCloser, error) {
	p, err := chemin(nom)
	if err != nil {
		return nil, err
	}
	return d.d.Open(p)
}

// Supprimer implements Depot.
func (d *Dossier) Supprimer(_ context.Context, nom string) error {
	p, err := chemin(nom)
	if err != nil {
		return err
	}
	liberer, err := d.d.Lock(verrouDocuments)
	if err != nil {
		return err
	}
	return errors.Join(d.d.Erase(p), liberer())
}

// Lister implements Depot.
func (d *Dossier) Lister(ctx context.Context) iter.Seq2[Entree, error] {
	return func(yield func(Entree, error) bool) {
		for e, err := range d.d.List() {
			if err == nil {
				err = ctx.Err()
			}
			if err == nil && path.Dir(e.Nom) == "." {
				continue // not a document: those are in subfolders
			}
			if !yield(Entree{path.Base(e.Nom), e.Taille}, err) || err != nil {
				return
			}
		}
	}
}
