package signature

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/internal/annule"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// ErrSansCopie says that there is no signed document to give: not embedded yet, or not kept by the host.
var ErrSansCopie = errors.New("signature: no signed document to give")

// Copie gives the signed document to one of those who signed it, to be kept or printed: the very bytes of
// [Recu.SigneEmpreinte], read to their end before the first of them is given. The access is traced.
func (r *Registre) Copie(ctx context.Context, id string, s Signataire) (c io.ReadCloser, taille int64, err error) {
	e, err := r.entree(id)
	if err != nil {
		return nil, 0, err
	}
	defer func() { r.tracer(s.ID, "copier", id, e.doc.Lot, err) }()
	r.mu.Lock()
	v := r.vue(e)
	r.mu.Unlock()
	switch {
	case v.RecuDe(s).Signataire.ID != s.ID:
		return nil, 0, ErrAutre
	case !v.Copiable():
		return nil, 0, ErrSansCopie
	}
	f, err := e.doc.OpenSigne(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("signature: signed document of %s: %w", id, err)
	}
	h := sha256.New()
	taille, err = io.Copy(h, annule.Reader(ctx, f))
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, 0, fmt.Errorf("signature: signed document of %s: %w", id, err)
	}
	if scor.Empreinte(h.Sum(nil)) != v.Recu.SigneEmpreinte {
		return nil, 0, fmt.Errorf("%w: the signed document isn't the one of the receipt", ErrModifie)
	}
	c, err = e.doc.OpenSigne(ctx)
	return c, taille, err
}

// Copiable says whether the signed document can be given to its signers.
func (v *Vue) Copiable() bool { return v.Etat == Joint && v.Document.OpenSigne != nil }
