// Gabarit shows a template of a paper while it is made: filled with invented data, or told what is wrong with it, line
// by line.
//
//	go run ./examples/gabarit -modele s3404 mon-bordereau.yaml            writes mon-bordereau.pdf
//	go run ./examples/gabarit -modele ticket-vitale -image logo=logo.png -police titre=Marianne.ttf \
//	    -sortie essai.pdf ticket.yaml
//	go run ./examples/gabarit -modele s3404 -champs                       lists what a template of that paper may ask for
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404"
)

// modeles are the papers that a template can be made for.
var modeles = map[string]func() papier.Modele{"s3404": s3404.Modele, "ticket-vitale": papier.ModeleTicketVitale,
	"feuille-de-soins": papier.ModeleFeuilleDeSoins, "recapitulatif": papier.ModeleRecapitulatif}

func main() {
	programme.Main("gabarit", func(ctx context.Context, args []string, _ io.Reader, out, erreurs io.Writer) error {
		return lancer(ctx, args, out, erreurs)
	})
}

func lancer(ctx context.Context, args []string, out, erreurs io.Writer) error {
	f := programme.New("gabarit",
		"gabarit -modele s3404|ticket-vitale|feuille-de-soins|recapitulatif [-champs] [-image NOM=FICHIER] [-police "+
			"NOM=FICHIER] [-sortie PDF] FICHIER.yaml", erreurs)
	modele := f.String("modele", "s3404", "sorte de papier : s3404, ticket-vitale, feuille-de-soins ou recapitulatif")
	champs := f.Bool("champs", false, "liste les champs que ce papier propose, avec un exemple de chacun")
	sortie := f.String("sortie", "", "PDF écrit (sans elle : le nom du gabarit, en .pdf)")
	enJSON := f.Bool("json", false, "le résultat en JSON sur la sortie standard")
	var options []papier.Option
	ajouter := func(faire func(string, []byte) papier.Option) func(string) error {
		return func(s string) error {
			nom, fichier, ok := strings.Cut(s, "=")
			if !ok {
				return errors.New("NOM=FICHIER attendu")
			}
			b, err := os.ReadFile(fichier)
			if err == nil {
				options = append(options, faire(nom, b))
			}
			return err
		}
	}
	f.Func("image", "image PNG ou JPEG que le gabarit nomme : NOM=FICHIER ; plusieurs fois pour plusieurs",
		ajouter(papier.WithImage))
	f.Func("police", "police TrueType que le gabarit nomme : NOM=FICHIER ; plusieurs fois pour plusieurs",
		ajouter(papier.WithPolice))
	fichiers, err := f.Parse(args)
	if err != nil {
		return err
	}
	m, ok := modeles[*modele]
	if !ok {
		return f.Mauvais("-modele %s : s3404, ticket-vitale, feuille-de-soins ou recapitulatif attendu", *modele)
	}
	if *champs {
		lister(out, m(), "")
		return nil
	}
	if len(fichiers) != 1 {
		return f.Mauvais("un gabarit attendu")
	}
	if *sortie == "" {
		*sortie = strings.TrimSuffix(fichiers[0], filepath.Ext(fichiers[0])) + ".pdf"
	}
	r, err := apercu(ctx, fichiers[0], *sortie, m(), options)
	if err != nil {
		return err
	}
	if *enJSON {
		return json.NewEncoder(out).Encode(map[string]any{"fichier": filepath.Base(*sortie), "pages": r.Pages,
			"octets": r.Octets, "empreinte": r.Empreinte})
	}
	fmt.Fprintf(out, "%s : %d page(s).\n", *sortie, r.Pages)
	return nil
}

// apercu writes the preview, whole or not at all.
func apercu(ctx context.Context, fichier, sortie string, m papier.Modele, options []papier.Option) (r papier.Resultat,
	err error) {
	src, err := os.Open(fichier)
	if err != nil {
		return r, err
	}
	defer src.Close()
	g, err := papier.ParseGabarit(src, filepath.Base(fichier), m, options...)
	if err != nil {
		return r, err
	}
	tmp, err := os.CreateTemp(filepath.Dir(sortie), ".apercu-*")
	if err != nil {
		return r, err
	}
	defer os.Remove(tmp.Name())
	r, err = g.Apercu(ctx, tmp, papier.Info{Createur: "gabarit"})
	if err = errors.Join(err, tmp.Close()); err != nil {
		return r, err
	}
	return r, os.Rename(tmp.Name(), sortie)
}

// lister prints the fields of a paper and of its lists.
func lister(out io.Writer, m papier.Modele, marge string) {
	for _, c := range m.Champs {
		fmt.Fprintf(out, "%s{%s}  %s\n", marge, c, m.Exemples[c])
	}
	var noms []string
	for nom := range m.Listes {
		noms = append(noms, nom)
	}
	slices.Sort(noms)
	for _, nom := range noms {
		fmt.Fprintf(out, "%sliste %s :\n", marge, nom)
		lister(out, m.Listes[nom], marge+"  ")
	}
}
