package numerisation_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfdessin"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfentree"
)

// producteur makes a PDF, "pdf" in the folder, out of what lies there: "gris.jpg", "couleur.jpg", "gris.png",
// "nb.tif", "lettre.txt", "lettre.ps".
type producteur struct {
	nom       string
	programme string
	args      []string
	sortie    string // its name, where it can't be chosen
	etapes    string // of the page
}

// lettre is what software prints.
var lettre = strings.Repeat("Prescription : paracétamol 1 g, 1 comprimé matin, midi et soir pendant 5 jours.\n\n", 12)

// ImageMagick's Debian policy forbids its format "pdf", not "pdfa", which is the same file with metadata.
var producteurs = []producteur{
	{nom: "img2pdf, JPEG gris", programme: "img2pdf", args: []string{"gris.jpg", "-o", "pdf"}, etapes: "transmettre"},
	{nom: "img2pdf, JPEG couleur", programme: "img2pdf", args: []string{"couleur.jpg", "-o", "pdf"},
		etapes: "transmettre"},
	{nom: "img2pdf, PNG", programme: "img2pdf", args: []string{"gris.png", "-o", "pdf"}, etapes: "decoder coder"},
	{nom: "img2pdf, TIFF G4", programme: "img2pdf", args: []string{"nb.tif", "-o", "pdf"}, etapes: "transmettre"},
	{nom: "img2pdf, marges", programme: "img2pdf", args: []string{"gris.jpg", "--pagesize", "A4", "--border", "1cm", "-o",
		"pdf"}, etapes: "transmettre"},
	{nom: "tiff2pdf, TIFF G4", programme: "tiff2pdf", args: []string{"-o", "pdf", "nb.tif"}, etapes: "transmettre"},
	{nom: "ImageMagick, PNG", programme: "convert", args: []string{"gris.png", "-units", "PixelsPerInch", "-density",
		"200", "pdfa:pdf"}, etapes: "decoder coder"},
	{nom: "ImageMagick, JPEG", programme: "convert", args: []string{"gris.jpg", "-units", "PixelsPerInch", "-density",
		"200", "pdfa:pdf"}, etapes: "transmettre"},
	{nom: "ocrmypdf", programme: "ocrmypdf", args: []string{"-q", "--tesseract-timeout", "0", "--image-dpi", "200",
		"--jobs", "1", "gris.jpg", "pdf"},
		etapes: "transmettre"},
	{nom: "Ghostscript, page d'un scanner", programme: "gs",
		args:   []string{"-q", "-dNOSAFER", "-sDEVICE=pdfwrite", "-dAutoRotatePages=/None", "-o", "pdf", "scan.pdf"},
		etapes: "transmettre"},
	{nom: "Ghostscript, texte", programme: "gs", args: []string{"-q", "-sDEVICE=pdfwrite", "-o", "pdf", "lettre.ps"},
		etapes: "dessiner coder"},
	{nom: "LibreOffice, texte", programme: "soffice", args: []string{"-env:UserInstallation=file://DOSSIER/profil",
		"--headless", "--convert-to", "pdf", "lettre.txt"},
		sortie: "lettre.pdf", etapes: "dessiner coder"},
	{nom: "LibreOffice, image", programme: "soffice", args: []string{"-env:UserInstallation=file://DOSSIER/profil",
		"--headless", "--convert-to", "pdf", "image.fodt"},
		sortie: "image.pdf"},
}

// PDFs as real programs write them are accepted, come out as PDF/A-1b, and look as they did: pdftoppm renders both
// alike at 100 dots per inch.
func TestProducteurs(t *testing.T) {
	if testing.Short() {
		t.Skip("starts many programs; run without -short")
	}
	preflight.Programme(t, "pdftoppm")
	dossier := t.TempDir()
	matieres(t, dossier)
	dessin := pdfdessin.New()
	defer dessin.Close()
	p := reference(t)
	p.OctetsParPage, p.OctetsParPiece = 0, 0 // what is compared is the page, not what its weight makes of it
	n, err := numerisation.New(p, numerisation.WithPDF(pdfentree.New(pdfentree.WithDessinateur(dessin))))
	if err != nil {
		t.Fatal(err)
	}
	var sorties []string
	for i, pr := range producteurs {
		t.Run(pr.nom, func(t *testing.T) {
			source := pr.produire(t, dossier, i)
			b, err := os.ReadFile(source)
			if err != nil {
				t.Fatal(err)
			}
			r, out := numeriser(t, n, numerisation.Octets("a.pdf", b))
			if !r.Accepte {
				t.Fatalf("%q", r.Messages())
			}
			if got := strings.Join(etapes(r.Pages[0]), " "); pr.etapes != "" && got != pr.etapes {
				t.Errorf("steps %q, expected %q", got, pr.etapes)
			}
			sortie := filepath.Join(dossier, fmt.Sprintf("sortie%d.pdf", i))
			if err := os.WriteFile(sortie, out, 0o600); err != nil {
				t.Fatal(err)
			}
			sorties = append(sorties, sortie)
			memePage(t, source, sortie)
		})
	}
	if len(sorties) > 0 {
		preflight.PDFA(t, sorties...)
	}
}

// matieres draws what the programs are given.
func matieres(t *testing.T, dossier string) {
	t.Helper()
	ecrire := func(nom string, b []byte) {
		if err := os.WriteFile(filepath.Join(dossier, nom), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	page := pd.Page{Graine: 7, Format: pd.A4, DPI: 200}
	ecrire("gris.jpg", dessiner(t, page, pd.JPEGGris))
	ecrire("couleur.jpg", dessiner(t, page, pd.JPEGRVB))
	ecrire("gris.png", dessiner(t, page, pd.PNG))
	ecrire("nb.tif", dessiner(t, page, pd.TIFFG4))
	ecrire("lettre.txt", []byte(lettre))
	var ps strings.Builder
	ps.WriteString("%!PS\n<< /PageSize [595 842] >> setpagedevice /Times-Roman findfont 12 scalefont setfont\n")
	for i := range 30 {
		fmt.Fprintf(&ps, "72 %d moveto (Prescription : paracetamol 1 g, 1 comprime matin, midi et soir) show\n", 760-20*i)
	}
	ecrire("image.fodt", []byte(fodt(dessiner(t, page, pd.JPEGGris))))
	ecrire("lettre.ps", []byte(ps.String()+"showpage\n"))
	_, scan := numeriser(t, nouveau(t), numerisation.Octets("gris.jpg", dessiner(t, page, pd.JPEGGris)))
	ecrire("scan.pdf", scan)
}

// fodt is a text document of LibreOffice that holds a picture, with the margins of a page of text.
func fodt(jpeg []byte) string {
	return `<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0" xmlns:draw="urn:oasis:names:tc:opendocument:xmlns:drawing:1.0"
 xmlns:svg="urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0" office:version="1.2"
 office:mimetype="application/vnd.oasis.opendocument.text"><office:body><office:text><text:p>
<draw:frame text:anchor-type="as-char" svg:width="16cm" svg:height="22.6cm"><draw:image><office:binary-data>` +
		base64.StdEncoding.EncodeToString(jpeg) +
		`</office:binary-data></draw:image></draw:frame></text:p></office:text></office:body></office:document>`
}

// produire runs the program, and skips where it isn't installed.
func (pr producteur) produire(t *testing.T, dossier string, i int) string {
	t.Helper()
	programme, err := exec.LookPath(pr.programme)
	if err != nil {
		t.Skipf("%s is not here", pr.programme)
	}
	args := make([]string, len(pr.args))
	for k, a := range pr.args {
		args[k] = strings.ReplaceAll(a, "DOSSIER", dossier)
	}
	c := exec.CommandContext(t.Context(), programme, args...)
	c.Dir, c.WaitDelay = dossier, time.Second
	if texte, err := c.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", pr.programme, err, texte)
	}
	source := filepath.Join(dossier, fmt.Sprintf("source%d.pdf", i))
	nom := pr.sortie
	if nom == "" {
		nom = "pdf"
	}
	if err := os.Rename(filepath.Join(dossier, nom), source); err != nil {
		t.Fatal(err)
	}
	return source
}

// memePage compares two PDFs' first pages: their sizes within a pixel; their greys within 3 levels in the mean of
// squares of 5 pixels; and, but for one pixel in a hundred, each within a third of the scale of what the other has
// there or just beside. The edges of letters that are drawn anew, or with another program's stand-in for a font that
// isn't embedded, differ by less than a pixel.
func memePage(t *testing.T, a, b string) {
	t.Helper()
	va, vb := rendu(t, a), rendu(t, b)
	if va.l-vb.l > 1 || vb.l-va.l > 1 || va.h-vb.h > 1 || vb.h-va.h > 1 {
		t.Fatalf("%d x %d pixels, the source has %d x %d", vb.l, vb.h, va.l, va.h)
	}
	l, h := min(va.l, vb.l), min(va.h, vb.h)
	const carre = 5
	var somme, carres, loin float64
	for y := 0; y+carre <= h; y += carre {
		for x := 0; x+carre <= l; x += carre {
			somme += math.Abs(va.moyenne(x, y, carre) - vb.moyenne(x, y, carre))
			carres++
		}
	}
	for y := 1; y < h-1; y++ {
		for x := 1; x < l-1; x++ {
			if va.ecart(x, y, &vb) > 85 || vb.ecart(x, y, &va) > 85 {
				loin++
			}
		}
	}
	if m, f := somme/carres, 100*loin/float64(l*h); m > 3 || f > 1 {
		t.Errorf("mean difference of %.2f levels, %.2f %% of the pixels far", m, f)
	}
}

// moyenne is the mean of a square.
func (v *vue) moyenne(x, y, cote int) float64 {
	somme := 0
	for j := range cote {
		for i := range cote {
			somme += int(v.gris[(y+j)*v.l+x+i])
		}
	}
	return float64(somme) / float64(cote*cote)
}

// ecart is how far a pixel is from the nearest grey of another view around its place.
func (v *vue) ecart(x, y int, autre *vue) int {
	g, proche := int(v.gris[y*v.l+x]), 255
	for j := -1; j <= 1; j++ {
		for i := -1; i <= 1; i++ {
			d := g - int(autre.gris[(y+j)*autre.l+x+i])
			proche = min(proche, max(d, -d))
		}
	}
	return proche
}

type vue struct {
	l, h int
	gris []byte
}

func rendu(t *testing.T, fichier string) vue {
	t.Helper()
	b, err := exec.Command("pdftoppm", "-gray", "-r", "100", "-f", "1", "-l", "1", fichier).Output()
	if err != nil {
		t.Fatalf("pdftoppm: %v", err)
	}
	var v vue
	if _, err := fmt.Fscanf(bytes.NewReader(b), "P5\n%d %d\n255\n", &v.l, &v.h); err != nil {
		t.Fatal(err)
	}
	v.gris = b[len(b)-v.l*v.h:]
	return v
}
