package suivi

import (
	"context"
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// pose is what is to be noted of a piece: that it is there, or that its scan can't be used.
type pose struct {
	id string
	t  journal.Type
	c  journal.Champs
}

// poserPieces notes pieces in one group of events, each with its own error; no two have one identifier. Those of an
// accepted lot wake it together: each on its own would contend for it with all others.
func (s *Suivi) poserPieces(ctx context.Context, l []pose) []error {
	for {
		errs := make([]error, len(l))
		lots, err := s.tenterPieces(ctx, l, errs)
		switch {
		case errors.Is(err, journal.ErrConflit):
			continue
		case err == nil:
			if err := s.reveillerApres(ctx, lots); err != nil {
				errs[0] = errors.Join(errs[0], err)
			}
		case len(l) == 1:
			errs[0] = err
		default: // one of them, or all
			for i := range l {
				errs[i] = s.poserPieces(ctx, l[i:i+1])[0]
			}
		}
		return errs
	}
}

// tenterPieces gives the lots of the pieces that were noted, less those that it woke.
func (s *Suivi) tenterPieces(ctx context.Context, l []pose, errs []error) (lots map[string]bool, err error) {
	var refs []journal.Ref
	for i := range l {
		refs = append(refs, journal.Ref{Genre: journal.Piece, Cle: l[i].id})
		if f := l[i].c.Parent; f != "" {
			refs = append(refs, journal.Ref{Genre: journal.Facture, Cle: f},
				journal.Ref{Genre: journal.LotFactures, Cle: lotDeFacture(f)})
		}
	}
	m, err := s.c.Journal.Objets(ctx, uniques(refs)...)
	if err != nil {
		return nil, err
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return nil, err
	}
	g := nouveauGeste(quand)
	lots = map[string]bool{}
	for i := range l {
		lot := ""
		if lot, errs[i] = s.poser(ctx, g, m, l[i]); lot != "" {
			lots[lot] = true
		}
	}
	for r := range g.vus {
		if r.Genre == journal.LotFactures {
			delete(lots, r.Cle)
		}
	}
	return lots, s.ecrire(ctx, g)
}

func uniques(refs []journal.Ref) []journal.Ref {
	vus := make(map[journal.Ref]bool, len(refs))
	l := refs[:0]
	for _, r := range refs {
		if !vus[r] {
			vus[r] = true
			l = append(l, r)
		}
	}
	return l
}

// poser adds to g what is to be noted of a piece, and gives the lot of its invoice. m has the piece, its invoice and
// the lot as they were read.
func (s *Suivi) poser(ctx context.Context, g *geste, m map[journal.Ref]journal.Objet, p pose) (string, error) {
	c := p.c
	o := m[journal.Ref{Genre: journal.Piece, Cle: p.id}]
	f := m[journal.Ref{Genre: journal.Facture, Cle: c.Parent}]
	l := m[journal.Ref{Genre: journal.LotFactures, Cle: lotDeFacture(c.Parent)}]
	o.Genre, o.Cle = journal.Piece, p.id
	if f.Etat == journal.Refacture {
		var err error
		if f, err = s.factureActuelle(ctx, f.Cle); err != nil {
			return "", err
		}
		c.Parent = f.Cle
		if l, err = journal.Trouver(ctx, s.c.Journal, journal.LotFactures, f.Parent); err != nil {
			return "", err
		}
	}
	if fait, err := s.dejaFait(ctx, &o, p.t, &c); err != nil || fait {
		return "", err
	}
	if err := lotPurge(&l); err != nil {
		return "", err
	}
	c.Patient, c.Jour = f.Patient, f.Jour
	switch {
	case p.t == journal.Refuser && o.Limite == 0:
		// The days to succeed begin with the first attempt at scanning it (conv. kinésithérapeutes, art. 2.7.1).
		c.Limite = us(s.cal.apres(g.quand, s.c.Profil.Delais.Succes))
	case p.t == journal.Deposer && o.Limite != 0:
		c.Limite = rien
	}
	if p.t == journal.Deposer {
		c.Echeance = s.guet(g.quand)
	}
	e := journal.Evenement{Genre: o.Genre, Cle: o.Cle, Type: p.t, Version: o.Version + 1, Champs: c, Quand: g.quand}
	var et *journal.ErreurTransition
	if _, err := journal.Suivante(journal.Vue{Avant: &o, Ev: &e}); errors.As(err, &et) && o.Version > 0 {
		return "", fmt.Errorf("%w: %s is in state %q", ErrPieceEngagee, p.id, o.Etat)
	}
	g.sur(&o, p.t, c)
	if f.Version == 0 {
		return "", nil
	}
	if p.t == journal.Deposer {
		s.reveillerLot(g, &l)
	}
	return f.Parent, nil
}

// dejaFait says whether the piece is already what it is to become.
func (s *Suivi) dejaFait(ctx context.Context, o *journal.Objet, t journal.Type, c *journal.Champs) (bool, error) {
	switch {
	case o.Version == 0:
		return false, nil
	case t == journal.Deposer:
		return s.dejaDeposee(ctx, o, c)
	}
	return t == journal.Refuser && o.Etat == journal.Refuse && o.Motif == c.Motif, nil
}

// reveillerApres: lots may have been accepted, and their pieces looked at, while these were being written.
func (s *Suivi) reveillerApres(ctx context.Context, lots map[string]bool) error {
	for lot := range lots {
		if err := s.reveillerUn(ctx, lot); err != nil {
			return err
		}
	}
	return nil
}

// reveillerUn has a lot looked at again, if it is accepted.
func (s *Suivi) reveillerUn(ctx context.Context, lot string) error {
	for {
		l, err := journal.Trouver(ctx, s.c.Journal, journal.LotFactures, lot)
		if err != nil || l.Etat != journal.ARLPositif {
			return err
		}
		quand, err := s.maintenant(ctx)
		if err != nil {
			return err
		}
		err = s.ecrire(ctx, nouveauGeste(quand).sur(&l, journal.Rouvrir, journal.Champs{Echeance: us(quand)}))
		if !errors.Is(err, journal.ErrConflit) {
			return err
		}
	}
}

// reveiller has an accepted invoices' lot looked at again for SCOR lots to make.
func (s *Suivi) reveiller(ctx context.Context, g *geste, lot string) error {
	if _, deja := g.vus[journal.Ref{Genre: journal.LotFactures, Cle: lot}]; deja {
		return nil
	}
	l, err := journal.Trouver(ctx, s.c.Journal, journal.LotFactures, lot)
	if err != nil {
		return err
	}
	s.reveillerLot(g, &l)
	return nil
}

func (s *Suivi) reveillerLot(g *geste, l *journal.Objet) {
	_, deja := g.vus[l.Ref()]
	// Even if it is due already: a worker may be looking at its pieces, and must not end without this one.
	if l.Etat == journal.ARLPositif && !deja {
		g.sur(l, journal.Rouvrir, journal.Champs{Echeance: us(g.quand)})
	}
}
