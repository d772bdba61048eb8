package journal

import (
	"context"
	"fmt"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/chaine"
)

// Extrait proves that some events are in a journal, without showing the others: of those only the digests are given.
type Extrait struct {
	// Avant is the link before the first event of Contenus.
	Avant Condense
	// Premier is the Seq of the first; Contenus are the digests of all events from there to the head.
	Premier    uint64
	Contenus   []Condense
	Tete       Tete
	Evenements []EvenementLisible
}

// EvenementLisible is an event as an extract shows it.
type EvenementLisible struct {
	Seq, Prec uint64
	Quand     time.Time
	Genre     Genre
	Cle       string
	Type      Type
	Version   uint64
	Donnees   string // the JSON text, byte for byte: the chain covers it
}

// MarshalText writes hexadecimal digits.
func (c Condense) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// UnmarshalText reads them.
func (c *Condense) UnmarshalText(b []byte) error {
	if err := (*chaine.Condense)(c).UnmarshalText(b); err != nil {
		return fmt.Errorf("journal: %w", err)
	}
	return nil
}

// Extraire makes the extract of the events of these objects.
func Extraire(ctx context.Context, j Journal, refs ...Ref) (*Extrait, error) {
	voulus := make(map[Ref]bool, len(refs))
	objets, err := j.Objets(ctx, refs...)
	if err != nil {
		return nil, err
	}
	x := &Extrait{}
	for r, o := range objets {
		voulus[r] = true
		if x.Premier == 0 || o.Debut < x.Premier {
			x.Premier = o.Debut
		}
	}
	if x.Premier == 0 {
		return nil, fmt.Errorf("journal: nothing to extract")
	}
	if x.Premier > 1 {
		e, err := j.Evenement(ctx, x.Premier-1)
		if err != nil {
			return nil, err
		}
		x.Avant = e.Condense
	}
	chaine := NewChaine(Tete{Seq: x.Premier - 1, Condense: x.Avant})
	for e, err := range j.Rejouer(ctx, x.Premier-1) {
		if err != nil {
			return nil, err
		}
		if err := chaine.Suivre(&e); err != nil {
			return nil, err
		}
		x.Contenus = append(x.Contenus, e.Contenu())
		if voulus[e.Ref()] {
			x.Evenements = append(x.Evenements, EvenementLisible{e.Seq, e.Prec, e.Quand, e.Genre, e.Cle, e.Type, e.Version, string(e.Donnees)})
		}
	}
	x.Tete = chaine.Tete()
	return x, nil
}

// Verifier proves the extract against its head: each event is where its digest says, and the digests chain to the head.
func (x *Extrait) Verifier() error {
	lien := x.Avant
	for i, c := range x.Contenus {
		lien = Suivant(lien, c)
		if i == len(x.Contenus)-1 && (lien != x.Tete.Condense || x.Tete.Seq != x.Premier+uint64(i)) {
			return &Rupture{Seq: x.Premier + uint64(i), Quoi: "the digests don't chain to the head"}
		}
	}
	if len(x.Contenus) == 0 {
		return &Rupture{Seq: x.Premier, Quoi: "no digest"}
	}
	dernier := uint64(0)
	for _, l := range x.Evenements {
		e := Evenement{Seq: l.Seq, Prec: l.Prec, Quand: l.Quand, Genre: l.Genre, Cle: l.Cle, Type: l.Type, Version: l.Version, Donnees: []byte(l.Donnees)}
		if l.Seq <= dernier || l.Seq < x.Premier || l.Seq-x.Premier >= uint64(len(x.Contenus)) || x.Contenus[l.Seq-x.Premier] != e.Contenu() {
			return &Rupture{Seq: l.Seq, Quoi: "the event isn't the one of the chain"}
		}
		dernier = l.Seq
	}
	return nil
}

// Copier writes the events of src into dst, which is empty, chain and times included: a backup, a move to another store, a
// restoration. It ends by comparing the heads, and may be run again after an interruption.
func Copier(ctx context.Context, dst, src Journal) (Tete, error) {
	t, err := dst.Tete(ctx)
	if err != nil {
		return t, err
	}
	lot := make([]Evenement, 0, 1000)
	chaine := NewChaine(t)
	ecrire := func() error {
		if len(lot) == 0 {
			return nil
		}
		err := dst.Ajouter(ctx, lot)
		lot = lot[:0]
		return err
	}
	for e, err := range src.Rejouer(ctx, t.Seq) {
		if err != nil {
			return chaine.Tete(), err
		}
		if err := chaine.Suivre(&e); err != nil {
			return chaine.Tete(), err
		}
		if lot = append(lot, e); len(lot) == cap(lot) {
			if err := ecrire(); err != nil {
				return chaine.Tete(), err
			}
		}
	}
	if err := ecrire(); err != nil {
		return chaine.Tete(), err
	}
	fin, err := dst.Tete(ctx)
	if err == nil && fin.Condense != chaine.Tete().Condense {
		err = &Rupture{Seq: fin.Seq, Quoi: "the copy isn't the original"}
	}
	return fin, err
}
