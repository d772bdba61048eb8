package numerisation_test

import (
	"bytes"
	"encoding/csv"
	"flag"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
)

// raisons says, for each shared scan, why its outcome is the right one. A file that isn't here fails the test: somebody
// must look at it.
var raisons = map[string]string{
	"1555.003.jpg": "photo d'un livre, sans résolution : refusée tant que personne ne la donne",
	"8071_093.3B.tif": "journal en G4 à 300 ppp, écrit en largeur ; bande noire de 25 mm sur 216, sous le seuil " +
		": transmis tel quel",
	"MANIFEST.md":             "un texte, pas une image",
	"acroform.pdf":            "formulaire de 25 x 141 mm, non PDF/A",
	"amoris.2.150.jpg":        "150 ppp",
	"aspect.pdf":              "numérisation à 100 x 200 ppp : le plus faible des deux axes compte",
	"baiona_cmyk.jpg":         "plan de 81 x 87 mm",
	"blank.pdf":               "page vide",
	"ccitt.pdf":               "numérisation G4 : le flux passe tel quel dans un PDF/A",
	"cmyk.pdf":                "dessin de 76 x 76 mm, non PDF/A",
	"dave-orig.png":           "sans résolution",
	"deslant.tif":             "72 ppp, 60 x 84 mm",
	"docinfo_latin1_key.pdf":  "page vide, non PDF/A",
	"enormous.pdf":            "81 millions de points en RVB : au-delà de la mémoire permise",
	"eurotext.tif":            "extrait de 87 x 68 mm",
	"feyn.tif":                "revue en G4 à 300 ppp : inclinée de moins d'un degré",
	"francais.pdf":            "image de 76 x 76 mm",
	"hugemono.pdf":            "bombe : 35 000 x 35 000 points en 12 Ko",
	"invalid.pdf":             "44 octets, tronqué",
	"invertedtext.tif":        "négatif de 20 x 12 mm",
	"jbig2.pdf":               "numérisation JBIG2 : décodée et codée en G4",
	"lapide.052.100.jpg":      "99 ppp",
	"lighttext.jpg":           "sans résolution",
	"livecycle.pdf":           "formulaire XFA",
	"lucasta.1.300.tif":       "extrait de 90 x 159 mm : la page est plus étroite que l'A5",
	"lucasta.150.jpg":         "150 ppp",
	"multipage.pdf":           "une de ses pages compte 81 millions de points",
	"negzero.pdf":             "PDF de logiciel non PDF/A",
	"no_contents.pdf":         "page sans contenu, non PDF/A",
	"ortiz-02.tif":            "partition en G4 à 300 ppp : transmise telle quelle",
	"pageseg1.tif":            "revue en G4 à 300 ppp, la page voisine coupée au bord droit",
	"pageseg3.tif":            "revue en G4 à 300 ppp, photo noire en bas : transmise telle quelle",
	"patent.png":              "PNG en noir et blanc à 300 ppp : codé en G4",
	"phototest-rotated-L.png": "extrait de 61 x 81 mm",
	"phototestrot.tif":        "extrait de 61 x 81 mm",
	"rabi.png":                "sans résolution",
	"rgb16.tif":               "vignette de 11 x 8 mm",
	"skew.pdf":                "numérisation JBIG2 posée de travers : redressée",
	"tel_3.tif":               "150 ppp",
	"tickets.tif":             "72 ppp annoncés pour 4123 x 5556 points : une page de 1,45 m",
	"typewriter.png":          "sans résolution",
	"warped_paper.jpg":        "sans résolution ; photo d'un quadrillage que ses bords coupent",
}

// Every file gives a PDF or a clear refusal, the ones written down in testdata/scans.csv, each with its reason; every
// PDF is one that PDFBox and qpdf accept.
func TestScans(t *testing.T) {
	dir := scans(t)
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	n := nouveau(t)
	tmp := t.TempDir()
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	_ = w.Write([]string{"fichier", "accepte", "motifs", "pages", "rotation", "inclinaison", "raison"})
	var pdfs []string
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		nom := e.Name()
		raison, ok := raisons[nom]
		if !ok {
			t.Errorf("%s: no reason written down for its outcome", nom)
		}
		var out bytes.Buffer
		r, err := n.Numeriser(t.Context(), &out, source(t, filepath.Join(dir, nom)))
		if err != nil {
			t.Errorf("%s: %v", nom, err)
			continue
		}
		rotation, inclinaison := "", ""
		if r.Accepte {
			f := filepath.Join(tmp, nom+".pdf")
			if err := os.WriteFile(f, out.Bytes(), 0o600); err != nil {
				t.Fatal(err)
			}
			pdfs = append(pdfs, f)
			rotation, inclinaison = strconv.Itoa(r.Pages[0].Rotation), strconv.FormatFloat(r.Pages[0].Inclinaison, 'f', 1, 64)
		} else if len(r.Messages()) == 0 {
			t.Errorf("%s: refused without a sentence", nom)
		}
		_ = w.Write([]string{nom, strconv.FormatBool(r.Accepte), strings.Join(r.Motifs(), "+"), strconv.Itoa(len(r.Pages)),
			rotation, inclinaison, raison})
	}
	w.Flush()
	golden(t, "scans.csv", b.Bytes())
	t.Run("preflight", func(t *testing.T) { preflight.PDFA(t, pdfs...) })
	t.Run("qpdf", func(t *testing.T) { preflight.QPDF(t, pdfs...) })
}

// golden compares with a file of testdata, or writes it with -update.
func golden(t *testing.T, nom string, got []byte) {
	t.Helper()
	f := filepath.Join("testdata", nom)
	if flag.Lookup("update").Value.String() == "true" { // internal/preflight has the flag

		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(f)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(want), "\n"), strings.Split(string(got), "\n")); d != "" {
		t.Errorf("%s (-want +got):\n%s", nom, d)
	}
}
