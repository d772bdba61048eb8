// Package seau keeps the documents of a coffre in a bucket of gocloud.dev/blob: a folder (fileblob), memory (memblob),
// or an object store of which the host imports the driver. The bucket sees encrypted bytes and SHA-256 names only.
//
// The address of a document is known once it is read to its end, so a document is written under a provisional name
// first, then copied to its address by the bucket itself. What an interrupted writing leaves under "en-cours/" is
// removed by Nettoyer.
package seau

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
)

// Depot is a coffre.Depot in a bucket.
type Depot struct{ seau *blob.Bucket }

var _ coffre.Depot = (*Depot)(nil)

// New keeps documents in b, which stays the caller's to close.
func New(b *blob.Bucket) *Depot { return &Depot{b} }

const enCours = "en-cours/"

// Creer implements coffre.Depot.
func (d *Depot) Creer(ctx context.Context) (coffre.Ecriture, error) {
	var b [16]byte
	if _, err := rand.Read(b[:]); err != nil {
		return nil, err
	}
	// Cancelling the writer's context is how a writing is given up.
	ctx, fin := context.WithCancel(ctx)
	e := &ecriture{d: d, fin: fin, nom: enCours + hex.EncodeToString(b[:])}
	var err error
	if e.w, err = d.seau.NewWriter(ctx, e.nom, &blob.WriterOptions{ContentType: "application/octet-stream"}); err != nil {
		fin()
		return nil, traduire(err)
	}
	return e, nil
}

type ecriture struct {
	d     *Depot
	w     *blob.Writer
	fin   context.CancelFunc
	nom   string
	ferme bool
}

func (e *ecriture) Write(p []byte) (int, error) { return e.w.Write(p) }

func (e *ecriture) Valider(ctx context.Context, nom string) error { return e.nommer(ctx, nom, false) }

// Remplacer implements coffre.Ecriture. A bucket has no step that looks and writes: what is purged while it is replaced
// comes back.
func (e *ecriture) Remplacer(ctx context.Context, nom string) error { return e.nommer(ctx, nom, true) }

func (e *ecriture) nommer(ctx context.Context, nom string, remplacer bool) error {
	if e.ferme {
		return errors.New("seau: already ended")
	}
	e.ferme = true
	defer e.fin()
	if err := e.w.Close(); err != nil {
		return traduire(err)
	}
	deja, err := e.d.seau.Exists(ctx, nom)
	switch {
	case err != nil:
	case deja == remplacer:
		err = e.d.seau.Copy(ctx, nom, e.nom, nil)
	case remplacer:
		return errors.Join(fmt.Errorf("seau: %w", fs.ErrNotExist), traduire(e.d.seau.Delete(ctx, e.nom)))
	}
	return errors.Join(traduire(err), traduire(e.d.seau.Delete(ctx, e.nom)))
}

func (e *ecriture) Abandonner() {
	if e.ferme {
		return
	}
	e.ferme = true
	e.fin()
	_ = e.w.Close() // cancelled: nothing is kept
}

// Open implements coffre.Depot.
func (d *Depot) Open(ctx context.Context, nom string) (io.ReadCloser, error) {
	r, err := d.seau.NewReader(ctx, nom, nil)
	if err != nil {
		return nil, traduire(err)
	}
	return r, nil
}

// Supprimer implements coffre.Depot.
func (d *Depot) Supprimer(ctx context.Context, nom string) error {
	if err := traduire(d.seau.Delete(ctx, nom)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// Lister implements coffre.Depot.
func (d *Depot) Lister(ctx context.Context) iter.Seq2[coffre.Entree, error] {
	return func(yield func(coffre.Entree, error) bool) {
		for o, err := range d.objets(ctx, "") {
			if err == nil && strings.HasPrefix(o.Key, enCours) {
				continue
			}
			var e coffre.Entree
			if err == nil {
				e = coffre.Entree{Nom: o.Key, Taille: o.Size}
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

func (d *Depot) objets(ctx context.Context, prefixe string) iter.Seq2[*blob.ListObject, error] {
	return func(yield func(*blob.ListObject, error) bool) {
		l := d.seau.List(&blob.ListOptions{Prefix: prefixe})
		for {
			o, err := l.Next(ctx)
			if errors.Is(err, io.EOF) {
				return
			}
			if !yield(o, traduire(err)) || err != nil {
				return
			}
		}
	}
}

// Nettoyer removes what writings interrupted before avant left.
func (d *Depot) Nettoyer(ctx context.Context, avant time.Time) error {
	for o, err := range d.objets(ctx, enCours) {
		if err != nil {
			return err
		}
		if o.ModTime.Before(avant) {
			if err := d.Supprimer(ctx, o.Key); err != nil {
				return err
			}
		}
	}
	return nil
}

func traduire(err error) error {
	switch {
	case err == nil:
		return nil
	case gcerrors.Code(err) == gcerrors.NotFound:
		return fmt.Errorf("seau: %w", fs.ErrNotExist)
	}
	return fmt.Errorf("seau: %w", err)
}
