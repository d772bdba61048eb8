package b2_test

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

// surveillees are the zones in which no damaged byte may pass in silence: amounts, numbers, dates, codes. seconde says
// that the file holds a second copy, or a key: there, another digit is told too. In the others, a byte that stays what
// the zone may hold can be found by nobody.
var surveillees = []struct {
	cp      bool
	rec     int
	zone    string
	seconde bool
}{
	{false, 2, "partenaire", true}, {false, 2, "lot", true}, {false, 2, "date_lot", false}, {false, 2, "certification",
		false},
	{false, 3, "nir", true}, {false, 3, "nir_cle", true}, {false, 3, "facture", true}, {false, 3, "partenaire", true},
	{false, 3, "prescripteur", true}, {false, 3, "date_facture", false}, {false, 3, "date_prescription", false},
	{false, 3, "regime", true}, {false, 3, "caisse", false}, {false, 3, "centre", false}, {false, 3,
		"nature_assurance", false},
	{false, 3, "naissance", false},
	{false, 4, "nir", true}, {false, 4, "facture", true}, {false, 4, "executant", true}, {false, 4, "date_soins",
		false}, {false, 4, "acte", false},
	{false, 4, "quantite", false}, {false, 4, "montant", true}, {false, 4, "amo", true}, {false, 4, "amc", true},
	{false, 5, "total", true}, {false, 5, "total_amo", true}, {false, 5, "total_amc", true}, {false, 5, "lignes", true},
	{true, 3, "entree", false}, {true, 3, "sortie", false}, {true, 4, "date_debut", false}, {true, 4, "date_fin",
		false}, {true, 4, "acte", false},
	{true, 4, "base", true}, {true, 4, "montant", true}, {true, 4, "amo", true}, {true, 7, "base_sejour", true}, {true,
		7, "total_sejour", true},
}

// One byte of those zones changed to anything that doesn't belong there is told, above a mere information; changed to
// another digit, it is told wherever the file can know.
func TestOctetsSurveilles(t *testing.T) {
	for _, s := range surveillees {
		b := exemple(t, s.cp)
		rec := b[(s.rec-1)*b2.Longueur : s.rec*b2.Longueur]
		ty, v := typeDe(t, b, s.rec), b2.PS
		if s.cp {
			v = b2.CP
		}
		zz := b2.Zones(ty, v, b2.V2007)
		i := slices.IndexFunc(zz, func(z b2.Zone) bool { return z.Nom == s.zone })
		if i < 0 {
			t.Fatalf("record %d has no zone %s", s.rec, s.zone)
		}
		for col := zz[i].Debut - 1; col < zz[i].Fin; col++ {
			garde := rec[col]
			autres := []byte("\x00\x7f.?z")
			if s.zone != "acte" && s.zone != "nir" {
				autres = append(autres, 'Q')
			}
			if s.seconde && garde != ' ' {
				autres = append(autres, '0'+(garde-'0'+1)%10)
			}
			for _, c := range autres {
				rec[col] = c
				_, constats, err := b2.ParseFichier(bytes.NewReader(b))
				if err != nil {
					t.Fatal(err)
				}
				if !slices.ContainsFunc(constats, func(c b2.Constat) bool { return c.Gravite > b2.Information }) {
					t.Errorf("CP %t, record %d, %s: column %d changed to %q in silence", s.cp, s.rec, s.zone, col+1, c)
				}
			}
			rec[col] = garde
		}
	}
}

func typeDe(t *testing.T, b []byte, rang int) b2.Type {
	t.Helper()
	for e, err := range b2.NewReader(bytes.NewReader(b)).Enregistrements() {
		if err != nil {
			t.Fatal(err)
		}
		if e.Numero == rang {
			return e.Type
		}
	}
	t.Fatalf("no record %d", rang)
	return b2.Inconnu
}

// Whole zones: what one invoice says of dates can't be moved past one another in silence.
func TestDatesDeplacees(t *testing.T) {
	for zone, c := range map[string]struct {
		rec, col int
		valeur   string
	}{"care": {4, 68, "271102"}, "invoice": {3, 40, "271102"}, "prescription": {3, 68, "271030"}, "lot": {2, 72,
		"251121"}} {
		b := exemple(t, false)
		copy(b[(c.rec-1)*b2.Longueur+c.col-1:], c.valeur)
		_, constats, err := b2.ParseFichier(bytes.NewReader(b))
		if err != nil || len(constats) == 0 {
			t.Errorf("%s: %v, %v", zone, constats, err)
		}
		for _, k := range constats {
			if strings.Contains(k.String(), "2650333") {
				t.Errorf("%s: a person is shown", zone)
			}
		}
	}
}
