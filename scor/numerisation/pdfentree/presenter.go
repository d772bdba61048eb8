package pdfentree

import (
	"bytes"
	"context"
	"image"
	"io"
	"math"

	"github.com/scor-sdk/scor-sdk-go/internal/jpeg"
	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// present turns the facts of a document into what a numerisation.LecteurPDF gives.
func present(doc *pdfin.Document, opt pdfin.Options) *numerisation.DocumentPDF {
	out := &numerisation.DocumentPDF{Ouvert: true}
	if doc.Invalid == nil {
		out.Archive = doc.PDFA
	}
	for _, p := range doc.Pages {
		out.Pages = append(out.Pages, presentPage(p, opt))
	}
	return out
}

func presentPage(p *pdfin.Page, opt pdfin.Options) numerisation.PagePDF {
	out := numerisation.PagePDF{
		LargeurMM: p.WidthMM, HauteurMM: p.HeightMM,
		Logiciel: p.Text || p.Vector || p.Annotations > 0,
		Vide:     len(p.Placements) == 0 && !p.Text && !p.Vector && p.Annotations == 0,
		Obstacle: &pdfin.Refusal{Reason: pdfin.ErrUndrawable, Page: p.Number},
	}
	// Logos and stamps may be coarse; an image that covers most of the page is the piece itself.
	for i := range p.Placements {
		pl := &p.Placements[i]
		if pl.Coverage > 0.5 && (out.DPIX == 0 || min(pl.DPIX, pl.DPIY) < min(out.DPIX, out.DPIY)) {
			out.DPIX, out.DPIY = pl.DPIX, pl.DPIY
		}
	}
	if pl, ok := wholePage(p); ok {
		out.Image, out.Obstacle = presentImage(pl, opt), nil
	}
	return out
}

// wholePage returns the scan that a page is, if it is one that can be judged and taken out of its PDF: one image that
// covers the page.
func wholePage(p *pdfin.Page) (pdfin.Placement, bool) {
	pl, ok := p.Scan()
	if !ok || pl.Coverage < 0.98 || pl.Image.Codec == pdfin.JBIG2 || pl.Image.Codec == pdfin.JPX || pl.Image.Space == pdfin.Other && !pl.Image.Mask {
		return pl, false
	}
	l := float64(pl.Image.Width) / pl.DPIX * 25.4
	h := float64(pl.Image.Height) / pl.DPIY * 25.4
	if math.Abs(math.Mod(pl.AngleDeg+360, 180)-90) < 45 {
		l, h = h, l
	}
	// An image larger than its page is cropped by it.
	return pl, l < p.WidthMM*1.02+1 && h < p.HeightMM*1.02+1
}

// presentImage describes an image that is a page.
func presentImage(pl pdfin.Placement, opt pdfin.Options) *numerisation.ImagePDF {
	m := pl.Image
	out := &numerisation.ImagePDF{Largeur: m.Width, Hauteur: m.Height, DPIX: pl.DPIX, DPIY: pl.DPIY, Miroir: pl.Mirrored}
	quarters := math.Round(pl.AngleDeg / 90)
	out.Rotation = ((-int(quarters)*90)%360 + 360) % 360
	out.Biais = pl.AngleDeg - quarters*90
	out.Pixels = func(ctx context.Context) (image.Image, error) { return m.Pixels(ctx, opt.Limit) }
	out.Flux = func() (io.Reader, error) {
		data, err := m.Load()
		return bytes.NewReader(data), err
	}
	if m.Bilevel() {
		out.Couleur = numerisation.PDFNoirBlanc
		if c := m.CCITT; m.Codec == pdfin.CCITT && c.K < 0 && !c.ByteAlign && c.Width == m.Width && (m.Mask || m.Space == pdfin.GraySpace) {
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
