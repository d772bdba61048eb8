package b2

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// complementsMax are the counts for one line (FIDES, transmission chapter).
var complementsMax = [nbTypes]uint16{T3F: 10, T3H: 10, T4B: 10, T4H: 10, T4M: 26}

// examen is the check of one invoice, record after record.
type examen struct {
	r               *Reader
	d               decodeur
	premier         place  // the first whole record: the others must name the same invoice
	dernier         place  // the last record
	cle             []byte // of premier: partner and insured
	facture         []byte // of premier: number of the invoice
	ligne           Type   // kind of the current base line
	parLigne        [nbTypes]uint16
	debut, fin      fse.Date // of the care
	tete            place
	prescription    place
	datePrescrite   fse.Date
	accidentDeDroit fse.Date
	abimee          bool // a record is out of its columns: what is read there may be anything
}

// place is where a record is, to read it again when there is something to say of it.
type place struct {
	numero int
	offset int64
	t      Type
	v      Variante
}

// enregistrement reads the record again, in the reader's memory: it is good until the next one is.
func (p place) enregistrement(r *Reader) *Enregistrement {
	r.relu = Enregistrement{}
	if i := p.numero - r.facture.numero; p.numero > 0 && i < len(r.facture.bornes) {
		r.facture.lire(&r.relu, i)
	}
	return &r.relu
}

// controlerFacture walks through the current invoice.
func (r *Reader) controlerFacture() {
	f := &r.facture
	x := &r.examen
	*x = examen{r: r}
	x.d.commencer(f)
	e := &r.courant
	for i := range f.bornes {
		f.lire(e, i)
		x.dernier = place{e.Numero, e.Offset, e.Type, e.Variante}
		x.enregistrement(e)
	}
	x.d.finir(&r.lot)
	r.decodee = x.d.fac
	x.conclure()
}

func (x *examen) enregistrement(e *Enregistrement) {
	r := x.r
	entier := r.longueurDe(e)
	x.abimee = x.abimee || !entier || e.Type == Inconnu
	p := e.plan()
	if p == nil {
		if entier {
			r.constate(e, PorteeFacture, ctlTypeInconnu, "type", r.lu(e, "type"),
				"un type connu de la variante "+r.facture.variante.String(),
				"Type d'enregistrement inconnu : gardé tel quel.")
		}
		return
	}
	if entier {
		r.controlerZones(e, PorteeFacture)
		x.memeFacture(e, p)
	}
	x.suite(e)
	if entier {
		x.d.lire(e)
		x.identifiants(e, p)
		x.detail(e, p)
		return
	}
	x.d.lire(e)
}

// suite checks the place of a record among the others.
func (x *examen) suite(e *Enregistrement) {
	r := x.r
	switch {
	case e.Type == T3 || e.Type == T4:
		x.ligne = e.Type
		x.parLigne = [nbTypes]uint16{}
	case e.Type >= T3S && e.Type <= T3H && x.ligne != T3, e.Type >= T4S && e.Type <= T4U && x.ligne != T4:
		r.constate(e, PorteeFacture, ctlOrdre, "", "", "un enregistrement de type "+e.Type.String()[:1]+" avant",
			"Complément "+e.Type.String()+" sans la ligne qu'il complète.")
	case e.Type > T2 && e.Type <= T2C && x.ligne != Inconnu:
		r.constate(e, PorteeFacture, ctlOrdre, "", "", "avant les lignes",
			"Complément "+e.Type.String()+" après les lignes de la facture.")
	}
	x.parLigne[e.Type]++
	if m := complementsMax[e.Type]; m > 0 && x.parLigne[e.Type] == m+1 {
		r.constate(e, PorteeFacture, ctlComplements, "", "", fmt.Sprintf("%d au plus", m),
			fmt.Sprintf("Plus de %d enregistrements %s pour une même ligne.", m, e.Type))
	}
}

// memeFacture checks that a record carries the partner, insured and invoice number of the invoice's header.
func (x *examen) memeFacture(e *Enregistrement, p *plan) {
	rec := e.octets()
	facture := p.champs[cFacture].de(rec)
	if x.premier.numero == 0 {
		x.premier = place{e.Numero, e.Offset, e.Type, e.Variante}
		if e.lisible != nil {
			rec = bytes.Clone(rec) // its memory is that of the next one
			facture = p.champs[cFacture].de(rec)
		}
		x.cle, x.facture = rec[:26], facture
		return
	}
	if bytes.Equal(rec[1:26], x.cle[1:]) && bytes.Equal(facture, x.facture) {
		return
	}
	for _, z := range [...]struct {
		nom      string
		lu, veut []byte
	}{{"partenaire", rec[1:10], x.cle[1:10]}, {"nir", rec[11:24], x.cle[11:24]}, {"nir_cle", rec[24:26], x.cle[24:26]},
		{"facture", facture, x.facture}} {
		if !bytes.Equal(z.lu, z.veut) {
			x.r.constate(e, PorteeFacture, ctlCleFacture, z.nom, x.r.lu(e, z.nom), "comme dans l'en-tête de la facture",
				fmt.Sprintf("La zone « %s » n'est pas celle de l'en-tête de la facture.", z.nom))
		}
	}
}

// identifiants checks the keys of the numbers in a record.
func (x *examen) identifiants(e *Enregistrement, p *plan) {
	r := x.r
	switch e.Type {
	case T2:
		rec := e.octets()
		if vide(p.champs[cNIR].de(rec)) {
			r.constate(e, PorteeFacture, ctlNIR, "nir", masqueTexte, "un numéro", "Le numéro d'immatriculation manque.")
		} else {
			x.nir(e, "nir", x.d.errNIR, vide(p.champs[cCle].de(rec)))
		}
		if s := p.champs[cPartenaire].de(rec); string(s) != r.lot.Cle.Emetteur {
			r.constate(e, PorteeFacture, ctlPartenaire, "partenaire", r.lu(e, "partenaire"), r.lot.Cle.Emetteur,
				"Le partenaire de la facture n'est pas celui du lot.")
		}
		if e.Variante == PS {
			r.identifiant(e, PorteeFacture, cPrescripteur)
		}
	case T2S:
		if b := e.Zone("nir_individuel"); !vide(b) {
			cle := e.Zone("nir_individuel_cle")
			_, err := fse.ParseNIR(string(b), string(cle))
			x.nir(e, "nir_individuel", err, vide(cle))
		}
	case T3S:
		r.identifiant(e, PorteeFacture, cPrescripteur)
	case T3E, T4E:
		r.identifiant(e, PorteeFacture, cRPPSPrescripteur)
		r.identifiant(e, PorteeFacture, cRPPSExecutant)
	case T4:
		r.identifiant(e, PorteeFacture, cExecutant)
		if e.Variante == CP {
			r.identifiant(e, PorteeFacture, cPrescripteur)
		}
	}
}

func (x *examen) nir(e *Enregistrement, zone string, err error, sansCle bool) {
	if err != nil || sansCle {
		message := "Le numéro d'immatriculation n'a pas la forme attendue."
		if errors.Is(err, fse.MotifCle) {
			message = "La clé du numéro d'immatriculation est fausse."
		}
		x.r.constate(e, PorteeFacture, ctlNIR, zone, masqueTexte, "un numéro dont la clé est juste", message)
	}
}

// conclure checks the invoice as a whole, once all its records were read.
func (x *examen) conclure() {
	r, s, fac, c := x.r, &x.d.sommes, &x.d.fac, &x.r.cumul
	c.abime = c.abime || x.abimee
	dernier := x.dernier.enregistrement(r)
	if !s.declare {
		r.constate(dernier, PorteeFacture, ctlSansTotal, "", "", "type 5", "La facture n'a pas de total (type 5).")
	} else {
		x.total(dernier)
		c.t5++
	}
	if fac.Lignes == 0 {
		r.constate(dernier, PorteeFacture, ctlSansLigne, "", "", "type 3 ou 4", "La facture n'a aucune ligne.")
	}
	x.dates()
	x.doublon()
	c.factures++
	c.bases += s.bases
	c.lignes += s.lignes
	c.types2 += s.types2
	c.types2base++
	c.total += fac.Total
	c.amo += fac.AMO
	c.amc += fac.AMC
	if c.factures == facturesMax+1 {
		r.constate(x.premier.enregistrement(r), PorteeLot, ctlLotGrand, "", "", "999 factures au plus",
			"Le lot a plus de 999 factures.")
	}
}

func (x *examen) doublon() {
	r := x.r
	if x.premier.numero == 0 || x.d.fac.Cle.Numero == 0 {
		return
	}
	avant := r.vues.facture(x.d.fac.Cle.Numero)
	if avant == 0 || r.etat != dansLot && avant != r.vues.rang {
		return
	}
	e := x.premier.enregistrement(r)
	switch {
	case avant == r.vues.rang || avant == r.vues.dejaVu:
		r.constate(e, PorteeFacture, ctlDoublon, "facture", r.lu(e, "facture"), "un numéro par facture",
			"Numéro de facture déjà présent dans le lot.")
	default:
		r.constate(e, PorteeFacture, ctlNumeroReutilise, "facture", r.lu(e, "facture"), "un numéro par facture",
			"Numéro de facture déjà présent dans un autre lot du fichier.")
	}
}

// total compares what the invoice declares with the sum of its lines.
func (x *examen) total(e *Enregistrement) {
	r, s := x.r, &x.d.sommes
	r.compare(e, PorteeFacture, ctlLignes, "lignes", "Nombre de lignes de la facture", int64(s.lignesDeclarees),
		int64(s.bases), int64(s.lignes))
	montant := func(ctl *Controle, zone, quoi string, lu, attendu fse.Montant) {
		r.compareMontant(e, PorteeFacture, ctl, zone, quoi, lu, attendu)
	}
	reste := s.total3 + s.total4 - s.amo3 - s.amo4
	if e.Variante == PS {
		montant(ctlTotal, "total", "Total facturé", s.total, s.total3+s.total4)
		montant(ctlTotalAMO, "total_amo", "Total de l'assurance maladie", s.amo, s.amo3+s.amo4)
		montant(ctlTotalAMC, "total_amc", "Total de la complémentaire", s.amc, s.amc3+s.amc4)
	} else {
		montant(ctlBaseSejour, "base_sejour", "Base de remboursement du séjour", s.base5, s.base3)
		montant(ctlTotalAMO, "amo_sejour", "Part de l'assurance maladie, séjour", s.amo5, s.amo3)
		montant(ctlTotal, "total_sejour", "Total facturé, séjour", s.total5, s.total3)
		montant(ctlTotal, "total_honoraires", "Total facturé, honoraires", s.hono5, s.total4)
		montant(ctlTotalAMO, "amo_honoraires", "Part de l'assurance maladie, honoraires", s.amoHono5, s.amo4)
		montant(ctlTotalAMC, "amc_sejour", "Part de la complémentaire, séjour", s.amcStay5, s.amc3)
		montant(ctlTotalAMC, "amc_honoraires", "Part de la complémentaire, honoraires", s.amcHono5, s.amc4)
	}
	// A program in use leaves this total at zero; where it is filled, it is spend less the AMO's share.
	if s.assure != 0 {
		montant(ctlAssure, "total_assure", "Participation de l'assuré", s.assure, reste)
	}
}
