package suivi

import (
	"context"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// noterSerie remembers the first piece acknowledged of a series of acts: the next invoices of the series send its
// reference.
func (s *Suivi) noterSerie(ctx context.Context, l *lecture, p *journal.Objet) error {
	if p.Reference != "" {
		return nil
	}
	f, err := l.objet(ctx, journal.Facture, p.Parent)
	if err != nil || f.Serie == "" {
		return err
	}
	cle := cleSerie(f.Serie, p.Nature)
	o, err := l.objet(ctx, journal.Cabinet, cle)
	if err != nil || o.Reference != "" {
		return err
	}
	o.Genre, o.Cle = journal.Cabinet, cle
	if o.Version > 0 { // it stands again for what refers to it
		err := s.renvoisA(ctx, p.Cle, func(x *journal.Objet) {
			if x.Precis == etats.PrecisOriginal {
				l.faire(x, journal.Noter, journal.Champs{Attention: rien, Precis: journal.Efface, Motif: journal.Efface})
			}
		})
		if err != nil {
			return err
		}
	}
	if !l.faire(o, journal.Noter, journal.Champs{Reference: p.Cle}) || f.Patient == "" {
		return nil
	}
	// Invoices of the series that were looked at before, and miss the piece: its reference does.
	for x, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Facture, Patient: f.Patient}) {
		if err != nil {
			return err
		}
		if x.Serie == f.Serie && etats.Manque(&x) {
			if err := s.reveiller(ctx, l.g, x.Parent); err != nil {
				return err
			}
		}
	}
	return nil
}

// oublierSerie: the piece that stands for a series isn't usable, or must go again. No reference to it leaves until it
// is acknowledged.
func (s *Suivi) oublierSerie(ctx context.Context, g *geste, p *journal.Objet) error {
	f, err := journal.Trouver(ctx, s.c.Journal, journal.Facture, p.Parent)
	if err != nil || f.Serie == "" {
		return err
	}
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Cabinet, cleSerie(f.Serie, p.Nature))
	if err != nil || o.Reference != p.Cle {
		return err
	}
	g.sur(&o, journal.Noter, journal.Champs{Reference: journal.Efface})
	return nil
}

// rejeterOriginal: the caisse rejects a piece after it acknowledged it. The references to it are worth no more than it.
func (s *Suivi) rejeterOriginal(ctx context.Context, g *geste, p *journal.Objet) error {
	if err := s.oublierSerie(ctx, g, p); err != nil || p.Reference != "" {
		return err
	}
	return s.renvoisA(ctx, p.Cle, func(x *journal.Objet) {
		switch x.Etat {
		case journal.Constitue, journal.EnLot, journal.ARLPositif:
			g.sur(x, journal.Noter, journal.Champs{Attention: journal.AFaire, Precis: etats.PrecisOriginal,
				Motif: "pièce " + p.Cle})
		}
	})
}

// renvoisA calls f with the pieces that are references to one.
func (s *Suivi) renvoisA(ctx context.Context, original string, f func(*journal.Objet)) error {
	for x, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Piece, Reference: original}) {
		if err != nil {
			return err
		}
		f(&x)
	}
	return nil
}
