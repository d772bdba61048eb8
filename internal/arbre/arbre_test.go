package arbre_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/arbre"
)

// The roots of the first seven of the leaves that Certificate Transparency's implementations test with.
func TestRacines(t *testing.T) {
	var a arbre.Arbre
	for i, f := range []string{"", "00", "10", "2021", "3031", "40414243", "5051525354555657"} {
		b, err := hex.DecodeString(f)
		if err != nil {
			t.Fatal(err)
		}
		a.Ajouter(b)
		want := []string{"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
			"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
			"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
			"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
			"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
			"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
			"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"}[i]
		if got := a.Racine(i + 1).String(); got != want {
			t.Errorf("%d leaves: %s, want %s", i+1, got, want)
		}
	}
	if a.Racine(0) != sha256.Sum256(nil) {
		t.Error("the empty root")
	}
}

// Every leaf of every size is shown by its path, and nothing else is.
func TestChemins(t *testing.T) {
	var a arbre.Arbre
	for i := range 70 {
		a.Ajouter(fmt.Append(nil, i))
	}
	for n := 1; n <= 70; n++ {
		racine := a.Racine(n)
		for i := range n {
			c := a.Chemin(i, n)
			if !arbre.Verifier(i, n, fmt.Append(nil, i), c, racine) {
				t.Fatalf("leaf %d of %d", i, n)
			}
			if arbre.Verifier(i, n, fmt.Append(nil, i+1), c, racine) || arbre.Verifier((i+1)%n, n, fmt.Append(nil, i), c,
				racine) && n > 1 ||
				arbre.Verifier(i, n, fmt.Append(nil, i), append(c, racine), racine) || arbre.Verifier(i, i, fmt.Append(nil, i), c,
				racine) {
				t.Fatalf("leaf %d of %d: another one is shown too", i, n)
			}
			if len(c) > 0 && arbre.Verifier(i, n, fmt.Append(nil, i), c[:len(c)-1], racine) {
				t.Fatalf("leaf %d of %d: a path cut short", i, n)
			}
		}
	}
}
