package controle

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/chaine"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Action says what a line of the register tells.
type Action string

// The actions, as they are stored.
const (
	ActionClasser   Action = "classer"
	ActionChercher  Action = "chercher"
	ActionExporter  Action = "exporter"
	ActionSceller   Action = "sceller"
	ActionPurger    Action = "purger"
	ActionReprendre Action = "reprendre" // a line without its end, which a crash cut short, was dropped
)

// Ligne is one line of the register. Which of its last fields are set, Action says. An act on more than a line holds is
// several lines, each complete; Suite says that the next line belongs to the same act.
type Ligne struct {
	N      int       `json:"n"`
	Quand  time.Time `json:"quand"`
	Action Action    `json:"action"`
	// Sel keeps who knows the hash of a line from guessing what is in it.
	Sel       string          `json:"sel"`
	Suite     bool            `json:"suite,omitempty"`
	Acces     *Acces          `json:"acces,omitempty"`
	Depot     *Depot          `json:"depot,omitempty"`
	Critere   *Critere        `json:"critere,omitempty"`
	Resultats int             `json:"resultats,omitempty"`
	Pieces    []string        `json:"pieces,omitempty"`
	Sceau     []byte          `json:"sceau,omitempty"`
	Racine    *scor.Empreinte `json:"racine,omitempty"`
	Avant     *fse.Date       `json:"avant,omitempty"`
}

// marge is left in a line for what is added when it is written: number, time, salt.
const marge = 512

// borner makes as many lines of an act as it takes for each to be one that the register reads back: the limit is that
// of the chain.
func borner(l *Ligne) ([]*Ligne, error) {
	b, err := json.Marshal(l)
	if err != nil {
		return nil, fmt.Errorf("controle: %w", err)
	}
	if len(b) <= chaine.LigneMax-marge {
		return []*Ligne{l}, nil
	}
	debut, fin := *l, *l
	switch c := l.Critere; {
	case len(l.Pieces) > 1:
		n := len(l.Pieces) / 2
		debut.Pieces, fin.Pieces = l.Pieces[:n], l.Pieces[n:]
	case c != nil && len(c.Factures)+len(c.Numeros)+len(c.Types) > 1:
		d, f := *c, *c
		d.Factures, f.Factures = moities(c.Factures)
		d.Numeros, f.Numeros = moities(c.Numeros)
		d.Types, f.Types = moities(c.Types)
		debut.Critere, fin.Critere = &d, &f
	default:
		return nil, fmt.Errorf("%w: a line of %d bytes, at most %d", ErrLimite, len(b), chaine.LigneMax-marge)
	}
	debut.Suite = true
	a, err := borner(&debut)
	if err != nil {
		return nil, err
	}
	z, err := borner(&fin)
	if err != nil {
		return nil, err
	}
	return append(a, z...), nil
}

func moities[T any](s []T) (debut, fin []T) { return s[: len(s)/2 : len(s)/2], s[len(s)/2:] }

// decoder reads a line of the register.
func decoder(m chaine.Maillon) (l Ligne, err error) {
	if err := json.Unmarshal(m.Contenu, &l); err != nil {
		return l, fmt.Errorf("%w: line %d is not readable", ErrChaine, m.N)
	}
	if uint64(l.N) != m.N || (l.Action == ActionClasser) != (l.Depot != nil) {
		return l, fmt.Errorf("%w: line %d says that it is line %d", ErrChaine, m.N, l.N)
	}
	return l, nil
}

// Journal gives the lines of the register as they are written, for the establishment's own audit.
func (r *Registre) Journal(yield func(Ligne, error) bool) {
	f, err := r.depot.Open(nomRegistre)
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err != nil {
		yield(Ligne{}, fmt.Errorf("controle: %w", err))
		return
	}
	defer f.Close()
	for m, err := range chaine.Read(f) {
		var l Ligne
		if err == nil {
			l, err = decoder(m)
		} else if errors.Is(err, chaine.ErrIncomplet) {
			return // another program is writing it
		} else {
			err = fmt.Errorf("%w: %w", ErrChaine, err)
		}
		if !yield(l, err) || err != nil {
			return
		}
	}
}
