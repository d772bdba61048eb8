package numerisation_test

import (
	"bytes"
	"slices"
	"testing"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// logiciel is a PDF/A of lines, as software makes them.
func logiciel(t *testing.T, largeur, hauteur float64, pages int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := pdf.NewWriter(&b, pdf.Info{Titre: "e-prescription", Createur: "un logiciel"})
	if err != nil {
		t.Fatal(err)
	}
	for range pages {
		if err := w.Page(largeur, hauteur, func(p *pdf.Page) { p.Ligne(20, 20, 100, 20) }); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A PDF from software that satisfies the profile is given on byte for byte; one that doesn't is refused.
func TestPDFLogiciel(t *testing.T) {
	n := nouveau(t)
	bon := logiciel(t, 210, 297, 2)
	r, out := numeriser(t, n, numerisation.Octets("e-prescription.pdf", bon))
	if !r.Accepte || !bytes.Equal(out, bon) || r.Octets != int64(len(bon)) || r.Retenues() != 2 ||
		!slices.Equal(etapes(r.Pages[0]), []string{"transmettre"}) {
		t.Errorf("PDF/A of software: accepted %t, %q, %d pages", r.Accepte, r.Messages(), r.Retenues())
	}
	if k := r.Pages[0].Constat(numerisation.Contraste); k.Etat != numerisation.NonTeste {
		t.Errorf("contrast of a drawing: %v", k.Etat)
	}
	r, out = numeriser(t, n, numerisation.Octets("a.pdf", logiciel(t, 105, 148, 1)))
	if r.Accepte || !slices.Equal(r.Motifs(), []string{"format"}) || len(out) > 0 {
		t.Errorf("A6: %q, %d bytes written", r.Motifs(), len(out))
	}
	autre := bytes.ReplaceAll(bon, []byte("<pdfaid:part>1<"), []byte("<pdfaid:part>2<"))
	if bytes.Equal(autre, bon) {
		t.Fatal("no claim to change")
	}
	if r, _ := numeriser(t, n, numerisation.Octets("a.pdf", autre)); r.Accepte || !slices.Equal(r.Motifs(),
		[]string{"format"}) {
		t.Errorf("not PDF/A-1b: %q", r.Motifs())
	}
	scan := numerisation.Octets("b.tif", dessiner(t, pd.Page{Graine: 1, Format: pd.A5, DPI: 200}, pd.TIFFG4))
	if r, _ := numeriser(t, n, numerisation.Octets("a.pdf", bon), scan); r.Accepte || len(r.Messages()) == 0 {
		t.Errorf("joined to a scan: %q", r.Motifs())
	}
	sans, err := numerisation.New(reference(t))
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := numeriser(t, sans, numerisation.Octets("a.pdf", bon)); r.Accepte || !slices.Equal(r.Motifs(),
		[]string{"illisible-fichier"}) {
		t.Errorf("without a PDF reader: %q", r.Motifs())
	}
}

// The pages of a scanner's PDF are judged through their images, whose streams go on as they are; they join other files.
func TestPDFScanner(t *testing.T) {
	n := nouveau(t)
	tif := dessiner(t, pd.Page{Graine: 1, Format: pd.A5, DPI: 200}, pd.TIFFG4)
	jpg := dessiner(t, pd.Page{Graine: 2, Format: pd.A5, DPI: 240, Rotation: 270}, pd.JPEGGris)
	_, deux := numeriser(t, n, numerisation.Octets("a", tif), numerisation.Octets("b", jpg))
	r, out := numeriser(t, n, numerisation.Octets("scanner.pdf", deux), numerisation.Octets("c", tif))
	if !r.Accepte {
		t.Fatal(r.Messages())
	}
	got := flux(t, out)
	if len(got) != 3 || !bytes.Equal(got[0], bandeTIFF(tif)) || !bytes.Equal(got[1], jpg) ||
		!bytes.Equal(got[2], bandeTIFF(tif)) {
		t.Errorf("%d streams, or not the scanner's", len(got))
	}
	for i, dpi := range []float64{200, 240, 200} {
		if p := r.Pages[i]; p.DPIX < dpi-0.1 || p.DPIX > dpi+0.1 || p.Rotation != 0 {
			t.Errorf("page %d: %.2f dpi, turned by %d°", i+1, p.DPIX, p.Rotation)
		}
	}
	noire := dessiner(t, pd.Page{Graine: 2, Format: pd.A5, DPI: 200, Defaut: pd.Decale}, pd.JPEGGris)
	var b bytes.Buffer
	w, err := pdf.NewWriter(&b, pdf.Info{})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Image(pdf.Image{Largeur: 1165, Hauteur: 1654, DPIX: 200, DPIY: 200, Couleur: pdf.Gris, Codage: pdf.JPEG,
		Donnees: bytes.NewReader(noire)}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if r, _ := numeriser(t, n, numerisation.Octets("scanner.pdf", b.Bytes())); r.Accepte || !slices.Equal(r.Motifs(),
		[]string{"tronque"}) {
		t.Errorf("shifted page in a PDF: %q", r.Motifs())
	}
}
