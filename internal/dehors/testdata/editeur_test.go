package editeur

import (
	"context"
	"crypto/rand"
	"database/sql"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
)

// limites are the lines that each task may take, from its func to its closing brace. EnvoyerOrdonnance counts with what
// opens the office.
var limites = map[string]int{"EnvoyerOrdonnance+Open": 30, "DeposerDepuisLaBase": 60, "TraiterRefus": 15,
	"TestListeGrise": 12, "MonterEcrans": 25}

// TestLignes: a task that takes more lines has become harder for everybody.
func TestLignes(t *testing.T) {
	lignes := map[string]int{}
	for _, fichier := range []string{"editeur.go", "ecrans.go", "malice_test.go"} {
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, fichier, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range f.Decls {
			if d, ok := d.(*ast.FuncDecl); ok {
				lignes[d.Name.Name] = fset.Position(d.Body.Rbrace).Line - fset.Position(d.Body.Lbrace).Line - 1
			}
		}
	}
	lignes["EnvoyerOrdonnance+Open"] = lignes["EnvoyerOrdonnance"] + lignes["Open"]
	for nom, max := range limites {
		t.Logf("%s: %d lines", nom, lignes[nom])
		if n := lignes[nom]; n == 0 || n > max {
			t.Errorf("%s: %d lines, at most %d", nom, n, max)
		}
	}
}

// TestMain makes the authority of every frontal of these tests, and one of the system's: the program trusts those, once
// for the process.
func TestMain(m *testing.M) {
	d := oui(os.MkdirTemp("", "editeur"))
	defer os.RemoveAll(d)
	f := oui(frontal.New(frontal.Config{Dossier: d}))
	f.Close()
	os.RemoveAll(filepath.Join(d, "frontal.pem")) // of another address
	os.Setenv("AC", d)
	os.Setenv("SSL_CERT_FILE", filepath.Join(d, "ac.pem"))
	m.Run()
}

func comptes(t *testing.T, c frontal.Config) (Comptes, *frontal.Frontal) {
	t.Helper()
	c.Adresse = "01751@751.01.rss.fr" // of the record 000 of the file
	d := t.TempDir()
	c.Dossier = filepath.Join(d, "frontal")
	if err := os.CopyFS(c.Dossier, os.DirFS(os.Getenv("AC"))); err != nil {
		t.Fatal(err)
	}
	f, err := frontal.New(c)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	cle := make([]byte, 32)
	rand.Read(cle)
	return Comptes{Relais: f.SMTP(), Serveur: f.POP3(), Adresse: "officine@exemple.fr", Dossier: d, MotDePasse: "x",
		Cle: cle, Frontal: lot.Destination{Regime: "01", Organisme: "751", Type: "CP", Numero: "00000001000751",
			Adresse: f.Adresse()},
		Certificats: f.Annuaire()}, f
}

// The first program of the README goes the whole way.
func TestEnvoyerOrdonnance(t *testing.T) {
	c, f := comptes(t, frontal.Config{})
	if s := EnvoyerOrdonnance(t.Context(), c, os.Getenv("SCOR_B2"), os.Getenv("SCOR_SCAN")); s != "acquittee" {
		t.Errorf("situation %q", s)
	}
	if n := len(f.Recus()); n != 2 {
		t.Errorf("%d messages at the frontal, the invoices' and the pieces' expected", n)
	}
}

// Invoices that the editor sends itself, from its database: their pieces still go with their ARL.
func TestDeposerDepuisLaBase(t *testing.T) {
	c, _ := comptes(t, frontal.Config{})
	db, err := sql.Open("sqlite", filepath.Join(c.Dossier, "editeur.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if _, err := db.Exec(`CREATE TABLE factures (lot, numero, nir, cle, centimes, prescrit_le);
		INSERT INTO factures VALUES (12, 101, '2790913055042', '47', 2300, '20261118'), (12, 102, '2790913055042', '47', 4100, '20261119')`); err != nil {
		t.Fatal(err)
	}
	s := Open(t.Context(), c, oui(scor.Reference()))
	jour := oui(fse.NewDate(2026, 11, 20))
	n, err := DeposerDepuisLaBase(t.Context(), db, s, fse.CleLot{Emetteur: "752499996", Numero: 12, Date: jour})
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
	v, err := s.Facture(t.Context(), fse.CleFacture{Lot: fse.CleLot{Emetteur: "752499996", Numero: 12, Date: jour},
		Numero: 102})
	if err != nil || v.Situation != suivi.AttenteFactures {
		t.Errorf("%+v %v", v.Situation, err)
	}
}

// A refused lot of pieces is made anew by what the synthesis offers, and passes.
func TestTraiterRefus(t *testing.T) {
	c, _ := comptes(t, frontal.Config{Scenario: frontal.Scenario{Regles: []frontal.Regle{
		{Quand: frontal.Quand{Flux: frontal.Pieces}, Reponses: []frontal.Nature{frontal.ARLNegatif}, Fois: 1}}}})
	if s := EnvoyerOrdonnance(t.Context(), c, os.Getenv("SCOR_B2"), os.Getenv("SCOR_SCAN")); s == "acquittee" {
		t.Fatal("the first lot was to be refused")
	}
	s := Open(t.Context(), c, oui(scor.Reference()))
	n, err := TraiterRefus(t.Context(), s)
	if err != nil || n != 1 {
		t.Fatal(n, err)
	}
	for v, err := range s.Factures(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if len(v.Pieces) > 0 {
			if f := oui(Attendre(t.Context(), s, v.Cle)); f != "acquittee" {
				t.Errorf("after the new lot: %s", f)
			}
		}
	}
}

func envoyerPar(t *testing.T, f *frontal.Frontal, m transport.Expediteur) error {
	t.Helper()
	message := &transport.Message{De: "officine@exemple.fr", A: []string{f.Adresse()}, ID: "1@exemple.fr", Sujet: "essai",
		Parties: []transport.Partie{{Type: "text/plain", Open: func() (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader("essai")), nil
		}}}}
	e, err := message.Envoi()
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Envoyer(context.Background(), e)
	return err
}
