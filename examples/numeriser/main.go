// Numeriser judges scans and turns them into PDFs, one for each file:
//
//	go run ./examples/numeriser [-json] [-strict] [-profil F] [-dpi N] [-sortie DIR] FILE...
//
// It leaves a folder of PDFs and tells in French what is wrong with the others and what to do. With -json it writes one
// object a line for each file on standard output instead. Its status is 0 if all files were
// judged, accepted or not; 1 if one could not be read; 2 for a wrong call; 3, with -strict, if a piece is refused.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfdessin"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfentree"
)

func main() {
	programme.Main("numeriser", func(ctx context.Context, args []string, _ io.Reader, out, erreurs io.Writer) error {
		return run(ctx, args, out, erreurs)
	})
}

// Bilan is what -json writes for a file.
type Bilan struct {
	Fichier string `json:"fichier"`
	Accepte bool   `json:"accepte"`
	// AConfirmer says that the file is good but for Questions, to which a person has to answer yes: with -confirmer.
	AConfirmer bool     `json:"a_confirmer"`
	Questions  []string `json:"questions,omitempty"`
	Motifs     []string `json:"motifs"`
	// Messages say what is wrong and what to do, in French, as the text does.
	Messages []string `json:"messages"`
	Pages    []Page   `json:"pages"`
	PDF      string   `json:"pdf"`
	Octets   int64    `json:"octets"`
}

// Page is what -json writes for a page.
type Page struct {
	DPI         float64 `json:"dpi"`
	LargeurMM   float64 `json:"largeur_mm"`
	HauteurMM   float64 `json:"hauteur_mm"`
	Inclinaison float64 `json:"inclinaison_deg"`
	Rotation    int     `json:"rotation_deg"`
}

func run(ctx context.Context, args []string, out, erreurs io.Writer) error {
	f := programme.New("numeriser", "numeriser [-json] [-strict] [-profil F] [-dpi N] [-sortie DIR] FICHIER...", erreurs)
	enJSON := f.Bool("json", false, "un objet JSON par fichier sur la sortie standard")
	profil := f.String("profil", "", "profil à appliquer (par défaut : reference)")
	sortie := f.String("sortie", "pdf", "dossier des PDF")
	dpi := f.Float64("dpi", 0, "résolution des fichiers, en points par pouce, quand ils ne l'indiquent pas ou mal")
	confirmer := f.Bool("confirmer", false, "répondre oui aux questions posées sur les fichiers donnés, une fois relues")
	strict := f.Bool("strict", false, "finir par le code 3 si une pièce est refusée")
	fichiers, err := f.Parse(args)
	if err != nil {
		return err
	}
	if len(fichiers) == 0 {
		return f.Mauvais("aucun fichier")
	}
	n, err := numeriseur(*profil)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*sortie, 0o700); err != nil {
		return err
	}
	taches := make([]tache, len(fichiers))
	for i, fichier := range fichiers {
		taches[i] = tache{fichier, *sortie, *dpi, *confirmer}
	}
	c := compteRendu{json: *enJSON, out: out, erreurs: erreurs, total: len(fichiers), noms: map[string]int{}}
	for fait := range enOrdre(ctx, n, taches) {
		if err := c.un(ctx, fichiers[c.vus], fait); err != nil {
			return err
		}
	}
	c.finir(*sortie)
	switch {
	case c.illisibles > 0:
		return errors.New(pluriel(c.illisibles, "fichier n'a pas pu être lu", "fichiers n'ont pas pu être lus"))
	case *strict && c.acceptes < c.total:
		return programme.ErrRefus
	}
	return nil
}

func numeriseur(profil string) (*numerisation.Numeriseur, error) {
	p, err := programme.Profil(profil, "reference")
	if err != nil {
		return nil, err
	}
	return numerisation.New(p.Numerisation,
		numerisation.WithPDF(pdfentree.New(pdfentree.WithDessinateur(pdfdessin.New()))))
}

// compteRendu tells what became of each file, in their order, and counts.
type compteRendu struct {
	json                             bool
	out, erreurs                     io.Writer
	noms                             map[string]int
	total, vus, acceptes, illisibles int
}

// un tells one file. Only an interruption, or an output that takes no more, stops the others.
func (c *compteRendu) un(ctx context.Context, fichier string, f *fait) error {
	c.vus++
	if !c.json {
		fmt.Fprintf(c.out, "[%*d/%d] %s ", len(fmt.Sprint(c.total)), c.vus, c.total, filepath.Base(fichier))
	}
	r, pdf, err := f.nommer(c.noms)
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		if !c.json {
			fmt.Fprintln(c.out)
		}
		fmt.Fprintln(c.erreurs, "numeriser :", programme.Francais(err))
		c.illisibles++
		return nil
	}
	if r.Accepte {
		c.acceptes++
	}
	if c.json {
		return ecrireJSON(c.out, fichier, pdf, r)
	}
	raconter(c.out, r, pdf)
	return nil
}

// finir is the last lines of the text.
func (c *compteRendu) finir(sortie string) {
	if c.json {
		return
	}
	fmt.Fprintf(c.out, "\n%s sur %d, dans %s.\n", pluriel(c.acceptes, "pièce acceptée", "pièces acceptées"), c.total,
		sortie)
	if refus := c.total - c.acceptes - c.illisibles; refus > 0 {
		fmt.Fprintf(c.out, "%s : suivez les indications ci-dessus et numérisez à nouveau.\n",
			pluriel(refus, "pièce refusée", "pièces refusées"))
	}
}

func ecrireJSON(out io.Writer, fichier, pdf string, r *numerisation.Resultat) error {
	b := Bilan{Fichier: fichier, Accepte: r.Accepte, Motifs: r.Motifs(), Pages: []Page{}, PDF: pdf, Octets: r.Octets}
	if b.Motifs == nil {
		b.Motifs = []string{}
	}
	b.AConfirmer = r.AConfirmer()
	for _, q := range r.Questions() {
		b.Questions = append(b.Questions, q.Texte)
	}
	b.Messages = append([]string{}, r.Messages()...)
	for i := range r.Pages {
		p := &r.Pages[i]
		b.Pages = append(b.Pages, Page{
			DPI: arrondi(min(p.DPIX, p.DPIY)), LargeurMM: arrondi(p.LargeurMM), HauteurMM: arrondi(p.HauteurMM),
			Inclinaison: p.Inclinaison, Rotation: p.Rotation,
		})
	}
	e := json.NewEncoder(out)
	e.SetEscapeHTML(false)
	return e.Encode(b)
}

func arrondi(v float64) float64 { return float64(int64(v*100+0.5)) / 100 }

// raconter tells what became of a file.
func raconter(out io.Writer, r *numerisation.Resultat, pdf string) {
	if r.Accepte {
		fmt.Fprintf(out, ": acceptée, %s, %d Ko → %s\n", pluriel(r.Retenues(), "page", "pages"), (r.Octets+999)/1000,
			filepath.Base(pdf))
	} else if r.AConfirmer() {
		fmt.Fprintln(out, ": À CONFIRMER (répondez oui par -confirmer)")
	} else {
		fmt.Fprintf(out, ": REFUSÉE (%s)\n", strings.Join(r.Motifs(), ", "))
	}
	for _, m := range r.Messages() {
		fmt.Fprintln(out, "     ", replier(m, 100, "      "))
	}
}

func pluriel(n int, un, plusieurs string) string {
	if n > 1 {
		return fmt.Sprintf("%d %s", n, plusieurs)
	}
	return fmt.Sprintf("%d %s", n, un)
}

// replier breaks a sentence into lines.
func replier(s string, largeur int, marge string) string {
	var b strings.Builder
	l := 0
	for i, mot := range strings.Split(s, " ") {
		k := utf8.RuneCountInString(mot)
		switch {
		case i == 0:
		case l+1+k > largeur && mot != ":" && mot != "?" && mot != "!" && mot != ";":
			b.WriteString("\n" + marge)
			l = 0
		default:
			b.WriteByte(' ')
			l++
		}
		b.WriteString(mot)
		l += k
	}
	return b.String()
}
