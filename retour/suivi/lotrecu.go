package suivi

import (
	"context"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// champsAccepte: the sending succeeded; the pieces of an accepted lot of invoices are looked at.
func (l *lecture) champsAccepte(o *journal.Objet, c *journal.Champs) {
	c.Limite = rien
	if o.Genre != journal.LotFactures {
		return
	}
	c.Echeance = us(l.g.quand)
	if l.s.c.Patience > 0 {
		c.Limite = us(l.g.quand.Add(l.s.c.Patience))
	}
}

// refacturees: a lot that is accepted after all, when its invoices went under other numbers meanwhile, may be paid
// twice.
func (l *lecture) refacturees(ctx context.Context, o *journal.Objet, c *journal.Champs) error {
	switch o.Etat {
	case journal.ARLNegatif, journal.MdS, journal.LimiteEssais, journal.ANR, journal.Transmis, journal.Constitue:
	default:
		return nil
	}
	n := int64(0)
	r := journal.Requete{Genre: journal.Facture, Parent: o.Cle, Etats: []journal.Etat{journal.Refacture}}
	for _, err := range l.s.c.Journal.Chercher(ctx, r) {
		if err != nil {
			return err
		}
		n++
	}
	if n > 0 {
		c.Attention, c.Mode = journal.Urgent, etats.ModeDouble
		c.Motif = fmt.Sprintf("%s de ce lot sous un nouveau numéro entre-temps", pluriel(n, "facture refacturée",
			"factures refacturées"))
	}
	return nil
}

// lotRecu: the caisse treated an invoice, so it received its lot, whose ARL was lost. A payment says so even against an
// ARL−.
func (l *lecture) lotRecu(ctx context.Context, f *journal.Objet, issue noemie.Issue) error {
	o, err := l.objet(ctx, journal.LotFactures, f.Parent)
	if err != nil || o.Version == 0 {
		return err
	}
	paye := issue == noemie.Paye || issue == noemie.Signale
	switch o.Etat {
	case journal.Constitue, journal.Transmis, journal.ANR, journal.MdS, journal.LimiteEssais:
	case journal.ARLNegatif, journal.Reconstitue, journal.Manuel:
		if !paye || o.Etat != journal.ARLNegatif && o.Attention > 0 {
			return nil
		}
	default:
		return nil
	}
	c := journal.Champs{Code: journal.Efface, Motif: "Reçu par la caisse, d'après un retour de paiement."}
	l.champsAccepte(o, &c)
	if err := l.refacturees(ctx, o, &c); err != nil {
		return err
	}
	l.faire(o, journal.RecevoirARLPositif, c)
	return nil
}
