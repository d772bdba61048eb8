package coffre

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Rotation is what Tourner did.
type Rotation struct {
	Tournes int // entries that are now sealed with the current key
	Deja    int // entries that were already
}

// Tourner seals with the current key whatever another one of WithAutresCles seals: the keys of the documents, which
// themselves don't change, and the inner keys. Documents are deposited, read and purged meanwhile. It may be run again
// after an interruption; once it returns nil, nothing that this Depot holds needs the other keys, and these can be
// destroyed: with the former key goes whatever a purge, a backup or a worn disk still held of documents that were
// purged before.
//
// Several programs change keys in this order: each is opened with the old key and WithAutresCles(new); then each with
// the new one and WithAutresCles(old); one of them calls Tourner; then the old key is left out.
func (c *Coffre) Tourner(ctx context.Context) (Rotation, error) {
	var r Rotation
	fait, err := c.tournerTrousseau(ctx)
	if err != nil {
		return r, err
	}
	r.compter(fait)
	for e, err := range c.Lister(ctx) {
		if err != nil {
			return r, err
		}
		fait, err := c.tournerDocument(ctx, e)
		if errors.Is(err, fs.ErrNotExist) {
			continue // purged in between
		}
		if err != nil {
			return r, fmt.Errorf("coffre: key of document %s: %w", nomDe(e), err)
		}
		r.compter(fait)
	}
	return r, nil
}

func (r *Rotation) compter(fait bool) {
	if fait {
		r.Tournes++
	} else {
		r.Deja++
	}
}

func (c *Coffre) tournerTrousseau(ctx context.Context) (bool, error) {
	b, err := c.lireEntree(ctx, trousseau)
	if err != nil {
		return false, err
	}
	scelle, ok := bytes.CutPrefix(b, enteteTrousseau)
	if !ok {
		return false, fmt.Errorf("%w: header of the keys", ErrAltere)
	}
	if bytes.HasPrefix(scelle, c.cles[0].id[:]) {
		return false, nil
	}
	internes, err := c.ouvrir(scelle, usageTrousseau)
	if err != nil {
		return false, err
	}
	w, err := c.trousseauScelle(ctx, internes)
	if err != nil {
		return false, err
	}
	defer w.Abandonner()
	return true, w.Remplacer(ctx, trousseau)
}

func (c *Coffre) tournerDocument(ctx context.Context, e Empreinte) (bool, error) {
	f, err := c.depot.Open(ctx, nomDe(e))
	if err != nil {
		return false, err
	}
	defer f.Close()
	t := make([]byte, tailleEntete2)
	n, err := io.ReadFull(f, t)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return false, err
	}
	switch {
	case bytes.HasPrefix(t[:n], entete1):
		return true, c.refaire(ctx, e)
	case n < len(t) || !bytes.HasPrefix(t, entete2):
		return false, fmt.Errorf("%w: header", ErrAltere)
	}
	scelle := t[len(entete2):]
	if bytes.HasPrefix(scelle, c.cles[0].id[:]) {
		return false, nil
	}
	secret, err := c.ouvrir(scelle, usageDocument)
	if err != nil {
		return false, err
	}
	if scelle, err = c.cles[0].sceller(c.rand, secret, usageDocument); err != nil {
		return false, err
	}
	w, err := c.depot.Creer(ctx)
	if err != nil {
		return false, err
	}
	defer w.Abandonner()
	if _, err := w.Write(append(bytes.Clone(entete2), scelle...)); err != nil {
		return false, err
	}
	if _, err := io.Copy(w, f); err != nil {
		return false, err
	}
	return true, w.Remplacer(ctx, nomDe(e))
}

// refaire seals a document of the first format anew: its key came from the host's.
func (c *Coffre) refaire(ctx context.Context, e Empreinte) error {
	f, err := c.Open(ctx, e)
	if err != nil {
		return err
	}
	defer f.Close()
	_, _, err = c.ecrire(ctx, f, func(w Ecriture, lu Empreinte) error {
		if lu != e {
			return fmt.Errorf("%w: not the document of that digest", ErrAltere)
		}
		return w.Remplacer(ctx, nomDe(e))
	})
	return err
}
