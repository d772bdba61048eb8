package pdfentree

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"math"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/internal/jpeg"
	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// file is a PDF as it was given, and how it is to be shown.
type file struct {
	r    io.ReaderAt
	size int64
	opt  pdfin.Options
	dpi  float64
}

// present turns the facts of a document into what a numerisation.LecteurPDF gives.
func (l *Lecteur) present(doc *pdfin.Document, f file) *numerisation.DocumentPDF {
	out := &numerisation.DocumentPDF{Ouvert: !doc.Attached}
	if doc.Invalid == nil {
		out.Archive = doc.PDFA
	}
	for _, p := range doc.Pages {
		page := l.presentPage(p, f)
		if doc.Attached && page.Image != nil && page.Image.Dessin != "" {
			page.Image.Dessin += ", sans les fichiers joints du PDF"
		}
		out.Pages = append(out.Pages, page)
	}
	return out
}

func (l *Lecteur) presentPage(p *pdfin.Page, f file) numerisation.PagePDF {
	items := visible(p)
	out := numerisation.PagePDF{LargeurMM: p.WidthMM, HauteurMM: p.HeightMM, Vide: len(items) == 0}
	for i := range items {
		out.Logiciel = out.Logiciel || items[i].Kind != pdfin.ItemImage
		// Logos and stamps may be coarse; an image that covers most of the page is the piece itself.
		if pl := &items[i].Placement; items[i].Kind == pdfin.ItemImage && pl.Coverage > 0.5 &&
			min(pl.DPIX, pl.DPIY) > min(out.DPIX, out.DPIY) {
			out.DPIX, out.DPIY = pl.DPIX, pl.DPIY
		}
	}
	out.Image, out.Obstacle = l.pixels(p, items, f)
	return out
}

// pixels finds how the page becomes pixels: as the image that it is, put together from images, or drawn.
func (l *Lecteur) pixels(p *pdfin.Page, items []pdfin.Item, f file) (*numerisation.ImagePDF, error) {
	refuse := func(reason error) error { return &pdfin.Refusal{Reason: reason, Page: p.Number} }
	obstacle := undecodable(items)
	if needsDrawing(items) {
		obstacle = pdfin.ErrUndrawable
	}
	if obstacle != nil {
		if l.dessinateur == nil || p.Undrawable {
			return nil, refuse(obstacle)
		}
		return l.drawing(p, items, f), nil
	}
	if pl, margins, ok := whole(p, items); ok {
		out := presentImage(pl, f.opt)
		out.Marges = margins
		return out, nil
	}
	dpiX, dpiY := resolution(p, items, f.dpi)
	out := &numerisation.ImagePDF{DPIX: dpiX, DPIY: dpiY, Dessin: fmt.Sprintf("page réunie de %d images à %.0f ppp",
		countImages(items), min(dpiX, dpiY))}
	if countImages(items) == 0 {
		out.Dessin = "page vide"
	}
	out.Largeur, out.Hauteur = pixelSize(p, dpiX, dpiY)
	out.Couleur = numerisation.CouleurPDF(tintsOf(items, dpiX, dpiY))
	out.Pixels = func(ctx context.Context) (image.Image, error) { return compose(ctx, p, items, dpiX, dpiY, f.opt.Limit) }
	return out, nil
}

// drawing has the page drawn, at the resolution of the scan on it if there is one.
func (l *Lecteur) drawing(p *pdfin.Page, items []pdfin.Item, f file) *numerisation.ImagePDF {
	dpi := f.dpi
	if scan(items) {
		x, y := resolution(p, items, f.dpi)
		dpi = min(x, y, maxDrawing)
	}
	out := &numerisation.ImagePDF{DPIX: dpi, DPIY: dpi, Couleur: numerisation.PDFRVB,
		Dessin: fmt.Sprintf("page dessinée à %.0f ppp", dpi)}
	out.Largeur, out.Hauteur = pixelSize(p, dpi, dpi)
	out.Pixels = func(ctx context.Context) (image.Image, error) {
		if _, err := raster.Check(out.Largeur, out.Hauteur, 32, f.opt.Limit); err != nil {
			return nil, err
		}
		m, err := l.dessinateur.Dessiner(ctx, f.r, f.size, p.Number, out.Largeur, out.Hauteur)
		if err != nil {
			if ctx.Err() != nil {
				return nil, ctx.Err()
			}
			return nil, fmt.Errorf("%w: %w", &pdfin.Refusal{Reason: pdfin.ErrUndrawable, Page: p.Number}, err)
		}
		return sized(m, nil, out.Largeur, out.Hauteur)
	}
	return out
}

// sized refuses pixels of another size than was said: data may say otherwise than their dictionary.
func sized(m image.Image, err error, w, h int) (image.Image, error) {
	if err != nil {
		return nil, err
	}
	if b := m.Bounds(); b.Dx() != w || b.Dy() != h {
		return nil, fmt.Errorf("%w: %v pixels, the PDF says %d x %d", pdfin.ErrTruncated, b.Size(), w, h)
	}
	return m, nil
}

// maxDrawing is the highest resolution at which pages are drawn: letters show no more beyond it.
const maxDrawing = 600

// scan says whether one of the images is the piece itself: it covers more than half of the page.
func scan(items []pdfin.Item) bool {
	return slices.ContainsFunc(items, func(i pdfin.Item) bool {
		return i.Kind == pdfin.ItemImage &&
			i.Placement.Coverage > 0.5
	})
}

func countImages(items []pdfin.Item) (n int) {
	for i := range items {
		if items[i].Kind == pdfin.ItemImage {
			n++
		}
	}
	return n
}

// presentImage describes an image that is a page.
func presentImage(pl pdfin.Placement, opt pdfin.Options) *numerisation.ImagePDF {
	m := pl.Image
	out := &numerisation.ImagePDF{Largeur: m.Width, Hauteur: m.Height, DPIX: pl.DPIX, DPIY: pl.DPIY, Miroir: pl.Mirrored}
	quarters := math.Round(pl.AngleDeg / 90)
	out.Rotation = ((-int(quarters)*90)%360 + 360) % 360
	out.Biais = pl.AngleDeg - quarters*90
	out.Pixels = func(ctx context.Context) (image.Image, error) {
		pixels, err := m.Pixels(ctx, opt.Limit)
		return sized(pixels, err, m.Width, m.Height)
	}
	out.Flux = func() (io.Reader, error) {
		data, err := m.Load()
		return bytes.NewReader(data), err
	}
	if m.Bilevel() {
		out.Couleur = numerisation.PDFNoirBlanc
		if c := m.CCITT; m.Codec == pdfin.CCITT && c.K < 0 && !c.ByteAlign && c.Width == m.Width &&
			(m.Mask || m.Space == pdfin.GraySpace) {
			out.Codage, out.NoirEst1, out.Octets = numerisation.PDFG4, c.Invert == m.Inverted, m.Length
		}
		return out
	}
	out.Couleur = numerisation.PDFRVB
	if m.Space == pdfin.GraySpace {
		out.Couleur = numerisation.PDFGris
	}
	if m.Codec == pdfin.JPEG {
		passJPEG(out, m)
	}
	return out
}

// passJPEG says whether a JPEG can travel as it is: what it shows without its dictionary must be what the PDF makes
// of it.
func passJPEG(out *numerisation.ImagePDF, m *pdfin.Image) {
	data, err := m.Load()
	if err != nil {
		return
	}
	h, err := jpeg.ReadHeader(bytes.NewReader(data), int64(len(data)))
	if err != nil || !h.Baseline() || m.Inverted || m.SoftMask || h.Width != m.Width || h.Height != m.Height {
		return
	}
	if h.Components == 1 && m.Space == pdfin.GraySpace || h.Components == 3 && m.Space == pdfin.RGBSpace {
		out.Codage, out.Octets, out.Complet = numerisation.PDFJPEG, int64(len(data)), h.Ended
	}
}
