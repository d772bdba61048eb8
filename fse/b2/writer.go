package b2

import (
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Writer writes records.
type Writer struct {
	dst io.Writer
	fin []byte
	n   int
	err error

	originaux *Originaux
}

// NewWriter returns a writer of records that follow each other without separator, as the programs seen write them.
func NewWriter(dst io.Writer) *Writer { return &Writer{dst: dst} }

// NewWriterLignes returns a writer that ends each record with fin ("\r\n" or "\n").
func NewWriterLignes(dst io.Writer, fin string) *Writer { return &Writer{dst: dst, fin: []byte(fin)} }

// Write writes a record as it is. One that was read keeps its own line end, or lack of one, so that a file read then
// written is the same; one made by [New] gets the writer's. A record made here must have 128 bytes.
func (w *Writer) Write(e *Enregistrement) error {
	if w.err != nil {
		return w.err
	}
	fin := e.Fin
	if e.Numero == 0 {
		if len(e.Brut) != Longueur {
			return fmt.Errorf("b2: record %s of %d bytes, want %d", e.Type, len(e.Brut), Longueur)
		}
		if fin == nil {
			fin = w.fin
		}
	}
	for _, b := range [...][]byte{e.Avant, e.Brut, fin} {
		if w.err == nil && len(b) > 0 {
			_, w.err = w.dst.Write(b)
		}
	}
	w.n++
	return w.err
}

// Nombre returns how many records were written.
func (w *Writer) Nombre() int { return w.n }

// valeur is a zone to set.
type valeur struct {
	zone string
	v    any // string, int, fse.Montant, or neuf
}

// neuf is the value of a zone in a record made anew: one that was read keeps its own.
type neuf struct{ v any }

// enregistrement writes one record of the variant with those zones, from the one that was read when there is one.
func (w *Writer) enregistrement(t Type, v Variante, modele *Enregistrement, vals ...valeur) error {
	if modele != nil && modele.Entiere() && modele.Type == t {
		e := modele.Copie()
		e.Numero, e.Brut = 0, append([]byte(nil), e.octets()...)
		return w.remplir(e, vals)
	}
	ver := V2007
	if t == T3E || t == T4E {
		ver = V2005E
	}
	e, err := New(t, v, ver)
	if err != nil {
		return err
	}
	for i := range vals {
		if x, ok := vals[i].v.(neuf); ok {
			vals[i].v = x.v
		}
	}
	return w.remplir(e, vals)
}

// remplir sets zones of a record and writes it.
func (w *Writer) remplir(e *Enregistrement, vals []valeur) error {
	for _, x := range vals {
		var err error
		switch y := x.v.(type) {
		case string:
			err = e.SetZone(x.zone, y)
		case int:
			err = e.SetEntier(x.zone, int64(y))
		case fse.Montant:
			err = e.SetEntier(x.zone, int64(y))
		}
		if err != nil {
			return err
		}
	}
	return w.Write(e)
}

// WriteFichier writes a file from what [fse.Fichier] knows of it: headers, invoices with their base lines, totals and
// counts, computed. The variant is that of establishments when Norme is "CP". In it, a line with Executant is an act
// (type 4) and a line without is a stay's (type 3). Zones that fse does not know are left empty, or are those that were
// read, with [Writer.Completer]; an editor that makes them builds its records with [New]. An amount, number or text
// too long for its zone is an error, and so are a total that is
// neither 0 nor the sum of the lines, an invoice of another lot, and a lot of DRE.
func WriteFichier(w *Writer, f *fse.Fichier) error {
	if w.n > 0 {
		return errors.New("b2: the writer has already written")
	}
	v := PS
	if f.Norme == "CP" {
		v = CP
	}
	o := w.originaux
	if o == nil {
		o = &Originaux{}
	}
	identite := []valeur{{"type_emetteur", f.TypeEmetteur}, {"emetteur", f.Emetteur}, {"type_destinataire",
		f.TypeDestinataire},
		{"destinataire", f.Destinataire}, {"application", neuf{"TR"}}, {"fichier", f.ID}}
	entete := append(identite[:len(identite):len(identite)], valeur{"date_fichier", f.Date.AAMMJJ()}, valeur{"norme",
		f.Norme},
		valeur{"longueur", Longueur})
	if err := w.enregistrement(T000, v, o.entete, entete...); err != nil {
		return err
	}
	for i := range f.Lots {
		if err := w.lot(&f.Lots[i], v); err != nil {
			return fmt.Errorf("b2: lot %s: %w", f.Lots[i].Cle, err)
		}
	}
	fin := append(slices.Clone(identite), valeur{"enregistrements", w.n + 1}, valeur{"lots", len(f.Lots)})
	return w.enregistrement(T999, v, o.fin, fin...)
}

var certifications = map[fse.Flux]string{fse.FluxFSE: "S", fse.FluxFSESansVitale: "F", fse.FluxFSEDegradee: "D"}

func (w *Writer) lot(l *fse.Lot, v Variante) error {
	switch l.Flux {
	case fse.FluxDRE:
		return errors.New("the layout of the DRE is not public")
	case fse.FluxInconnu:
		return errors.New("the lot says no flow (Flux): expected FluxB2, FluxFSE, FluxFSESansVitale or FluxFSEDegradee")
	}
	origine, intact := w.originaux.lot(l)
	if origine == nil {
		origine = &lotOriginal{}
	}
	var err error
	if intact {
		err = w.recopier(origine.debut)
	} else {
		monnaie := "U"
		if l.Francs {
			monnaie = ""
		}
		err = w.enregistrement(T1, v, origine.debut, valeur{"partenaire", l.Cle.Emetteur}, valeur{"organisme",
			l.Destinataire},
			valeur{"lot", l.Cle.Numero}, valeur{"nom_partenaire", l.Partenaire}, valeur{"version", neuf{"B2"}},
			valeur{"date_lot", l.Cle.Date.AAMMJJ()}, valeur{"norme", l.Norme}, valeur{"certification", certifications[l.Flux]},
			valeur{"version_norme", neuf{"062007"}}, valeur{"monnaie", neuf{monnaie}})
	}
	if err != nil {
		return err
	}
	intact = intact && origine.factures == len(l.Factures)
	var lignes int
	var total, amo, amc fse.Montant
	for i := range l.Factures {
		fac := &l.Factures[i]
		err := coherente(fac, l)
		if x := w.originaux.prendre(fac.Cle); x != nil && x.intacte(fac) {
			err = w.recopier(x.enregistrements...)
		} else if intact = false; err == nil {
			err = w.facture(fac, v, x.modeles())
		}
		if err != nil {
			return fmt.Errorf("invoice %s: %w", fac.Cle, err)
		}
		lignes += len(fac.Actes)
		for _, a := range fac.Actes {
			total += a.Montant
			amo += a.AMO
			amc += a.AMC
		}
	}
	if intact && origine.fin != nil {
		return w.recopier(origine.fin)
	}
	nf := len(l.Factures)
	return w.enregistrement(T6, v, origine.fin, valeur{"partenaire", l.Cle.Emetteur}, valeur{"factures", nf},
		valeur{"lignes", lignes},
		valeur{"types_2", nf}, valeur{"types_5", nf}, valeur{"total", total}, valeur{"total_amo", amo},
		valeur{"total_amc", amc}, valeur{"lot", l.Cle.Numero})
}

// coherente refuses what the records could not say.
func coherente(fac *fse.Facture, l *fse.Lot) error {
	var total, amo, amc fse.Montant
	for _, a := range fac.Actes {
		total, amo, amc = total+a.Montant, amo+a.AMO, amc+a.AMC
	}
	switch {
	case fac.Cle.Lot != l.Cle:
		return fmt.Errorf("the invoice is of lot %s", fac.Cle.Lot)
	case fac.Total != 0 && fac.Total != total, fac.AMO != 0 && fac.AMO != amo, fac.AMC != 0 && fac.AMC != amc:
		return errors.New("the total is not the sum of the lines")
	}
	return nil
}

func (w *Writer) facture(fac *fse.Facture, v Variante, m modeles) error {
	x := &ecriture{w: w, fac: fac, v: v}
	x.prefixe = []valeur{{"partenaire", fac.Cle.Lot.Emetteur}, {"nir", fac.Assure.Numero()}, {"nir_cle", fac.Assure.Cle()},
		{"facture", fac.Cle.Numero}}
	tete := x.avec(valeur{"nature_operation", neuf{1}}, valeur{"regime", fac.Organisme.Regime}, valeur{"caisse",
		fac.Organisme.Caisse},
		valeur{"centre", fac.Organisme.Centre}, valeur{"nature_assurance", fac.NatureAssurance},
		valeur{"naissance", fac.Naissance.Brut()}, valeur{"rang_naissance", fac.RangNaissance})
	if v == CP {
		tete = append(tete, valeur{"sejour", fac.Sejour}, valeur{"entree", fac.Entree.AAMMJJ()}, valeur{"sortie",
			fac.Sortie.AAMMJJ()})
	} else {
		tete = append(tete, valeur{"date_facture", fac.Date.AAMMJJ()}, valeur{"prescripteur", fac.Prescripteur},
			valeur{"date_prescription", fac.DatePrescription.AAMMJJ()})
	}
	base, complements := premier(m.tete, T2)
	if err := w.enregistrement(T2, v, base, tete...); err != nil {
		return err
	}
	if err := w.suivre(complements, x.prefixe); err != nil {
		return err
	}
	for i := range fac.Actes {
		var lus []*Enregistrement
		if i < len(m.lignes) {
			lus = m.lignes[i]
		}
		if err := x.ligne(&fac.Actes[i], lus); err != nil {
			return err
		}
	}
	return x.total(m.total)
}

// ecriture is an invoice being written.
type ecriture struct {
	w        *Writer
	fac      *fse.Facture
	v        Variante
	prefixe  []valeur
	s        sommes
	prescrit bool // the prescriber's complement of a stay was written
	rpps     bool // the prescriber's RPPS was
}

func (x *ecriture) avec(vals ...valeur) []valeur {
	return append(x.prefixe[:len(x.prefixe):len(x.prefixe)], vals...)
}

func (x *ecriture) ligne(a *fse.Acte, lus []*Enregistrement) error {
	s := &x.s
	vals := x.avec(valeur{"acte", a.Code}, valeur{"quantite", a.Quantite}, valeur{"montant", a.Montant}, valeur{"amo",
		a.AMO},
		valeur{"amc", a.AMC}, valeur{"base", neuf{a.Montant}})
	t := T4
	if x.v == CP && a.Executant == "" {
		t = T3
		s.total3, s.amo3, s.amc3 = s.total3+a.Montant, s.amo3+a.AMO, s.amc3+a.AMC
		vals = append(vals, valeur{"date_debut", a.Date.AAMMJJ()}, valeur{"date_fin", neuf{a.Date.AAMMJJ()}})
	} else {
		s.total4, s.amo4, s.amc4 = s.total4+a.Montant, s.amo4+a.AMO, s.amc4+a.AMC
		vals = append(vals, valeur{"date_soins", a.Date.AAMMJJ()}, valeur{"executant", a.Executant})
		if x.v == CP {
			vals = append(vals, valeur{"prescripteur", x.fac.Prescripteur})
		}
	}
	base, complements := premier(lus, t)
	if t == T3 {
		s.base3 += baseDe(base, a)
	}
	if err := x.w.enregistrement(t, x.v, base, vals...); err != nil {
		return err
	}
	return x.complements(t, a, complements)
}

// baseDe is the base of reimbursement of a stay's line: the one that was read, when its amount hasn't changed.
func baseDe(lu *Enregistrement, a *fse.Acte) fse.Montant {
	if lu == nil {
		return a.Montant
	}
	n, _ := lu.Entier("base")
	return fse.Montant(n)
}

// complements writes what goes with a line: what was read, or what fse knows.
func (x *ecriture) complements(t Type, a *fse.Acte, lus []*Enregistrement) error {
	fac := x.fac
	a3 := func(ty Type) bool {
		return slices.ContainsFunc(lus, func(e *Enregistrement) bool { return e.Type == ty })
	}
	if x.v == CP && t == T3 && fac.Prescripteur != "" && !x.prescrit {
		x.prescrit = true
		if !a3(T3S) {
			if err := x.w.enregistrement(T3S, x.v, nil, x.avec(valeur{"sequence", 1}, valeur{"prescripteur", fac.Prescripteur},
				valeur{"date_prescription", fac.DatePrescription.AAMMJJ()})...); err != nil {
				return err
			}
		}
	}
	if err := x.w.suivre(lus, x.prefixe); err != nil {
		return err
	}
	return x.nationaux(t, a, a3(T3E) || a3(T4E))
}

// nationaux writes the RPPS numbers that fse knows, in the records that the addendum has for them.
func (x *ecriture) nationaux(t Type, a *fse.Acte, deja bool) error {
	fac := x.fac
	prescripteur := valeur{"rpps_prescripteur", string(fac.RPPSPrescripteur)}
	structure := valeur{"structure_prescripteur", fac.StructurePrescripteur}
	aDire := !x.rpps && (fac.RPPSPrescripteur != "" || fac.StructurePrescripteur != "")
	switch {
	case deja:
		x.rpps = true
		return nil
	case t == T3 && aDire:
		x.rpps = true
		return x.w.enregistrement(T3E, x.v, nil, x.avec(valeur{"sequence", 1}, prescripteur, structure)...)
	case t == T4 && (aDire || a.RPPSExecutant != "" || a.StructureExecutant != ""):
		vals := x.avec(valeur{"sequence", 1}, valeur{"rpps_executant", string(a.RPPSExecutant)},
			valeur{"structure_execution", a.StructureExecutant})
		if aDire {
			x.rpps = true
			vals = append(vals, prescripteur, structure)
		}
		return x.w.enregistrement(T4E, x.v, nil, vals...)
	}
	return nil
}

func (x *ecriture) total(lu *Enregistrement) error {
	s := &x.s
	fin := x.avec(valeur{"lignes", len(x.fac.Actes)}, valeur{"total_assure", s.total3 + s.total4 - s.amo3 - s.amo4})
	if x.v == CP {
		fin = append(fin, valeur{"base_sejour", s.base3}, valeur{"amo_sejour", s.amo3}, valeur{"total_sejour", s.total3},
			valeur{"amc_sejour", s.amc3}, valeur{"total_honoraires", s.total4}, valeur{"amo_honoraires", s.amo4},
			valeur{"amc_honoraires", s.amc4})
	} else {
		fin = append(fin, valeur{"total", s.total4}, valeur{"total_amo", s.amo4}, valeur{"total_amc", s.amc4})
	}
	return x.w.enregistrement(T5, x.v, lu, fin...)
}
