package pdfentree

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"

	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Option changes what [New] makes.
type Option func(*Lecteur)

// Dessinateur draws pages that aren't only images: text, lines, forms that are filled in. pdfdessin.New makes one.
type Dessinateur interface {
	// Dessiner draws a page, from 1, of a PDF of the given size in bytes, upright, over white, as so many pixels. It
	// must refuse what it can't draw faithfully. The result is an *image.Gray if the page has no colour, else opaque.
	// It may be called by several goroutines.
	Dessiner(ctx context.Context, r io.ReaderAt, taille int64, page, largeur, hauteur int) (image.Image, error)
}

// WithDessinateur draws the pages that aren't only images. Without it they are refused, unless their document is
// handed on as it is.
func WithDessinateur(d Dessinateur) Option { return func(l *Lecteur) { l.dessinateur = d } }

// Decodeur decodes the data of an image of which the PDF says how many pixels it has: that is checked against the
// limits before, and against the result after. The result is an *image.Gray, or in colours and opaque. It may be
// called by several goroutines.
//
// For JPEG 2000 with github.com/ajroetker/go-jpeg2000:
//
//	pdfentree.WithDecodeur("JPXDecode", func(ctx context.Context, donnees io.Reader,
//		largeur, hauteur int) (image.Image, error) {
//		return jpeg2000.Decode(donnees)
//	})
type Decodeur func(ctx context.Context, donnees io.Reader, largeur, hauteur int) (image.Image, error)

// WithDecodeur decodes the images of a filter (ISO 32000-1, 7.4) that this package doesn't decode, as "JPXDecode", or
// decodes otherwise.
func WithDecodeur(filtre string, d Decodeur) Option {
	return func(l *Lecteur) {
		if l.decodeurs == nil {
			l.decodeurs = make(map[string]Decodeur)
		}
		l.decodeurs[filtre] = d
	}
}

// decoder gives the function that decodes an image whose last filter the host decodes, nil if it doesn't.
func (l *Lecteur) decoder(m *pdfin.Image, limit int64) func(context.Context, []byte) (image.Image, error) {
	if len(m.Filters) == 0 {
		return nil
	}
	d := l.decodeurs[m.Filters[len(m.Filters)-1]]
	if d == nil {
		return nil
	}
	return func(ctx context.Context, data []byte) (image.Image, error) {
		if _, err := raster.Check(m.Width, m.Height, 32, limit); err != nil {
			return nil, err
		}
		out, err := d(ctx, bytes.NewReader(data), m.Width, m.Height)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", pdfin.ErrTruncated, err)
		}
		if b := out.Bounds(); b.Dx() != m.Width || b.Dy() != m.Height {
			return nil, fmt.Errorf("%w: %v pixels decoded, the PDF says %d x %d", pdfin.ErrTruncated, b.Size(), m.Width,
				m.Height)
		}
		return out, nil
	}
}
