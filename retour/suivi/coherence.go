package suivi

import (
	"errors"
	"fmt"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

// ErrFlux says that an invoice doesn't say its flow, without which no rule tells which pieces it needs.
var ErrFlux = errors.New("suivi: invoice without flow (Flux): expected FluxB2, FluxFSE, FluxFSESansVitale, " +
	"FluxFSEDegradee or FluxDRE")

// ErreurDoublon is a file that holds a lot, or an invoice, twice: the frontal must not get it so.
type ErreurDoublon struct {
	Lot     fse.CleLot
	Facture fse.CleFacture // zero when the lot itself is there twice
}

func (e *ErreurDoublon) Error() string {
	if e.Facture != (fse.CleFacture{}) {
		return fmt.Sprintf("suivi: invoice %s is there twice", e.Facture)
	}
	return fmt.Sprintf("suivi: lot %s is there twice in the file", e.Lot)
}

// Phrase says it to a person, in French.
func (e *ErreurDoublon) Phrase() string {
	if e.Facture != (fse.CleFacture{}) {
		return fmt.Sprintf("La facture %s figure deux fois dans le fichier : en retirer une, ou changer son numéro.",
			e.Facture)
	}
	return fmt.Sprintf("Le lot %s figure deux fois dans le fichier : en retirer un, ou changer son numéro.", e.Lot)
}

// Files that can't be followed.
var (
	ErrLotVide   = errors.New("suivi: lot without invoice")
	ErrAutreLot  = errors.New("suivi: the invoice's key names another lot than the one that holds it")
	ErrB2SansFin = errors.New("suivi: the B2 file has no end (type 999): it is cut off, and isn't sent")
)

// verifierFichier refuses a file that can't be followed.
func verifierFichier(f *fse.Fichier) error {
	lots := map[fse.CleLot]bool{}
	for i := range f.Lots {
		l := &f.Lots[i]
		if lots[l.Cle] {
			return &ErreurDoublon{Lot: l.Cle}
		}
		lots[l.Cle] = true
		if len(l.Factures) == 0 {
			return fmt.Errorf("%w: %s", ErrLotVide, l.Cle)
		}
		factures := make(map[fse.CleFacture]bool, len(l.Factures))
		for k := range l.Factures {
			c := l.Factures[k].Cle
			if c.Lot != l.Cle {
				return fmt.Errorf("%w: invoice %s in lot %s", ErrAutreLot, c, l.Cle)
			}
			if factures[c] {
				return &ErreurDoublon{Lot: l.Cle, Facture: c}
			}
			factures[c] = true
		}
	}
	return nil
}

// verifierFin refuses a file that lost its end: the frontal would refuse it, or take what is left of it for the whole.
func verifierFin(constats []b2.Constat) error {
	a := func(code string) bool {
		return slices.ContainsFunc(constats, func(c b2.Constat) bool { return c.Code == code })
	}
	if a("fichier-sans-fin") && !a("fichier-suivant") { // where another follows, it ends at that one's head
		return ErrB2SansFin
	}
	return nil
}

// verifierFlux refuses invoices of which nobody said the flow.
func verifierFlux(f *fse.Fichier) error {
	for i := range f.Lots {
		for k := range f.Lots[i].Factures {
			if x := &f.Lots[i].Factures[k]; x.Flux == 0 {
				return fmt.Errorf("%w: invoice %s", ErrFlux, x.Cle)
			}
		}
	}
	return nil
}

// completerFichier is f with what the host knows beside it; f stays as it is.
func completerFichier(f *fse.Fichier, complements func(*fse.Facture) Complement) *fse.Fichier {
	n := *f
	n.Lots = slices.Clone(f.Lots)
	for i := range n.Lots {
		l := &n.Lots[i]
		l.Factures = slices.Clone(l.Factures)
		for k := range l.Factures {
			x := complements(&l.Factures[k])
			x.completer(&l.Factures[k])
		}
	}
	return &n
}
