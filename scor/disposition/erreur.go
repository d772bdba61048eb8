package disposition

import (
	"errors"
	"fmt"
	"strings"
)

// ErrFormat is what every error about the bytes of a profile's file wraps.
var ErrFormat = errors.New("scor: le fichier ne suit pas le profil")

// Nature of a fault of a file.
type Nature string

// The natures.
const (
	Structure Nature = "structure" // a record unknown, out of order, missing, cut
	ZoneLue   Nature = "zone"      // a zone that can't be read
	Compteur  Nature = "compteur"  // a counter that doesn't agree
	Cle       Nature = "controle"  // a check that doesn't agree
	Code      Nature = "code"      // a code that the profile's tables don't have
)

// Erreur says where a file departs from its layout, and what was expected. It never holds what was read, which may be
// personal.
type Erreur struct {
	Nature         Nature
	Numero         int    // of the record, from 1; 0 where none applies
	Enregistrement string // the profile's name of it
	Zone           string
	Message        string
}

func (e *Erreur) Error() string {
	var b strings.Builder
	b.WriteString(ErrFormat.Error())
	if e.Numero > 0 {
		fmt.Fprintf(&b, " : enregistrement %d", e.Numero)
	}
	if e.Enregistrement != "" {
		fmt.Fprintf(&b, " (%s)", e.Enregistrement)
	}
	if e.Zone != "" {
		fmt.Fprintf(&b, ", zone « %s »", e.Zone)
	}
	b.WriteString(" : " + e.Message)
	return b.String()
}

// Unwrap makes errors.Is find ErrFormat.
func (*Erreur) Unwrap() error { return ErrFormat }

// ErreurZone says which zone a value doesn't fit when a file is written.
type ErreurZone struct {
	Enregistrement, Zone string
	Err                  error
}

func (e *ErreurZone) Error() string {
	return fmt.Sprintf("enregistrement « %s », zone « %s » : %v", e.Enregistrement, e.Zone, e.Err)
}

// Unwrap gives the reason.
func (e *ErreurZone) Unwrap() error { return e.Err }

// erreursMax bounds what is reported: a file of another kind has as many errors as records.
const erreursMax = 100

// fautes gathers the errors of a reading.
type fautes struct {
	liste []error
	puits Puits
}

func (f *fautes) ajouter(e *Erreur) {
	f.puits.Faute(e)
	switch {
	case len(f.liste) < erreursMax:
		f.liste = append(f.liste, e)
	case len(f.liste) == erreursMax:
		f.liste = append(f.liste, fmt.Errorf("%w : plus de fautes que les %d dites", ErrFormat, erreursMax))
	}
}
