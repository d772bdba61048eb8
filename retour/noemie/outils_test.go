package noemie_test

import (
	"bytes"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
)

// ent is an entity to write: code, level, zones.
type ent struct {
	code, niveau string
	zones        map[string]string
}

type z = map[string]string

func entite(t testing.TB, x ent) *noemie.Entite {
	t.Helper()
	e, err := noemie.New(x.code)
	if err != nil {
		t.Fatal(err)
	}
	if x.niveau != "" {
		if err := e.SetZone("niveau", x.niveau); err != nil {
			t.Fatal(err)
		}
	}
	for zone, v := range x.zones {
		if err := e.SetZone(zone, v); err != nil {
			t.Fatal(err)
		}
	}
	return e
}

// composer writes a return of those entities, behind a payment and a lot (110, of 27 February 2026).
func composer(t testing.TB, em noemie.Emballage, lots int, cumul fse.Montant, ents ...ent) []byte {
	t.Helper()
	var b bytes.Buffer
	w := noemie.NewWriter(&b, em)
	debut := []ent{
		{"000", "", z{"type_emetteur": "CP", "emetteur": "00000001751000", "type_destinataire": "TP",
			"destinataire": "00000750000001", "fichier": "ESSAI1",
			"date_fichier": "261121", "norme": "0578", "longueur": "128"}},
		{"020", "", z{"beneficiaire_reglement": "000000750000001"}}, {"040", "",
			z{"beneficiaire_reglement": "000000750000001"}},
		{"071", "", z{"date_comptable": "261120", "libelle_1": "VIR EXEMPLE", "payeur": "751"}},
		{"080", "03", z{"date_lot": "260227", "lot": "110"}},
	}
	for _, x := range append(debut, ents...) {
		if err := w.Write(entite(t, x)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.WriteFin(lots, cumul); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func lire(t testing.TB, b []byte) (*noemie.Retour, []noemie.Constat) {
	t.Helper()
	r, constats, err := noemie.Parse(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return r, constats
}

func codes(constats []noemie.Constat) []string {
	cc := []string{}
	for _, c := range constats {
		cc = append(cc, c.Code)
	}
	return cc
}

var emballages = []noemie.Emballage{noemie.Blocs, noemie.Flux}

// retourExemple is a return with all that WriteRetour writes.
func retourExemple(em noemie.Emballage) *noemie.Retour {
	date := func(s string) fse.Date { d, _ := fse.ParseAAMMJJ(s); return d }
	assure, _ := fse.ParseNIR("2650333082781", "03")
	v := &noemie.Versement{Mandataire: "000000750000001", Organisme: "12345670", Beneficiaire: "000000750000002",
		Date:     date("261120"),
		Libelles: [2]string{"VIR EXEMPLE", "SUITE"}, Payeur: "751", TypeRetour: "01"}
	v2 := &noemie.Versement{Mandataire: "000000750000001", Beneficiaire: "000000750000003", Date: date("261121"),
		Libelles: [2]string{"VIR DEUX", ""}, Payeur: "422"}
	cle := func(lot, n int) noemie.Cle { return noemie.Cle{Lot: lot, DateLot: date("260227"), Numero: n} }
	rejetee := cle(110, 110002)
	return &noemie.Retour{
		Entete: noemie.Entete{TypeEmetteur: "CP", Emetteur: "00000001751000", TypeDestinataire: "TP",
			Destinataire: "00000750000001", ID: "ESSAI1",
			Date: date("261121"), Reference: "0578", TypeFlux: "R"},
		Emballage: em,
		Factures: []noemie.Reponse{
			{Cle: cle(110, 110001), Origine: "F", Date: date("260227"), Nature: "AS", Assure: assure, Etat: noemie.Paye,
				AMO: &noemie.Part{Demande: 4358, DemandeConnue: true, Paye: 4358, Etat: noemie.Paye},
				AMC: &noemie.Part{Demande: 2348, DemandeConnue: true, Paye: 2348, Etat: noemie.Paye, Organisme: "0012345678"},
				Lignes: []noemie.Ligne{{Numero: 1, Nature: "PH7", Debut: date("260227"), Fin: date("260227"), Paye: 4358,
					Base: 6706, Depense: 6706, Taux: 65}}, Versement: v},
			{Cle: rejetee, Origine: "F", Date: date("260227"), Nature: "AS", Assure: assure, Etat: noemie.Rejete,
				AMO: &noemie.Part{Demande: 1000, DemandeConnue: true, Etat: noemie.Rejete}, AMC: &noemie.Part{DemandeConnue: true},
				Motifs: []noemie.Motif{{Code: "2449", Libelle: "DROITS @ FERMES", Niveau: "L", Part: "O", Ligne: 2,
					Nature: "PH7", Date: date("260226"),
					Executant: "752495234", Information: "VOIR LA CARTE"}}, Versement: v},
			{Cle: cle(111, 111001), Origine: "B", Etat: noemie.Differe, AMO: &noemie.Part{Demande: 500, DemandeConnue: true,
				Etat: noemie.Differe}, Versement: v},
			{Cle: cle(111, 111002), Origine: "E", Etat: noemie.Reprise, AMO: &noemie.Part{Demande: 700, DemandeConnue: true,
				Paye: -700, Etat: noemie.Reprise},
				Commentaires: []string{"RAPPEL SUR FACTURE"}, Archivage: "00000000000000123", Versement: v},
			{Cle: cle(112, 112001), Etat: noemie.Signale, Assure: assure, Nature: "AS", AMO: &noemie.Part{Paye: 900,
				Etat: noemie.Paye},
				Motifs: []noemie.Motif{{Code: "5884", Libelle: "PLAFOND ATTEINT", Ligne: 1}},
				Lignes: []noemie.Ligne{{Numero: 1, Nature: "PJ", Hospitaliere: true, Debut: date("260201"), Fin: date("260205"),
					Paye: 900}}, Versement: v2},
		},
		Retenues: []noemie.Retenue{
			{Reference: "DETTE1", Date: date("250101"), Nature: "IND", Operation: "RPR", Montant: -250, Solde: 1000,
				Ligne: 1, Facture: &rejetee, Versement: v},
			{Reference: "DETTE2", Date: date("250102"), Nature: "IND", Operation: "RPR", Montant: 300, Solde: 0, Ligne: 2,
				Versement: v2},
		},
		Forfaits: []noemie.Forfait{
			{Code: "00042", Montant: 9000, Versement: v2},
			{Code: "00042", Libelle: "AIDE SCOR", Montant: 9000, Periode: "A", Debut: date("250101"), Fin: date("251231"),
				Detail: true, Versement: v2},
		},
		Cumul: 4358 + 2348 - 700 + 900,
	}
}

func ecrire(t testing.TB, r *noemie.Retour) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := noemie.WriteRetour(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}
