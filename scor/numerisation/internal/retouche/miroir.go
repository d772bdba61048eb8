// Package retouche transforms pages: mirror, straighten, crop, reduce, grey, black and white.
package retouche

import (
	"image"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Miroir exchanges left and right.
func Miroir(r *raster.Runs, limite int64) error {
	m := raster.NewRuns(r.Width, limite)
	var ligne []int32
	for _, row := range r.Rows() {
		ligne = ligne[:0]
		// Ends become starts; an end at the edge of the frame isn't written.
		if len(row)%2 == 1 {
			ligne = append(ligne, 0)
		}
		for _, x := range slices.Backward(row) {
			if x > 0 {
				ligne = append(ligne, int32(r.Width)-x)
			}
		}
		if err := m.AppendRow(ligne); err != nil {
			return err
		}
	}
	*r = *m
	return nil
}

// MiroirGris exchanges left and right.
func MiroirGris(g *image.Gray) {
	for y := range g.Rect.Dy() {
		slices.Reverse(g.Pix[y*g.Stride:][:g.Rect.Dx()])
	}
}

// MiroirCouleur exchanges left and right.
func MiroirCouleur(m image.Image, limite int64) (*image.RGBA, error) {
	r, err := RGBA(m, limite)
	if err != nil {
		return nil, err
	}
	for y := range r.Rect.Dy() {
		row := r.Pix[y*r.Stride:][:4*r.Rect.Dx()]
		for i, j := 0, len(row)-4; i < j; i, j = i+4, j-4 {
			var t [4]uint8
			copy(t[:], row[i:])
			copy(row[i:i+4], row[j:j+4])
			copy(row[j:j+4], t[:])
		}
	}
	return r, nil
}

// Gris drops the colours: the luminance of BT.601, which a JPEG has as it is.
func Gris(m image.Image, limite int64) (*image.Gray, error) {
	b := m.Bounds()
	g, err := raster.NewGray(b.Dx(), b.Dy(), limite)
	if err != nil {
		return nil, err
	}
	if c, ok := m.(*image.YCbCr); ok {
		for y := range b.Dy() {
			o := c.YOffset(b.Min.X, b.Min.Y+y)
			copy(g.Pix[y*g.Stride:][:b.Dx()], c.Y[o:o+b.Dx()])
		}
		return g, nil
	}
	r, err := RGBA(m, limite)
	if err != nil {
		return nil, err
	}
	for y := range b.Dy() {
		src := r.Pix[y*r.Stride:][:4*b.Dx()]
		for x := range b.Dx() {
			p := src[4*x:][:3]
			g.Pix[y*g.Stride+x] = uint8((19595*uint32(p[0]) + 38470*uint32(p[1]) + 7471*uint32(p[2]) + 1<<15) >> 16)
		}
	}
	return g, nil
}
