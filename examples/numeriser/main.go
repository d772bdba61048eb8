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
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/scor"
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
	p, err := lireProfil(*profil)
	if err != nil {
		return err
	}
	n, err := numerisation.New(p.Numerisation,
		numerisation.WithPDF(pdfentree.New(pdfentree.WithDessinateur(pdfdessin.New()))))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*sortie, 0o700); err != nil {
		return err
	}
	var acceptes, illisibles int
	noms := map[string]int{}
	taches := make([]tache, len(fichiers))
	for i, fichier := range fichiers {
		taches[i] = tache{fichier, *sortie, *dpi, *confirmer}
	}
	var i int
	for fait := range enOrdre(ctx, n, taches) {
		fichier := fichiers[i]
		i++
		if !*enJSON {
			fmt.Fprintf(out, "[%*d/%d] %s ", len(fmt.Sprint(len(fichiers))), i, len(fichiers), filepath.Base(fichier))
		}
		r, pdf, err := fait.nommer(noms)
		if err != nil && ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			// One that can't be read doesn't keep the others waiting.
			if !*enJSON {
				fmt.Fprintln(out)
			}
			fmt.Fprintln(erreurs, "numeriser :", programme.Francais(err))
			illisibles++
			continue
		}
		if r.Accepte {
			acceptes++
		}
		if *enJSON {
			if err := ecrireJSON(out, fichier, pdf, r); err != nil {
				return err
			}
			continue
		}
		raconter(out, r, pdf)
	}
	if !*enJSON {
		fmt.Fprintf(out, "\n%s sur %d, dans %s.\n", pluriel(acceptes, "pièce acceptée", "pièces acceptées"), len(fichiers),
			*sortie)
		if refus := len(fichiers) - acceptes - illisibles; refus > 0 {
			fmt.Fprintf(out, "%s : suivez les indications ci-dessus et numérisez à nouveau.\n", pluriel(refus, "pièce refusée",
				"pièces refusées"))
		}
	}
	switch {
	case illisibles > 0:
		return fmt.Errorf("%s", pluriel(illisibles, "fichier n'a pas pu être lu", "fichiers n'ont pas pu être lus"))
	case *strict && acceptes < len(fichiers):
		return programme.ErrRefus
	}
	return nil
}

func lireProfil(fichier string) (*scor.Profil, error) {
	if fichier == "" {
		return scor.Reference()
	}
	f, err := os.Open(fichier)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return scor.ParseProfil(f, fichier)
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
