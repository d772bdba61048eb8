package numerisation_test

import (
	"image"
	"io"
	"testing"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// Pages are shown as the file stores them, each with its resolution, and what is on them is where findings say: one
// pixel of ink in a corner of a page stays in that corner, whatever the coding.
func TestVues(t *testing.T) {
	n := nouveau(t)
	g := pd.Uni(400, 300, 255)
	for i := range 20 {
		for j := range 10 {
			g.Pix[j*g.Stride+i] = 0
		}
	}
	deux, err := pd.G4(200, g, pd.Uni(100, 50, 255))
	if err != nil {
		t.Fatal(err)
	}
	var vues []*numerisation.Vue
	for v, err := range n.Vues(t.Context(), numerisation.Octets("deux.tif", deux)) {
		if err != nil {
			t.Fatal(err)
		}
		vues = append(vues, v)
	}
	if len(vues) != 2 || vues[1].Numero != 2 || vues[0].Largeur != 400 || vues[0].Hauteur != 300 || vues[0].DPIX != 200 {
		t.Fatalf("pages %+v: expected two, the first of 400 x 300 at 200 dpi", vues)
	}
	m, err := vues[0].Pixels(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds() != image.Rect(0, 0, 400, 300) {
		t.Fatalf("bounds %v", m.Bounds())
	}
	for p, noir := range map[image.Point]bool{{5, 5}: true, {19, 9}: true, {25, 5}: false, {5, 15}: false,
		{390, 290}: false} {
		if r, _, _, _ := m.At(p.X, p.Y).RGBA(); (r < 0x8000) != noir {
			t.Errorf("pixel %v: ink %v, expected %v", p, r < 0x8000, noir)
		}
	}
	fautes := 0
	for _, err := range n.Vues(t.Context(), numerisation.Octets("x", []byte("not a page"))) {
		if err != nil {
			fautes++
		}
	}
	if fautes != 1 {
		t.Errorf("%d errors for what is no page: expected 1", fautes)
	}
}

// Of a file of many pieces, the pages that are meant make the piece, and no other.
func TestPagesVoulues(t *testing.T) {
	n := nouveau(t)
	p := func(graine uint64) *image.Gray { return pd.Page{Graine: graine, Format: pd.A5, DPI: 200}.Gris() }
	b, err := pd.G4(200, p(1), p(2), p(3))
	if err != nil {
		t.Fatal(err)
	}
	s := numerisation.Octets("lot.tif", b)
	s.Pages = []int{1, 3}
	r, err := n.Numeriser(t.Context(), io.Discard, s)
	if err != nil || !r.Accepte || len(r.Pages) != 2 || r.Pages[0].Numero != 1 || r.Pages[1].Numero != 3 {
		t.Fatalf("%+v, %v: expected pages 1 and 3", r, err)
	}
}
