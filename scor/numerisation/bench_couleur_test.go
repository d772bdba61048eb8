package numerisation_test

import (
	"testing"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// Colour pages at 300 dots per inch, against image/jpeg's decoding of them: as they are, straightened, and made
// lighter.
func BenchmarkCouleur(b *testing.B) {
	page := func(inclinaison float64) []byte {
		data, err := pd.Page{Graine: 3, Format: pd.A4, DPI: 300, Bruit: 2, Defaut: pd.Couleur,
			Inclinaison: inclinaison}.Fichier(pd.JPEGRVB)
		if err != nil {
			b.Fatal(err)
		}
		return data
	}
	droite, penchee := page(0), page(3)
	b.Run("image-jpeg", func(b *testing.B) { decoderSeul(b, droite) })
	b.Run("image-jpeg-penchee", func(b *testing.B) { decoderSeul(b, penchee) })
	b.Run("transmettre", func(b *testing.B) { mesurer(b, sansLimites(b), numerisation.Octets("page.jpg", droite)) })
	b.Run("redresser", func(b *testing.B) { mesurer(b, sansLimites(b), numerisation.Octets("page.jpg", penchee)) })
	p := reference(b)
	p.OctetsParPage = 400_000
	n, err := numerisation.New(p)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("alleger", func(b *testing.B) { mesurer(b, n, numerisation.Octets("page.jpg", droite)) })
}
