package b2_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

// vingt is a file of one lot with 20 invoices of different persons.
func vingt(t testing.TB, cp bool) []byte {
	t.Helper()
	f := fichierExemple(cp)
	f.Lots = f.Lots[:1]
	modele := f.Lots[0].Factures[0]
	f.Lots[0].Factures = nil
	for i := range 20 {
		x := modele
		x.Cle.Numero = 1000 + i
		x.Assure = nir(fmt.Sprintf("2%02d0%d33%03d%03d", 50+i, 1+i%9, 100+13*i, 200+29*i))
		f.Lots[0].Factures = append(f.Lots[0].Factures, x)
	}
	return ecrire(t, f)
}

func factures(f *fse.Fichier) map[int]fse.Facture {
	m := map[int]fse.Facture{}
	for _, l := range f.Lots {
		for _, x := range l.Factures {
			m[x.Cle.Numero] = x
		}
	}
	return m
}

// Bytes lost or added anywhere cost the invoice they are in, or its neighbour, never the rest; what was damaged is
// told;
// what is read is written back byte for byte; and no finding shows a person.
func TestDegatLocal(t *testing.T) {
	for _, cp := range []bool{false, true} {
		b := vingt(t, cp)
		bon, _, err := b2.ParseFichier(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		veut := factures(bon)
		tirage := rand.New(rand.NewPCG(1, 2))
		for essai := range 600 {
			place := 2*b2.Longueur + tirage.IntN(len(b)-4*b2.Longueur)
			n := []int{1, 2, 5, 30, 100, 127, 128, 200}[essai%8]
			var abime []byte
			nom := fmt.Sprintf("CP %t: %d bytes lost at %d", cp, n, place)
			if essai%3 == 0 {
				nom = fmt.Sprintf("CP %t: %d bytes added at %d", cp, n, place)
				abime = slices.Concat(b[:place], bytes.Repeat([]byte("?"), n), b[place:])
			} else {
				abime = slices.Concat(b[:place], b[min(len(b), place+n):])
			}
			if essai%2 == 0 {
				abime = enLignesDe(abime, place, n, essai%3 == 0)
			}
			verifierDegat(t, nom, abime, veut)
		}
	}
}

// enLignesDe cuts the file in lines where its records were, before the damage.
func enLignesDe(b []byte, place, n int, ajoute bool) []byte {
	decalage := -n
	if ajoute {
		decalage = n
	}
	var r []byte
	for i, c := range b {
		if j := i; j > 0 {
			if j > place {
				j -= decalage
			}
			if j%b2.Longueur == 0 && (i <= place || !ajoute || i >= place+n) {
				r = append(r, '\r', '\n')
			}
		}
		r = append(r, c)
	}
	return append(r, '\r', '\n')
}

func verifierDegat(t *testing.T, nom string, abime []byte, veut map[int]fse.Facture) {
	t.Helper()
	f, constats, err := b2.ParseFichier(bytes.NewReader(abime))
	if err != nil {
		t.Fatalf("%s: %v", nom, err)
	}
	lues := factures(f)
	justes := 0
	for k, x := range veut {
		if cmp.Equal(lues[k], x) {
			justes++
		}
	}
	if justes < len(veut)-2 {
		t.Errorf("%s: %d invoices right of %d: %v", nom, justes, len(veut), constats)
	}
	if justes < len(veut) && !slices.ContainsFunc(constats, func(c b2.Constat) bool { return c.Gravite == b2.Erreur }) {
		t.Errorf("%s: %d invoices right of %d, and no error told", nom, justes, len(veut))
	}
	for _, c := range constats {
		s := c.String() + c.Error() + c.Lu + c.Attendu + c.Message
		for _, x := range veut {
			if numero := x.Assure.Numero(); strings.Contains(s, numero[:8]) || strings.Contains(s, numero[5:]) {
				t.Fatalf("%s: a finding shows a person: %s", nom, c.Code)
			}
		}
	}
	if !bytes.Equal(recopier(t, abime), abime) {
		t.Errorf("%s: not the same bytes", nom)
	}
}

// What tools do to a file without touching its records is read, with one finding.
func TestFormesDeFichier(t *testing.T) {
	for _, cp := range []bool{false, true} {
		b := vingt(t, cp)
		bon, _, err := b2.ParseFichier(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		rr := enregistrements(b)
		lignes := func(ajout, fin string) []byte {
			return []byte(string(bytes.Join(rr, []byte(ajout+fin))) + ajout + fin)
		}
		// The letter takes two bytes, and the name's zone keeps 40 characters: the record has 129 bytes.
		accent := slices.Clone(rr)
		accent[1] = []byte(strings.Replace(string(rr[1]), "PARTENAIRE ", "PARTENAIRÉ ", 1))
		for nom, c := range map[string]struct {
			b     []byte
			codes string
		}{
			"mark":                      {append([]byte("\ufeff"), b...), "marque-octets"},
			"mark and lines":            {append([]byte("\ufeff"), lignes("", "\r\n")...), "marque-octets"},
			"lines of 130":              {lignes("  ", "\n"), "ligne-longue"},
			"lines of 133":              {lignes("   ", "\r\n"), "ligne-longue"},
			"lines of 200":              {lignes(strings.Repeat(" ", 72), "\r\n"), "ligne-longue"},
			"a record of 129 bytes":     {bytes.Join(accent, nil), "accents-utf-8"},
			"a line of 129 bytes":       {bytes.Join(accent, []byte("\n")), "accents-utf-8"},
			"last block filled":         {append(slices.Clone(b), bytes.Repeat([]byte(" "), 700)...), ""},
			"last block filled by zero": {append(slices.Clone(b), make([]byte, 700)...), ""},
		} {
			f, constats, err := b2.ParseFichier(bytes.NewReader(c.b))
			if err != nil {
				t.Fatalf("CP %t, %s: %v", cp, nom, err)
			}
			if nom == "a record of 129 bytes" || nom == "a line of 129 bytes" {
				if f.Lots[0].Partenaire != "PARTENAIRÉ EXEMPLE" {
					t.Errorf("%s: %q", nom, f.Lots[0].Partenaire)
				}
				f.Lots[0].Partenaire = bon.Lots[0].Partenaire
			}
			if diff := cmp.Diff(bon, f); diff != "" {
				t.Errorf("CP %t, %s: %s", cp, nom, diff)
			}
			if got := strings.Join(codes(constats), " "); got != c.codes {
				t.Errorf("CP %t, %s: findings %v, want %q", cp, nom, constats, c.codes)
			}
			if !bytes.Equal(recopier(t, c.b), c.b) {
				t.Errorf("CP %t, %s: not the same bytes", cp, nom)
			}
		}
	}
}

// Several files in a stream are all read, each with its own counts; the finding names the sender and the file.
func TestFichiersSuivis(t *testing.T) {
	premier := exemple(t, false)
	autre := fichierExemple(true)
	autre.Emetteur, autre.ID = "00000420788606", "AUTRE2"
	for i := range autre.Lots {
		autre.Lots[i].Cle.Emetteur = "420788606"
		for k := range autre.Lots[i].Factures {
			autre.Lots[i].Factures[k].Cle.Lot.Emetteur = "420788606"
		}
	}
	second := ecrire(t, autre)
	for _, entre := range []string{"", "\r\n", "\x1a"} {
		f, constats, err := b2.ParseFichier(bytes.NewReader([]byte(string(premier) + entre + string(second))))
		if err != nil || len(f.Lots) != 4 || f.ID != "ESSAI1" || f.Lots[3].Factures[1].Sejour == "" {
			t.Fatalf("%q: %+v, %v", entre, f, err)
		}
		if len(constats) != 1 || constats[0].Code != "fichier-suivant" || !strings.Contains(constats[0].Message, "AUTRE2") ||
			!strings.Contains(constats[0].Message, "00000420788606") {
			t.Errorf("%q: %v", entre, constats)
		}
	}
	// The first one's end is missing: told, and the second is read.
	f, constats, err := b2.ParseFichier(bytes.NewReader(slices.Concat(premier[:17*b2.Longueur], second)))
	if err != nil || len(f.Lots) != 4 || strings.Join(codes(constats), " ") != "fichier-sans-fin fichier-suivant" {
		t.Errorf("%v, %v", constats, err)
	}
}

// What stands in a zone decides what is shown of it: the number of an insured read under another name is masked.
func TestMasqueParContenu(t *testing.T) {
	b := exemple(t, false)
	// An amount holds the number, in a record whose other columns are right.
	copy(b[3*b2.Longueur+88:], "2650333082781X")
	for _, c := range constatsDe(t, b) {
		if s := c.String() + c.Error() + c.Lu; strings.Contains(s, "26503") || strings.Contains(s, "082781") {
			t.Errorf("shown: %s", c.Code)
		}
	}
	// A record that begins with the number, since the bytes before it are lost: taken for nothing.
	b = exemple(t, false)
	b = slices.Concat(b[:2*b2.Longueur], b[2*b2.Longueur+11:])
	for _, c := range constatsDe(t, b) {
		if s := c.String() + c.Error() + c.Lu + c.Attendu; strings.Contains(s, "26503") || strings.Contains(s, "33082") {
			t.Errorf("shown: %s", c.Code)
		}
	}
}

func constatsDe(t *testing.T, b []byte) []b2.Constat {
	t.Helper()
	_, constats, err := b2.ParseFichier(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	if len(constats) == 0 {
		t.Error("nothing told")
	}
	return constats
}
