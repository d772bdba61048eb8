package suivi

import (
	"context"
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// relierPiece links a piece to another invoice: the same one under its new number, or the right one.
func (s *Suivi) relierPiece(ctx context.Context, g *geste, o *journal.Objet, but fse.CleFacture,
	c journal.Champs) error {
	f, err := s.factureActuelle(ctx, cleFacture(but))
	if err != nil {
		return err
	}
	if f.Version == 0 {
		return fmt.Errorf("%w: %s", ErrFactureAbsente, but)
	}
	if err := s.lotPresent(ctx, f.Cle); err != nil {
		return fmt.Errorf("%w: %w", ErrActionImpossible, err)
	}
	return s.relierA(ctx, g, o, &f, c)
}

func (s *Suivi) relierA(ctx context.Context, g *geste, o, f *journal.Objet, c journal.Champs) error {
	c.Parent, c.Patient, c.Jour, c.Mode = f.Cle, f.Patient, f.Jour, journal.Efface
	if o.Etat != journal.Refuse { // whose reason stays true
		c.Code = journal.Efface
		if c.Motif == "" {
			c.Motif = journal.Efface
		}
	}
	switch o.Etat {
	case journal.Constitue, journal.Refuse:
	default:
		c.Dans = journal.Efface
		if err := s.oublierSerie(ctx, g, o); err != nil {
			return err
		}
	}
	if o.Etat != journal.Refuse {
		c.Attention = rien
	}
	if o.Etat != journal.Refuse {
		c.Echeance = s.guet(g.quand)
	}
	g.sur(o, journal.Relier, c)
	return s.reveiller(ctx, g, f.Parent)
}

// Relier says that an invoice was billed again under a new number: its pieces follow it.
func (s *Suivi) Relier(ctx context.Context, ancienne, nouvelle fse.CleFacture, d Decision) error {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.Facture, cleFacture(ancienne))
	if err != nil {
		return err
	}
	if o.Version == 0 {
		return fmt.Errorf("%w: %s", ErrFactureAbsente, ancienne)
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	g := nouveauGeste(quand)
	if err := s.refacturer(ctx, g, &o, nouvelle, journal.Champs{Auteur: d.Auteur, Motif: d.Motif}); err != nil {
		return err
	}
	if err := s.ecrire(ctx, g); err != nil {
		return err
	}
	return s.solderLot(ctx, o.Parent)
}

// motifTouteRefacturee is what a lot says that asked to be billed again, once it is.
const motifTouteRefacturee = "Toutes ses factures sont refacturées."

// solderLot takes back what a lot that didn't go through asks for, once each of its invoices was billed again or
// closed. The lot stays as it is: an ARL+ that comes late is told.
func (s *Suivi) solderLot(ctx context.Context, cle string) error {
	o, err := journal.Trouver(ctx, s.c.Journal, journal.LotFactures, cle)
	if err != nil || o.Attention <= 0 {
		return err
	}
	switch o.Etat {
	case journal.ARLNegatif, journal.MdS, journal.LimiteEssais:
	default:
		return nil
	}
	r := journal.Requete{Genre: journal.Facture, Parent: cle, Limite: 1, Etats: []journal.Etat{journal.Enregistre,
		journal.Incomplet, journal.Paye, journal.Signale, journal.Rejet}}
	for _, err := range s.c.Journal.Chercher(ctx, r) {
		return err // one is left
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	err = s.ecrire(ctx, nouveauGeste(quand).sur(&o, journal.Noter, journal.Champs{Attention: rien,
		Mode: etats.ModeSolde, Motif: motifTouteRefacturee}))
	if errors.Is(err, journal.ErrConflit) { // an answer came in between: what the lot asks for is another thing
		return nil
	}
	return err
}

// refacturer moves what an invoice had to its new number. Pieces on their way follow when their lot is answered or
// dissolved.
func (s *Suivi) refacturer(ctx context.Context, g *geste, o *journal.Objet, but fse.CleFacture,
	c journal.Champs) error {
	f, err := s.factureActuelle(ctx, cleFacture(but))
	if err != nil {
		return err
	}
	if f.Version == 0 {
		return fmt.Errorf("%w: %s", ErrFactureAbsente, but)
	}
	if c.Autre = f.Cle; c.Autre == o.Cle {
		return fmt.Errorf("%w: an invoice isn't its own replacement", ErrActionImpossible)
	}
	if err := s.lotPresent(ctx, f.Cle); err != nil {
		return fmt.Errorf("%w: %w", ErrActionImpossible, err)
	}
	g.sur(o, journal.Refacturer, c)
	for p, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Piece, Parent: o.Cle}) {
		if err != nil {
			return err
		}
		switch p.Etat {
		case journal.Constitue, journal.Refuse, journal.ARLNegatif, journal.Rejet, journal.ARLPositif:
			if err := s.relierA(ctx, g, &p, &f, journal.Champs{}); err != nil {
				return err
			}
		}
	}
	return nil
}
