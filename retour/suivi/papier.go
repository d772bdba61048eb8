package suivi

import (
	"context"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

func (s *Suivi) lignesPapier(ctx context.Context, ordre []string, pieces map[string][]VuePiece) ([]LignePapier, error) {
	slices.Sort(ordre) // keys sort by sender, day, lot, number
	lots := map[string]*fse.Lot{}
	var l []LignePapier
	for _, cle := range ordre {
		if cle == "" {
			continue // a piece without invoice: nothing to put it with
		}
		c, err := lireCleFacture(cle)
		if err != nil {
			return nil, err
		}
		k := cleLot(c.Lot)
		if lots[k] == nil {
			o, err := journal.Trouver(ctx, s.c.Journal, journal.LotFactures, k)
			if err != nil {
				return nil, err
			}
			if o.Version == 0 {
				continue
			}
			if o.Etat == journal.Purge {
				lots[k] = &fse.Lot{Cle: c.Lot}
			} else if lots[k], err = s.lotFactures(ctx, o.Empreinte); err != nil {
				return nil, err
			}
		}
		if len(lots[k].Factures) == 0 {
			l = append(l, LignePapier{Facture: fse.Facture{Cle: c}, Pieces: pieces[cle], Purgee: true})
		}
		for i := range lots[k].Factures {
			if lots[k].Factures[i].Cle == c {
				l = append(l, LignePapier{Facture: lots[k].Factures[i], Pieces: pieces[cle]})
			}
		}
	}
	return l, nil
}
