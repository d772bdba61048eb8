package mesure

import (
	"image"
	"testing"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// BenchmarkInclinaison measures the skew of an A4 at 200 dots per inch, all that it takes: of a page in black and white
// from its runs, of a grey one from its pixels. 25 ms a page is what was asked.
func BenchmarkInclinaison(b *testing.B) {
	const dpi = 200
	for nom, p := range map[string]pd.Page{
		"ordonnance": {Graine: 3, Format: pd.A4, DPI: dpi, Manuscrite: true, Bruit: 3, Ombre: 15, Inclinaison: 1.3},
		"chargee":    {Graine: 3, Format: pd.A4, DPI: dpi, Defaut: pd.Chargee, Bruit: 3, Inclinaison: -0.7},
	} {
		g := p.Gris()
		var runs raster.Runs
		noir, err := raster.Threshold(g, 150, 0)
		if err != nil {
			b.Fatal(err)
		}
		if err := noir.AppendTo(&runs, 0); err != nil {
			b.Fatal(err)
		}
		b.Run(nom+"/noir", func(b *testing.B) { penchee(b, nil, &runs, dpi, p.Inclinaison) })
		b.Run(nom+"/gris", func(b *testing.B) { penchee(b, g, &raster.Runs{}, dpi, p.Inclinaison) })
	}
}

func penchee(b *testing.B, g *image.Gray, runs *raster.Runs, dpi, vraie float64) {
	r := ParDefaut()
	t, p, rangs := Trieur{Reglages: r}, Pieces{Reglages: r}, Rangs{Reglages: r}
	var e Ecriture
	for b.Loop() {
		if g != nil {
			if _, err := t.Marques(runs, g, dpi, dpi, 0); err != nil {
				b.Fatal(err)
			}
		}
		p.Separer(runs, dpi, dpi)
		e = rangs.Ecriture(&p, Feuille{X1: p.LargeurMM, Y1: p.HauteurMM})
	}
	if d := e.Inclinaison - vraie; d > 0.3 || d < -0.3 {
		b.Fatalf("%.2f° for %.2f°", e.Inclinaison, vraie)
	}
	b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N), "ms/page")
}
