package polices_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/font/gofont/gosmallcaps"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf/polices"
	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
)

// noms are names of invented people, as they are typed, and as a document gives them back.
var noms = []struct{ ecrit, rendu string }{
	{"Dr Lan Nguyễn", "Dr Lan Nguyễn"},
	{"Dr Rene\u0301 Modele", "Dr René Modele"}, // decomposed, as some systems write names of files
	{"Şükrü Ğ. Örnek", "Şükrü Ğ. Örnek"},
	{"Łukasz Żółć", "Łukasz Żółć"},
	{"Ștefan Țuțea", "Ștefan Țuțea"},
	{"Ελένη Παπαδοπούλου", "Ελένη Παπαδοπούλου"},
	{"Юлія Ґалаґан", "Юлія Ґалаґан"},
	{"Հայկ Գրիգորյան", "Հայկ Գրիգորյան"},
	{"გიორგი", "გიორგი"},
	{"محمد عبد الله", "محمد عبد الله"},
	{"الدكتور علاء", "الدكتور علاء"}, // letters that join in one glyph
	{"מרים לוי", "מרים לוי"},
	{"n\u0308 m\u0302", "n\u0308 m\u0302"}, // no composed letter: the mark is placed
}

// ecrire makes a page with a text on each line.
func ecrire(t *testing.T, police *pdf.Police, textes ...string) ([]byte, error) {
	t.Helper()
	var b bytes.Buffer
	w, err := pdf.NewWriter(&b, pdf.Info{Titre: "Noms", Date: time.Unix(0, 0)})
	if err != nil {
		t.Fatal(err)
	}
	err = w.Page(210, 297, func(p *pdf.Page) {
		for i, s := range textes {
			p.Texte(police, 12, 100, 20+float64(i)*10, pdf.Centre, s)
		}
	})
	if err == nil {
		err = w.Close()
	}
	return b.Bytes(), err
}

// TestNomsRendus protects that a name is drawn whatever its script, in any font of a template, and that a reader gives
// it back.
func TestNomsRendus(t *testing.T) {
	apporte, err := pdf.ParsePolice(gosmallcaps.TTF)
	if err != nil {
		t.Fatal(err)
	}
	var textes []string
	for _, n := range noms {
		textes = append(textes, n.ecrit)
	}
	for nom, charger := range map[string]func() (*pdf.Police, error){"normale": polices.Normale, "grasse": polices.Grasse,
		"italique": polices.Italique, "fixe": polices.Fixe, "apportee": func() (*pdf.Police,
			error) {
			return polices.Secourir(apporte)
		}} {
		t.Run(nom, func(t *testing.T) {
			p, err := charger()
			if err != nil {
				t.Fatal(err)
			}
			doc, err := ecrire(t, p, textes...)
			if err != nil {
				t.Fatal(err)
			}
			f := filepath.Join(t.TempDir(), "noms.pdf")
			if err := os.WriteFile(f, doc, 0o600); err != nil {
				t.Fatal(err)
			}
			if nom == "normale" {
				preflight.PDFA(t, f)
			}
			if _, err := exec.LookPath("pdftotext"); err != nil {
				t.Skip("pdftotext (poppler-utils) is not here")
			}
			out, err := exec.Command("pdftotext", "-enc", "UTF-8", f, "-").Output()
			if err != nil {
				t.Fatal(err)
			}
			// Marks of direction are the reader's own.
			rendu := strings.NewReplacer("\u202a", "", "\u202b", "", "\u202c", "").Replace(string(out))
			for _, n := range noms {
				if !strings.Contains(rendu, n.rendu+"\n") {
					t.Errorf("%q is not given back; the page reads\n%s", n.rendu, rendu)
				}
			}
		})
	}
}

// TestMotEntier protects legibility: a word that a font can't write alone is written in one other.
func TestMotEntier(t *testing.T) {
	p, err := polices.Normale()
	if err != nil {
		t.Fatal(err)
	}
	seul, err := p.Largeur("Nguy", 10)
	if err != nil {
		t.Fatal(err)
	}
	entier, err := p.Largeur("Nguyễn", 10)
	if err != nil {
		t.Fatal(err)
	}
	reste, err := p.Largeur("ễ", 10)
	if err != nil {
		t.Fatal(err)
	}
	n, err := p.Largeur("n", 10)
	if err != nil {
		t.Fatal(err)
	}
	if somme := seul + reste + n; entier > somme-0.01 && entier < somme+0.01 {
		t.Errorf("the word is %.3f mm wide, as its letters from two fonts", entier)
	}
}

// TestSansGlyphe protects that what no font has is told, with the character.
func TestSansGlyphe(t *testing.T) {
	p, err := polices.Grasse()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"Nguyễn 好", "名", "A😀"} {
		_, err := ecrire(t, p, s)
		var g *pdf.ErreurGlyphe
		if !errors.As(err, &g) || !strings.ContainsRune(s, g.Rune) || g.Rune < 0x2E80 {
			t.Errorf("%q: %v", s, err)
		}
	}
}

// TestCouperCompose protects wrapping: nothing is lost, no line is wider than asked, marks stay with their letter.
func TestCouperCompose(t *testing.T) {
	p, err := polices.Normale()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{strings.Repeat("Nguyễn Thị ", 9), strings.Repeat("ễ", 200), strings.Repeat("محمد ", 30),
		strings.Repeat("n\u0308", 90)} {
		lignes, err := p.Couper(s, 9, 30, nil)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range lignes {
			if w, err := p.Largeur(l, 9); err != nil || w > 30.001 {
				t.Errorf("line of %.2f mm (%v)", w, err)
			}
			if strings.HasPrefix(l, "\u0308") {
				t.Error("a mark begins a line")
			}
		}
		if lu := strings.ReplaceAll(strings.Join(lignes, ""), " ", ""); lu != strings.ReplaceAll(s, " ", "") {
			t.Errorf("lost: %q", lu)
		}
	}
}

func FuzzComposer(f *testing.F) {
	for _, n := range noms {
		f.Add(n.ecrit)
	}
	f.Add("Dr محمد (75) א1ב")
	p, err := polices.Normale()
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if len(s) > 300 {
			return
		}
		w, err := p.Largeur(s, 10)
		if err == nil && (w < 0 || w > 10*float64(len(s)+1)) {
			t.Errorf("%q is %f mm wide", s, w)
		}
		if lignes, err := p.Couper(s, 10, 20, nil); err == nil {
			for _, l := range lignes {
				if _, err := p.Largeur(l, 10); err != nil {
					t.Errorf("a line of %q: %v", s, err)
				}
			}
		}
	})
}
