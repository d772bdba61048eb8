package papier

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"

	"github.com/boombuler/barcode"
	"github.com/boombuler/barcode/code128"
	"github.com/boombuler/barcode/datamatrix"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
)

// Limits of an image that a template shows: a logo, a stamp.
const (
	imageOctetsMax = 4 << 20
	imagePixelsMax = 16_000_000
)

// WithImage gives the template an image, PNG or JPEG, under a name of the editor's choice: a logo, the establishment's
// stamp. What is transparent in it is white.
func WithImage(nom string, octets []byte) Option {
	return func(g *Gabarit) error {
		im, err := lireImage(octets)
		if err != nil {
			return fmt.Errorf("image %s: %w", nom, err)
		}
		g.images[nom] = im
		return nil
	}
}

// imageLue is an image ready to be shown: a JPEG's own bytes, or samples.
type imageLue struct {
	largeur, hauteur int
	couleur          pdf.Couleur
	codage           pdf.Codage
	octets           []byte
}

func lireImage(b []byte) (*imageLue, error) {
	if len(b) > imageOctetsMax {
		return nil, fmt.Errorf("%d bytes, at most %d", len(b), imageOctetsMax)
	}
	c, genre, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil {
		return nil, errors.New("neither PNG nor JPEG")
	}
	if c.Width*c.Height > imagePixelsMax {
		return nil, fmt.Errorf("%d x %d pixels, at most %d in all", c.Width, c.Height, imagePixelsMax)
	}
	if genre == "jpeg" && (c.ColorModel == color.YCbCrModel || c.ColorModel == color.GrayModel) {
		if _, err := jpeg.Decode(bytes.NewReader(b)); err != nil {
			return nil, fmt.Errorf("damaged JPEG: %w", err)
		}
		im := &imageLue{c.Width, c.Height, pdf.RGB, pdf.JPEG, b}
		if c.ColorModel == color.GrayModel {
			im.couleur = pdf.Gris
		}
		return im, nil
	}
	if genre != "png" {
		return nil, errors.New("a JPEG in CMYK: expected grey or colour")
	}
	src, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil, fmt.Errorf("damaged PNG: %w", err)
	}
	im := &imageLue{c.Width, c.Height, pdf.RGB, pdf.Brut, make([]byte, 0, 3*c.Width*c.Height)}
	for y := src.Bounds().Min.Y; y < src.Bounds().Max.Y; y++ {
		for x := src.Bounds().Min.X; x < src.Bounds().Max.X; x++ {
			r, v, bl, a := src.At(x, y).RGBA() // multiplied by a
			blanc := 0xFFFF - a
			im.octets = append(im.octets, byte((r+blanc)>>8), byte((v+blanc)>>8), byte((bl+blanc)>>8))
		}
	}
	return im, nil
}

// montrer draws the image in a box, in its proportions, in the middle.
func (im *imageLue) montrer(p *pdf.Page, x, y, l, h float64) {
	e := min(l/float64(im.largeur), h/float64(im.hauteur))
	w, v := float64(im.largeur)*e, float64(im.hauteur)*e
	p.Image(x+(l-w)/2, y+(h-v)/2, w, v, pdf.Image{Largeur: im.largeur, Hauteur: im.hauteur, DPIX: 1, DPIY: 1,
		Couleur: im.couleur, Codage: im.codage, Donnees: bytes.NewReader(im.octets)})
}

// Barcodes that a template may show.
const (
	code128Nom    = "code128"
	dataMatrixNom = "datamatrix"
)

// moduleMin is the narrowest bar, in millimetres, that printers print and readers read.
const moduleMin = 0.19

// codeBarres draws a barcode in a box, its quiet zone included. A text that no barcode of that kind holds, or that
// would be too fine to be read, is an error.
func codeBarres(p *pdf.Page, genre, texte string, x, y, l, h float64) error {
	var code barcode.Barcode
	var err error
	marge := 1 // quiet zone, in modules: Data Matrix
	if genre == code128Nom {
		code, err = code128.Encode(texte)
		marge = 10
	} else {
		code, err = datamatrix.Encode(texte)
	}
	if err != nil {
		return fmt.Errorf("%w: %s can't hold it: %d characters", ErrDebordement, genre, len(texte))
	}
	b := code.Bounds()
	module := l / float64(b.Dx()+2*marge)
	if genre == dataMatrixNom {
		module = min(module, h/float64(b.Dy()+2*marge))
	}
	if module < moduleMin {
		return fmt.Errorf("%w: bars of %.2f mm, expected %.2f at least", ErrDebordement, module, moduleMin)
	}
	p.Encre(pdf.Teinte{})
	haut, lignes := h, 1
	if genre == dataMatrixNom {
		haut, lignes = module, b.Dy()
	}
	x, y = x+(l-module*float64(b.Dx()))/2, y+(h-haut*float64(lignes))/2
	for j := range lignes {
		for i := 0; i < b.Dx(); {
			n := i
			for n < b.Dx() && noir(code.At(b.Min.X+n, b.Min.Y+j)) {
				n++
			}
			if n > i {
				p.Aplat(x+float64(i)*module, y+float64(j)*haut, float64(n-i)*module, haut)
			}
			i = n + 1
		}
	}
	return p.Err()
}

func noir(c color.Color) bool {
	r, _, _, _ := c.RGBA()
	return r < 0x8000
}
