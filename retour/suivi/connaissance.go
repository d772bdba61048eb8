package suivi

import (
	"context"
	"fmt"
	"strconv"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// connaitre looks at a lot that is known and given again: the same content may say more of it than before, or heal what
// is kept; another content is refused.
func (s *Suivi) connaitre(ctx context.Context, g *geste, o *journal.Objet, donne *fse.Lot) error {
	if o.Etat == journal.Purge {
		return nil // nothing is left to compare with, and nothing comes back
	}
	empreinte := empreinteLot(s.c.Coffre, donne)
	if actuelleEmpreinte(o.Nature) && o.Nature != empreinte {
		return fmt.Errorf("%w: %s", ErrLotDifferent, donne.Cle)
	}
	garde, err := s.lotFactures(ctx, o.Empreinte)
	switch {
	case abime(err):
		return s.noterAppris(ctx, g, o, donne, empreinte) // kept again in its place
	case err != nil:
		return fmt.Errorf("suivi: lot %s: %w", donne.Cle, err)
	}
	// Of a version of the digest that isn't made any more: the contents themselves are compared.
	if empreinteLot(s.c.Coffre, garde) != empreinte {
		return fmt.Errorf("%w: %s", ErrLotDifferent, donne.Cle)
	}
	if !apprendre(garde, donne) {
		return nil
	}
	return s.noterAppris(ctx, g, o, garde, empreinte)
}

// noterAppris keeps what is now known of a lot, and has it looked at again.
func (s *Suivi) noterAppris(ctx context.Context, g *geste, o *journal.Objet, l *fse.Lot, empreinte string) error {
	contenu, err := s.garderLot(ctx, l)
	if err != nil {
		return err
	}
	c := journal.Champs{Empreinte: contenu, Nature: empreinte}
	if o.Etat == journal.ARLPositif {
		c.Echeance = us(g.quand)
		g.sur(o, journal.Rouvrir, c)
	} else {
		g.sur(o, journal.Noter, c)
	}
	for i := range l.Factures {
		f := &l.Factures[i]
		x, err := journal.Trouver(ctx, s.c.Journal, journal.Facture, cleFacture(f.Cle))
		if err != nil {
			return err
		}
		var c journal.Champs
		if n := natureFlux(f.Flux); n != x.Nature {
			c.Nature = n
		}
		if n := s.serie(f); n != x.Serie {
			c.Serie = n
		}
		if x.Version > 0 && c != (journal.Champs{}) {
			g.sur(&x, journal.Noter, c)
		}
	}
	return nil
}

// natureFlux is a flow as the objects of invoices hold it: journals have the numbers of when FluxB2 was 0.
func natureFlux(f fse.Flux) string { return strconv.Itoa(int(f) - int(fse.FluxB2)) }
