package annuaire

import (
	"errors"
	"fmt"
	"strings"
)

// ErrIntrouvable: the source works, and knows no certificate for the address.
var ErrIntrouvable = errors.New("annuaire: no certificate for this address")

// ErrNonVerifiee is wrapped by the warning that comes with a certificate whose
// revocation nothing could check: its authority isn't known, or it's trusted by itself.
var ErrNonVerifiee = errors.New("annuaire: revocation not checked")

// Motif is why a certificate is refused.
type Motif string

const (
	Expire            Motif = "expired"
	PasEncore         Motif = "not yet valid"
	Revoque           Motif = "revoked"
	AutreNom          Motif = "of another address"
	AutoriteInconnue  Motif = "of an unknown authority"
	RevocationInconnu Motif = "of unknown revocation status"
	PasDeChiffrement  Motif = "not for encryption"
)

// Libelle tells an end user, in French.
func (m Motif) Libelle() string {
	switch m {
	case Expire:
		return "certificat expiré"
	case PasEncore:
		return "certificat pas encore valable"
	case Revoque:
		return "certificat révoqué"
	case AutreNom:
		return "certificat établi pour une autre adresse"
	case AutoriteInconnue:
		return "certificat d'une autorité inconnue"
	case RevocationInconnu:
		return "état de révocation du certificat inconnu"
	case PasDeChiffrement:
		return "certificat qui ne sert pas à chiffrer"
	}
	return string(m)
}

// Refus is a certificate that can't be used.
type Refus struct {
	Adresse string
	Serie   string // serial number, hexadecimal
	Motif   Motif
	Err     error // detail; may be nil
}

func (r *Refus) Error() string {
	s := fmt.Sprintf("annuaire: %s: certificate %s is %s", r.Adresse, r.Serie, r.Motif)
	if r.Err != nil {
		s += ": " + r.Err.Error()
	}
	return s
}

func (r *Refus) Unwrap() error { return r.Err }

// AucunUtilisable: the address has certificates, and all of them are refused.
type AucunUtilisable struct {
	Adresse string
	Refus   []*Refus
}

func (e *AucunUtilisable) Error() string {
	motifs := make([]string, len(e.Refus))
	for i, r := range e.Refus {
		motifs[i] = r.Error()
	}
	return strings.Join(motifs, "; ")
}

func (e *AucunUtilisable) Unwrap() []error {
	erreurs := make([]error, len(e.Refus))
	for i, r := range e.Refus {
		erreurs[i] = r
	}
	return erreurs
}

// ErreurTronquee: a directory gave only part of its entries, having reached its
// limit; the best certificate may be among the others.
type ErreurTronquee struct {
	Base    string
	Entrees int // received
}

func (e *ErreurTronquee) Error() string {
	return fmt.Sprintf("annuaire: only %d entries received under %q: the directory reached its limit", e.Entrees, e.Base)
}

// ErreurCache: an answer kept on disk served, the directory being down.
type ErreurCache struct {
	Cause error // why the directory did not answer
}

func (e *ErreurCache) Error() string {
	return "annuaire: the directory is down, its last answer serves: " + e.Cause.Error()
}

func (e *ErreurCache) Unwrap() error { return e.Cause }
