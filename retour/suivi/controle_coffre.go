package suivi

import (
	"context"
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// ErrCoffre says that the Coffre isn't the one of the journal: its key, or the place that it was given, is another's. Nothing was written.
var ErrCoffre = errors.New("suivi: the coffre isn't this journal's: another key, or another office's documents")

const cleCoffre = "coffre"

// controlerCoffre compares the Coffre with the value that the journal keeps since it was first opened: with another one pieces would be sealed
// that nobody opens, and a patient would have two digests. A journal made before that value was kept is tried on what it holds.
func (s *Suivi) controlerCoffre(ctx context.Context) error {
	valeur := s.c.Coffre.Index("controle", cleCoffre)
	for {
		o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleCoffre)
		if err != nil {
			return err
		}
		if o.Version > 0 && o.Source != "" {
			if o.Source != valeur {
				return ErrCoffre
			}
			return nil
		}
		if err := s.essayerCoffre(ctx); err != nil {
			return err
		}
		quand, err := s.maintenant(ctx)
		if err != nil {
			return err
		}
		o.Genre, o.Cle = journal.Cabinet, cleCoffre
		err = s.c.Journal.Ajouter(ctx, nouveauGeste(quand).sur(&o, journal.Noter, journal.Champs{Source: valeur}).evs)
		if !errors.Is(err, journal.ErrConflit) {
			return err
		}
	}
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
