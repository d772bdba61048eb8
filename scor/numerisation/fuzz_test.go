package numerisation_test

import (
	"bytes"
	"testing"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfentree"
)

// Whatever the bytes, the verdict is a PDF or a refusal with a sentence, in little memory.
func FuzzNumeriser(f *testing.F) {
	page := pd.Page{Graine: 1, Format: pd.A6, DPI: 30, Manuscrite: true}
	for _, c := range []pd.Codage{pd.TIFFG4, pd.JPEGGris, pd.JPEGRVB, pd.PNG} {
		b, err := page.Fichier(c)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b, 0.0)
		f.Add(b[:len(b)*2/3], 30.0)
	}
	p := reference(f)
	p.MemoireParPage, p.DPIMin, p.PageMin = 1<<20, 10, [2]float64{5, 5}
	n, err := numerisation.New(p, numerisation.WithPDF(pdfentree.New()))
	if err != nil {
		f.Fatal(err)
	}
	// A PDF of ours, of two pages.
	b, err := page.Fichier(pd.TIFFG4)
	if err != nil {
		f.Fatal(err)
	}
	var pdf bytes.Buffer
	if _, err := n.Numeriser(f.Context(), &pdf, numerisation.Octets("a", b), numerisation.Octets("b", b)); err != nil {
		f.Fatal(err)
	}
	f.Add(pdf.Bytes(), 0.0)
	f.Fuzz(func(t *testing.T, b []byte, dpi float64) {
		var out bytes.Buffer
		s := numerisation.Octets("a", b)
		s.DPI = dpi
		r, err := n.Numeriser(t.Context(), &out, s)
		if err != nil {
			t.Fatal(err)
		}
		if r.Accepte != (len(r.Motifs()) == 0) || r.Accepte && (r.Octets != int64(out.Len()) || r.Retenues() == 0) ||
			!r.Accepte && len(r.Messages()) == 0 {
			t.Errorf("accepted %t, codes %q, %d sentences, %d pages kept, %d bytes of %d", r.Accepte, r.Motifs(),
				len(r.Messages()), r.Retenues(), out.Len(), r.Octets)
		}
	})
}
