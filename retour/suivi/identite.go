package suivi

import (
	"context"
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// A journal knows whose it is: another sender's lots would leave under the wrong number and address.

const cleIdentite = "identite"

// ErrAutreCabinet says that the journal is another sender's.
var ErrAutreCabinet = errors.New("suivi: the journal is another sender's")

// reconnaitre refuses another sender's journal.
func (s *Suivi) reconnaitre(ctx context.Context) error {
	if _, err := s.c.Journal.Tete(ctx); err != nil {
		return fmt.Errorf("suivi: journal: %w", err)
	}
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleIdentite)
	if err != nil {
		return fmt.Errorf("suivi: journal: %w", err)
	}
	if o.Version > 0 && neuf(o.Precis) != neuf(s.c.Emetteur.Numero) {
		return fmt.Errorf("%w: it is of %s, and %s opens it", ErrAutreCabinet, o.Precis, s.c.Emetteur.Numero)
	}
	s.signe.Store(o.Version > 0)
	return nil
}

// signer has the first step written to a journal say whose it is: a new one, or one of a version that didn't sign.
// Opening writes nothing.
func (s *Suivi) signer(ctx context.Context, g *geste) error {
	if s.signe.Load() {
		return nil
	}
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleIdentite)
	if err != nil {
		return err
	}
	if o.Version == 0 {
		g.nouveau(journal.Cabinet, cleIdentite, journal.Noter, journal.Champs{Precis: s.c.Emetteur.Numero,
			Adresse: s.c.Emetteur.Adresse})
		return nil // another step says whether it was written
	}
	return s.reconnaitre(ctx)
}
