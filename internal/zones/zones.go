// Package zones reads and writes fixed-width records from tables: a table names the zones of a record, with their
// columns (1-based and inclusive, as the norms print them), type and filling. B2, the NOEMIE headers and entities, and
// the SCOR lots of a profile all go through it, so that a layout is data and never code.
//
// Characters are single bytes, read and written as ISO-8859-1. A value that does not fit its zone is an error, never a
// truncation.
package zones

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// Type says how a zone is justified and filled.
type Type byte

// The two types of the norms.
const (
	N Type = 'N' // digits, right-justified, filled with zeros
	A Type = 'A' // text, left-justified, filled with blanks
)

// String returns "N" or "A".
func (t Type) String() string { return string(rune(t)) }

// MarshalText implements encoding.TextMarshaler.
func (t Type) MarshalText() ([]byte, error) {
	if t != N && t != A {
		return nil, fmt.Errorf("zones: unknown type %q", rune(t))
	}
	return []byte{byte(t)}, nil
}

// UnmarshalText reads "N" or "A".
func (t *Type) UnmarshalText(b []byte) error {
	if len(b) != 1 || (Type(b[0]) != N && Type(b[0]) != A) {
		return fmt.Errorf("zones: type %q, want N or A", b)
	}
	*t = Type(b[0])
	return nil
}

// Presence says whether a sender must fill a zone. The norms' letters are kept as they are printed.
type Presence string

// Presences seen in the norms.
const (
	Obligatoire Presence = "O"
	Facultative Presence = "F"
)

// Zone is one field of a record.
type Zone struct {
	Nom         string   // unique in its table
	Debut       int      // first column, 1-based
	Longueur    int      // in bytes
	Type        Type     // N or A
	Presence    Presence // informative: a reader never refuses an empty zone
	Valeur      string   // fixed value, "" when free
	Remplissage byte     // filling byte; 0 is '0' for N and ' ' for A
	Source      string   // where the columns come from, for humans
}

// Fin returns the last column, inclusive.
func (z *Zone) Fin() int { return z.Debut + z.Longueur - 1 }

func (z *Zone) remplissage() byte {
	switch {
	case z.Remplissage != 0:
		return z.Remplissage
	case z.Type == N:
		return '0'
	default:
		return ' '
	}
}

// Lire returns the bytes of the zone in rec, without copying them. It returns what there is of it when rec is too
// short, and nil when the zone lies outside.
func (z *Zone) Lire(rec []byte) []byte {
	i, j := z.Debut-1, z.Debut-1+z.Longueur
	if i < 0 || i >= len(rec) || j <= i {
		return nil
	}
	return rec[i:min(j, len(rec))]
}

// Texte returns the value without its filling: blanks are dropped on both sides of a number, where zeros are kept
// because they may be part of an identifier, and at the end of a text.
func (z *Zone) Texte(rec []byte) string {
	b := z.Lire(rec)
	if z.Type == N {
		b = bytes.Trim(b, " ")
	} else {
		b = bytes.TrimRight(b, string(rune(z.remplissage())))
	}
	return latin1(b)
}

func latin1(b []byte) string {
	ascii := true
	for _, c := range b {
		ascii = ascii && c < utf8.RuneSelf
	}
	if ascii {
		return string(b)
	}
	r := make([]rune, len(b))
	for i, c := range b {
		r[i] = rune(c)
	}
	return string(r)
}

// Entier returns the number held by the zone. A blank zone is 0: the norms let an optional number be left blank.
// It does not allocate, except for its error.
func (z *Zone) Entier(rec []byte) (int64, error) {
	b := z.Lire(rec)
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	var n int64
	for _, c := range b {
		if c < '0' || c > '9' {
			return 0, z.erreur("digits")
		}
		if n > (1<<63-1-9)/10 {
			return 0, z.erreur("a number of 18 digits or less")
		}
		n = n*10 + int64(c-'0')
	}
	return n, nil
}

// Vide reports whether the zone holds no value: blanks only, or zeros only when it is a number.
func (z *Zone) Vide(rec []byte) bool {
	for _, c := range z.Lire(rec) {
		if c != ' ' && c != z.remplissage() && (z.Type != N || c != '0') {
			return false
		}
	}
	return true
}

// Controler reports whether what rec holds may stand in the zone: its fixed value, digits (or blanks) in a number, no
// control character in a text. The value read is not part of the error, since it may be personal.
func (z *Zone) Controler(rec []byte) error {
	b := z.Lire(rec)
	if len(b) != z.Longueur {
		return z.erreur(strconv.Itoa(z.Longueur) + " bytes")
	}
	if z.Valeur != "" {
		if z.Texte(rec) != z.Valeur {
			return z.erreur(strconv.Quote(z.Valeur))
		}
		return nil
	}
	if z.Type == N {
		t := bytes.Trim(b, " ")
		for _, c := range t {
			if c < '0' || c > '9' {
				return z.erreur("digits")
			}
		}
		return nil
	}
	for _, c := range b {
		if c < ' ' || c == 0x7f {
			return z.erreur("no control character")
		}
	}
	return nil
}

// Ecrire writes v into the zone of rec, justified and filled. An empty v writes the fixed value, or the filling alone.
// It fails when v is too long, is not made of digits for a number, differs from the fixed value, or holds a character
// that ISO-8859-1 does not have; rec is then left as it was.
func (z *Zone) Ecrire(rec []byte, v string) error {
	if v == "" {
		v = z.Valeur
	} else if z.Valeur != "" && v != z.Valeur {
		return z.erreur(strconv.Quote(z.Valeur))
	}
	b := z.Lire(rec)
	if len(b) != z.Longueur {
		return z.erreur("a record of at least " + strconv.Itoa(z.Fin()) + " bytes")
	}
	if !utf8.ValidString(v) {
		return z.erreur("valid UTF-8")
	}
	n := 0
	for _, r := range v {
		switch {
		case r > 0xff:
			return z.erreur("characters of ISO-8859-1")
		case r < ' ' || r == 0x7f:
			return z.erreur("no control character")
		case z.Type == N && (r < '0' || r > '9'):
			return z.erreur("digits")
		}
		n++
	}
	if n > z.Longueur {
		e := z.erreur("at most " + strconv.Itoa(z.Longueur) + " characters")
		e.Lu = strconv.Itoa(n) + " characters"
		return e
	}
	for i := range b {
		b[i] = z.remplissage()
	}
	if z.Type == N {
		b = b[len(b)-n:]
	}
	i := 0
	for _, r := range v {
		b[i] = byte(r)
		i++
	}
	return nil
}

// EcrireEntier writes n, which must not be negative.
func (z *Zone) EcrireEntier(rec []byte, n int64) error {
	if n < 0 {
		return z.erreur("a number that is not negative")
	}
	return z.Ecrire(rec, strconv.FormatInt(n, 10))
}

func (z *Zone) erreur(attendu string) *Erreur {
	return &Erreur{Zone: z.Nom, Attendu: attendu, Offset: -1}
}
