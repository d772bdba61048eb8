package ecrans

import (
	"bytes"
	"time"
)

// The spaces of French typography.
const (
	insecable     = "\u00a0"
	fineInsecable = "\u202f"
)

// exact are the attributes of elements whose text is copied as it stands: identifiers, seeds, codes.
var exact = [][]byte{[]byte(`class="id"`), []byte(`class="code"`), []byte(`class="nomf"`), []byte("<textarea"),
	[]byte("<title")}

// typographier keeps signs on the line of the word that they belong to, in the texts of a page: a space before « : ; ?
// ! » » and after « « » doesn't break. Sentences come from many rooms, and are written with plain spaces in all of
// them. Tags are left alone: html/template has escaped what could look like one.
func typographier(page []byte) []byte {
	sortie := make([]byte, 0, len(page)+len(page)/64)
	for len(page) > 0 {
		i := bytes.IndexByte(page, '<')
		if i < 0 {
			return espacer(sortie, page)
		}
		sortie = espacer(sortie, page[:i])
		j := bytes.IndexByte(page[i:], '>')
		if j < 0 {
			return append(sortie, page[i:]...)
		}
		balise := page[i : i+j+1]
		sortie = append(sortie, balise...)
		page = page[i+j+1:]
		for _, x := range exact {
			if bytes.Contains(balise, x) { // its text up to the next tag
				k := bytes.IndexByte(page, '<')
				if k < 0 {
					k = len(page)
				}
				sortie, page = append(sortie, page[:k]...), page[k:]
				break
			}
		}
	}
	return sortie
}

var (
	guillemetOuvrant = []byte("« ")
	guillemetFermant = []byte(" »")
)

// espacer appends a text whose spaces at such signs don't break.
func espacer(sortie, texte []byte) []byte {
	for i := 0; i < len(texte); i++ {
		reste := texte[i:]
		switch {
		case bytes.HasPrefix(reste, guillemetOuvrant):
			sortie = append(append(sortie, "«"...), insecable...)
			i += len(guillemetOuvrant) - 1
		case bytes.HasPrefix(reste, guillemetFermant),
			len(reste) > 1 && reste[0] == ' ' && bytes.IndexByte([]byte(":;?!%"), reste[1]) >= 0:
			sortie = append(sortie, insecable...)
		default:
			sortie = append(sortie, texte[i])
		}
	}
	return sortie
}

// heure writes an hour as French readers do.
func heure(t time.Time) string { return t.Format("15") + insecable + "h" + insecable + t.Format("04") }

// Quand writes an instant for people; "" for none.
func (q *requete) Quand(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(q.fuseau)
	switch t.Format(time.DateOnly) {
	case q.horloge().In(q.fuseau).Format(time.DateOnly):
		return "aujourd'hui à " + heure(t)
	case q.horloge().In(q.fuseau).AddDate(0, 0, -1).Format(time.DateOnly):
		return "hier à " + heure(t)
	}
	return "le " + t.Format("02/01/2006") + " à " + heure(t)
}

// LeJour writes the day of an instant.
func (q *requete) LeJour(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(q.fuseau).Format("02/01/2006")
}

// Passe says that a day to have acted by is over.
func (q *requete) Passe(t time.Time) bool { return !t.IsZero() && q.horloge().After(t) }
