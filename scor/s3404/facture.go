package s3404

import (
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// FactureAffichee is an invoice as the bordereau shows it. It holds personal data.
type FactureAffichee struct {
	Cle             fse.CleFacture
	Rang            int     // in the lot, from 1
	Assure          fse.NIR // whose rights pay
	NIRIndividuel   fse.NIR // of who was cared for, if the file gives it (2S)
	RangBenef       string
	Naissance       fse.Naissance // AAMMJJ, raw
	RangNaissance   string
	Nom, Prenom     string // of who was cared for (2B, else the insured's of 2C); often ""
	Organisme       fse.Organisme
	Nature          string // nature d'assurance
	Exoneration     string
	Sejour          string // number of the stay
	Entree, Sortie  fse.Date
	HeureSortie     string
	PriseEnCharge   fse.Date
	Droits          string // proof of rights: its code, since when, by which organism it was given
	Complementaire  string // AMC organism, as the file gives it
	Lignes          []Ligne
	Total, AMO, AMC fse.Montant // declared by type 5
	Patient         fse.Montant // share before AMC: declared, or computed where the file leaves it to zero

	declare declare
}

// Ligne is a hospital line (type 3) or an act (type 4).
type Ligne struct {
	Honoraires    bool // type 4
	Code          string
	Detail        string    // what the complements add: CCAM (code, activity/phase, modifiers, association), NABM
	Produits      []Produit // LPP and UCD of the line, whose amount they are part of
	GHS           string
	Mode          string // mode de traitement and discipline
	Debut, Fin    fse.Date
	Executant     string // number of the professional
	RPPSExecutant string // from 4E, "" if none
	Prescripteur  string
	Quantite      int
	Coefficient   int // hundredths
	Prix, Base    fse.Montant
	Taux          int
	Montant       fse.Montant
	AMO, AMC      fse.Montant
}

// Produit is a product of a line: a device or supply (LPP) of types 3F and 4F, a medicine (UCD) of 3H and 4H.
type Produit struct {
	Genre         string // "LPP" or "UCD"
	Code          string
	Fournisseur   string // SIRET, "" if none
	Quantite      int
	Prix, Montant fse.Montant
}

// declare are the amounts of type 5.
type declare struct {
	present                                                bool
	enregistrement                                         int
	baseSejour, amoSejour, amcSejour, totalSejour          fse.Montant
	totalHonoraires, amoHonoraires, amcHonoraires, patient fse.Montant
}

// lecteur fills an invoice from its records; the first error stays.
type lecteur struct {
	f   *FactureAffichee
	err error
}

func (l *lecteur) faute(err error) {
	if l.err == nil && err != nil {
		l.err = fmt.Errorf("s3404: %w", err)
	}
}

func (l *lecteur) entier(e *b2.Enregistrement, zone string) int64 {
	n, err := e.Entier(zone)
	l.faute(err)
	return n
}

func (l *lecteur) montant(e *b2.Enregistrement, zone string) fse.Montant {
	return fse.Montant(l.entier(e, zone))
}

func (l *lecteur) date(e *b2.Enregistrement, zone string) fse.Date {
	d, err := fse.ParseAAMMJJ(string(e.Zone(zone)))
	if err != nil {
		l.faute(fmt.Errorf("%v, zone %s: %w", e, zone, err))
	}
	return d
}

// numero reads an identifier: zeros stand for none.
func numero(e *b2.Enregistrement, zone string) string {
	s := e.Texte(zone)
	if strings.Trim(s, "0") == "" {
		return ""
	}
	return s
}

func (l *lecteur) enregistrement(e *b2.Enregistrement) {
	switch e.Type {
	case b2.T2:
		l.entete(e)
	case b2.T2S:
		if n := numero(e, "nir_individuel"); n != "" {
			// A wrong key is one of b2's findings; the number is shown as it is.
			l.f.NIRIndividuel, _ = fse.ParseNIR(n, e.Texte("nir_individuel_cle"))
		}
	case b2.T2B:
		l.f.Nom, l.f.Prenom = e.Texte("nom"), e.Texte("prenom")
	case b2.T2C:
		if l.f.Nom == "" {
			l.f.Nom, l.f.Prenom = e.Texte("nom_assure"), e.Texte("prenom_assure")
		}
	case b2.T3:
		l.sejour(e)
	case b2.T4:
		l.acte(e)
	case b2.T5:
		l.total(e)
	case b2.T3S:
		if n := len(l.f.Lignes); n > 0 && l.f.Lignes[n-1].Prescripteur == "" {
			l.f.Lignes[n-1].Prescripteur = numero(e, "prescripteur")
		}
	case b2.T4E:
		if n := len(l.f.Lignes); n > 0 {
			l.f.Lignes[n-1].RPPSExecutant = numero(e, "rpps_executant")
		}
	default:
		l.detail(e)
	}
}

func (l *lecteur) entete(e *b2.Enregistrement) {
	f := l.f
	nir, err := fse.ParseNIR(e.Texte("nir"), e.Texte("nir_cle"))
	if nir.IsZero() {
		l.faute(fmt.Errorf("%v: %w", e, err))
	}
	f.Assure = nir
	f.Cle.Numero = int(l.entier(e, "facture"))
	f.RangBenef = e.Texte("rang")
	f.Naissance, f.RangNaissance = fse.Naissance(e.Texte("naissance")), e.Texte("rang_naissance")
	f.Organisme = fse.Organisme{Regime: e.Texte("regime"), Caisse: e.Texte("caisse"), Centre: e.Texte("centre")}
	f.Nature, f.Exoneration = e.Texte("nature_assurance"), numero(e, "exoneration")
	f.Sejour = numero(e, "sejour")
	f.Entree, f.Sortie = l.date(e, "entree"), l.date(e, "sortie")
	f.HeureSortie = e.Texte("heure_sortie")
	f.PriseEnCharge = l.date(e, "prise_en_charge")
	f.Complementaire = numero(e, "organisme_complementaire")
	if j := e.Texte("justificatif_droits"); j != "" {
		f.Droits = j
		if d := l.date(e, "droits_depuis"); !d.IsZero() {
			f.Droits += " du " + papier.Jour(d)
		}
		if o := numero(e, "delivree_par"); o != "" {
			f.Droits += " (" + o + ")"
		}
	}
}

func (l *lecteur) sejour(e *b2.Enregistrement) {
	l.f.Lignes = append(l.f.Lignes, Ligne{
		Code: e.Texte("acte"), GHS: numero(e, "ghs"), Mode: mode(e),
		Debut: l.date(e, "date_debut"), Fin: l.date(e, "date_fin"),
		Quantite: int(l.entier(e, "quantite")), Coefficient: int(l.entier(e, "coefficient")),
		Prix: l.montant(e, "prix_unitaire"), Base: l.montant(e, "base"), Taux: int(l.entier(e, "taux")),
		Montant: l.montant(e, "montant"), AMO: l.montant(e, "amo"), AMC: l.montant(e, "amc"),
	})
}

func (l *lecteur) acte(e *b2.Enregistrement) {
	soins := l.date(e, "date_soins")
	l.f.Lignes = append(l.f.Lignes, Ligne{
		Honoraires: true, Code: e.Texte("acte"), Mode: mode(e), Debut: soins, Fin: soins,
		Executant: numero(e, "executant"), Prescripteur: numero(e, "prescripteur"),
		Quantite: int(l.entier(e, "quantite")), Coefficient: int(l.entier(e, "coefficient")),
		Prix: l.montant(e, "prix_unitaire"), Base: l.montant(e, "base"), Taux: int(l.entier(e, "taux")),
		Montant: l.montant(e, "montant"), AMO: l.montant(e, "amo"), AMC: l.montant(e, "amc"),
	})
}

func mode(e *b2.Enregistrement) string {
	m, d := numero(e, "mode_traitement"), numero(e, "discipline_prestations")
	if m == "" || d == "" {
		return m + d
	}
	return m + "/" + d
}

func (l *lecteur) total(e *b2.Enregistrement) {
	l.f.declare = declare{
		present: true, enregistrement: e.Numero,
		baseSejour: l.montant(e, "base_sejour"), amoSejour: l.montant(e, "amo_sejour"), amcSejour: l.montant(e, "amc_sejour"),
		totalSejour: l.montant(e, "total_sejour"), totalHonoraires: l.montant(e, "total_honoraires"),
		amoHonoraires: l.montant(e, "amo_honoraires"), amcHonoraires: l.montant(e, "amc_honoraires"),
		patient: l.montant(e, "total_assure"),
	}
	d := &l.f.declare
	l.f.Total = d.totalSejour + d.totalHonoraires
	l.f.AMO = d.amoSejour + d.amoHonoraires
	l.f.AMC = d.amcSejour + d.amcHonoraires
}
