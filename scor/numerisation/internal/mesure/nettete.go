package mesure

import "image"

// bordure is the width in millimetres of the sharpest edge of a tile across the page and along it: its depth over its
// steepest slope, both of means of 2x2 points, whose grain is half as strong. A sheet that moved is sharp one way and
// smeared the other.
func (t *Trieur) bordure(g *image.Gray, r image.Rectangle, papier, bruit float32, dpiX, dpiY float64) (x, y float64) {
	penteX, penteY, creux := 0, 0, 4*int(papier)
	for y := r.Min.Y + 3; y < r.Max.Y; y++ {
		var l [4][]uint8
		for k := range l {
			l[k] = g.Pix[(y-k)*g.Stride+r.Min.X:][:r.Dx()]
		}
		a, b, c, d := l[0], l[1], l[2], l[3]
		for x := 3; x < len(a); x++ {
			ici := int(a[x]) + int(a[x-1]) + int(b[x]) + int(b[x-1])
			u := ici - (int(a[x-2]) + int(a[x-3]) + int(b[x-2]) + int(b[x-3]))
			v := ici - (int(c[x]) + int(c[x-1]) + int(d[x]) + int(d[x-1]))
			penteX, penteY = max(penteX, u, -u), max(penteY, v, -v)
			creux = min(creux, ici)
		}
	}
	// Sums of four points, two points apart. The grain makes slopes of its own.
	creuse := papier - float32(creux)/4
	largeur := func(pente int, dpi float64) float64 {
		return float64(creuse/max(1, float32(pente)/8-float32(t.BruitPente)*bruit)) / dpi * 25.4
	}
	return largeur(penteX, dpiX), largeur(penteY, dpiY)
}
