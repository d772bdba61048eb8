package mesure

import (
	"image"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Bandeau says whether the dark band that fills zone is written on: a letterhead, which belongs to the sheet, and not
// the border that a scanner leaves, which is even. g is the page in grey, nil if it is bilevel, and r its ink.
func (p *Pieces) Bandeau(r *raster.Runs, g *image.Gray, zone image.Rectangle, bruit, dpiX, dpiY float64,
	limite int64) (bool, error) {
	zone = zone.Intersect(image.Rect(0, 0, r.Width, r.Height))
	if zone.Empty() {
		return false, nil
	}
	var clair raster.Runs
	clair.Reset(zone.Dx(), limite)
	niveau := 0
	if g != nil {
		niveau = min(255, int(float64(niveauMedian(g, zone))+max(p.BandeauEcart, p.BandeauBruits*bruit)))
	}
	var ligne []int32
	for y := zone.Min.Y; y < zone.Max.Y; y++ {
		if g != nil {
			ligne = clairs(ligne[:0], g.Pix[y*g.Stride:][zone.Min.X:zone.Max.X], niveau)
		} else {
			ligne = blancs(ligne[:0], r.Row(y), int32(zone.Min.X), int32(zone.Max.X))
		}
		if err := clair.AppendRow(ligne); err != nil {
			return false, err
		}
	}
	p.Separer(&clair, dpiX, dpiY)
	signes := 0
	cadre := Feuille{X1: p.LargeurMM, Y1: p.HauteurMM}
	for i := range p.Taches {
		// Light that comes in from the side is paper beside a band that isn't parallel to the frame.
		t := &p.Taches[i]
		if _, n := p.bord(t, cadre); n == 0 && max(t.L(), t.H()) >= p.LettreMin && max(t.L(), t.H()) <= p.MotMax {
			signes++
		}
	}
	return signes >= p.BandeauSignes, nil
}

// niveauMedian is the median level of a part of a page, from one row in four.
func niveauMedian(g *image.Gray, zone image.Rectangle) int {
	var compte [256]int
	n := 0
	for y := zone.Min.Y; y < zone.Max.Y; y += 4 {
		for _, v := range g.Pix[y*g.Stride:][zone.Min.X:zone.Max.X] {
			compte[v]++
			n++
		}
	}
	cumul := 0
	for v, k := range compte {
		if cumul += k; 2*cumul >= n {
			return v
		}
	}
	return 255
}

// clairs appends the changes of a row between what is up to a level and what is over it.
func clairs(dst []int32, row []uint8, niveau int) []int32 {
	clair := false
	for x, v := range row {
		if (int(v) > niveau) != clair {
			clair = !clair
			dst = append(dst, int32(x))
		}
	}
	return dst
}

// blancs appends the changes of the white of a row between two columns, counted from the first.
func blancs(dst, row []int32, x0, x1 int32) []int32 {
	i, pareil := slices.BinarySearch(row, x0)
	if pareil {
		i++
	}
	if i%2 == 0 { // white at x0
		dst = append(dst, 0)
	}
	for ; i < len(row) && row[i] < x1; i++ {
		dst = append(dst, row[i]-x0)
	}
	return dst
}
