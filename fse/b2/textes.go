package b2

import (
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// textes makes the strings and the acts of invoices. A file holds the same few codes, organisms and professionals over
// and over: each is made once, and what is new is cut from a larger piece of memory. The zero value is ready.
type textes struct {
	vus     map[string]string
	dernier [nbTextes]string // the last one of each field: most often the next one too
	jours   [64]jourLu
	reserve strings.Builder
	actes   []fse.Acte
}

const (
	textesMax  = 4096
	tailleMorc = 4 << 10
	actesMorc  = 128
)

// de returns the text, the same string again for the same bytes.
func (t *textes) de(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	if s, ok := t.vus[string(b)]; ok {
		return s
	}
	if t.vus == nil || len(t.vus) >= textesMax {
		t.vus = make(map[string]string)
	}
	s := t.unique(b)
	t.vus[strings.Clone(string(b))] = s
	return s
}

// champ is de for a field that holds the same text from one record to the next.
func (t *textes) champ(c int, b []byte) string {
	if d := t.dernier[c]; d == string(b) {
		return d
	}
	t.dernier[c] = t.de(b)
	return t.dernier[c]
}

// The parts of an organism have places of their own.
const (
	tRegime = nbChamps + iota
	tCaisse
	tCentre
	nbTextes
)

// jourLu is a date already read.
type jourLu struct {
	octets [6]byte
	connu  bool
	d      fse.Date
	err    error
}

// jour reads a date of six digits; the few dates of a file come again and again.
func (t *textes) jour(b []byte) (fse.Date, error) {
	if len(b) != 6 {
		return fse.ParseAAMMJJ(string(b))
	}
	j := &t.jours[(b[5]*7+b[4]*3+b[3]*31)%64]
	if !j.connu || j.octets != [6]byte(b) {
		d, err := fse.ParseAAMMJJ(string(b))
		*j = jourLu{[6]byte(b), true, d, err}
	}
	return j.d, j.err
}

// unique returns the text, that isn't likely to come again.
func (t *textes) unique(b []byte) string {
	if len(b) == 0 {
		return ""
	}
	haut := 0
	for _, c := range b {
		haut += int(c >> 7)
	}
	if t.reserve.Cap()-t.reserve.Len() < len(b)+haut {
		t.reserve = strings.Builder{}
		t.reserve.Grow(max(tailleMorc, len(b)+haut))
	}
	n := t.reserve.Len()
	if haut == 0 {
		t.reserve.Write(b)
	} else {
		for _, c := range b { // ISO-8859-1
			t.reserve.WriteRune(rune(c))
		}
	}
	return t.reserve.String()[n:]
}

// place returns room for as many acts, empty.
func (t *textes) place(n int) []fse.Acte {
	if cap(t.actes)-len(t.actes) < n {
		t.actes = make([]fse.Acte, 0, max(actesMorc, n))
	}
	k := len(t.actes)
	return t.actes[k:k]
}

// garder keeps the acts that were put in the room.
func (t *textes) garder(actes []fse.Acte) []fse.Acte {
	n := len(actes)
	if n == 0 {
		return nil
	}
	t.actes = t.actes[:len(t.actes)+n]
	return actes[:n:n]
}
