package fse

import "strings"

// FINESS is the number of an establishment: 9 digits, the last a Luhn key. The Corsican forms "2A…" and "2B…" are
// turned by ParseFINESS into the digits that B2 carries (2A → 20 0 1, 2B → 20 0 2).
type FINESS string

// ParseFINESS reads 9 characters. A wrong key is an error (MotifCle), with the number returned all the same.
func ParseFINESS(s string) (FINESS, error) {
	s = strings.ToUpper(strings.TrimSpace(s))
	if len(s) != 9 {
		return "", refus("FINESS", MotifLongueur, "%d characters, want 9", len(s))
	}
	// 2Ayyxxxxl and 2Byyxxxxl become 2001xxxxl and 2002xxxxl (B2: the field is numeric).
	if s[0] == '2' && (s[1] == 'A' || s[1] == 'B') {
		rang := "1"
		if s[1] == 'B' {
			rang = "2"
		}
		s = "200" + rang + s[4:]
	}
	return FINESS(s), luhn("FINESS", s)
}

// Valide reports whether the number has 9 digits and its key.
func (f FINESS) Valide() bool { return len(f) == 9 && luhn("FINESS", string(f)) == nil }

// String returns the digits.
func (f FINESS) String() string { return string(f) }

// RPPS is the national number of a health professional: 11 digits, the last a Luhn key.
type RPPS string

// ParseRPPS reads 11 digits. A wrong key is an error (MotifCle), with the number returned all the same.
func ParseRPPS(s string) (RPPS, error) {
	s = strings.TrimSpace(s)
	if len(s) != 11 {
		return "", refus("RPPS", MotifLongueur, "%d characters, want 11", len(s))
	}
	return RPPS(s), luhn("RPPS", s)
}

// Valide reports whether the number has 11 digits and its key.
func (r RPPS) Valide() bool { return len(r) == 11 && luhn("RPPS", string(r)) == nil }

// String returns the digits.
func (r RPPS) String() string { return string(r) }

// NumeroAM is the number that the Assurance Maladie gives to a professional, in the ADELI form: département (2),
// category (1), order (5), key (1). Its key is computed as that of a FINESS (common knowledge, not found in a norm).
type NumeroAM string

// ParseNumeroAM reads 9 digits. A wrong key is an error (MotifCle), with the number returned all the same.
func ParseNumeroAM(s string) (NumeroAM, error) {
	s = strings.TrimSpace(s)
	if len(s) != 9 {
		return "", refus("AM number", MotifLongueur, "%d characters, want 9", len(s))
	}
	return NumeroAM(s), luhn("AM number", s)
}

// Valide reports whether the number has 9 digits and its key.
func (n NumeroAM) Valide() bool { return len(n) == 9 && luhn("AM number", string(n)) == nil }

// String returns the digits.
func (n NumeroAM) String() string { return string(n) }

// Categorie returns the digit of the professional category.
func (n NumeroAM) Categorie() string {
	if len(n) != 9 {
		return ""
	}
	return string(n[2:3])
}

// luhn checks digits and key: from the right, every second digit doubled, the sum a multiple of 10. A number of zeros
// only stands for none in the norms and is refused.
func luhn(nature, s string) error {
	if !chiffres(s) {
		return refus(nature, MotifCaractere, "want digits")
	}
	somme, nul := 0, true
	for i := range len(s) {
		d := int(s[len(s)-1-i] - '0')
		nul = nul && d == 0
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		somme += d
	}
	switch {
	case nul:
		return refus(nature, MotifValeur, "zeros only")
	case somme%10 != 0:
		return refus(nature, MotifCle, "the last digit does not match the others")
	}
	return nil
}

// Organisme is what manages an insured person: grand régime (2 digits), caisse (3), centre (4).
type Organisme struct{ Regime, Caisse, Centre string }

// ParseOrganisme reads the 9 characters as B2 has them (type 2, columns 49 to 57). An unknown régime is accepted: old
// ones stay in archives.
func ParseOrganisme(s string) (Organisme, error) {
	if len(s) != 9 {
		return Organisme{}, refus("organisme", MotifLongueur, "%d characters, want 9", len(s))
	}
	if !chiffres(s) {
		return Organisme{}, refus("organisme", MotifCaractere, "want digits")
	}
	return Organisme{s[:2], s[2:5], s[5:]}, nil
}

// String returns the 9 digits, as in 017510000.
func (o Organisme) String() string { return o.Regime + o.Caisse + o.Centre }
