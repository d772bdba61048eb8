package suivi

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// A return of payment against the invoice: what was asked and paid, and whether it was paid before. Each difference is
// said with its amount.

// demande is what an invoice asks of the insurances; where its shares aren't known, its total less the insured's share.
func demande(f *fse.Facture) fse.Montant {
	if f.AMO != 0 || f.AMC != 0 {
		return f.AMO + f.AMC
	}
	return f.Total - f.Patient
}

// caisseDe names the caisse that pays, for the counts: régime and caisse.
func caisseDe(f *fse.Facture) string { return f.Organisme.Regime + f.Organisme.Caisse }

// encaissee is what an invoice brought so far: the sum of its payments, those that were told already being told once.
type encaissee struct {
	avant, verse fse.Montant // before this return, by this return
	deja         bool        // this payment was told before
	cle          string      // of this payment
}

// encaisser reads what the journal knows of an invoice's payments.
func encaisser(o *journal.Objet, r *noemie.Reponse) encaissee {
	x := encaissee{verse: r.Paye()}
	n, err := strconv.ParseInt(cmp.Or(o.Paye, "0"), 10, 64)
	if err == nil {
		x.avant = fse.Montant(n)
	}
	x.cle = fmt.Sprintf("%s:%d", jourVersement(r), int64(x.verse))
	x.deja = x.verse != 0 && slices.Contains(strings.Fields(o.Versements), x.cle)
	return x
}

// jourVersement tells two payments of one amount apart: a return that comes twice is of one payment, and of one day.
func jourVersement(r *noemie.Reponse) string {
	if r.Versement == nil || r.Versement.Date.IsZero() {
		return "sans-date"
	}
	return r.Versement.Date.AAAAMMJJ()
}

// noter adds the payment to what the journal knows.
func (x *encaissee) noter(o *journal.Objet, c *journal.Champs) {
	if x.verse == 0 || x.deja {
		return
	}
	c.Paye = strconv.FormatInt(int64(x.avant+x.verse), 10)
	c.Versements = strings.TrimSpace(o.Versements + " " + x.cle)
}

// ecarts are the differences between an invoice and what a return says of it, in French.
func (l *lecture) ecarts(ctx context.Context, o *journal.Objet, r *noemie.Reponse, x *encaissee) ([]string, error) {
	fa, err := l.factureGardee(ctx, o)
	if err != nil || fa == nil {
		return nil, err
	}
	var t []string
	f := *fa
	if f.AMO == 0 && f.AMC == 0 {
		f.AMO = demande(fa)
	}
	for _, c := range noemie.Joindre(&noemie.Retour{Factures: []noemie.Reponse{*r}}, []fse.Facture{f}).Constats {
		t = append(t, strings.TrimSuffix(c.Message, "."))
	}
	t = append(t, parts(&f, r)...)
	switch {
	case x.verse < 0 && x.avant <= 0:
		t = append(t, fmt.Sprintf("la caisse reprend %s sans que le paiement d'origine soit connu", -x.verse))
	case x.verse < 0:
		t = append(t, fmt.Sprintf("la caisse reprend %s sur %s payés", -x.verse, x.avant))
	case !x.deja && x.avant > 0 && x.avant+x.verse > demande(fa) && x.verse > 0:
		t = append(t, fmt.Sprintf("payée deux fois : %s, puis %s, pour %s demandés", x.avant, x.verse, demande(fa)))
	}
	return t, nil
}

// parts says of each share that it is paid in part, said paid and not paid, or refused while the other is paid.
func parts(f *fse.Facture, r *noemie.Reponse) []string {
	var t []string
	paye := func(p *noemie.Part) bool { return p != nil && (p.Etat == noemie.Paye || p.Etat == noemie.Signale) }
	for _, p := range []struct {
		nom     string
		part    *noemie.Part
		demande fse.Montant
		autre   *noemie.Part
	}{{"l'assurance maladie", r.AMO, f.AMO, r.AMC}, {"la complémentaire", r.AMC, f.AMC, r.AMO}} {
		switch {
		case p.part == nil:
		case paye(p.part) && p.part.Paye == 0 && p.demande > 0:
			t = append(t, fmt.Sprintf("%s dit payer, et verse 0,00\u00a0€ sur %s", p.nom, p.demande))
		case paye(p.part) && p.part.Paye > 0 && p.part.Paye < p.demande:
			t = append(t, fmt.Sprintf("%s paie %s sur %s", p.nom, p.part.Paye, p.demande))
		case p.part.Etat == noemie.Rejete && paye(p.autre):
			t = append(t, fmt.Sprintf("%s refuse sa part de %s, l'autre est payée", p.nom, cmp.Or(p.part.Demande, p.demande)))
		case p.part.Etat == noemie.Differe && paye(p.autre):
			t = append(t, fmt.Sprintf("%s diffère sa part de %s, l'autre est payée", p.nom, cmp.Or(p.part.Demande, p.demande)))
		}
	}
	return t
}

// factureGardee is the invoice of an object as it is kept; nil when it can't be read back, or is purged.
func (l *lecture) factureGardee(ctx context.Context, o *journal.Objet) (*fse.Facture, error) {
	lot, err := l.objet(ctx, journal.LotFactures, o.Parent)
	if err != nil || lot.Version == 0 || lot.Etat == journal.Purge {
		return nil, err
	}
	f, err := l.s.factureLue(ctx, lot, o.Cle)
	if abime(err) {
		return nil, nil
	}
	return f, err
}

// traitementCaisse: words by which a caisse says that it keeps an invoice for later. Nothing is to be sent again: a
// second return follows.
var traitementCaisse = []string{"traitement caisse", "traitement par la caisse", "attente de retarification",
	"retarification"}

// differee says that a reason defers the payment, whatever letter the return gives it.
func differee(r *noemie.Reponse) bool {
	for _, m := range r.Motifs {
		t := strings.ToLower(m.Libelle)
		if slices.ContainsFunc(traitementCaisse, func(s string) bool { return strings.Contains(t, s) }) {
			return true
		}
	}
	return false
}

// mouvements says what a return moves beside the invoices: money withheld, or paid at a flat rate.
func (l *lecture) mouvements(r *noemie.Retour) {
	var retenu fse.Montant
	for i := range r.Retenues {
		retenu += r.Retenues[i].Montant
	}
	if n := len(r.Retenues); n > 0 {
		l.aVoir = true
		l.remarque("%s, pour %s : lire le détail dans le retour.", pluriel(int64(n), "mouvement financier",
			"mouvements financiers"), retenu)
	}
	var forfaits fse.Montant
	for i := range r.Forfaits {
		if !r.Forfaits[i].Detail {
			forfaits += r.Forfaits[i].Montant
		}
	}
	if len(r.Forfaits) > 0 {
		l.remarque("Versements forfaitaires : %s.", forfaits)
	}
}
