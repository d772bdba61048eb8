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

// sautRestauration is how many numbers a restoration leaves out: more than an office uses between two backups.
const sautRestauration = 10_000

// Restaurer says that the journal comes from a backup: what was done since isn't in it. Its numbers go on far beyond,
// so that no identity of a lot or message that left after the backup is given again. To be called once, after Open and
// before anything else; the mailboxes and the host's files tell the rest.
func (s *Suivi) Restaurer(ctx context.Context, d Decision) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for {
		o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleNumeros)
		if err != nil {
			return err
		}
		o.Genre, o.Cle = journal.Cabinet, cleNumeros
		quand, err := s.maintenant(ctx)
		if err != nil {
			return err
		}
		c := journal.Champs{Nombre: o.Nombre + sautRestauration, Auteur: d.Auteur, Motif: d.Motif}
		err = s.ecrire(ctx, nouveauGeste(quand).sur(&o, journal.Noter, c))
		if errors.Is(err, journal.ErrConflit) {
			continue
		}
		if err == nil {
			s.numeros = plage{}
		}
		return err
	}
}
