package suivi

import (
	"context"
	"errors"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// parDepot is how many pieces are deposited at once: the stores write what waits in one transaction.
const parDepot = 64

// DeposerPieces is DeposerPiece for many: they are written in groups, each piece all or nothing. The answer has one
// Accueil a piece, in order; the error joins those of the pieces that weren't kept, each an *ErreurObjet ([Erreurs]
// lists them). Deposited again, those that were kept change nothing. A context that ends leaves the rest undeposited.
func (s *Suivi) DeposerPieces(ctx context.Context, pieces []scor.Piece) ([]Accueil, error) {
	accueils, errs := make([]Accueil, len(pieces)), make([]error, len(pieces))
	file := make(chan int)
	var wg sync.WaitGroup
	for range min(parDepot, len(pieces)) {
		wg.Go(func() {
			for i := range file {
				var err error
				if accueils[i], err = s.DeposerPiece(ctx, pieces[i]); err != nil {
					errs[i] = &ErreurObjet{journal.Piece, pieces[i].ID, err}
				}
			}
		})
	}
	for i := range pieces {
		select {
		case file <- i:
		case <-ctx.Done():
			errs[i] = &ErreurObjet{journal.Piece, pieces[i].ID, ctx.Err()}
		}
	}
	close(file)
	wg.Wait()
	return accueils, errors.Join(errs...)
}

// dernierLot is the invoices' lot last read to say what becomes of a piece: those of one lot come one after the other,
// and reading it each time would cost the square of its size. What is kept never changes, being named by its digest.
type dernierLot struct {
	mu        sync.Mutex
	empreinte string
	factures  map[string]*fse.Facture // by key; to be read only
}

// factureLue gives one invoice of a lot as it is kept, nil if the lot hasn't it.
func (s *Suivi) factureLue(ctx context.Context, lot *journal.Objet, cle string) (*fse.Facture, error) {
	d := &s.dernierLot
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.empreinte != lot.Empreinte {
		l, err := s.lotFactures(ctx, lot.Empreinte)
		if err != nil {
			return nil, err
		}
		d.empreinte, d.factures = lot.Empreinte, make(map[string]*fse.Facture, len(l.Factures))
		for i := range l.Factures {
			d.factures[cleFacture(l.Factures[i].Cle)] = &l.Factures[i]
		}
	}
	return d.factures[cle], nil
}
