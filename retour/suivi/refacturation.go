package suivi

import (
	"context"
	"errors"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// relierRefactures finds, among the invoices just registered, those that were billed before under another number and
// didn't go through, and has their pieces follow. Only what can't be mistaken is linked: same patient, same acts, same
// amounts, and one candidate; the rest is for a person (ActionRelier).
func (s *Suivi) relierRefactures(ctx context.Context, f *fse.Fichier) error {
	voisines := &echouees{s: s}
	for i := range f.Lots {
		for k := range f.Lots[i].Factures {
			fa := &f.Lots[i].Factures[k]
			if aucune, err := voisines.aucune(ctx); aucune || err != nil {
				return err
			}
			ancienne, err := s.ancienneFacture(ctx, fa)
			if err != nil {
				return err
			}
			if ancienne == nil {
				if err := s.direAutreNIR(ctx, fa, voisines); err != nil {
					return err
				}
				continue
			}
			var et *journal.ErreurTransition
			for {
				err = s.Relier(ctx, *ancienne, fa.Cle, Decision{Motif: "Même facture sous un nouveau numéro."})
				if !errors.Is(err, journal.ErrConflit) {
					break
				}
			}
			// ErrActionImpossible: the file is an old one, given again, and what failed is what came after it.
			if err != nil && !errors.As(err, &et) && !errors.Is(err, ErrActionImpossible) {
				return err
			}
		}
	}
	return nil
}

func (s *Suivi) ancienneFacture(ctx context.Context, f *fse.Facture) (*fse.CleFacture, error) {
	patient, contenu, cle := s.patient(f), contenuFacture(s.c.Coffre, f), cleFacture(f.Cle)
	if patient == "" || contenu == "" {
		return nil, nil
	}
	r := journal.Requete{Genre: journal.Facture, Reference: contenu}
	if vieilles, err := s.vieillesEmpreintes(ctx); err != nil {
		return nil, err
	} else if vieilles {
		r = journal.Requete{Genre: journal.Facture, Patient: patient}
	}
	var trouvee *fse.CleFacture
	for o, err := range s.c.Journal.Chercher(ctx, r) {
		if err != nil {
			return nil, err
		}
		if o.Cle == cle || o.Patient != patient {
			continue
		}
		if meme, err := s.memeContenu(ctx, &o, contenu); err != nil || !meme {
			if err != nil {
				return nil, err
			}
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

// echouee: the invoice was rejected, or its lot dissolved, or cancelled before it left.
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
	case journal.ARLNegatif, journal.MdS, journal.LimiteEssais, journal.Reconstitue, journal.Annule:
		return true, err
	}
	return false, err
}

// actuelle follows an invoice to the number under which it was billed last. lire reads an invoice; a version of zero is
// an unknown one.
func actuelle(o journal.Objet, lire func(cle string) (journal.Objet, error)) (journal.Objet, error) {
	vues := map[string]bool{}
	for o.Etat == journal.Refacture && o.Autre != "" && !vues[o.Autre] {
		vues[o.Cle] = true
		n, err := lire(o.Autre)
		if err != nil || n.Version == 0 {
			return o, err
		}
		o = n
	}
	return o, nil
}

func (s *Suivi) factureActuelle(ctx context.Context, cle string) (journal.Objet, error) {
	lire := func(cle string) (journal.Objet, error) {
		return journal.Trouver(ctx, s.c.Journal, journal.Facture, cle)
	}
	o, err := lire(cle)
	if err != nil {
		return o, err
	}
	return actuelle(o, lire)
}

// suivreFacture links a piece, once it is out of its lot or answered, to the new number of an invoice that was billed
// again while the piece was on its way.
func (s *Suivi) suivreFacture(ctx context.Context, g *geste, p *journal.Objet, source string) error {
	f, err := s.factureActuelle(ctx, p.Parent)
	if err != nil || f.Version == 0 || f.Cle == p.Parent {
		return err
	}
	return s.relierA(ctx, g, p, &f, journal.Champs{Source: source})
}

// memeContenu says that an invoice of the journal has that content. One registered with a digest that isn't made any
// more is read back.
func (s *Suivi) memeContenu(ctx context.Context, o *journal.Objet, contenu string) (bool, error) {
	if actuelleEmpreinte(o.Reference) {
		return o.Reference == contenu, nil
	}
	l, err := journal.Trouver(ctx, s.c.Journal, journal.LotFactures, o.Parent)
	if err != nil || l.Etat == journal.Purge {
		return false, err
	}
	f, err := s.factureLue(ctx, &l, o.Cle)
	if err != nil || f == nil {
		return false, nil //nolint:nilerr // what can't be read back is told where it is needed; a person links
	}
	return contenuFacture(s.c.Coffre, f) == contenu, nil
}

// vieillesEmpreintes says that the journal began under digests that aren't made any more, by which no index finds what
// is the same: the first invoice registered tells.
func (s *Suivi) vieillesEmpreintes(ctx context.Context) (bool, error) {
	if n := s.empreintes.Load(); n != 0 {
		return n == empreintesVieilles, nil
	}
	for e, err := range s.c.Journal.Rejouer(ctx, 0) {
		if err != nil {
			return false, err
		}
		if e.Genre != journal.Facture || e.Type != journal.Enregistrer {
			continue
		}
		if actuelleEmpreinte(e.Champs.Reference) {
			s.empreintes.Store(empreintesActuelles)
			return false, nil
		}
		s.empreintes.Store(empreintesVieilles)
		return true, nil
	}
	return false, nil
}

const (
	empreintesActuelles = 1 + iota
	empreintesVieilles
)
