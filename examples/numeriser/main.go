// Numeriser judges scans and turns them into PDFs, one for each file:
//
//	go run ./examples/numeriser [-json] [-profil F] [-dpi N] [-sortie DIR] FILE...
//
// It leaves a folder of PDFs and tells in French what is wrong with the others and what to do. With -json it writes one object a line for each file
// on standard output instead. Its status is 0 if all files were judged, accepted or not.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfentree"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout, os.Stderr); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "numeriser :", err)
		}
		stop()
		os.Exit(2)
	}
}

// Bilan is what -json writes for a file.
type Bilan struct {
	Fichier string   `json:"fichier"`
	Accepte bool     `json:"accepte"`
	Motifs  []string `json:"motifs"`
	Pages   []Page   `json:"pages"`
	PDF     string   `json:"pdf"`
	Octets  int64    `json:"octets"`
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
	f := flag.NewFlagSet("numeriser", flag.ContinueOnError)
	f.SetOutput(erreurs)
	enJSON := f.Bool("json", false, "un objet JSON par fichier sur la sortie standard")
	profil := f.String("profil", "", "profil à appliquer (par défaut : reference)")
	sortie := f.String("sortie", "pdf", "dossier des PDF")
	dpi := f.Float64("dpi", 0, "résolution des fichiers, en points par pouce, quand ils ne l'indiquent pas ou mal")
	f.Usage = func() {
		fmt.Fprintln(erreurs, "numeriser [-json] [-profil F] [-dpi N] [-sortie DIR] FICHIER...")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return err
	}
	if f.NArg() == 0 {
		f.Usage()
		return errors.New("aucun fichier")
	}
	p, err := lireProfil(*profil)
	if err != nil {
		return err
	}
	n, err := numerisation.New(p.Numerisation, numerisation.WithPDF(pdfentree.New()))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(*sortie, 0o755); err != nil {
		return err
	}
	var acceptes int
	noms := map[string]int{}
	for i, fichier := range f.Args() {
		if !*enJSON {
			fmt.Fprintf(out, "[%*d/%d] %s ", len(fmt.Sprint(f.NArg())), i+1, f.NArg(), filepath.Base(fichier))
		}
		r, pdf, err := numeriser(ctx, n, fichier, *sortie, *dpi, noms)
		if err != nil {
			if !*enJSON {
				fmt.Fprintln(out)
			}
			return err
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
		fmt.Fprintf(out, "\n%s sur %d, dans %s.\n", pluriel(acceptes, "pièce acceptée", "pièces acceptées"), f.NArg(), *sortie)
		if refus := f.NArg() - acceptes; refus > 0 {
			fmt.Fprintf(out, "%s : suivez les indications ci-dessus et numérisez à nouveau.\n", pluriel(refus, "pièce refusée", "pièces refusées"))
		}
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

// numeriser writes the PDF of a file beside its final name, and gives it that name only once it is accepted.
func numeriser(ctx context.Context, n *numerisation.Numeriseur, fichier, dossier string, dpi float64, noms map[string]int) (*numerisation.Resultat, string, error) {
	f, err := os.Open(fichier)
	if err != nil {
		return nil, "", sansChemin(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, "", sansChemin(err)
	}
	if info.IsDir() {
		return nil, "", fmt.Errorf("%s est un dossier", filepath.Base(fichier))
	}
	tmp, err := os.CreateTemp(dossier, ".numeriser-*")
	if err != nil {
		return nil, "", err
	}
	defer os.Remove(tmp.Name())
	defer tmp.Close()
	r, err := n.Numeriser(ctx, tmp, numerisation.Source{Nom: filepath.Base(fichier), ReaderAt: f, Taille: info.Size(), DPI: dpi})
	if err != nil || !r.Accepte {
		return r, "", err
	}
	if err := tmp.Close(); err != nil {
		return nil, "", err
	}
	// Two scans of one name but for the extension, or of two folders, have a PDF each.
	base := strings.TrimSuffix(filepath.Base(fichier), filepath.Ext(fichier))
	noms[base]++
	if k := noms[base]; k > 1 {
		base = fmt.Sprintf("%s-%d", base, k)
	}
	pdf := filepath.Join(dossier, base+".pdf")
	if err := os.Rename(tmp.Name(), pdf); err != nil {
		return nil, "", err
	}
	return r, pdf, os.Chmod(pdf, 0o644)
}

// sansChemin keeps the last element of the path that an error of the system quotes.
func sansChemin(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return fmt.Errorf("%s : %w", filepath.Base(p.Path), p.Err)
	}
	return err
}

func ecrireJSON(out io.Writer, fichier, pdf string, r *numerisation.Resultat) error {
	b := Bilan{Fichier: fichier, Accepte: r.Accepte, Motifs: r.Motifs(), Pages: []Page{}, PDF: pdf, Octets: r.Octets}
	if b.Motifs == nil {
		b.Motifs = []string{}
	}
	for i := range r.Pages {
		p := &r.Pages[i]
		b.Pages = append(b.Pages, Page{
			DPI: arrondi(min(p.DPIX, p.DPIY)), LargeurMM: arrondi(p.LargeurMM), HauteurMM: arrondi(p.HauteurMM), Inclinaison: p.Inclinaison, Rotation: p.Rotation,
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
		fmt.Fprintf(out, ": acceptée, %s, %d Ko → %s\n", pluriel(r.Retenues(), "page", "pages"), (r.Octets+999)/1000, filepath.Base(pdf))
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
