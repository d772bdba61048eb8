package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
)

func executer(t *testing.T, entree []byte, args ...string) (statut int, out, erreurs string) {
	t.Helper()
	var o, e bytes.Buffer
	statut = programme.Code("noemie", &e, lire(args, bytes.NewReader(entree), &o, &e))
	return statut, o.String(), e.String()
}

// retour has one invoice of each state.
func retour(t *testing.T) []byte {
	t.Helper()
	jour, err := fse.ParseAAMMJJ("261121")
	if err != nil {
		t.Fatal(err)
	}
	assure, err := fse.ParseNIR("2650333082781", "03")
	if err != nil {
		t.Fatal(err)
	}
	v := &noemie.Versement{Beneficiaire: "000000752495234", Date: jour, Libelles: [2]string{"VIR CPAM EXEMPLE", ""},
		Payeur: "422"}
	r := &noemie.Retour{Entete: noemie.Entete{TypeEmetteur: "CP", Emetteur: "00000001422000", TypeDestinataire: "TP",
		Destinataire: "00000752495234",
		ID:           "N00001", Date: jour, Reference: "0578"}, Emballage: noemie.Blocs}
	for i, etat := range []noemie.Issue{noemie.Paye, noemie.Rejete, noemie.Differe, noemie.Signale} {
		f := noemie.Reponse{Cle: noemie.Cle{Lot: 12, DateLot: jour, Numero: 12000 + i}, Origine: "F", Assure: assure,
			Versement: v,
			AMO:       &noemie.Part{Demande: 4358, DemandeConnue: true, Etat: etat}, AMC: &noemie.Part{Demande: 2348,
				DemandeConnue: true, Etat: etat}}
		if etat == noemie.Paye || etat == noemie.Signale {
			f.AMO.Paye, f.AMC.Paye = 4358, 2348
		}
		if etat == noemie.Rejete || etat == noemie.Signale {
			f.Motifs = []noemie.Motif{{Code: "2449", Libelle: "DROITS FERMES", Niveau: "L", Part: "O", Ligne: 2}}
		}
		r.Factures = append(r.Factures, f)
	}
	r.Factures = append(r.Factures, noemie.Reponse{Cle: noemie.Cle{Lot: 12, DateLot: jour, Numero: 12004},
		AMO: &noemie.Part{Paye: 900}, Versement: v,
		Lignes: []noemie.Ligne{{Numero: 1, Nature: "PH7", Debut: jour, Fin: jour, Paye: 900}}})
	r.Retenues = []noemie.Retenue{{Reference: "DETTE1", Date: jour, Montant: -250, Solde: 1000, Versement: v}}
	var b bytes.Buffer
	if err := noemie.WriteRetour(&b, r); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestJSON(t *testing.T) {
	statut, out, erreurs := executer(t, retour(t), "-json", "-")
	if statut != 0 || erreurs != "" {
		t.Fatalf("status %d, %s", statut, erreurs)
	}
	const veut = `{"lot":12,"date_lot":"261121","numero":12000,"etat":"paye","demande_amo":4358,"paye_amo":4358,"demande_amc":2348,"paye_amc":2348,"motifs":[],"etat_amo":"paye","etat_amc":"paye"}
{"lot":12,"date_lot":"261121","numero":12001,"etat":"rejete","demande_amo":4358,"paye_amo":0,"demande_amc":2348,"paye_amc":0,"motifs":[["2449","DROITS FERMES"]],"etat_amo":"rejete","etat_amc":"rejete","a_faire":["Lire la carte Vitale ou ADRi à la date des soins, corriger le numéro ou la caisse, refaire une facture."]}
{"lot":12,"date_lot":"261121","numero":12002,"etat":"differe","demande_amo":4358,"paye_amo":0,"demande_amc":2348,"paye_amc":0,"motifs":[],"etat_amo":"differe","etat_amc":"differe"}
{"lot":12,"date_lot":"261121","numero":12003,"etat":"signale","demande_amo":4358,"paye_amo":4358,"demande_amc":2348,"paye_amc":2348,"motifs":[["2449","DROITS FERMES"]],"etat_amo":"paye","etat_amc":"paye","a_faire":["Lire la carte Vitale ou ADRi à la date des soins, corriger le numéro ou la caisse, refaire une facture."]}
{"lot":12,"date_lot":"261121","numero":12004,"etat":"paye","demande_amo":null,"paye_amo":900,"demande_amc":null,"paye_amc":null,"motifs":[],"etat_amo":"paye"}
`
	if diff := cmp.Diff(veut, out); diff != "" {
		t.Error(diff)
	}
}

func TestTexte(t *testing.T) {
	statut, out, erreurs := executer(t, retour(t), "-")
	if statut != 0 || erreurs != "" {
		t.Fatalf("status %d, %s", statut, erreurs)
	}
	for _, s := range []string{"en blocs", "VIR CPAM EXEMPLE", "payée, AMO 43,58 €", "rejetée", "en attente",
		"payée avec signalement", "motif 2449 : DROITS FERMES (ligne 2)",
		"Mouvement DETTE1", "Total payé : 143,12 €"} {
		if !strings.Contains(strings.ReplaceAll(out, "\u00a0", " "), s) {
			t.Errorf("the text lacks %q:\n%s", s, out)
		}
	}
	if strings.Contains(out, "2650333082781") {
		t.Error("the number of the insured is shown")
	}
	if _, out, _ := executer(t, retour(t), "-clair", "-"); !strings.Contains(out, "265033308278103") {
		t.Error("-clair does not show the number of the insured")
	}
}

func TestStatuts(t *testing.T) {
	faux := retour(t)
	copy(faux[len(faux)-43:], "00000000001")
	for _, c := range []struct {
		nom    string
		entree []byte
		args   []string
		statut int
		veut   string
	}{
		{"no file", nil, nil, 2, "usage"},
		{"unknown flag", nil, []string{"-x", "-"}, 2, "usage"},
		{"help", nil, []string{"-h"}, 0, "usage"},
		{"not there", nil, []string{filepath.Join(t.TempDir(), "rien.noe")}, 1, "introuvable"},
		{"not a return", []byte("bonjour"), []string{"-"}, 1, "pas un retour NOEMIE"},
		{"wrong total", faux, []string{"-json", "-"}, 0, "Total du retour"},
		{"wrong total, strict", faux, []string{"-json", "-strict", "-"}, 3, "Total du retour"},
	} {
		t.Run(c.nom, func(t *testing.T) {
			statut, out, erreurs := executer(t, c.entree, c.args...)
			if statut != c.statut || !strings.Contains(erreurs, c.veut) {
				t.Errorf("status %d, want %d; %q lacks %q\n%s", statut, c.statut, erreurs, c.veut, out)
			}
		})
	}
}

// The returns written from the norm, to exactly their truth.
func TestVerite(t *testing.T) {
	dossier := filepath.Join("..", "..", "..", "shared", "data", "normes")
	b, err := os.ReadFile(filepath.Join(dossier, "truth.json"))
	if err != nil {
		t.Skip("../shared is not here")
	}
	var vrais struct {
		RSP []struct {
			Fichier  string           `json:"fichier"`
			Factures []map[string]any `json:"factures"`
		} `json:"rsp"`
	}
	if err := json.Unmarshal(b, &vrais); err != nil {
		t.Fatal(err)
	}
	for _, v := range vrais.RSP {
		statut, out, erreurs := executer(t, nil, "-json", filepath.Join(dossier, v.Fichier))
		if statut != 0 || erreurs != "" {
			t.Errorf("%s: status %d, %s", v.Fichier, statut, erreurs)
		}
		var got []map[string]any
		for d := json.NewDecoder(strings.NewReader(out)); d.More(); {
			var o map[string]any
			if err := d.Decode(&o); err != nil {
				t.Fatal(err)
			}
			for _, ajoute := range []string{"etat_amo", "etat_amc", "a_faire"} {
				delete(o, ajoute) // the truth is older
			}
			got = append(got, o)
		}
		if diff := cmp.Diff(v.Factures, got); diff != "" {
			t.Errorf("%s: %s", v.Fichier, diff)
		}
	}
}
