package suivitest

import (
	"context"
	"fmt"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Dessiner fills the office: most lots go well, the last ones are under way, and in between is one of each thing that
// goes wrong. Two lots are made a day; the clock ends some hours after the last.
func (c *Cabinet) Dessiner(ctx context.Context, p Plan) error {
	lots, n := p.taille()
	for i := range lots {
		l, err := c.Lot(ctx, n)
		if err != nil {
			return err
		}
		reste := lots - 1 - i
		if err := c.vivre(ctx, l, i, reste); err != nil {
			return fmt.Errorf("suivitest: lot %d: %w", i, err)
		}
		if reste > 0 {
			c.Horloge.Avancer(12 * time.Hour)
		}
	}
	if err := c.orpheline(ctx); err != nil {
		return err
	}
	c.Horloge.Avancer(2 * time.Hour)
	return c.Repos(ctx)
}

// cas are what goes wrong, by the rank of the lot.
const (
	casScans = iota + 1 // scans refused, a piece missing
	casARLPiece
	casARLLot
	casMdS
	casFactures // invoices refused
	casRSP      // rejected, signalled
	casPapier
	casBons  // and as many that go well
	casTotal = casBons + 4
)

func (c *Cabinet) vivre(ctx context.Context, l *fse.Lot, rang, reste int) error {
	cas := 1 + rang%casTotal
	for i := range l.Factures {
		f := &l.Factures[i]
		id := fmt.Sprintf("ORD-%d", f.Cle.Numero)
		if cas == casScans && i%5 == 1 {
			if err := c.RefuserPiece(ctx, scor.Piece{ID: id, Type: scor.Ordonnance, Facture: f.Cle, Fichier: id + ".tif"},
				[]string{"la page est trop claire", "la page est coupée en haut"}[i%2]); err != nil {
				return err
			}
			continue
		}
		if cas == casScans && i%5 == 3 {
			continue
		}
		if err := c.Piece(ctx, id, f.Cle); err != nil {
			return err
		}
	}
	if reste == 0 {
		return nil // its ARL isn't there yet
	}
	c.Horloge.Avancer(20 * time.Minute)
	if cas == casFactures && reste > 1 {
		return c.ARL(ctx, l.Cle, false, "1000", "Lot en doublon : déjà reçu")
	}
	if err := c.ARL(ctx, l.Cle, true, "", ""); err != nil {
		return err
	}
	if err := c.Repos(ctx); err != nil {
		return err
	}
	if reste < 3 {
		return nil // its pieces are on their way
	}
	c.Horloge.Avancer(40 * time.Minute)
	return c.repondre(ctx, l, cas)
}

func (c *Cabinet) repondre(ctx context.Context, l *fse.Lot, cas int) error {
	cles, err := c.LotsPieces(ctx, l.Cle)
	if err != nil {
		return err
	}
	for _, cle := range cles {
		if err := c.repondrePieces(ctx, l, cle, cas); err != nil {
			return err
		}
	}
	if err := c.Repos(ctx); err != nil {
		return err
	}
	switch cas {
	case casARLLot, casMdS:
		return nil
	case casPapier:
		return c.surPapier(ctx, l)
	}
	c.Horloge.Avancer(time.Hour)
	payees := l.Factures
	if cas == casRSP && len(payees) > 3 {
		if err := c.RSP(ctx, noemie.Rejete, "BENEFICIAIRE INCONNU", payees[0]); err != nil {
			return err
		}
		if err := c.RSP(ctx, noemie.Rejete, "FACTURE EN DOUBLON", payees[1]); err != nil {
			return err
		}
		if err := c.RSP(ctx, noemie.Signale, "MUTATION : MISE A JOUR CARTE VITALE", payees[2]); err != nil {
			return err
		}
		payees = payees[3:]
	}
	return c.RSP(ctx, noemie.Paye, "", payees...)
}

func (c *Cabinet) repondrePieces(ctx context.Context, l *fse.Lot, cle string, cas int) error {
	switch cas {
	case casARLPiece:
		f := l.Factures[len(l.Factures)/2].Cle.Numero
		return c.ARLPieces(ctx, cle, false, "", "", retour.PieceARL{ID: fmt.Sprintf("ORD-%d", f), Code: "2001", Facture: f,
			Libelle: "Pièce illisible"})
	case casARLLot:
		return c.ARLPieces(ctx, cle, false, "1001", "Structure du lot incorrecte")
	case casMdS:
		id, err := c.messageDe(ctx, cle)
		if err != nil {
			return err
		}
		_, err = c.DeposerRetour(ctx, &retour.MdS{Code: "9002", MessageID: id, Texte: "message non déchiffrable"})
		return err
	}
	return c.ARLPieces(ctx, cle, true, "", "")
}

// messageDe gives the Message-ID under which a lot of pieces left.
func (c *Cabinet) messageDe(ctx context.Context, cle string) (string, error) {
	etapes, err := c.RecitLot(ctx, journal.LotScor, cle)
	for i := range etapes {
		if etapes[i].MessageID != "" {
			return etapes[i].MessageID, err
		}
	}
	return "", err
}

// surPapier has some pieces acknowledged, then claimed and put on paper, as an office does.
func (c *Cabinet) surPapier(ctx context.Context, l *fse.Lot) error {
	for i := 0; i < len(l.Factures); i += 4 {
		id := fmt.Sprintf("ORD-%d", l.Factures[i].Cle.Numero)
		for _, nom := range []suivi.NomAction{suivi.ActionRejetee, suivi.ActionPapier} {
			actions, err := c.ActionsSur(ctx, journal.Piece, id)
			if err != nil {
				return err
			}
			for _, a := range actions {
				if a.Nom == nom {
					if err := c.Executer(ctx, a, suivi.Decision{Auteur: "gestionnaire"}); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// orpheline deposits a piece whose invoice nobody knows.
func (c *Cabinet) orpheline(ctx context.Context) error {
	jour, err := c.Jour()
	if err != nil {
		return err
	}
	return c.Piece(ctx, "ORD-SANS-FACTURE", fse.CleFacture{Lot: fse.CleLot{Emetteur: Emetteur, Numero: 998, Date: jour},
		Numero: 998_001})
}
