package coffre

import (
	"context"
	"errors"
	"io"
	"io/fs"
)

// Copier copies the entries of src into dst as they are, encrypted: a backup, or a move to another place. What dst
// already has is left, so that it may be run again, and while src is in use. It gives the number of entries copied.
func Copier(ctx context.Context, dst, src Depot) (n int, err error) {
	deja := map[string]bool{}
	for e, err := range dst.Lister(ctx) {
		if err != nil {
			return 0, err
		}
		deja[e.Nom] = true
	}
	for e, err := range src.Lister(ctx) {
		if err != nil {
			return n, err
		}
		if deja[e.Nom] {
			continue
		}
		err := copierUn(ctx, dst, src, e.Nom)
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed in between
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

func copierUn(ctx context.Context, dst, src Depot, nom string) error {
	r, err := src.Open(ctx, nom)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := dst.Creer(ctx)
	if err != nil {
		return err
	}
	defer w.Abandonner()
	if _, err := io.Copy(w, r); err != nil {
		return err
	}
	return w.Valider(ctx, nom)
}

// Rapport is what Verifier read.
type Rapport struct {
	Documents int
	Octets    int64 // clear
}

// Verifier opens every document to its end: each is authentic, whole, and the one that its name says. The errors come
// together.
func (c *Coffre) Verifier(ctx context.Context) (r Rapport, err error) {
	var errs []error
	for e, err := range c.Lister(ctx) {
		if err != nil {
			return r, errors.Join(append(errs, err)...)
		}
		f, err := c.Open(ctx, e)
		if err == nil {
			var n int64
			n, err = io.Copy(io.Discard, f)
			r.Octets += n
			err = errors.Join(err, f.Close())
		}
		if err != nil {
			errs = append(errs, &ErreurDocument{e, err})
			continue
		}
		r.Documents++
	}
	return r, errors.Join(errs...)
}

// ErreurDocument names a document that Verifier couldn't open.
type ErreurDocument struct {
	Empreinte Empreinte
	Err       error
}

func (e *ErreurDocument) Error() string {
	return "coffre: document " + nomDe(e.Empreinte) + ": " + e.Err.Error()
}

func (e *ErreurDocument) Unwrap() error { return e.Err }
