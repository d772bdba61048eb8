package suivi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// A fault of the relay, of its certificate, of the account or of the network isn't any message's: the queue pauses, a
// person is told once, and it goes on by itself when a message has left. No message is refused for it.

const cleFile = "file"

// essaiUnique is a sender that can be asked to try once: the journal owns the attempts, and a round doesn't sleep.
type essaiUnique interface{ UnSeulEssai() transport.Expediteur }

// pauseMax is the longest wait between two attempts while the queue is paused.
const pauseMax = 30 * time.Minute

// enPause says until when the queue waits; zero when it doesn't.
func (s *Suivi) enPause(ctx context.Context, quand time.Time) (time.Time, error) {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleFile)
	if err != nil || o.Premier == 0 || o.Limite <= us(quand) {
		return time.Time{}, err
	}
	return journal.Instant(o.Limite), nil
}

// attendre puts a message off until the queue goes on.
func (s *Suivi) attendre(ctx context.Context, m *journal.Objet, quand, jusqua time.Time) error {
	return s.ecrire(ctx, nouveauGeste(quand).sur(m, journal.Noter, journal.Champs{Echeance: us(jusqua)}))
}

// pause puts the queue off after a fault that isn't the message's, and tells it once. The network is given an hour
// before a person is told.
func (s *Suivi) pause(ctx context.Context, quand time.Time, e *transport.ErreurEnvoi) (time.Time, error) {
	for {
		o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleFile)
		if err != nil {
			return quand, err
		}
		o.Genre, o.Cle = journal.Cabinet, cleFile
		faute := e.DeQui()
		debut := quand
		if o.Premier != 0 {
			debut = journal.Instant(o.Premier)
		}
		fin := quand.Add(min(pauseMax, max(time.Minute, quand.Sub(debut)/2)))
		c := journal.Champs{Premier: us(debut), Limite: us(fin), Relais: cmp.Or(e.Relais, cleFile), Code: faute.String()}
		if faute != transport.FauteReseau && faute != transport.FauteRelais || quand.Sub(debut) >= time.Hour {
			c.Attention = journal.Urgent
			c.Motif = fmt.Sprintf("Les envois sont suspendus : %s. Ils reprendront d'eux-mêmes.", faute.Libelle())
		}
		err = s.ecrire(ctx, nouveauGeste(quand).sur(&o, journal.Noter, c))
		if !errors.Is(err, journal.ErrConflit) {
			return fin, err
		}
	}
}

// reprendre ends the pause: a message left.
func (s *Suivi) reprendre(ctx context.Context, quand time.Time) error {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleFile)
	if err != nil || o.Premier == 0 {
		return err
	}
	c := journal.Champs{Premier: rien, Limite: rien, Attention: rien, Motif: journal.Efface, Code: journal.Efface}
	err = s.ecrire(ctx, nouveauGeste(quand).sur(&o, journal.Noter, c))
	if errors.Is(err, journal.ErrConflit) {
		return nil // another worker says the same
	}
	return err
}
