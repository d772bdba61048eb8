package suivi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// patienceBoite is how long a mailbox may not answer before a person is told: shorter, it's the network of every day.
const patienceBoite = time.Hour

// boitesDites is how many mailboxes the synthesis looks at, at least: it may be that of a program that reads none.
const boitesDites = 8

// noterBoite notes in the journal that a mailbox fell silent, or answers again: a program started every few minutes
// tells it too, and so does one that only shows.
func (s *Suivi) noterBoite(ctx context.Context, i int, muette bool) error {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleBoite(i))
	if err != nil || o.Version == 0 || muette == (o.Premier != 0) {
		return err
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	c := journal.Champs{Premier: rien}
	if muette {
		c.Premier = us(quand)
	}
	err = s.ecrire(ctx, nouveauGeste(quand).sur(&o, journal.Noter, c))
	if errors.Is(err, journal.ErrConflit) { // another worker says the same
		return nil
	}
	return err
}

// boiteMuette is when the mailbox that is silent for the longest time fell silent, if a person should know.
func (s *Suivi) boiteMuette(ctx context.Context, quand time.Time) (depuis time.Time, dire bool, err error) {
	refs := make([]journal.Ref, max(len(s.c.Boites), boitesDites))
	for i := range refs {
		refs[i] = journal.Ref{Genre: journal.Cabinet, Cle: cleBoite(i)}
	}
	m, err := s.c.Journal.Objets(ctx, refs...)
	if err != nil {
		return depuis, false, err
	}
	premier := int64(0)
	for _, o := range m {
		if o.Premier != 0 && (premier == 0 || o.Premier < premier) {
			premier = o.Premier
		}
	}
	depuis = journal.Instant(premier)
	return depuis, premier != 0 && quand.Sub(depuis) >= patienceBoite, nil
}

func remarqueBoite(depuis string) string {
	return fmt.Sprintf("La boîte aux lettres ne répond plus depuis le %s : les réponses des caisses ne sont pas lues. "+
		"Vérifier le réseau et le mot de passe ; la lecture reprendra d'elle-même.", depuis)
}
