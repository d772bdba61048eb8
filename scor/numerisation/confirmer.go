package numerisation

import (
	"errors"
	"fmt"
	"time"
)

// Reponse answers a question.
type Reponse uint8

// Answers.
const (
	Oui Reponse = iota + 1 // the page is good
	Non                    // it isn't: the piece is refused
)

// String is the answer in French.
func (r Reponse) String() string {
	switch r {
	case Oui:
		return "oui"
	case Non:
		return "non"
	}
	return "sans réponse"
}

// MarshalText writes the answer as [Reponse.String] does.
func (r Reponse) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Confirmation is what a person answered.
type Confirmation struct {
	Reponse Reponse `json:"reponse"`
	// Auteur is who answered, as the host names its users.
	Auteur string    `json:"auteur,omitempty"`
	Date   time.Time `json:"date"`
}

// Question is what a person has to answer before a piece is sent.
type Question struct {
	Page  int // its place in [Resultat.Pages], from 0
	Code  Code
	Texte string // in French
	Lieux []Rectangle
}

// ErrQuestion says that nothing, or nothing any more, is asked there.
var ErrQuestion = errors.New("numerisation: no such question is open")

// ouverte says whether a finding waits for an answer.
func (c *Constat) ouverte() bool { return c.Question != "" && c.Confirmation == nil }

// Questions are those that wait for an answer, in the order of the pages.
func (r *Resultat) Questions() []Question {
	var q []Question
	for i := range r.Pages {
		for _, c := range r.Pages[i].Constats {
			if c.ouverte() {
				q = append(q, Question{Page: i, Code: c.Code, Texte: c.Question, Lieux: c.Lieux})
			}
		}
	}
	return q
}

// AConfirmer says that nothing refuses the piece, but that a person has to answer [Resultat.Questions] before it is
// sent. Its PDF is complete, and is to be kept until then.
func (r *Resultat) AConfirmer() bool {
	return !r.refuse() && r.complet && len(r.Questions()) > 0
}

// refuse says whether a finding refuses the piece.
func (r *Resultat) refuse() bool {
	for range r.bloquants() {
		return true
	}
	return false
}

// Confirmer records the answer to a question. With yes to the last one the piece is accepted; a no refuses it, for
// good.
func (r *Resultat) Confirmer(q Question, c Confirmation) error {
	if c.Reponse != Oui && c.Reponse != Non {
		return fmt.Errorf("numerisation: answer %d to a question, expected Oui or Non", c.Reponse)
	}
	if q.Page < 0 || q.Page >= len(r.Pages) {
		return fmt.Errorf("%w: page %d of %d", ErrQuestion, q.Page, len(r.Pages))
	}
	for i := range r.Pages[q.Page].Constats {
		k := &r.Pages[q.Page].Constats[i]
		if k.Code != q.Code || !k.ouverte() {
			continue
		}
		k.Confirmation = &c
		if c.Reponse == Non {
			k.Bloquant = true
			k.Message = "Répondu non à la question : « " + k.Question + " » Numérisez la feuille à nouveau."
		} else {
			k.Renumeriser, k.Message = false, ""
		}
		r.Accepte = r.complet && !r.refuse() && len(r.Questions()) == 0
		return nil
	}
	return fmt.Errorf("%w: page %d, %s", ErrQuestion, q.Page, q.Code)
}
