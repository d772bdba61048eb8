package lot

import (
	"slices"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Lots most often hold their invoices and pieces in the order of their numbers: what is greater than all before it is
// new, and nothing has to be looked up. Only what comes out of order is put in a map.

// registre holds things by an identifier, in their order.
type registre[T any] struct {
	ids   []string
	liste []T
	index map[string]int // once an identifier came out of order
}

// ajouter reports whether the identifier is new; then it is put.
func (r *registre[T]) ajouter(id string, x T) bool {
	n := len(r.ids)
	if r.index == nil && n > 0 && id <= r.ids[n-1] {
		r.index = make(map[string]int, 2*n)
		for i, id := range r.ids {
			r.index[id] = i
		}
	}
	if r.index != nil {
		if _, deja := r.index[id]; deja {
			return false
		}
		r.index[id] = n
	}
	r.ids, r.liste = append(r.ids, id), append(r.liste, x)
	return true
}

// trouver gives the place of an identifier, -1 for none; la is where it most likely is.
func (r *registre[T]) trouver(id string, la int) int {
	if la < len(r.ids) && r.ids[la] == id {
		return la
	}
	if r.index == nil {
		if i, ok := slices.BinarySearch(r.ids, id); ok {
			return i
		}
		return -1
	}
	if i, ok := r.index[id]; ok {
		return i
	}
	return -1
}

// facturesVues tells the invoices of a lot that come for the first time.
type facturesVues struct {
	derniere *fse.CleFacture // the greatest so far, all of one lot
	toutes   map[fse.CleFacture]struct{}
}

// nouvelle reports whether no pair before has the invoice of pair i.
func (v *facturesVues) nouvelle(paires []Paire, i int) bool {
	cle := &paires[i].Facture.Cle
	if v.toutes == nil {
		switch d := v.derniere; {
		case d == nil, cle.Numero > d.Numero && cle.Lot == d.Lot:
			v.derniere = cle
			return true
		case *cle == *d:
			return false
		}
		v.toutes = make(map[fse.CleFacture]struct{}, len(paires))
		for j := range i {
			v.toutes[paires[j].Facture.Cle] = struct{}{}
		}
	}
	_, vue := v.toutes[*cle]
	v.toutes[*cle] = struct{}{}
	return !vue
}

// documents lists the documents of pairs, each once.
func documents(paires []Paire) []scor.Piece {
	r := registre[struct{}]{ids: make([]string, 0, len(paires))}
	ds := make([]scor.Piece, 0, len(paires))
	for i := range paires {
		if p := &paires[i].Piece; !p.EstReference() && r.ajouter(p.ID, struct{}{}) {
			ds = append(ds, *p)
		}
	}
	return ds
}
