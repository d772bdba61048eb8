package journal

import (
	"context"
	"errors"
	"fmt"
)

// Integre is a Journal that can check its own indexes.
type Integre interface {
	VerifierStockage(ctx context.Context) error
}

// Reconstructeur is a Journal that can make anew, in one transaction, all that it derives from its events. The journal
// Memoire has no need of it.
type Reconstructeur interface {
	Reconstruire(ctx context.Context) error
}

// ErrIrreparable says that Reconstruire can't help: the events themselves aren't those that were written, or some are
// gone.
var ErrIrreparable = errors.New("journal: nothing to rebuild from")

// OptionReconstruction changes what Reconstruire accepts.
type OptionReconstruction func(*reconstruction)

type reconstruction struct{ perte bool }

// WithPerte gives up the events that the head row names and that aren't there: without it a head row that is ahead of
// the events is taken for what it most often is, the loss of the last ones, which a backup may have.
func WithPerte() OptionReconstruction { return func(r *reconstruction) { r.perte = true } }

// Reconstruire makes anew what a store derives from the events (objects, counters, head row, indexes), once these are
// proved; then proves the whole. attendue is as for VerifierChaine. What a host does after Verifier gave a *Rupture
// with a Derive.
func Reconstruire(ctx context.Context, j Journal, attendue *Tete, opts ...OptionReconstruction) (Rapport, error) {
	var o reconstruction
	for _, f := range opts {
		f(&o)
	}
	x, ok := j.(Reconstructeur)
	if !ok {
		return Rapport{}, fmt.Errorf("%w: this journal doesn't rebuild", ErrIrreparable)
	}
	r, err := VerifierChaine(ctx, j, attendue)
	var rupture *Rupture
	switch {
	case err == nil:
	case !errors.As(err, &rupture):
		return r, err
	case rupture.Derive != "":
	case o.perte && rupture.Seq == r.Tete.Seq+1 && (attendue == nil || r.Tete.Seq >= attendue.Seq) &&
		seuleLaFin(ctx, j, r.Tete):
	default:
		return r, fmt.Errorf("%w: %w", ErrIrreparable, err)
	}
	if err := x.Reconstruire(ctx); err != nil {
		return r, err
	}
	return Verifier(ctx, j, attendue)
}

// seuleLaFin says whether fin is the last event that is there: what is missing is after it.
func seuleLaFin(ctx context.Context, j Journal, fin Tete) bool {
	for range j.Rejouer(ctx, fin.Seq) {
		return false
	}
	return true
}

// Refaire folds the events again, page by page, for a Reconstructeur which has emptied what it derives: it gives ecrire
// what to write of each page, the events apart, and reads by lire what was written before. It ends with the head.
func Refaire(ctx context.Context, j Journal, lire Source, ecrire func(*Ecriture) error) (Tete, error) {
	const parPage = 1000
	var tete Tete
	page := make([]Evenement, 0, parPage)
	finir := func() error {
		if len(page) == 0 {
			return nil
		}
		w, errs, err := Preparer(tete, lire, page)
		if err == nil {
			err = errs[0]
		}
		if err != nil {
			return fmt.Errorf("journal: folding events %d to %d: %w", page[0].Seq, page[len(page)-1].Seq, err)
		}
		if d := &page[len(page)-1]; w.Tete.Seq != d.Seq || w.Tete.Condense != d.Condense {
			return &Rupture{Seq: d.Seq, Quoi: "its digest isn't that of its content after the event before it"}
		}
		tete = w.Tete
		page = page[:0]
		return ecrire(&w)
	}
	for e, err := range j.Rejouer(ctx, 0) {
		if err != nil {
			return tete, err
		}
		if page = append(page, e); len(page) == parPage {
			if err := finir(); err != nil {
				return tete, err
			}
		}
	}
	return tete, finir()
}
