package demonstration

import (
	"context"
	"fmt"
	"io"
	"slices"
	"sync/atomic"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
)

// Bail is how long a killed run keeps others from its steps; a real program leaves suivi's default.
const Bail = 2 * time.Second

const (
	sautsMax  = 20 // jumps of the clock in one Avancer
	echecsMax = 5  // rounds in a row with an error
)

// Horloge is the clock of a demonstration: when only time is missing it jumps to the next deadline, for silence costs
// days, and a demonstration has seconds.
type Horloge struct {
	// Bail is that of the suivi's Config; 0 is the constant Bail.
	Bail     time.Duration
	decalage atomic.Int64
}

// Maintenant is the time of the demonstration.
func (h *Horloge) Maintenant() time.Time { return time.Now().Add(time.Duration(h.decalage.Load())) }

// Avancer has the suivi go on until attendues gives 0 or nothing more can happen by itself, and counts the messages
// sent. A step that failed is in the journal and comes again.
func (h *Horloge) Avancer(ctx context.Context, s *suivi.Suivi, progres io.Writer, attendues func(context.Context) (int,
	error)) (envoyes int, err error) {
	bail := h.Bail
	if bail == 0 {
		bail = Bail
	}
	calme := time.Now()
	for sauts, echecs := 0, 0; sauts <= sautsMax; {
		b, err := s.Avancer(ctx)
		envoyes += b.Envoyes
		if err != nil {
			if echecs++; echecs > echecsMax || ctx.Err() != nil {
				return envoyes, err
			}
			fmt.Fprintf(progres, "Incident, nouvel essai : %v\n", err)
			continue
		}
		echecs = 0
		if !b.Rien() {
			calme = time.Now()
			continue
		}
		n, err := attendues(ctx)
		if err != nil || n == 0 {
			return envoyes, err
		}
		// A run that was killed holds its steps, and the mailbox, for as long as its lease: a jump before that would take its
		// silence for the frontal's.
		if time.Since(calme) > bail+bail/2 {
			reveil, err := s.Prochaine(ctx)
			if err != nil || reveil.IsZero() {
				return envoyes, err
			}
			if d := reveil.Sub(h.Maintenant()); d > bail {
				fmt.Fprintf(progres, "Rien à faire avant le %s : l'horloge de la démonstration y va.\n",
					reveil.Format("02/01/2006 à 15:04"))
				h.decalage.Add(int64(d))
				calme = time.Now()
				sauts++
				continue
			}
		}
		select {
		case <-ctx.Done():
			return envoyes, ctx.Err()
		case <-time.After(bail / 10):
		}
	}
	return envoyes, nil
}

// EnSituation counts the invoices that are in one of these situations, for Avancer.
func EnSituation(s *suivi.Suivi, situations ...suivi.Situation) func(context.Context) (int, error) {
	return func(ctx context.Context) (int, error) {
		n := 0
		for v, err := range s.Factures(ctx) {
			if err != nil {
				return 0, err
			}
			if slices.Contains(situations, v.Situation) {
				n++
			}
		}
		return n, nil
	}
}
