package disposition

import (
	"errors"
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// morceauDate is a piece of the format of a date: a field of some digits, or characters as they are.
type morceauDate struct {
	champ byte // 'A' year, 'a' year of two digits, 'M', 'J', 'H', 'N' minutes, 'S'; 0 for characters
	texte string
	n     int
}

var champsDate = []struct {
	nom   string
	champ byte
}{{"AAAA", 'A'}, {"AA", 'a'}, {"MM", 'M'}, {"JJ", 'J'}, {"HH", 'H'}, {"MN", 'N'}, {"SS", 'S'}}

// formatDate reads a format such as AAMMJJ or JJ/MM/AAAA HH:MN.
func formatDate(s string) ([]morceauDate, error) {
	var ms []morceauDate
	vus := map[byte]bool{}
suite:
	for s != "" {
		for _, c := range champsDate {
			if strings.HasPrefix(s, c.nom) {
				cle := c.champ
				if cle == 'a' {
					cle = 'A'
				}
				if vus[cle] {
					return nil, fmt.Errorf("%s deux fois", c.nom)
				}
				vus[cle] = true
				ms = append(ms, morceauDate{champ: c.champ, n: len(c.nom)})
				s = s[len(c.nom):]
				continue suite
			}
		}
		if !strings.ContainsRune("-/.: T", rune(s[0])) {
			return nil, errors.New("attendu : AAAA ou AA, MM, JJ, HH, MN, SS, et entre eux - / . : T ou une espace")
		}
		ms = append(ms, morceauDate{texte: s[:1], n: 1})
		s = s[1:]
	}
	return ms, nil
}

func aChamps(ms []morceauDate, champs string) bool {
	for i := range champs {
		trouve := false
		for _, m := range ms {
			trouve = trouve || m.champ == champs[i] || champs[i] == 'A' && m.champ == 'a'
		}
		if !trouve {
			return false
		}
	}
	return true
}

func longueurDate(ms []morceauDate) int {
	n := 0
	for _, m := range ms {
		n += m.n
	}
	return n
}

// valeursDate are the fields of a date while it is written or read.
type valeursDate struct {
	annee, mois, jour, heure, minute, seconde int
}

func (v *valeursDate) champ(c byte) *int {
	switch c {
	case 'A', 'a':
		return &v.annee
	case 'M':
		return &v.mois
	case 'J':
		return &v.jour
	case 'H':
		return &v.heure
	case 'N':
		return &v.minute
	}
	return &v.seconde
}

func ecrireDate(dst []byte, ms []morceauDate, v *valeursDate) []byte {
	for _, m := range ms {
		if m.champ == 0 {
			dst = append(dst, m.texte...)
			continue
		}
		n := *v.champ(m.champ)
		if m.n == 4 {
			dst = append(dst, byte('0'+n/1000%10), byte('0'+n/100%10))
		}
		dst = append(dst, byte('0'+n/10%10), byte('0'+n%10))
	}
	return dst
}

func lireDate(b []byte, ms []morceauDate) (v valeursDate, ok bool) {
	for _, m := range ms {
		if len(b) < m.n {
			return v, false
		}
		if m.champ == 0 {
			if string(b[:1]) != m.texte {
				return v, false
			}
			b = b[1:]
			continue
		}
		n := 0
		for _, c := range b[:m.n] {
			if c < '0' || c > '9' {
				return v, false
			}
			n = n*10 + int(c-'0')
		}
		if m.champ == 'a' {
			n += 1900
			if n < 1900+fse.SiecleAAMMJJ {
				n += 100
			}
		}
		*v.champ(m.champ) = n
		b = b[m.n:]
	}
	return v, len(b) == 0
}

var errDate = errors.New("a date in the format of the profile expected")

// dateEcrite appends a date, an instant or a birth.
func (c *champ) dateEcrite(dst []byte, v *Valeur) ([]byte, error) {
	x := valeursDate{annee: v.Date.Annee()}
	switch c.genre {
	case GenreNaissance:
		if len(v.Texte) != 6 || strings.Trim(v.Texte, "0123456789") != "" {
			return dst, errors.New("a birth of six digits expected")
		}
		x.annee, x.mois, x.jour = deux(v.Texte), deux(v.Texte[2:]), deux(v.Texte[4:])
		// The last century that keeps the birth before that year; a lunar month has no place in it.
		if x.annee += int(v.Nombre) - int(v.Nombre)%100; x.annee > int(v.Nombre) {
			x.annee -= 100
		}
	default:
		if v.Date.IsZero() {
			if c.genre == GenreInstant && !aChamps(c.date, "J") && v.Nombre >= 0 {
				break
			}
			return dst, errDate
		}
		if an := v.Date.Annee(); c.siecle && (an < 1900+fse.SiecleAAMMJJ || an >= 2000+fse.SiecleAAMMJJ) {
			return dst, fmt.Errorf("a year of %d to %d expected, for two digits", 1900+fse.SiecleAAMMJJ, 1999+fse.SiecleAAMMJJ)
		}
		x.mois, x.jour = v.Date.Mois(), v.Date.Jour()
	}
	if c.genre != GenreNaissance && aChamps(c.date, "H") {
		if c.genre == GenreInstant && v.Nombre < 0 {
			return dst, errDate
		}
		n := int(max(v.Nombre, 0)) // of a date whose hour nobody knows
		x.heure, x.minute, x.seconde = n/3600, n/60%60, n%60
	}
	return ecrireDate(dst, c.date, &x), nil
}

func deux(s string) int { return 10*int(s[0]-'0') + int(s[1]-'0') }

// dateLue reads a date, an instant or a birth.
func (c *champ) dateLue(b []byte) (Valeur, error) {
	x, ok := lireDate(b, c.date)
	if !ok {
		return Valeur{}, errDate
	}
	if c.genre == GenreNaissance {
		return Valeur{Texte: fmt.Sprintf("%02d%02d%02d", x.annee%100, x.mois, x.jour)}, nil
	}
	v := Valeur{Nombre: -1}
	if aChamps(c.date, "J") {
		d, err := fse.NewDate(x.annee, x.mois, x.jour)
		if err != nil {
			return Valeur{}, errDate
		}
		v.Date = d
	}
	if aChamps(c.date, "H") {
		if x.heure > 23 || x.minute > 59 || x.seconde > 59 {
			return Valeur{}, errDate
		}
		if c.genre == GenreDate {
			return v, nil // which has a day alone
		}
		v.Nombre = int64(x.heure*3600 + x.minute*60 + x.seconde)
	}
	return v, nil
}
