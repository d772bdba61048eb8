package numerisation

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"io"
	"math"

	"github.com/scor-sdk/scor-sdk-go/internal/jpeg"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

var (
	errPDF      = errors.New("numerisation: no PDF reader; pass WithPDF")
	errLogiciel = errors.New("numerisation: a PDF that isn't made of scans can't be joined to other files")
)

// raison is why a file is dangerous, in French.
func raison(err error) string {
	for _, r := range []struct {
		err error
		fr  string
	}{
		{pdfin.ErrEncrypted, "chiffré"}, {pdfin.ErrJavaScript, "programme JavaScript"}, {pdfin.ErrXFA, "formulaire XFA"},
		{pdfin.ErrAttachments, "fichiers joints"}, {pdfin.ErrAction, "action automatique"}, {pdfin.ErrMultimedia, "son, vidéo ou 3D"},
		{pdfin.ErrTooLarge, "contenu démesuré"},
	} {
		if errors.Is(err, r.err) {
			return r.fr
		}
	}
	return "contenu démesuré"
}

// lirePDF reads a PDF once.
func (n *Numeriseur) lirePDF(ctx context.Context, s *ouverte) (*pdfin.Document, error) {
	if s.doc != nil {
		return s.doc, nil
	}
	if n.pdf == nil {
		return nil, errPDF
	}
	pages := 0
	if n.profil.PagesMax > 0 {
		pages = n.profil.PagesMax + 1
	}
	doc, err := n.pdf.Lire(ctx, s, s.Taille, pdfin.Options{Limit: n.memoire, MaxPages: pages})
	if err != nil {
		return nil, err
	}
	s.doc = doc
	return doc, nil
}

// numerise returns the scan that a page is, if it is one that can be judged and taken out of its PDF: one image that covers the page.
func numerise(p *pdfin.Page) (pdfin.Placement, bool) {
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

// feuilletsPDF yields the pages of a PDF made of scans.
func (n *Numeriseur) feuilletsPDF(ctx context.Context, s *ouverte, yield func(*feuillet, error) bool) {
	doc, err := n.lirePDF(ctx, s)
	if err != nil {
		yield(nil, err)
		return
	}
	for _, p := range doc.Pages {
		pl, ok := numerise(p)
		if !ok {
			if !yield(nil, errLogiciel) {
				return
			}
			continue
		}
		if !yield(n.feuilletPDF(s.Source, p, pl), nil) {
			return
		}
	}
}

func (n *Numeriseur) feuilletPDF(s Source, p *pdfin.Page, pl pdfin.Placement) *feuillet {
	m := pl.Image
	f := &feuillet{source: s.Nom, numero: p.Number, l: m.Width, h: m.Height, dpiX: pl.DPIX, dpiY: pl.DPIY, miroir: pl.Mirrored}
	quarts := math.Round(pl.AngleDeg / 90)
	f.rotation = ((-int(quarts)*90)%360 + 360) % 360
	f.biais = pl.AngleDeg - quarts*90
	charger := func() io.Reader {
		b, err := m.Load()
		if err != nil {
			return lecteurEnErreur{err}
		}
		return bytes.NewReader(b)
	}
	f.brut = charger
	if m.Bilevel() {
		f.couleur = pdf.NoirBlanc
		f.runs = func(ctx context.Context, r *raster.Runs) error { return m.Runs(ctx, r, n.memoire) }
		if c := m.CCITT; m.Codec == pdfin.CCITT && c.K < 0 && !c.ByteAlign && (m.Mask || m.Space == pdfin.GraySpace) {
			f.flux = &flux{codage: pdf.G4, noirEst1: c.Invert == m.Inverted, taille: m.Length, ouvrir: charger, entier: true}
		}
		return f
	}
	f.gris = func(ctx context.Context) (*image.Gray, error) { return m.Gray(ctx, n.memoire) }
	f.couleur = pdf.Gris
	if m.Space != pdfin.GraySpace {
		f.couleur = pdf.RGB
	}
	if m.Codec != pdfin.JPEG {
		return f
	}
	b, err := m.Load()
	if err != nil {
		return f
	}
	h, err := jpeg.ReadHeader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return f
	}
	if h.Components == 3 {
		f.image = func(ctx context.Context) (image.Image, error) {
			b, err := m.Load()
			if err != nil {
				return nil, err
			}
			return jpeg.Decode(ctx, b, n.memoire)
		}
	}
	if h.Baseline() && !m.Inverted && !m.SoftMask && (h.Components == 1 && m.Space == pdfin.GraySpace || h.Components == 3 && m.Space == pdfin.RGBSpace) {
		f.flux = &flux{codage: pdf.JPEG, taille: int64(len(b)), ouvrir: charger, entier: h.Ended}
	}
	return f
}

// lecteurEnErreur is a reader that fails.
type lecteurEnErreur struct{ err error }

func (l lecteurEnErreur) Read([]byte) (int, error) { return 0, l.err }

// documentPDF returns the PDF that the sources are, if they are a single one whose pages aren't all scans: it is kept as it is.
func (n *Numeriseur) documentPDF(ctx context.Context, sources []*ouverte) *pdfin.Document {
	if len(sources) != 1 || n.pdf == nil {
		return nil
	}
	if g, err := reconnaitre(sources[0].Source); err != nil || g != genrePDF {
		return nil
	}
	doc, err := n.lirePDF(ctx, sources[0])
	if err != nil {
		return nil
	}
	for _, p := range doc.Pages {
		if _, ok := numerise(p); !ok {
			return doc
		}
	}
	return nil
}

// garder judges a PDF made by software and, if it satisfies the profile, gives it on byte for byte.
func (n *Numeriseur) garder(ctx context.Context, w io.Writer, s *ouverte, doc *pdfin.Document) (*Resultat, error) {
	r := &Resultat{}
	a := &atelier{n: n}
	for _, p := range doc.Pages {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		r.Pages = append(r.Pages, a.jugerLogiciel(s, p))
	}
	c := func(code Code, mesure, limite float64, unite, message string) {
		r.Constats = append(r.Constats, Constat{Code: code, Etat: Present, Bloquant: true, Mesure: mesure, Limite: limite, Unite: unite, Source: n.profil.Source, Message: message})
	}
	pr := &n.profil
	if l := pr.PagesMax; l > 0 && len(doc.Pages) > l {
		c(Poids, float64(len(doc.Pages)), float64(l), "pages", fmt.Sprintf("La pièce a plus de %d pages : séparez-la en plusieurs pièces.", l))
	}
	limite := pr.OctetsParPiece
	if l := pr.OctetsParPage * int64(len(doc.Pages)); l > 0 && (limite == 0 || l < limite) {
		limite = l
	}
	if limite > 0 && s.Taille > limite {
		c(Poids, float64(s.Taille), float64(limite), "octets", fmt.Sprintf("Le PDF pèse %d Ko, la limite est de %d Ko : imprimez-le et numérisez-le en noir et blanc.", s.Taille/1000, limite/1000))
	}
	if pr.FormatPDF == "PDF/A-1b" && (doc.PDFA != "1B" && doc.PDFA != "1A" || doc.Invalid != nil) {
		c(Format, 0, 0, "", "Ce PDF n'est pas au format d'archivage PDF/A-1b : enregistrez-le dans ce format, ou imprimez-le et numérisez-le.")
	}
	if len(r.Motifs()) > 0 {
		return r, nil
	}
	h := sha256.New()
	octets, err := io.Copy(io.MultiWriter(w, h), contexte{ctx, io.NewSectionReader(s, 0, s.Taille)})
	if err != nil {
		return nil, err
	}
	h.Sum(r.Empreinte[:0])
	r.Octets = octets
	for i := range r.Pages {
		p := &r.Pages[i]
		p.Retenue = true
		p.Etapes = []Etape{{Nom: "transmettre", Detail: "PDF inchangé", Avant: r.Empreinte, Apres: r.Empreinte}}
	}
	r.Accepte = true
	return r, nil
}

// contexte is a reader that ends with its context.
type contexte struct {
	ctx context.Context
	r   io.Reader
}

func (c contexte) Read(b []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(b)
}

// jugerLogiciel judges a page of text and drawings: its size, and the resolution of its images. Its legibility is its software's.
func (a *atelier) jugerLogiciel(s *ouverte, p *pdfin.Page) Page {
	page := Page{Source: s.Nom, Numero: p.Number, LargeurMM: p.WidthMM, HauteurMM: p.HeightMM}
	c := constats{page: &page}
	pr := &a.n.profil
	var pire *pdfin.Placement
	for i := range p.Placements {
		pl := &p.Placements[i]
		if _, err := raster.Check(pl.Image.Width, pl.Image.Height, max(1, pl.Image.Bits)*pl.Image.Components(), a.n.memoire); err != nil {
			page.Constats = append(page.Constats, constatErreur(err))
		}
		// Logos and stamps may be coarse; an image that covers most of the page is the piece itself.
		if pl.Coverage > 0.5 && (pire == nil || min(pl.DPIX, pl.DPIY) < min(pire.DPIX, pire.DPIY)) {
			pire = pl
		}
	}
	switch {
	case pire == nil:
		c.nonTeste(Resolution)
	case min(pire.DPIX, pire.DPIY) < pr.DPIMin*0.99:
		page.DPIX, page.DPIY = pire.DPIX, pire.DPIY
		dpi := min(pire.DPIX, pire.DPIY)
		c.present(Resolution, true, true, dpi, pr.DPIMin, "ppp", pr.Source,
			fmt.Sprintf("Résolution de %.0f ppp, trop faible : réglez le scanner sur %.0f ppp ou plus et numérisez à nouveau.", dpi, pr.DPIMin))
	default:
		page.DPIX, page.DPIY = pire.DPIX, pire.DPIY
		c.absent(Resolution, min(pire.DPIX, pire.DPIY), pr.DPIMin, "ppp", pr.Source)
	}
	a.format(p.WidthMM, p.HeightMM, c)
	if len(p.Placements) == 0 && !p.Text && !p.Vector && p.Annotations == 0 {
		c.present(PageBlanche, true, false, 0, 0, "", sourceDefauts, "La page est blanche : vérifiez le document.")
	}
	c.nonTeste(TropClair, TropSombre, Contraste, Flou, Tronque, BordsNoirs, Inclinaison, Rotation, DeuxPages)
	return page
}
