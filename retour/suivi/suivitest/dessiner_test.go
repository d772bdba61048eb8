package suivitest_test

import (
	"fmt"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
)

// A drawn office has something of each kind that a person must see to, its journal is proved whole, and the same plan
// draws the same office.
func TestDessiner(t *testing.T) {
	var dessins [2]string
	for i := range dessins {
		c, err := suivitest.New(t.Context(), suivitest.Config{})
		if err != nil {
			t.Fatal(err)
		}
		if err := c.Dessiner(t.Context(), suivitest.Plan{Lots: 18, Factures: 5}); err != nil {
			t.Fatal(err)
		}
		situations := map[suivi.Situation]int{}
		for v, err := range c.Factures(t.Context()) {
			if err != nil {
				t.Fatal(err)
			}
			situations[v.Situation]++
		}
		for _, s := range []suivi.Situation{suivi.Acquittee, suivi.ScanRefuse, suivi.PieceManquante, suivi.AReprendre,
			suivi.LotRefuse, suivi.Rejetee, suivi.EnCours, suivi.AttenteFactures, suivi.SurPapier} {
			if situations[s] == 0 {
				t.Errorf("no invoice is %s: %v", s, situations)
			}
		}
		y, err := c.Synthese(t.Context(), suivi.Filtre{Limite: 500})
		if err != nil {
			t.Fatal(err)
		}
		genres := map[journal.Genre]int{}
		for _, l := range y.Lignes {
			genres[l.Genre]++
		}
		for _, g := range []journal.Genre{journal.Piece, journal.LotScor, journal.LotFactures, journal.Facture} {
			if genres[g] == 0 {
				t.Errorf("nothing of kind %s needs a person: %v", g, genres)
			}
		}
		if _, err := c.Verifier(t.Context(), nil); err != nil {
			t.Error(err)
		}
		dessins[i] = fmt.Sprint(situations, genres, y.Resume)
	}
	if dessins[0] != dessins[1] {
		t.Errorf("two offices:\n%s\n%s", dessins[0], dessins[1])
	}
}
