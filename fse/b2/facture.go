package b2

import (
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
	eol      byte
	numero   int
	offset   int64
	nombre   int
}

// Lot returns the lot's header, shared by its invoices: Factures and totals are empty.
func (f *Bloc) Lot() *fse.Lot { return f.lot }

// Variante returns the layout of the invoice.
func (f *Bloc) Variante() Variante { return f.variante }

// Position returns the rank of the invoice's first record in the file, from 1, its offset, and how many records it has.
func (f *Bloc) Position() (enregistrement int, offset int64, nombre int) {
	return f.numero, f.offset, f.nombre
}

// Octets returns the records as they were read, line ends included.
func (f *Bloc) Octets() []byte { return f.octets }

// colonnesFacture gives the columns of the invoice number in base records.
func colonnesFacture(v Variante) (debut, fin int) {
	if v == CP {
		return 29, 38
	}
	return 26, 35
}

// Cle returns the identity of the invoice; its Numero is 0, with an error, when the columns don't hold a number. It does not
// allocate, but for the error.
func (f *Bloc) Cle() (fse.CleFacture, error) {
	d, fin := colonnesFacture(f.variante)
	cle := fse.CleFacture{Lot: f.lot.Cle}
	if len(f.octets) < fin {
		return cle, f.erreur("facture")
	}
	num := 0
	for _, c := range f.octets[d:fin] {
		if c < '0' || c > '9' {
			return cle, f.erreur("facture")
		}
		num = num*10 + int(c-'0')
	}
	cle.Numero = num
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
	if len(f.octets) < 26 {
		return fse.NIR{}, f.erreur("nir")
	}
	return fse.ParseNIR(string(f.octets[11:24]), string(f.octets[24:26]))
}

// Enregistrements returns the records of the invoice in order. Each is good until the next one only.
func (f *Bloc) Enregistrements() iter.Seq[*Enregistrement] {
	return func(yield func(*Enregistrement) bool) {
		var e Enregistrement
		for p, num := 0, f.numero; p < len(f.octets); num++ {
			n, fin := mesurer(f.octets[p:], f.eol, true)
			e = Enregistrement{Version: f.version, Numero: num, Offset: f.offset + int64(p),
				Brut: f.octets[p : p+n : p+n], Fin: f.octets[p+n : p+n+fin]}
			e.Type, e.Variante = typer(e.Brut, f.variante)
			if !yield(&e) || n+fin == 0 {
				return
			}
			p += n + fin
		}
	}
}

// Decode reads the whole invoice. Amounts are those of its total (type 5), or the sums of its lines when it has none.
// A zone that cannot be read is left empty and reported by the error (the first one), beside the rest.
func (f *Bloc) Decode() (fse.Facture, error) {
	d := f.decodeur()
	for e := range f.Enregistrements() {
		d.lire(e)
	}
	d.finir(f.lot)
	return d.fac, d.err
}

func (f *Bloc) decodeur() *decodeur {
	d := &decodeur{variante: f.variante, actes: f.nombre}
	d.fac = fse.Facture{Flux: f.lot.Flux, Destinataire: f.lot.Destinataire}
	d.fac.Cle, d.err = f.Cle()
	return d
}

// decodeur gathers an invoice from its records.
type decodeur struct {
	fac      fse.Facture
	err      error
	variante Variante
	actes    int // upper bound
	sommes   sommes
}

// sommes are the totals of an invoice's lines and those that it declares.
type sommes struct {
	bases, lignes                int // base lines; base lines and complements
	types2                       int // type 2 and its complements
	base3, amo3, amc3, total3    fse.Montant
	amo4, amc4, total4           fse.Montant
	declare                      bool
	total, amo, amc, assure      fse.Montant
	lignesDeclarees              int
	base5, amo5, total5, hono5   fse.Montant // CP: stay, and fees
	amoHono5, amcStay5, amcHono5 fse.Montant
}

func (d *decodeur) montant(e *Enregistrement, zone string) fse.Montant {
	n, err := e.Entier(zone)
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("b2: %w", err)
	}
	return fse.Montant(n)
}

func (d *decodeur) date(e *Enregistrement, zone string) fse.Date {
	t, err := fse.ParseAAMMJJ(string(e.Zone(zone)))
	if err != nil && d.err == nil {
		d.err = fmt.Errorf("b2: record %d, zone %s: %w", e.Numero, zone, err)
	}
	return t
}

// numeroPS reads a professional's number: zeros stand for none.
func numeroPS(e *Enregistrement, zone string) string {
	s := e.Texte(zone)
	for i := range len(s) {
		if s[i] != '0' {
			return s
		}
	}
	return ""
}

func (d *decodeur) lire(e *Enregistrement) {
	fac, s := &d.fac, &d.sommes
	if e.table() == nil {
		return
	}
	switch {
	case e.Type >= T2 && e.Type <= T2C:
		s.types2++
	case e.Type.ligne():
		s.lignes++
	}
	switch e.Type {
	case T2:
		var err error
		fac.Assure, err = fse.ParseNIR(e.Texte("nir"), e.Texte("nir_cle"))
		if err != nil && d.err == nil {
			d.err = fmt.Errorf("b2: record %d: %w", e.Numero, err)
		}
		fac.Naissance, fac.RangNaissance = e.Texte("naissance"), e.Texte("rang_naissance")
		fac.Organisme = fse.Organisme{Regime: e.Texte("regime"), Caisse: e.Texte("caisse"), Centre: e.Texte("centre")}
		fac.NatureAssurance = e.Texte("nature_assurance")
		if e.Variante == CP {
			fac.Sejour, fac.Entree, fac.Sortie = e.Texte("sejour"), d.date(e, "entree"), d.date(e, "sortie")
			return
		}
		fac.Date, fac.DatePrescription = d.date(e, "date_facture"), d.date(e, "date_prescription")
		fac.Prescripteur = numeroPS(e, "prescripteur")
	case T3S:
		if fac.Prescripteur == "" {
			fac.Prescripteur, fac.DatePrescription = numeroPS(e, "prescripteur"), d.date(e, "date_prescription")
		}
	case T3, T4:
		d.ligne(e)
	case T5:
		d.total(e)
	}
}

func (d *decodeur) ligne(e *Enregistrement) {
	fac, s := &d.fac, &d.sommes
	s.bases++
	q, _ := e.Entier("quantite")
	acte := fse.Acte{Code: e.Texte("acte"), Montant: d.montant(e, "montant"), AMO: d.montant(e, "amo"),
		AMC: d.montant(e, "amc"), Quantite: int(q)}
	if e.Type == T3 {
		acte.Date = d.date(e, "date_debut")
		s.base3 += d.montant(e, "base")
		s.total3 += acte.Montant
		s.amo3 += acte.AMO
		s.amc3 += acte.AMC
	} else {
		acte.Date, acte.Executant = d.date(e, "date_soins"), numeroPS(e, "executant")
		s.total4 += acte.Montant
		s.amo4 += acte.AMO
		s.amc4 += acte.AMC
		if fac.Executant == "" {
			fac.Executant = acte.Executant
		}
		if e.Variante == CP && fac.Prescripteur == "" {
			fac.Prescripteur = numeroPS(e, "prescripteur")
		}
	}
	if fac.Actes == nil {
		fac.Actes = make([]fse.Acte, 0, min(d.actes, 64))
	}
	fac.Actes = append(fac.Actes, acte)
}

func (d *decodeur) total(e *Enregistrement) {
	s := &d.sommes
	n, _ := e.Entier("lignes")
	s.declare, s.lignesDeclarees = true, int(n)
	s.assure = d.montant(e, "total_assure")
	if e.Variante == PS {
		s.total, s.amo, s.amc = d.montant(e, "total"), d.montant(e, "total_amo"), d.montant(e, "total_amc")
		return
	}
	s.base5, s.amo5, s.total5 = d.montant(e, "base_sejour"), d.montant(e, "amo_sejour"), d.montant(e, "total_sejour")
	s.hono5, s.amoHono5 = d.montant(e, "total_honoraires"), d.montant(e, "amo_honoraires")
	s.amcStay5, s.amcHono5 = d.montant(e, "amc_sejour"), d.montant(e, "amc_honoraires")
	s.total, s.amo, s.amc = s.total5+s.hono5, s.amo5+s.amoHono5, s.amcStay5+s.amcHono5
}

func (d *decodeur) finir(lot *fse.Lot) {
	fac, s := &d.fac, &d.sommes
	fac.Lignes = s.bases
	fac.Total, fac.AMO, fac.AMC, fac.Patient = s.total, s.amo, s.amc, s.assure
	if !s.declare {
		fac.Total, fac.AMO, fac.AMC = s.total3+s.total4, s.amo3+s.amo4, s.amc3+s.amc4
	}
	if d.variante == CP {
		// The variant of establishments has no invoice date: that of the lot stands for it.
		fac.Date = lot.Cle.Date
	}
}
