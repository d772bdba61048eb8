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

// Critere says what is looked for; what is left empty doesn't matter. Searching by patient is not offered: the register
// has no patient.
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

// filtre is a Critere ready to be asked of many pieces.
type filtre struct {
	*Critere
	factures map[fse.CleFacture]bool
	numeros  map[int]bool
}

func (c *Critere) filtre() filtre {
	f := filtre{c, make(map[fse.CleFacture]bool, len(c.Factures)), make(map[int]bool, len(c.Numeros))}
	for _, x := range c.Factures {
		f.factures[x] = true
	}
	for _, x := range c.Numeros {
		f.numeros[x] = true
	}
	return f
}

func (c *filtre) convient(d *Depot) bool {
	return (len(c.factures) == 0 || c.factures[d.Facture]) &&
		(len(c.numeros) == 0 || c.numeros[d.Facture.Numero]) &&
		(c.Lot == nil || *c.Lot == d.Facture.Lot) &&
		(c.Du.IsZero() || d.Date.Compare(c.Du) >= 0) && (c.Au.IsZero() || d.Date.Compare(c.Au) <= 0) &&
		(c.Praticien == "" || slices.Contains(d.Praticiens, c.Praticien)) &&
		(len(c.Types) == 0 || slices.Contains(c.Types, d.Type))
}

// Chercher gives the pieces that fit, in the order in which they were filed, and writes the access into the register
// first.
func (r *Registre) Chercher(ctx context.Context, c Critere, a Acces) (trouves []Depot, err error) {
	if err := a.verifier(); err != nil {
		return nil, err
	}
	err = r.enOrdre(func() error {
		trouves = r.trouver(&c)
		if err := ctx.Err(); err != nil {
			return err
		}
		lignes, err := borner(&Ligne{Action: ActionChercher, Acces: &a, Critere: &c, Resultats: len(trouves)})
		if err != nil {
			return err
		}
		return r.ajouter(lignes...)
	})
	if err != nil {
		return nil, err
	}
	return trouves, nil
}

func (r *Registre) trouver(c *Critere) (trouves []Depot) {
	f := c.filtre()
	candidats, borne := r.index.candidats(c)
	if !borne {
		for i := range r.depots {
			if f.convient(&r.depots[i]) {
				trouves = append(trouves, r.depots[i])
			}
		}
		return trouves
	}
	for _, i := range candidats {
		if f.convient(&r.depots[i]) {
			trouves = append(trouves, r.depots[i])
		}
	}
	return trouves
}

// Tirer draws n of the invoices. The draw depends on the invoices and on the seed only, not on their order: who has
// both gets the same sample, and who doesn't choose the seed can't choose the sample. Invoices are ranked by
// HMAC-SHA-256(seed, "émetteur|lot|date|number").
func Tirer(factures []fse.CleFacture, n int, graine string) []fse.CleFacture {
	type rang struct {
		f fse.CleFacture
		h []byte
	}
	vus := map[fse.CleFacture]bool{}
	var rangs []rang
	m := hmac.New(sha256.New, []byte(graine))
	for _, f := range factures {
		if vus[f] {
			continue
		}
		vus[f] = true
		m.Reset()
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
