package numerisation

import (
	"context"
	"errors"
	"image"
	"io"
	"iter"

	"github.com/scor-sdk/scor-sdk-go/internal/jpeg"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/png"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
	"github.com/scor-sdk/scor-sdk-go/internal/tiff"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/internal/retouche"
)

// feuillet is a page of a source, described but not decoded.
type feuillet struct {
	source     string
	numero     int
	l, h       int     // pixels as stored
	dpiX, dpiY float64 // 0 unknown
	autreDPI   float64 // another resolution that the file gives; 0 none
	vouee      bool    // the caller vouches for the resolution
	rotation   int     // quarter turns clockwise, in degrees, that the file asks for
	miroir     bool    // mirrored left to right, before rotation
	biais      float64 // skew in degrees, counter-clockwise, that a PDF's matrix adds, and that is dropped
	// white around a PDF's image that makes it the page: left, top, right, bottom as stored, in millimetres
	marges   [4]float64
	dessin   string // says how the pixels were drawn, where they aren't those of one image
	logiciel bool   // a drawing of text by software, whose legibility is its software's
	couleur  pdf.Couleur
	flux     *flux // the coded stream, if a PDF can hold it as it is
	// lire reads what is judged of the page: black and white into the runs that it is given, else levels of grey.
	lire func(context.Context, *raster.Runs) (retouche.Pixels, error)
	// colorer reads the colours, of a page that has some: all of the page, or what the levels that it is given, which
	// lire read, go without.
	colorer   func(context.Context, *image.Gray) (image.Image, error)
	enCouleur retouche.Pixels // the page in its colours, if it was read so to be judged
	// brut opens the coded bytes, for their hash, where there is no flux.
	brut func() io.Reader
}

// flux is a coded stream that can pass through.
type flux struct {
	codage   pdf.Codage
	noirEst1 bool
	taille   int64
	ouvrir   func() io.Reader
	entier   bool // its end was seen
}

// passe says whether the page's stream can go on as it is, if nothing has to be done to the page.
func (f *feuillet) passe(budget int64) bool {
	return f.flux != nil && f.flux.entier && (budget == 0 || f.flux.taille <= budget)
}

// juger reads what is judged of the page, as it is seen, black and white into r. With colours, a page that will be
// coded again for sure is read in them, once; of any other they are read when they are needed.
func (f *feuillet) juger(ctx context.Context, r *raster.Runs, couleurs bool, limite int64) (retouche.Pixels, error) {
	if couleurs && f.colorer != nil {
		p, err := f.voir(ctx, nil, limite)
		if err != nil {
			return nil, err
		}
		f.enCouleur = p
		return retouche.Gris{Gray: p.Luminance()}, nil
	}
	p, err := f.lire(ctx, r)
	if err == nil && f.miroir {
		p, err = p.Miroir(limite)
	}
	return p, err
}

// refaire reads the page in its colours, as it is seen; juge is what was read of it to judge it, or nil.
func (f *feuillet) refaire(ctx context.Context, r *raster.Runs, juge retouche.Pixels, limite int64) (retouche.Pixels,
	error) {
	switch {
	case f.enCouleur != nil:
		return f.enCouleur, nil
	case f.colorer == nil && juge != nil:
		return juge, nil
	case f.colorer == nil:
		return f.juger(ctx, r, false, limite)
	case juge == nil || f.miroir: // levels that were mirrored are no longer the file's
		return f.voir(ctx, nil, limite)
	}
	return f.voir(ctx, juge.Luminance(), limite)
}

// voir reads the colours that g goes without, all of the page if it is nil.
func (f *feuillet) voir(ctx context.Context, g *image.Gray, limite int64) (retouche.Pixels, error) {
	m, err := f.colorer(ctx, g)
	if err != nil {
		return nil, err
	}
	p, err := retouche.De(m, limite)
	if err == nil && f.miroir {
		p, err = p.Miroir(limite)
	}
	return p, err
}

// orienter notes an orientation of TIFF or EXIF, 1 to 8.
func (f *feuillet) orienter(o int) {
	f.miroir = o == 2 || o == 4 || o == 5 || o == 7
	f.rotation = [...]int{0, 0, 0, 180, 180, 270, 90, 90, 270}[o]
}

// ouverte is a source with what was read of it, so that a PDF is read once.
type ouverte struct {
	Source
	doc *DocumentPDF
}

// feuillets yields the pages of a source in order. An error takes the place of a page that can't be described.
func (n *Numeriseur) feuillets(ctx context.Context, s *ouverte) iter.Seq2[*feuillet, error] {
	return func(yield func(*feuillet, error) bool) {
		g, err := reconnaitre(s.Source)
		if err != nil {
			yield(nil, err)
			return
		}
		switch g {
		case genreTIFF:
			n.feuilletsTIFF(s.Source, yield)
		case genreJPEG:
			yield(n.feuilletJPEG(s.Source))
		case genrePNG:
			yield(n.feuilletPNG(s.Source))
		case genrePDF:
			n.feuilletsPDF(ctx, s, yield)
		default:
			yield(nil, errGenre)
		}
	}
}

var (
	errGenre = errors.New("numerisation: neither TIFF nor JPEG nor PNG nor PDF")
	errVide  = errors.New("numerisation: file without a page")
)

func (n *Numeriseur) feuilletsTIFF(s Source, yield func(*feuillet, error) bool) {
	f, err := tiff.Open(s, s.Taille, tiff.Limits{Bytes: n.memoire})
	if err != nil {
		yield(nil, err)
		return
	}
	numero := 0
	for p, err := range f.Pages() {
		if err == nil && p.Reduced {
			continue
		}
		numero++
		if err != nil {
			if !yield(nil, err) {
				return
			}
			continue
		}
		if !yield(n.feuilletTIFF(s, p, numero), nil) {
			return
		}
	}
	if numero == 0 {
		yield(nil, errVide)
	}
}

func (n *Numeriseur) feuilletTIFF(s Source, p *tiff.Page, numero int) *feuillet {
	f := &feuillet{source: s.Nom, numero: numero, l: p.Width, h: p.Height, brut: func() io.Reader { return p.Raw(0) }}
	f.dpiX, f.dpiY = p.DPI()
	f.orienter(p.Orientation)
	switch {
	case p.Bilevel():
		f.couleur = pdf.NoirBlanc
		f.lire = noirEtBlancDe(p.Runs)
		// Only a page in one strip is one stream; bits in the other order would have to be turned round.
		if c := p.Chunks(); p.Compression == tiff.CCITTG4 && len(c) == 1 && !p.Tiled && !p.LSBFirst {
			f.flux = &flux{codage: pdf.G4, noirEst1: p.Photometric == tiff.WhiteIsZero, taille: c[0].Length, ouvrir: f.brut,
				entier: true}
		}
	case p.Gray():
		f.couleur = pdf.Gris
		f.lire = niveaux(p.GrayImage)
	default:
		f.couleur = pdf.RGB
		f.lire = niveaux(p.GrayImage)
		f.colorer = func(ctx context.Context, _ *image.Gray) (image.Image, error) { return p.Image(ctx) }
	}
	return f
}

// niveaux makes a reader of levels into one of pixels.
func niveaux(
	f func(context.Context) (*image.Gray, error),
) func(context.Context, *raster.Runs) (retouche.Pixels, error) {
	return func(ctx context.Context, _ *raster.Runs) (retouche.Pixels, error) {
		g, err := f(ctx)
		if err != nil {
			return nil, err
		}
		return retouche.Gris{Gray: g}, nil
	}
}

// noirEtBlancDe makes a reader of runs into one of pixels.
func noirEtBlancDe(
	f func(context.Context, *raster.Runs) error,
) func(context.Context, *raster.Runs) (retouche.Pixels, error) {
	return func(ctx context.Context, r *raster.Runs) (retouche.Pixels, error) {
		return retouche.NoirEtBlanc{Runs: r}, f(ctx, r)
	}
}

func (n *Numeriseur) feuilletJPEG(s Source) (*feuillet, error) {
	h, err := jpeg.ReadHeader(s, s.Taille)
	if err != nil {
		return nil, err
	}
	f := &feuillet{source: s.Nom, numero: 1, l: h.Width, h: h.Height, couleur: pdf.RGB}
	f.brut = func() io.Reader { return io.NewSectionReader(s, 0, s.Taille) }
	f.dpiX, f.dpiY = h.DPI()
	if x, _ := h.EXIF.DPI(); x != f.dpiX {
		f.autreDPI = x
	}
	f.orienter(h.Orientation)
	lire := func() ([]byte, error) {
		if _, err := raster.Check(h.Width, h.Height, 8, n.memoire); err != nil {
			return nil, err
		}
		b := make([]byte, s.Taille)
		k, err := s.ReadAt(b, 0)
		if k < len(b) && err != nil && err != io.EOF {
			return nil, err
		}
		return b[:k], nil
	}
	f.lire = niveaux(func(ctx context.Context) (*image.Gray, error) {
		b, err := lire()
		if err != nil {
			return nil, err
		}
		return jpeg.DecodeGray(ctx, b, jpeg.Options{Limit: n.memoire})
	})
	if h.Gray() {
		f.couleur = pdf.Gris
	} else {
		f.colorer = func(ctx context.Context, g *image.Gray) (image.Image, error) {
			b, err := lire()
			if err != nil {
				return nil, err
			}
			return jpeg.Colours(ctx, b, g, n.memoire)
		}
	}
	// Three components named R, G, B without Adobe's marker are RGB to some readers and YCbCr to others; four are CMYK,
	// which PDF/A-1 with an sRGB output intent can't hold.
	if rgb := !h.Adobe && string(h.ComponentIDs[:3]) == "RGB"; h.Baseline() && h.Components != 4 && !rgb {
		f.flux = &flux{codage: pdf.JPEG, taille: s.Taille, ouvrir: f.brut, entier: h.Ended}
	}
	return f, nil
}

func (n *Numeriseur) feuilletPNG(s Source) (*feuillet, error) {
	h, err := png.ReadHeader(s, s.Taille)
	if err != nil {
		return nil, err
	}
	f := &feuillet{source: s.Nom, numero: 1, l: h.Width, h: h.Height}
	f.brut = func() io.Reader { return io.NewSectionReader(s, 0, s.Taille) }
	f.dpiX, f.dpiY = h.DPI()
	lire := func(ctx context.Context) (*image.Gray, error) { return png.DecodeGray(ctx, s, s.Taille, n.memoire) }
	f.lire = niveaux(lire)
	switch {
	case h.Bits == 1 && h.Colour == png.Gray && !h.Transparent:
		f.couleur = pdf.NoirBlanc
		f.lire = noirEtBlancDe(func(ctx context.Context, r *raster.Runs) error {
			g, err := lire(ctx)
			if err != nil {
				return err
			}
			return seuiller(r, g, 128, n.memoire)
		})
	case h.Colour == png.Gray || h.Colour == png.GrayAlpha:
		f.couleur = pdf.Gris
	default:
		f.couleur = pdf.RGB
		f.colorer = func(ctx context.Context, _ *image.Gray) (image.Image, error) {
			return png.Decode(ctx, s, s.Taille, n.memoire)
		}
	}
	return f, nil
}

// seuiller reads the pixels of g darker than t as black, into r.
func seuiller(r *raster.Runs, g *image.Gray, t uint8, limite int64) error {
	r.Reset(g.Rect.Dx(), limite)
	var ligne []int32
	for y := range g.Rect.Dy() {
		ligne = ligne[:0]
		noir := false
		for x, v := range g.Pix[y*g.Stride:][:g.Rect.Dx()] {
			if (v < t) != noir {
				noir = !noir
				ligne = append(ligne, int32(x))
			}
		}
		if err := r.AppendRow(ligne); err != nil {
			return err
		}
	}
	return nil
}

// classer says which finding an error of reading is.
func classer(err error) Code {
	if raison(err) != "" {
		return Dangereux
	}
	return IllisibleFichier
}
