package suivi

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// rsp reads a NOEMIE return: what it says of each invoice.
func (l *lecture) rsp(ctx context.Context, x *retour.RSP) error {
	r, _, err := noemie.Parse(bytes.NewReader(x.Contenu))
	l.lignesRSP = lignesDe(x.Contenu)
	if r != nil {
		for i := range r.Factures {
			if err := l.factureRSP(ctx, &r.Factures[i]); err != nil {
				return err
			}
		}
	}
	if r != nil {
		l.mouvements(r)
	}
	l.direInconnues()
	if err != nil {
		l.inconnu = true
		l.remarque("Retour NOEMIE illisible à partir d'un certain point.")
	}
	return nil
}

// evenementRSP is what each issue does to its invoice; another only shows the return.
var evenementRSP = map[noemie.Issue]journal.Type{noemie.Paye: journal.Payer, noemie.Rejete: journal.Rejeter,
	noemie.Signale: journal.Signaler, noemie.Differe: journal.Noter, noemie.Reprise: journal.Signaler}

// factureRSP: an ARL+ is receipt, not payment; this is where an invoice, and so its pieces, may still be rejected.
func (l *lecture) factureRSP(ctx context.Context, r *noemie.Reponse) error {
	o, err := l.factureNommee(ctx, r.Cle)
	if err != nil {
		return err
	}
	if o == nil {
		l.aVoir = true
		l.factureInconnue(r.Cle)
		return nil
	}
	issue := r.Etat
	if issue == noemie.Rejete && differee(r) {
		issue = noemie.Differe
	}
	t, ok := evenementRSP[issue]
	if !ok {
		l.aVoir = true
		l.remarque("Facture %s : le retour ne dit pas ce qu'elle devient.", r.Cle)
		return nil
	}
	if err := l.lotRecu(ctx, o, issue); err != nil {
		return err
	}
	x := encaisser(o, r)
	ecarts, err := l.ecarts(ctx, o, r, &x)
	if err != nil {
		return err
	}
	code, motif := motifRSP(r, issue, ecarts)
	c := journal.Champs{Code: cmp.Or(code, journal.Efface), Motif: cmp.Or(motif, journal.Efface)}
	if b := l.lignesRSP[r.Entite]; len(b) > 0 {
		c.Empreinte = empreinteLignes(b)
	}
	if len(ecarts) > 0 {
		c.Attention = journal.AFaire
	}
	x.noter(o, &c)
	return l.direFacture(o, r, t, c, len(ecarts) > 0)
}

// motifRSP is what a return says of an invoice, and what doesn't agree with it.
func motifRSP(r *noemie.Reponse, issue noemie.Issue, ecarts []string) (code, motif string) {
	var motifs []string
	for _, m := range r.Motifs {
		code = cmp.Or(code, m.Code)
		motifs = append(motifs, strings.TrimSpace(m.Code+" "+masquer(m.Libelle)))
	}
	motif = strings.Join(append(motifs, ecarts...), " ; ")
	if issue == noemie.Differe {
		motif = cmp.Or(motif, "Paiement différé.")
	}
	return code, motif
}

// direFacture writes what a return says of an invoice, unless it was said.
func (l *lecture) direFacture(o *journal.Objet, r *noemie.Reponse, t journal.Type, c journal.Champs, ecart bool) error {
	deja := c.Paye == "" && o.Code == strings.Replace(c.Code, journal.Efface, "", 1) &&
		o.Motif == strings.Replace(c.Motif, journal.Efface, "", 1) && (t == journal.Noter || etatApres[t] == o.Etat)
	switch {
	case o.Etat == journal.Refacture && t != journal.Rejeter:
		if t == journal.Noter || o.Mode == etats.ModePayee {
			l.remarque("Facture %s : déjà connu.", r.Cle)
			return nil
		}
		t, c.Mode = journal.Payer, etats.ModePayee
	case etats.Manque(o) && t == journal.Rejeter:
		c.Mode = journal.Efface
	case etats.Manque(o):
		// Paid or not, the caisse may claim the money back for want of the piece: what misses stays said, and a difference is
		// said of the return.
		if ecart {
			l.aVoir = true
			l.remarque("Facture %s : %s.", r.Cle, c.Motif)
		}
		if c.Paye == "" && (t == journal.Noter || o.Code == strings.Replace(c.Code, journal.Efface, "", 1) &&
			etatApres[t] == o.Etat) {
			return nil
		}
		c.Motif, c.Mode, c.Attention = "", etats.ModeManque, journal.AFaire
	case deja:
		l.remarque("Facture %s : déjà connu.", r.Cle)
		return nil
	}
	if t == journal.Signaler && o.Etat == journal.Rejet {
		l.faire(o, journal.Payer, journal.Champs{}) // that is what a signalement says beside its reason
	}
	l.faire(o, t, c)
	return nil
}

var etatApres = map[journal.Type]journal.Etat{journal.Payer: journal.Paye, journal.Rejeter: journal.Rejet,
	journal.Signaler: journal.Signale}

// factureNommee finds the invoice that a NOEMIE return names by the lot's number and date and its own number: first
// among the lots of this sender's number, then among all lots of that day.
func (l *lecture) factureNommee(ctx context.Context, c noemie.Cle) (*journal.Objet, error) {
	lot := fse.CleLot{Emetteur: neuf(l.s.c.Emetteur.Numero), Numero: c.Lot, Date: c.DateLot}
	o, err := l.objet(ctx, journal.Facture, cleFacture(fse.CleFacture{Lot: lot, Numero: c.Numero}))
	if err != nil || o.Version > 0 {
		return existant(o), err
	}
	j := jour(c.DateLot)
	if j == 0 {
		return nil, nil
	}
	lots, err := l.lotsDuJour(ctx, j)
	if err != nil {
		return nil, err
	}
	for i := range lots {
		k, err := lireCleLot(lots[i].Cle)
		if err != nil || k.Numero != c.Lot {
			continue
		}
		if o, err := l.objet(ctx, journal.Facture, cleFacture(fse.CleFacture{Lot: k, Numero: c.Numero})); err != nil ||
			o.Version > 0 {
			return existant(o), err
		}
	}
	return nil, nil
}

// lotsDuJour gives the invoices' lots of a day, read once for all the lines of a return.
func (l *lecture) lotsDuJour(ctx context.Context, jour int64) ([]journal.Objet, error) {
	if lots, ok := l.parJour[jour]; ok {
		return lots, nil
	}
	var lots []journal.Objet
	for o, err := range l.s.c.Journal.Chercher(ctx, journal.Requete{Genre: journal.LotFactures, Du: jour, Au: jour}) {
		if err != nil {
			return nil, err
		}
		lots = append(lots, o)
	}
	if l.parJour == nil {
		l.parJour = map[int64][]journal.Objet{}
	}
	l.parJour[jour] = lots
	return lots, nil
}

// maxInconnues bounds what a message received says of the invoices that the journal doesn't know; the message itself
// has them all.
const maxInconnues = 10

func (l *lecture) factureInconnue(c noemie.Cle) { l.inconnues = append(l.inconnues, c.String()) }

func (l *lecture) direInconnues() {
	n := len(l.inconnues)
	if n == 0 {
		return
	}
	t := strings.Join(l.inconnues[:min(n, maxInconnues)], ", ")
	if n > maxInconnues {
		t += fmt.Sprintf(" et %d autres", n-maxInconnues)
	}
	l.remarque("%s : %s.", pluriel(int64(n), "facture inconnue", "factures inconnues"), t)
	l.inconnues = nil
}
