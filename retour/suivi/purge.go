package suivi

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/delais"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Purge is what Purger did.
type Purge struct {
	Pieces, Messages, Lots int
	// Gardees: past no rule yet, or not finished; not counted when no day of the journal is past its retention.
	Gardees int
}

// ErrPublic says that no rule is for a public that was asked for: without it, the retention could be too short.
var ErrPublic = errors.New("suivi: no rule of retention for this public")

// Purger removes the bytes of what is past its retention: pieces that are finished, with the scans that they replaced,
// then the invoices' lots all of whose pieces are, with their invoices and the file that brought them, and the
// messages, sent and received, of that time. The longest of the profile's rules and of the public ones for these
// publics holds, counted from the transmission; what is not finished is never purged: a piece whose invoice is rejected
// or lacks another, a message whose lot waits for something, or that proves the sending of a piece that stays. The
// trace stays in the journal: which piece, its digest, by which rule, who asked. It may be run again after a crash.
func (s *Suivi) Purger(ctx context.Context, r *Reglement, d Decision, publics ...string) (Purge, error) {
	for _, p := range publics {
		if !r.connait(p) {
			return Purge{}, fmt.Errorf("%w: %q", ErrPublic, p)
		}
	}
	if r == nil {
		r = &Reglement{}
	}
	if err := s.horlogeSure(ctx); err != nil { // ten years too early can't be undone
		return Purge{}, err
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return Purge{}, err
	}
	tete, err := s.c.Journal.Tete(ctx)
	if err != nil {
		return Purge{}, err
	}
	passees, err := s.joursPasses(ctx, r, quand, publics)
	if err != nil || len(passees) == 0 {
		return Purge{}, err
	}
	p := &purge{s: s, d: d, quand: quand, vus: tete.Seq, passees: passees, regles: map[journal.Ref]string{},
		octets: map[string]bool{}, gardes: map[journal.Ref]bool{}, retenus: map[string]bool{}}
	if err := p.trier(ctx); err != nil {
		return p.x, err
	}
	for i := range p.aPurger {
		if err := p.purger(ctx, &p.aPurger[i]); err != nil {
			return p.x, err
		}
	}
	if err := p.purgerLots(ctx); err != nil {
		return p.x, err
	}
	if f, ok := s.c.Coffre.(interface{ FinirPurge(context.Context) error }); ok && p.retires {
		return p.x, f.FinirPurge(ctx)
	}
	return p.x, nil
}

type purge struct {
	s       *Suivi
	x       Purge
	d       Decision
	quand   time.Time
	aPurger []journal.Objet
	lots    []lotAPurger
	regles  map[journal.Ref]string
	octets  map[string]bool      // digests that something still needs
	gardes  map[journal.Ref]bool // what stays although its own time is past
	retenus map[string]bool      // invoices' lots that something waits for
	vus     uint64               // last event that octets takes into account
	retires bool                 // something was removed from the Coffre
	passees map[fse.Date]string  // by day, what dates from it and is past its retention: by which rule
}

// trier says what goes and what stays: the pieces first, for the messages depend on them.
func (p *purge) trier(ctx context.Context) error {
	ouvertes := map[string]bool{} // invoices that something is awaited of
	for f, err := range p.s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Facture,
		Etats: []journal.Etat{journal.Rejet, journal.Incomplet}}) {
		if err != nil {
			return err
		}
		ouvertes[f.Cle] = true
		p.retenus[f.Parent] = true
	}
	gardees := map[string]bool{} // pieces
	for _, g := range []journal.Genre{journal.Piece, journal.Message, journal.Reception} {
		for o, err := range p.s.c.Journal.Chercher(ctx, journal.Requete{Genre: g}) {
			if err != nil {
				return err
			}
			regle, passe := p.passe(o.Modifie)
			part := o.Etat == journal.Purge || passe && purgeable(&o) && !p.gardes[o.Ref()]
			if o.Empreinte == "" {
				if g == journal.Piece && !part { // a reference, or a scan refused
					p.retenus[lotDeFacture(o.Parent)] = true
				}
				continue
			}
			switch {
			case part && g == journal.Piece && o.Etat != journal.Purge && ouvertes[o.Parent]:
				part = false
				l, err := p.s.objetsDe(ctx, o.Parent)
				if err != nil {
					return err
				}
				for i := range l {
					p.gardes[l[i].Ref()] = true
				}
			case part && g == journal.Message && o.Etat != journal.Purge:
				if part, err = p.messageFini(ctx, &o, gardees); err != nil {
					return err
				}
			}
			if part {
				p.aPurger = append(p.aPurger, o)
				p.regles[o.Ref()] = regle
				continue
			}
			if g == journal.Piece {
				gardees[o.Cle] = true
				p.retenus[lotDeFacture(o.Parent)] = true
			}
			p.octets[o.Empreinte] = true
			p.x.Gardees++
		}
	}
	return p.trierLots(ctx)
}

// messageFini: its lots wait for nothing, and no piece that stays went by it.
func (p *purge) messageFini(ctx context.Context, m *journal.Objet, gardees map[string]bool) (bool, error) {
	lots, err := p.s.lotsDuMessage(ctx, m)
	if err != nil {
		return false, err
	}
	for i := range lots {
		switch lots[i].Etat {
		case journal.ARLPositif, journal.Verification, journal.Reconstitue, journal.Manuel, journal.Papier, journal.Clos,
			journal.Annule, journal.Purge:
		default:
			return false, nil
		}
		if lots[i].Genre != journal.LotScor {
			continue
		}
		for o, err := range p.s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Piece, Dans: lots[i].Cle}) {
			if err != nil || gardees[o.Cle] {
				return false, err
			}
		}
	}
	return true, nil
}

func (p *purge) purger(ctx context.Context, o *journal.Objet) error {
	if o.Etat != journal.Purge {
		if o.Genre == journal.Piece {
			if err := p.remplaces(ctx, o); err != nil {
				return err
			}
		}
		g := nouveauGeste(p.quand)
		if o.Genre == journal.Piece && o.Etat != journal.Clos {
			g.sur(o, journal.Clore, journal.Champs{})
		}
		g.sur(o, journal.Purger, journal.Champs{Motif: motifPurge + p.regles[o.Ref()], Auteur: p.d.Auteur})
		if err := p.s.ecrire(ctx, g); err != nil {
			return err
		}
		if o.Genre == journal.Piece {
			p.x.Pieces++
		} else {
			p.x.Messages++
		}
	}
	// After the trace, and again if a crash came in between: removing what isn't there is no error.
	return p.supprimer(ctx, o, o.Empreinte)
}

// remplaces removes the scans that the piece's document replaced.
func (p *purge) remplaces(ctx context.Context, o *journal.Objet) error {
	for e, err := range journal.Histoire(ctx, p.s.c.Journal, o) {
		if err != nil {
			return err
		}
		if x := e.Champs.Empreinte; x != "" && x != o.Empreinte {
			if err := p.supprimer(ctx, o, x); err != nil {
				return err
			}
		}
	}
	return nil
}

func (p *purge) supprimer(ctx context.Context, o *journal.Objet, empreinte string) error {
	if err := p.suivre(ctx); err != nil {
		return err
	}
	if p.octets[empreinte] {
		return nil
	}
	e, err := lireEmpreinte(empreinte)
	if err != nil {
		return err
	}
	p.retires = true
	if err := p.s.c.Coffre.Supprimer(ctx, e); err != nil {
		return fmt.Errorf("suivi: purging %s %s: %w", o.Genre, o.Cle, err)
	}
	return nil
}

// suivre reads what came since the sorting: it may be the same bytes, or concern a lot that was to go.
func (p *purge) suivre(ctx context.Context) error {
	for e, err := range p.s.c.Journal.Rejouer(ctx, p.vus) {
		if err != nil {
			return err
		}
		p.vus = e.Seq
		if e.Type == journal.Purger || e.Type == journal.Clore {
			continue
		}
		if e.Champs.Empreinte != "" {
			p.octets[e.Champs.Empreinte] = true
		}
		switch e.Genre {
		case journal.LotFactures:
			if e.Type == journal.Constituer {
				p.octets[e.Champs.Source] = true
			}
		case journal.Piece:
			p.retenus[lotDeFacture(e.Champs.Parent)] = true
		case journal.Facture:
			p.retenus[lotDeFacture(e.Cle)] = true
		}
	}
	return nil
}

const motifPurge = "Conservation terminée : "

func purgeable(o *journal.Objet) bool {
	switch o.Genre {
	case journal.Piece:
		switch o.Etat {
		case journal.ARLPositif, journal.Papier, journal.Manuel, journal.Clos:
			return true
		}
	case journal.Message:
		return o.Etat == journal.Transmis || o.Etat == journal.Abandonne
	case journal.Reception:
		return o.Etat == journal.Traite || o.Etat == journal.Clos
	}
	return false
}

// passe says whether what dates from t is past its retention, and by which rule.
func (p *purge) passe(t time.Time) (string, bool) {
	regle, ok := p.passees[fse.DateDe(p.s.cal.c.Local(t))]
	return regle, ok
}

// joursPasses gives the days of the journal of which the retention is past, with the rule. There are a few thousand
// days in the life of an office, and hundreds of thousands of objects: when no day is past, none of these is read.
func (s *Suivi) joursPasses(ctx context.Context, r *Reglement, quand time.Time, publics []string) (map[fse.Date]string,
	error) {
	passees := map[fse.Date]string{}
	if h, err := s.c.Journal.Tete(ctx); err != nil || h.Seq == 0 {
		return passees, err
	}
	e, err := s.c.Journal.Evenement(ctx, 1)
	if err != nil {
		return nil, err
	}
	for t := s.cal.c.Local(e.Quand); !t.After(quand); t = t.AddDate(0, 0, 1) {
		if regle, passe := s.finConservation(t, r, quand, publics); passe {
			passees[fse.DateDe(t)] = regle
		}
	}
	return passees, nil
}

// finConservation says which rule holds for what dates from du, and whether it is past.
func (s *Suivi) finConservation(du time.Time, r *Reglement, quand time.Time, publics []string) (string, bool) {
	fin, regle := r.Fin(du, s.cal.c, publics...)
	source := ""
	if regle != nil {
		source = regle.Source
	}
	for _, k := range s.c.Profil.Delais.Conservation {
		if f := s.cal.c.Apres(du, k.Delai.Duree, delais.Unite(k.Delai.Unite)); f.After(fin) {
			fin, source = f, k.Delai.Source
		}
	}
	return source, !fin.IsZero() && quand.After(fin)
}
