package pagedessinee

import (
	"image"
	"math"
	"math/rand/v2"
)

// toile is a scan that is being drawn: one plane of levels if it is grey, three if it has colours.
type toile struct {
	l, h     int
	k        float64 // points a millimetre
	plans    [][]uint8
	pl       *plume
	cadre    [6]float64 // the pen's matrix for millimetres of the frame
	feuille  [6]float64 // the same for those of the sheet
	couleurs bool
}

type teinte [3]float64

// luminance is the grey of a colour.
func (t teinte) luminance() float64 { return 0.299*t[0] + 0.587*t[1] + 0.114*t[2] }

func nouvelleToile(largMM, hautMM, dpi float64, couleurs bool, fond teinte) *toile {
	k := dpi / 25.4
	t := &toile{l: int(math.Round(largMM * k)), h: int(math.Round(hautMM * k)), k: k, couleurs: couleurs}
	t.plans = make([][]uint8, 1)
	if couleurs {
		t.plans = make([][]uint8, 3)
	}
	for c := range t.plans {
		t.plans[c] = make([]uint8, t.l*t.h)
		v := uint8(t.niveau(fond, c))
		for i := range t.plans[c] {
			t.plans[c][i] = v
		}
	}
	t.pl = &plume{encre: image.NewGray(image.Rect(0, 0, t.l, t.h))}
	t.cadre = [6]float64{k, 0, 0, 0, k, 0}
	t.feuille = t.cadre
	return t
}

func (t *toile) niveau(c teinte, plan int) float64 {
	if t.couleurs {
		return c[plan]
	}
	return c.luminance()
}

// placer lays a sheet of the given size with its corner at dx, dy in the frame, turned counter-clockwise around its
// middle.
func (t *toile) placer(largMM, hautMM, dx, dy, deg float64) {
	s, c := math.Sincos(deg * math.Pi / 180)
	k, cx, cy := t.k, largMM/2, hautMM/2
	t.feuille = [6]float64{c * k, s * k, (cx - c*cx - s*cy + dx) * k, -s * k, c * k, (cy + s*cx - c*cy + dy) * k}
}

// peindre lays ink of a colour where f draws, in the matrix m.
func (t *toile) peindre(m [6]float64, c teinte, force float64, f func(*plume)) {
	p := t.pl
	p.a, p.b, p.c, p.d, p.e, p.f = m[0], m[1], m[2], m[3], m[4], m[5]
	var r image.Rectangle
	p.touche = &r
	f(p)
	for plan, pix := range t.plans {
		v := t.niveau(c, plan)
		for y := r.Min.Y; y < r.Max.Y; y++ {
			enc := p.encre.Pix[y*p.encre.Stride:][:t.l]
			row := pix[y*t.l:][:t.l]
			for x := r.Min.X; x < r.Max.X; x++ {
				if e := enc[x]; e > 0 {
					a := force * float64(e) / 255
					row[x] = uint8(float64(row[x]) + (v-float64(row[x]))*a + 0.5)
				}
			}
		}
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		clear(p.encre.Pix[y*p.encre.Stride+r.Min.X : y*p.encre.Stride+r.Max.X])
	}
}

// encrer lays ink on the sheet.
func (t *toile) encrer(c teinte, force float64, f func(*plume)) { t.peindre(t.feuille, c, force, f) }

// eclairer multiplies levels by f of a place in the frame, in millimetres; f is smooth, and taken every 8 points.
func (t *toile) eclairer(f func(x, y float64) float64) {
	const pas = 8
	n := t.l/pas + 2
	for y := range t.h {
		var facteurs []float64
		for i := range n {
			facteurs = append(facteurs, f(float64(i*pas)/t.k, float64(y)/t.k))
		}
		for _, pix := range t.plans {
			row := pix[y*t.l:][:t.l]
			for x := range row {
				i, d := x/pas, float64(x%pas)/pas
				row[x] = uint8(max(0, min(255, float64(row[x])*(facteurs[i]*(1-d)+facteurs[i+1]*d)+0.5)))
			}
		}
	}
}

// courber sends each level through f.
func (t *toile) courber(f func(v float64) float64) {
	var table [256]uint8
	for v := range table {
		table[v] = uint8(max(0, min(255, math.Round(f(float64(v))))))
	}
	for _, pix := range t.plans {
		for i, v := range pix {
			pix[i] = table[v]
		}
	}
}

// grainer adds grain of the given standard deviation, in part the same in all planes, as a sensor's is.
func (t *toile) grainer(r *rand.Rand, sigma float64) {
	if sigma <= 0 {
		return
	}
	var normales [1 << 12]int32
	for i := range normales {
		normales[i] = int32(math.Round(r.NormFloat64() * sigma * 256))
	}
	for _, pix := range t.plans {
		for i := range pix {
			if i%1024 == 0 {
				// The table isn't seen to repeat: each stretch starts elsewhere.
				r.Shuffle(8, func(a, b int) { normales[a], normales[b] = normales[b], normales[a] })
			}
			n := normales[(int64(i)*2654435761>>7^int64(i))&int64(len(normales)-1)]
			pix[i] = uint8(max(0, min(255, int32(pix[i])+(n+128)>>8)))
		}
	}
}

// gris is a plane as an image.
func (t *toile) gris(plan int) *image.Gray {
	return &image.Gray{Pix: t.plans[plan], Stride: t.l, Rect: image.Rect(0, 0, t.l, t.h)}
}

// flou blurs by a radius in millimetres.
func (t *toile) flou(mm float64) {
	if mm*t.k < 0.8 {
		return
	}
	for c := range t.plans {
		flouter(t.gris(c), mm*t.k)
	}
}

// bouger smears over a length in millimetres in a direction, in degrees.
func (t *toile) bouger(mm, deg float64) {
	s, c := math.Sincos(deg * math.Pi / 180)
	n := max(2, int(mm*t.k))
	dx, dy := make([]int, n), make([]int, n)
	for i := range n {
		f := float64(i) - float64(n)/2
		dx[i], dy[i] = int(math.Round(f*c)), int(math.Round(f*s))
	}
	for plan, pix := range t.plans {
		out := make([]uint8, len(pix))
		for y := range t.h {
			for x := range t.l {
				somme := 0
				for i := range dx {
					u, v := min(max(x+dx[i], 0), t.l-1), min(max(y+dy[i], 0), t.h-1)
					somme += int(pix[v*t.l+u])
				}
				out[y*t.l+x] = uint8(somme / n)
			}
		}
		t.plans[plan] = out
	}
}

// decaler moves all that is drawn by so many millimetres of the frame; what comes in has a level of its own.
func (t *toile) decaler(dx, dy float64, fond teinte) {
	x, y := int(math.Round(dx*t.k)), int(math.Round(dy*t.k))
	for plan, pix := range t.plans {
		out := make([]uint8, len(pix))
		v := uint8(t.niveau(fond, plan))
		for i := range out {
			out[i] = v
		}
		for j := max(0, y); j < min(t.h, t.h+y); j++ {
			a, b := max(0, x), min(t.l, t.l+x)
			if a < b {
				copy(out[j*t.l+a:j*t.l+b], pix[(j-y)*t.l+a-x:])
			}
		}
		t.plans[plan] = out
	}
}

// accentuer sharpens edges, as scanners do: each point moves away from the mean around it.
func (t *toile) accentuer(force float64) {
	for plan, pix := range t.plans {
		out := make([]uint8, len(pix))
		copy(out, pix)
		for y := 1; y+1 < t.h; y++ {
			for x := 1; x+1 < t.l; x++ {
				i := y*t.l + x
				m := (int(pix[i-1]) + int(pix[i+1]) + int(pix[i-t.l]) + int(pix[i+t.l])) / 4
				out[i] = uint8(max(0, min(255, float64(pix[i])+force*float64(int(pix[i])-m))))
			}
		}
		t.plans[plan] = out
	}
}

// tramer makes a plane of levels black and white by diffusing what each point lacks (Floyd and Steinberg), after
// bringing the paper's level to white.
func tramer(g *image.Gray, papier float64) {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	ici, suite := make([]float64, w+2), make([]float64, w+2)
	for y := range h {
		row := g.Pix[y*g.Stride:][:w]
		clear(suite)
		for x, v := range row {
			q := float64(v)*252/papier + ici[x+1]
			row[x] = 0
			if q >= 128 {
				row[x], q = 255, q-255
			}
			q = max(-255, min(255, q))
			ici[x+2] += q * 7 / 16
			suite[x] += q * 3 / 16
			suite[x+1] += q * 5 / 16
			suite[x+2] += q / 16
		}
		ici, suite = suite, ici
	}
}

// tourner turns the scan by quarters, counter-clockwise.
func (t *toile) tourner(deg int) {
	for range deg / 90 % 4 {
		for c := range t.plans {
			t.plans[c] = quart(t.gris(c)).Pix
		}
		t.l, t.h = t.h, t.l
	}
}

// image is the scan in grey or in colour.
func (t *toile) image() image.Image {
	if !t.couleurs {
		return t.gris(0)
	}
	m := image.NewRGBA(image.Rect(0, 0, t.l, t.h))
	for i := range t.plans[0] {
		m.Pix[4*i], m.Pix[4*i+1], m.Pix[4*i+2], m.Pix[4*i+3] = t.plans[0][i], t.plans[1][i], t.plans[2][i], 255
	}
	return m
}
