// Package masque tells texts that may hold an insured's number, for findings that quote what was read. A zone's name
// doesn't say what stands in it: in a file that lost some bytes, the number is read under any name.
package masque

// Texte replaces what isn't shown.
const Texte = "(masqué)"

// Forme reports whether 13 characters of s have the form of an insured's number.
func Forme(s string) bool {
	for i := 0; i+13 <= len(s); i++ {
		if s[i] != '0' && estNumero(s[i:i+13]) {
			return true
		}
	}
	return false
}

// Identifiant is an identifier that a host gave, as errors and logs may show it: hosts have been seen to name things by
// the number of the insured.
func Identifiant(s string) string {
	if Forme(s) {
		return Texte
	}
	return s
}

func estNumero(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (i != 6 || c != 'A' && c != 'B') {
			return false
		}
	}
	return true
}

// partMax is how many characters of a number a quotation may have in common with it: fewer tell nobody.
const partMax = 4

// Partage reports whether s has more than a few characters in a row of the number. A run of one character, as zeros,
// tells nothing.
func Partage(s string, numero []byte) bool {
	for i := 0; i+partMax < len(numero); i++ {
		part := numero[i : i+partMax+1]
		for k := range part {
			if part[k] != part[0] && contient(s, part) {
				return true
			}
		}
	}
	return false
}

func contient(s string, part []byte) bool {
	for i := 0; i+len(part) <= len(s); i++ {
		if s[i:i+len(part)] == string(part) {
			return true
		}
	}
	return false
}

// Chiffres counts the digits of s.
func Chiffres(s string) (n int) {
	for i := range len(s) {
		if s[i] >= '0' && s[i] <= '9' {
			n++
		}
	}
	return n
}
