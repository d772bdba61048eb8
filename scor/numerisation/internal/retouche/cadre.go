package retouche

import (
	"image"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// RognerRuns keeps the rectangle c of a black and white page.
func RognerRuns(r *raster.Runs, c image.Rectangle, limite int64) (*raster.Runs, error) {
	c = c.Intersect(image.Rect(0, 0, r.Width, r.Height))
	if _, err := raster.Check(c.Dx(), c.Dy(), 1, limite); err != nil {
		return nil, err
	}
	out := raster.NewRuns(c.Dx(), limite)
	var ligne []int32
	x0, x1 := int32(c.Min.X), int32(c.Max.X)
	for y := c.Min.Y; y < c.Max.Y; y++ {
		ligne = ligne[:0]
		// Changes left of the rectangle leave it black at its edge if their number is odd.
		noir := false
		for _, x := range r.Row(y) {
			switch {
			case x <= x0:
				noir = !noir
			case x >= x1:
			default:
				if noir && len(ligne) == 0 {
					ligne = append(ligne, 0)
				}
				noir = false
				ligne = append(ligne, x-x0)
			}
		}
		if noir && len(ligne) == 0 {
			ligne = append(ligne, 0)
		}
		if err := out.AppendRow(ligne); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// reduireRuns reduces a black and white page: black where more than half of the pixel is.
func reduireRuns(r *raster.Runs, l, h int, limite int64) (*raster.Runs, error) {
	if _, err := raster.Check(l, h, 1, limite); err != nil {
		return nil, err
	}
	out := raster.NewRuns(l, limite)
	src := make([]uint8, r.Width)
	dst := make([]uint8, l)
	var changes []int32
	var echec error
	bandes(r.Height, h, r.Width, func(y int) []uint8 {
		clear(src)
		row := r.Row(y)
		for i := 0; i < len(row); i += 2 {
			fin := int32(r.Width)
			if i+1 < len(row) {
				fin = row[i+1]
			}
			for x := row[i]; x < fin; x++ {
				src[x] = 255
			}
		}
		return src
	}, func(_ int, somme []uint32, poids uint32) {
		reduireLigne(dst, somme, poids)
		changes = changes[:0]
		noir := false
		for x, v := range dst {
			if (v > 127) != noir {
				noir = !noir
				changes = append(changes, int32(x))
			}
		}
		if err := out.AppendRow(changes); err != nil && echec == nil {
			echec = err
		}
	})
	return out, echec
}

// bandes sums rows of a source of the given height into bands for each of the h rows of the result, weighted by how
// much of each row, in 1/256, falls into the band.
func bandes(source, h, l int, ligne func(y int) []uint8, bande func(y int, somme []uint32, poids uint32)) {
	somme := make([]uint32, l)
	for y := range h {
		clear(somme)
		y0, y1 := y*source*256/h, (y+1)*source*256/h
		for s := y0 >> 8; s<<8 < y1; s++ {
			p := uint32(min(y1, (s+1)<<8) - max(y0, s<<8))
			for x, v := range ligne(s) {
				somme[x] += p * uint32(v)
			}
		}
		bande(y, somme, uint32(y1-y0))
	}
}

// reduireLigne averages a band of columns into each pixel of dst.
func reduireLigne(dst []uint8, somme []uint32, poids uint32) {
	n := len(somme)
	for x := range dst {
		x0, x1 := x*n*256/len(dst), (x+1)*n*256/len(dst)
		var t uint64
		for s := x0 >> 8; s<<8 < x1; s++ {
			t += uint64(min(x1, (s+1)<<8)-max(x0, s<<8)) * uint64(somme[s])
		}
		d := uint64(x1-x0) * uint64(poids)
		dst[x] = uint8((t + d/2) / d)
	}
}
