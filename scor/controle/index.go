package controle

import (
	"slices"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// index finds pieces by what a control asks with.
type index struct {
	parID        map[string]int
	parFacture   map[fse.CleFacture][]int32
	parNumero    map[int][]int32
	parLot       map[fse.CleLot][]int32
	parPraticien map[string][]int32
}

func nouvelIndex() index {
	return index{map[string]int{}, map[fse.CleFacture][]int32{}, map[int][]int32{}, map[fse.CleLot][]int32{},
		map[string][]int32{}}
}

func (x *index) ajouter(d *Depot, i int) {
	n := int32(i)
	x.parID[d.Piece] = i
	x.parFacture[d.Facture] = append(x.parFacture[d.Facture], n)
	x.parNumero[d.Facture.Numero] = append(x.parNumero[d.Facture.Numero], n)
	x.parLot[d.Facture.Lot] = append(x.parLot[d.Facture.Lot], n)
	for _, p := range d.Praticiens {
		x.parPraticien[p] = append(x.parPraticien[p], n)
	}
}

// candidats are the pieces that may fit, by the narrowest of what is asked; false when it narrows nothing.
func (x *index) candidats(c *Critere) ([]int32, bool) {
	var tous []int32
	switch {
	case len(c.Factures) > 0:
		for _, f := range c.Factures {
			tous = append(tous, x.parFacture[f]...)
		}
	case len(c.Numeros) > 0:
		for _, n := range c.Numeros {
			tous = append(tous, x.parNumero[n]...)
		}
	case c.Lot != nil:
		return x.parLot[*c.Lot], true
	case c.Praticien != "":
		return x.parPraticien[c.Praticien], true
	default:
		return nil, false
	}
	slices.Sort(tous)
	return slices.Compact(tous), true
}
