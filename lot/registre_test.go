package lot

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Identifiers in any order, some given twice, are told new once each, and found where they were put: order is a
// shortcut, never a condition.
func TestRegistre(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOf(rapid.StringMatching(`[ab]{0,3}`)).Draw(t, "ids")
		if rapid.Bool().Draw(t, "sorted") {
			slices.Sort(ids)
		}
		var r registre[int]
		var vus []string
		for i, id := range ids {
			if nouveau := r.ajouter(id, i); nouveau == slices.Contains(vus, id) {
				t.Fatalf("%q of %q: new %t", id, vus, nouveau)
			} else if nouveau {
				vus = append(vus, id)
			}
		}
		for _, id := range append(vus, "c") {
			if got := r.trouver(id, rapid.IntRange(0, 5).Draw(t, "la")); got != slices.Index(vus, id) {
				t.Fatalf("%q found at %d of %q", id, got, vus)
			}
		}
	})
}

// The invoices of a lot are counted once each, in whatever order their pairs come.
func TestFacturesVues(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var l Lot
		toutes := map[fse.CleFacture]bool{}
		for range rapid.IntRange(0, 9).Draw(t, "n") {
			cle := fse.CleFacture{Lot: fse.CleLot{Numero: rapid.IntRange(1, 2).Draw(t, "lot")},
				Numero: rapid.IntRange(1, 4).Draw(t, "facture")}
			l.Paires = append(l.Paires, Paire{Facture: fse.Facture{Cle: cle}})
			toutes[cle] = true
		}
		if n := l.NombreFactures(); n != len(toutes) {
			t.Fatalf("%d invoices, want %d", n, len(toutes))
		}
	})
}
