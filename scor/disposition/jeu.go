package disposition

import (
	"errors"
	"fmt"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// jeu is a character set: nil table for UTF-8, bytes above 0x7f refused for ASCII.
type jeu struct {
	nom   string
	table *charmap.Charmap
	ascii bool
}

var jeux = map[string]jeu{
	"ascii": {nom: "ascii", ascii: true}, "iso-8859-1": {nom: "iso-8859-1", table: charmap.ISO8859_1},
	"iso-8859-15": {nom: "iso-8859-15", table: charmap.ISO8859_15}, "windows-1252": {nom: "windows-1252",
		table: charmap.Windows1252},
	"cp850": {nom: "cp850", table: charmap.CodePage850}, "cp858": {nom: "cp858", table: charmap.CodePage858},
	"utf-8": {nom: "utf-8"},
}

var errControle = errors.New("aucun caractère de contrôle attendu")

// ecrire appends a text.
func (j *jeu) ecrire(dst []byte, s string) ([]byte, error) {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c >= utf8.RuneSelf || c < ' ' || c == 0x7f {
			return j.ecrireRunes(append(dst, s[:i]...), s[i:])
		}
	}
	return append(dst, s...), nil
}

func (j *jeu) ecrireRunes(dst []byte, s string) ([]byte, error) {
	if !utf8.ValidString(s) {
		return dst, errors.New("de l'UTF-8 attendu")
	}
	for _, r := range s {
		switch {
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return dst, errControle
		case r < utf8.RuneSelf:
			dst = append(dst, byte(r))
		case j.table != nil:
			c, ok := j.table.EncodeRune(r)
			if !ok {
				return dst, fmt.Errorf("des caractères de %s attendus", j.nom)
			}
			dst = append(dst, c)
		case j.ascii:
			return dst, errors.New("des caractères de l'ASCII attendus")
		default:
			dst = utf8.AppendRune(dst, r)
		}
	}
	return dst, nil
}

// lire gives the text of bytes.
func (j *jeu) lire(b []byte) (string, error) {
	simple := true
	for _, c := range b {
		if c < ' ' || c == 0x7f {
			return "", errControle
		}
		simple = simple && c < utf8.RuneSelf
	}
	switch {
	case simple:
		return string(b), nil
	case j.ascii:
		return "", errors.New("des caractères de l'ASCII attendus")
	case j.table == nil:
		if !utf8.Valid(b) {
			return "", errors.New("de l'UTF-8 attendu")
		}
		return string(b), nil
	}
	r := make([]rune, len(b))
	for i, c := range b {
		if r[i] = j.table.DecodeByte(c); r[i] >= 0x7f && r[i] < 0xa0 || r[i] == utf8.RuneError {
			return "", errControle
		}
	}
	return string(r), nil
}
