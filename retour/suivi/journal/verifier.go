package journal

import (
	"bytes"
	"context"
	"errors"
	"fmt"
)

// Rupture is the first place where a journal isn't what was written.
type Rupture struct {
	Seq   uint64 // event where the chain breaks
	Quoi  string
	Objet *Ref // when a materialised object differs from the fold
	Cause error
}

func (r *Rupture) Error() string {
	s := fmt.Sprintf("journal: broken at event %d: %s", r.Seq, r.Quoi)
	if r.Objet != nil {
		s += fmt.Sprintf(" (%s %q)", r.Objet.Genre, r.Objet.Cle)
	}
	if r.Cause != nil {
		s += ": " + r.Cause.Error()
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

// VerifierChaine proves the chain alone, without folding: it needs no memory, whatever the size of the journal. attendue is a head
// kept elsewhere (a backup, a proof pack), nil if there is none.
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
			return Rapport{Evenements: c.tete.Seq, Tete: c.tete}, &Rupture{Seq: e.Seq, Quoi: "not the event of which the head was kept"}
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
	return nil
}

// Verifier proves the chain, that every event was allowed, and that the materialised objects are the fold of the events. The
// journal must be at rest. attendue is as for VerifierChaine.
func Verifier(ctx context.Context, j Journal, attendue *Tete) (Rapport, error) {
	s := newPlis()
	c := NewChaine(Tete{})
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
	}
	if err := finir(ctx, j, c.tete, attendue); err != nil {
		return rapport(), err
	}
	vus := 0
	for _, g := range Genres() {
		for o, err := range j.Chercher(ctx, Requete{Genre: g}) {
			if err != nil {
				return rapport(), err
			}
			vus++
			r := o.Ref()
			if !s.egal(&o) {
				return rapport(), &Rupture{Seq: o.Dernier, Quoi: "the materialised object isn't the fold of its events", Objet: &r}
			}
		}
	}
	if vus != s.nombre() {
		return rapport(), &Rupture{Seq: c.tete.Seq, Quoi: fmt.Sprintf("%d materialised objects, %d in the events", vus, s.nombre())}
	}
	return rapport(), nil
}

// Egal compares two images of an object.
func (o *Objet) Egal(p *Objet) bool {
	return o.Genre == p.Genre && o.Cle == p.Cle && o.Version == p.Version && o.Etat == p.Etat && o.Dernier == p.Dernier &&
		o.Debut == p.Debut && o.Cree.Equal(p.Cree) && o.Modifie.Equal(p.Modifie) &&
		bytes.Equal(o.Champs.Append(nil), p.Champs.Append(nil))
}
