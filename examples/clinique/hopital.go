package main

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

// The default day of the clinique: stays of invented patients, in the norm of establishments, with the complements 2S,
// 3S and 4S that fse alone doesn't carry. Numbers have their keys.
const (
	finess      = "751143488"
	nomClinique = "CLINIQUE DE L EXEMPLE"
	chirurgienA = "751100017"
	chirurgienB = "751100025"
	anesthesie  = "751710039"
	medecin     = "751640046"
)

// annuairePraticiens names the professionals of the default day; B2 has numbers only.
var annuairePraticiens = map[string]string{chirurgienA: "Dr Anne MOREL", chirurgienB: "Dr Hugo PETIT",
	anesthesie: "Dr Léa FONTAINE", medecin: "Dr Paul GIRARD"}

type sejour struct {
	nir, naissance  string
	entree, sortie  string // AAMMJJ
	ghs             int
	prix            fse.Montant
	forfaits        int // days of the daily charge
	actes           []acte
	complementaire  string // AMC organism, "" for none
	fin, exonerable string
}

type acte struct {
	code, executant string
	montant         fse.Montant
}

// lotsDessines are two lots of the same morning.
var lotsDessines = []lotDessine{
	{104, 104001, []sejour{
		{"2850775113044", "850715", "261012", "261014", 1234, 203022, 2, []acte{{"ADC", chirurgienA, 31078},
			{"ADA", anesthesie, 12540}}, "00775671", "D", "0"},
		{"1720469123085", "720403", "261013", "261013", 8034, 58120, 0, []acte{{"ADC", chirurgienB, 24690}}, "", "D", "4"},
		{"2560131555012", "560122", "261013", "261017", 2210, 316471, 4, []acte{{"ADC", chirurgienA, 57915},
			{"ADA", anesthesie, 16820}, {"CS", medecin, 3000}}, "00440363", "D", "0"},
		{"1910892050027", "910817", "261014", "261014", 8034, 58120, 0, []acte{{"ADC", chirurgienB, 18500}}, "00775671", "D",
			"0"},
		{"2780642218031", "780609", "261014", "261020", 3318, 482233, 6, []acte{{"ADC", chirurgienA, 83214},
			{"ADA", anesthesie, 20977}}, "", "T", "0"},
	}},
	{105, 105001, []sejour{
		{"1640373065018", "640311", "261015", "261016", 1450, 124530, 1, []acte{{"ADC", chirurgienB, 29950},
			{"ADA", anesthesie, 11020}}, "00440363", "D", "0"},
		{"2990559350066", "990518", "261015", "261015", 8034, 58120, 0, []acte{{"ADC", chirurgienA, 26700}}, "", "D", "0"},
		{"1550259237353", "550227", "261012", "261016", 2875, 264090, 4, []acte{{"ADC", chirurgienB, 41230},
			{"CS", medecin, 3000}, {"CS", medecin, 3000}}, "00775671", "D", "4"},
	}},
}

// lotDessine is a lot of stays; the invoices are numbered from premiere on.
type lotDessine struct {
	numero, premiere int
	sejours          []sejour
}

// fichierHopital writes a file of these lots.
func fichierHopital(lots []lotDessine) ([]byte, error) {
	var b bytes.Buffer
	h := hopital{w: b2.NewWriter(&b)}
	h.ecrire(b2.T000, "type_emetteur", "TE", "emetteur", "00000"+finess, "type_destinataire", "CT", "destinataire",
		"00000001011751", "application", "TR", "fichier", "CLI001", "date_fichier", "261021", "norme", "CP", "longueur",
		"128", "message", "EDITEUR EXEMPLE")
	for _, l := range lots {
		h.lot(l)
	}
	h.ecrire(b2.T999, "type_emetteur", "TE", "emetteur", "00000"+finess, "type_destinataire", "CT", "destinataire",
		"00000001011751", "application", "TR", "fichier", "CLI001", "enregistrements", h.w.Nombre()+1, "lots", len(lots))
	return b.Bytes(), h.err
}

// hopital writes records and keeps the first error and a lot's totals.
type hopital struct {
	w                *b2.Writer
	err              error
	lignes, types2   int
	total, amo, amc  fse.Montant
	hosp, honoraires totaux
}

type totaux struct{ base, total, amo, amc fse.Montant }

// ecrire writes one record from pairs of zone and value.
func (h *hopital) ecrire(t b2.Type, paires ...any) {
	e, err := b2.New(t, b2.CP, b2.V2007)
	if err != nil {
		h.err = errors.Join(h.err, err)
		return
	}
	for i := 0; i < len(paires); i += 2 {
		zone := paires[i].(string)
		switch v := paires[i+1].(type) {
		case string:
			err = e.SetZone(zone, v)
		case int:
			err = e.SetEntier(zone, int64(v))
		case fse.Montant:
			err = e.SetEntier(zone, int64(v))
		}
		h.err = errors.Join(h.err, err)
	}
	h.err = errors.Join(h.err, h.w.Write(e))
}

func (h *hopital) lot(l lotDessine) {
	h.lignes, h.types2, h.total, h.amo, h.amc = 0, 0, 0, 0, 0
	h.ecrire(b2.T1, "partenaire", finess, "organisme", "751", "lot", l.numero, "categorie", "365", "statut", "75",
		"tarifs", "45", "nom_partenaire", nomClinique, "version", "B2", "date_lot", "261021", "norme", "CP", "version_norme",
		"062007", "monnaie", "U")
	for i, s := range l.sejours {
		h.sejour(l.premiere+i, s)
	}
	// The counts have three and four columns; of a bigger lot, as tests make one, they hold what fits.
	n := len(l.sejours) % 1000
	h.ecrire(b2.T6, "partenaire", finess, "factures", n, "lignes", h.lignes%10000, "types_2", h.types2%10000, "types_5", n,
		"total", h.total, "total_amo", h.amo, "total_amc", h.amc, "lot", l.numero)
}

// sejour writes an invoice: 2, 2S, then stay lines 3 with 3S, acts 4 with 4S, and 5.
func (h *hopital) sejour(facture int, s sejour) {
	n, err := strconv.ParseInt(s.nir, 10, 64)
	h.err = errors.Join(h.err, err)
	cle := fmt.Sprintf("%02d", 97-n%97)
	h.hosp, h.honoraires = totaux{}, totaux{}
	avec := func(paires ...any) []any {
		return append([]any{"facture", facture, "partenaire", finess, "nir", s.nir, "nir_cle", cle}, paires...)
	}
	lignes := h.lignes
	h.ecrire(b2.T2, avec("rang", 0, "nature_operation", 1, "sejour", fmt.Sprintf("S%08d", facture), "regime", "01",
		"caisse", "751", "centre", "0000", "justificatif_droits", 3, "prise_en_charge", s.entree, "droits_depuis", "260101",
		"delivree_par", "751", "regime_prestation", "100", "nature_assurance", "10", "exoneration", s.exonerable, "naissance",
		s.naissance, "rang_naissance", 1, "entree", s.entree, "sortie", s.sortie, "heure_sortie", 11,
		"organisme_complementaire", s.complementaire)...)
	h.ecrire(b2.T2S, avec("rang", 0, "sequence", "01", "nir_individuel", s.nir, "nir_individuel_cle", cle)...)
	h.types2 += 2
	h.ligne(s, avec, "GHS", 1, s.prix, s.ghs)
	if s.forfaits > 0 {
		h.ligne(s, avec, "FJ", s.forfaits, 2000, 0)
	}
	for _, a := range s.actes {
		amo, amc := partage(s, a.montant, 70)
		h.ecrire(b2.T4, avec("rang", 0, "mode_traitement", 3, "discipline_prestations", 181, "prescripteur",
			s.actes[0].executant, "executant", a.executant, "date_soins", s.entree, "acte", a.code, "quantite", 1, "coefficient",
			100, "denombrement", 1, "prix_unitaire", a.montant, "base", a.montant, "taux", taux(s, 70), "amo", amo, "montant",
			a.montant, "amc", amc)...)
		h.ecrire(b2.T4S, avec("sequence", 1, "condition_executant", "L", "accord", 9)...)
		h.lignes++
		h.honoraires.total, h.honoraires.amo, h.honoraires.amc = h.honoraires.total+a.montant, h.honoraires.amo+amo,
			h.honoraires.amc+amc
	}
	h.ecrire(b2.T5, avec("rang", 0, "lignes", h.lignes-lignes, "base_sejour", h.hosp.base, "amo_sejour", h.hosp.amo,
		"total_honoraires", h.honoraires.total, "amo_honoraires", h.honoraires.amo, "total_assure", h.hosp.total-h.hosp.amo+
			h.honoraires.total-h.honoraires.amo, "amc_sejour", h.hosp.amc,
		"amc_honoraires", h.honoraires.amc, "total_sejour", h.hosp.total)...)
	h.total += h.hosp.total + h.honoraires.total
	h.amo += h.hosp.amo + h.honoraires.amo
	h.amc += h.hosp.amc + h.honoraires.amc
}

// ligne writes a stay line. The daily charge is the patient's, and the complementary organism's where there is one.
func (h *hopital) ligne(s sejour, avec func(...any) []any, code string, quantite int, prix fse.Montant, ghs int) {
	montant := prix * fse.Montant(quantite)
	base, amo, amc, pct, prise := montant, fse.Montant(0), fse.Montant(0), 0, ""
	if ghs > 0 {
		amo, amc = partage(s, montant, 80)
		pct = taux(s, 80)
	} else {
		base, prise = 0, "A"
		if s.complementaire != "" {
			amc = montant
		}
	}
	h.ecrire(b2.T3, avec("rang", 0, "mode_traitement", 3, "discipline_prestations", 181, "date_debut", s.entree,
		"date_fin", s.sortie, "acte", code, "quantite", quantite, "coefficient", 100, "forfait_journalier", prise,
		"coefficient_mco", 10000, "prix_unitaire", prix, "base", base, "taux", pct, "amo", amo, "montant", montant, "ghs",
		ghs, "taux_financement", 100, "amc", amc)...)
	h.ecrire(b2.T3S, avec("sequence", 1, "prescripteur", s.actes[0].executant, "condition_prescripteur", "L",
		"specialite_prescripteur", 4, "date_prescription", s.entree, "accord", 9, "fin_sejour", s.fin)...)
	h.lignes++
	h.hosp = totaux{h.hosp.base + base, h.hosp.total + montant, h.hosp.amo + amo, h.hosp.amc + amc}
}

func taux(s sejour, normal int) int {
	if s.exonerable == "4" {
		return 100
	}
	return normal
}

func partage(s sejour, montant fse.Montant, normal int) (amo, amc fse.Montant) {
	amo = montant * fse.Montant(taux(s, normal)) / 100
	if s.complementaire != "" {
		amc = montant - amo
	}
	return amo, amc
}
