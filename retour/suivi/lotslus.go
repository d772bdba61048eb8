package suivi

import (
	"context"
	"slices"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// lotsLus are the invoices' lots last read, each named by its digest, so that what is kept under that name never
// changes. What asks for one invoice asks for its neighbours next: the pieces of a lot, the lines of a return, the SCOR
// lots of one lot of invoices. Read back each time, a lot would cost the square of its size.
type lotsLus struct {
	mu   sync.Mutex
	lots []*lotLu // the last used first
}

// lotLu is a lot as it is kept; to be read only.
type lotLu struct {
	*fse.Lot
	empreinte string
	rangs     map[string]int // of its invoices, by key
}

// facture gives one invoice, nil if the lot hasn't it.
func (l *lotLu) facture(cle string) *fse.Facture {
	if i, ok := l.rangs[cle]; ok {
		return &l.Factures[i]
	}
	return nil
}

// lotsLusMax and facturesLuesMax bound what is held: about 1 KB an invoice.
const (
	lotsLusMax      = 16
	facturesLuesMax = 20_000
)

func (x *lotsLus) chercher(empreinte string) *lotLu {
	i := slices.IndexFunc(x.lots, func(l *lotLu) bool { return l.empreinte == empreinte })
	if i < 0 {
		return nil
	}
	l := x.lots[i]
	copy(x.lots[1:i+1], x.lots[:i])
	x.lots[0] = l
	return l
}

// retenir holds a lot, and as many of the others as there is room for.
func (x *lotsLus) retenir(l *lotLu) {
	x.lots = slices.Insert(x.lots, 0, l)
	n := 0
	for i, y := range x.lots {
		if n += len(y.Factures); i > 0 && (i >= lotsLusMax || n > facturesLuesMax) {
			clear(x.lots[i:])
			x.lots = x.lots[:i]
			return
		}
	}
}

// oublier lets go of a lot: it is purged.
func (x *lotsLus) oublier(empreinte string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.lots = slices.DeleteFunc(x.lots, func(l *lotLu) bool { return l.empreinte == empreinte })
}

// lotLu gives a lot as it is kept.
func (s *Suivi) lotLu(ctx context.Context, empreinte string) (*lotLu, error) {
	x := &s.lus
	x.mu.Lock()
	defer x.mu.Unlock()
	if l := x.chercher(empreinte); l != nil {
		return l, nil
	}
	g, err := s.lotFactures(ctx, empreinte)
	if err != nil {
		return nil, err
	}
	l := &lotLu{Lot: g, empreinte: empreinte, rangs: make(map[string]int, len(g.Factures))}
	for i := range g.Factures {
		l.rangs[cleFacture(g.Factures[i].Cle)] = i
	}
	x.retenir(l)
	return l, nil
}

// factureLue gives one invoice of a lot as it is kept, nil if the lot hasn't it.
func (s *Suivi) factureLue(ctx context.Context, lot *journal.Objet, cle string) (*fse.Facture, error) {
	l, err := s.lotLu(ctx, lot.Empreinte)
	if err != nil {
		return nil, err
	}
	return l.facture(cle), nil
}
