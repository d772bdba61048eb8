package suivi

import (
	"context"
	"errors"
	"io"
	"io/fs"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// A document that was kept and can't be read back, altered or gone, holds up its own piece only: the piece asks for a
// new scan, which heals it, and the others of its lot leave in a new one.

// abime says that what was read isn't what was kept; another error, of the disk or the network, may pass.
func abime(err error) bool { return errors.Is(err, coffre.ErrAltere) || errors.Is(err, fs.ErrNotExist) }

// lisible reads a document to its end.
func (s *Suivi) lisible(ctx context.Context, empreinte string) error {
	e, err := lireEmpreinte(empreinte)
	if err != nil {
		return err
	}
	r, err := s.ouvrirDocument(ctx, e)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, r)
	return errors.Join(err, r.Close())
}

const (
	motifPieceAbimee   = "Le document gardé est altéré ou absent : numériser ou déposer à nouveau la pièce."
	motifFichierAbime  = "Le fichier de factures gardé est altéré ou absent : le déposer à nouveau."
	motifLotDefait     = "Un de ses documents est altéré : les autres pièces partent dans un nouveau lot."
	motifMessageDefait = "Un document de ce message est altéré : les autres pièces partent dans un nouveau message."
)

// ecarterAbimes takes the bad documents out of a message that couldn't be composed, and says whether there were any.
// The message never left: its lots are cancelled, their good pieces go in new ones.
func (s *Suivi) ecarterAbimes(ctx context.Context, m *journal.Objet) (bool, error) {
	if m.Nature != naturePieces {
		return false, nil
	}
	lots, err := s.lotsDuMessage(ctx, m)
	if err != nil {
		return false, err
	}
	var pieces []journal.Objet
	mauvaises := map[string]bool{}
	for i := range lots {
		for p, err := range s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Piece, Dans: lots[i].Cle}) {
			if err != nil {
				return false, err
			}
			pieces = append(pieces, p)
			if p.Empreinte == "" {
				continue
			}
			if err := s.lisible(ctx, p.Empreinte); abime(err) {
				mauvaises[p.Cle] = true
			} else if err != nil {
				return false, err
			}
		}
	}
	if len(mauvaises) == 0 {
		return false, nil
	}
	quand, err := s.maintenant(ctx)
	if err != nil {
		return false, err
	}
	g := nouveauGeste(quand).sur(m, journal.Abandonner, journal.Champs{Motif: motifMessageDefait})
	for i := range lots {
		g.sur(&lots[i], journal.Annuler, journal.Champs{Motif: motifLotDefait})
	}
	for i := range pieces {
		if err := s.sortir(ctx, g, &pieces[i], mauvaises[pieces[i].Cle]); err != nil {
			return false, err
		}
	}
	for i := range lots {
		if err := s.reveiller(ctx, g, lots[i].Parent); err != nil {
			return false, err
		}
	}
	return true, s.ecrire(ctx, g)
}

// sortir takes a piece out of its cancelled lot, and refuses it when its document is bad.
func (s *Suivi) sortir(ctx context.Context, g *geste, p *journal.Objet, mauvaise bool) error {
	g.sur(p, journal.Delier, journal.Champs{Dans: journal.Efface, Mode: journal.Efface, Echeance: s.guet(g.quand)})
	p.Etat = journal.Constitue
	if err := s.suivreFacture(ctx, g, p, ""); err != nil || !mauvaise {
		return err
	}
	c := journal.Champs{Motif: motifPieceAbimee}
	if p.Limite == 0 {
		c.Limite = us(s.cal.apres(g.quand, s.c.Profil.Delais.Succes))
	}
	g.sur(p, journal.Refuser, c)
	return nil
}

// noterAltere tells that the invoices of an accepted lot can't be read back; the same lot deposited again heals it.
func (s *Suivi) noterAltere(ctx context.Context, l *journal.Objet) error {
	quand, err := s.maintenant(ctx)
	if err != nil {
		return err
	}
	return s.ecrire(ctx, nouveauGeste(quand).sur(l, journal.Rouvrir, journal.Champs{Attention: journal.Urgent,
		Motif: etats.MotifAltere, Echeance: us(quand.Add(pouls))}))
}
