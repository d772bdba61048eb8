package papier_test

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	"github.com/makiuchi-d/gozxing/oned"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

const etiquette = `gabarit: ticket-vitale
version: "1"
mention: "M"
titre: "T"
format: [90, 70]
corps: [5, 5, 80, 60]
contenu:
  - hauteur: 15
    elements:
      - {texte: "{facture}", x: 2, y: 6}
`

// TestRienNeSePerd protects the text of a paper: what a template would draw out of its place, or at no size, is told
// with its line, when it is read, or when the data make it too long.
func TestRienNeSePerd(t *testing.T) {
	const ligne = `{texte: "{facture}", x: 2, y: 6}`
	for nom, c := range map[string]struct{ de, a, dit string }{
		"below the page":        {ligne, `{texte: "{facture}", x: 2, y: 400}`, ":10"},
		"left of the page":      {ligne, `{texte: "{facture}", x: -40, y: 6}`, ":10"},
		"right of the page":     {ligne, `{texte: "{facture}", x: 79, y: 6}`, "line 10"},
		"below its block":       {ligne, `{texte: "{facture}", x: 2, y: 22}`, ":10"},
		"above its block":       {ligne, `{texte: "{facture}", x: 2, y: -3}`, ":10"},
		"wider than its block":  {ligne, `{texte: "` + strings.Repeat("mot ", 50) + `", x: 2, y: 6}`, ":10"},
		"aligned out":           {ligne, `{texte: "{facture}", x: 2, y: 6, align: droite}`, "line 10"},
		"its last line":         {ligne, `{texte: "{facture}", x: 2, y: 6, largeur: 30, lignes: 5}`, ":10"},
		"no size":               {ligne, `{texte: "{facture}", x: 2, y: 6, taille: 0}`, ":10"},
		"no size for all":       {"titre: \"T\"", "titre: \"T\"\ntaille: 0", ":5"},
		"no number":             {ligne, `{texte: "{facture}", x: 2, y: .nan}`, ":10"},
		"a frame out":           {ligne, `{cadre: [0, 0, 200, 10]}`, ":10"},
		"a line out":            {ligne, `{ligne: [0, 0, 10, 40]}`, ":10"},
		"an unknown image":      {ligne, `{image: logo.png, x: 0, y: 0, largeur: 10, hauteur: 10}`, ":10"},
		"an image without size": {ligne, `{image: tampon, x: 0, y: 0}`, ":10"},
		"an image out":          {ligne, `{image: tampon, x: 75, y: 0, largeur: 10, hauteur: 10}`, ":10"},
		"a barcode of no kind":  {ligne, `{code: "{facture}", x: 0, y: 0, largeur: 40, hauteur: 10}`, ":10"},
		"a barcode too fine": {ligne, `{code: "{facture}", genre: code128, x: 0, y: 0, largeur: 12, hauteur: 10}`,
			"line 10"},
		"a barcode's field": {ligne, `{code: "{rien}", genre: datamatrix, x: 0, y: 0, largeur: 12, hauteur: 12}`, ":10"},
	} {
		g, err := papier.ParseGabarit(strings.NewReader(strings.Replace(etiquette, c.de, c.a, 1)), "e.yaml",
			papier.ModeleTicketVitale(), papier.WithImage("tampon", tampon(t)))
		if err == nil {
			_, err = g.Apercu(t.Context(), io.Discard, info)
		}
		if err == nil || !strings.Contains(err.Error(), c.dit) {
			t.Errorf("%s: %v", nom, err)
		}
	}
}

// tampon is a small drawn stamp, with transparency.
func tampon(t testing.TB) []byte {
	t.Helper()
	im := image.NewNRGBA(image.Rect(0, 0, 40, 20))
	for x := range 40 {
		for y := range 20 {
			im.Set(x, y, color.NRGBA{200, 20, 20, uint8(255 * (x / 20))})
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, im); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestImagesEtCodes protects what a paper shows beside text: a stamp is seen, a barcode is read back by another
// program's reader.
func TestImagesEtCodes(t *testing.T) {
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 30, 30)), nil); err != nil {
		t.Fatal(err)
	}
	y := strings.Replace(etiquette, "hauteur: 15", "hauteur: 55", 1) +
		`      - {image: tampon, x: 50, y: 0, largeur: 28, hauteur: 14}
      - {image: photo, x: 50, y: 16, largeur: 10, hauteur: 10}
      - {code: "{emetteur}/{facture}", genre: code128, x: 0, y: 10, largeur: 48, hauteur: 12}
      - {code: "{emetteur}|{facture}|{date}", genre: datamatrix, x: 0, y: 28, largeur: 24, hauteur: 24}
      - {texte: "jamais", x: 50, y: 40, si: prescripteur}
      - {texte: "toujours", x: 50, y: 40, sauf: prescripteur}
`
	g, err := papier.ParseGabarit(strings.NewReader(y), "e.yaml", papier.ModeleTicketVitale(), papier.WithImage("tampon",
		tampon(t)), papier.WithImage("photo", photo.Bytes()))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	f := fse.Facture{Cle: fse.CleFacture{Lot: fse.CleLot{Emetteur: "751143488"}, Numero: 4012}}
	if _, err := (papier.TicketVitale{Facture: &f}).WritePDF(t.Context(), &b, g, info); err != nil {
		t.Fatal(err)
	}
	chemin := filepath.Join(t.ArtifactDir(), "codes.pdf")
	if err := os.WriteFile(chemin, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	preflight.PDFA(t, chemin)
	if lu := preflight.Texte(t, chemin); !strings.Contains(lu, "toujours") || strings.Contains(lu, "jamais") {
		t.Errorf("conditions: %s", lu)
	}
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("pdftoppm (poppler-utils) is not here")
	}
	brut, err := exec.Command("pdftoppm", "-r", "300", "-png", chemin).Output()
	if err != nil {
		t.Fatal(err)
	}
	page, err := png.Decode(bytes.NewReader(brut))
	if err != nil {
		t.Fatal(err)
	}
	zone := func(x, y, l, h int) image.Image {
		mm := func(v int) int { return v * 300 * 10 / 254 }
		return page.(interface {
			SubImage(image.Rectangle) image.Image
		}).SubImage(image.Rect(mm(5+x), mm(5+y), mm(5+x+l), mm(5+y+h)))
	}
	for nom, c := range map[string]struct {
		lecteur gozxing.Reader
		ou      image.Image
		want    string
	}{
		"Code 128":    {oned.NewCode128Reader(), zone(0, 10, 48, 12), "751143488/000004012"},
		"Data Matrix": {datamatrix.NewDataMatrixReader(), zone(0, 28, 24, 24), "751143488|000004012|"},
	} {
		bmp, err := gozxing.NewBinaryBitmapFromImage(c.ou)
		if err != nil {
			t.Fatal(err)
		}
		lu, err := c.lecteur.Decode(bmp, nil)
		if err != nil || lu.GetText() != c.want {
			t.Errorf("%s: %v %v, want %s", nom, lu, err, c.want)
		}
	}
	r, v, _, _ := page.At(900, 130).RGBA() // in the right half of the stamp
	if r>>8 < 180 || v>>8 > 60 {
		t.Errorf("the stamp is not seen: %x %x", r, v)
	}
}

// TestImageRefusee protects the program from what isn't an image, or is too large a one.
func TestImageRefusee(t *testing.T) {
	grande := image.NewGray(image.Rect(0, 0, 4001, 4000))
	var b bytes.Buffer
	if err := png.Encode(&b, grande); err != nil {
		t.Fatal(err)
	}
	for nom, octets := range map[string][]byte{"nothing": nil, "text": []byte("logo"), "cut short": tampon(t)[:60],
		"too many pixels": b.Bytes(), "too long": make([]byte, 5<<20)} {
		if _, err := papier.ParseGabarit(strings.NewReader(etiquette), "e.yaml", papier.ModeleTicketVitale(),
			papier.WithImage("x", octets)); err == nil {
			t.Errorf("%s was taken", nom)
		}
	}
}

// TestApercu protects who makes a template: each kind of paper can be seen before there is any data.
func TestApercu(t *testing.T) {
	for _, nom := range []string{"ticket-vitale", "feuille-de-soins", "recapitulatif"} {
		b, err := os.ReadFile("gabarits/" + nom + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		m := map[string]papier.Modele{"ticket-vitale": papier.ModeleTicketVitale(),
			"feuille-de-soins": papier.ModeleFeuilleDeSoins(), "recapitulatif": papier.ModeleRecapitulatif()}[nom]
		g, err := papier.ParseGabarit(bytes.NewReader(b), nom, m)
		if err != nil {
			t.Fatal(err)
		}
		var pdf bytes.Buffer
		r, err := g.Apercu(t.Context(), &pdf, info)
		if err != nil || r.Pages == 0 {
			t.Errorf("%s: %v", nom, fmt.Sprint(r.Pages, err))
		}
	}
}
