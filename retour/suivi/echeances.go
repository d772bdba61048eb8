package suivi

import (
	"context"
	"errors"

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

// echeanceLot: no answer came in time. The same message goes again while the limit of retransmissions and the days to succeed allow it.
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
	switch {
	case o.Etat != journal.Constitue && o.Etat != journal.Transmis && o.Etat != journal.ANR:
		g.sur(o, journal.Noter, journal.Champs{Echeance: rien})
	case !passee && o.Etat == journal.Transmis && m.Etat == journal.Transmis && m.Essais < m.EssaisMax:
		g.sur(&m, journal.Renvoyer, journal.Champs{Echeance: us(quand), Motif: "Aucune réponse dans le délai : le même message repart."})
		c := journal.Champs{Echeance: o.Limite}
		if o.Limite == 0 {
			c.Echeance = rien
		}
		g.sur(o, journal.Noter, c)
	case !passee && m.Version > 0 && m.Etat != journal.Transmis && m.Etat != journal.Abandonne:
		// The message is still on its way out; the limit will tell.
		c := journal.Champs{Echeance: o.Limite}
		if o.Limite == 0 {
			c.Echeance = rien
		}
		g.sur(o, journal.Noter, c)
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

// delaisser abandons the message that the relay refused, once the last of its lots is past its limit: sending it again would do nothing.
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
