package retouche

import (
	"math"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Plan says how to straighten a page: turn it clockwise by Degres around the middle of its frame, and keep the
// rectangle of the result that starts at X0, Y0 and has that width and height. Millimetres, from the top left corner of
// the frame.
type Plan struct {
	Degres               float64
	X0, Y0               float64
	LargeurMM, HauteurMM float64
}

// application is a Plan in pixels: source = origine + x*dx + y*dy, in 16.16 fixed point.
type application struct {
	l, h               int
	ox, oy             float64
	dxx, dxy, dyx, dyy float64
}

func (p Plan) appliquer(l, h int, dpiX, dpiY float64) application {
	px, py := dpiX/25.4, dpiY/25.4
	a := p.autour(float64(l)/px/2, float64(h)/py/2, px, py)
	a.l, a.h = max(1, int(math.Round(p.LargeurMM*px))), max(1, int(math.Round(p.HauteurMM*py)))
	return a
}

// autour turns around a centre in millimetres, at px and py pixels a millimetre.
func (p Plan) autour(cx, cy, px, py float64) (a application) {
	sin, cos := math.Sincos(p.Degres * math.Pi / 180)
	// From a pixel of the result to millimetres from the centre, turned back, to a pixel of the source.
	src := func(x, y float64) (float64, float64) {
		u, v := p.X0+x/px-cx, p.Y0+y/py-cy
		return (u*cos+v*sin+cx)*px - 0.5, (v*cos-u*sin+cy)*py - 0.5
	}
	a.ox, a.oy = src(0.5, 0.5)
	x1, y1 := src(1.5, 0.5)
	x2, y2 := src(0.5, 1.5)
	a.dxx, a.dxy, a.dyx, a.dyy = x1-a.ox, y1-a.oy, x2-a.ox, y2-a.oy
	return a
}

// etendue gives the columns of row y that may lie inside a source of l x h pixels, and where the first one's pixel is
// there, in 16.16 fixed point.
func (a *application) etendue(y, l, h int) (x0, x1 int, px, py int64) {
	const un = 1 << 16
	bx, by := a.ox+float64(y)*a.dyx, a.oy+float64(y)*a.dyy
	x1 = a.l
	borner := func(o, d, fin float64) {
		// 0 <= o + x*d <= fin
		if math.Abs(d) < 1e-12 {
			if o < 0 || o > fin {
				x1 = 0
			}
			return
		}
		p, q := -o/d, (fin-o)/d
		x0, x1 = max(x0, int(math.Ceil(min(p, q)))), min(x1, int(math.Floor(max(p, q)))+1)
	}
	borner(bx, a.dxx, float64(l-1)-1e-3)
	borner(by, a.dxy, float64(h-1)-1e-3)
	return x0, x1, int64((bx + float64(x0)*a.dxx) * un), int64((by + float64(x0)*a.dxy) * un)
}

// ligne calls f for each pixel of row y that lies inside a source of l x h pixels: column of the result, corner of the
// source's four pixels, and their weights in 1/256.
func (a *application) ligne(y, l, h int, f func(x, sx, sy int, fx, fy uint32)) {
	x0, x1, px, py := a.etendue(y, l, h)
	dx, dy := int64(math.Round(a.dxx*(1<<16))), int64(math.Round(a.dxy*(1<<16)))
	for x := x0; x < x1; x++ {
		sx, sy := int(px>>16), int(py>>16)
		if sx >= 0 && sy >= 0 && sx < l-1 && sy < h-1 {
			f(x, sx, sy, uint32(px>>8)&255, uint32(py>>8)&255)
		}
		px += dx
		py += dy
	}
}

func remplir(pix []uint8, v uint8) {
	if len(pix) == 0 {
		return
	}
	pix[0] = v
	for n := 1; n < len(pix); n *= 2 {
		copy(pix[n:], pix[:n])
	}
}

// redresserRuns straightens a black and white page: each pixel of the result is black where more than half of it falls
// on black.
func (p Plan) redresserRuns(r *raster.Runs, dpiX, dpiY float64, limite int64) (*raster.Runs, error) {
	b, err := r.Bitmap()
	if err != nil {
		return nil, err
	}
	a := p.appliquer(b.Width, b.Height, dpiX, dpiY)
	out := raster.NewRuns(a.l, limite)
	ligne := make([]byte, (a.l+7)/8)
	var changes []int32
	for y := range a.h {
		clear(ligne)
		a.ligne(y, b.Width, b.Height, func(x, sx, sy int, fx, fy uint32) {
			s, t := b.Row(sy), b.Row(sy+1)
			bit := func(row []byte, i int) uint32 { return uint32(row[i>>3]>>(7-i&7)) & 1 }
			haut := bit(s, sx)*(256-fx) + bit(s, sx+1)*fx
			bas := bit(t, sx)*(256-fx) + bit(t, sx+1)*fx
			if haut*(256-fy)+bas*fy > 1<<15 {
				ligne[x>>3] |= 0x80 >> (x & 7)
			}
		})
		changes = raster.AppendChanges(changes[:0], ligne, a.l)
		if err := out.AppendRow(changes); err != nil {
			return nil, err
		}
	}
	return out, nil
}
