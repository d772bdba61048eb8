package ecrans

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
)

// differe is what a person asked for and may still take back. It is done when its time is up; until then the journal
// knows nothing of it, and if the program ends before, the line is still in the list.
type differe struct {
	ID     string
	Texte  string
	Quand  time.Time // when it will be done
	Rates  int       // of those done, the ones that couldn't be
	Motif  string    // why, of the first
	Fait   bool
	Total  int
	qui    string
	gestes []geste
	timer  *time.Timer
}

type geste struct {
	action   suivi.Action
	decision suivi.Decision
}

// Limits of what waits: for one act, and for all.
const (
	gestesMax   = 200
	differesMax = 500
)

type differes struct {
	e *Ecrans

	mu sync.Mutex
	l  []*differe
	wg sync.WaitGroup
}

func nouveauxDifferes(e *Ecrans) *differes { return &differes{e: e} }

// ajouter has acts done after the delay, at once when there is none.
func (d *differes) ajouter(qui, texte string, gestes []geste) {
	x := &differe{ID: rand.Text(), Texte: texte, Quand: d.e.horloge().Add(d.e.delaiAnnulation), qui: qui, gestes: gestes,
		Total: len(gestes)}
	d.mu.Lock()
	d.oublier()
	plein := len(d.l) >= differesMax
	d.l = append(d.l, x)
	if d.e.delaiAnnulation > 0 && !plein {
		x.timer = time.AfterFunc(d.e.delaiAnnulation, func() { d.faire(x) })
		d.mu.Unlock()
		return
	}
	d.mu.Unlock()
	d.faire(x)
}

// oublier drops what was done and told long ago.
func (d *differes) oublier() {
	t := d.e.horloge()
	gardes := d.l[:0]
	for _, x := range d.l {
		if !x.Fait || t.Sub(x.Quand) < time.Minute {
			gardes = append(gardes, x)
		}
	}
	clear(d.l[len(gardes):])
	d.l = gardes
}

// prendre takes the acts out, so that they are done once.
func (d *differes) prendre(x *differe) []geste {
	d.mu.Lock()
	defer d.mu.Unlock()
	g := x.gestes
	if x.gestes = nil; g != nil {
		d.wg.Add(1)
	}
	return g
}

func (d *differes) faire(x *differe) {
	gestes := d.prendre(x)
	if gestes == nil {
		return
	}
	defer d.wg.Done()
	ctx, fin := context.WithTimeout(context.Background(), time.Minute)
	defer fin()
	rates, motif := 0, ""
	for _, g := range gestes {
		if err := d.e.suivi.Executer(ctx, g.action, g.decision); err != nil {
			rates++
			if motif == "" {
				motif = phraseErreur(err)
			}
			d.e.journal.Warn("ecrans: action", "qui", x.qui, "action", string(g.action.Nom), "genre", string(g.action.Genre),
				"erreur", err)
		}
	}
	d.mu.Lock()
	x.Fait, x.Rates, x.Motif, x.Quand = true, rates, motif, d.e.horloge()
	d.mu.Unlock()
}

// annuler takes back what isn't done yet.
func (d *differes) annuler(qui, id string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for i, x := range d.l {
		if x.ID == id && x.qui == qui && x.gestes != nil {
			x.gestes = nil
			if x.timer != nil {
				x.timer.Stop()
			}
			d.l = append(d.l[:i], d.l[i+1:]...)
			return true
		}
	}
	return false
}

// de lists what waits for a person's second thoughts, and what of it couldn't be done.
func (d *differes) de(qui string) (l []differe) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.oublier()
	for _, x := range d.l {
		if x.qui == qui && (!x.Fait || x.Rates > 0) {
			l = append(l, *x)
		}
	}
	return l
}

// enAttente says of an object whether an act on it waits.
func (d *differes) enAttente(cle string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, x := range d.l {
		for _, g := range x.gestes {
			if string(g.action.Genre)+"|"+g.action.Cle == cle {
				return true
			}
		}
	}
	return false
}

// fermer does what waits: it was asked for.
func (d *differes) fermer() error {
	d.mu.Lock()
	l := append([]*differe(nil), d.l...)
	d.mu.Unlock()
	var errs error
	for _, x := range l {
		if x.timer != nil {
			x.timer.Stop()
		}
		d.faire(x)
		d.mu.Lock()
		if x.Rates > 0 {
			errs = errors.Join(errs, fmt.Errorf("ecrans: %d of %d acts couldn't be done", x.Rates, x.Total))
		}
		d.mu.Unlock()
	}
	d.wg.Wait()
	return errs
}
