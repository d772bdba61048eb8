package pdf_test

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
)

var infoEssai = pdf.Info{
	Titre:      "Pièce d'essai (1) \\ <&>",
	Createur:   "scor-sdk-go",
	Producteur: "scor-sdk-go",
	Date:       time.Date(2026, 3, 1, 12, 30, 5, 0, time.FixedZone("", 3600)),
}

// g4Blanc is a T.6 page of n white rows: each codes as V0, a single 1 bit,
// before EOFB (T.6 § 2.2 and 2.4.1.1).
func g4Blanc(n int) []byte {
	var b []byte
	var nb int
	bit := func(v, k int) {
		for k--; k >= 0; k-- {
			if nb%8 == 0 {
				b = append(b, 0)
			}
			b[nb/8] |= byte(v>>k&1) << (7 - nb%8)
			nb++
		}
	}
	for range n {
		bit(1, 1)
	}
	bit(0x001001, 24)
	return b
}

func jpegEssai(t testing.TB, gris bool) []byte {
	t.Helper()
	r := image.Rect(0, 0, 120, 80)
	var im image.Image
	if gris {
		g := image.NewGray(r)
		for i := range g.Pix {
			g.Pix[i] = byte(i)
		}
		im = g
	} else {
		c := image.NewRGBA(r)
		for y := range 80 {
			for x := range 120 {
				c.Set(x, y, color.RGBA{byte(2 * x), byte(3 * y), 128, 255})
			}
		}
		im = c
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, im, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func deflater(b []byte) []byte {
	var z bytes.Buffer
	w := zlib.NewWriter(&z)
	w.Write(b)
	w.Close()
	return z.Bytes()
}

// coin is a picture of 16 x 8 with a mark in its upper left corner.
func coin() []byte {
	b := bytes.Repeat([]byte{255}, 16*8)
	for y := range 4 {
		for x := range 4 {
			b[16*y+x] = 0
		}
	}
	return b
}

func imagesEssai(t testing.TB) []pdf.Image {
	trame := bytes.Repeat([]byte{0xF0}, 2*10)
	filtre := bytes.Repeat(append([]byte{0}, make([]byte, 30)...), 5) // 5 rows of 10 RGB pixels, PNG filter 0
	return []pdf.Image{
		{Largeur: 1654, Hauteur: 2339, DPIX: 200, DPIY: 200, Codage: pdf.G4, NoirEst1: true, Bandes: [][]byte{g4Blanc(2339)}},
		{Largeur: 120, Hauteur: 80, DPIX: 72, DPIY: 144, Couleur: pdf.Gris, Codage: pdf.JPEG,
			Donnees: bytes.NewReader(jpegEssai(t, true))},
		{Largeur: 120, Hauteur: 80, DPIX: 72, DPIY: 72, Couleur: pdf.RGB, Codage: pdf.JPEG,
			Bandes: [][]byte{jpegEssai(t, false)}},
		{Largeur: 16, Hauteur: 10, DPIX: 72, DPIY: 72, Donnees: bytes.NewReader(trame)},
		{Largeur: 16, Hauteur: 10, DPIX: 72, DPIY: 72, NoirEst1: true, Codage: pdf.Flate, Bandes: [][]byte{deflater(trame)}},
		{Largeur: 10, Hauteur: 5, DPIX: 72, DPIY: 72, Couleur: pdf.RGB, Codage: pdf.Flate, Predicteur: true,
			Bandes: [][]byte{deflater(filtre)}},
		{Largeur: 16, Hauteur: 8, DPIX: 72, DPIY: 72, Couleur: pdf.Gris, Bandes: [][]byte{coin()}, Rotation: 90},
	}
}

func ecrire(t testing.TB, dst io.Writer, images []pdf.Image) *pdf.Writer {
	t.Helper()
	w, err := pdf.NewWriter(dst, infoEssai)
	if err != nil {
		t.Fatal(err)
	}
	for i, im := range images {
		if err := w.Image(im); err != nil {
			t.Fatalf("image %d: %v", i, err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return w
}

func poser(t testing.TB, nom string, b []byte) string {
	t.Helper()
	f := filepath.Join(t.ArtifactDir(), nom) // kept by go test -artifacts
	if err := os.WriteFile(f, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return f
}

func TestImagesValidesPDFA(t *testing.T) {
	var b bytes.Buffer
	w := ecrire(t, &b, imagesEssai(t))
	if got, want := w.Empreinte(), sha256.Sum256(b.Bytes()); got != want {
		t.Errorf("Empreinte %x, want %x", got, want)
	}
	if w.Octets() != int64(b.Len()) || w.Pages() != 7 {
		t.Errorf("Octets %d, Pages %d; want %d, 7", w.Octets(), w.Pages(), b.Len())
	}
	f := poser(t, "images.pdf", b.Bytes())
	preflight.QPDF(t, f)
	preflight.PDFA(t, f)
}

// The scanner's bytes are in the file as they were.
func TestImagePasseSansRetouche(t *testing.T) {
	var b bytes.Buffer
	ecrire(t, &b, imagesEssai(t))
	for _, flux := range [][]byte{g4Blanc(2339), jpegEssai(t, true), jpegEssai(t, false)} {
		if !bytes.Contains(b.Bytes(), append(append([]byte("stream\n"), flux...), "\nendstream"...)) {
			t.Errorf("stream of %d bytes not found as it was given", len(flux))
		}
	}
}

func TestImageDeterministe(t *testing.T) {
	var a, b bytes.Buffer
	ecrire(t, &a, imagesEssai(t))
	ecrire(t, &b, imagesEssai(t))
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same calls gave two different files")
	}
}

func TestImageTaillePhysique(t *testing.T) {
	var b bytes.Buffer
	ecrire(t, &b, imagesEssai(t))
	f := poser(t, "tailles.pdf", b.Bytes())
	got := preflight.Sortie(t, "pdfinfo", "-f", "1", "-l", "7", f)
	for _, want := range []string{"595.44 x 842.04 pts", "120 x 40 pts", "8 x 16 pts"} {
		if !strings.Contains(got, want) {
			t.Errorf("no page of %s in:\n%s", want, got)
		}
	}
}

// Each turn and mirror puts the mark of the upper left corner where it must be.
func TestImageOrientations(t *testing.T) {
	cas := []struct {
		rotation       int
		miroir         bool
		gauche, enHaut bool
	}{
		{0, false, true, true}, {90, false, false, true}, {180, false, false, false}, {270, false, true, false},
		{0, true, false, true}, {90, true, false, false}, {180, true, true, false}, {270, true, true, true},
	}
	for _, c := range cas {
		var b bytes.Buffer
		ecrire(t, &b, []pdf.Image{{Largeur: 16, Hauteur: 8, DPIX: 72, DPIY: 72, Couleur: pdf.Gris, Bandes: [][]byte{coin()},
			Rotation: c.rotation, Miroir: c.miroir}})
		f := poser(t, "o.pdf", b.Bytes())
		pgm := []byte(preflight.Sortie(t, "pdftoppm", "-gray", "-r", "72", f))
		l, h := 16, 8
		if c.rotation%180 != 0 {
			l, h = h, l
		}
		pix := pgm[len(pgm)-l*h:]
		x, y := l-2, h-2
		if c.gauche {
			x = 1
		}
		if c.enHaut {
			y = 1
		}
		if pix[y*l+x] > 50 {
			t.Errorf("rotation %d, miroir %v: no mark at %d,%d", c.rotation, c.miroir, x, y)
		}
	}
}

func TestNoirEst1(t *testing.T) {
	for _, im := range []pdf.Image{
		{Codage: pdf.G4, NoirEst1: true, Bandes: [][]byte{g4Blanc(16)}},
		{Codage: pdf.Brut, NoirEst1: true, Bandes: [][]byte{make([]byte, 32)}},
		{Codage: pdf.Flate, NoirEst1: true, Bandes: [][]byte{deflater(make([]byte, 32))}},
		{Codage: pdf.G4, Bandes: [][]byte{g4Blanc(16)}},
		{Codage: pdf.Brut, Bandes: [][]byte{make([]byte, 32)}},
	} {
		im.Largeur, im.Hauteur, im.DPIX, im.DPIY = 16, 16, 72, 72
		blanc := im.NoirEst1 // samples are all 0
		var b bytes.Buffer
		ecrire(t, &b, []pdf.Image{im})
		pgm := preflight.Sortie(t, "pdftoppm", "-gray", "-r", "72", poser(t, "n.pdf", b.Bytes()))
		if v := pgm[len(pgm)-100]; (v > 200) != blanc {
			t.Errorf("codage %d, NoirEst1 %v: grey %d", im.Codage, im.NoirEst1, v)
		}
	}
}

func TestImageRefusee(t *testing.T) {
	bonne := pdf.Image{Largeur: 8, Hauteur: 8, DPIX: 72, DPIY: 72, Bandes: [][]byte{make([]byte, 8)}}
	cas := map[string]func(*pdf.Image){
		"0 x 8":          func(im *pdf.Image) { im.Largeur = 0 },
		"0 x 72 dpi":     func(im *pdf.Image) { im.DPIX = 0 },
		"Rotation of 45": func(im *pdf.Image) { im.Rotation = 45 },
		"G4 codes":       func(im *pdf.Image) { im.Codage, im.Couleur = pdf.G4, pdf.Gris },
		"JPEG codes":     func(im *pdf.Image) { im.Codage = pdf.JPEG },
		"either Donnees": func(im *pdf.Image) { im.Bandes = nil },
		"each side must": func(im *pdf.Image) { im.DPIX = 1e9 },
		"has 7 bytes":    func(im *pdf.Image) { im.Bandes = [][]byte{make([]byte, 7)} },
		"no data":        func(im *pdf.Image) { im.Codage, im.Bandes = pdf.G4, [][]byte{} },
		"reading": func(im *pdf.Image) {
			im.Bandes, im.Donnees = nil, io.MultiReader(strings.NewReader("x"),
				panne{})
		},
	}
	for motif, gater := range cas {
		w, err := pdf.NewWriter(io.Discard, pdf.Info{})
		if err != nil {
			t.Fatal(err)
		}
		im := bonne
		gater(&im)
		if err := w.Image(im); err == nil || !strings.Contains(err.Error(), motif) {
			t.Errorf("%s: got %v", motif, err)
		}
	}
}

type panne struct{}

func (panne) Read([]byte) (int, error)  { return 0, io.ErrUnexpectedEOF }
func (panne) Write([]byte) (int, error) { return 0, io.ErrClosedPipe }

func TestErreursEtFermeture(t *testing.T) {
	if _, err := pdf.NewWriter(io.Discard, pdf.Info{Titre: "a\x00b"}); err == nil {
		t.Error("control character accepted in Titre")
	}
	w, _ := pdf.NewWriter(io.Discard, pdf.Info{})
	if err := w.Close(); err == nil {
		t.Error("a document without page was closed")
	}
	w, _ = pdf.NewWriter(panne{}, pdf.Info{})
	for i := range 3 {
		im := pdf.Image{Largeur: 1000, Hauteur: 1000, DPIX: 72, DPIY: 72, Couleur: pdf.Gris, Codage: pdf.JPEG,
			Bandes: [][]byte{make([]byte, 100_000)}}
		if err := w.Image(im); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("write %d: %v, want the writer's error", i, err)
		}
	}
	w = ecrire(t, io.Discard, imagesEssai(t))
	if err := w.Image(pdf.Image{}); !errors.Is(err, pdf.ErrFerme) {
		t.Errorf("after Close: %v", err)
	}
}

// More pages than an array of PDF 1.4 may hold: the tree has nodes.
func TestArbreDesPages(t *testing.T) {
	var b bytes.Buffer
	w, err := pdf.NewWriter(&b, infoEssai)
	if err != nil {
		t.Fatal(err)
	}
	g4 := [][]byte{g4Blanc(16)}
	for range 9000 {
		if err := w.Image(pdf.Image{Largeur: 16, Hauteur: 16, DPIX: 72, DPIY: 72, Codage: pdf.G4, NoirEst1: true,
			Bandes: g4}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	f := poser(t, "arbre.pdf", b.Bytes())
	preflight.QPDF(t, f)
	if got := preflight.Sortie(t, "qpdf", "--show-npages", f); got != "9000\n" {
		t.Errorf("%s pages, want 9000", got)
	}
}

// Writing a page allocates the same whatever the page weighs.
func TestMemoireConstante(t *testing.T) {
	mesure := func(taille int) float64 {
		w, err := pdf.NewWriter(io.Discard, pdf.Info{})
		if err != nil {
			t.Fatal(err)
		}
		g4 := [][]byte{make([]byte, taille)}
		return testing.AllocsPerRun(200, func() {
			if err := w.Image(pdf.Image{Largeur: 1654, Hauteur: 2339, DPIX: 200, DPIY: 200, Codage: pdf.G4, NoirEst1: true,
				Bandes: g4}); err != nil {
				t.Fatal(err)
			}
		})
	}
	if petit, grand := mesure(1_000), mesure(5_000_000); grand > petit+2 {
		t.Errorf("%v allocations for a heavy page, %v for a light one", grand, petit)
	}
}

func BenchmarkImageG4(b *testing.B) {
	const pages = 500
	g4 := [][]byte{make([]byte, 50_000)} // a dense A4 page at 200 dpi
	b.ReportAllocs()
	b.SetBytes(pages * 50_000)
	for b.Loop() {
		w, err := pdf.NewWriter(io.Discard, infoEssai)
		if err != nil {
			b.Fatal(err)
		}
		for range pages {
			if err := w.Image(pdf.Image{Largeur: 1654, Hauteur: 2339, DPIX: 200, DPIY: 200, Codage: pdf.G4, NoirEst1: true,
				Bandes: g4}); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
