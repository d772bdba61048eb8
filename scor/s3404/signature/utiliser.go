package signature

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Utiliser hands the signature to joindre, with those given before it, which embeds them and returns the hash of the
// signed document once that is safely written; then the strokes are deleted. The document is compared with what was
// signed before ([ErrModifie]). A second use is [ErrDejaUtilisee]. If the program dies after joindre and before the
// deletion, the next call runs joindre again with the same signatures for the same document, so joindre must write the
// same bytes to the same place.
func (r *Registre) Utiliser(ctx context.Context, id string, joindre func(context.Context, Signature) (scor.Empreinte,
	error)) (recu Recu, err error) {
	e, err := r.entree(id)
	if err != nil {
		return Recu{}, err
	}
	defer func() { r.tracer("", "utiliser", id, e.doc.Lot, err) }()
	e.verrou.Lock()
	defer e.verrou.Unlock()
	gardes, err := r.gardes(ctx, &e.doc)
	if err != nil {
		return Recu{}, err
	}
	sig, err := r.donner(ctx, e, gardes)
	if err != nil {
		if sig != nil {
			recu = sig.Recu
		}
		return recu, err
	}
	signe, err := joindre(ctx, *sig)
	if err != nil {
		return Recu{}, err
	}
	// The last record says that all is done; the strokes of the others go after it.
	dernier := &gardes[len(gardes)-1]
	dernier.Recu.Etat, dernier.Recu.SigneEmpreinte, dernier.Traits = Joint, signe, nil
	if err := r.garder(ctx, &e.doc, gardes, len(gardes)-1); err != nil {
		return Recu{}, err
	}
	if err := r.oublierTraits(ctx, &e.doc, gardes); err != nil {
		return Recu{}, err
	}
	r.prendre(e, gardes)
	return dernier.Recu, nil
}

// donner is the signature to be embedded. With an error, the receipt that goes with it, if there is one.
func (r *Registre) donner(ctx context.Context, e *entree, gardes []enregistrement) (*Signature, error) {
	if len(gardes) == 0 {
		return nil, ErrNonSigne
	}
	dernier := gardes[len(gardes)-1].Recu
	switch {
	case dernier.Document != e.id:
		return nil, fmt.Errorf("%w: signed with SHA-256 %s", ErrModifie, dernier.Empreinte)
	case dernier.Etat == Joint:
		return &Signature{Recu: dernier}, errors.Join(ErrDejaUtilisee, r.oublierTraits(ctx, &e.doc, gardes))
	case dernier.Etat == Refuse:
		return &Signature{Recu: dernier}, ErrRefuse
	case len(gardes) < e.doc.nombre():
		return nil, ErrNonSigne
	}
	if fin := dernier.Quand.Add(r.delai); r.maintenant().Before(fin) {
		return nil, fmt.Errorf("%w: until %s", ErrDelai, fin.Format(time.RFC3339))
	}
	var sig Signature
	for i := range gardes {
		x := Signature{Recu: gardes[i].Recu, Traits: gardes[i].Traits, Avant: sig.Avant}
		if x.Calculer() != x.Lien || i > 0 && x.Precedent != sig.Lien {
			return nil, fmt.Errorf("%w: the stored signature does not match its own hash", ErrModifie)
		}
		if i > 0 {
			avant := sig
			avant.Avant = nil
			x.Avant = append(x.Avant, avant)
		}
		sig = x
	}
	return &sig, e.doc.verifier(ctx)
}

// oublierTraits deletes what is left of the strokes once the last signature is embedded.
func (r *Registre) oublierTraits(ctx context.Context, d *Document, gardes []enregistrement) error {
	dernier := gardes[len(gardes)-1].Recu
	if dernier.Etat != Joint {
		return nil
	}
	for i := range gardes[:len(gardes)-1] {
		x := &gardes[i]
		if x.Traits == nil && x.Recu.Etat == Joint {
			continue
		}
		x.Recu.Etat, x.Recu.SigneEmpreinte, x.Traits = Joint, dernier.SigneEmpreinte, nil
		if err := r.garder(ctx, d, gardes, i); err != nil {
			return err
		}
	}
	return nil
}

func (r *Registre) garder(ctx context.Context, d *Document, gardes []enregistrement, rang int) error {
	v, err := json.Marshal(&gardes[rang])
	if err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	return r.magasin.Write(ctx, cleSignature(d, rang), v, false)
}
