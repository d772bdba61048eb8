// Sdk does one piece of work of the measures: sdk WORK OUTPUT INPUT...
package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image/jpeg"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/internal/jbig2"
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
	"dossier": dossier,
	"redresser": func(out string, in []string) error {
		return chacune(out, in, func(p *scor.ProfilNumerisation) { p.Transformations = []string{scor.Redresser} },
			scor.Redresser)
	},
	"alleger": func(out string, in []string) error {
		return chacune(out, in, func(p *scor.ProfilNumerisation) { p.OctetsParPage = 400_000 }, "coder")
	},
	"jbig2": func(_ string, in []string) error {
		b, err := os.ReadFile(in[0])
		if err != nil {
			return err
		}
		// A file's header takes 13 bytes where the number of pages is known (T.88, annex D.4); a PDF has none. The page's
		// own segment follows: its header is of 11 bytes, then come the sides.
		if len(b) < 32 {
			return fmt.Errorf("%s: no JBIG2 file", in[0])
		}
		l, h := binary.BigEndian.Uint32(b[24:]), binary.BigEndian.Uint32(b[28:])
		_, err = jbig2.Decode(context.Background(), nil, b[13:], jbig2.Options{Width: int(l), Height: int(h)})
		return err
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

func nouveau(profil func(*scor.ProfilNumerisation), opts ...numerisation.Option) (*numerisation.Numeriseur, error) {
	p, err := scor.Reference()
	if err != nil {
		return nil, err
	}
	pn := p.Numerisation
	pn.PagesMax, pn.OctetsParPiece, pn.OctetsParPage = 0, 0, 0
	if profil != nil {
		profil(&pn)
	}
	return numerisation.New(pn, opts...)
}

// numeriser makes one piece of all files.
func numeriser(out string, in []string, profil func(*scor.ProfilNumerisation), opts ...numerisation.Option) error {
	n, err := nouveau(profil, opts...)
	if err != nil {
		return err
	}
	_, err = piece(n, out, in...)
	return err
}

// piece makes a piece of files.
func piece(n *numerisation.Numeriseur, out string, in ...string) (*numerisation.Resultat, error) {
	var sources []numerisation.Source
	for _, f := range in {
		r, err := os.Open(f)
		if err != nil {
			return nil, err
		}
		defer r.Close()
		info, err := r.Stat()
		if err != nil {
			return nil, err
		}
		sources = append(sources, numerisation.Source{Nom: filepath.Base(f), ReaderAt: r, Taille: info.Size()})
	}
	w, err := os.Create(out)
	if err != nil {
		return nil, err
	}
	defer w.Close()
	r, err := n.Numeriser(context.Background(), w, sources...)
	if err != nil {
		return nil, err
	}
	if !r.Accepte {
		return nil, fmt.Errorf("refused: %q", r.Messages())
	}
	return r, w.Close()
}

// chacune makes a piece of each file in turn, and sees that the step was made.
func chacune(out string, in []string, profil func(*scor.ProfilNumerisation), etape string) error {
	n, err := nouveau(profil)
	if err != nil {
		return err
	}
	for _, f := range in {
		r, err := piece(n, out, f)
		if err != nil {
			return err
		}
		if !slices.ContainsFunc(r.Pages[0].Etapes, func(e numerisation.Etape) bool { return e.Nom == etape }) {
			return fmt.Errorf("%s: without the step %s", filepath.Base(f), etape)
		}
	}
	return nil
}

// dossier makes a piece of each file, as many at once as there are processors, as examples/numeriser does. The PDFs go
// beside each other into a folder.
func dossier(out string, in []string) error {
	n, err := nouveau(nil)
	if err != nil {
		return err
	}
	dir := out + ".d"
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	fichiers := make(chan string)
	erreurs := make(chan error, len(in))
	var w sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		w.Go(func() {
			for f := range fichiers {
				_, err := piece(n, filepath.Join(dir, filepath.Base(f)+".pdf"), f)
				erreurs <- err
			}
		})
	}
	for _, f := range in {
		fichiers <- f
	}
	close(fichiers)
	w.Wait()
	close(erreurs)
	for err := range erreurs {
		if err != nil {
			return err
		}
	}
	return nil
}
