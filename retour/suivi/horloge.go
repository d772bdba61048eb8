package suivi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// The practice's clock is believed as long as it agrees with the journal. One that leaps ahead of the journal's last
// event is doubted: meanwhile time stands still, so that no deadline passes and nothing irreversible is said or done.
// Set right, it is believed again; if it stays ahead a day later, deadlines run by it, and what is irreversible waits
// for a person's word (ActionAccepter on the clock's line). A clock that leapt unseen and was set right later is
// believed too: the journal shows the leap.

const (
	// sautHorloge is how far ahead of the journal's last event a clock may be without a word.
	sautHorloge = 20 * 24 * time.Hour
	// pouls: a round notes the time when nothing else did for so long, and a doubted clock must hold so long.
	pouls = 24 * time.Hour
	// tenue is the longest time between two sights of a doubted clock: one seen ahead twice, long apart, may have been
	// right in between, and has to hold anew. A program started once a day sees it often enough.
	tenue = 27 * time.Hour
	// regard is how often such a sight is noted.
	regard = 6 * time.Hour
	// trou is a silence of the journal that a leap leaves: a practice closed for a few days leaves none so long, rounds
	// being noted.
	trou = 4 * 24 * time.Hour

	cleHorloge = etats.CleHorloge
	// modePresumee marks a clock that held, and that nobody confirmed.
	modePresumee = "presumee"
)

// ErrHorloge says that the computer's clock leapt ahead, and that nothing irreversible is done before a person has
// confirmed the date.
var ErrHorloge = errors.New("suivi: the clock leapt ahead: confirm the date first")

// maintenant is the time by which the suivi acts: the practice's clock, where it can be believed.
func (s *Suivi) maintenant(ctx context.Context) (time.Time, error) {
	t := s.c.Horloge()
	h, err := s.c.Journal.Tete(ctx)
	if err != nil || h.Seq == 0 {
		return t, err
	}
	switch d := t.Sub(h.Quand); {
	case d < -ecartHorloge:
		return s.enRetard(ctx, t, h)
	case d < 0:
		return h.Quand, nil
	case d > s.saut():
		return h.Quand, nil
	}
	return t, nil
}

func (s *Suivi) saut() time.Duration {
	if s.c.SautHorloge > 0 {
		return s.c.SautHorloge
	}
	return sautHorloge
}

// enRetard: the clock is behind the journal. If the journal went over this very time in one leap, its events of after
// were under a clock that was wrong: this one is right. Otherwise it was set back, and prolongs nothing.
func (s *Suivi) enRetard(ctx context.Context, t time.Time, h journal.Tete) (time.Time, error) {
	seq, err := s.premierDepuis(ctx, us(t)+1)
	if err != nil || seq == 0 || seq >= h.Seq {
		return h.Quand, err
	}
	avant, err := s.c.Journal.Evenement(ctx, seq)
	if err != nil {
		return h.Quand, err
	}
	apres, err := s.c.Journal.Evenement(ctx, seq+1)
	if err != nil || apres.Quand.Sub(avant.Quand) < trou {
		return h.Quand, err
	}
	return t, nil
}

// veillerHorloge notes what the clock does, at each round.
func (s *Suivi) veillerHorloge(ctx context.Context) error {
	t := s.c.Horloge()
	h, err := s.c.Journal.Tete(ctx)
	if err != nil || h.Seq == 0 {
		return err
	}
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleHorloge)
	if err != nil {
		return err
	}
	o.Genre, o.Cle = journal.Cabinet, cleHorloge
	d := t.Sub(h.Quand)
	doute := o.Attention > 0 && o.Mode != modePresumee
	var c journal.Champs
	quand := t
	switch {
	case d > s.saut() && (!doute || us(t) < o.Premier || us(t) > o.Limite+tenue.Microseconds()):
		quand = h.Quand // time stands still
		c = journal.Champs{Premier: us(t), Limite: us(t), Attention: journal.Urgent, Mode: journal.Efface,
			Motif: s.motifSaut(h.Quand, t)}
	case d > s.saut() && us(t) < o.Premier+pouls.Microseconds():
		if us(t) < o.Limite+regard.Microseconds() {
			return nil
		}
		quand, c = h.Quand, journal.Champs{Limite: us(t)}
	case d > s.saut():
		c = journal.Champs{Attention: journal.AFaire, Mode: modePresumee, Motif: o.Motif}
	case doute:
		c = journal.Champs{Attention: rien, Motif: journal.Efface, Premier: rien, Limite: rien}
	case d >= pouls:
		c = journal.Champs{Jour: jourDe(s.cal.local(t))}
	default:
		return nil
	}
	err = s.ecrire(ctx, nouveauGeste(quand).sur(&o, journal.Noter, c))
	if errors.Is(err, journal.ErrConflit) { // another worker's round saw it
		return nil
	}
	return err
}

func jourDe(t time.Time) int64 { return int64(t.Year()*10000 + int(t.Month())*100 + t.Day()) }

func (s *Suivi) motifSaut(avant, apres time.Time) string {
	return fmt.Sprintf("L'horloge de l'ordinateur a avancé d'un coup, du %s au %s.", s.cal.c.Lisible(avant),
		s.cal.c.Lisible(apres))
}

// confirmerHorloge: a person says that the date is right. Time goes on from it.
func (s *Suivi) confirmerHorloge(g *geste, o *journal.Objet, n NomAction, c journal.Champs) {
	if n == etats.Accepter {
		g.quand = s.c.Horloge()
	}
	c.Attention, c.Mode, c.Premier = rien, journal.Efface, rien
	if c.Motif == "" {
		c.Motif = journal.Efface
	}
	g.sur(o, journal.Noter, c)
}

// horlogeSure refuses what can't be undone while nobody has confirmed a clock that leapt.
func (s *Suivi) horlogeSure(ctx context.Context) error {
	h, err := s.c.Journal.Tete(ctx)
	if err != nil {
		return err
	}
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleHorloge)
	if err != nil {
		return err
	}
	if h.Seq > 0 && s.c.Horloge().Sub(h.Quand) > s.saut() || o.Premier > 0 {
		return ErrHorloge
	}
	return nil
}
