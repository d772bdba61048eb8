package codes

import (
	"image"
	"math"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/datamatrix"
	multiqr "github.com/makiuchi-d/gozxing/multi/qrcode"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// decoupeMax bounds a cutting, in pixels: a code larger than that is read as well when it is made smaller.
const decoupeMax = 1_500_000

// decoupe is a part of the page set upright.
type decoupe struct {
	g       *image.Gray
	cx, cy  float64 // of its middle, on the page
	angle   float64
	echelle float64 // pixels of the cutting for one of the page
}

// decouper cuts a zone out, turned back by angle about its middle and enlarged.
func (x *recherche) decouper(r image.Rectangle, angle, echelle float64) *decoupe {
	s, c := math.Sincos(angle)
	l, h := float64(r.Dx()), float64(r.Dy())
	return x.couper(r, float64(r.Min.X)+l/2, float64(r.Min.Y)+h/2, l*math.Abs(c)+h*math.Abs(s),
		l*math.Abs(s)+h*math.Abs(c), angle, echelle)
}

// couper cuts a box out of a zone.
func (x *recherche) couper(r image.Rectangle, cx, cy, l, h, angle, echelle float64) *decoupe {
	if p := l * h * echelle * echelle; p > decoupeMax {
		echelle *= math.Sqrt(decoupeMax / p)
	}
	d := &decoupe{cx: cx, cy: cy, angle: angle, echelle: echelle}
	d.g = image.NewGray(image.Rect(0, 0, max(1, int(l*echelle)), max(1, int(h*echelle))))
	blanc := x.blanc(r)
	for j := range d.g.Rect.Dy() {
		ligne := d.g.Pix[j*d.g.Stride:][:d.g.Rect.Dx()]
		for i := range ligne {
			px, py := d.page(float64(i)+0.5, float64(j)+0.5)
			ligne[i] = x.niveau(px-0.5, py-0.5, r, blanc)
		}
	}
	return d
}

// page is where a point of the cutting is on the page.
func (d *decoupe) page(i, j float64) (float64, float64) {
	s, c := math.Sincos(d.angle)
	u, v := (i-float64(d.g.Rect.Dx())/2)/d.echelle, (j-float64(d.g.Rect.Dy())/2)/d.echelle
	return d.cx + u*c - v*s, d.cy + u*s + v*c
}

// blanc is the level of the paper in a zone: what the corners that the turn uncovers are filled with.
func (x *recherche) blanc(r image.Rectangle) uint8 {
	b := x.seuil
	for y := r.Min.Y; y < r.Max.Y; y += 3 {
		for i := r.Min.X; i < r.Max.X; i += 3 {
			b = max(b, x.g.Pix[y*x.g.Stride+i])
		}
	}
	return b
}

// niveau reads between pixels.
func (x *recherche) niveau(px, py float64, r image.Rectangle, blanc uint8) uint8 {
	fx, fy := math.Floor(px), math.Floor(py)
	i, j := int(fx), int(fy)
	if i < r.Min.X || j < r.Min.Y || i+1 >= r.Max.X || j+1 >= r.Max.Y {
		return blanc
	}
	a, b := px-fx, py-fy
	p := x.g.Pix[j*x.g.Stride+i:]
	q := x.g.Pix[(j+1)*x.g.Stride+i:]
	v := (float64(p[0])*(1-a)+float64(p[1])*a)*(1-b) + (float64(q[0])*(1-a)+float64(q[1])*a)*b
	return uint8(v + 0.5)
}

// essayer looks for a code at a place, until one is read.
func (x *recherche) essayer(l lieu) {
	for _, t := range x.trouves {
		if l.zone.In(t.Lieu.Inset(-t.Lieu.Dx() / 4)) {
			return
		}
	}
	angles := []float64{l.angle}
	if l.angle != 0 && l.genres[0] != Code128 {
		angles = append(angles, 0)
	}
	echelles := []float64{2, 1}
	if min(l.zone.Dx(), l.zone.Dy()) > 700 {
		echelles = []float64{1, 0.5}
	}
	for _, a := range angles {
		for _, e := range echelles {
			var d *decoupe
			if l.haut > 0 {
				d = x.couper(l.zone, l.cx, l.cy, l.long, l.haut, a, e)
			} else {
				d = x.decouper(l.zone, a, e)
			}
			for _, g := range l.genres {
				if g == Code128 && x.barres(d, l.marge) {
					return
				}
				if c, ok := lire(d, d.g, g); ok && g != Code128 {
					x.noter(c)
					return
				}
			}
		}
	}
}

// bandes is how many rows of a bar code are read, each the mean of its height: grain goes, bars stay.
const bandes = 16

// barres reads a Code 128 whose bars stand upright in the cutting.
func (x *recherche) barres(d *decoupe, marge int) bool {
	l, h := d.g.Rect.Dx(), d.g.Rect.Dy()
	if h < bandes {
		return false
	}
	m := image.NewGray(image.Rect(0, 0, l, bandes))
	somme := make([]int, l)
	for b := range bandes {
		clear(somme)
		haut, bas := h*b/bandes, h*(b+1)/bandes
		for y := haut; y < bas; y++ {
			for i, v := range d.g.Pix[y*d.g.Stride:][:l] {
				somme[i] += int(v)
			}
		}
		for i, s := range somme {
			m.Pix[b*m.Stride+i] = uint8(s / (bas - haut))
		}
	}
	c, ok := lire(d, m, Code128)
	if !ok {
		return false
	}
	// A line across the bars was read: they are as high as the place.
	x0, x1, e := float64(c.Lieu.Min.X), float64(c.Lieu.Max.X), float64(marge)*d.echelle*0.9
	c.Lieu = image.Rectangle{}
	for _, y := range []float64{min(e, float64(h)/2), max(float64(h)-e, float64(h)/2)} {
		for _, i := range []float64{x0, x1} {
			a, b := d.page(i, y)
			c.Lieu = c.Lieu.Union(image.Rect(int(a), int(b), int(a)+1, int(b)+1))
		}
	}
	x.noter(c)
	return true
}

var effort = map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true}

// lire decodes what an image made of a cutting shows. The decoders are another project's, on images that anybody
// may have made: what they don't survive is a code that isn't read.
func lire(d *decoupe, m *image.Gray, g Genre) (c Code, ok bool) {
	defer func() {
		if recover() != nil {
			c, ok = Code{}, false
		}
	}()
	source := gozxing.NewLuminanceSourceFromImage(m)
	var lecteur gozxing.Reader
	switch g {
	case Code128:
		lecteur = oned.NewCode128Reader()
	case DataMatrix:
		lecteur = datamatrix.NewDataMatrixReader()
	default:
		lecteur = qrcode.NewQRCodeReader()
	}
	binariseurs := []func(gozxing.LuminanceSource) gozxing.Binarizer{
		func(s gozxing.LuminanceSource) gozxing.Binarizer { return gozxing.NewHybridBinarizer(s) },
		func(s gozxing.LuminanceSource) gozxing.Binarizer { return gozxing.NewGlobalHistgramBinarizer(s) },
	}
	if g == Code128 {
		binariseurs = binariseurs[1:] // both read rows alike
	}
	for _, b := range binariseurs {
		bits, err := gozxing.NewBinaryBitmap(b(source))
		if err != nil {
			return Code{}, false
		}
		r, err := lecteur.Decode(bits, effort)
		if err == nil {
			return Code{Genre: g, Texte: r.GetText(), Lieu: d.entourer(g, r.GetResultPoints())}, true
		}
	}
	return Code{}, false
}

// entourer surrounds points of the cutting: on the page, but for bars, which are a line of the image.
func (d *decoupe) entourer(g Genre, points []gozxing.ResultPoint) image.Rectangle {
	var r image.Rectangle
	for _, p := range points {
		if p == nil {
			continue
		}
		a, b := p.GetX(), p.GetY()
		if g != Code128 {
			a, b = d.page(a, b)
		}
		r = r.Union(image.Rect(int(a)-1, int(b)-1, int(a)+2, int(b)+2))
	}
	if g == QR {
		// The points are the middles of the finder patterns, 3.5 modules inside.
		r = r.Inset(-max(r.Dx(), r.Dy()) / 5)
	}
	return r
}

// page looks for QR codes on the whole page: their finder patterns are sought for what they are, whatever is around.
func (x *recherche) page() {
	defer func() { _ = recover() }() // as in lire
	d := x.decouper(x.g.Rect, 0, 1)
	m, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(gozxing.NewLuminanceSourceFromImage(d.g)))
	if err != nil {
		return
	}
	l, err := multiqr.NewQRCodeMultiReader().DecodeMultiple(m, nil)
	if err != nil {
		return
	}
	for _, r := range l {
		x.noter(Code{Genre: QR, Texte: r.GetText(), Lieu: d.entourer(QR, r.GetResultPoints())})
	}
}
