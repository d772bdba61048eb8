package disposition

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const (
	majuscules            = "majuscules"
	sansAccents           = "sans-accents"
	majusculesSansAccents = "majuscules-sans-accents"
)

var transcriptions = []string{"", majuscules, sansAccents, majusculesSansAccents}

// sansLigature are the letters and signs that Unicode doesn't take apart.
var sansLigature = strings.NewReplacer("œ", "oe", "Œ", "OE", "æ", "ae", "Æ", "AE", "ß", "ss", "ø", "o", "Ø", "O", "ł",
	"l", "Ł", "L", "đ", "d", "Đ", "D", "’", "'", "‘", "'", "«", "\"", "»", "\"", "“", "\"", "”", "\"", "–", "-", "—", "-",
	"…", "...", "€", "EUR", "°", "o", "\u00a0", " ", "\u202f", " ")

// transcrire writes a text in capitals, without accents, or both.
func transcrire(s, comment string) string {
	if comment == "" {
		return s
	}
	if comment != majuscules {
		s = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Mn, r) {
				return -1
			}
			return r
		}, norm.NFD.String(sansLigature.Replace(s)))
	}
	if comment != sansAccents {
		s = strings.ToUpper(s)
	}
	return s
}
