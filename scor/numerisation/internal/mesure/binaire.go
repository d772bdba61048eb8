package mesure

import (
	"image"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Perte compares a page in black and white with the grey one that it was made of.
type Perte struct {
	Traces  int // places of one square millimetre with writing on the grey page
	Perdues int // those that are blank in black and white
	Noyees  int // places of half tone that became solid black
}

// Part is the share of the places with writing that were lost or drowned.
func (p Perte) Part() float64 {
	if p.Traces == 0 {
		return 0
	}
	return float64(p.Perdues+p.Noyees) / float64(p.Traces)
}

// NoirEtBlanc reads g in black and white into dst. It follows the paper from tile to tile, so that shadows don't turn
// black, and in each tile the depth of its own strokes, so that faint writing and stamps stay beside a bold heading.
// [Trieur.Marques] must have been called for g, with the same resolutions; encre is the ink that it found. faible is
// the least difference of level that counts as writing.
func (t *Trieur) NoirEtBlanc(dst, encre *raster.Runs, g *image.Gray, dpiX, dpiY, faible float64, limite int64) (Perte,
	error) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	tw, th := t.cotes(dpiX, dpiY)
	nx, ny := t.papier.l, t.papier.h
	// Depth of the strokes of each quarter tile: what the ink of that place measures on average.
	sx, sy := max(2, tw/3), max(2, th/3)
	var prof, poids grille
	prof.init((w+sx-1)/sx, (h+sy-1)/sy)
	poids.init(prof.l, prof.h)
	for y, row := range encre.Rows() {
		seuils := t.lisse.row(min(y/th, ny-1))
		pr, po := prof.row(y/sy), poids.row(y/sy)
		pix := g.Pix[y*g.Stride:][:w]
		for i := 0; i < len(row); i += 2 {
			fin := int32(w)
			if i+1 < len(row) {
				fin = row[i+1]
			}
			for x := row[i]; x < fin; x++ {
				// Squares weigh the cores of strokes more than their edges.
				if d := seuils[min(int(x)/tw, nx-1)] - float32(pix[x]); d > 0 {
					pr[int(x)/sx] += d * d
					po[int(x)/sx] += d
				}
			}
		}
	}
	for i, p := range poids.v {
		if p > 0 {
			prof.v[i] /= p
		}
	}
	dst.Reset(w, limite)
	var changes []int32
	for y := range h {
		pix := g.Pix[y*g.Stride:][:w]
		seuils, bruits := t.lisse.row(min(y/th, ny-1)), t.bruits.row(min(y/th, ny-1))
		pr := prof.row(y / sy)
		changes = changes[:0]
		noir := false
		for bx := range pr {
			x0, x1 := bx*sx, min((bx+1)*sx, w)
			tx := min(x0/tw, nx-1)
			p := seuils[tx]
			lim := p - max(float32(t.NoirPart)*pr[bx], float32(t.seuil(p, bruits[tx])))
			for x, v := range pix[x0:x1] {
				if (float32(v) < lim) != noir {
					noir = !noir
					changes = append(changes, int32(x0+x))
				}
			}
		}
		if err := dst.AppendRow(changes); err != nil {
			return Perte{}, err
		}
	}
	return t.comparer(dst, encre, g, dpiX, dpiY, faible), nil
}

// comparer counts what black and white lost, cell by cell of a millimetre.
func (t *Trieur) comparer(nb, encre *raster.Runs, g *image.Gray, dpiX, dpiY, faible float64) Perte {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	px, py := max(1, int(dpiX/25.4)), max(1, int(dpiY/25.4))
	tw, th := t.cotes(dpiX, dpiY)
	n := (w + px - 1) / px
	avant, apres, fond := make([]int32, n), make([]int32, n), make([]float64, n)
	var p Perte
	compter := func(c []int32, row []int32) {
		for i := 0; i < len(row); i += 2 {
			fin := int32(w)
			if i+1 < len(row) {
				fin = row[i+1]
			}
			for x := row[i]; x < fin; x++ {
				c[int(x)/px]++
			}
		}
	}
	for y := range h {
		for i, row := 0, encre.Row(y); i < len(row); i += 2 {
			fin := int32(w)
			if i+1 < len(row) {
				fin = row[i+1]
			}
			seuils := t.lisse.row(min(y/th, t.papier.h-1))
			for x := row[i]; x < fin; x++ {
				fond[int(x)/px] += float64(seuils[min(int(x)/tw, t.papier.l-1)]) - float64(g.Pix[y*g.Stride+int(x)])
			}
		}
		compter(avant, encre.Row(y))
		compter(apres, nb.Row(y))
		if (y+1)%py != 0 && y != h-1 {
			continue
		}
		aire := int32(px * py)
		for i, a := range avant {
			// A place has writing if a tenth of it is inked, deep enough to be read.
			if float64(a) > t.TraceePart*float64(aire) && fond[i]/float64(a) >= faible {
				p.Traces++
				switch {
				case apres[i] == 0:
					p.Perdues++
				case float64(apres[i]) > t.NoyePlein*float64(aire) && fond[i]/float64(a) < t.NoyePart*t.papierMedian:
					p.Noyees++
				}
			}
			avant[i], apres[i], fond[i] = 0, 0, 0
		}
	}
	return p
}
