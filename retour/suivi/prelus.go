package suivi

import (
	"context"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// prelus are objects read together: those that pieces concern, one by one, would be several questions a piece. nil
// reads each when it is asked for.
type prelus struct {
	objets   map[journal.Ref]journal.Objet
	demandes map[journal.Ref]bool
}

// prelire reads pieces, their invoices, and the lots of these, as they are now.
func (s *Suivi) prelire(ctx context.Context, pieces []scor.Piece) (*prelus, error) {
	p := &prelus{demandes: make(map[journal.Ref]bool, 2*len(pieces)+1)}
	refs := make([]journal.Ref, 0, 2*len(pieces)+1)
	lire := func(genre journal.Genre, cle string) {
		if r := (journal.Ref{Genre: genre, Cle: cle}); cle != "" && !p.demandes[r] {
			p.demandes[r] = true
			refs = append(refs, r)
		}
	}
	for i := range pieces {
		f := cleFacture(pieces[i].Facture)
		lire(journal.Piece, pieces[i].ID)
		lire(journal.Facture, f)
		lire(journal.LotFactures, lotDeFacture(f))
	}
	var err error
	p.objets, err = s.c.Journal.Objets(ctx, refs...)
	return p, err
}

// trouver is journal.Trouver, of what was read first.
func (p *prelus) trouver(ctx context.Context, j Journal, g journal.Genre, cle string) (journal.Objet, error) {
	if p != nil {
		if r := (journal.Ref{Genre: g, Cle: cle}); p.demandes[r] {
			return p.objets[r], nil
		}
	}
	return journal.Trouver(ctx, j, g, cle)
}

// factureActuelle is Suivi.factureActuelle, of what was read first.
func (p *prelus) factureActuelle(ctx context.Context, j Journal, cle string) (journal.Objet, error) {
	lire := func(cle string) (journal.Objet, error) { return p.trouver(ctx, j, journal.Facture, cle) }
	o, err := lire(cle)
	if err != nil {
		return o, err
	}
	return actuelle(o, lire)
}
