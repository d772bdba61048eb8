package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/essais/modes"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

func executer(t *testing.T, args ...string) string {
	t.Helper()
	var out, erreurs bytes.Buffer
	if statut := programme.Code("message", &erreurs, lancer(t.Context(), args, &out, &erreurs)); statut != 0 {
		t.Fatalf("%v: status %d\n%s", args, statut, &erreurs)
	}
	return out.String()
}

func partage(t *testing.T, nom string) string {
	t.Helper()
	chemin := filepath.Join("..", "..", "..", "shared", "data", "b2", nom)
	if _, err := os.Stat(chemin); err != nil {
		t.Skip("../shared is not here")
	}
	return chemin
}

func lireFichier(t *testing.T, nom string) string {
	t.Helper()
	b, err := os.ReadFile(nom)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestOuvrirMailsPartages(t *testing.T) {
	for i := 1; i <= 3; i++ {
		b2 := lireFichier(t, partage(t, fmt.Sprintf("lot%d.b2", i)))
		sortie := t.TempDir()
		out := executer(t, "ouvrir", "-cle", partage(t, "frontal.key"), "-certificat", partage(t, "frontal.pem"),
			partage(t, fmt.Sprintf("lot%d.eml", i)), "-sortie", sortie, "-json")
		var d description
		if err := json.Unmarshal([]byte(out), &d); err != nil {
			t.Fatal(err)
		}
		if !d.Chiffre || len(d.Parties) != 1 || !strings.HasPrefix(d.Sujet, "IR100500/") {
			t.Fatalf("lot%d: %s", i, out)
		}
		p := d.Parties[0]
		if lireFichier(t, filepath.Join(sortie, p.Fichier)) != b2 || p.SHA256 != fmt.Sprintf("%x",
			sha256.Sum256([]byte(b2))) || p.Octets != int64(len(b2)) || !p.Chiffree {
			t.Errorf("lot%d: %+v", i, p)
		}
	}
}

// A B2 file is composed, opened again, sent to a frontal and its ARL fetched,
// once.
func TestAllerRetour(t *testing.T) {
	f, err := frontal.New(frontal.Config{MotDePasse: "secret"})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	t.Setenv("SCOR_MOT_DE_PASSE", "secret")
	d := t.TempDir()
	cert, ac := filepath.Join(d, "frontal.der"), filepath.Join(d, "ac.pem")
	ecrireTest(t, cert, f.Certificat().Raw)
	ecrireTest(t, ac, f.PEMTLS())
	b2 := partage(t, "lot2.b2")
	for i := range 2 {
		eml := filepath.Join(d, fmt.Sprintf("lot%d.eml", i))
		executer(t, "composer", "-certificat", cert, "-de", "cabinet@exemple.fr", "-etat", d, "-o", eml, b2)
		out := executer(t, "envoyer", "-relais", f.SMTP(), "-ac", ac, "-utilisateur", "cabinet", eml)
		if !strings.Contains(out, "remis à") {
			t.Error(out)
		}
	}
	recus := f.Recus()
	if len(recus) != 2 || len(recus[0].Constats)+len(recus[1].Constats) != 0 ||
		recus[0].Compostage == recus[1].Compostage {
		t.Fatalf("%+v", recus)
	}
	sortie := filepath.Join(d, "recus")
	releve := []string{"relever", "-serveur", f.POP3(), "-ac", ac, "-utilisateur", "cabinet@exemple.fr", "-sortie", sortie}
	if out := executer(t, append(releve, "-laisser")...); !strings.Contains(out, "2 messages relevés, 0 déjà connus") {
		t.Error(out)
	}
	if out := executer(t, releve...); !strings.Contains(out, "0 messages relevés, 2 déjà connus") ||
		f.EnAttente("cabinet@exemple.fr") != 0 {
		t.Error(out)
	}
	arl, _ := filepath.Glob(filepath.Join(sortie, "*.eml"))
	if len(arl) != 2 {
		t.Fatalf("%v", arl)
	}
	ouvert := filepath.Join(d, "ouvert")
	executer(t, "ouvrir", "-sortie", ouvert, arl[0])
	modes.Prives(t, ouvert)
	modes.Prives(t, d)
	if out := executer(t, "ouvrir", arl[0]); !strings.Contains(out, "Objet      : ARL/00000420788606/") ||
		!strings.Contains(out, "ARL/Z, gzip") {
		t.Error(out)
	}
}

func ecrireTest(t *testing.T, nom string, b []byte) {
	t.Helper()
	if err := os.WriteFile(nom, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// A file of lots takes its documents along.
func TestComposerLotSCOR(t *testing.T) {
	profil, err := scor.Reference()
	if err != nil {
		t.Fatal(err)
	}
	f, err := frontal.New(frontal.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	d := t.TempDir()
	pdf := []byte("%PDF-1.4 ordonnance")
	ecrireTest(t, filepath.Join(d, "P1.pdf"), pdf)
	jour, err := fse.NewDate(2026, 11, 21)
	if err != nil {
		t.Fatal(err)
	}
	destination := lot.Destination{Regime: "01", Organisme: "422", Type: "CT", Numero: "00000001422422",
		Adresse: f.Adresse()}
	cle := fse.CleLot{Emetteur: "420788606", Numero: 101, Date: jour}
	l := lot.Lot{Factures: cle, Destination: destination, Paires: []lot.Paire{{
		Facture: fse.Facture{Cle: fse.CleFacture{Lot: cle, Numero: 1000}, Date: jour},
		Piece: scor.Piece{ID: "P1", Type: scor.Ordonnance, Pages: 1, Octets: int64(len(pdf)), Empreinte: sha256.Sum256(pdf),
			Open: octets(pdf)},
	}}}
	l.Numero, l.Date = 7, jour
	fichier := lot.Fichier{ID: "ABCDEF", Date: jour, Emetteur: lot.Emetteur{Type: "TE", Numero: "00000420788606"},
		Destination: destination, Lots: []lot.Lot{l}}
	var b bytes.Buffer
	if err := fichier.Encode(&b, profil); err != nil {
		t.Fatal(err)
	}
	cert, ac, eml := filepath.Join(d, "frontal.der"), filepath.Join(d, "ac.pem"), filepath.Join(d, "lot.eml")
	ecrireTest(t, filepath.Join(d, "lot.scor"), b.Bytes())
	ecrireTest(t, cert, f.Certificat().Raw)
	ecrireTest(t, ac, f.PEMTLS())
	executer(t, "composer", filepath.Join(d, "lot.scor"), "-certificat", cert, "-de", "cabinet@exemple.fr", "-etat", d,
		"-o", eml)
	executer(t, "envoyer", eml, "-relais", f.SMTP(), "-ac", ac)
	r := f.Recus()[0]
	if r.Flux != frontal.Pieces || len(r.Constats) != 0 || len(r.Lots) != 1 || r.Lots[0].Pieces[0].ID != "P1" {
		t.Errorf("%+v", r)
	}
	os.Remove(filepath.Join(d, "P1.pdf"))
	var erreurs bytes.Buffer
	if statut := programme.Code("message", &erreurs, lancer(t.Context(), []string{"composer", filepath.Join(d, "lot.scor"),
		"-certificat", cert, "-de", "cabinet@exemple.fr", "-etat", d, "-o", eml + "2"}, &erreurs, &erreurs)); statut != 1 ||
		!strings.Contains(erreurs.String(), "P1.pdf") {
		t.Errorf("a document is missing: status %d, %s", statut, &erreurs)
	}
}

func TestAppelsIncorrects(t *testing.T) {
	for _, tt := range []struct {
		args   string
		statut int
		dit    string
	}{
		{"", 2, "usage"},
		{"lire", 2, "usage"},
		{"ouvrir", 2, "un message attendu"},
		{"ouvrir a b", 2, "2 donnés"},
		{"ouvrir -cle k a.eml", 2, "-certificat"},
		{"ouvrir absent.eml", 1, "absent.eml"},
		{"composer x", 2, "-de"},
		{"envoyer -relais x:1 -securite rien a.eml", 2, "-securite"},
		{"relever -serveur x:1", 2, "sortie"},
		{"-h", 0, "usage"},
		{"ouvrir -h", 0, "sortie"},
	} {
		var out bytes.Buffer
		if statut := programme.Code("message", &out, lancer(t.Context(), strings.Fields(tt.args), &out,
			&out)); statut != tt.statut || !strings.Contains(out.String(), tt.dit) {
			t.Errorf("%q: status %d, %s", tt.args, statut, &out)
		}
	}
}
