package suivi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// A fault of the relay, of its certificate, of the account, of the network, of a card or an HSM isn't any message's:
// what needs it pauses, a person is told once, and it goes on by itself once it answers. No message is refused for it.

const cleFile = etats.CleFile

// essaiUnique is a sender that can be asked to try once: the journal owns the attempts, and a round doesn't sleep.
type essaiUnique interface{ UnSeulEssai() transport.Expediteur }

// pauseMax is the longest wait between two attempts during a pause.
const pauseMax = 30 * time.Minute

// panne is what a pause is noted with.
type panne struct {
	cle      string        // of the Cabinet object
	relais   string        // what doesn't work
	code     string        // short name of the fault
	motif    string        // French, for a person
	patience time.Duration // before a person is told: what may pass by itself is given some time
}

// enPause says until when what cle names isn't tried; zero when it may be.
func (s *Suivi) enPause(ctx context.Context, cle string, quand time.Time) (time.Time, error) {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cle)
	if err != nil || o.Premier == 0 || o.Limite <= us(quand) {
		return time.Time{}, err
	}
	return journal.Instant(o.Limite), nil
}

// attendre puts an object off until the pause is over.
func (s *Suivi) attendre(ctx context.Context, o *journal.Objet, quand, jusqua time.Time) error {
	return s.ecrire(ctx, nouveauGeste(quand).sur(o, journal.Noter, journal.Champs{Echeance: us(jusqua)}))
}

// pauseRelais pauses the sending of messages. The network is given an hour before a person is told.
func (s *Suivi) pauseRelais(ctx context.Context, quand time.Time, e *transport.ErreurEnvoi) (time.Time, error) {
	faute := e.DeQui()
	p := panne{cle: cleFile, relais: cmp.Or(e.Relais, cleFile), code: faute.String(),
		motif: fmt.Sprintf("Les envois sont suspendus : %s. Ils reprendront d'eux-mêmes.", faute.Libelle())}
	if faute == transport.FauteReseau || faute == transport.FauteRelais {
		p.patience = time.Hour
	}
	return s.pause(ctx, quand, p)
}

// pause puts off what needs what doesn't work, tells it once, and says until when.
func (s *Suivi) pause(ctx context.Context, quand time.Time, p panne) (time.Time, error) {
	for {
		o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, p.cle)
		if err != nil {
			return quand, err
		}
		o.Genre, o.Cle = journal.Cabinet, p.cle
		debut := quand
		if o.Premier != 0 {
			debut = journal.Instant(o.Premier)
		}
		fin := quand.Add(min(pauseMax, max(time.Minute, quand.Sub(debut)/2)))
		c := journal.Champs{Premier: us(debut), Limite: us(fin), Relais: p.relais, Code: p.code}
		if quand.Sub(debut) >= p.patience {
			c.Attention, c.Motif = journal.Urgent, p.motif
		}
		err = s.ecrire(ctx, nouveauGeste(quand).sur(&o, journal.Noter, c))
		if !errors.Is(err, journal.ErrConflit) {
			return fin, err
		}
	}
}

// reprendre ends a pause: what cle names works.
func (s *Suivi) reprendre(ctx context.Context, cle string, quand time.Time) error {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cle)
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
