package lot

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Appariement says what becomes of each invoice and each piece: nothing is left out.
type Appariement struct {
	Paires []Paire
	// Manquantes are asked by the rules and not there.
	Manquantes []Manque
	// Orphelines belong to none of the invoices.
	Orphelines []scor.Piece
	// NonTransmises belong to an invoice, but the rules keep them.
	NonTransmises []Gardee
}

// Manque is a piece that is asked and not there.
type Manque struct {
	Facture fse.CleFacture
	Type    string
	Motif   string // in French
}

// Gardee is a piece that stays, with the reason in French.
type Gardee struct {
	Piece scor.Piece
	Motif string
}

// Apparieur holds what pairing has to ask. Its zero value pairs every piece with its invoice and misses none.
type Apparieur struct {
	// Exigences says what an invoice needs, most often scor.Regles with its context. Nil: whatever piece an invoice has
	// goes.
	Exigences func(*fse.Facture) []scor.Exigence
	// Transmise finds the piece of a type that was already sent for a series of acts.
	Transmise func(serie, typePiece string) (id string, ok bool)
}

// Apparier joins the pieces to their invoices, in the order of the invoices. A piece that is missing only shows in
// Manquantes: the other pieces, of the same invoice too, go.
func (a Apparieur) Apparier(factures []fse.Facture, pieces []scor.Piece) Appariement {
	var r Appariement
	connues := make(map[fse.CleFacture]bool, len(factures))
	for i := range factures {
		connues[factures[i].Cle] = true
	}
	parFacture := map[fse.CleFacture][]scor.Piece{}
	for _, p := range pieces {
		if connues[p.Facture] {
			parFacture[p.Facture] = append(parFacture[p.Facture], p)
		} else {
			r.Orphelines = append(r.Orphelines, p)
		}
	}
	for i := range factures {
		a.facture(&r, &factures[i], parFacture[factures[i].Cle])
		delete(parFacture, factures[i].Cle) // an invoice that is given twice has its pieces once
	}
	return r
}

func (a Apparieur) facture(r *Appariement, f *fse.Facture, pieces []scor.Piece) {
	if a.Exigences == nil {
		for _, p := range pieces {
			r.Paires = append(r.Paires, Paire{*f, p})
		}
		return
	}
	exigences := a.Exigences(f)
	for _, e := range exigences {
		siennes := slices.DeleteFunc(slices.Clone(pieces), func(p scor.Piece) bool { return p.Type != e.Type })
		switch e.Decision {
		case scor.NonTransmise:
			for _, p := range siennes {
				r.NonTransmises = append(r.NonTransmises, Gardee{p, e.Motif})
			}
		case scor.ReferenceAdmise:
			if ref, ok := a.reference(f, e.Type); ok {
				r.Paires = append(r.Paires, Paire{*f, ref})
				for _, p := range siennes {
					r.NonTransmises = append(r.NonTransmises,
						Gardee{p, "La pièce de la série a déjà été transmise : seule sa référence part."})
				}
				continue
			}
			fallthrough
		case scor.Requise:
			for _, p := range siennes {
				r.Paires = append(r.Paires, Paire{*f, p})
			}
			if len(siennes) == 0 {
				r.Manquantes = append(r.Manquantes, Manque{f.Cle, e.Type, e.Motif})
			}
		}
	}
	for _, p := range pieces {
		if !slices.ContainsFunc(exigences, func(e scor.Exigence) bool { return e.Type == p.Type }) {
			r.NonTransmises = append(r.NonTransmises, Gardee{p, "Aucune règle ne demande cette pièce pour cette facture."})
		}
	}
}

// reference makes the pair's piece that stands for the one already sent. Its identifier follows from the invoice and
// that piece: made again, it is the same.
func (a Apparieur) reference(f *fse.Facture, typePiece string) (scor.Piece, bool) {
	if a.Transmise == nil || f.Serie == "" {
		return scor.Piece{}, false
	}
	id, ok := a.Transmise(f.Serie, typePiece)
	if !ok {
		return scor.Piece{}, false
	}
	h := sha256.Sum256([]byte(f.Cle.String() + "|" + typePiece + "|" + id))
	return scor.Piece{ID: "R" + hex.EncodeToString(h[:12]), Type: typePiece, Facture: f.Cle, Reference: id}, true
}
