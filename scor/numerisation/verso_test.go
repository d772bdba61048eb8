package numerisation_test

import (
	"bytes"
	"slices"
	"testing"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// A page of black and white that holds one line alone lost the rest to its threshold: it is refused, alone or behind
// another page, and never left out as a blank side.
func TestUneLigne(t *testing.T) {
	g4 := func(p pd.Page) []byte {
		b, err := p.Fichier(pd.TIFFG4)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	bonne := g4(pd.Page{Graine: 4, Format: pd.A5, DPI: 200})
	perdue := g4(pd.Page{Graine: 4, Format: pd.A5, DPI: 200, Defaut: pd.Perdue})
	blanche := g4(pd.Page{Graine: 4, Format: pd.A5, DPI: 200, Defaut: pd.Blanc})
	n := nouveau(t)
	for nom, c := range map[string]struct {
		pages   [][]byte
		accepte bool
		versos  int
	}{
		"seule":              {[][]byte{perdue}, false, 0},
		"derrière une autre": {[][]byte{bonne, perdue}, false, 0},
		"verso blanc":        {[][]byte{bonne, blanche}, true, 1},
	} {
		t.Run(nom, func(t *testing.T) {
			var s []numerisation.Source
			for _, b := range c.pages {
				s = append(s, numerisation.Octets("page.tif", b))
			}
			var out bytes.Buffer
			r, err := n.Numeriser(t.Context(), &out, s...)
			if err != nil {
				t.Fatal(err)
			}
			versos := 0
			for i := range r.Pages {
				if r.Pages[i].Constat(numerisation.VersoBlanc).Etat == numerisation.Present {
					versos++
				}
			}
			if r.Accepte != c.accepte || versos != c.versos {
				t.Errorf("accepted %t, %d blank sides, %q", r.Accepte, versos, r.Motifs())
			}
			if !c.accepte && !slices.Equal(r.Motifs(), []string{"page-blanche"}) {
				t.Errorf("refused for %q", r.Motifs())
			}
		})
	}
}
