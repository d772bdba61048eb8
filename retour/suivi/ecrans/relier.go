package ecrans

import (
	"net/http"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

type vueRelier struct {
	cadre
	Ligne        ligne
	Action       suivi.Action
	Propositions []vueFacture
	Cherche      string
	Rien         string
}

// pageRelier proposes invoices for a piece or an invoice that is to be linked: those that suivi finds, and those that
// the person looks for by number.
func pageRelier(w http.ResponseWriter, r *http.Request, q *requete) error {
	v := r.URL.Query()
	g, cle := journal.Genre(v.Get("genre")), v.Get("cle")
	l, ok, err := q.suivi.Ligne(r.Context(), g, cle)
	if err != nil {
		return err
	}
	p := vueRelier{cadre: q.cadre("Relier à une facture"), Cherche: strings.TrimSpace(v.Get("q"))}
	for _, a := range l.Actions {
		if a.Nom == suivi.ActionRelier {
			p.Action = a
		}
	}
	if !ok || p.Action.Nom == "" {
		return suivi.ErrActionPerimee
	}
	p.Ligne = q.ligne(l)
	var factures []suivi.VueFacture
	if p.Cherche != "" {
		x, err := q.chercherFactures(r, p.Cherche)
		if err != nil {
			return err
		}
		factures, p.Rien = x.factures, x.rien
	} else if factures, err = q.suivi.Rapprocher(r.Context(), g, cle); err != nil {
		return err
	}
	for i := range factures {
		p.Propositions = append(p.Propositions, q.facture(&factures[i]))
	}
	return q.page(w, http.StatusOK, "relier.html", p)
}
