package main

import (
	"context"
	"fmt"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// tache is what to do with a file.
type tache struct {
	fichier, dossier string
	dpi              float64
	confirmer        bool
}

// fait is a file that was judged. Its PDF, if it is accepted, has a name of passage until the file's turn comes.
type fait struct {
	tache
	r   *numerisation.Resultat
	tmp string
	err error
}

// enOrdre does tasks, as many at once as there are processors since most files have a single page, and yields them in
// their order.
func enOrdre(ctx context.Context, n *numerisation.Numeriseur, taches []tache) iter.Seq[*fait] {
	return func(yield func(*fait) bool) {
		ctx, arreter := context.WithCancel(ctx)
		places := make(chan struct{}, runtime.GOMAXPROCS(0))
		faits := make(chan chan *fait, 4*cap(places))
		go func() {
			defer close(faits)
			for _, t := range taches {
				c := make(chan *fait, 1)
				faits <- c
				places <- struct{}{}
				go func() {
					c <- t.faire(ctx, n)
					<-places
				}()
			}
		}()
		suite := true
		for c := range faits {
			f := <-c
			if suite {
				suite = yield(f)
			}
			if !suite {
				arreter() // what follows ends at once, and leaves nothing
				f.jeter()
			}
		}
		arreter()
	}
}

// faire judges a file and writes its PDF beside its final name.
func (t tache) faire(ctx context.Context, n *numerisation.Numeriseur) *fait {
	f := &fait{tache: t}
	if f.err = ctx.Err(); f.err == nil {
		f.r, f.tmp, f.err = t.ecrire(ctx, n)
	}
	if f.err != nil || !f.r.Accepte {
		f.jeter()
	}
	return f
}

func (t tache) ecrire(ctx context.Context, n *numerisation.Numeriseur) (r *numerisation.Resultat, nom string,
	err error) {
	f, err := programme.Ouvrir(t.fichier)
	if err != nil {
		return nil, "", err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, "", err
	}
	tmp, err := os.CreateTemp(t.dossier, ".numeriser-*")
	if err != nil {
		return nil, "", err
	}
	defer tmp.Close()
	r, err = n.Numeriser(ctx, tmp, numerisation.Source{Nom: filepath.Base(t.fichier), ReaderAt: f, Taille: info.Size(),
		DPI: t.dpi})
	if err == nil && t.confirmer && r.AConfirmer() {
		for _, q := range r.Questions() {
			if err := r.Confirmer(q, numerisation.Confirmation{Reponse: numerisation.Oui, Date: time.Now()}); err != nil {
				return nil, tmp.Name(), err
			}
		}
	}
	if err == nil {
		err = tmp.Close()
	}
	return r, tmp.Name(), err
}

// jeter removes what was written.
func (f *fait) jeter() {
	if f.tmp != "" {
		_ = os.Remove(f.tmp)
		f.tmp = ""
	}
}

// nommer gives an accepted PDF its name: two scans of one name but for the extension, or of two folders, have one each.
func (f *fait) nommer(noms map[string]int) (*numerisation.Resultat, string, error) {
	if f.err != nil || f.tmp == "" {
		return f.r, "", f.err
	}
	base := strings.TrimSuffix(filepath.Base(f.fichier), filepath.Ext(f.fichier))
	noms[base]++
	if k := noms[base]; k > 1 {
		base = fmt.Sprintf("%s-%d", base, k)
	}
	pdf := filepath.Join(f.dossier, base+".pdf")
	if err := os.Rename(f.tmp, pdf); err != nil {
		f.jeter()
		return nil, "", err
	}
	return f.r, pdf, nil
}
