package numerisation_test

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"runtime"
	"testing"
	"time"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// classeur is a TIFF of n G4 pages, of eight drawn ordonnances over and over.
func classeur(b testing.TB, n int) []byte {
	b.Helper()
	var pages []*image.Gray
	for i := range 8 {
		pages = append(pages, pd.Page{Graine: uint64(i), Format: pd.A4, DPI: 200, Manuscrite: i%2 == 1,
			Inclinaison: float64(i)/8 - 0.5}.Gris())
	}
	toutes := make([]*image.Gray, n)
	for i := range toutes {
		toutes[i] = pages[i%len(pages)]
	}
	t, err := pd.G4(200, toutes...)
	if err != nil {
		b.Fatal(err)
	}
	return t
}

// sansLimites is the reference profile for pieces of any weight.
func sansLimites(b testing.TB, opts ...numerisation.Option) *numerisation.Numeriseur {
	b.Helper()
	p := reference(b)
	p.PagesMax, p.OctetsParPiece, p.OctetsParPage = 0, 0, 0
	n, err := numerisation.New(p, opts...)
	if err != nil {
		b.Fatal(err)
	}
	return n
}

func mesurer(b *testing.B, n *numerisation.Numeriseur, s numerisation.Source) {
	b.Helper()
	b.ReportAllocs()
	var r *numerisation.Resultat
	debut := tempsCPU()
	for b.Loop() {
		var err error
		if r, err = n.Numeriser(b.Context(), io.Discard, s); err != nil {
			b.Fatal(err)
		}
		if !r.Accepte {
			b.Fatal(r.Messages())
		}
	}
	pages := float64(len(r.Pages))
	b.ReportMetric(float64(b.N)*pages/b.Elapsed().Seconds(), "pages/s")
	b.ReportMetric(float64(r.Octets)/pages, "octets/page")
	reporterCPU(b, debut, len(r.Pages))
}

// reporterCPU reports the processors' time a page since debut.
func reporterCPU(b *testing.B, debut time.Duration, pages int) {
	if t := tempsCPU() - debut; t > 0 {
		b.ReportMetric(t.Seconds()*1000/float64(b.N*pages), "ms-cpu/page")
	}
}

// decoderSeul measures image/jpeg's decoding of a page, beside which the rest is put.
func decoderSeul(b *testing.B, data []byte) {
	debut := tempsCPU()
	for b.Loop() {
		if _, err := jpeg.Decode(bytes.NewReader(data)); err != nil {
			b.Fatal(err)
		}
	}
	reporterCPU(b, debut, 1)
}

// G4 pages to PDF/A, as they are and judged; cost per page is the same from 1 to 1,000.
func BenchmarkG4(b *testing.B) {
	for _, n := range []int{1, 100, 1000} {
		s := numerisation.Octets("pages.tif", classeur(b, n))
		b.Run(fmt.Sprintf("transmettre/%d", n),
			func(b *testing.B) { mesurer(b, sansLimites(b, numerisation.WithJugement(false)), s) })
		b.Run(fmt.Sprintf("juger/%d", n), func(b *testing.B) {
			mesurer(b, sansLimites(b), s)
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapSys)/(1<<20), "Mio-tas")
		})
	}
}

// Grey JPEG judged and enveloped, against image/jpeg's decoding of it.
func BenchmarkJPEG(b *testing.B) {
	data, err := pd.Page{Graine: 3, Format: pd.A4, DPI: 200, Manuscrite: true, Bruit: 3, Ombre: 15}.Fichier(pd.JPEGGris)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("image-jpeg", func(b *testing.B) { decoderSeul(b, data) })
	b.Run("juger", func(b *testing.B) { mesurer(b, sansLimites(b), numerisation.Octets("page.jpg", data)) })
	b.Run("transmettre", func(b *testing.B) {
		mesurer(b, sansLimites(b, numerisation.WithJugement(false)), numerisation.Octets("page.jpg", data))
	})
}

// Grey PNG judged and made into black and white.
func BenchmarkPNG(b *testing.B) {
	data, err := pd.Page{Graine: 3, Format: pd.A4, DPI: 200, Manuscrite: true, Bruit: 2, Ombre: 15}.Fichier(pd.PNG)
	if err != nil {
		b.Fatal(err)
	}
	p := reference(b)
	b.Run("gris", func(b *testing.B) { mesurer(b, sansLimites(b), numerisation.Octets("page.png", data)) })
	p.OctetsParPage, p.Transformations = 60_000, []string{"noir-et-blanc"}
	n, err := numerisation.New(p)
	if err != nil {
		b.Fatal(err)
	}
	b.Run("noir-et-blanc", func(b *testing.B) { mesurer(b, n, numerisation.Octets("page.png", data)) })
}
