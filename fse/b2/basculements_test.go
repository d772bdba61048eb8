package b2_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

// basculement counts the damaged bytes of a zone, and those that nothing told.
type basculement struct{ bits, muets, dehors, muetsDehors int }

// bits flips every bit of every zone of a file, in turn; dehors are those that leave the zone with a byte of another
// kind: no digit for a digit, no letter or blank for one.
func basculer(t *testing.T, cp bool) map[string]*basculement {
	t.Helper()
	b := exemple(t, cp)
	v := b2.PS
	if cp {
		v = b2.CP
	}
	table := map[string]*basculement{}
	for e, err := range b2.NewReader(bytes.NewReader(bytes.Clone(b))).Enregistrements() {
		if err != nil {
			t.Fatal(err)
		}
		debut := (e.Numero - 1) * b2.Longueur
		for _, z := range b2.Zones(e.Type, v, b2.V2007) {
			x := table[z.Nom]
			if x == nil {
				x = &basculement{}
				table[z.Nom] = x
			}
			for i := debut + z.Debut - 1; i < debut+z.Fin; i++ {
				garde := b[i]
				for _, bit := range []int{0, 3, 6} {
					b[i] = garde ^ 1<<bit
					x.compter(t, b, garde, b[i])
				}
				b[i] = garde
			}
		}
	}
	return table
}

func (x *basculement) compter(t *testing.T, b []byte, avant, apres byte) {
	_, constats, err := b2.ParseFichier(bytes.NewReader(b))
	dit := err != nil || slices.ContainsFunc(constats, func(c b2.Constat) bool { return c.Gravite > b2.Information })
	dehors := genre(avant) != genre(apres)
	x.bits++
	x.muets += entier(!dit)
	x.dehors += entier(dehors)
	x.muetsDehors += entier(!dit && dehors)
}

func genre(c byte) int {
	switch {
	case c >= '0' && c <= '9':
		return 1
	case c >= 'A' && c <= 'Z', c == ' ':
		return 2
	}
	return 0
}

func entier(b bool) int {
	if b {
		return 1
	}
	return 0
}

// essentielles are the zones of which no byte of another kind may pass in silence.
var essentielles = []string{"acte", "quantite", "date_soins", "date_debut", "date_fin", "date_facture",
	"date_prescription", "date_lot", "entree", "sortie", "regime", "caisse", "centre", "naissance", "nir", "nir_cle",
	"facture", "lot", "partenaire", "executant", "montant", "amo", "amc", "base", "total", "certification"}

// Of bits of a file flipped in turn, what can't stay in its zone is told, in all that an invoice is paid by; the
// table of what passes, by zone, is printed with -v.
func TestBasculements(t *testing.T) {
	if testing.Short() {
		t.Skip("every bit of two files: without -short")
	}
	for _, cp := range []bool{false, true} {
		table := basculer(t, cp)
		var b strings.Builder
		var tout basculement
		for _, nom := range slices.Sorted(maps.Keys(table)) {
			x := table[nom]
			tout.bits, tout.muets = tout.bits+x.bits, tout.muets+x.muets
			tout.dehors, tout.muetsDehors = tout.dehors+x.dehors, tout.muetsDehors+x.muetsDehors
			if x.muets > 0 {
				fmt.Fprintf(&b, "%-32s %5d flips, %4d silent; of another kind %5d, %4d silent\n", nom, x.bits, x.muets, x.dehors,
					x.muetsDehors)
			}
			if slices.Contains(essentielles, nom) && x.muetsDehors > 0 {
				t.Errorf("CP %t, %s: %d flips to a byte of another kind pass in silence", cp, nom, x.muetsDehors)
			}
		}
		t.Logf("CP %t: %d flips, %d silent; to a byte of another kind %d, %d silent\n%s", cp, tout.bits, tout.muets,
			tout.dehors, tout.muetsDehors, b.String())
	}
}
