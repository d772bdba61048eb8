package controle

import (
	"bytes"
	"encoding/hex"
	"strconv"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// rapide reads the lines of deposits as json.Marshal writes them, for a register of hundreds of thousands to open at
// once. A line of any other form, however valid, is left to encoding/json.
type rapide struct {
	b    []byte
	faux bool
	vus  map[string]string // texts that come again and again: one string for each
	date fse.Date
	jour string // of date
}

// depot reads a deposit; false when the line is another, or has another form.
func (x *rapide) depot(ligne []byte) (l Ligne, d Depot, ok bool) {
	x.b, x.faux = ligne, false
	x.lit(`{"n":`)
	l.N = x.entier()
	x.lit(`,"quand":"`)
	quand := x.texte()
	x.lit(`,"action":"classer","sel":"`)
	x.texte()
	x.lit(`,"acces":{"qui":"`)
	x.texte()
	x.lit(`,"motif":"`)
	x.texte()
	x.lit(`},"depot":{"piece":"`)
	d.Piece = string(x.texte())
	x.lit(`,"type":"`)
	d.Type = x.commun()
	x.lit(`,"facture":{"Lot":{"Emetteur":"`)
	d.Facture.Lot.Emetteur = x.commun()
	x.lit(`,"Numero":`)
	d.Facture.Lot.Numero = x.entier()
	x.lit(`,"Date":"`)
	d.Facture.Lot.Date = x.jourLu()
	x.lit(`},"Numero":`)
	d.Facture.Numero = x.entier()
	x.lit(`},"date":"`)
	d.Date = x.jourLu()
	if x.passe(`,"praticiens":["`) {
		d.Praticiens = append(d.Praticiens, x.commun())
		for x.passe(`,"`) {
			d.Praticiens = append(d.Praticiens, x.commun())
		}
		x.lit(`]`)
	}
	x.lit(`,"pages":`)
	d.Pages = x.entier()
	x.lit(`,"octets":`)
	d.Octets = int64(x.entier())
	x.lit(`,"empreinte":"`)
	h := x.texte()
	x.lit(`}}`)
	if x.faux || len(x.b) > 0 || len(h) != 2*len(d.Empreinte) {
		return l, d, false
	}
	if _, err := hex.Decode(d.Empreinte[:], h); err != nil {
		return l, d, false
	}
	var err error
	l.Quand, err = time.Parse(time.RFC3339Nano, string(quand))
	return l, d, err == nil
}

func (x *rapide) passe(s string) bool {
	if x.faux || len(x.b) < len(s) || string(x.b[:len(s)]) != s {
		return false
	}
	x.b = x.b[len(s):]
	return true
}

func (x *rapide) lit(s string) {
	if !x.passe(s) {
		x.faux = true
	}
}

// texte reads up to the closing quote; a text with an escape has another form.
func (x *rapide) texte() []byte {
	i := bytes.IndexByte(x.b, '"')
	if x.faux || i < 0 || bytes.IndexByte(x.b[:i], '\\') >= 0 {
		x.faux = true
		return nil
	}
	t := x.b[:i]
	x.b = x.b[i+1:]
	return t
}

func (x *rapide) commun() string {
	t := x.texte()
	s, ok := x.vus[string(t)]
	if !ok {
		s = string(t)
		if len(x.vus) < 100_000 {
			x.vus[s] = s
		}
	}
	return s
}

func (x *rapide) entier() int {
	i := 0
	for i < len(x.b) && (x.b[i] >= '0' && x.b[i] <= '9' || i == 0 && x.b[i] == '-') {
		i++
	}
	n, err := strconv.Atoi(string(x.b[:i]))
	if x.faux || err != nil {
		x.faux = true
		return 0
	}
	x.b = x.b[i:]
	return n
}

// jourLu reads a date; most are that of the line before.
func (x *rapide) jourLu() fse.Date {
	t := x.texte()
	if string(t) == x.jour && x.jour != "" {
		return x.date
	}
	var d fse.Date
	if err := d.UnmarshalText(t); err != nil {
		x.faux = true
		return d
	}
	x.date, x.jour = d, string(t)
	return d
}
