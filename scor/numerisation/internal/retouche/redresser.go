package retouche

import (
	"image"
	"image/draw"
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

// plan straightens the pixels of one plane, of l x h, into dst, which has the size of a; what the frame didn't show
// keeps the value that dst has.
func (a *application) plan(dst []uint8, pas int, src []uint8, saut, l, h int) {
	const un = 1 << 16
	dx, dy := int64(math.Round(a.dxx*un)), int64(math.Round(a.dxy*un))
	for y := range a.h {
		x0, x1, px, py := a.etendue(y, l, h)
		row := dst[y*pas:][:a.l]
		for x := x0; x < x1; x++ {
			if sx, sy := int(px>>16), int(py>>16); uint(sx) < uint(l-1) && uint(sy) < uint(h-1) {
				fx, fy := uint32(px>>8)&255, uint32(py>>8)&255
				s := src[sy*saut+sx:]
				t := src[(sy+1)*saut+sx:]
				haut := uint32(s[0])*(256-fx) + uint32(s[1])*fx
				bas := uint32(t[0])*(256-fx) + uint32(t[1])*fx
				row[x] = uint8((haut*(256-fy) + bas*fy + 1<<15) >> 16)
			}
			px += dx
			py += dy
		}
	}
}

func remplir(pix []uint8, v uint8) {
	for i := range pix {
		pix[i] = v
	}
}

// Redresser straightens a grey page; what the frame didn't show becomes fond.
func (p Plan) Redresser(g *image.Gray, dpiX, dpiY float64, fond uint8, limite int64) (*image.Gray, error) {
	l, h := g.Rect.Dx(), g.Rect.Dy()
	a := p.appliquer(l, h, dpiX, dpiY)
	out, err := raster.NewGray(a.l, a.h, limite)
	if err != nil {
		return nil, err
	}
	remplir(out.Pix, fond)
	a.plan(out.Pix, out.Stride, g.Pix, g.Stride, l, h)
	return out, nil
}

// redresserYCbCr straightens the planes of a page as they are, colours at the resolution that they have.
func (p Plan) redresserYCbCr(m *image.YCbCr, dpiX, dpiY float64, fond uint8, limite int64) (*image.YCbCr, error) {
	l, h := m.Rect.Dx(), m.Rect.Dy()
	a := p.appliquer(l, h, dpiX, dpiY)
	if _, err := raster.Check(a.l, a.h, 24, limite); err != nil {
		return nil, err
	}
	out := image.NewYCbCr(image.Rect(0, 0, a.l, a.h), m.SubsampleRatio)
	remplir(out.Y, fond)
	remplir(out.Cb, 128)
	remplir(out.Cr, 128)
	a.plan(out.Y, out.YStride, m.Y, m.YStride, l, h)
	sx, sy := float64(1), float64(1)
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio420:
		sx, sy = 2, 2
	case image.YCbCrSubsampleRatio422:
		sx = 2
	}
	px, py := dpiX/25.4, dpiY/25.4
	c := p.autour(float64(l)/px/2, float64(h)/py/2, px/sx, py/sy)
	c.l, c.h = out.CStride, len(out.Cb)/out.CStride
	cl, ch := (l+int(sx)-1)/int(sx), (h+int(sy)-1)/int(sy)
	c.plan(out.Cb, out.CStride, m.Cb, m.CStride, cl, ch)
	c.plan(out.Cr, out.CStride, m.Cr, m.CStride, cl, ch)
	return out, nil
}

// RedresserCouleur straightens a page in colour.
func (p Plan) RedresserCouleur(m image.Image, dpiX, dpiY float64, fond uint8, limite int64) (image.Image, error) {
	if c, ok := m.(*image.YCbCr); ok && Plane(c) {
		return p.redresserYCbCr(c, dpiX, dpiY, fond, limite)
	}
	src, err := RGBA(m, limite)
	if err != nil {
		return nil, err
	}
	l, h := src.Rect.Dx(), src.Rect.Dy()
	a := p.appliquer(l, h, dpiX, dpiY)
	if _, err := raster.Check(a.l, a.h, 32, limite); err != nil {
		return nil, err
	}
	out := image.NewRGBA(image.Rect(0, 0, a.l, a.h))
	for i := range out.Pix {
		out.Pix[i] = fond | -uint8(i&3/3)
	}
	for y := range a.h {
		row := out.Pix[y*out.Stride:]
		a.ligne(y, l, h, func(x, sx, sy int, fx, fy uint32) {
			s := src.Pix[sy*src.Stride+4*sx:][:8]
			t := src.Pix[(sy+1)*src.Stride+4*sx:][:8]
			d := row[4*x:][:3]
			for k := range d {
				haut := uint32(s[k])*(256-fx) + uint32(s[4+k])*fx
				bas := uint32(t[k])*(256-fx) + uint32(t[4+k])*fx
				d[k] = uint8((haut*(256-fy) + bas*fy + 1<<15) >> 16)
			}
		})
	}
	return out, nil
}

// Plane says whether the planes of m can be worked on as they are: corner at 0, 0, and colours at full or half the
// resolution.
func Plane(m *image.YCbCr) bool {
	switch m.SubsampleRatio {
	case image.YCbCrSubsampleRatio444, image.YCbCrSubsampleRatio422, image.YCbCrSubsampleRatio420:
		return m.Rect.Min == (image.Point{})
	}
	return false
}

// RGBA is m as RGBA with its corner at 0, 0.
func RGBA(m image.Image, limite int64) (*image.RGBA, error) {
	if r, ok := m.(*image.RGBA); ok && r.Rect.Min == (image.Point{}) {
		return r, nil
	}
	b := m.Bounds()
	if _, err := raster.Check(b.Dx(), b.Dy(), 32, limite); err != nil {
		return nil, err
	}
	r := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	draw.Draw(r, r.Rect, m, b.Min, draw.Src)
	return r, nil
}

// RedresserRuns straightens a black and white page: each pixel of the result is black where more than half of it falls
// on black.
func (p Plan) RedresserRuns(r *raster.Runs, dpiX, dpiY float64, limite int64) (*raster.Runs, error) {
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
