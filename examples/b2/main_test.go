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
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

func executer(t *testing.T, entree []byte, args ...string) (statut int, out, erreurs string) {
	t.Helper()
	var o, e bytes.Buffer
	statut = programme.Code("b2", &e, lire(args, bytes.NewReader(entree), &o, &e))
	return statut, o.String(), e.String()
}

// fichier has a lot of two invoices of one line.
func fichier(t *testing.T) []byte {
	t.Helper()
	jour, err := fse.ParseAAMMJJ("261121")
	if err != nil {
		t.Fatal(err)
	}
	assure, err := fse.ParseNIR("2650333082781", "03")
	if err != nil {
		t.Fatal(err)
	}
	l := fse.Lot{Cle: fse.CleLot{Emetteur: "752495234", Numero: 12, Date: jour}, Flux: fse.FluxFSE,
		Destinataire: "422", Partenaire: "PHARMACIE EXEMPLE"}
	for i := range 2 {
		l.Factures = append(l.Factures, fse.Facture{Cle: fse.CleFacture{Lot: l.Cle, Numero: 12000 + i}, Assure: assure,
			Naissance: "650315", Date: jour, NatureAssurance: "10",
			Organisme: fse.Organisme{Regime: "01", Caisse: "422", Centre: "0000"}, Prescripteur: "759529654",
			DatePrescription: jour,
			Actes: []fse.Acte{{Code: "PH7", Date: jour, Executant: "752495234", Montant: 6706, AMO: 4358, AMC: 2348,
				Quantite: 1}}})
	}
	var b bytes.Buffer
	if err := b2.WriteFichier(b2.NewWriter(&b), &fse.Fichier{TypeEmetteur: "TP", Emetteur: "00000752495234",
		TypeDestinataire: "CT",
		Destinataire:     "00000001011422", ID: "ESSAI1", Date: jour, Lots: []fse.Lot{l}}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestJSON(t *testing.T) {
	for args, veut := range map[string]string{
		"-json": `{"lot":12,"numero":12000,"nir":"2************","cle":"03","montant_centimes":6706,"lignes":1,"constats":[]}
{"lot":12,"numero":12001,"nir":"2************","cle":"03","montant_centimes":6706,"lignes":1,"constats":[]}
`,
		"-json -clair": `{"lot":12,"numero":12000,"nir":"2650333082781","cle":"03","montant_centimes":6706,"lignes":1,"constats":[]}
{"lot":12,"numero":12001,"nir":"2650333082781","cle":"03","montant_centimes":6706,"lignes":1,"constats":[]}
`,
	} {
		statut, out, erreurs := executer(t, fichier(t), append(strings.Fields(args), "-")...)
		if statut != 0 || erreurs != "" {
			t.Errorf("%s: status %d, %s", args, statut, erreurs)
		}
		if diff := cmp.Diff(veut, out); diff != "" {
			t.Error(diff)
		}
	}
}

// A finding goes with its invoice; one on the lot or the file with the last invoice before it.
func TestConstats(t *testing.T) {
	b := fichier(t)
	copy(b[4*b2.Longueur+57:], "00006760")
	copy(b[9*b2.Longueur+55:], "00000099")
	statut, out, _ := executer(t, b, "-json", "-")
	var oo []facture
	for d := json.NewDecoder(strings.NewReader(out)); d.More(); {
		var o facture
		if err := d.Decode(&o); err != nil {
			t.Fatal(err)
		}
		oo = append(oo, o)
	}
	if statut != 0 || len(oo) != 2 {
		t.Fatalf("status %d, %d invoices", statut, len(oo))
	}
	var codes [2][]string
	for i, o := range oo {
		for _, c := range o.Constats {
			codes[i] = append(codes[i], c.Portee+" "+c.Code)
		}
	}
	if diff := cmp.Diff([2][]string{{"facture total-facture"}, {"lot lot-total", "fichier fichier-enregistrements"}},
		codes); diff != "" {
		t.Error(diff)
	}
	c := oo[0].Constats[0]
	if c.Enregistrement != 5 || c.Zone != "total" || c.Offset != 512 || c.Gravite != "erreur" || c.Lu != "6760" ||
		c.Attendu != "6706" || c.Message == "" {
		t.Errorf("%+v", c)
	}
	if statut, _, _ := executer(t, b, "-strict", "-"); statut != 3 {
		t.Errorf("strict: status %d", statut)
	}
	_, texte, _ := executer(t, b, "-")
	for _, s := range []string{"! erreur, enregistrement 5 (type 5, zone total)", "! erreur, enregistrement 9 (type 6",
		"! erreur, enregistrement 10 (type 999"} {
		if !strings.Contains(texte, s) {
			t.Errorf("the text lacks %q:\n%s", s, texte)
		}
	}
}

func TestTexte(t *testing.T) {
	statut, out, erreurs := executer(t, fichier(t), "-")
	if statut != 0 || erreurs != "" {
		t.Fatalf("status %d, %s", statut, erreurs)
	}
	for _, s := range []string{"fichier ESSAI1 du 21/11/2026", "Lot 012 du 21/11/2026, PHARMACIE EXEMPLE",
		"FSE sécurisée", "2 factures, 134,12 €", "Facture 12000",
		"assuré 2************ 03", "PH7 × 1 : 67,06 € (AMO 43,58 €, AMC 23,48 €)", "prescrite par 759529654",
		"rien à signaler"} {
		if !strings.Contains(strings.ReplaceAll(out, "\u00a0", " "), s) {
			t.Errorf("the text lacks %q:\n%s", s, out)
		}
	}
	if strings.Contains(out, "2650333082781") {
		t.Error("the number of the insured is shown")
	}
	if _, out, _ := executer(t, fichier(t), "-clair", "-"); !strings.Contains(out, "2650333082781") {
		t.Error("-clair does not show the number of the insured")
	}
}

func TestStatuts(t *testing.T) {
	chemin := filepath.Join(t.TempDir(), "a.b2")
	if err := os.WriteFile(chemin, fichier(t), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		nom    string
		entree []byte
		args   []string
		statut int
		veut   string
		objets int
	}{
		{"no file", nil, nil, 2, "usage", 0},
		{"unknown flag", nil, []string{"-x", chemin}, 2, "usage", 0},
		{"help", nil, []string{"-h"}, 0, "usage", 0},
		{"not there", nil, []string{chemin + "x"}, 1, "introuvable", 0},
		{"not B2", []byte("bonjour"), []string{"-json", "-"}, 1, "pas un fichier B2", 0},
		{"one of two is not B2", []byte("bonjour"), []string{"-json", "-", chemin}, 1, "pas un fichier B2", 2},
		{"two files", nil, []string{"-json", chemin, chemin}, 0, "", 4},
	} {
		t.Run(c.nom, func(t *testing.T) {
			statut, out, erreurs := executer(t, c.entree, c.args...)
			if statut != c.statut || !strings.Contains(erreurs, c.veut) || strings.Count(out, "\n") != c.objets {
				t.Errorf("status %d, want %d; %q lacks %q\n%s", statut, c.statut, erreurs, c.veut, out)
			}
		})
	}
}

// The files of a billing program and those written from the norm, to exactly their truth.
func TestVerite(t *testing.T) {
	dossier := filepath.Join("..", "..", "..", "shared", "data")
	type lot struct {
		Lot      int              `json:"lot"`
		Factures []map[string]any `json:"factures"`
	}
	var programme []struct {
		Fichier string `json:"fichier"`
		lot
	}
	var norme struct {
		B2 []struct {
			Fichier string `json:"fichier"`
			Lots    []lot  `json:"lots"`
		} `json:"b2"`
	}
	for nom, v := range map[string]any{"b2": &programme, "normes": &norme} {
		b, err := os.ReadFile(filepath.Join(dossier, nom, "truth.json"))
		if err != nil {
			t.Skip("../shared is not here")
		}
		if err := json.Unmarshal(b, v); err != nil {
			t.Fatal(err)
		}
	}
	verifier := func(chemin string, lots []lot) {
		statut, out, erreurs := executer(t, nil, "-json", "-clair", filepath.Join(dossier, chemin))
		if statut != 0 || erreurs != "" {
			t.Errorf("%s: status %d, %s", chemin, statut, erreurs)
		}
		d := json.NewDecoder(strings.NewReader(out))
		for _, l := range lots {
			for _, f := range l.Factures {
				veut := map[string]any{"lot": float64(l.Lot), "constats": []any{}}
				for _, k := range []string{"numero", "nir", "cle", "montant_centimes", "lignes"} {
					veut[k] = f[k]
				}
				var got map[string]any
				if err := d.Decode(&got); err != nil {
					t.Fatal(err)
				}
				delete(got, "informations") // the truth is older
				if diff := cmp.Diff(veut, got); diff != "" {
					t.Errorf("%s: %s", chemin, diff)
				}
			}
		}
		if d.More() {
			t.Errorf("%s: more invoices than there are", chemin)
		}
	}
	for _, v := range programme {
		verifier(filepath.Join("b2", v.Fichier), []lot{v.lot})
	}
	for _, v := range norme.B2 {
		verifier(filepath.Join("normes", v.Fichier), v.Lots)
	}
}
