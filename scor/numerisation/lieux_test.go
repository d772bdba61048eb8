package numerisation_test

import (
	"bytes"
	"testing"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// What is found cut, dark or turned says where, for a screen to draw, and a turn how sure it is.
func TestLieux(t *testing.T) {
	n := nouveau(t)
	for _, c := range []struct {
		cas  string
		code numerisation.Code
		sure bool
	}{{"COUPE-gauche", numerisation.Tronque, false}, {"TRONQUE-noir", numerisation.Tronque, false},
		{"couche", numerisation.Rotation, true}} {
		p, err := pd.Tirer(c.cas, 3, pd.Options{Legers: true})
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		r, err := n.Numeriser(t.Context(), &out, numerisation.Octets(p.Nom, p.Fichier))
		if err != nil {
			t.Fatal(err)
		}
		k := r.Pages[0].Constat(c.code)
		if k.Etat != numerisation.Present || len(k.Lieux) == 0 {
			t.Errorf("%s: %v, %d places", c.cas, k.Etat, len(k.Lieux))
		}
		for _, l := range k.Lieux {
			if l.X0 < 0 || l.Y0 < 0 || l.X1 > 298 || l.Y1 > 298 || l.X0 >= l.X1 || l.Y0 >= l.Y1 {
				t.Errorf("%s: place %v isn't on the page", c.cas, l)
			}
		}
		if c.sure && !(k.Certitude > 0 && k.Certitude <= 1) {
			t.Errorf("%s: sure by %.2f", c.cas, k.Certitude)
		}
	}
}
