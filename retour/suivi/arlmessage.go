package suivi

import (
	"context"
	"encoding/json"

	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// An ARL may name less than a lot and its date: the message alone (its compostage, or its file's identification), or a
// number without a day.

// arlSansLot answers each lot that such an ARL is about; false where it finds none, or one that is found otherwise.
func (l *lecture) arlSansLot(ctx context.Context, a *retour.ARL) (bool, error) {
	lots, err := l.lotsSansDate(ctx, a)
	if err != nil || len(lots) == 0 {
		return false, err
	}
	lignes, err := l.partager(ctx, a.Pieces, lots)
	if err != nil {
		return false, err
	}
	for i := range lots {
		b := *a
		if b.Lot, b.Flux, err = identite(&lots[i]); err != nil {
			return false, err
		}
		b.Pieces = lignes[i]
		if err := l.arlDeLot(ctx, &b); err != nil {
			return false, err
		}
	}
	return true, nil
}

func identite(o *journal.Objet) (lot.Cle, string, error) {
	if o.Genre == journal.LotScor {
		c, err := lireCleLotScor(o.Cle)
		return c, scor.FluxPieces, err
	}
	c, err := lireCleLot(o.Cle)
	return lot.Cle{Numero: c.Numero, Date: c.Date}, scor.FluxFactures, err
}

// lotsSansDate finds the lots: those of the message, or the only one of that number that waits.
func (l *lecture) lotsSansDate(ctx context.Context, a *retour.ARL) ([]journal.Objet, error) {
	m, err := l.messageDeARL(ctx, a)
	if err != nil {
		return nil, err
	}
	var lots []journal.Objet
	if m != nil {
		if lots, err = l.s.lotsDuMessage(ctx, m); err != nil || a.Lot.Numero == 0 {
			return lots, err
		}
	} else if a.Lot.Numero != 0 {
		for _, genre := range []journal.Genre{journal.LotScor, journal.LotFactures} {
			if genre == journal.LotScor && a.Flux == scor.FluxFactures || genre == journal.LotFactures &&
				a.Flux == scor.FluxPieces {
				continue
			}
			for o, err := range l.s.c.Journal.Chercher(ctx, journal.Requete{Genre: genre,
				Etats: []journal.Etat{journal.Constitue, journal.Transmis, journal.ANR, journal.LimiteEssais, journal.MdS}}) {
				if err != nil {
					return nil, err
				}
				lots = append(lots, o)
			}
		}
	}
	var siens []journal.Objet
	for i := range lots {
		if numeroDeLot(&lots[i]) == a.Lot.Numero {
			siens = append(siens, lots[i])
		}
	}
	if len(siens) > 1 && m == nil {
		l.remarque("Plusieurs lots de ce numéro attendent une réponse, et l'accusé ne dit pas de quel jour est le sien.")
		return nil, nil
	}
	return siens, nil
}

// messageDeARL finds the message that an ARL answers, by its compostage or the identification of its file; nil where it
// names none.
func (l *lecture) messageDeARL(ctx context.Context, a *retour.ARL) (*journal.Objet, error) {
	if a.Compostage != "" {
		m, err := l.objet(ctx, journal.Message, a.Compostage)
		return existant(m), err
	}
	if a.FichierID == "" {
		return nil, nil
	}
	var trouve *journal.Objet
	for m, err := range l.s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.Message, Nature: naturePieces}) {
		if err != nil {
			return nil, err
		}
		var p precisFichier
		if json.Unmarshal([]byte(m.Precis), &p) != nil || p.ID != a.FichierID {
			continue
		}
		// Identifications come again after a million files: the last one is meant.
		if trouve == nil || m.Cree.After(trouve.Cree) {
			trouve = &m
		}
	}
	return trouve, nil
}

// partager gives each lot the lines that speak of its pieces. A line that no lot has goes to all: it may be any of
// theirs.
func (l *lecture) partager(ctx context.Context, lignes []retour.PieceARL, lots []journal.Objet) ([][]retour.PieceARL,
	error) {
	parLot := make([][]retour.PieceARL, len(lots))
	if len(lots) == 1 {
		parLot[0] = lignes
		return parLot, nil
	}
	pieces := make([][]journal.Objet, len(lots))
	for i := range lots {
		var err error
		if pieces[i], err = l.piecesDe(ctx, lots[i].Cle); err != nil {
			return nil, err
		}
	}
	for _, p := range lignes {
		a := -1
		for i := range lots {
			for j := range pieces[i] {
				if p.ID != "" && l.s.c.Profil.MemeIdentifiant(pieces[i][j].Cle, p.ID) {
					a = i
				}
			}
		}
		for i := range lots {
			if a < 0 || a == i {
				parLot[i] = append(parLot[i], p)
			}
		}
	}
	return parLot, nil
}
