package numerisation_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

func dessiner(t testing.TB, p pd.Page, c pd.Codage) []byte {
	t.Helper()
	b, err := p.Fichier(c)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func numeriser(t testing.TB, n *numerisation.Numeriseur, s ...numerisation.Source) (*numerisation.Resultat, []byte) {
	t.Helper()
	var b bytes.Buffer
	r, err := n.Numeriser(t.Context(), &b, s...)
	if err != nil {
		t.Fatal(err)
	}
	return r, b.Bytes()
}

// bandeTIFF is the first strip of a little-endian TIFF as [pd.G4] writes it.
func bandeTIFF(b []byte) []byte {
	ifd := b[binary.LittleEndian.Uint32(b[4:]):]
	champ := func(tag uint16) uint32 {
		for i := range int(binary.LittleEndian.Uint16(ifd)) {
			if e := ifd[2+12*i:]; binary.LittleEndian.Uint16(e) == tag {
				return binary.LittleEndian.Uint32(e[8:])
			}
		}
		return 0
	}
	return b[champ(273):][:champ(279)]
}

// flux are the streams of the images of a PDF of ours.
func flux(t testing.TB, pdf []byte) [][]byte {
	t.Helper()
	var out [][]byte
	for {
		i := bytes.Index(pdf, []byte("/Subtype/Image"))
		if i < 0 {
			return out
		}
		pdf = pdf[i:]
		debut, fin := bytes.Index(pdf, []byte("stream\n")), bytes.Index(pdf, []byte("\nendstream"))
		if debut < 0 || fin < debut {
			t.Fatal("image without a stream")
		}
		out = append(out, pdf[debut+7:fin])
		pdf = pdf[fin:]
	}
}

// A page that satisfies the profile is in the PDF byte for byte, even if it was scanned sideways; the PDF has its size,
// the same each time, and its hash is the one announced.
func TestTransmission(t *testing.T) {
	n := nouveau(t)
	dir := t.TempDir()
	var pdfs []string
	for i, c := range []pd.Codage{pd.TIFFG4, pd.JPEGGris, pd.JPEGRVB} {
		for _, tour := range []int{0, 90, 180, 270} {
			p := pd.Page{Graine: uint64(i), Format: pd.A5, DPI: 200, Manuscrite: i == 1, Inclinaison: 0.4, Rotation: tour,
				Bruit: 2}
			b := dessiner(t, p, c)
			brut := b
			if c == pd.TIFFG4 {
				brut = bandeTIFF(b)
			}
			r, pdf := numeriser(t, n, numerisation.Octets("a", b))
			if !r.Accepte {
				t.Fatalf("%v: %q", p, r.Messages())
			}
			if got := flux(t, pdf); len(got) != 1 || !bytes.Equal(got[0], brut) {
				t.Errorf("%v: the stream isn't the scanner's", p)
			}
			page := r.Pages[0]
			if h := sha256.Sum256(brut); page.Empreinte != h || page.Octets != int64(len(brut)) {
				t.Errorf("%v: hash or length of the stream: %v, %d", p, page.Empreinte, page.Octets)
			}
			if h := sha256.Sum256(pdf); r.Empreinte != h || r.Octets != int64(len(pdf)) {
				t.Errorf("%v: hash or length of the PDF: %v, %d", p, r.Empreinte, r.Octets)
			}
			noms := []string{"transmettre"}
			if tour != 0 {
				noms = []string{"tourner", "transmettre"}
			}
			if d := cmp.Diff(noms, etapes(page)); d != "" {
				t.Errorf("%v: steps (-want +got):\n%s", p, d)
			}
			if math.Abs(page.LargeurMM-148) > 0.1 || math.Abs(page.HauteurMM-210) > 0.1 {
				t.Errorf("%v: page of %.2f x %.2f mm", p, page.LargeurMM, page.HauteurMM)
			}
			if l, h := mediaBox(t, pdf); math.Abs(l-page.LargeurMM) > 0.1 || math.Abs(h-page.HauteurMM) > 0.1 {
				t.Errorf("%v: PDF page of %.2f x %.2f mm, scan of %.2f x %.2f", p, l, h, page.LargeurMM, page.HauteurMM)
			}
			if _, encore := numeriser(t, n, numerisation.Octets("a", b)); !bytes.Equal(pdf, encore) {
				t.Errorf("%v: another PDF the second time", p)
			}
			pdfs = append(pdfs, filepath.Join(dir, fmt.Sprintf("%s-%d.pdf", c, tour)))
			if err := os.WriteFile(pdfs[len(pdfs)-1], pdf, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Run("preflight", func(t *testing.T) { preflight.PDFA(t, pdfs[1], pdfs[6], pdfs[11]) })
	t.Run("qpdf", func(t *testing.T) { preflight.QPDF(t, pdfs...) })
}

func etapes(p numerisation.Page) []string {
	var noms []string
	for _, e := range p.Etapes {
		noms = append(noms, e.Nom)
	}
	return noms
}

// mediaBox is the size of the only page, in millimetres.
func mediaBox(t testing.TB, pdf []byte) (l, h float64) {
	t.Helper()
	m := regexp.MustCompile(`/MediaBox ?\[ ?0 0 ([\d.]+) ([\d.]+) ?\]`).FindSubmatch(pdf)
	if m == nil {
		t.Fatal("no MediaBox")
	}
	l, _ = strconv.ParseFloat(string(m[1]), 64)
	h, _ = strconv.ParseFloat(string(m[2]), 64)
	return l / 72 * 25.4, h / 72 * 25.4
}

// A page that has to be transformed is, as little as it takes, in the order of the profile; each step starts from what
// the one before left, and a second look at the result finds nothing left to do.
func TestTransformations(t *testing.T) {
	base := pd.Page{Graine: 4, Format: pd.A5, DPI: 200, Manuscrite: true, Bruit: 2, Ombre: 10}
	avec := func(f func(*pd.Page)) pd.Page { p := base; f(&p); return p }
	droit := base
	penche := avec(func(p *pd.Page) { p.Inclinaison = 5 })
	penche90 := avec(func(p *pd.Page) { p.Inclinaison, p.Rotation = -4, 270 })
	fin := avec(func(p *pd.Page) { p.DPI = 400 })
	for _, c := range []struct {
		nom     string
		page    pd.Page
		codage  pd.Codage
		budget  int64 // negative: percents of the file
		refuse  string
		attendu []string
	}{
		{"PNG gris", droit, pd.PNG, 1e6, "", []string{"decoder", "coder"}},
		{"penché, G4", penche, pd.TIFFG4, 1e6, "", []string{"decoder", "redresser", "coder"}},
		{"penché, gris", penche, pd.JPEGGris, 1e6, "", []string{"decoder", "redresser", "coder"}},
		{"penché, couleurs", penche, pd.JPEGRVB, 1e6, "", []string{"decoder", "redresser", "coder"}},
		{"penché et couché", penche90, pd.JPEGGris, 1e6, "", []string{"decoder", "tourner", "redresser", "coder"}},
		{"lourd, couleurs", droit, pd.JPEGRVB, -75, "", []string{"decoder", "gris", "coder"}},
		{"trop fin", fin, pd.JPEGGris, 400_000, "", []string{"decoder", "reduire", "coder"}},
		{"lourd, gris", droit, pd.JPEGGris, 50_000, "", []string{"decoder", "noir-et-blanc", "coder"}},
		{"trop lourd", droit, pd.JPEGRVB, 2_000, "poids", []string{"decoder", "gris", "noir-et-blanc"}},
	} {
		t.Run(c.nom, func(t *testing.T) {
			p := reference(t)
			fichier := dessiner(t, c.page, c.codage)
			if c.budget < 0 {
				c.budget = -c.budget * int64(len(fichier)) / 100
			}
			p.OctetsParPage = c.budget
			n, err := numerisation.New(p)
			if err != nil {
				t.Fatal(err)
			}
			r, pdf := numeriser(t, n, numerisation.Octets("a", fichier))
			if got := fmt.Sprint(r.Motifs()); got != map[bool]string{true: "[]", false: "[" + c.refuse + "]"}[c.refuse == ""] {
				t.Fatalf("codes %s: %q", got, r.Messages())
			}
			page := r.Pages[0]
			if d := cmp.Diff(c.attendu, etapes(page)); d != "" {
				t.Errorf("steps (-want +got):\n%s", d)
			}
			for i := 1; i < len(page.Etapes); i++ {
				if page.Etapes[i].Avant != page.Etapes[i-1].Apres {
					t.Errorf("step %d starts from something else", i)
				}
			}
			for _, e := range page.Etapes {
				if e.Avant.IsZero() || e.Apres.IsZero() || e.Nom != "tourner" && e.Avant == e.Apres {
					t.Errorf("hashes of %s", e.Nom)
				}
			}
			if c.refuse != "" {
				return
			}
			if page.Octets > c.budget {
				t.Errorf("%d bytes, at most %d", page.Octets, c.budget)
			}
			revoir(t, pdf)
		})
	}
}

// revoir judges the PDF again: upright, straight, and passed through.
func revoir(t *testing.T, pdf []byte) {
	t.Helper()
	r, _ := numeriser(t, nouveau(t), numerisation.Octets("a.pdf", pdf))
	if !r.Accepte {
		t.Fatalf("refused when read again: %q", r.Messages())
	}
	page := r.Pages[0]
	if math.Abs(page.Inclinaison) > 0.3 && !slices.Contains(etapes(page), "transmettre") ||
		math.Abs(page.Inclinaison) > 0.9 || page.Rotation != 0 {
		t.Errorf("read again, skewed by %.2f° and turned by %d°", page.Inclinaison, page.Rotation)
	}
}

// What the profile forbids isn't done.
func TestTransformationsInterdites(t *testing.T) {
	p := reference(t)
	p.Transformations = nil
	n, err := numerisation.New(p)
	if err != nil {
		t.Fatal(err)
	}
	b := dessiner(t, pd.Page{Graine: 4, Format: pd.A5, DPI: 200, Inclinaison: 5, Rotation: 90}, pd.TIFFG4)
	r, pdf := numeriser(t, n, numerisation.Octets("a", b))
	if !r.Accepte || !bytes.Equal(flux(t, pdf)[0], bandeTIFF(b)) || r.Pages[0].Rotation != 90 {
		t.Errorf("accepted %t, %q, turned by %d°", r.Accepte, r.Messages(), r.Pages[0].Rotation)
	}
	if l, h := mediaBox(t, pdf); l < h {
		t.Errorf("page of %.0f x %.0f mm: it was turned", l, h)
	}
	for _, c := range []numerisation.Code{numerisation.Inclinaison, numerisation.Rotation} {
		if k := r.Pages[0].Constat(c); k.Etat != numerisation.Present || !k.Renumeriser {
			t.Errorf("%s: %+v", c, k)
		}
	}
}

// Blank sides are left out of a piece and said to be; a piece of nothing but blank sides is refused.
func TestVersos(t *testing.T) {
	n := nouveau(t)
	recto := pd.Page{Graine: 1, Format: pd.A5, DPI: 200, Bruit: 2}
	verso := pd.Page{Graine: 2, Format: pd.A5, DPI: 200, Bruit: 2, Defaut: pd.Verso}
	perce := pd.Page{Graine: 3, Format: pd.A5, DPI: 200, Bruit: 2, Defaut: pd.Bords}
	tif, err := pd.G4(200, recto.Gris(), verso.Gris(), perce.Gris(), verso.Gris())
	if err != nil {
		t.Fatal(err)
	}
	r, pdf := numeriser(t, n, numerisation.Octets("recto-verso.tif", tif))
	if !r.Accepte || r.Retenues() != 2 || len(r.Pages) != 4 || len(flux(t, pdf)) != 2 {
		t.Fatalf("accepted %t, %d of %d pages kept: %q", r.Accepte, r.Retenues(), len(r.Pages), r.Messages())
	}
	if k := r.Pages[1].Constat(numerisation.VersoBlanc); k.Etat != numerisation.Present || r.Pages[1].Retenue ||
		k.Message == "" {
		t.Errorf("blank side: %+v", k)
	}
	// Front and back as two files, then the back alone.
	a, b := numerisation.Octets("1.jpg", dessiner(t, recto, pd.JPEGGris)), numerisation.Octets("2.png",
		dessiner(t, verso, pd.PNG))
	if r, _ := numeriser(t, n, a, b); !r.Accepte || r.Retenues() != 1 || r.Pages[1].Source != "2.png" {
		t.Errorf("two files: %q", r.Messages())
	}
	if r, _ := numeriser(t, n, b); r.Accepte || !slices.Contains(r.Motifs(), "page-blanche") {
		t.Errorf("blank side alone: %q", r.Motifs())
	}
	// A back through which its front shines is blank; one with faint writing of its own isn't left out.
	transparent := pd.Page{Graine: 1, Format: pd.A5, DPI: 200, Bruit: 2, Defaut: pd.Verso, Part: 1}
	if r, _ := numeriser(t, n, a, numerisation.Octets("3.jpg", dessiner(t, transparent, pd.JPEGGris))); !r.Accepte ||
		r.Retenues() != 1 {
		t.Errorf("front shining through: %q", r.Motifs())
	}
	autre := pd.Page{Graine: 6, Format: pd.A5, DPI: 200, Bruit: 2, Defaut: pd.Contraste, Part: 0.9}
	if r, _ := numeriser(t, n, a, numerisation.Octets("3.jpg", dessiner(t, autre, pd.JPEGGris))); r.Accepte ||
		!slices.Contains(r.Motifs(), "contraste") {
		t.Errorf("faint writing of its own: accepted %t, %q", r.Accepte, r.Motifs())
	}
	// One bad page refuses the piece and says which.
	noir := pd.Page{Graine: 3, Format: pd.A5, DPI: 200, Defaut: pd.Noir}
	if r, _ := numeriser(t, n, a, numerisation.Octets("3.jpg", dessiner(t, noir, pd.JPEGGris)), a); r.Accepte ||
		len(r.Pages) != 3 || !r.Pages[1].Refusee() || r.Pages[2].Refusee() {
		t.Errorf("one black page: %q", r.Motifs())
	}
}

// The weight of a piece is shared between its pages, light ones leaving more to heavy ones.
func TestPoidsPiece(t *testing.T) {
	p := reference(t)
	lourde := dessiner(t, pd.Page{Graine: 1, Format: pd.A5, DPI: 200, Bruit: 4}, pd.JPEGGris)
	legere := dessiner(t, pd.Page{Graine: 2, Format: pd.A5, DPI: 200}, pd.TIFFG4)
	p.OctetsParPage, p.OctetsParPiece = 0, int64(len(lourde)+len(legere)+20_000)
	n, err := numerisation.New(p)
	if err != nil {
		t.Fatal(err)
	}
	r, _ := numeriser(t, n, numerisation.Octets("a", lourde), numerisation.Octets("b", legere))
	if !r.Accepte || !slices.Equal(etapes(r.Pages[0]), []string{"transmettre"}) || r.Octets > p.OctetsParPiece {
		t.Errorf("fits as it is: %q, %v, %d bytes of %d", r.Messages(), etapes(r.Pages[0]), r.Octets, p.OctetsParPiece)
	}
	r, _ = numeriser(t, n, numerisation.Octets("a", lourde), numerisation.Octets("b", lourde))
	if !r.Accepte || r.Octets > p.OctetsParPiece {
		t.Errorf("two heavy pages: %q, %d bytes of %d", r.Messages(), r.Octets, p.OctetsParPiece)
	}
	p.PagesMax = 1
	if n, err = numerisation.New(p); err != nil {
		t.Fatal(err)
	}
	if r, _ := numeriser(t, n, numerisation.Octets("a", legere), numerisation.Octets("b", legere)); r.Accepte ||
		!slices.Equal(r.Motifs(), []string{"poids"}) {
		t.Errorf("two pages, one allowed: %q", r.Motifs())
	}
}

// A resolution that is missing or absurd refuses the page, and the caller's word settles it.
func TestResolution(t *testing.T) {
	n := nouveau(t)
	sansResolution := func(f pd.Format) map[string][]byte {
		b := dessiner(t, pd.Page{Graine: 1, Format: f, DPI: 200}, pd.JPEGGris)
		sans := slices.Clone(b)
		sans[13] = 0 // JFIF: units
		petite := slices.Clone(b)
		copy(petite[14:], []byte{0, 20, 0, 20})
		anamorphose := slices.Clone(b)
		copy(anamorphose[14:], []byte{0, 200, 2, 88})
		return map[string][]byte{"sans unité": sans, "20 ppp": petite, "200 x 600 ppp": anamorphose}
	}
	dite := func(s numerisation.Source, f pd.Format) {
		s.DPI = 200
		if r, pdf := numeriser(t, n, s); !r.Accepte {
			t.Errorf("%s, said to be 200: %q", s.Nom, r.Messages())
		} else if l, h := mediaBox(t, pdf); math.Abs(l-f.Largeur) > 0.1 || math.Abs(h-f.Hauteur) > 0.1 {
			t.Errorf("%s, said to be 200: %.1f x %.1f mm", s.Nom, l, h)
		}
	}
	// Of no usual sheet: nothing says what the resolution is.
	libre := pd.Format{Nom: "libre", Largeur: 180, Hauteur: 250}
	for nom, f := range sansResolution(libre) {
		s := numerisation.Octets(nom, f)
		r, _ := numeriser(t, n, s)
		if r.Accepte || r.AConfirmer() || !slices.Contains(r.Motifs(), "resolution") || r.Pages[0].DPIX != 0 ||
			r.Pages[0].Constat(numerisation.Format).Etat != numerisation.NonTeste {
			t.Errorf("%s: %q, %v dpi", nom, r.Motifs(), r.Pages[0].DPIX)
		}
		dite(s, libre)
	}
	// An exact sheet at a usual resolution: the obvious question is asked, and yes accepts it as it is.
	for _, format := range []pd.Format{pd.A4, pd.A5} {
		for nom, f := range sansResolution(format) {
			s := numerisation.Octets(nom, f)
			r, pdf := numeriser(t, n, s)
			q := r.Questions()
			if r.Accepte || !r.AConfirmer() || len(q) != 1 || q[0].Code != numerisation.Resolution ||
				!strings.Contains(q[0].Texte, format.Nom+" numérisée à 200") {
				t.Fatalf("%s: %q, questions %+v", nom, r.Motifs(), q)
			}
			if err := r.Confirmer(q[0], numerisation.Confirmation{Reponse: numerisation.Oui, Auteur: "accueil"}); err != nil ||
				!r.Accepte || len(r.Motifs()) > 0 {
				t.Errorf("%s, answered yes: %v, accepted %v, %q", nom, err, r.Accepte, r.Motifs())
			}
			if c := r.Pages[0].Constat(numerisation.Resolution).Confirmation; c == nil || c.Auteur != "accueil" {
				t.Errorf("%s: the answer isn't recorded: %+v", nom, c)
			}
			if l, h := mediaBox(t, pdf); math.Abs(l-format.Largeur) > 0.1 || math.Abs(h-format.Hauteur) > 0.1 {
				t.Errorf("%s, answered yes: %.1f x %.1f mm", nom, l, h)
			}
			dite(s, format)
		}
	}
}

// No refuses the piece for good, a question is answered once, and what isn't asked can't be answered.
func TestConfirmer(t *testing.T) {
	n := nouveau(t)
	b := dessiner(t, pd.Page{Graine: 1, Format: pd.A5, DPI: 200}, pd.JPEGGris)
	b[13] = 0
	r, _ := numeriser(t, n, numerisation.Octets("a.jpg", b))
	q := r.Questions()
	if len(q) != 1 {
		t.Fatalf("questions %+v", q)
	}
	if err := r.Confirmer(q[0], numerisation.Confirmation{}); err == nil || r.Accepte {
		t.Errorf("no answer is taken for one")
	}
	for _, faux := range []numerisation.Question{{Page: 0, Code: numerisation.Tronque}, {Page: 1, Code: q[0].Code},
		{Page: -1, Code: q[0].Code}} {
		if err := r.Confirmer(faux, numerisation.Confirmation{Reponse: numerisation.Oui}); !errors.Is(err,
			numerisation.ErrQuestion) {
			t.Errorf("%+v: %v", faux, err)
		}
	}
	if err := r.Confirmer(q[0], numerisation.Confirmation{Reponse: numerisation.Non}); err != nil {
		t.Fatal(err)
	}
	if r.Accepte || r.AConfirmer() || !slices.Contains(r.Motifs(), "resolution") || len(r.Messages()) == 0 {
		t.Errorf("answered no: accepted %v, to confirm %v, %q", r.Accepte, r.AConfirmer(), r.Motifs())
	}
	if err := r.Confirmer(q[0], numerisation.Confirmation{Reponse: numerisation.Oui}); !errors.Is(err,
		numerisation.ErrQuestion) || r.Accepte {
		t.Errorf("a no is taken back: %v", err)
	}
}

// Every finding comes with a state, in one order; what is present has a sentence and, if it is measured, a limit and
// its source.
func TestConstats(t *testing.T) {
	n := nouveau(t)
	var ordre []numerisation.Code
	for _, d := range []pd.Defaut{pd.Aucun, pd.Blanc, pd.Noir, pd.Contraste, pd.Tronque, pd.Decale, pd.Flou, pd.Bords} {
		r, _ := numeriser(t, n, numerisation.Octets("a", dessiner(t, pd.Page{Graine: 5, Format: pd.A5, DPI: 200, Defaut: d,
			Part: 0.9}, pd.JPEGGris)))
		var codes []numerisation.Code
		for _, c := range r.Pages[0].Constats {
			codes = append(codes, c.Code)
			if c.Etat == numerisation.Present && (c.Source == "" || c.Message == "" && c.Code != numerisation.Flou) {
				t.Errorf("%q: %+v", d, c)
			}
		}
		if ordre == nil {
			ordre = codes
		}
		if diff := cmp.Diff(ordre, codes); diff != "" {
			t.Errorf("%q: findings (-want +got):\n%s", d, diff)
		}
		if ok := d == pd.Aucun || d == pd.Bords; r.Accepte != ok {
			t.Errorf("%q: accepted %t, %q", d, r.Accepte, r.Motifs())
		}
	}
}

// Bombs, lies and junk are refused without being decoded; a context that is over ends the work.
func TestHostile(t *testing.T) {
	n := nouveau(t)
	tif := dessiner(t, pd.Page{Graine: 1, Format: pd.A5, DPI: 200}, pd.TIFFG4)
	jpg := dessiner(t, pd.Page{Graine: 1, Format: pd.A5, DPI: 200}, pd.JPEGGris)
	png := dessiner(t, pd.Page{Graine: 1, Format: pd.A5, DPI: 200}, pd.PNG)
	modifier := func(b []byte, f func([]byte)) []byte { b = slices.Clone(b); f(b); return b }
	ifd := int(binary.LittleEndian.Uint32(tif[4:]))
	for nom, c := range map[string]struct {
		b     []byte
		motif string
	}{
		"vide":         {nil, "illisible-fichier"},
		"texte":        {[]byte("ordonnance"), "illisible-fichier"},
		"JPEG tronqué": {jpg[:len(jpg)/2], "illisible-fichier"},
		"PNG tronqué":  {png[:len(png)/2], "illisible-fichier"},
		"TIFF tronqué": {tif[:100], "illisible-fichier"},
		"PNG démesuré": {modifier(png, func(b []byte) { copy(b[16:], []byte{0, 0, 0x88, 0xB8, 0, 0, 0x88, 0xB8}) }),
			"dangereux"},
		"TIFF qui boucle": {modifier(tif, func(b []byte) { binary.LittleEndian.PutUint32(b[ifd+2+12*12:], uint32(ifd)) }),
			"illisible-fichier"},
		"TIFF démesuré":   {modifier(tif, func(b []byte) { binary.LittleEndian.PutUint32(b[ifd+2+8:], 1<<27) }), ""},
		"PDF sans rien":   {[]byte("%PDF-1.4\n"), "illisible-fichier"},
		"PDF tronqué":     {[]byte("%PDF-1.7\n1 0 obj\n<</Type/Catalog"), "illisible-fichier"},
		"JPEG sans image": {jpg[:20], "illisible-fichier"},
		"TIFF, bande absente": {modifier(tif, func(b []byte) { binary.LittleEndian.PutUint32(b[ifd+2+5*12+8:], 1<<30) }),
			"illisible-fichier"},
	} {
		r, _ := numeriser(t, n, numerisation.Octets(nom, c.b))
		if r.Accepte || c.motif != "" && !slices.Contains(r.Motifs(), c.motif) || len(r.Messages()) == 0 {
			t.Errorf("%s: accepted %t, %q, %q", nom, r.Accepte, r.Motifs(), r.Messages())
		}
	}
	p := reference(t)
	p.MemoireParPage = 1 << 20
	petit, err := numerisation.New(p)
	if err != nil {
		t.Fatal(err)
	}
	if r, _ := numeriser(t, petit, numerisation.Octets("a", png)); !slices.Contains(r.Motifs(), "dangereux") {
		t.Errorf("a page over the memory allowed: %q", r.Motifs())
	}
	ctx, arreter := context.WithCancel(t.Context())
	arreter()
	if _, err := n.Numeriser(ctx, &bytes.Buffer{}, numerisation.Octets("a", jpg)); !errors.Is(err, context.Canceled) {
		t.Errorf("after its context: %v", err)
	}
	plein := errors.New("plein")
	if _, err := n.Numeriser(t.Context(), ecrivain{plein}, numerisation.Octets("a", jpg)); !errors.Is(err, plein) {
		t.Errorf("no room to write: %v", err)
	}
}

type ecrivain struct{ err error }

func (e ecrivain) Write([]byte) (int, error) { return 0, e.err }

func TestNew(t *testing.T) {
	bon := reference(t)
	for nom, f := range map[string]func(*scor.ProfilNumerisation){
		"resolution":     func(p *scor.ProfilNumerisation) { p.DPIMin = 0 },
		"resolutions":    func(p *scor.ProfilNumerisation) { p.DPIMax = 100 },
		"page":           func(p *scor.ProfilNumerisation) { p.PageMin = [2]float64{210, 148} },
		"tolerance":      func(p *scor.ProfilNumerisation) { p.ToleranceMM = -1 },
		"limite":         func(p *scor.ProfilNumerisation) { p.OctetsParPage = -1 },
		"format":         func(p *scor.ProfilNumerisation) { p.FormatPDF = "PDF/X" },
		"transformation": func(p *scor.ProfilNumerisation) { p.Transformations = []string{"embellir"} },
	} {
		p := bon
		f(&p)
		if _, err := numerisation.New(p); err == nil {
			t.Errorf("%s: no error", nom)
		}
	}
	s := numerisation.SeuilsParDefaut()
	s.NoirMax = 2
	if _, err := numerisation.New(bon, numerisation.WithSeuils(s)); err == nil {
		t.Error("threshold out of range: no error")
	}
	n := nouveau(t)
	if _, err := n.Numeriser(t.Context(), &bytes.Buffer{}); err == nil {
		t.Error("no source: no error")
	}
}

// The clock, the title and the identifier of the PDF are the caller's.
func TestIdentite(t *testing.T) {
	s := numerisation.Octets("a", dessiner(t, pd.Page{Graine: 1, Format: pd.A5, DPI: 200}, pd.TIFFG4))
	quand := time.Date(2026, 1, 31, 12, 0, 0, 0, time.UTC)
	n := nouveau(t, numerisation.WithHorloge(func() time.Time { return quand }), numerisation.WithTitre("Ordonnance",
		"Logiciel 1.0"), numerisation.WithID([16]byte{0xAB, 0xCD}))
	_, pdf := numeriser(t, n, s)
	for _, want := range []string{"D:20260131120000", "Logiciel 1.0", "Ordonnance"} {
		if !bytes.Contains(pdf, []byte(want)) {
			t.Errorf("%q isn't in the PDF", want)
		}
	}
	if !bytes.Contains(bytes.ToLower(pdf), []byte("abcd0000000000000000")) {
		t.Error("the identifier isn't the caller's")
	}
}

// Orientation tags are obeyed: the eight of TIFF, on a page whose pixels lie accordingly.
func TestOrientation(t *testing.T) {
	n := nouveau(t)
	droite := pd.Page{Graine: 8, Format: pd.A5, DPI: 200, Manuscrite: false}.Gris()
	for o := 1; o <= 8; o++ {
		b, err := pd.G4(200, ranger(droite, o))
		if err != nil {
			t.Fatal(err)
		}
		// The tag takes the place of SamplesPerPixel, whose default is what the page has.
		ifd := int(binary.LittleEndian.Uint32(b[4:]))
		for i := range 12 {
			e := b[ifd+2+12*i:]
			if binary.LittleEndian.Uint16(e) == 277 {
				binary.LittleEndian.PutUint16(e, 274)
				binary.LittleEndian.PutUint32(e[8:], uint32(o))
			}
		}
		r, pdf := numeriser(t, n, numerisation.Octets("a.tif", b))
		if !r.Accepte || r.Pages[0].Rotation != 0 {
			t.Errorf("orientation %d: accepted %t, turned by %d°", o, r.Accepte, r.Pages[0].Rotation)
			continue
		}
		if l, h := mediaBox(t, pdf); math.Abs(l-148) > 0.2 || math.Abs(h-210) > 0.2 {
			t.Errorf("orientation %d: page of %.0f x %.0f mm", o, l, h)
		}
		if !bytes.Equal(flux(t, pdf)[0], bandeTIFF(b)) {
			t.Errorf("orientation %d: the stream isn't the scanner's", o)
		}
	}
}

// ranger lays an upright page out as a file of the given orientation does (TIFF 6.0, tag 274).
func ranger(g *image.Gray, o int) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	l, c := w, h
	if o >= 5 {
		l, c = h, w
	}
	out := image.NewGray(image.Rect(0, 0, l, c))
	for y := range c {
		for x := range l {
			// Where row y and column x of the file are on the page as seen.
			sx, sy := x, y
			switch o {
			case 2:
				sx = w - 1 - x
			case 3:
				sx, sy = w-1-x, h-1-y
			case 4:
				sy = h - 1 - y
			case 5:
				sx, sy = y, x
			case 6:
				sx, sy = w-1-y, x
			case 7:
				sx, sy = w-1-y, h-1-x
			case 8:
				sx, sy = y, h-1-x
			}
			out.Pix[y*out.Stride+x] = g.Pix[sy*g.Stride+sx]
		}
	}
	return out
}
