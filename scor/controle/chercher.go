package controle

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Critere says what is looked for; what is left empty doesn't matter. Searching by patient is not offered: the register has no patient.
type Critere struct {
	// Factures are identities of invoices; Numeros their numbers, in whatever lot.
	Factures []fse.CleFacture `json:"factures,omitempty"`
	Numeros  []int            `json:"numeros,omitempty"`
	Lot      *fse.CleLot      `json:"lot,omitempty"`
	// Du and Au bound the invoice's date, both included (B2 CP has no invoice date: the lot's).
	Du fse.Date `json:"du,omitzero"`
	Au fse.Date `json:"au,omitzero"`
	// Praticien is the number of who prescribed or carried out an act.
	Praticien string   `json:"praticien,omitempty"`
	Types     []string `json:"types,omitempty"`
	// Graine is told where the invoices were drawn ([Tirer]), for the register.
	Graine string `json:"graine,omitempty"`
}

func (c *Critere) convient(d *Depot) bool {
	return (len(c.Factures) == 0 || slices.Contains(c.Factures, d.Facture)) &&
		(len(c.Numeros) == 0 || slices.Contains(c.Numeros, d.Facture.Numero)) &&
		(c.Lot == nil || *c.Lot == d.Facture.Lot) &&
		(c.Du.IsZero() || d.Date.Compare(c.Du) >= 0) && (c.Au.IsZero() || d.Date.Compare(c.Au) <= 0) &&
		(c.Praticien == "" || slices.Contains(d.Praticiens, c.Praticien)) &&
		(len(c.Types) == 0 || slices.Contains(c.Types, d.Type))
}

// Chercher gives the pieces that fit, in the order in which they were filed, and writes the access into the register first.
func (r *Registre) Chercher(ctx context.Context, c Critere, a Acces) ([]Depot, error) {
	if err := a.verifier(); err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	var trouves []Depot
	for i := range r.depots {
		if c.convient(&r.depots[i]) {
			trouves = append(trouves, r.depots[i])
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if err := r.ajouter(Ligne{Action: "chercher", Acces: &a, Critere: &c, Resultats: len(trouves)}); err != nil {
		return nil, err
	}
	return trouves, nil
}

// Tirer draws n of the invoices. The draw depends on the invoices and on the seed only, not on their order: who has both gets the same
// sample, and who doesn't choose the seed can't choose the sample. Invoices are ranked by HMAC-SHA-256(seed, "émetteur|lot|date|number").
func Tirer(factures []fse.CleFacture, n int, graine string) []fse.CleFacture {
	type rang struct {
		f fse.CleFacture
		h []byte
	}
	vus := map[fse.CleFacture]bool{}
	var rangs []rang
	for _, f := range factures {
		if vus[f] {
			continue
		}
		vus[f] = true
		m := hmac.New(sha256.New, []byte(graine))
		fmt.Fprintf(m, "%s|%d|%s|%d", f.Lot.Emetteur, f.Lot.Numero, f.Lot.Date, f.Numero)
		rangs = append(rangs, rang{f, m.Sum(nil)})
	}
	slices.SortFunc(rangs, func(a, b rang) int { return bytes.Compare(a.h, b.h) })
	tires := make([]fse.CleFacture, 0, min(max(n, 0), len(rangs)))
	for _, x := range rangs[:cap(tires)] {
		tires = append(tires, x.f)
	}
	slices.SortFunc(tires, fse.CleFacture.Compare)
	return tires
}
