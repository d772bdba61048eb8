package suivi

import (
	"context"
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// ErrCoffre says that the Coffre isn't the one of the journal: its key, or the place that it was given, is another's.
// Nothing was written.
var ErrCoffre = errors.New("suivi: the coffre isn't this journal's: another key, or another office's documents")

const cleCoffre = "coffre"

// valeurCoffre is what the journal keeps of the Coffre: a digest that only its key makes.
func (s *Suivi) valeurCoffre() string { return s.c.Coffre.Index("controle", cleCoffre) }

// controlerCoffre compares the Coffre with the value that the journal keeps: with another one pieces would be sealed
// that nobody opens, and a patient would have two digests. A journal made before that value was kept is tried on what
// it holds.
func (s *Suivi) controlerCoffre(ctx context.Context) error {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleCoffre)
	switch {
	case err != nil:
		return fmt.Errorf("suivi: journal: %w", err)
	case o.Version == 0:
		return s.essayerCoffre(ctx)
	case o.Source != s.valeurCoffre():
		return ErrCoffre
	}
	s.coffreSigne.Store(true)
	return nil
}

// signerCoffre has the first step written to a journal keep the value of its Coffre. Opening writes nothing.
func (s *Suivi) signerCoffre(ctx context.Context, g *geste) error {
	if s.coffreSigne.Load() {
		return nil
	}
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleCoffre)
	if err != nil {
		return err
	}
	if o.Version > 0 {
		return s.controlerCoffre(ctx)
	}
	g.nouveau(journal.Cabinet, cleCoffre, journal.Noter, journal.Champs{Source: s.valeurCoffre()})
	return nil
}

// essayerCoffre opens the name that is sealed in the first piece that has one.
func (s *Suivi) essayerCoffre(ctx context.Context) error {
	for o, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Piece, Limite: 100}) {
		if err != nil {
			return err
		}
		if o.Fichier == "" {
			continue
		}
		if _, err := s.c.Coffre.Desceller(o.Fichier, "fichier|"+o.Cle); err != nil {
			return fmt.Errorf("%w: %w", ErrCoffre, err)
		}
		return nil
	}
	return nil
}
