package routage_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/fse/routage"
)

const essai = `regime,caisse,centre,centre_informatique,destinataire,nom
01,422,0000,011,422,SAINT ETIENNE
02,751,0000,752,751,MSA
91,421,0506,011,506,MGEN LOIRE
91,422,0506,011,506,MGEN
91,422,0599,012,599,AUTRE
`

func table(t *testing.T, s string) *routage.Table {
	t.Helper()
	tab, err := routage.Parse(strings.NewReader(s))
	if err != nil {
		t.Fatal(err)
	}
	return tab
}

func TestChercher(t *testing.T) {
	tab := table(t, essai)
	for _, c := range []struct {
		organisme              fse.Organisme
		adresse, genre, numero string
	}{
		{fse.Organisme{Regime: "01", Caisse: "422", Centre: "0000"}, "01422@422.01.rss.fr", "CT", "00000001011422"},
		{fse.Organisme{Regime: "01", Caisse: "422", Centre: "0103"}, "01422@422.01.rss.fr", "CT", "00000001011422"},
		{fse.Organisme{Regime: "02", Caisse: "751", Centre: "0000"}, "02751@751.02.rss.fr", "MA", "00000002752751"},
		{fse.Organisme{Regime: "91", Caisse: "422", Centre: "0506"}, "91506@506.91.rss.fr", "SM", "00000091011506"},
		{fse.Organisme{Regime: "91", Caisse: "422", Centre: "0599"}, "91599@599.91.rss.fr", "SM", "00000091012599"},
	} {
		r, err := tab.Chercher(c.organisme)
		if err != nil {
			t.Errorf("%s: %v", c.organisme, err)
			continue
		}
		if r.Adresse() != c.adresse || r.TypeDestinataire() != c.genre || r.NumeroDestinataire() != c.numero {
			t.Errorf("%s: %s %s %s, want %s %s %s", c.organisme, r.Adresse(), r.TypeDestinataire(), r.NumeroDestinataire(),
				c.adresse, c.genre, c.numero)
		}
	}
}

func TestChercherInconnu(t *testing.T) {
	tab := table(t, essai)
	for _, c := range []struct {
		organisme fse.Organisme
		manque    string
		texte     string
	}{
		{fse.Organisme{Regime: "42", Caisse: "422", Centre: "0000"}, "régime", "régime 42"},
		{fse.Organisme{Regime: "01", Caisse: "999", Centre: "0000"}, "caisse", "caisse 999 of régime 01"},
		{fse.Organisme{Regime: "91", Caisse: "422", Centre: "0001"}, "centre", "centre 0001 of caisse 422, régime 91"},
		{fse.Organisme{Regime: "91", Caisse: "422", Centre: "0000"}, "centre", "centre 0000 of caisse 422, régime 91"},
	} {
		_, err := tab.Chercher(c.organisme)
		var e *routage.ErreurInconnu
		if !errors.Is(err, routage.ErrInconnu) || !errors.As(err, &e) || e.Manque != c.manque ||
			!strings.Contains(err.Error(), c.texte) {
			t.Errorf("%s: %v, want %s", c.organisme, err, c.texte)
		}
	}
}

func TestLireRefuse(t *testing.T) {
	for nom, c := range map[string]struct {
		csv, colonne string
		ligne        int
	}{
		"missing column": {"regime,caisse,centre,destinataire\n", "centre_informatique", 1},
		"twice":          {"regime,regime,caisse,centre,centre_informatique,destinataire\n", "regime", 1},
		"short number":   {"regime,caisse,centre,centre_informatique,destinataire\n1,422,0000,011,422\n", "regime", 2},
		"letters":        {"regime,caisse,centre,centre_informatique,destinataire\n01,422,0000,011,422\n01,4A2,0000,011,422\n", "caisse", 3},
		"contradiction":  {"regime,caisse,centre,centre_informatique,destinataire\n01,422,0000,011,422\n01,422,0000,011,423\n", "", 3},
		"empty":          {"regime,caisse,centre,centre_informatique,destinataire\n", "", 2},
	} {
		_, err := routage.Parse(strings.NewReader(c.csv))
		var e *routage.ErreurTable
		if !errors.As(err, &e) || e.Colonne != c.colonne || e.Ligne != c.ligne {
			t.Errorf("%s: %v, want line %d, column %q", nom, err, c.ligne, c.colonne)
		}
	}
	for _, s := range []string{"", "regime,caisse,centre,centre_informatique,destinataire\n01,422\n"} {
		if _, err := routage.Parse(strings.NewReader(s)); err == nil {
			t.Errorf("%q: no error", s)
		}
	}
}

// A spreadsheet's export: byte order mark, semicolons, CRLF, a type of addressee of its own.
func TestLireTableur(t *testing.T) {
	tab := table(t, "\ufeffRegime;Caisse;Centre;Centre_informatique;Destinataire;Type_destinataire;autre\r\n09;755;0000;755;755;BF;x\r\n")
	r, err := tab.Chercher(fse.Organisme{Regime: "09", Caisse: "755", Centre: "0000"})
	if err != nil || r.TypeDestinataire() != "BF" {
		t.Errorf("%+v, %v", r, err)
	}
}

func partage(t *testing.T, nom string) *os.File {
	t.Helper()
	f, err := os.Open(filepath.Join("..", "..", "..", "shared", nom))
	if err != nil {
		t.Skip("../shared is not here")
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// Every row of the public table, and only what it says.
func TestTableReelle(t *testing.T) {
	f := partage(t, "data/organismes.csv")
	tab, err := routage.Parse(f)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Seek(0, 0); err != nil {
		t.Fatal(err)
	}
	lignes, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if tab.Len() != len(lignes)-1 {
		t.Errorf("%d organisms, want %d", tab.Len(), len(lignes)-1)
	}
	for _, l := range lignes[1:] {
		r, err := tab.Chercher(fse.Organisme{Regime: l[0], Caisse: l[1], Centre: l[2]})
		if err != nil || r.CentreInformatique != l[3] || r.Destinataire != l[4] || r.TypeDestinataire() == "" {
			t.Errorf("%v: %+v, %v", l, r, err)
		}
	}
}

// The header that a program in use wrote agrees with what the table gives for the invoices inside.
func TestEnTeteDuProgramme(t *testing.T) {
	tab, err := routage.Parse(partage(t, "data/organismes.csv"))
	if err != nil {
		t.Fatal(err)
	}
	vus := 0
	for i := 1; i <= 3; i++ {
		f, _, err := b2.ParseFichier(partage(t, fmt.Sprintf("data/b2/lot%d.b2", i)))
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range f.Lots {
			for _, fac := range l.Factures {
				r, err := tab.Chercher(fac.Organisme)
				if err != nil {
					continue // the third file's invoices name their section of mutuelle as a caisse
				}
				vus++
				if r.TypeDestinataire() != f.TypeDestinataire {
					t.Errorf("lot%d.b2: %s, header has %s", i, r.TypeDestinataire(), f.TypeDestinataire)
				}
			}
		}
	}
	if vus == 0 {
		t.Error("no invoice was routed")
	}
}

func FuzzLire(f *testing.F) {
	f.Add(essai)
	f.Add("regime;caisse;centre;centre_informatique;destinataire\n\"01\";\"4\n22\"")
	f.Add("\ufeffregime,caisse\r\n\x00")
	f.Fuzz(func(t *testing.T, s string) {
		tab, err := routage.Parse(strings.NewReader(s))
		if (tab == nil) == (err == nil) {
			t.Errorf("table %v, error %v", tab, err)
		}
	})
}

func Example() {
	tab, err := routage.Parse(strings.NewReader(essai))
	if err != nil {
		fmt.Println(err)
		return
	}
	r, err := tab.Chercher(fse.Organisme{Regime: "91", Caisse: "422", Centre: "0506"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(r.Adresse(), r.TypeDestinataire(), r.NumeroDestinataire())
	_, err = tab.Chercher(fse.Organisme{Regime: "91", Caisse: "422", Centre: "0601"})
	fmt.Println(err)
	// Output:
	// 91506@506.91.rss.fr SM 00000091011506
	// routage: the table has no centre 0601 of caisse 422, régime 91
}
