package papier_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/image/font/gofont/gosmallcaps"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/config"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/preflight"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

var modele = papier.Modele{Nom: "essai", Champs: []string{"nom", "vide"}, Listes: map[string]papier.Modele{
	"groupes": {Nom: "groupe", Champs: []string{"titre"}, Listes: map[string]papier.Modele{
		"lignes": {Nom: "ligne", Champs: []string{"numero", "texte"}},
	}},
}}

const bon = `gabarit: essai
version: "1"
mention: "Mise en page d'essai"
titre: "Essai {nom}"
format: [100, 100]
corps: [10, 15, 80, 75]
page:
  - {texte: "{nom} {page}/{pages}", x: 90, y: 10, align: droite}
contenu:
  - liste: groupes
    rappel: {hauteur: 5, elements: [{texte: "{titre} (suite)", x: 0, y: 4}]}
    contenu:
      - hauteur: 6
        garder: 10
        elements:
          - {texte: "{titre} pour {nom}", x: 0, y: 4, police: grasse}
          - {texte: "vide", x: 60, y: 4, si: vide}
          - {texte: "sans", x: 60, y: 4, sauf: vide}
      - tableau: lignes
        garder: 6
        colonnes:
          - {titre: "N°", valeur: "{numero}", largeur: 15, align: droite}
          - {titre: "Texte", valeur: "{texte}", largeur: 65}
      - hauteur: 6
        elements: [{texte: "fin de {titre}", x: 0, y: 4}]
`

func lire(t testing.TB, s string, o ...papier.Option) *papier.Gabarit {
	t.Helper()
	g, err := papier.ParseGabarit(strings.NewReader(s), "essai.yaml", modele, o...)
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func fiche(groupes, lignes int, texte string) papier.Fiche {
	f := papier.Fiche{Champs: map[string]string{"nom": "Zoé"}, Listes: map[string][]papier.Fiche{}}
	for g := range groupes {
		x := papier.Fiche{Champs: map[string]string{"titre": fmt.Sprintf("Groupe %d", g+1)},
			Listes: map[string][]papier.Fiche{}}
		for l := range lignes {
			x.Listes["lignes"] = append(x.Listes["lignes"], papier.Fiche{Champs: map[string]string{"numero": fmt.Sprint(l + 1),
				"texte": texte}})
		}
		f.Listes["groupes"] = append(f.Listes["groupes"], x)
	}
	return f
}

// Blocks flow, tables repeat their header, an item that goes on says so, and
// its last row stays with what ends it.
func TestMiseEnPage(t *testing.T) {
	var b bytes.Buffer
	r, err := lire(t, bon).WritePDF(context.Background(), &b, info, fiche(3, 30, "ligne"))
	if err != nil {
		t.Fatal(err)
	}
	pages := strings.Split(strings.TrimSuffix(preflight.Texte(t, poser(t, "flux.pdf", b.Bytes())), "\f"), "\f")
	if len(pages) != r.Pages || r.Pages < 5 {
		t.Fatalf("%d pages of text, %d written", len(pages), r.Pages)
	}
	tout := strings.Join(pages, "")
	for g := 1; g <= 3; g++ {
		for motif, n := range map[string]int{fmt.Sprintf("Groupe %d pour Zoé", g): 1, fmt.Sprintf("fin de Groupe %d", g): 1} {
			if strings.Count(tout, motif) != n {
				t.Errorf("%q %d times", motif, strings.Count(tout, motif))
			}
		}
	}
	if strings.Count(tout, "sans") != 3 || strings.Contains(tout, "vide") {
		t.Error("si and sauf aren't heeded")
	}
	for i, p := range pages {
		if !strings.Contains(p, fmt.Sprintf("Zoé %d/%d", i+1, len(pages))) {
			t.Errorf("page %d isn't numbered:\n%s", i+1, p)
		}
		if !strings.Contains(p, "N°") {
			t.Errorf("page %d has no header:\n%s", i+1, p)
		}
		if strings.Contains(p, "fin de Groupe") && !strings.Contains(p, "30") {
			t.Errorf("page %d ends an item without its last row:\n%s", i+1, p)
		}
		debut := strings.Contains(p, " pour Zoé") && !strings.Contains(strings.SplitN(p, " pour Zoé", 2)[0], "ligne")
		if !debut && !strings.Contains(p, "(suite)") {
			t.Errorf("page %d goes on without saying of what:\n%s", i+1, p)
		}
	}
}

func TestTextesLongs(t *testing.T) {
	long := strings.Repeat("anticonstitutionnellement ", 10) + strings.Repeat("W", 60)
	var b bytes.Buffer
	if _, err := lire(t, bon).WritePDF(context.Background(), &b, info, fiche(1, 2, long)); err != nil {
		t.Fatal(err)
	}
	lu := preflight.Texte(t, poser(t, "long.pdf", b.Bytes()))
	if n := strings.Count(lu, "anticonstitutionnellement"); n != 20 {
		t.Errorf("%d words of 20 on the paper", n)
	}
	if n := strings.Count(lu, "W"); n != 120 {
		t.Errorf("%d letters of 120 on the paper", n)
	}
	// Longer than a page: an error that names the place, not the text.
	_, err := lire(t, bon).WritePDF(context.Background(), io.Discard, info, fiche(1, 1, strings.Repeat(long, 5)))
	if !errors.Is(err, papier.ErrDebordement) || strings.Contains(err.Error(), "WWW") {
		t.Errorf("a row longer than a page: %v", err)
	}
	court := strings.Replace(bon, `x: 0, y: 4, police: grasse}`, `x: 0, y: 4, largeur: 1}`, 1)
	_, err = lire(t, court).WritePDF(context.Background(), io.Discard, info, fiche(1, 1, "x"))
	if !errors.Is(err, papier.ErrDebordement) || !strings.Contains(err.Error(), "{titre} pour {nom}") {
		t.Errorf("a text that doesn't fit: %v", err)
	}
	_, err = lire(t, bon).WritePDF(context.Background(), io.Discard, info, fiche(1, 1, "漢"))
	var g *pdf.ErreurGlyphe
	if !errors.As(err, &g) || !strings.Contains(err.Error(), "{texte}") || !strings.Contains(err.Error(),
		"list groupes, item 1") {
		t.Errorf("a character without glyph: %v", err)
	}
}

// What is wrong in a template is said with its line, all at once.
func TestGabaritRefuse(t *testing.T) {
	cas := []struct{ de, a, dit string }{
		{"gabarit: essai", "gabarit: autre", "expected essai"},
		{`mention: "Mise en page d'essai"`, `mention: ""`, "whose layout"},
		{`titre: "Essai {nom}"`, `titre: "Essai {nomm}"`, "no field {nomm}"},
		{"format: [100, 100]", "format: [100, 5]", "20 to 2000"},
		{"corps: [10, 15, 80, 75]", "corps: [10, 15, 95, 75]", "out of the page"},
		{"{page}/{pages}", "{pages}/{page}", "must end"},
		{"tableau: lignes", "tableau: rangs", `no list "rangs"`},
		{"liste: groupes", "liste: lignes", `no list "lignes"`},
		{"largeur: 65", "largeur: 66", "wide together"},
		{"police: grasse", "police: gothique", `no font "gothique"`},
		{"si: vide", "si: plein", "no field {plein}"},
		{"hauteur: 5,", "hauteur: 80,", "at most the 75 mm"},
		{"garder: 10", "garder: 100", "garder"},
		{`valeur: "{numero}"`, `valeur: "{numero"`, "not closed"},
		{"align: droite}\n", "align: dextre}\n", "gauche, droite or centre"},
		{"{texte: \"vide\", x: 60", "{ligne: [1, 2], x: 60", "list of 4"},
		{"{texte: \"vide\", x: 60", "{texte: \"vide\", cadre: [1, 2, 3, 4], x: 60", "one of texte"},
		{"{texte: \"vide\", x: 60", "{texte: \"vide\", couleur: rouge, x: 60", "#rrggbb"},
		{"{texte: \"vide\", x: 60", "{texte: \"漢\", x: 60", "no glyph"},
		{"version: \"1\"", "versions: \"1\"", "versions"},
		{"{texte: \"vide\", x: 60", "{signature: [0, 0, 30, 10]}\n          - {signature: [0, 0, 30, 10], x: 60", "2 places"},
	}
	for _, c := range cas {
		if !strings.Contains(bon, c.de) {
			t.Fatalf("%q is not in the template", c.de)
		}
		_, err := papier.ParseGabarit(strings.NewReader(strings.Replace(bon, c.de, c.a, 1)), "essai.yaml", modele)
		var e *config.Erreur
		if !errors.As(err, &e) || !strings.Contains(err.Error(), c.dit) {
			t.Errorf("%s: %v, want %q", c.a, err, c.dit)
			continue
		}
		if e.Ligne == 0 {
			t.Errorf("%s: no line in %v", c.a, err)
		}
	}
	if _, err := papier.ParseGabarit(strings.NewReader(bon), "essai.yaml", modele,
		papier.WithPolice("x", []byte("not a font"))); err == nil {
		t.Error("a font that isn't one was taken")
	}
}

func TestAvecPolice(t *testing.T) {
	g := lire(t, strings.Replace(bon, "police: grasse", "police: capitales", 1), papier.WithPolice("capitales",
		gosmallcaps.TTF))
	var b bytes.Buffer
	if _, err := g.WritePDF(context.Background(), &b, info, fiche(1, 1, "x")); err != nil {
		t.Fatal(err)
	}
	if polices := preflight.Sortie(t, "pdffonts", poser(t, "police.pdf", b.Bytes())); !strings.Contains(polices,
		"GoSmallcaps") && !strings.Contains(polices, "Smallcaps") {
		t.Errorf("the editor's font is not used:\n%s", polices)
	}
}

// The shipped templates say in their first lines that they are not official.
func TestAvertissement(t *testing.T) {
	noms, err := filepath.Glob("gabarits/*.yaml")
	if err != nil || len(noms) < 3 {
		t.Fatal(noms, err)
	}
	noms = append(noms, "../s3404/gabarits/s3404.yaml")
	for _, nom := range noms {
		b, err := os.ReadFile(nom)
		if err != nil {
			t.Fatal(err)
		}
		debut := strings.Join(strings.SplitN(string(b), "\n", 4)[:3], " ")
		if !strings.Contains(debut, "celle du SDK") || !strings.Contains(debut, "Cerfa") {
			t.Errorf("%s begins with %q", nom, debut)
		}
	}
}

// What a list gives is drawn as it comes; its error stops the document.
type source struct{ papier.Fiche }

var errSource = errors.New("disk gone")

func (s source) Liste(string) iter.Seq2[papier.Donnees, error] {
	return func(yield func(papier.Donnees, error) bool) { yield(nil, errSource) }
}

func TestListeEnErreur(t *testing.T) {
	if _, err := lire(t, bon).WritePDF(context.Background(), io.Discard, info, source{fiche(0, 0, "")}); !errors.Is(err,
		errSource) {
		t.Errorf("got %v", err)
	}
	ctx, fin := context.WithCancel(context.Background())
	fin()
	if _, err := lire(t, bon).WritePDF(ctx, io.Discard, info, fiche(3, 30, "x")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// Ordonnances stand in the order of the FSE's bordereau, each in the envelope
// of its organism.
func TestEnveloppes(t *testing.T) {
	e, err := papier.EnveloppesPubliques()
	if err != nil {
		t.Fatal(err)
	}
	for o, want := range map[fse.Organisme]int{
		{Regime: "01", Caisse: "751", Centre: "0000"}: 0, {Regime: "99", Caisse: "939", Centre: "0603"}: 0,
		{Regime: "91", Caisse: "001"}: 0,
		{Regime: "02", Caisse: "011"}: 1, {Regime: "03", Caisse: "751"}: 2, {Regime: "04", Caisse: "110"}: 3,
		{Regime: "90"}: 3, {}: 3,
	} {
		if got := e.De(o); got != want {
			t.Errorf("%v goes into %d, want %d", o, got, want)
		}
	}
	r := recapitulatif(t, 130)
	var b bytes.Buffer
	if _, err := r.WritePDF(context.Background(), &b, nil, info); err != nil {
		t.Fatal(err)
	}
	lu := preflight.Texte(t, poser(t, "enveloppes.pdf", b.Bytes()))
	position := -1
	for _, l := range r.Lignes {
		if e.De(l.Facture.Organisme) != 0 {
			continue
		}
		p := strings.Index(lu, fmt.Sprintf("%09d", l.Facture.Cle.Numero))
		if p <= position {
			t.Fatalf("invoice %d is not after the one before", l.Facture.Cle.Numero)
		}
		position = p
	}
	// The date of each page is the bordereau's, not that of an invoice.
	if n, pages := strings.Count(lu, "N° 752495234 – 21/11/2026"), strings.Count(lu, "\f"); n != pages || pages < 4 {
		t.Errorf("the bordereau's date is on %d pages of %d", n, pages)
	}
	if strings.Contains(strings.ReplaceAll(lu, " ", ""), nirEssai) {
		t.Error("the NIR is in clear on the récapitulatif")
	}
	for _, faux := range []string{"enveloppes: []\nautre: {titre: x}",
		"enveloppes: [{titre: a, organismes: [{}]}]\nautre: {titre: x}", "enveloppes: [{titre: a}]\nautre: {titre: x}",
		"enveloppes: [{organismes: [{regime: \"01\"}]}]\nautre: {titre: x}",
		"enveloppes: [{titre: a, organismes: [{regime: \"01\"}]}]"} {
		if _, err := papier.ParseEnveloppes(strings.NewReader(faux), "e.yaml"); err == nil {
			t.Errorf("accepted: %s", faux)
		}
	}
	if _, err := (&papier.Recapitulatif{}).WritePDF(context.Background(), io.Discard, nil, info); err == nil {
		t.Error("an empty récapitulatif was written")
	}
}

func TestAtelier(t *testing.T) {
	a := papier.Atelier{Partenaire: "PHARMACIE DU MARCHÉ", Info: info}
	for _, genre := range []string{scor.TicketVitale, scor.FeuilleDeSoins} {
		var b bytes.Buffer
		r, err := a.Fabriquer(context.Background(), &b, genre, facture(t, 1, "01"))
		if err != nil || !a.Fabrique(genre) {
			t.Fatal(genre, err)
		}
		p := r.Piece("P1", genre, func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil })
		if err := p.Verifier(); err != nil {
			t.Error(err)
		}
	}
	if _, err := a.Fabriquer(context.Background(), io.Discard, scor.Ordonnance, facture(t, 1, "01")); !errors.Is(err,
		papier.ErrSansPapier) || a.Fabrique(scor.Ordonnance) {
		t.Errorf("an ordonnance was made: %v", err)
	}
	if _, err := a.Fabriquer(context.Background(), io.Discard, scor.TicketVitale, nil); err == nil {
		t.Error("a ticket without invoice was made")
	}
}

// One template serves several papers at the same time.
func TestConcurrence(t *testing.T) {
	g := lire(t, bon)
	var attente sync.WaitGroup
	empreintes := make([]scor.Empreinte, 8)
	for i := range empreintes {
		attente.Go(func() {
			r, err := g.WritePDF(context.Background(), io.Discard, info, fiche(3, 30, "ligne"))
			if err != nil {
				t.Error(err)
			}
			empreintes[i] = r.Empreinte
		})
	}
	attente.Wait()
	for _, e := range empreintes {
		if e != empreintes[0] {
			t.Error("the same data gave two different files")
		}
	}
}

// Whatever the template, reading it gives an error or a template that writes,
// or says why it can't.
func FuzzLire(f *testing.F) {
	f.Add(bon)
	for _, nom := range []string{"gabarits/ticket-vitale.yaml", "gabarits/recapitulatif.yaml"} {
		b, err := os.ReadFile(nom)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Add("gabarit: essai\nmention: x\ntitre: x\nformat: [100, 100]\ncorps: [0, 0, 100, 100]\ncontenu: [{liste: " +
		"groupes, contenu: [{tableau: lignes, colonnes: [{valeur: x, largeur: 4}]}]}]")
	d := fiche(2, 3, "quelques mots")
	f.Fuzz(func(t *testing.T, s string) {
		g, err := papier.ParseGabarit(strings.NewReader(s), "f.yaml", modele)
		if err != nil {
			return
		}
		_, _ = g.WritePDF(context.Background(), io.Discard, info, d)
	})
}

func BenchmarkTicketVitale(b *testing.B) {
	f := facture(b, 1, "01")
	b.ReportAllocs()
	for b.Loop() {
		if _, err := (papier.TicketVitale{Facture: f, Partenaire: "PHARMACIE DU MARCHÉ"}).WritePDF(context.Background(),
			io.Discard, nil, info); err != nil {
			b.Fatal(err)
		}
	}
}
