package b2

import (
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/zones"
)

// decodeur gathers an invoice from its records.
type decodeur struct {
	fac      fse.Facture
	err      error
	errNIR   error // of the header
	variante Variante
	textes   *textes
	actes    []fse.Acte
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

func (d *decodeur) commencer(f *Bloc) {
	*d = decodeur{variante: f.variante, textes: f.textes}
	d.actes = f.textes.place(len(f.bornes))
	d.fac = fse.Facture{Flux: f.lot.Flux, Destinataire: f.lot.Destinataire}
	d.fac.Cle, d.err = f.Cle()
}

// faute keeps the first zone that could not be read.
func (d *decodeur) faute(e *Enregistrement, zone, attendu string) {
	if d.err == nil {
		d.err = fmt.Errorf("b2: %w", &zones.Erreur{Enregistrement: e.Numero, Table: e.Type.String(), Zone: zone,
			Offset: e.Offset, Attendu: attendu})
	}
}

// lu is a record under its plan.
type lu struct {
	*Enregistrement
	p   *plan
	rec []byte
}

func (d *decodeur) montant(x *lu, c int) fse.Montant {
	n, ok := nombre(x.p.champs[c].de(x.rec))
	if !ok {
		d.faute(x.Enregistrement, nomsChamps[c], "digits")
		return 0
	}
	return fse.Montant(n)
}

func (d *decodeur) date(x *lu, c int) fse.Date {
	b := x.p.champs[c].de(x.rec)
	if vide(b) {
		return fse.Date{}
	}
	t, err := d.textes.jour(b)
	if err != nil {
		d.faute(x.Enregistrement, nomsChamps[c], "a date AAMMJJ")
	}
	return t
}

func (d *decodeur) texte(x *lu, c int) string {
	return d.textes.champ(c, sansFin(x.p.champs[c].de(x.rec)))
}

// numero reads a professional's number: zeros stand for none.
func (d *decodeur) numero(x *lu, c int) string {
	b := x.p.champs[c].de(x.rec)
	if vide(b) {
		return ""
	}
	return d.textes.champ(c, sansFin(b))
}

func (d *decodeur) lire(e *Enregistrement) {
	p := e.plan()
	if p == nil {
		return
	}
	s := &d.sommes
	switch {
	case e.Type >= T2 && e.Type <= T2C:
		s.types2++
	case e.Type.ligne():
		s.lignes++
	}
	x := lu{e, p, e.octets()}
	if len(x.rec) != Longueur {
		if e.Type == T3 || e.Type == T4 {
			s.bases++
		}
		if e.Type == T2 {
			d.assure(&x)
		}
		d.faute(e, "", "128 bytes")
		return
	}
	switch e.Type {
	case T2:
		d.entete(&x)
	case T3S:
		if d.fac.Prescripteur == "" {
			d.fac.Prescripteur, d.fac.DatePrescription = d.numero(&x, cPrescripteur), d.date(&x, cDatePrescription)
		}
	case T3E, T4E:
		d.nationaux(&x)
	case T3, T4:
		d.ligne(&x)
	case T5:
		d.total(&x)
	}
}

// assure reads the insured's number of a record that keeps its first columns.
func (d *decodeur) assure(x *lu) {
	nir, cle := x.p.champs[cNIR].de(x.rec), x.p.champs[cCle].de(x.rec)
	d.fac.Assure, d.errNIR = fse.ParseNIR(string(nir), string(cle))
	if d.errNIR != nil && d.err == nil {
		d.err = fmt.Errorf("b2: record %d: %w", x.Numero, d.errNIR)
	}
}

func (d *decodeur) entete(x *lu) {
	fac := &d.fac
	d.assure(x)
	fac.Naissance, fac.RangNaissance = fse.Naissance(d.texte(x, cNaissance)), d.texte(x, cRang)
	o := x.p.champs[cOrganisme].de(x.rec)
	fac.Organisme = fse.Organisme{Regime: d.textes.champ(tRegime, sansFin(o[:2])), Caisse: d.textes.champ(tCaisse,
		sansFin(o[2:5])),
		Centre: d.textes.champ(tCentre, sansFin(o[5:]))}
	fac.NatureAssurance = d.texte(x, cNature)
	if x.Variante == CP {
		fac.Sejour = d.textes.unique(sansFin(x.p.champs[cSejour].de(x.rec)))
		fac.Entree, fac.Sortie = d.date(x, cEntree), d.date(x, cSortie)
		return
	}
	fac.Date, fac.DatePrescription = d.date(x, cDateFacture), d.date(x, cDatePrescription)
	fac.Prescripteur = d.numero(x, cPrescripteur)
}

// nationaux reads the RPPS numbers of 3E and 4E, that follow their line.
func (d *decodeur) nationaux(x *lu) {
	fac := &d.fac
	if n := d.numero(x, cRPPSPrescripteur); n != "" && fac.RPPSPrescripteur == "" {
		fac.RPPSPrescripteur = fse.RPPS(n)
	}
	if s := d.numero(x, cStructurePrescripteur); s != "" && fac.StructurePrescripteur == "" {
		fac.StructurePrescripteur = s
	}
	n := fse.RPPS(d.numero(x, cRPPSExecutant))
	if fac.RPPSExecutant == "" {
		fac.RPPSExecutant = n
	}
	if k := len(d.actes); k > 0 {
		d.actes[k-1].RPPSExecutant, d.actes[k-1].StructureExecutant = n, d.numero(x, cStructureExecution)
	}
}

func (d *decodeur) ligne(x *lu) {
	fac, s := &d.fac, &d.sommes
	s.bases++
	q, _ := nombre(x.p.champs[cQuantite].de(x.rec))
	d.actes = append(d.actes, fse.Acte{})
	acte := &d.actes[len(d.actes)-1]
	*acte = fse.Acte{Code: d.texte(x, cActe), Montant: d.montant(x, cMontant), AMO: d.montant(x, cAMO),
		AMC: d.montant(x, cAMC), Quantite: int(q)}
	if x.Type == T3 {
		acte.Date = d.date(x, cDateDebut)
		s.base3 += d.montant(x, cBase)
		s.total3 += acte.Montant
		s.amo3 += acte.AMO
		s.amc3 += acte.AMC
		return
	}
	acte.Date, acte.Executant = d.date(x, cDateSoins), d.numero(x, cExecutant)
	s.total4 += acte.Montant
	s.amo4 += acte.AMO
	s.amc4 += acte.AMC
	if fac.Executant == "" {
		fac.Executant = acte.Executant
	}
	if x.Variante == CP && fac.Prescripteur == "" {
		fac.Prescripteur = d.numero(x, cPrescripteur)
	}
}

func (d *decodeur) total(x *lu) {
	s := &d.sommes
	n, _ := nombre(x.p.champs[cLignes].de(x.rec))
	s.declare, s.lignesDeclarees = true, int(n)
	s.assure = d.montant(x, cTotalAssure)
	if x.Variante == PS {
		s.total, s.amo, s.amc = d.montant(x, cTotal), d.montant(x, cTotalAMO), d.montant(x, cTotalAMC)
		return
	}
	s.base5, s.amo5, s.total5 = d.montant(x, cBaseSejour), d.montant(x, cAMOSejour), d.montant(x, cTotalSejour)
	s.hono5, s.amoHono5 = d.montant(x, cTotalHonoraires), d.montant(x, cAMOHonoraires)
	s.amcStay5, s.amcHono5 = d.montant(x, cAMCSejour), d.montant(x, cAMCHonoraires)
	s.total, s.amo, s.amc = s.total5+s.hono5, s.amo5+s.amoHono5, s.amcStay5+s.amcHono5
}

func (d *decodeur) finir(lot *fse.Lot) {
	fac, s := &d.fac, &d.sommes
	fac.Actes = d.textes.garder(d.actes)
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
