package pagedessinee

import (
	"bytes"
	"image"
	_ "image/jpeg"
	_ "image/png"
	"math"
	"testing"
)

// The same page gives the same bytes, another seed others; the size follows format, resolution and rotation.
func TestFichier(t *testing.T) {
	p := Page{Graine: 1, Format: A5, DPI: 100, Manuscrite: true, Bruit: 2, Ombre: 10, Inclinaison: 1}
	for _, c := range []Codage{TIFFG4, JPEGGris, JPEGRVB, PNG} {
		a, err := p.Fichier(c)
		if err != nil {
			t.Fatal(err)
		}
		b, err := p.Fichier(c)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s: two drawings of one page differ", c)
		}
		q := p
		q.Graine = 2
		if b, err = q.Fichier(c); err != nil || bytes.Equal(a, b) {
			t.Errorf("%s: another seed gives the same page (%v)", c, err)
		}
		if c == TIFFG4 {
			continue
		}
		conf, _, err := image.DecodeConfig(bytes.NewReader(a))
		if err != nil || conf.Width != int(math.Round(148/25.4*100)) || conf.Height != int(math.Round(210/25.4*100)) {
			t.Errorf("%s: %d x %d pixels (%v)", c, conf.Width, conf.Height, err)
		}
	}
	if _, err := p.Fichier("bmp"); err == nil {
		t.Error("an unknown coding is no error")
	}
	p.Rotation = 90
	if g := p.Gris(); g.Rect.Dx() < g.Rect.Dy() {
		t.Errorf("turned by a quarter, %v", g.Rect)
	}
}

// A page has writing unless it is to have none.
func TestEncre(t *testing.T) {
	for _, d := range []Defaut{Aucun, Blanc, Verso, Tampon, Perfore, Trame, Chargee, Paysage, Pale, Couleur, Bords} {
		g := Page{Graine: 7, Format: A4, DPI: 100, Defaut: d}.Gris()
		sombres, papier := 0, int(g.Pix[len(g.Pix)/2])
		for _, v := range g.Pix {
			if int(v) < papier-50 {
				sombres++
			}
		}
		if vide := d == Blanc || d == Verso; vide != (sombres == 0) {
			t.Errorf("%q: %d dark pixels", d, sombres)
		}
	}
}

// The same draw gives the same bytes, another seed others.
func TestTirer(t *testing.T) {
	a, err := Tirer("tampon", 5, Options{Legers: true})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := Tirer("tampon", 5, Options{Legers: true})
	c, _ := Tirer("tampon", 6, Options{Legers: true})
	if !bytes.Equal(a.Fichier, b.Fichier) || bytes.Equal(a.Fichier, c.Fichier) {
		t.Error("a draw isn't a function of its seed")
	}
	if _, err := Tirer("autre", 1, Options{}); err == nil {
		t.Error("an unknown case is no error")
	}
}
