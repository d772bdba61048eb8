package numerisation_test

import (
	"bytes"
	"flag"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

var tirages = flag.Int("tirages", 1, "drawn pages of each case and coding; raise it to derive thresholds")

// Pages drawn at random, of all cases and codings, have their outcome; so the judgement is tested without ../shared,
// and on other pages than the samples. With -tirages 100 this is what thresholds were derived from.
func TestDessinees(t *testing.T) {
	n := nouveau(t)
	table := confusion{}
	pire, mesures := 0.0, 0
	noter := func(cas string, p pd.Page, c pd.Codage) {
		b, err := p.Fichier(c)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		r, err := n.Numeriser(t.Context(), &out, numerisation.Octets("page"+c.Extension(), b))
		if err != nil {
			t.Fatal(err)
		}
		table.noter(cas, r)
		nom := fmt.Sprintf("%v, %s", p, c)
		if cas == "contraste" && !r.Accepte && r.Motifs()[0] == "page-blanche" {
			return // nine levels under a grain of JPEG: refused, and nobody can see for what
		}
		if cas == "inclinaison" && math.Abs(p.Inclinaison) > 6 && slices.Equal(r.Motifs(), []string{"tronque"}) {
			return // so far askew the foot of the sheet leaves the frame, and its writing is cut
		}
		verifierCas(t, nom, cas, r)
		if !r.Accepte {
			return
		}
		mesures++
		d := math.Abs(r.Pages[0].Inclinaison - p.Inclinaison)
		pire = max(pire, d)
		if d > 0.3 {
			t.Errorf("%s: skew measured %.2f°", nom, r.Pages[0].Inclinaison)
		}
		if r.Pages[0].Rotation != p.Rotation {
			t.Errorf("%s: turned by %d°", nom, r.Pages[0].Rotation)
		}
	}
	rnd := rand.New(rand.NewPCG(1, 1))
	for i := range *tirages {
		for _, c := range []pd.Codage{pd.TIFFG4, pd.JPEGGris, pd.JPEGRVB, pd.PNG} {
			base := pd.Page{
				Graine: rnd.Uint64(), Format: []pd.Format{pd.A4, pd.A5}[rnd.IntN(2)], DPI: []float64{200, 240, 300}[rnd.IntN(3)],
				Manuscrite: rnd.IntN(2) == 1, Inclinaison: rnd.Float64()*1.6 - 0.8, Bruit: rnd.Float64() * 6,
				Ombre: rnd.Float64() * 30,
			}
			if c == pd.JPEGRVB || c == pd.PNG {
				base.DPI = 200 // the larger ones cost seconds to draw and show nothing else
			}
			avec := func(f func(p *pd.Page)) pd.Page {
				p := base
				p.Graine = rnd.Uint64()
				f(&p)
				return p
			}
			defaut := func(d pd.Defaut) pd.Page { return avec(func(p *pd.Page) { p.Defaut = d }) }
			noter("ok", base, c)
			for _, d := range []pd.Defaut{pd.Bords, pd.Tampon, pd.Perfore, pd.Chargee, pd.Paysage} {
				noter("ok", defaut(d), c)
			}
			if c != pd.TIFFG4 {
				// A bilevel scan of these loses writing, which nothing can tell afterwards.
				noter("ok", defaut(pd.Pale), c)
				noter("ok", defaut(pd.Couleur), c)
				noter("ok", defaut(pd.Trame), c)
				noter("contraste", defaut(pd.Contraste), c)
			}
			noter("blanc", defaut(pd.Blanc), c)
			noter("verso", defaut(pd.Verso), c)
			noter("noir", defaut(pd.Noir), c)
			noter("tronque", defaut(pd.Tronque), c)
			noter("decale", defaut(pd.Decale), c)
			noter("resolution", avec(func(p *pd.Page) { p.DPI = []float64{75, 100, 150, 180}[i%4] }), c)
			noter("format", avec(func(p *pd.Page) { p.Format = pd.A6 }), c)
			noter("inclinaison", avec(func(p *pd.Page) { p.Inclinaison = (2 + 8*rnd.Float64()) * float64(1-2*rnd.IntN(2)) }), c)
			noter("couche", avec(func(p *pd.Page) { p.Rotation = 90 * (1 + rnd.IntN(3)) }), c)
		}
	}
	t.Logf("worst error of skew over %d pages: %.2f°\n%s", mesures, pire, table)
}
