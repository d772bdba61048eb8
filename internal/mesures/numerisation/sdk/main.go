// Sdk does one piece of work of the measures: sdk WORK OUTPUT INPUT...
package main

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"

	"github.com/scor-sdk/scor-sdk-go/internal/mesures/numerisation/corpus"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

func main() {
	var err error
	if len(os.Args) < 3 || travaux[os.Args[1]] == nil {
		err = fmt.Errorf("no such work")
	} else {
		err = travaux[os.Args[1]](os.Args[2], os.Args[3:])
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "sdk:", err)
		os.Exit(1)
	}
}

// travaux are what the program does when it runs itself: output, then inputs.
var travaux = map[string]func(string, []string) error{
	"transmettre": func(out string, in []string) error {
		return numeriser(out, in, nil, numerisation.WithJugement(false))
	},
	"dessiner": func(dir string, _ []string) error { return corpus.Dessiner(dir) },
	"juger":    func(out string, in []string) error { return numeriser(out, in, nil) },
	"noir-et-blanc": func(out string, in []string) error {
		return numeriser(out, in, func(p *scor.ProfilNumerisation) {
			p.OctetsParPage, p.Transformations = 60_000, []string{scor.NoirEtBlanc}
		})
	},
	"image-jpeg": func(_ string, in []string) error {
		for _, f := range in {
			b, err := os.ReadFile(f)
			if err != nil {
				return err
			}
			if _, err := jpeg.Decode(bytes.NewReader(b)); err != nil {
				return err
			}
		}
		return nil
	},
}

func numeriser(out string, in []string, profil func(*scor.ProfilNumerisation), opts ...numerisation.Option) error {
	p, err := scor.Reference()
	if err != nil {
		return err
	}
	pn := p.Numerisation
	pn.PagesMax, pn.OctetsParPiece, pn.OctetsParPage = 0, 0, 0
	if profil != nil {
		profil(&pn)
	}
	n, err := numerisation.New(pn, opts...)
	if err != nil {
		return err
	}
	var sources []numerisation.Source
	for _, f := range in {
		r, err := os.Open(f)
		if err != nil {
			return err
		}
		defer r.Close()
		info, err := r.Stat()
		if err != nil {
			return err
		}
		sources = append(sources, numerisation.Source{Nom: filepath.Base(f), ReaderAt: r, Taille: info.Size()})
	}
	w, err := os.Create(out)
	if err != nil {
		return err
	}
	defer w.Close()
	r, err := n.Numeriser(context.Background(), w, sources...)
	if err != nil {
		return err
	}
	if !r.Accepte {
		return fmt.Errorf("refused: %q", r.Messages())
	}
	return w.Close()
}
