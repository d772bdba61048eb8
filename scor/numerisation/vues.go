package numerisation

import (
	"context"
	"errors"
	"image"
	"iter"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Vue is a page of a source as pixels, for who shows it or reads what is on it. It is as the file stores it, before any
// turn: places of findings ([Rectangle]) are on it.
type Vue struct {
	Source string
	Numero int // in the file, from 1
	// Largeur and Hauteur are in pixels; DPIX, DPIY in dots per inch, 0 unknown.
	Largeur, Hauteur int
	DPIX, DPIY       float64
	// Rotation is the clockwise turn, in degrees, that the file asks for: 0, 90, 180 or 270; Miroir that it is mirrored
	// left to right before.
	Rotation int
	Miroir   bool
	// Marges are the widths of white paper around it that make it the page, in millimetres: left, top, right, bottom.
	Marges [4]float64

	pixels func(context.Context) (image.Image, error)
}

// Pixels decodes the page, within the profile's memory.
func (v *Vue) Pixels(ctx context.Context) (image.Image, error) { return v.pixels(ctx) }

// Vues gives the pages of a source, in order, without judging them: nothing is decoded before [Vue.Pixels]. An
// error takes the place of a page that can't be shown, and says nothing of what is in the file.
func (n *Numeriseur) Vues(ctx context.Context, s Source) iter.Seq2[*Vue, error] {
	return func(yield func(*Vue, error) bool) {
		for f, err := range n.feuillets(ctx, &ouverte{Source: s}) {
			if ctx.Err() != nil {
				yield(nil, ctx.Err())
				return
			}
			if err != nil {
				if !yield(nil, err) {
					return
				}
				continue
			}
			if s.DPI > 0 {
				f.dpiX, f.dpiY = s.DPI, s.DPI
			}
			v := &Vue{Source: s.Nom, Numero: f.numero, Largeur: f.l, Hauteur: f.h, DPIX: f.dpiX, DPIY: f.dpiY,
				Rotation: f.rotation, Miroir: f.miroir, Marges: f.marges}
			v.pixels = func(ctx context.Context) (image.Image, error) { return n.peindre(ctx, f) }
			if !yield(v, nil) {
				return
			}
		}
	}
}

var errSansPixels = errors.New("numerisation: a page without pixels")

// peindre decodes a page, in colour if it has colours.
func (n *Numeriseur) peindre(ctx context.Context, f *feuillet) (image.Image, error) {
	if f.colorer != nil {
		return f.colorer(ctx, nil)
	}
	var r raster.Runs
	p, err := f.lire(ctx, &r)
	if err != nil {
		return nil, err
	}
	if g := p.Luminance(); g != nil {
		return g, nil
	}
	if r.Width == 0 || r.Height == 0 {
		return nil, errSansPixels
	}
	b, err := r.Bitmap()
	if err != nil {
		return nil, err
	}
	return b.Gray(n.memoire)
}
