package numerisation

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"

	"github.com/scor-sdk/scor-sdk-go/internal/ccitt"
	"github.com/scor-sdk/scor-sdk-go/internal/jpeg"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/internal/retouche"
)

var errPDF = errors.New("numerisation: no PDF reader; pass WithPDF")

// raisons are why a file is dangerous, in French.
var raisons = []struct {
	err error
	fr  string
}{
	{ErrPDFChiffre, "chiffré"}, {ErrPDFJavaScript, "programme JavaScript"}, {ErrPDFXFA, "formulaire XFA"},
	{ErrPDFFichierJoint, "fichiers joints"}, {ErrPDFAction, "action automatique"}, {ErrPDFMultimedia, "son, vidéo ou 3D"},
	{ErrPDFTropGrand, "contenu démesuré"}, {raster.ErrTooLarge, "contenu démesuré"},
}

// raison is why a file is dangerous, in French; "" if it isn't.
func raison(err error) string {
	for _, r := range raisons {
		if errors.Is(err, r.err) {
			return r.fr
		}
	}
	return ""
}

// lirePDF reads a PDF once.
func (n *Numeriseur) lirePDF(ctx context.Context, s *ouverte) (*DocumentPDF, error) {
	if s.doc != nil {
		return s.doc, nil
	}
	if n.pdf == nil {
		return nil, errPDF
	}
	l := LimitesPDF{Memoire: n.memoire, DPI: n.dpiDessin()}
	if n.profil.PagesMax > 0 {
		l.Pages = n.profil.PagesMax + 1
	}
	doc, err := n.pdf.Open(ctx, s, s.Taille, l)
	if err != nil {
		return nil, err
	}
	s.doc = doc
	return doc, nil
}

// dpiDessin is the resolution at which pages of text are drawn: letters of the size of a footnote need 200 dots per
// inch to be read.
func (n *Numeriseur) dpiDessin() float64 {
	d := max(n.profil.DPIMin, 200)
	if l := n.profil.DPIMax; l > 0 {
		d = min(d, l)
	}
	return d
}

// feuilletsPDF yields the pages of a PDF.
func (n *Numeriseur) feuilletsPDF(ctx context.Context, s *ouverte, yield func(*feuillet, error) bool) {
	doc, err := n.lirePDF(ctx, s)
	if err != nil {
		yield(nil, err)
		return
	}
	for i := range doc.Pages {
		p := &doc.Pages[i]
		if p.Image == nil {
			if !yield(nil, p.Obstacle) {
				return
			}
			continue
		}
		if !yield(n.feuilletPDF(s.Source, p, i+1), nil) {
			return
		}
	}
}

func (n *Numeriseur) feuilletPDF(s Source, p *PagePDF, numero int) *feuillet {
	m := p.Image
	f := &feuillet{
		source: s.Nom, numero: numero, l: m.Largeur, h: m.Hauteur, dpiX: m.DPIX, dpiY: m.DPIY, rotation: m.Rotation,
		miroir: m.Miroir, biais: m.Biais, marges: m.Marges, dessin: m.Dessin, logiciel: p.Logiciel && p.DPIX == 0,
		couleur: couleurs[m.Couleur],
	}
	f.brut = func() io.Reader { return io.NewSectionReader(s, 0, s.Taille) }
	if m.Flux != nil {
		f.brut = func() io.Reader { return ouvrirFlux(m) }
	}
	switch {
	case m.Codage == PDFG4:
		f.flux = &flux{codage: pdf.G4, noirEst1: m.NoirEst1, taille: m.Octets, ouvrir: f.brut, entier: true}
		f.lire = noirEtBlancDe(func(_ context.Context, r *raster.Runs) error { return n.runsG4(m, r) })
		return f
	case m.Couleur == PDFNoirBlanc:
		f.lire = noirEtBlancDe(func(ctx context.Context, r *raster.Runs) error { return n.runsPDF(ctx, m, r) })
		return f
	case m.Codage == PDFJPEG:
		f.flux = &flux{codage: pdf.JPEG, taille: m.Octets, ouvrir: f.brut, entier: m.Complet}
		f.lire = niveaux(func(ctx context.Context) (*image.Gray, error) {
			b, err := io.ReadAll(ouvrirFlux(m))
			if err != nil {
				return nil, err
			}
			return jpeg.DecodeGray(ctx, b, jpeg.Options{Limit: n.memoire})
		})
	default:
		f.lire = niveaux(func(ctx context.Context) (*image.Gray, error) { return n.grisPDF(ctx, m) })
	}
	if m.Couleur == PDFRVB {
		f.colorer = func(ctx context.Context, g *image.Gray) (image.Image, error) {
			if m.Codage != PDFJPEG || g == nil {
				return m.Pixels(ctx)
			}
			b, err := io.ReadAll(ouvrirFlux(m))
			if err != nil {
				return nil, err
			}
			return jpeg.Colours(ctx, b, g, n.memoire)
		}
	}
	return f
}

func ouvrirFlux(m *ImagePDF) io.Reader {
	r, err := m.Flux()
	if err != nil {
		return lecteurEnErreur{err}
	}
	return r
}

func (n *Numeriseur) runsG4(m *ImagePDF, r *raster.Runs) error {
	b, err := io.ReadAll(ouvrirFlux(m))
	if err != nil {
		return err
	}
	_, err = ccitt.Decode(r, b, ccitt.Params{Width: m.Largeur, Rows: m.Hauteur, K: -1, Invert: !m.NoirEst1}, n.memoire)
	return err
}

// runsPDF reads a black and white page; the package's own reader hands over a bitmap.
func (n *Numeriseur) runsPDF(ctx context.Context, m *ImagePDF, r *raster.Runs) error {
	p, err := m.Pixels(ctx)
	if err != nil {
		return err
	}
	if b, ok := p.(*raster.Bitmap); ok {
		return b.AppendTo(r, n.memoire)
	}
	g, err := retouche.Luminance(p, n.memoire)
	if err != nil {
		return err
	}
	return seuiller(r, g, 128, n.memoire)
}

func (n *Numeriseur) grisPDF(ctx context.Context, m *ImagePDF) (*image.Gray, error) {
	p, err := m.Pixels(ctx)
	if err != nil {
		return nil, err
	}
	return retouche.Luminance(p, n.memoire)
}

// lecteurEnErreur is a reader that fails.
type lecteurEnErreur struct{ err error }

func (l lecteurEnErreur) Read([]byte) (int, error) { return 0, l.err }

// constatPDF is the finding of an error of reading PDFs, if it is one that isn't dangerous.
func constatPDF(err error) (Constat, bool) {
	k := Constat{Code: Format, Etat: Present, Bloquant: true}
	switch {
	case errors.Is(err, errPDF):
		k.Code = IllisibleFichier
		k.Message = "Les fichiers PDF ne sont pas acceptés sur ce poste : enregistrez la numérisation en TIFF, JPEG ou PNG."
	case errors.Is(err, ErrPDFJPEG2000):
		k.Renumeriser = true
		k.Message = "Le scanner a comprimé la page en JPEG 2000 : dans ses réglages, choisissez la compression JPEG" +
			" (parfois nommée « standard » ou « compatible »), et numérisez à nouveau."
	case errors.Is(err, ErrPDFNonDessinable):
		k.Message = "Cette page contient des éléments qui ne peuvent pas être reproduits fidèlement : imprimez-la et " +
			"numérisez la feuille."
	default:
		return k, false
	}
	return k, true
}

// decrire says how a page was made from its source.
func (f *feuillet) decrire() (nom, detail string) {
	if f.dessin != "" {
		return "dessiner", f.dessin
	}
	return "decoder", ""
}

// cadre is the size of the page in millimetres, as stored: the image and the white margins around it.
func (f *feuillet) cadre() (l, h float64) {
	return float64(f.l)/f.dpiX*25.4 + f.marges[0] + f.marges[2], float64(f.h)/f.dpiY*25.4 + f.marges[1] + f.marges[3]
}

// margesVues are the margins of the page once a mirror image is set right.
func (f *feuillet) margesVues() [4]float64 {
	m := f.marges
	if f.miroir {
		m[0], m[2] = m[2], m[0]
	}
	return m
}

// messagePoids is what to do about a PDF that is too heavy to be kept.
func messagePoids(taille, limite int64) string {
	return fmt.Sprintf("Le PDF pèse %d Ko, la limite est de %d Ko : imprimez-le et numérisez-le en noir et blanc.",
		taille/1000, limite/1000)
}
