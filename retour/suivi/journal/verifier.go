package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// Rupture is the first place where a journal isn't what was written.
type Rupture struct {
	Seq   uint64 // event where the chain breaks
	Quoi  string
	Objet *Ref // when a materialised object differs from the fold
	// Derive names what is to be made anew from the events, which are right; "" when it is the events that aren't.
	Derive Derive
	Cause  error
}

// Derive is something that a store derives from the events; Reconstruire makes it anew.
type Derive string

const (
	DeriveTete      Derive = "head row"
	DeriveObjets    Derive = "materialised objects"
	DeriveCompteurs Derive = "counters"
	DeriveStockage  Derive = "indexes"
	DeriveArbre     Derive = "tree"
)

func (r *Rupture) Error() string {
	s := fmt.Sprintf("journal: broken at event %d: %s", r.Seq, r.Quoi)
	if r.Objet != nil {
		s += fmt.Sprintf(" (%s %q)", r.Objet.Genre, r.Objet.Cle)
	}
	if r.Cause != nil {
		s += ": " + r.Cause.Error()
	}
	if r.Derive != "" {
		s += "; the events are right, Reconstruire makes the " + string(r.Derive) + " anew"
	}
	return s
}

func (r *Rupture) Unwrap() error { return r.Cause }

// Rapport is what Verifier found in order.
type Rapport struct {
	Evenements uint64
	Objets     int
	Tete       Tete
}

// Chaine checks events one by one, from any place of which the head is known.
type Chaine struct {
	tete   Tete
	tampon []byte
}

// NewChaine starts after tete; its zero is the beginning of a journal.
func NewChaine(tete Tete) *Chaine { return &Chaine{tete: tete} }

// Tete is the last event found right.
func (c *Chaine) Tete() Tete { return c.tete }

// Suivre checks that e follows.
func (c *Chaine) Suivre(e *Evenement) error {
	seq := c.tete.Seq + 1
	if e.Seq != seq {
		return &Rupture{Seq: seq, Quoi: fmt.Sprintf("event %d found in its place", e.Seq)}
	}
	if e.Quand.Before(c.tete.Quand) {
		return &Rupture{Seq: seq, Quoi: "earlier than the event before it"}
	}
	var k Condense
	k, c.tampon = condenser(c.tete.Condense, e, c.tampon)
	if k != e.Condense {
		return &Rupture{Seq: seq, Quoi: "its digest isn't that of its content after the event before it"}
	}
	c.tete = Tete{Seq: e.Seq, Quand: e.Quand, Condense: k}
	return nil
}

// Etats folds a journal in memory.
type Etats struct {
	Objets map[Ref]*Objet
}

// Appliquer folds e.
func (s *Etats) Appliquer(e *Evenement) error {
	r := e.Ref()
	o := s.Objets[r]
	if o == nil {
		o = &Objet{}
	}
	rp, rd := Lies(o, e)
	if e.Prec != o.Dernier {
		return fmt.Errorf("previous event of the object is %d, not %d", o.Dernier, e.Prec)
	}
	if err := o.plier(e, s.Objets[rp], s.Objets[rd]); err != nil {
		return err
	}
	s.Objets[r] = o
	return nil
}

// VerifierChaine proves the chain alone, without folding: it needs no memory, whatever the size of the journal.
// attendue is a head kept elsewhere (a backup, a proof pack), nil if there is none.
func VerifierChaine(ctx context.Context, j Journal, attendue *Tete) (Rapport, error) {
	c := NewChaine(Tete{})
	for e, err := range j.Rejouer(ctx, 0) {
		if err != nil {
			return Rapport{Evenements: c.tete.Seq, Tete: c.tete}, lecture(c.tete.Seq+1, err)
		}
		if err := c.Suivre(&e); err != nil {
			return Rapport{Evenements: c.tete.Seq, Tete: c.tete}, err
		}
		if attendue != nil && e.Seq == attendue.Seq && e.Condense != attendue.Condense {
			return Rapport{Evenements: c.tete.Seq, Tete: c.tete},
				&Rupture{Seq: e.Seq, Quoi: "not the event of which the head was kept"}
		}
	}
	r := Rapport{Evenements: c.tete.Seq, Tete: c.tete}
	return r, finir(ctx, j, c.tete, attendue)
}

func lecture(seq uint64, err error) error {
	var r *Rupture
	if errors.As(err, &r) {
		return err
	}
	return fmt.Errorf("journal: reading event %d: %w", seq, err)
}

// finir compares the end of the chain with the heads that are known.
func finir(ctx context.Context, j Journal, fin Tete, attendue *Tete) error {
	if attendue != nil && fin.Seq < attendue.Seq {
		return &Rupture{Seq: fin.Seq + 1, Quoi: fmt.Sprintf("missing: the journal had %d events", attendue.Seq)}
	}
	t, err := j.Tete(ctx)
	if err != nil {
		return err
	}
	if t.Seq > fin.Seq {
		return &Rupture{Seq: fin.Seq + 1, Quoi: fmt.Sprintf("missing: the journal's head is event %d", t.Seq)}
	}
	if t.Seq != fin.Seq || t.Condense != fin.Condense || !t.Quand.Equal(fin.Quand) {
		return &Rupture{Seq: fin.Seq, Quoi: fmt.Sprintf("the head row, of event %d, isn't the last event", t.Seq),
			Derive: DeriveTete}
	}
	return nil
}

// differencesMax bounds what Verifier lists of what differs.
const differencesMax = 20

// Verifier proves the chain, that every event was allowed, and that all that the store derives from the events is what
// they say: the materialised objects, the counters, the head row, and the store's own indexes where it can tell
// (Integre). The journal must be at rest. attendue is as for VerifierChaine. The errors are *Rupture, joined; those
// with a Derive are mended by Reconstruire.
func Verifier(ctx context.Context, j Journal, attendue *Tete) (Rapport, error) {
	s := newPlis()
	c := NewChaine(Tete{})
	var noeuds tuilesVues
	rapport := func() Rapport {
		return Rapport{Evenements: c.tete.Seq, Objets: s.nombre(), Tete: c.tete}
	}
	for e, err := range j.Rejouer(ctx, 0) {
		if err != nil {
			return rapport(), lecture(c.tete.Seq+1, err)
		}
		if err := c.Suivre(&e); err != nil {
			return rapport(), err
		}
		if attendue != nil && e.Seq == attendue.Seq && e.Condense != attendue.Condense {
			return rapport(), &Rupture{Seq: e.Seq, Quoi: "not the event of which the head was kept"}
		}
		if err := s.appliquer(&e); err != nil {
			return rapport(), &Rupture{Seq: e.Seq, Quoi: "not allowed", Cause: err}
		}
		noeuds.ajouter(e.Condense)
	}
	var derives []error
	if err := finir(ctx, j, c.tete, attendue); err != nil {
		var r *Rupture
		if !errors.As(err, &r) || r.Derive == "" {
			return rapport(), err
		}
		derives = append(derives, err)
	}
	err := errors.Join(append(derives, verifierObjets(ctx, j, s, c.tete), verifierCompteurs(ctx, j, s, c.tete),
		noeuds.verifier(ctx, j, c.tete))...)
	if i, ok := j.(Integre); ok && err == nil {
		if e := i.VerifierStockage(ctx); e != nil {
			err = &Rupture{Seq: c.tete.Seq, Quoi: "the store's own structure", Derive: DeriveStockage, Cause: e}
		}
	}
	return rapport(), err
}

// verifierObjets compares the materialised objects with the fold s.
func verifierObjets(ctx context.Context, j Journal, s *plis, fin Tete) error {
	var ruptures []error
	vus, faux := 0, 0
	for _, g := range Genres() {
		for o, err := range j.Chercher(ctx, Requete{Genre: g}) {
			if err != nil {
				// What can't be read isn't the fold either: the events could, just before.
				return errors.Join(append(ruptures, &Rupture{Seq: fin.Seq, Quoi: "a materialised object is unreadable",
					Derive: DeriveObjets, Cause: err})...)
			}
			vus++
			if s.egal(&o) {
				continue
			}
			if faux++; faux <= differencesMax {
				r := o.Ref()
				ruptures = append(ruptures, &Rupture{Seq: o.Dernier, Quoi: "the materialised object isn't the fold of its events",
					Objet: &r, Derive: DeriveObjets})
			}
		}
	}
	if vus != s.nombre() || faux > differencesMax {
		ruptures = append(ruptures, &Rupture{Seq: fin.Seq, Derive: DeriveObjets,
			Quoi: fmt.Sprintf("%d materialised objects, %d of them wrong, %d in the events", vus, faux, s.nombre())})
	}
	return errors.Join(ruptures...)
}

// verifierCompteurs compares the counters with those of the events, month by month.
func verifierCompteurs(ctx context.Context, j Journal, s *plis, fin Tete) error {
	attendus := map[string]map[string]int64{}
	total := map[string]int64{}
	for c, n := range s.comptes {
		k := c.compteur()
		if attendus[k.Periode] == nil {
			attendus[k.Periode] = map[string]int64{}
		}
		attendus[k.Periode][k.Nom] += n
		total[k.Nom] += n
	}
	comparer := func(du, au string, attendu map[string]int64) error {
		lus, err := j.Compteurs(ctx, du, au)
		if err != nil {
			return err
		}
		for nom, n := range attendu {
			if lus[nom] != n {
				return &Rupture{Seq: fin.Seq, Derive: DeriveCompteurs,
					Quoi: fmt.Sprintf("counter %q of %s is %d, the events say %d", nom, du, lus[nom], n)}
			}
		}
		for nom, n := range lus {
			if n != 0 && attendu[nom] == 0 {
				return &Rupture{Seq: fin.Seq, Derive: DeriveCompteurs, Quoi: fmt.Sprintf("counter %q of %s is %d, the events say 0",
					nom, du, n)}
			}
		}
		return nil
	}
	for _, p := range slices.Sorted(maps.Keys(attendus)) {
		if err := comparer(p, p, attendus[p]); err != nil {
			return err
		}
	}
	return comparer("", "", total)
}

// Egal compares two images of an object.
func (o *Objet) Egal(p *Objet) bool {
	return o.Genre == p.Genre && o.Cle == p.Cle && o.Version == p.Version && o.Etat == p.Etat && o.Dernier == p.Dernier &&
		o.Debut == p.Debut && o.Cree.Equal(p.Cree) && o.Modifie.Equal(p.Modifie) &&
		bytes.Equal(o.Champs.Append(nil), p.Champs.Append(nil))
}
