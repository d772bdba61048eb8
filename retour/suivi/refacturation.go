package suivi

import (
	"context"
	"errors"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// relierRefactures finds, among the invoices just registered, those that were billed before under another number and didn't go through,
// and has their pieces follow. Only what can't be mistaken is linked: same patient, same acts, same amounts, and one candidate; the rest is
// for a person (ActionRelier).
func (s *Suivi) relierRefactures(ctx context.Context, f *fse.Fichier) error {
	for i := range f.Lots {
		for k := range f.Lots[i].Factures {
			fa := &f.Lots[i].Factures[k]
			ancienne, err := s.ancienneFacture(ctx, fa)
			if err != nil {
				return err
			}
			if ancienne == nil {
				continue
			}
			err = s.Relier(ctx, *ancienne, fa.Cle, Decision{Motif: "Même facture sous un nouveau numéro."})
			var et *journal.ErreurTransition
			if err != nil && !errors.Is(err, journal.ErrConflit) && !errors.As(err, &et) {
				return err
			}
		}
	}
	return nil
}

func (s *Suivi) ancienneFacture(ctx context.Context, f *fse.Facture) (*fse.CleFacture, error) {
	patient, contenu, cle := s.patient(f), s.contenuFacture(f), cleFacture(f.Cle)
	if patient == "" || contenu == "" {
		return nil, nil
	}
	var trouvee *fse.CleFacture
	for o, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Facture, Patient: patient}) {
		if err != nil {
			return nil, err
		}
		if o.Cle == cle || o.Reference != contenu {
			continue
		}
		echouee, err := s.echouee(ctx, &o)
		if err != nil {
			return nil, err
		}
		if !echouee {
			continue
		}
		if trouvee != nil {
			return nil, nil
		}
		c, err := lireCleFacture(o.Cle)
		if err != nil {
			return nil, err
		}
		trouvee = &c
	}
	return trouvee, nil
}

// echouee: the invoice was rejected, or its lot dissolved.
func (s *Suivi) echouee(ctx context.Context, o *journal.Objet) (bool, error) {
	switch o.Etat {
	case journal.Rejet:
		return true, nil
	case journal.Enregistre, journal.Incomplet:
	default:
		return false, nil
	}
	l, err := journal.Trouver(ctx, s.c.Journal, journal.LotFactures, o.Parent)
	switch l.Etat {
	case journal.ARLNegatif, journal.MdS, journal.LimiteEssais, journal.Reconstitue:
		return true, err
	}
	return false, err
}
