package numerisation

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"iter"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// travailler judges and prepares the pages, several at once, and yields them in order. No more than twice as many pages
// as workers are under way, whatever the number of pages.
func (n *Numeriseur) travailler(ctx context.Context, sources []*ouverte, budget int64) iter.Seq[*sortie] {
	return func(yield func(*sortie) bool) {
		ctx, arreter := context.WithCancel(ctx)
		defer arreter()
		file := make(chan chan *sortie, n.paralleles)
		places := make(chan struct{}, n.paralleles)
		go func() {
			defer close(file)
			for _, s := range sources {
				numero := 0
				for f, err := range n.feuillets(ctx, s) {
					if numero++; !s.veut(numero) {
						continue
					}
					c := make(chan *sortie, 1)
					select {
					case file <- c:
					case <-ctx.Done():
						return
					}
					if err != nil {
						c <- n.refuser(s.Source, err)
						continue
					}
					if s.DPI > 0 {
						f.dpiX, f.dpiY, f.vouee = s.DPI, s.DPI, true
					}
					select {
					case places <- struct{}{}:
					case <-ctx.Done():
						close(c)
						return
					}
					go func() {
						a := n.prendre()
						c <- a.preparer(ctx, f, budget)
						n.rendre(a)
						<-places
					}()
				}
			}
		}()
		for c := range file {
			s, ok := <-c
			if !ok || !yield(s) {
				return
			}
		}
	}
}

// refuser is the page of which nothing can be read.
func (n *Numeriseur) refuser(s Source, err error) *sortie {
	return &sortie{page: Page{Source: s.Nom, Numero: 1, Constats: []Constat{constatErreur(err)}}}
}

// preparer judges a page and makes what goes into the PDF.
func (a *atelier) preparer(ctx context.Context, f *feuillet, budget int64) *sortie {
	s := &sortie{page: Page{Source: f.source, Numero: f.numero}}
	e, err := a.juger(ctx, f, &s.page, !f.passe(budget))
	if err != nil {
		s.err = err
		return s
	}
	s.blanche, s.vignette = e.blanche && !e.traces, e.vignette
	if s.page.Refusee() {
		return s
	}
	if f.passe(budget) && !a.aRetoucher(e) {
		s.image = pdf.Image{Codage: f.flux.codage, Couleur: f.couleur, NoirEst1: f.flux.noirEst1}
		s.ouvrir = f.flux.ouvrir
		s.transmise = true
		s.page.Octets = f.flux.taille
		a.poser(s, f.l, f.h, f.dpiX, f.dpiY, e.tourner, f.miroir)
		s.image.Marges = f.marges
		if s.page.Rotation != 0 && a.n.permis(tourner) {
			h := hacher(f.flux.ouvrir())
			s.page.Etapes = append(s.page.Etapes, Etape{Nom: tourner, Detail: fmt.Sprintf("%d° par la matrice du PDF",
				e.tourner), Avant: h, Apres: h})
		}
		return s
	}
	if err := a.refaire(ctx, f, e, s, budget); err != nil {
		if ctx.Err() != nil {
			s.err = ctx.Err()
			return s
		}
		s.image = pdf.Image{}
		s.page.Constats = append(s.page.Constats, constatErreur(err))
	}
	return s
}

// poser says how the image lies on the page.
func (a *atelier) poser(s *sortie, l, h int, dpiX, dpiY float64, tour int, miroir bool) {
	s.image.Largeur, s.image.Hauteur = l, h
	s.image.DPIX, s.image.DPIY = dpiX, dpiY
	s.image.Rotation, s.image.Miroir = tour, miroir
	s.image.Donnees = s.ouvrir()
}

// hacher is the SHA-256 of what r yields; a reader that fails gives that of what came before.
func hacher(r io.Reader) (e scor.Empreinte) {
	h := sha256.New()
	_, _ = io.Copy(h, r)
	h.Sum(e[:0])
	return e
}
