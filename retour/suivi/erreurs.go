package suivi

import (
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// ErreurObjet is what went wrong in a round with one object. A round's error joins one for each: [Erreurs] lists them.
type ErreurObjet struct {
	Genre journal.Genre
	Cle   string
	Err   error
}

func (e *ErreurObjet) Error() string {
	return fmt.Sprintf("suivi: %s %s: %v", e.Genre, cleMontree(e.Genre, e.Cle), e.Err)
}
func (e *ErreurObjet) Unwrap() error { return e.Err }

// Erreurs lists the objects that an error of Avancer tells of, in its order; what concerns none of them is left out.
func Erreurs(err error) []*ErreurObjet {
	if err == nil {
		return nil
	}
	if e, ok := err.(*ErreurObjet); ok { //nolint:errorlint // each one of a tree is wanted, not the first
		return []*ErreurObjet{e}
	}
	var l []*ErreurObjet
	switch x := err.(type) { //nolint:errorlint // the same
	case interface{ Unwrap() []error }:
		for _, e := range x.Unwrap() {
			l = append(l, Erreurs(e)...)
		}
	case interface{ Unwrap() error }:
		l = Erreurs(errors.Unwrap(err))
	}
	return l
}
