package fse

import "fmt"

// ErreurIdentifiant says why an identifier or a date was refused. The value is not part of it: it may be personal.
type ErreurIdentifiant struct {
	Nature string // "NIR", "FINESS", "RPPS", "AM number", "date", "organisme"
	Motif  Motif
	Detail string
}

// Motif is the reason of a refusal; it is also an error, for errors.Is.
type Motif string

// Reasons of an ErreurIdentifiant.
const (
	MotifLongueur  Motif = "wrong length"
	MotifCaractere Motif = "unexpected character"
	MotifCle       Motif = "wrong key"
	MotifValeur    Motif = "impossible value"
)

// Error implements error.
func (m Motif) Error() string { return string(m) }

// Error implements error.
func (e *ErreurIdentifiant) Error() string {
	return fmt.Sprintf("fse: %s: %s: %s", e.Nature, e.Motif.Error(), e.Detail)
}

// Unwrap returns the reason.
func (e *ErreurIdentifiant) Unwrap() error { return e.Motif }

func refus(nature string, m Motif, format string, a ...any) error {
	return &ErreurIdentifiant{Nature: nature, Motif: m, Detail: fmt.Sprintf(format, a...)}
}
