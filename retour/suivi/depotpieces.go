package suivi

import (
	"cmp"
	"context"
	"errors"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

const (
	// parDepot is how many documents are kept at once: the stores write what waits in one transaction.
	parDepot = 64
	// parPose is how many pieces are noted in one group of events.
	parPose = 256
)

// DeposerPieces is DeposerPiece for many: they are written in groups, each piece all or nothing. The answer has one
// Accueil a piece, in order; the error joins those of the pieces that weren't kept, each an *ErreurObjet ([Erreurs]
// lists them). Deposited again, those that were kept change nothing. A context that ends leaves the rest undeposited.
func (s *Suivi) DeposerPieces(ctx context.Context, pieces []scor.Piece) ([]Accueil, error) {
	accueils, errs := make([]Accueil, len(pieces)), make([]error, len(pieces))
	for de := 0; de < len(pieces); {
		// Of one identifier given twice the second follows the first.
		a, vus := de, map[string]bool{}
		for ; a < len(pieces) && a < de+parPose && !vus[pieces[a].ID]; a++ {
			vus[pieces[a].ID] = true
		}
		s.deposerGroupe(ctx, pieces[de:a], accueils[de:a], errs[de:a])
		de = a
	}
	for i := range errs {
		if errs[i] != nil {
			errs[i] = &ErreurObjet{journal.Piece, pieces[i].ID, errs[i]}
		}
	}
	return accueils, errors.Join(errs...)
}

func (s *Suivi) deposerGroupe(ctx context.Context, pieces []scor.Piece, accueils []Accueil, errs []error) {
	poses, faits := make([]pose, len(pieces)), make([]bool, len(pieces))
	lus, err := s.prelire(ctx, pieces)
	if err != nil {
		toutes(errs, err)
		return
	}
	ensemble(len(pieces), func(i int) {
		if errs[i] = ctx.Err(); errs[i] == nil {
			poses[i], faits[i], errs[i] = s.preparerPiece(ctx, &pieces[i], lus)
		}
	})
	var l []pose
	var rangs []int
	for i := range pieces {
		if errs[i] == nil && !faits[i] {
			l, rangs = append(l, poses[i]), append(rangs, i)
		}
	}
	if len(l) > 0 {
		for k, err := range s.poserPieces(ctx, l) {
			errs[rangs[k]] = err
		}
	}
	if lus, err = s.prelire(ctx, pieces); err != nil {
		toutes(errs, err)
		return
	}
	for i := range pieces {
		if errs[i] == nil {
			accueils[i], errs[i] = s.accueil(ctx, &pieces[i], lus)
		}
	}
}

// toutes gives an error to each piece that has none.
func toutes(errs []error, err error) {
	for i := range errs {
		errs[i] = cmp.Or(errs[i], err)
	}
}

// ensemble calls f for 0 to n-1, some at once.
func ensemble(n int, f func(i int)) {
	file := make(chan int)
	var wg sync.WaitGroup
	for range min(parDepot, n) {
		wg.Go(func() {
			for i := range file {
				f(i)
			}
		})
	}
	for i := range n {
		file <- i
	}
	close(file)
	wg.Wait()
}
