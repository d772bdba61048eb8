package fse

import (
	"cmp"
	"fmt"
	"io"
	"time"
)

// Date is a civil date. It is comparable; the zero Date stands for none, as 000000 or blanks do in the norms.
type Date struct {
	annee int16
	mois  int8
	jour  int8
}

// SiecleAAMMJJ is the rule that gives a year to the two digits of an AAMMJJ date: years 00 to 79 are 2000 to 2079, 80
// to 99 are 1980 to 1999. Invoices, lots and prescriptions are never older than the norm (1980s). The norms leave the
// century unsaid; birth dates don't follow the rule and are kept raw, see [Naissance].
const SiecleAAMMJJ = 80

// NewDate returns the date, or an error when the calendar does not have it.
func NewDate(annee, mois, jour int) (Date, error) {
	if annee < 1 || annee > 9999 || mois < 1 || mois > 12 || jour < 1 || jour > joursDuMois(annee, mois) {
		return Date{}, refus("date", MotifValeur, "not in the calendar")
	}
	return Date{int16(annee), int8(mois), int8(jour)}, nil
}

func joursDuMois(annee, mois int) int {
	switch mois {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if annee%4 == 0 && (annee%100 != 0 || annee%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// ParseAAMMJJ reads six digits, with the century of [SiecleAAMMJJ]; zeros or blanks are the zero Date.
func ParseAAMMJJ(s string) (Date, error) {
	if s == "000000" || s == "      " || s == "" {
		return Date{}, nil
	}
	if len(s) != 6 {
		return Date{}, refus("date", MotifLongueur, "%d characters, want 6", len(s))
	}
	if !chiffres(s) {
		return Date{}, refus("date", MotifCaractere, "want six digits")
	}
	an := 1900 + deux(s[0:])
	if deux(s) < SiecleAAMMJJ {
		an += 100
	}
	return NewDate(an, deux(s[2:]), deux(s[4:]))
}

// ParseAAAAMMJJ reads eight digits; zeros or blanks are the zero Date.
func ParseAAAAMMJJ(s string) (Date, error) {
	if s == "00000000" || s == "        " || s == "" {
		return Date{}, nil
	}
	if len(s) != 8 {
		return Date{}, refus("date", MotifLongueur, "%d characters, want 8", len(s))
	}
	if !chiffres(s) {
		return Date{}, refus("date", MotifCaractere, "want eight digits")
	}
	return NewDate(100*deux(s)+deux(s[2:]), deux(s[4:]), deux(s[6:]))
}

// HeureDe is the time of the day, since midnight, in t's own location, in whole seconds.
func HeureDe(t time.Time) time.Duration {
	h, m, s := t.Clock()
	return time.Duration(h)*time.Hour + time.Duration(m)*time.Minute + time.Duration(s)*time.Second
}

// DateDe returns the civil date of t in its own location.
func DateDe(t time.Time) Date {
	a, m, j := t.Date()
	return Date{int16(a), int8(m), int8(j)}
}

func deux(s string) int { return 10*int(s[0]-'0') + int(s[1]-'0') }

// Annee returns the year, 0 for the zero Date.
func (d Date) Annee() int { return int(d.annee) }

// Mois returns the month, from 1, Jour the day of the month; 0 for the zero Date.
func (d Date) Mois() int { return int(d.mois) }

// Jour returns the day of the month.
func (d Date) Jour() int { return int(d.jour) }

// AAMMJJ returns six digits, "000000" for the zero Date.
func (d Date) AAMMJJ() string { return fmt.Sprintf("%02d%02d%02d", int(d.annee)%100, d.mois, d.jour) }

// AAAAMMJJ returns eight digits, "00000000" for the zero Date.
func (d Date) AAAAMMJJ() string { return fmt.Sprintf("%04d%02d%02d", d.annee, d.mois, d.jour) }

// String returns 2006-01-02, "" for the zero Date.
func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.annee, d.mois, d.jour)
}

// MarshalText implements encoding.TextMarshaler with the form of String.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the form of String.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = Date{}
		return nil
	}
	t, err := time.Parse(time.DateOnly, string(b))
	if err != nil {
		return refus("date", MotifValeur, "want 2006-01-02")
	}
	*d = DateDe(t)
	return nil
}

// Time returns midnight of the date in loc (UTC when nil), the zero time for the zero Date.
func (d Date) Time(loc *time.Location) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	if loc == nil {
		loc = time.UTC
	}
	return time.Date(int(d.annee), time.Month(d.mois), int(d.jour), 0, 0, 0, 0, loc)
}

// Jours returns how many days d is after o, negative when before; 0 when one of them is no date.
func (d Date) Jours(o Date) int {
	if d.IsZero() || o.IsZero() {
		return 0
	}
	return d.rang() - o.rang()
}

// rang numbers the days. The year is taken from March on, so that a leap day is the last of its year: months then begin
// every 30.6 days, (153m+2)/5, and years every 365 days with a day more every 4 years, but 100, not 400.
func (d Date) rang() int {
	an, mois := int(d.annee), int(d.mois)-3
	if mois < 0 {
		an, mois = an-1, mois+12
	}
	return 365*an + an/4 - an/100 + an/400 + (153*mois+2)/5 + int(d.jour)
}

// IsZero reports whether d is no date.
func (d Date) IsZero() bool { return d == Date{} }

// Equal reports whether both are the same day, as == does.
func (d Date) Equal(o Date) bool { return d == o }

// Compare returns -1, 0 or +1; the zero Date comes first.
func (d Date) Compare(o Date) int {
	return cmp.Or(cmp.Compare(d.annee, o.annee), cmp.Compare(d.mois, o.mois), cmp.Compare(d.jour, o.jour))
}

// Naissance is a birth date as a card carries it, six characters AAMMJJ, kept raw: persons born abroad may have a
// "lunar" one, whose month or day no calendar has (month 13 to 99, day 00). It is personal data: String masks it.
type Naissance string

// Civile returns the calendar date of a birth before or on the given day, and false when the calendar has none.
// The century is the last one that keeps the birth on or before it: at most 99 years of age can be told apart.
func (n Naissance) Civile(avant Date) (Date, bool) {
	if len(n) != 6 || !chiffres(string(n)) || avant.IsZero() {
		return Date{}, false
	}
	an := avant.Annee() - avant.Annee()%100 + deux(string(n))
	for range 2 {
		if d, err := NewDate(an, deux(string(n[2:])), deux(string(n[4:]))); err == nil && d.Compare(avant) <= 0 {
			return d, true
		}
		an -= 100
	}
	return Date{}, false
}

// Lunaire reports whether the date has a month or day that the calendar does not have.
func (n Naissance) Lunaire() bool {
	if len(n) != 6 || !chiffres(string(n)) {
		return false
	}
	// 2000 is a leap year: 0229 is thus a day of some year.
	_, err := NewDate(2000, deux(string(n[2:])), deux(string(n[4:])))
	return err != nil
}

// Brut returns the six characters. It is personal data.
func (n Naissance) Brut() string { return string(n) }

// String masks the date.
func (n Naissance) String() string {
	if n == "" {
		return ""
	}
	return "******"
}

// Format masks the date with every verb.
func (n Naissance) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, n.String()) }

// MarshalText returns the masked form: a birth date goes out in clear only when asked for by name, with
// [Naissance.Brut].
func (n Naissance) MarshalText() ([]byte, error) { return []byte(n.String()), nil }
