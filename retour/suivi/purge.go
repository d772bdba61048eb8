package suivi

import (
	"context"
	"fmt"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/delais"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Purge is what Purger did.
type Purge struct {
	Pieces, Messages int
	// Gardees: past no rule yet, or not finished.
	Gardees int
}

// Purger removes the bytes of what is past its retention: pieces that are finished, then the messages, sent and received, of that time.
// The longest of the profile's rules and of the public ones for these publics holds, counted from the transmission; what is not finished
// is never purged. The trace stays in the journal: which piece, its digest, by which rule, who asked. It may be run again after a crash.
func (s *Suivi) Purger(ctx context.Context, r *Reglement, d Decision, publics ...string) (Purge, error) {
	var x Purge
	quand, err := s.maintenant(ctx)
	if err != nil {
		return x, err
	}
	gardes := map[string]bool{} // digests that something still needs
	var aPurger []journal.Objet
	regles := map[string]string{}
	for _, g := range []journal.Genre{journal.Piece, journal.Message, journal.Reception} {
		for o, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: g}) {
			if err != nil {
				return x, err
			}
			if o.Empreinte == "" {
				continue
			}
			regle, passe := s.finConservation(&o, r, quand, publics)
			if o.Etat == journal.Purge || passe && purgeable(&o) {
				aPurger = append(aPurger, o)
				regles[o.Cle] = regle
				continue
			}
			gardes[o.Empreinte] = true
			x.Gardees++
		}
	}
	for i := range aPurger {
		o := &aPurger[i]
		if o.Etat != journal.Purge {
			g := nouveauGeste(quand)
			if o.Genre == journal.Piece && o.Etat != journal.Clos {
				g.sur(o, journal.Clore, journal.Champs{})
			}
			g.sur(o, journal.Purger, journal.Champs{Motif: "Conservation terminée : " + regles[o.Cle], Auteur: d.Auteur})
			if err := s.ecrire(ctx, g); err != nil {
				return x, err
			}
			if o.Genre == journal.Piece {
				x.Pieces++
			} else {
				x.Messages++
			}
		}
		// After the trace, and again if a crash came in between: removing what isn't there is no error.
		if gardes[o.Empreinte] {
			continue
		}
		e, err := lireEmpreinte(o.Empreinte)
		if err != nil {
			return x, err
		}
		if err := s.c.Coffre.Supprimer(ctx, e); err != nil {
			return x, fmt.Errorf("suivi: purging %s %s: %w", o.Genre, o.Cle, err)
		}
	}
	return x, nil
}

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

// finConservation says which rule holds and whether it is past.
func (s *Suivi) finConservation(o *journal.Objet, r *Reglement, quand time.Time, publics []string) (string, bool) {
	fin, regle := r.Fin(o.Modifie, s.cal.c, publics...)
	source := ""
	if regle != nil {
		source = regle.Source
	}
	for _, k := range s.c.Profil.Delais.Conservation {
		if f := s.cal.c.Apres(o.Modifie, k.Delai.Duree, delais.Unite(k.Delai.Unite)); f.After(fin) {
			fin, source = f, k.Delai.Source
		}
	}
	return source, !fin.IsZero() && quand.After(fin)
}
