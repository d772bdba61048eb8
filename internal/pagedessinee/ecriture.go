package pagedessinee

import (
	"math"
	"math/rand/v2"
	"strings"
	"unicode"
)

// main is a hand: how it slants, how large and how regularly it writes.
type hand struct {
	corps, pente, trait, force, desordre float64
	r                                    *rand.Rand
}

func nouvelleMain(r *rand.Rand, corps float64) hand {
	return hand{corps: corps, pente: 0.1 + 0.3*r.Float64(), trait: 0.3 + 0.2*r.Float64(), force: 0.75 + 0.25*r.Float64(),
		desordre: 0.05 + 0.06*r.Float64(), r: r}
}

// ecrire writes a line in joined strokes: each letter has the body, the ascender or the descender that it has in
// handwriting. It returns where the line ends.
func (h hand) ecrire(p *plume, s string, x, y float64) float64 {
	var trace []point
	lever := func() {
		if len(trace) > 1 {
			p.trait(h.force, h.trait, lisser(trace)...)
		}
		trace = trace[:0]
	}
	u := h.corps // height of the letters' bodies
	at := func(dx, dy float64) {
		j := h.desordre * u
		yy := y + dy + (h.r.Float64()-0.5)*2*j
		trace = append(trace, point{x + dx + (h.r.Float64()-0.5)*2*j - (yy-y)*h.pente, yy})
	}
	for _, c := range s {
		l := (0.75 + 0.3*h.r.Float64()) * u
		b := unicode.ToLower(c)
		switch {
		case c == ' ':
			lever()
			x += 0.9 * u
			continue
		case unicode.IsUpper(c):
			lever()
			at(0.1*l, 0)
			at(0.3*l, -1.9*u)
			at(0.7*l, -1.7*u)
			at(0.5*l, -0.9*u)
			at(1.1*l, 0)
			l *= 1.2
		case unicode.IsDigit(c):
			lever()
			at(0.1*l, -1.4*u)
			at(0.8*l, -1.5*u)
			at(0.6*l, -0.8*u)
			at(0.2*l, -0.1*u)
			at(0.8*l, 0)
			lever()
		case strings.ContainsRune("bdfhklt", b):
			at(0.1*l, -0.3*u)
			at(0.4*l, -1.8*u)
			at(0.25*l, -1.9*u)
			at(0.3*l, -0.05*u)
			at(0.8*l, -0.7*u)
			at(0.9*l, 0)
		case strings.ContainsRune("gjpqyç", b):
			at(0.7*l, -0.9*u)
			at(0.2*l, -0.6*u)
			at(0.6*l, -0.1*u)
			at(0.7*l, 0.8*u)
			at(0.3*l, 0.9*u)
			at(0.9*l, -0.2*u)
		case strings.ContainsRune(",.;:-'/", c):
			lever()
			at(0.2*l, 0)
			at(0.3*l, 0.2*u)
			lever()
			l *= 0.5
		case strings.ContainsRune("imnuvw", b):
			n := map[rune]int{'m': 3, 'w': 3, 'i': 1}[b]
			if n == 0 {
				n = 2
			}
			l *= 0.4 + 0.35*float64(n)
			for i := range n {
				f := float64(i) / float64(n)
				at(f*l, -0.1*u)
				at((f+0.15)*l, -0.95*u)
				at((f+0.8/float64(n))*l, -0.05*u)
			}
		default: // round letters
			at(0.75*l, -0.85*u)
			at(0.3*l, -0.95*u)
			at(0.1*l, -0.4*u)
			at(0.4*l, 0)
			at(0.8*l, -0.6*u)
			at(0.95*l, -0.05*u)
		}
		x += l * 0.95
		if strings.ContainsRune("éèêàùîô", b) || b == 'i' || b == 'j' {
			p.trait(h.force, h.trait, point{x - 0.5*l + 1.4*u*h.pente, y - 1.45*u}, point{x - 0.3*l + 1.6*u*h.pente, y - 1.65*u})
		}
	}
	lever()
	return x
}

// lisser rounds a stroke off (Catmull-Rom).
func lisser(t []point) []point {
	out := []point{t[0]}
	for i := 0; i+1 < len(t); i++ {
		a, b, c, d := t[max(0, i-1)], t[i], t[i+1], t[min(len(t)-1, i+2)]
		const n = 4
		for k := 1; k <= n; k++ {
			s := float64(k) / n
			f := func(a, b, c, d float64) float64 {
				return 0.5 * (2*b + (c-a)*s + (2*a-5*b+4*c-d)*s*s + (3*b-a-3*c+d)*s*s*s)
			}
			out = append(out, point{f(a.x, b.x, c.x, d.x), f(a.y, b.y, c.y, d.y)})
		}
	}
	return out
}

// signature scribbles.
func (h hand) signature(p *plume, x, y, largeur float64) {
	n := 6 + h.r.IntN(6)
	t := make([]point, 0, 2*n)
	for i := range 2 * n {
		f := float64(i) / float64(2*n-1)
		a := (0.4 + 0.6*h.r.Float64()) * 4 * math.Sin(math.Pi*(0.15+0.7*f))
		if i%2 == 0 {
			a = -a
		}
		t = append(t, point{x + f*largeur + (h.r.Float64()-0.5)*3, y + a})
	}
	p.trait(h.force, h.trait, lisser(t)...)
}
