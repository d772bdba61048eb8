package pagedessinee

import "image"

// blanc is the level of the ground where the sheet isn't: hardly another than the paper's.
const blanc = 248

// glisser moves the sheet by a part of the frame's side, out of it; what it leaves is white.
func glisser(g *image.Gray, d Defaut, part float64) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	src := image.NewGray(g.Rect)
	copy(src.Pix, g.Pix)
	dx, dy := int(part*float64(w)), 0
	switch d {
	case Gauche:
		dx = -dx
	case Glissee:
		dx, dy = 0, int(part*float64(h))
	}
	for y := range h {
		for x := range w {
			v := uint8(blanc)
			if sx, sy := x-dx, y-dy; sx >= 0 && sx < w && sy >= 0 {
				v = src.Pix[sy*src.Stride+sx]
			}
			g.Pix[y*g.Stride+x] = v
		}
	}
}

// plier folds the top right corner over: a triangle of that width and height becomes blank, with the fold's shadow
// along it.
func plier(g *image.Gray, l, h int, k float64) {
	w := g.Rect.Dx()
	for y := range min(h, g.Rect.Dy()) {
		x0 := w - l + l*y/h
		for x := max(0, x0); x < w; x++ {
			v := uint8(blanc)
			if float64(x-x0) < 0.35*k {
				v = 60
			}
			g.Pix[y*g.Stride+x] = v
		}
	}
}

// trainer smears the page across by n points.
func trainer(g *image.Gray, n int) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	somme := make([]int, w+1)
	for y := range h {
		row := g.Pix[y*g.Stride:][:w]
		for x, v := range row {
			somme[x+1] = somme[x] + int(v)
		}
		for x := range row {
			a, b := max(0, x-n/2), min(w, x+n/2+1)
			row[x] = uint8((somme[b] - somme[a]) / (b - a))
		}
	}
}

// tache is a speck.
func tache(g *image.Gray, cx, cy int, rayon float64, v uint8) {
	n := int(rayon) + 1
	for y := cy - n; y <= cy+n; y++ {
		for x := cx - n; x <= cx+n; x++ {
			if p := image.Pt(x, y); p.In(g.Rect) && float64((x-cx)*(x-cx)+(y-cy)*(y-cy)) <= rayon*rayon {
				g.Pix[y*g.Stride+x] = v
			}
		}
	}
}
