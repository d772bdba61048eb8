package fse

import (
	"fmt"
	"math"
	"strings"
)

// Montant is an amount in cents of euro.
type Montant int64

// ParseMontant reads the digits of a norm's zone (cents, no sign, no point); blanks only are 0.
func ParseMontant(s string) (Montant, error) {
	s = strings.Trim(s, " ")
	if s == "" {
		return 0, nil
	}
	if !chiffres(s) {
		return 0, refus("amount", MotifCaractere, "want digits")
	}
	var n int64
	for i := range len(s) {
		d := int64(s[i] - '0')
		if n > (math.MaxInt64-d)/10 {
			return 0, refus("amount", MotifValeur, "more than 9223372036854775807 cents")
		}
		n = n*10 + d
	}
	return Montant(n), nil
}

// String writes euros as they are written in France: "1 006,08 €", with no-break spaces.
func (m Montant) String() string {
	n, signe := uint64(m), ""
	if m < 0 {
		n, signe = -n, "-"
	}
	s := fmt.Sprint(n / 100)
	var b strings.Builder
	b.WriteString(signe)
	for i, c := range s {
		if i > 0 && (len(s)-i)%3 == 0 {
			b.WriteString("\u00a0")
		}
		b.WriteRune(c)
	}
	fmt.Fprintf(&b, ",%02d\u00a0€", n%100)
	return b.String()
}
