package b2

import (
	"bytes"
	"encoding/binary"
)

// Framing: where a record ends. Damage must stay where it is, so the place of the next record is never computed from
// a length alone: a byte lost in one invoice would shift all the others.

// marque is the byte order mark that some text editors put first.
var marque = []byte("\ufeff")

// signature is how many bytes debutPlausible looks at.
const signature = 60

// debutPlausible reports whether a record seems to begin with b. It is strict on purpose: digits in the partner's
// number, a blank, then a whole number of an insured occur nowhere else in a file.
func debutPlausible(b []byte) bool {
	if len(b) < 26 {
		return false
	}
	switch b[0] {
	case '0':
		return len(b) > 67 && string(b[1:3]) == "00" && string(b[65:67]) == "B2" && chiffres(b[5:19])
	case '9':
		return finPlausible(b)
	case '1':
		return chiffres(b[1:10]) && len(b) > 71 && b[69] == 'B' && b[70] == '2'
	case '2', '3', '4', '5':
		return b[10] == ' ' && huitChiffres(b[1:]) && chiffre(b[9]) && numeroPlausible(b[11:26])
	case '6':
		return len(b) >= signature && chiffres(b[1:54]) && !chiffre(b[54]) && !chiffre(b[55]) && blanc(b[56:signature])
	}
	return false
}

// finPlausible reports whether b, which begins with 9, has the form of the record that ends a file.
func finPlausible(b []byte) bool {
	return string(b[1:3]) == "99" && majuscule(b[3]) && majuscule(b[4]) && chiffres(b[5:19]) && blanc(b[19:25])
}

// numeroPlausible reports whether b has the form of an insured's number with its key, or only zeros.
func numeroPlausible(b []byte) bool {
	if !huitChiffres(b[7:]) || !chiffres(b[:6]) || !chiffre(b[6]) && b[6] != 'A' && b[6] != 'B' {
		return false
	}
	switch b[0] {
	case '1', '2', '3', '4', '7', '8':
		return true
	}
	return vide(b)
}

// huitChiffres reports whether b begins with eight digits.
func huitChiffres(b []byte) bool {
	w := binary.LittleEndian.Uint64(b)
	return (w&demiOctets^zeros)|((w+six)&demiOctets^zeros) == 0 && w&hauts == 0
}

func majuscule(c byte) bool { return c >= 'A' && c <= 'Z' }

func chiffre(c byte) bool { return c-'0' < 10 }

func chiffres(b []byte) bool {
	for _, c := range b {
		if c-'0' > 9 {
			return false
		}
	}
	return true
}

// blanc reports whether b holds only what fills a line or a block.
func blanc(b []byte) bool {
	for _, c := range b {
		if c != ' ' && c != 0 && c != '\t' {
			return false
		}
	}
	return true
}

// ligneMax is how far the end of a line is looked for: what is longer isn't lines.
const ligneMax = 32 * Longueur

// finDeLigne measures the line end at the head of b.
func finDeLigne(b []byte) int {
	switch {
	case len(b) == 0:
		return 0
	case b[0] == '\n':
		return 1
	case b[0] == '\r' && len(b) > 1 && b[1] == '\n':
		return 2
	case b[0] == '\r':
		return 1
	}
	return 0
}

// recaler finds how long the record at the head of b is, when no record begins 128 bytes further: something was lost
// or added in it. If one begins after twice that length, the damage is in the next record's first bytes and lengths
// are right.
func recaler(b []byte) int {
	if len(b) >= 2*Longueur && (len(b) == 2*Longueur || debutPlausible(b[2*Longueur:])) {
		return Longueur
	}
	for q := 1; q < Longueur*3/2 && q < len(b); q++ {
		if q != Longueur && debutPlausible(b[q:]) {
			return q
		}
	}
	return min(Longueur, len(b))
}

// enLignes tells whether records are lines, from the first bytes of a file: the line end's last byte, or 0.
func enLignes(b []byte) byte {
	i := bytes.IndexAny(b, "\r\n")
	if i < 0 {
		return 0
	}
	// A line end further than a record is that of long lines, unless other records come before it; one that nothing
	// plausible follows is a damaged byte.
	suite := b[i+finDeLigne(b[i:]):]
	if len(b) > Longueur && i != Longueur && debutPlausible(b[Longueur:]) && !debutPlausible(suite) || i > 2*Longueur {
		return 0
	}
	if b[i] == '\r' && (i+1 >= len(b) || b[i+1] != '\n') {
		return '\r'
	}
	return '\n'
}

// mesurer measures the record at the head of b: n bytes, then f that belong to none of its zones (line end, blanks
// added to a line). It answers 0, 0 when b holds too little to say; complet tells that nothing follows b.
func mesurer(b []byte, eol byte, largeur int, complet bool) (n, f int) {
	if eol != 0 {
		return mesurerLigne(b, eol, largeur, complet)
	}
	if len(b) < 2*Longueur+signature && !complet {
		return 0, 0
	}
	if len(b) < Longueur {
		n = len(bytes.TrimRight(b, "\r\n"))
		return n, len(b) - n
	}
	f = finDeLigne(b[Longueur:])
	if b[0] == '9' {
		// What fills the last block, or ends a file under DOS, before another file.
		f = len(b[Longueur:]) - len(bytes.TrimLeft(b[Longueur:], "\r\n\x00\x1a "))
	}
	if len(b) == Longueur+f || debutPlausible(b[Longueur+f:]) {
		return Longueur, f
	}
	if n = recaler(b); n != Longueur {
		return n, 0
	}
	return n, f
}

// mesurerLigne is mesurer where records are lines; largeur is that of the first one. Blanks that a tool adds go to
// every line: after one alone, they are its own, pushed out by a byte added before.
func mesurerLigne(b []byte, eol byte, largeur int, complet bool) (n, f int) {
	i := bytes.IndexByte(b[:min(len(b), Longueur+2)], eol)
	if i < 0 && len(b) > Longueur {
		if debutPlausible(b[Longueur:]) {
			return Longueur, finDeLigne(b[Longueur:])
		}
		i = bytes.IndexByte(b[:min(len(b), ligneMax)], eol)
	}
	total := i + 1
	if i < 0 {
		if !complet && len(b) < ligneMax {
			return 0, 0
		}
		i, total = min(len(b), ligneMax), min(len(b), ligneMax)
	}
	if i > 0 && total > i && eol == '\n' && b[i-1] == '\r' {
		i--
	}
	switch {
	case i <= Longueur:
		return i, total - i
	case i == largeur && blanc(b[Longueur:i]):
		return Longueur, total - Longueur
	}
	// Two styles of line ends, or records joined where one was lost.
	if f = finDeLigne(b[Longueur:]); f > 0 {
		return Longueur, f
	}
	if i < Longueur*3/2 {
		return i, total - i
	}
	return recaler(b[:i]), 0
}
