package retouche

import (
	"image"
	"image/color"
	"image/draw"
	"io"
	"math"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

// Couleur is a page in colour: planes of luminance and of two colours, these at the resolution that they have; its
// corner is at 0, 0.
type Couleur struct{ *image.YCbCr }

// plans are the luminance and the colours.
func (p Couleur) plans() [3]plan {
	l, h := p.Taille()
	sx, sy := raster.Subsampling(p.SubsampleRatio)
	cl, ch := (l+sx-1)/sx, (h+sy-1)/sy
	return [3]plan{{p.Y, p.YStride, l, h}, {p.Cb, p.CStride, cl, ch}, {p.Cr, p.CStride, cl, ch}}
}

// nouvelle is a page of the same kind and another size.
func (p Couleur) nouvelle(l, h int, limite int64) (Couleur, error) {
	if _, err := raster.Check(l, h, 24, limite); err != nil {
		return Couleur{}, err
	}
	return Couleur{image.NewYCbCr(image.Rect(0, 0, l, h), p.SubsampleRatio)}, nil
}

// Taille is in pixels.
func (p Couleur) Taille() (l, h int) { return p.Rect.Dx(), p.Rect.Dy() }

// Miroir exchanges left and right, in place.
func (p Couleur) Miroir(int64) (Pixels, error) {
	for _, q := range p.plans() {
		q.miroir()
	}
	return p, nil
}

// Redresser straightens each plane at its own resolution.
func (p Couleur) Redresser(pl Plan, dpiX, dpiY float64, fond uint8, limite int64) (Pixels, error) {
	l, h := p.Taille()
	a := pl.appliquer(l, h, dpiX, dpiY)
	out, err := p.nouvelle(a.l, a.h, limite)
	if err != nil {
		return nil, err
	}
	src, dst := p.plans(), out.plans()
	a.redresser(dst[0], src[0], fond)
	sx, sy := raster.Subsampling(p.SubsampleRatio)
	px, py := dpiX/25.4, dpiY/25.4
	c := pl.autour(float64(l)/px/2, float64(h)/py/2, px/float64(sx), py/float64(sy))
	c.l, c.h = dst[1].l, dst[1].h
	c.redresser(dst[1], src[1], 128)
	c.redresser(dst[2], src[2], 128)
	return out, nil
}

// Rogner keeps a rectangle, whose corner goes back to where a sample of the colours starts.
func (p Couleur) Rogner(c image.Rectangle, limite int64) (Pixels, error) {
	sx, sy := raster.Subsampling(p.SubsampleRatio)
	c = c.Intersect(p.Rect)
	c.Min.X -= c.Min.X % sx
	c.Min.Y -= c.Min.Y % sy
	out, err := p.nouvelle(c.Dx(), c.Dy(), limite)
	if err != nil {
		return nil, err
	}
	src, dst := p.plans(), out.plans()
	src[0].rogner(dst[0], c.Min.X, c.Min.Y)
	src[1].rogner(dst[1], c.Min.X/sx, c.Min.Y/sy)
	src[2].rogner(dst[2], c.Min.X/sx, c.Min.Y/sy)
	return out, nil
}

// Reduire averages each plane.
func (p Couleur) Reduire(l, h int, limite int64) (Pixels, error) {
	out, err := p.nouvelle(l, h, limite)
	if err != nil {
		return nil, err
	}
	src, dst := p.plans(), out.plans()
	for i := range src {
		src[i].reduire(dst[i])
	}
	return out, nil
}

// Luminance is the page's plane of it, that of BT.601, not a copy.
func (p Couleur) Luminance() *image.Gray {
	return &image.Gray{Pix: p.Y, Stride: p.YStride, Rect: p.Rect}
}

// Ecrire writes the planes.
func (p Couleur) Ecrire(w io.Writer) {
	for _, q := range p.plans() {
		q.ecrire(w)
	}
}

// Chroma is how far from grey a part of a page is on average, in levels: the larger distance of Cb and Cr from their
// middle. One point in 64 is looked at.
func (p Couleur) Chroma(zone image.Rectangle) float64 {
	zone = zone.Intersect(p.Rect)
	var cb, cr, n float64
	for y := zone.Min.Y; y < zone.Max.Y; y += 8 {
		for x := zone.Min.X; x < zone.Max.X; x += 8 {
			o := p.COffset(x, y)
			cb, cr, n = cb+float64(p.Cb[o]), cr+float64(p.Cr[o]), n+1
		}
	}
	if n == 0 {
		return 0
	}
	return max(math.Abs(cb/n-128), math.Abs(cr/n-128))
}

// enPlans brings an image of any kind to planes, two rows at a time; the colours of four pixels are averaged.
func enPlans(m image.Image, limite int64) (Pixels, error) {
	b := m.Bounds()
	out, err := Couleur{&image.YCbCr{SubsampleRatio: image.YCbCrSubsampleRatio420}}.nouvelle(b.Dx(), b.Dy(), limite)
	if err != nil {
		return nil, err
	}
	direct, _ := m.(*image.RGBA)
	bande := image.NewRGBA(image.Rect(0, 0, b.Dx(), 2))
	for y := 0; y < b.Dy(); y += 2 {
		n := min(2, b.Dy()-y)
		rangs := [2][]uint8{bande.Pix, bande.Pix[bande.Stride:]}
		if direct != nil {
			rangs[0] = direct.Pix[direct.PixOffset(b.Min.X, b.Min.Y+y):]
			rangs[1] = direct.Pix[direct.PixOffset(b.Min.X, b.Min.Y+y+n-1):]
		} else {
			draw.Draw(bande, image.Rect(0, 0, b.Dx(), n), m, image.Pt(b.Min.X, b.Min.Y+y), draw.Src)
			if n == 1 {
				rangs[1] = rangs[0]
			}
		}
		out.deuxRangs(y, n, rangs)
	}
	return out, nil
}

// deuxRangs writes rows y and y+1, or y alone if n is 1, from RGBA.
func (p Couleur) deuxRangs(y, n int, rangs [2][]uint8) {
	l := p.Rect.Dx()
	for i := range n {
		src, dst := rangs[i][:4*l], p.Y[(y+i)*p.YStride:][:l]
		for x := range dst {
			q := src[4*x:][:3]
			dst[x] = luminance(q[0], q[1], q[2])
		}
	}
	for x := 0; x < l; x += 2 {
		var s [3]uint32
		for _, rang := range rangs {
			u, v := rang[4*x:][:3], rang[4*min(x+1, l-1):][:3]
			for k := range s {
				s[k] += uint32(u[k]) + uint32(v[k])
			}
		}
		_, cb, cr := color.RGBToYCbCr(uint8((s[0]+2)/4), uint8((s[1]+2)/4), uint8((s[2]+2)/4))
		p.Cb[y/2*p.CStride+x/2], p.Cr[y/2*p.CStride+x/2] = cb, cr
	}
}

// luminance is that of BT.601, which a JPEG has.
func luminance(r, g, b uint8) uint8 {
	return uint8((19595*uint32(r) + 38470*uint32(g) + 7471*uint32(b) + 1<<15) >> 16)
}

// Luminance drops the colours of an image.
func Luminance(m image.Image, limite int64) (*image.Gray, error) {
	if g, ok := m.(*image.Gray); ok && g.Rect.Min == (image.Point{}) {
		return g, nil
	}
	if c, ok := m.(*image.YCbCr); ok && c.Rect.Min == (image.Point{}) {
		return Couleur{c}.Luminance(), nil
	}
	b := m.Bounds()
	g, err := raster.NewGray(b.Dx(), b.Dy(), limite)
	if err != nil {
		return nil, err
	}
	bande := image.NewRGBA(image.Rect(0, 0, b.Dx(), 1))
	for y := range b.Dy() {
		src := bande.Pix
		if r, ok := m.(*image.RGBA); ok {
			src = r.Pix[r.PixOffset(b.Min.X, b.Min.Y+y):]
		} else {
			draw.Draw(bande, bande.Rect, m, image.Pt(b.Min.X, b.Min.Y+y), draw.Src)
		}
		for x := range b.Dx() {
			q := src[4*x:][:3]
			g.Pix[y*g.Stride+x] = luminance(q[0], q[1], q[2])
		}
	}
	return g, nil
}
