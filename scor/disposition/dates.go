package disposition

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// morceauDate is a piece of the format of a date: a field of some digits, the name of a month, or characters as they
// are.
type morceauDate struct {
	champ byte // see champsDate; 0 for characters
	texte string
	n     int // the greatest number of characters
}

// champsDate are the fields, those that begin alike from the longest.
var champsDate = []struct {
	nom   string
	champ byte
	n     int
}{{"AAAA", 'A', 4}, {"AA", 'a', 2}, {"MMMM", 'L', 9}, {"MMM", 'l', 3}, {"MM", 'M', 2}, {"MN", 'N', 2}, {"M", 'm', 2},
	{"JJJ", 'Q', 3}, {"JJ", 'J', 2}, {"J", 'j', 2}, {"HH", 'H', 2}, {"SS", 'S', 2}}

// sensChamp is what a field says: how it is written left aside. The day of the year is a month and a day.
var sensChamp = map[byte]string{'A': "A", 'a': "A", 'L': "M", 'l': "M", 'M': "M", 'm': "M", 'N': "N", 'Q': "MJ",
	'J': "J", 'j': "J", 'H': "H", 'S': "S"}

var errFormatDate = errors.New("attendu : AAAA ou AA ; MM, M, MMM (NOV) ou MMMM (novembre) ; JJ ou J, ou JJJ (jour de " +
	"l'année) ; HH, MN, SS ; le reste en minuscules ou entre apostrophes, et - / . : T Z ou une espace")

// formatDate reads a format such as AAMMJJ, JJ/MM/AAAA HH:MN, AAAAJJJ or J MMMM AAAA.
func formatDate(s string) ([]morceauDate, error) {
	var ms []morceauDate
	vus := ""
	for s != "" {
		if m, ok := champDate(s); ok {
			sens := sensChamp[m.champ]
			if strings.ContainsAny(vus, sens) {
				return nil, fmt.Errorf("%s deux fois", map[byte]string{'A': "l'année", 'M': "le mois", 'J': "le jour",
					'H': "l'heure", 'N': "les minutes", 'S': "les secondes"}[sens[strings.IndexAny(sens, vus)]])
			}
			if n := len(ms); n > 0 && (ms[n-1].champ == 'j' || ms[n-1].champ == 'm') {
				return nil, errors.New("après J ou M, d'un ou deux chiffres, un autre caractère est attendu")
			}
			vus += sens
			ms = append(ms, m)
			s = s[len(m.texte):]
			continue
		}
		texte, reste, err := texteDate(s)
		if err != nil {
			return nil, err
		}
		ms = append(ms, morceauDate{texte: texte, n: len(texte)})
		s = reste
	}
	return ms, nil
}

func champDate(s string) (morceauDate, bool) {
	for _, c := range champsDate {
		if strings.HasPrefix(s, c.nom) {
			return morceauDate{champ: c.champ, texte: c.nom, n: c.n}, true
		}
	}
	return morceauDate{}, false
}

// texteDate takes the characters that a format begins with.
func texteDate(s string) (texte, reste string, err error) {
	if s[0] == '\'' {
		texte, reste, ok := strings.Cut(s[1:], "'")
		if !ok || texte == "" || strings.Trim(texte, "0123456789") != texte {
			return "", "", errors.New("une apostrophe fermante attendue, et un texte sans chiffres aux bords")
		}
		return texte, reste, ascii(texte)
	}
	if c := s[0]; c > 'Z' || c < '0' || c > '9' && c < 'A' || c == 'T' || c == 'Z' {
		return s[:1], s[1:], ascii(s[:1])
	}
	return "", "", errFormatDate
}

func ascii(s string) error {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return errors.New("des caractères de l'ASCII attendus")
		}
	}
	return nil
}

// aChamps says whether a date in this format tells all of these: A year, M month, J day, H hour, N minutes, S seconds.
func aChamps(ms []morceauDate, champs string) bool {
	for i := range champs {
		if !slices.ContainsFunc(ms, func(m morceauDate) bool {
			return strings.IndexByte(sensChamp[m.champ], champs[i]) >= 0
		}) {
			return false
		}
	}
	return true
}

// longueurDate is the greatest length of a date in this format; exacte says that all have it.
func longueurDate(ms []morceauDate) (n int, exacte bool) {
	exacte = true
	for _, m := range ms {
		n += m.n
		exacte = exacte && m.champ != 'L' && m.champ != 'j' && m.champ != 'm'
	}
	return n, exacte
}

// valeursDate are the fields of a date while it is written or read.
type valeursDate struct {
	annee, mois, jour, heure, minute, seconde int
}

func (v *valeursDate) champ(c byte) *int {
	switch c {
	case 'A', 'a':
		return &v.annee
	case 'M', 'm', 'L', 'l':
		return &v.mois
	case 'J', 'j', 'Q':
		return &v.jour
	case 'H':
		return &v.heure
	case 'N':
		return &v.minute
	}
	return &v.seconde
}

var moisEntiers = [...]string{"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre",
	"octobre", "novembre", "décembre"}

// moisCourts: juin and juillet begin alike.
var moisCourts = [...]string{"JAN", "FEV", "MAR", "AVR", "MAI", "JUN", "JUL", "AOU", "SEP", "OCT", "NOV", "DEC"}

// nomMois is how a date names its month: as the zone transcribes it, and without accents where its character set has
// none.
func (c *champ) nomMois(dst []byte, m *morceauDate, mois int, j *jeu) []byte {
	nom := moisCourts[mois-1]
	if m.champ == 'L' {
		nom = transcrire(moisEntiers[mois-1], c.z.Transcription)
	}
	if b, err := j.ecrire(dst, nom); err == nil {
		return b
	}
	return append(dst, transcrire(nom, "sans-accents")...)
}

func (c *champ) ecrireDate(dst []byte, v *valeursDate, j *jeu) []byte {
	for i := range c.date {
		m := &c.date[i]
		n := *v.champ(m.champ)
		switch m.champ {
		case 0:
			dst = append(dst, m.texte...)
			continue
		case 'L', 'l':
			dst = c.nomMois(dst, m, v.mois, j)
			continue
		case 'j', 'm':
			dst = strconv.AppendInt(dst, int64(n), 10)
			continue
		case 'Q':
			n = time.Date(v.annee, time.Month(v.mois), v.jour, 0, 0, 0, 0, time.UTC).YearDay()
			dst = append(dst, byte('0'+n/100))
		case 'A':
			dst = append(dst, byte('0'+n/1000%10), byte('0'+n/100%10))
		}
		dst = append(dst, byte('0'+n/10%10), byte('0'+n%10))
	}
	return dst
}

// lireMois knows a month by its name, in capitals or not, with its accents or not.
func lireMois(b []byte, entier bool) (mois, lu int) {
	noms := moisCourts[:]
	if entier {
		noms = moisEntiers[:]
	}
	for i, nom := range noms {
		for _, n := range []string{nom, transcrire(nom, "sans-accents")} {
			if len(b) >= len(n) && strings.EqualFold(string(b[:len(n)]), n) {
				return i + 1, len(n)
			}
		}
	}
	return 0, 0
}

// lireNombre reads up to n digits; exactly as many, unless fewer are allowed.
func lireNombre(b []byte, n int, moins bool) (v, lu int) {
	for lu < n && lu < len(b) && b[lu] >= '0' && b[lu] <= '9' {
		v = v*10 + int(b[lu]-'0')
		lu++
	}
	if lu < n && !moins {
		return 0, 0
	}
	return v, lu
}

func lireDate(b []byte, ms []morceauDate) (v valeursDate, ok bool) {
	quantieme := false
	for _, m := range ms {
		n, lu := 0, 0
		switch m.champ {
		case 0:
			if !bytes.HasPrefix(b, []byte(m.texte)) {
				return v, false
			}
			b = b[len(m.texte):]
			continue
		case 'L', 'l':
			n, lu = lireMois(b, m.champ == 'L')
		default:
			n, lu = lireNombre(b, m.n, m.champ == 'j' || m.champ == 'm')
		}
		if lu == 0 {
			return v, false
		}
		if m.champ == 'a' {
			n += 1900
			if n < 1900+fse.SiecleAAMMJJ {
				n += 100
			}
		}
		quantieme = quantieme || m.champ == 'Q'
		*v.champ(m.champ) = n
		b = b[lu:]
	}
	if quantieme {
		t := time.Date(v.annee, 1, v.jour, 0, 0, 0, 0, time.UTC)
		if v.jour < 1 || t.Year() != v.annee {
			return v, false
		}
		v.mois, v.jour = int(t.Month()), t.Day()
	}
	return v, len(b) == 0
}

// ParseDate reads a day in the format of a profile.
func ParseDate(format, texte string) (fse.Date, error) {
	ms, err := formatDate(format)
	if err != nil {
		return fse.Date{}, err
	}
	j := jeux["utf-8"]
	v, err := (&champ{z: &Zone{}, genre: GenreDate, date: ms}).dateLue([]byte(texte), &j)
	return v.Date, err
}

// EcrireDate writes a day, and the time of it since midnight, in the format of a profile: for its templates.
func EcrireDate(format string, jour fse.Date, heure time.Duration) (string, error) {
	ms, err := formatDate(format)
	if err != nil {
		return "", err
	}
	if len(ms) == 0 || !aChamps(ms, "AMJ") && !aChamps(ms, "H") {
		return "", errFormatDate
	}
	j := jeux["utf-8"]
	c := &champ{z: &Zone{}, genre: GenreDate, date: ms}
	b, err := c.dateEcrite(nil, &Valeur{Date: jour, Nombre: int64(heure / time.Second)}, &j)
	return string(b), err
}

var errDate = errors.New("une date au format du profil attendue")

// dateEcrite appends a date, an instant or a birth.
func (c *champ) dateEcrite(dst []byte, v *Valeur, j *jeu) ([]byte, error) {
	x := valeursDate{annee: v.Date.Annee()}
	switch c.genre {
	case GenreNaissance:
		if len(v.Texte) != 6 || strings.Trim(v.Texte, "0123456789") != "" {
			return dst, errors.New("une naissance de six chiffres attendue")
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
			return dst, fmt.Errorf("une année de %d à %d attendue, pour deux chiffres", 1900+fse.SiecleAAMMJJ,
				1999+fse.SiecleAAMMJJ)
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
	return c.ecrireDate(dst, &x, j), nil
}

func deux(s string) int { return 10*int(s[0]-'0') + int(s[1]-'0') }

// dateLue reads a date, an instant or a birth.
func (c *champ) dateLue(b []byte, j *jeu) (Valeur, error) {
	if slices.ContainsFunc(c.date, func(m morceauDate) bool { return m.champ == 'L' }) {
		t, err := j.lire(b)
		if err != nil {
			return Valeur{}, err
		}
		b = []byte(t)
	}
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
		v.Nombre = int64(x.heure*3600 + x.minute*60 + x.seconde)
	}
	return v, nil
}

// dateNulle says that a zone holds zeros where a date would have digits.
func (c *champ) dateNulle(b []byte) bool {
	nulle := false
	for _, m := range c.date {
		if m.champ != 0 {
			k := 0
			for k < len(b) && k < m.n && b[k] == '0' {
				k++
			}
			nulle = nulle || k > 0
			b = b[k:]
		} else if bytes.HasPrefix(b, []byte(m.texte)) {
			b = b[len(m.texte):]
		}
	}
	return nulle && len(b) == 0
}
