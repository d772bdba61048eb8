package disposition

import (
	"crypto/md5"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"hash/adler32"
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

// algorithme is a check that a zone may name.
type algorithme struct {
	nom string
	// largeur is the number of digits, decimal or hexadecimal as the zone writes it; 0: that of the zone.
	largeur func(format string) int
	nouveau func() cumul
	// binaire: it is a number, that a zone of bytes may hold. decimal: it is written in digits. formats are those that its
	// zone may ask for.
	binaire, decimal bool
	formats          []string
}

func deLargeur(n int) func(string) int { return func(string) int { return n } }

// deBits is the width of a check of so many bits.
func deBits(n int) func(string) int {
	return func(format string) int {
		switch format {
		case "decimal":
			return len(strconv.FormatUint(1<<n-1, 10))
		case "base64":
			return base64.StdEncoding.EncodedLen(n / 8)
		}
		return n / 4
	}
}

var formatsNombre = []string{"hex", "HEX", "decimal"}

func condense(nom string, nouveau func() hash.Hash) algorithme {
	return algorithme{nom: nom, largeur: deBits(8 * nouveau().Size()), formats: []string{"hex", "HEX", "base64"},
		nouveau: func() cumul { return &empreinteCumul{nouveau()} }}
}

func crc16De(nom string, nouveau func() *crc16) algorithme {
	return algorithme{nom: nom, largeur: deBits(16), binaire: true, formats: formatsNombre,
		nouveau: func() cumul { return nouveau() }}
}

func somme32(nom string, nouveau func() hash.Hash32) algorithme {
	return algorithme{nom: nom, largeur: deBits(32), binaire: true, formats: formatsNombre,
		nouveau: func() cumul { return &crc{nouveau()} }}
}

// algorithmes are the checks of « controle: ».
var algorithmes = []algorithme{
	{nom: "luhn", largeur: deLargeur(1), decimal: true, nouveau: func() cumul { return &luhn{} }},
	{nom: "mod97", largeur: deLargeur(2), decimal: true, nouveau: func() cumul { return &mod97{} }},
	{nom: "iso7064-97", largeur: deLargeur(2), decimal: true, nouveau: func() cumul { return &mod97{iso: true} }},
	{nom: "mod11", largeur: deLargeur(1), nouveau: func() cumul { return &mod11{} }},
	{nom: "somme", largeur: deLargeur(0), binaire: true, decimal: true, nouveau: func() cumul { return &somme{} }},
	{nom: "xor", largeur: deBits(8), binaire: true, formats: formatsNombre,
		nouveau: func() cumul { return &ouExclusif{} }},
	crc16De("crc16", func() *crc16 { return &crc16{r: 0xffff, debut: 0xffff} }),
	crc16De("crc16-xmodem", func() *crc16 { return &crc16{} }),
	crc16De("crc16-arc", func() *crc16 { return &crc16{reflechi: true} }),
	somme32("crc32", crc32.NewIEEE),
	somme32("crc32c", func() hash.Hash32 { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) }),
	somme32("adler32", adler32.New),
	condense("md5", md5.New),
	condense("sha1", sha1.New),
	condense("sha256", sha256.New),
	condense("sha512", sha512.New),
}

// Controles lists the checks that a zone may have, by the names that a profile gives them.
func Controles() []string {
	var noms []string
	for _, a := range algorithmes {
		noms = append(noms, a.nom)
	}
	return noms
}

func algorithmeDe(nom string) *algorithme {
	for i := range algorithmes {
		if algorithmes[i].nom == nom {
			return &algorithmes[i]
		}
	}
	return nil
}

// nouveauCumul begins a check that compiling has found in the list.
func nouveauCumul(algo string) cumul { return algorithmeDe(algo).nouveau() }

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

var errChiffres = errors.New("le contrôle couvre autre chose que des chiffres")

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
			m.err = errors.New("le contrôle couvre autre chose que des chiffres et des majuscules")
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

// ouExclusif is the exclusive or of the bytes, the LRC of ISO 1155.
type ouExclusif struct{ r byte }

func (x *ouExclusif) Reset() { x.r = 0 }

func (x *ouExclusif) Write(b []byte) (int, error) {
	for _, c := range b {
		x.r ^= c
	}
	return len(b), nil
}

func (x *ouExclusif) texte(format string, _ int) (string, error) {
	return enBase(uint64(x.r), format, 2, 3), nil
}

// mod11 is 11 minus the rest of the sum of the digits weighted 2, 3, 4… from the right, up to 7 and again: 10 is X, and
// 11 is 0.
type mod11 struct {
	sommes [6]int // of the digits that will have the same weight
	n      int
	err    error
}

func (m *mod11) Reset() { *m = mod11{} }

func (m *mod11) Write(b []byte) (int, error) {
	for _, c := range b {
		if c < '0' || c > '9' {
			m.err = errChiffres
			continue
		}
		m.sommes[m.n%6] = (m.sommes[m.n%6] + int(c-'0')) % 11
		m.n++
	}
	return len(b), nil
}

func (m *mod11) texte(string, int) (string, error) {
	s := 0
	for i, x := range m.sommes {
		s += x * (2 + ((m.n-1-i)%6+6)%6)
	}
	if r := (11 - s%11) % 11; r != 10 {
		return strconv.Itoa(r), m.err
	}
	return "X", m.err
}

// crc16 is the CRC of polynomial 0x1021 from ffff (CCITT) or from 0 (XMODEM), or, reflected, of 0x8005 from 0 (ARC).
type crc16 struct {
	r, debut uint16
	reflechi bool
}

func (c *crc16) Reset() { c.r = c.debut }

func (c *crc16) Write(b []byte) (int, error) {
	for _, x := range b {
		if c.reflechi {
			c.r ^= uint16(x)
			for range 8 {
				c.r = c.r>>1 ^ 0xa001*(c.r&1)
			}
			continue
		}
		c.r ^= uint16(x) << 8
		for range 8 {
			c.r = c.r<<1 ^ 0x1021*(c.r>>15)
		}
	}
	return len(b), nil
}

func (c *crc16) texte(format string, _ int) (string, error) {
	return enBase(uint64(c.r), format, 4, 5), nil
}

// crc is a check of 32 bits of the standard library.
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

// empreinteCumul is a cryptographic hash.
type empreinteCumul struct{ hash.Hash }

func (s *empreinteCumul) texte(format string, _ int) (string, error) {
	e := s.Sum(nil)
	switch format {
	case "HEX":
		return strings.ToUpper(hex.EncodeToString(e)), nil
	case "base64":
		return base64.StdEncoding.EncodeToString(e), nil
	}
	return hex.EncodeToString(e), nil
}
