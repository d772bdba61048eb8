package b2

import (
	"bytes"
	"fmt"
	"iter"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Bloc is an invoice as it stands in the file: records 2 to 5, in the memory of the [Reader], good until the next
// invoice. Nothing is decoded before it is asked for.
type Bloc struct {
	lot      *fse.Lot
	variante Variante
	version  Version
	octets   []byte
	bornes   []borne
	numero   int
	offset   int64
	textes   *textes
	lisible  [Longueur]byte
}

// borne is a record of an invoice: its bytes, where the next one begins, and what it is.
type borne struct {
	debut, longueur, suivant int
	t                        Type
	v                        Variante
}

// Lot returns the lot's header, shared by its invoices: Factures and totals are empty.
func (f *Bloc) Lot() *fse.Lot { return f.lot }

// Variante returns the layout of the invoice.
func (f *Bloc) Variante() Variante { return f.variante }

// Version returns the state of the layouts that the invoice is read with.
func (f *Bloc) Version() Version { return f.version }

// Position returns the rank of the invoice's first record in the file, from 1, its offset, and how many records it has.
func (f *Bloc) Position() (enregistrement int, offset int64, nombre int) {
	return f.numero, f.offset, len(f.bornes)
}

// Octets returns the records as they were read, line ends included.
func (f *Bloc) Octets() []byte { return f.octets }

// partenaire returns the number of who bills.
func (f *Bloc) partenaire() string {
	if rec, _ := f.identite(); len(rec) >= 10 {
		return string(rec[1:10])
	}
	return ""
}

// identite returns the record that tells who is invoiced: the first that has its 128 bytes, so that a damaged header
// doesn't lose the invoice; its own columns of the invoice number go with it.
func (f *Bloc) identite() (rec []byte, numero champ) {
	if b := f.bornes; len(b) > 0 && b[0].longueur == Longueur {
		return f.octets[:Longueur], plans[V2007][f.variante][T2].champs[cFacture]
	}
	var e Enregistrement
	for i := range f.bornes {
		f.lire(&e, i)
		if p := e.plan(); p != nil && e.Entiere() {
			return e.octets(), p.champs[cFacture]
		}
	}
	return f.octets, champ{}
}

// Cle returns the identity of the invoice; its Numero is 0, with an error, when the columns don't hold a number. It
// does not
// allocate, but for the error.
func (f *Bloc) Cle() (fse.CleFacture, error) {
	cle := fse.CleFacture{Lot: f.lot.Cle}
	rec, numero := f.identite()
	b := numero.de(rec)
	if len(b) == 0 || !chiffres(b) {
		return cle, f.erreur("facture")
	}
	n, _ := nombre(b)
	cle.Numero = int(n)
	return cle, nil
}

func (f *Bloc) erreur(zone string) error {
	e := Enregistrement{Type: T2, Numero: f.numero, Offset: f.offset}
	return fmt.Errorf("b2: %w", e.erreur(zone, "digits"))
}

func (f *Bloc) numeroOuZero() int {
	if f.lot == nil {
		return 0
	}
	cle, err := f.Cle()
	if err != nil {
		return 0
	}
	return cle.Numero
}

// NIR returns the insured's number; as [fse.ParseNIR], it returns it even when its key is wrong.
func (f *Bloc) NIR() (fse.NIR, error) {
	rec, _ := f.identite()
	if len(rec) < 26 {
		return fse.NIR{}, f.erreur("nir")
	}
	return fse.ParseNIR(string(rec[11:24]), string(rec[24:26]))
}

// melee reports whether a record of the invoice seems to hold a piece of another: its beginning, or something where the
// layout has nothing. Bytes were lost between the two, and what is read in its columns may be anything.
func (f *Bloc) melee() bool {
	var e Enregistrement
	for i := range f.bornes {
		f.lire(&e, i)
		rec, p := e.octets(), e.plan()
		if len(rec) > 11 && bytes.Contains(rec[11:], rec[1:11]) {
			return true
		}
		if p == nil {
			continue
		}
		for _, c := range p.blancs {
			if !vide(c.de(rec)) {
				return true
			}
		}
	}
	return false
}

// lire makes e the record at that place of the invoice.
func (f *Bloc) lire(e *Enregistrement, i int) {
	b := f.bornes[i]
	fin := b.debut + b.longueur
	*e = Enregistrement{Version: f.version, Numero: f.numero + i, Offset: f.offset + int64(b.debut),
		Brut: f.octets[b.debut:fin:fin], Fin: f.octets[fin:b.suivant]}
	if b.longueur == Longueur {
		e.Type, e.Variante = b.t, b.v
		return
	}
	e.situer(f.variante, &f.lisible)
}

// Enregistrements returns the records of the invoice in order. Each is good until the next one only.
func (f *Bloc) Enregistrements() iter.Seq[*Enregistrement] {
	return func(yield func(*Enregistrement) bool) {
		var e Enregistrement
		for i := range f.bornes {
			f.lire(&e, i)
			if !yield(&e) {
				return
			}
		}
	}
}

// Decode reads the whole invoice. Amounts are those of its total (type 5), or the sums of its lines when it has none.
// A zone that cannot be read is left empty and reported by the error (the first one), beside the rest; so is a record
// that has not its 128 characters.
func (f *Bloc) Decode() (fse.Facture, error) {
	d := f.decodeur()
	for e := range f.Enregistrements() {
		d.lire(e)
	}
	d.finir(f.lot)
	return d.fac, d.err
}

func (f *Bloc) decodeur() *decodeur {
	d := &decodeur{}
	d.commencer(f)
	return d
}
