// Package terminal shows text of others (subjects, names, replies) to a person: what
// a terminal would obey, and what would make a line say something else than its
// letters, appears as visible signs.
package terminal

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Inoffensif is s on one line, harmless: control characters as their pictures
// (U+2400…), formatting characters (bidirectional marks, zero-width ones) by their
// number, bytes that aren't UTF-8 as U+FFFD.
func Inoffensif(s string) string {
	if !strings.ContainsFunc(s, dangereux) && utf8.ValidString(s) {
		return s
	}
	var b strings.Builder
	for _, r := range s {
		switch {
		case r < ' ':
			b.WriteRune(0x2400 + r)
		case r == 0x7f:
			b.WriteRune(0x2421)
		case dangereux(r):
			fmt.Fprintf(&b, "⟨U+%04X⟩", r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// Lignes does the same to each line of s.
func Lignes(s string) string {
	lignes := strings.Split(s, "\n")
	for i, l := range lignes {
		lignes[i] = Inoffensif(l)
	}
	return strings.Join(lignes, "\n")
}

// JSON gives the same value with what a terminal would obey as escapes, \u202e. Such characters are in its texts only.
func JSON(b []byte) []byte {
	if bytes.IndexFunc(b, dangereuxJSON) < 0 {
		return b
	}
	out := make([]byte, 0, len(b)+64)
	for _, r := range string(b) {
		if !dangereuxJSON(r) {
			out = utf8.AppendRune(out, r)
			continue
		}
		for _, u := range utf16.AppendRune(nil, r) {
			out = fmt.Appendf(out, `\u%04x`, u)
		}
	}
	return out
}

// dangereuxJSON: line ends are its own layout.
func dangereuxJSON(r rune) bool { return r != '\n' && dangereux(r) }

func dangereux(r rune) bool {
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
}
