package numerisation

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"image"
	"image/jpeg"

	"crypto/sha256"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// ouvrage is a page that is being transformed: black and white, grey or colour.
type ouvrage struct {
	runs       *raster.Runs
	gris       *image.Gray
	couleur    image.Image
	dpiX, dpiY float64
	tour       int
	empreinte  scor.Empreinte
}

func (o *ouvrage) taille() (l, h int) {
	switch {
	case o.runs != nil:
		return o.runs.Width, o.runs.Height
	case o.gris != nil:
		return o.gris.Rect.Dx(), o.gris.Rect.Dy()
	}
	return o.couleur.Bounds().Dx(), o.couleur.Bounds().Dy()
}

// hacher is the SHA-256 of the pixels, after their dimensions and kind.
func (o *ouvrage) hacher() (e scor.Empreinte) {
	h := sha256.New()
	l, ht := o.taille()
	fmt.Fprintf(h, "%d %d ", l, ht)
	switch {
	case o.runs != nil:
		b := make([]byte, 0, 4096)
		for _, row := range o.runs.Rows() {
			b = binary.BigEndian.AppendUint32(b[:0], uint32(len(row)))
			for _, x := range row {
				b = binary.BigEndian.AppendUint32(b, uint32(x))
			}
			h.Write(b)
		}
	case o.gris != nil:
		for y := range ht {
			h.Write(o.gris.Pix[y*o.gris.Stride:][:l])
		}
	default:
		switch m := o.couleur.(type) {
		case *image.RGBA:
			h.Write(m.Pix)
		case *image.YCbCr:
			h.Write(m.Y)
			h.Write(m.Cb)
			h.Write(m.Cr)
		case *image.CMYK:
			h.Write(m.Pix)
		}
	}
	h.Sum(e[:0])
	return e
}

// aRetoucher says whether the page has to be transformed whatever its weight.
func (a *atelier) aRetoucher(*examen) bool {
	return false
}

// refaire codes a page that can't pass through, transformed as little as it takes to fit the budget.
func (a *atelier) refaire(ctx context.Context, f *feuillet, e *examen, s *sortie, budget int64) error {
	o := &ouvrage{dpiX: f.dpiX, dpiY: f.dpiY, tour: e.tourner}
	switch {
	case f.runs != nil:
		o.runs = &a.runs
	case f.image != nil:
		m, err := f.image(ctx)
		if err != nil {
			return err
		}
		o.couleur = m
	default:
		if o.gris = e.gris; o.gris == nil {
			g, err := f.gris(ctx)
			if err != nil {
				return err
			}
			o.gris = g
		}
	}
	o.empreinte = o.hacher()
	s.page.Etapes = append(s.page.Etapes, Etape{Nom: "decoder", Avant: hacher(f.brut()), Apres: o.empreinte})
	code, codage, couleur, err := a.coder(o)
	if err != nil {
		return err
	}
	if o.couleur != nil && budget > 0 && int64(len(code)) > budget {
		if o.gris = e.gris; o.gris == nil {
			if o.gris, err = f.gris(ctx); err != nil {
				return err
			}
		}
		o.couleur = nil
		avant := o.empreinte
		o.empreinte = o.hacher()
		s.page.Etapes = append(s.page.Etapes, Etape{Nom: scor.Gris, Avant: avant, Apres: o.empreinte})
		if code, codage, couleur, err = a.coder(o); err != nil {
			return err
		}
	}
	if budget > 0 && int64(len(code)) > budget {
		s.page.Constats = append(s.page.Constats, Constat{Code: Poids, Etat: Present, Bloquant: true, Renumeriser: true, Mesure: float64(len(code)), Limite: float64(budget), Unite: "octets", Source: a.n.profil.Source,
			Message: fmt.Sprintf("La page pèse %d Ko, la limite est de %d Ko : numérisez en noir et blanc ou à %.0f ppp.", len(code)/1000, budget/1000, a.n.profil.DPIMin)})
		return nil
	}
	s.ouvrir = lecteurDe(code)
	s.image = pdf.Image{Codage: codage, Couleur: couleur, NoirEst1: true}
	s.page.Octets = int64(len(code))
	s.page.Etapes = append(s.page.Etapes, Etape{Nom: "coder", Avant: o.empreinte, Apres: hacher(bytes.NewReader(code))})
	l, h := o.taille()
	a.poser(s, l, h, o.dpiX, o.dpiY, o.tour, false)
	return nil
}

// coder codes a page: G4 if it is black and white, else JPEG.
func (a *atelier) coder(o *ouvrage) ([]byte, pdf.Codage, pdf.Couleur, error) {
	if o.runs != nil {
		b, err := coder(o.runs)
		return b, pdf.G4, pdf.NoirBlanc, err
	}
	var b bytes.Buffer
	opt := &jpeg.Options{Quality: a.n.seuils.QualiteJPEG}
	if o.gris != nil {
		err := jpeg.Encode(&b, o.gris, opt)
		return b.Bytes(), pdf.JPEG, pdf.Gris, err
	}
	err := jpeg.Encode(&b, o.couleur, opt)
	return b.Bytes(), pdf.JPEG, pdf.RGB, err
}

