package suivi

import (
	"context"
	"errors"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

func (s *Suivi) etapeLotFactures(ctx context.Context, o *journal.Objet, b *BilanRonde) error {
	if o.Etat == journal.ARLPositif {
		err := s.constituer(ctx, o)
		if err == nil {
			b.LotsExamines++
		}
		if abime(err) && ctx.Err() == nil {
			err = errors.Join(err, s.noterAltere(ctx, o))
		}
		return err
	}
	return s.echeanceLot(ctx, o, b)
}

func (s *Suivi) etapeLotScor(ctx context.Context, o *journal.Objet, b *BilanRonde) error {
	return s.echeanceLot(ctx, o, b)
}

// echeanceLot: no answer came in time. The same message goes again while the limit of retransmissions and the days to
// succeed allow it.
func (s *Suivi) echeanceLot(ctx context.Context, o *journal.Objet, b *BilanRonde) error {
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	b.Echeances++
	g := nouveauGeste(quand)
	m, err := journal.Trouver(ctx, s.c.Journal, journal.Message, o.Dans)
	if err != nil {
		return err
	}
	passee := o.Limite > 0 && o.Limite <= us(quand)
	transmis := !passee && o.Etat == journal.Transmis && m.Etat == journal.Transmis
	switch {
	case o.Etat != journal.Constitue && o.Etat != journal.Transmis && o.Etat != journal.ANR:
		g.sur(o, journal.Noter, journal.Champs{Echeance: rien})
	case transmis && quand.Before(s.cal.apres(m.Modifie, s.c.Profil.Delais.Reponse)):
		c := s.silence(o, quand) // the answer isn't late yet, and the limit is near
		c.Echeance = us(s.cal.apres(m.Modifie, s.c.Profil.Delais.Reponse))
		if o.Limite > 0 {
			c.Echeance = min(c.Echeance, o.Limite)
		}
		g.sur(o, journal.Noter, c)
	case transmis && m.Essais < m.EssaisMax:
		g.sur(&m, journal.Renvoyer, journal.Champs{Echeance: us(quand),
			Motif: "Aucune réponse dans le délai : le même message repart."})
		g.sur(o, journal.Noter, attendreLimite(o, quand))
	case !passee && m.Version > 0 && m.Etat != journal.Transmis && m.Etat != journal.Abandonne:
		// The message is still on its way out; the limit will tell.
		g.sur(o, journal.Noter, s.silence(o, quand))
	case !passee && o.Limite > 0 && quand.Before(alerte(o)):
		g.sur(o, journal.Noter, attendreLimite(o, quand))
	case !passee && o.Limite > 0:
		g.sur(o, journal.Noter, s.silence(o, quand))
	default:
		motif := "La limite de retransmission est atteinte sans réponse du frontal."
		if passee {
			motif = "Le délai pour réussir est passé sans réponse du frontal."
		}
		g.sur(o, journal.Epuiser, journal.Champs{Motif: motif})
		if err := s.delaisser(ctx, g, o, &m); err != nil {
			return err
		}
	}
	return s.ecrire(ctx, g)
}

// delaisser abandons the message that the relay refused, once the last of its lots is past its limit: sending it again
// would do nothing.
func (s *Suivi) delaisser(ctx context.Context, g *geste, lot, m *journal.Objet) error {
	if m.Etat != journal.Refuse {
		return nil
	}
	lots, err := s.lotsDuMessage(ctx, m)
	if err != nil {
		return err
	}
	for i := range lots {
		if lots[i].Cle != lot.Cle && etats.EnRoute(&lots[i]) {
			return nil
		}
	}
	g.sur(m, journal.Abandonner, journal.Champs{Motif: "Les lots de ce message ne l'attendent plus."})
	return nil
}

// preavis is how long before the end of the days to succeed a person is told of a silence.
const preavis = 48 * time.Hour

// alerte is when a silence is told.
func alerte(o *journal.Objet) time.Time { return journal.Instant(o.Limite).Add(-preavis) }

// attendreLimite looks at the lot again when its silence is to be told, and then at its limit.
func attendreLimite(o *journal.Objet, quand time.Time) journal.Champs {
	switch a := alerte(o); {
	case o.Limite == 0:
		return journal.Champs{Echeance: rien}
	case quand.Before(a):
		return journal.Champs{Echeance: us(a)}
	}
	return journal.Champs{Echeance: o.Limite}
}

// silence tells, before the limit, that nothing answers.
func (s *Suivi) silence(o *journal.Objet, quand time.Time) journal.Champs {
	c := attendreLimite(o, quand)
	if o.Limite > 0 && !quand.Before(alerte(o)) && o.Attention == 0 {
		c.Attention = journal.AFaire
		c.Motif = "aucune réponse à ce jour, et le délai pour réussir se termine le " +
			s.cal.c.Lisible(journal.Instant(o.Limite))
	}
	return c
}
