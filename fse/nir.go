package fse

import (
	"fmt"
	"io"
	"strings"
)

// NIR is the registration number of an insured person: sex, year and month of birth, département, commune, order, and a
// key. It is comparable, and masked by String, by every verb of fmt and in JSON and text marshalling; Clair gives it.
// The zero NIR stands for none.
type NIR struct {
	numero [13]byte
	cle    [2]byte
}

// ParseNIR reads a number of 13 characters (Corsica: 2A or 2B as département) and its key of 2 digits.
//
// A wrong key is an error (errors.Is MotifCle), but the NIR is returned with it, so that a file holding it can still be
// read. Temporary numbers (first digit 3, 4, 7 or 8) and the fictive ones of anonymous invoices are accepted: only the
// shape and the key are checked, not the birth date inside. An empty key is completed.
func ParseNIR(numero13, cle2 string) (NIR, error) {
	numero13 = strings.ToUpper(strings.TrimSpace(numero13))
	cle2 = strings.TrimSpace(cle2)
	if len(numero13) != 13 {
		return NIR{}, refus("NIR", MotifLongueur, "%d characters, want 13", len(numero13))
	}
	var n NIR
	copy(n.numero[:], numero13)
	for i, c := range n.numero {
		if c >= '0' && c <= '9' || i == 6 && (c == 'A' || c == 'B') && n.numero[5] == '2' {
			continue
		}
		return NIR{}, refus("NIR", MotifCaractere, "position %d, want a digit (or 2A, 2B at 6-7)", i+1)
	}
	switch n.numero[0] {
	case '1', '2', '3', '4', '7', '8':
	default:
		return NIR{}, refus("NIR", MotifValeur, "first digit, want 1, 2, 3, 4, 7 or 8")
	}
	attendue := cleNIR(n.numero)
	if cle2 == "" {
		n.cle = attendue
		return n, nil
	}
	if len(cle2) != 2 {
		return NIR{}, refus("NIR", MotifLongueur, "key of %d characters, want 2", len(cle2))
	}
	copy(n.cle[:], cle2)
	if !chiffres(cle2) {
		return NIR{}, refus("NIR", MotifCaractere, "key, want 2 digits")
	}
	if n.cle != attendue {
		return n, refus("NIR", MotifCle, "the key does not match the number")
	}
	return n, nil
}

// cleNIR computes 97 - (n mod 97), with 2A read as 19 and 2B as 18.
func cleNIR(b [13]byte) [2]byte {
	switch b[6] {
	case 'A':
		b[5], b[6] = '1', '9'
	case 'B':
		b[5], b[6] = '1', '8'
	}
	var n int64
	for _, c := range b {
		n = n*10 + int64(c-'0')
	}
	k := byte(97 - n%97)
	return [2]byte{'0' + k/10, '0' + k%10}
}

// IsZero reports whether n is no number at all.
func (n NIR) IsZero() bool { return n == NIR{} }

// Equal reports whether both are the same number with the same key, as == does.
func (n NIR) Equal(o NIR) bool { return n == o }

// Valide reports whether the key is right.
func (n NIR) Valide() bool { return !n.IsZero() && n.cle == cleNIR(n.numero) }

// Clair returns the 15 characters, number and key. It is personal data: keep it out of logs and errors.
func (n NIR) Clair() string {
	if n.IsZero() {
		return ""
	}
	return string(n.numero[:]) + string(n.cle[:])
}

// Numero returns the 13 characters without the key. It is personal data.
func (n NIR) Numero() string {
	if n.IsZero() {
		return ""
	}
	return string(n.numero[:])
}

// Cle returns the 2 digits of the key.
func (n NIR) Cle() string {
	if n.IsZero() {
		return ""
	}
	return string(n.cle[:])
}

// Provisoire reports whether the number is a temporary one (first digit 3, 4, 7 or 8).
func (n NIR) Provisoire() bool { return n.numero[0] == '3' || n.numero[0] == '4' || n.numero[0] >= '7' }

// Fictif reports whether the number has the form that anonymous invoices carry: 55 55 55 in place of birth and
// département, and 333 as order.
func (n NIR) Fictif() bool {
	return string(n.numero[1:7]) == "555555" && string(n.numero[10:]) == "333"
}

// String returns the masked form: the first digit, then stars.
func (n NIR) String() string {
	if n.IsZero() {
		return ""
	}
	return string(n.numero[:1]) + "************ **"
}

// Format implements fmt.Formatter, so that no verb, not even %#v or %x, prints the number.
func (n NIR) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, n.String()) }

// MarshalText returns the masked form: a NIR goes out in clear only when asked for by name.
func (n NIR) MarshalText() ([]byte, error) { return []byte(n.String()), nil }

func chiffres(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}
