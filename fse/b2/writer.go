package b2

import (
	"errors"
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Writer writes records.
type Writer struct {
	dst io.Writer
	fin []byte
	n   int
	err error
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
	v    any // string, int or fse.Montant
}

// enregistrement writes one record of the variant with those zones.
func (w *Writer) enregistrement(t Type, v Variante, vals ...valeur) error {
	e, err := New(t, v, V2007)
	if err != nil {
		return err
	}
	for _, x := range vals {
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
// (type 4) and a line without is a stay's (type 3). Zones that fse does not know are left empty: an editor that needs
// them builds its records with [New]. An amount, number or text too long for its zone is an error, and so are a total that is
// neither 0 nor the sum of the lines, an invoice of another lot, and a lot of DRE.
func WriteFichier(w *Writer, f *fse.Fichier) error {
	if w.n > 0 {
		return errors.New("b2: the writer has already written")
	}
	v := PS
	if f.Norme == "CP" {
		v = CP
	}
	identite := []valeur{{"type_emetteur", f.TypeEmetteur}, {"emetteur", f.Emetteur}, {"type_destinataire", f.TypeDestinataire},
		{"destinataire", f.Destinataire}, {"application", "TR"}, {"fichier", f.ID}}
	entete := append(identite[:len(identite):len(identite)], valeur{"date_fichier", f.Date.AAMMJJ()}, valeur{"norme", f.Norme},
		valeur{"longueur", Longueur})
	if err := w.enregistrement(T000, v, entete...); err != nil {
		return err
	}
	for i := range f.Lots {
		if err := w.lot(&f.Lots[i], v); err != nil {
			return fmt.Errorf("b2: lot %s: %w", f.Lots[i].Cle, err)
		}
	}
	fin := append(identite[:len(identite):len(identite)], valeur{"enregistrements", w.n + 1}, valeur{"lots", len(f.Lots)})
	return w.enregistrement(T999, v, fin...)
}

var certifications = map[fse.Flux]string{fse.FluxFSE: "S", fse.FluxFSESansVitale: "F", fse.FluxFSEDegradee: "D"}

func (w *Writer) lot(l *fse.Lot, v Variante) error {
	switch l.Flux {
	case fse.FluxDRE:
		return errors.New("the layout of the DRE is not public")
	case fse.FluxInconnu:
		return errors.New("the lot says no flow (Flux): expected FluxB2, FluxFSE, FluxFSESansVitale or FluxFSEDegradee")
	}
	err := w.enregistrement(T1, v, valeur{"partenaire", l.Cle.Emetteur}, valeur{"organisme", l.Destinataire},
		valeur{"lot", l.Cle.Numero}, valeur{"nom_partenaire", l.Partenaire}, valeur{"version", "B2"},
		valeur{"date_lot", l.Cle.Date.AAMMJJ()}, valeur{"norme", l.Norme}, valeur{"certification", certifications[l.Flux]},
		valeur{"version_norme", "062007"}, valeur{"monnaie", "U"})
	if err != nil {
		return err
	}
	var lignes int
	var total, amo, amc fse.Montant
	for i := range l.Factures {
		fac := &l.Factures[i]
		err := coherente(fac, l)
		if err == nil {
			err = w.facture(fac, v)
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
	nf := len(l.Factures)
	return w.enregistrement(T6, v, valeur{"partenaire", l.Cle.Emetteur}, valeur{"factures", nf}, valeur{"lignes", lignes},
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

func (w *Writer) facture(fac *fse.Facture, v Variante) error {
	prefixe := []valeur{{"partenaire", fac.Cle.Lot.Emetteur}, {"nir", fac.Assure.Numero()}, {"nir_cle", fac.Assure.Cle()},
		{"facture", fac.Cle.Numero}}
	avec := func(vals ...valeur) []valeur { return append(prefixe[:len(prefixe):len(prefixe)], vals...) }
	tete := avec(valeur{"nature_operation", 1}, valeur{"regime", fac.Organisme.Regime}, valeur{"caisse", fac.Organisme.Caisse},
		valeur{"centre", fac.Organisme.Centre}, valeur{"nature_assurance", fac.NatureAssurance},
		valeur{"naissance", fac.Naissance}, valeur{"rang_naissance", fac.RangNaissance})
	if v == CP {
		tete = append(tete, valeur{"sejour", fac.Sejour}, valeur{"entree", fac.Entree.AAMMJJ()}, valeur{"sortie", fac.Sortie.AAMMJJ()})
	} else {
		tete = append(tete, valeur{"date_facture", fac.Date.AAMMJJ()}, valeur{"prescripteur", fac.Prescripteur},
			valeur{"date_prescription", fac.DatePrescription.AAMMJJ()})
	}
	if err := w.enregistrement(T2, v, tete...); err != nil {
		return err
	}
	var s sommes
	complement := v == CP && fac.Prescripteur != ""
	for _, a := range fac.Actes {
		ligne := avec(valeur{"acte", a.Code}, valeur{"quantite", a.Quantite}, valeur{"montant", a.Montant}, valeur{"amo", a.AMO},
			valeur{"amc", a.AMC}, valeur{"base", a.Montant})
		if v == CP && a.Executant == "" {
			s.base3 += a.Montant
			s.total3, s.amo3, s.amc3 = s.total3+a.Montant, s.amo3+a.AMO, s.amc3+a.AMC
			if err := w.enregistrement(T3, v, append(ligne, valeur{"date_debut", a.Date.AAMMJJ()}, valeur{"date_fin", a.Date.AAMMJJ()})...); err != nil {
				return err
			}
			if complement {
				complement = false
				if err := w.enregistrement(T3S, v, avec(valeur{"sequence", 1}, valeur{"prescripteur", fac.Prescripteur},
					valeur{"date_prescription", fac.DatePrescription.AAMMJJ()})...); err != nil {
					return err
				}
			}
			continue
		}
		s.total4, s.amo4, s.amc4 = s.total4+a.Montant, s.amo4+a.AMO, s.amc4+a.AMC
		ligne = append(ligne, valeur{"date_soins", a.Date.AAMMJJ()}, valeur{"executant", a.Executant})
		if v == CP {
			ligne = append(ligne, valeur{"prescripteur", fac.Prescripteur})
		}
		if err := w.enregistrement(T4, v, ligne...); err != nil {
			return err
		}
	}
	fin := avec(valeur{"lignes", len(fac.Actes)}, valeur{"total_assure", s.total3 + s.total4 - s.amo3 - s.amo4})
	if v == CP {
		fin = append(fin, valeur{"base_sejour", s.base3}, valeur{"amo_sejour", s.amo3}, valeur{"total_sejour", s.total3},
			valeur{"amc_sejour", s.amc3}, valeur{"total_honoraires", s.total4}, valeur{"amo_honoraires", s.amo4},
			valeur{"amc_honoraires", s.amc4})
	} else {
		fin = append(fin, valeur{"total", s.total4}, valeur{"total_amo", s.amo4}, valeur{"total_amc", s.amc4})
	}
	return w.enregistrement(T5, v, fin...)
}
