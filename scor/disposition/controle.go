package disposition

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"strconv"
	"strings"
)

// The checks of a zone. Each gives the text that stands in the zone for the bytes covered.

// cumul is a check that goes on over records.
type cumul interface {
	Write(b []byte) (int, error)
	Reset()
	// texte is what the zone holds for what was written so far.
	texte(format string, longueur int) (string, error)
}

func nouveauCumul(algo string) cumul {
	switch algo {
	case "luhn":
		return &luhn{}
	case "mod97":
		return &mod97{}
	case "iso7064-97":
		return &mod97{iso: true}
	case "somme":
		return &somme{}
	case "crc16":
		return &crc16{r: 0xffff}
	case "crc32":
		return &crc{crc32.NewIEEE()}
	}
	return &sha{sha256.New()}
}

// largeurControle is the length of a check as text; 0: that of its zone.
func largeurControle(algo, format string) int {
	switch algo {
	case "luhn":
		return 1
	case "mod97", "iso7064-97":
		return 2
	case "crc16":
		return map[string]int{"decimal": 5}[format] + 4*b2i(format != "decimal")
	case "crc32":
		return map[string]int{"decimal": 10}[format] + 8*b2i(format != "decimal")
	case "sha256":
		if format == "base64" {
			return 44
		}
		return 64
	}
	return 0
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

var errChiffres = errors.New("the check covers something else than digits")

// luhn is the key of ISO 7812: it comes after the digits covered.
type luhn struct {
	// s holds the sum in both parities: which one is doubled is known at the end.
	s   [2]int
	n   int
	err error
}

func (l *luhn) Reset() { *l = luhn{} }

func (l *luhn) Write(b []byte) (int, error) {
	for _, c := range b {
		if c < '0' || c > '9' {
			l.err = errChiffres
			continue
		}
		d := int(c - '0')
		double := 2 * d
		if double > 9 {
			double -= 9
		}
		l.s[l.n%2] += double
		l.s[1-l.n%2] += d
		l.n++
	}
	return len(b), nil
}

func (l *luhn) texte(string, int) (string, error) {
	// The last digit covered is doubled: its parity is that of n-1.
	s := l.s[(l.n+1)%2]
	return strconv.Itoa((10 - s%10) % 10), l.err
}

// mod97 is the key of a NIR, 97 minus the rest; iso is ISO 7064 MOD 97-10. Letters count as in ISO 7064: A is 10.
type mod97 struct {
	iso bool
	r   int
	err error
}

func (m *mod97) Reset() { m.r, m.err = 0, nil }

func (m *mod97) Write(b []byte) (int, error) {
	for _, c := range b {
		switch {
		case c >= '0' && c <= '9':
			m.r = (m.r*10 + int(c-'0')) % 97
		case c >= 'A' && c <= 'Z':
			m.r = (m.r*100 + int(c-'A') + 10) % 97
		default:
			m.err = errors.New("the check covers something else than digits and capital letters")
		}
	}
	return len(b), nil
}

func (m *mod97) texte(string, int) (string, error) {
	if m.iso {
		return fmt.Sprintf("%02d", 98-m.r*100%97), m.err
	}
	return fmt.Sprintf("%02d", 97-m.r), m.err
}

// somme adds the bytes, modulo what the zone holds.
type somme struct{ n uint64 }

func (s *somme) Reset() { s.n = 0 }

func (s *somme) Write(b []byte) (int, error) {
	for _, c := range b {
		s.n += uint64(c)
	}
	return len(b), nil
}

func (s *somme) texte(_ string, longueur int) (string, error) {
	if longueur <= 0 || longueur > 18 {
		longueur = 18
	}
	t := strconv.FormatUint(s.n, 10)
	if len(t) > longueur {
		t = t[len(t)-longueur:]
	}
	return strings.Repeat("0", longueur-len(t)) + t, nil
}

// crc16 is CRC-16/CCITT-FALSE: polynomial 0x1021, from 0xffff.
type crc16 struct{ r uint16 }

func (c *crc16) Reset() { c.r = 0xffff }

func (c *crc16) Write(b []byte) (int, error) {
	for _, x := range b {
		c.r ^= uint16(x) << 8
		for range 8 {
			if c.r&0x8000 != 0 {
				c.r = c.r<<1 ^ 0x1021
			} else {
				c.r <<= 1
			}
		}
	}
	return len(b), nil
}

func (c *crc16) texte(format string, _ int) (string, error) {
	return enBase(uint64(c.r), format, 4, 5), nil
}

// crc is CRC-32 of IEEE 802.3.
type crc struct{ hash.Hash32 }

func (c *crc) texte(format string, _ int) (string, error) {
	return enBase(uint64(c.Sum32()), format, 8, 10), nil
}

func enBase(n uint64, format string, hexa, decimal int) string {
	switch format {
	case "decimal":
		return fmt.Sprintf("%0*d", decimal, n)
	case "HEX":
		return fmt.Sprintf("%0*X", hexa, n)
	}
	return fmt.Sprintf("%0*x", hexa, n)
}

type sha struct{ hash.Hash }

func (s *sha) texte(format string, _ int) (string, error) {
	e := s.Sum(nil)
	switch format {
	case "HEX":
		return strings.ToUpper(hex.EncodeToString(e)), nil
	case "base64":
		return base64.StdEncoding.EncodeToString(e), nil
	}
	return hex.EncodeToString(e), nil
}
