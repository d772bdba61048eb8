package journal

import (
	"errors"
	"fmt"
	"time"
)

// Objet is the fold of the events of one object.
type Objet struct {
	Genre   Genre
	Cle     string
	Version uint64 // number of its events; 0: it doesn't exist
	Etat    Etat
	Dernier uint64 // Seq of its last event
	Debut   uint64 // Seq of its first event
	Cree    time.Time
	Modifie time.Time
	Champs
}

// Ref names an object.
type Ref struct {
	Genre Genre
	Cle   string
}

func (o *Objet) Ref() Ref { return Ref{o.Genre, o.Cle} }

// Ref names the object that e concerns.
func (e *Evenement) Ref() Ref { return Ref{e.Genre, e.Cle} }

// ErrConflit says that another writer changed an object since it was read.
var ErrConflit = errors.New("journal: another writer was faster")

// ErrSansEffet says that an event would change nothing; the caller leaves it out.
var ErrSansEffet = errors.New("journal: event without effect")

// Plier applies e, at its place in the journal, to avant. parent and dans are what Vue says.
func Plier(avant Objet, e *Evenement, parent, dans *Objet) (Objet, error) {
	o := avant
	if err := o.plier(e, parent, dans); err != nil {
		return avant, err
	}
	return o, nil
}

// plier is Plier in place; on error o is as it was.
func (o *Objet) plier(e *Evenement, parent, dans *Objet) error {
	if e.Version != o.Version+1 {
		return fmt.Errorf("%w: %s %q is at version %d, the event wants %d", ErrConflit, e.Genre, e.Cle, o.Version,
			e.Version-1)
	}
	t, err := Suivante(Vue{Avant: o, Ev: e, Parent: parent, Dans: dans})
	if err != nil {
		return err
	}
	if t.SansEffet {
		return ErrSansEffet
	}
	if o.Version == 0 {
		*o = Objet{Genre: e.Genre, Cle: e.Cle, Cree: e.Quand, Debut: e.Seq}
	}
	if t.Vers != Meme {
		o.Etat = t.Vers
		o.Echeance, o.Attention = 0, 0
	}
	o.Champs.fusionner(&e.Champs)
	o.Attention = max(o.Attention, t.Attention)
	switch e.Type {
	case Transmettre:
		o.Essais++
	case Tenter:
		o.Tentatives++
	case Remettre:
		if e.Genre == Message {
			o.Essais++
		}
	}
	o.Version, o.Dernier, o.Modifie = e.Version, e.Seq, e.Quand
	return nil
}

// Lies names the objects beside its own that the guards of e look at, given its object before it.
func Lies(avant *Objet, e *Evenement) (parent, dans Ref) {
	switch {
	case e.Genre == LotScor && e.Type == Constituer:
		parent = Ref{LotFactures, e.Champs.Parent}
	case e.Genre == Piece && e.Type == Enlotter:
		dans = Ref{LotScor, e.Champs.Dans}
	case e.Genre == Piece && e.Type == Delier:
		dans = Ref{LotScor, avant.Dans}
	}
	return parent, dans
}
