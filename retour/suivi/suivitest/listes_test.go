package suivitest_test

import (
	"slices"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
)

// The pages of a list hold every invoice that fits, each once, whatever their length; a number finds its invoice; the
// story of an invoice begins with its lot and goes forward.
func TestListes(t *testing.T) {
	c, err := suivitest.New(t.Context(), suivitest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Dessiner(t.Context(), suivitest.Plan{Lots: 16, Factures: 5}); err != nil {
		t.Fatal(err)
	}
	par := map[suivi.Situation][]string{}
	for v, err := range c.Factures(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		par[v.Situation] = append(par[v.Situation], v.Facture)
		par[""] = append(par[""], v.Facture)
		l, suite, err := c.FacturesNumero(t.Context(), v.Cle.Numero, "")
		if err != nil || suite != "" || len(l) != 1 || l[0].Facture != v.Facture {
			t.Fatalf("number %d: %v %v", v.Cle.Numero, l, err)
		}
	}
	for situation, attendues := range par {
		for _, n := range []int{3, 1000} {
			f := suivi.FiltreFactures{Situation: situation, Limite: n}
			var lues []string
			for {
				p, err := c.PageFactures(t.Context(), f)
				if err != nil {
					t.Fatal(err)
				}
				for _, v := range p.Factures {
					if !slices.Contains(lues, v.Facture) {
						lues = append(lues, v.Facture)
					} else if len(p.Factures) > 0 && situation == "" {
						t.Errorf("%s comes twice", v.Facture)
					}
				}
				if p.Suite == "" {
					break
				}
				f.Suite = p.Suite
			}
			slices.Sort(lues)
			slices.Sort(attendues)
			if !slices.Equal(lues, attendues) {
				t.Errorf("%q by %d: %d invoices, expected %d", situation, n, len(lues), len(attendues))
			}
		}
	}
	for _, g := range []journal.Genre{journal.Piece, journal.LotScor, journal.LotFactures} {
		n := 0
		f := suivi.FiltreObjets{Genre: g, Limite: 7}
		for {
			l, suite, err := c.PageObjets(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			if n += len(l); suite == "" {
				break
			}
			f.Suite = suite
		}
		y, err := c.Synthese(t.Context(), suivi.Filtre{})
		if err != nil {
			t.Fatal(err)
		}
		total := 0
		for nom, k := range y.Comptes {
			if len(nom) > len(g) && nom[:len(g)+1] == string(g)+"/" {
				total += int(k)
			}
		}
		if n != total {
			t.Errorf("%s: %d in pages, %d counted", g, n, total)
		}
	}
	if _, err := c.PageFactures(t.Context(), suivi.FiltreFactures{Suite: "%%"}); err == nil {
		t.Error("a page that nobody gave is taken")
	}
	cle, err := suivi.ParseCleFacture(par[suivi.Acquittee][0])
	if err != nil {
		t.Fatal(err)
	}
	etapes, err := c.Recit(t.Context(), cle)
	if err != nil || len(etapes) < 8 || !slices.IsSortedFunc(etapes, func(a, b suivi.Etape) int {
		return int(a.Seq) -
			int(b.Seq)
	}) {
		t.Errorf("%d steps, %v", len(etapes), err)
	}
}
