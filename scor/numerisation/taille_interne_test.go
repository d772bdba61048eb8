package numerisation

import (
	"strings"
	"testing"
)

// Of pixels that are exactly a usual sheet at a usual resolution, either way up and rounded to blocks, the sheet and
// the resolution are told, and asked about in a French sentence that names both; of others nothing is.
func TestFeuilleDevinee(t *testing.T) {
	ecart := SeuilsParDefaut().EcartFeuille
	for _, f := range feuillesUsuelles {
		for _, d := range ppUsuels {
			if d < 200 {
				continue
			}
			l, h := int(f.court/25.4*d), int(f.long/25.4*d)
			for _, taille := range [][2]int{{l, h}, {h, l}, {(l + 15) / 16 * 16, (h + 15) / 16 * 16}, {l / 8 * 8, h}} {
				page := &feuillet{l: taille[0], h: taille[1]}
				nom, dpi := page.feuille(200, ecart)
				if nom != f.nom || dpi != d {
					t.Errorf("%v points: %s at %v, expected %s at %v", taille, nom, dpi, f.nom, d)
				}
			}
			if q := questionResolution(f.nom, d); !strings.Contains(q, f.nom) || !strings.HasSuffix(q, " ?") {
				t.Errorf("question %q", q)
			}
		}
	}
	for _, taille := range [][2]int{{1000, 1000}, {1654, 2100}, {3000, 4000}, {1, 1}} {
		page := &feuillet{l: taille[0], h: taille[1]}
		if nom, dpi := page.feuille(200, ecart); dpi != 0 {
			t.Errorf("%v points: %s at %v, expected none", taille, nom, dpi)
		}
	}
}
