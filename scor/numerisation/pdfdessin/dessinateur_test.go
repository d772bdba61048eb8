package pdfdessin

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"testing"
)

// document is a PDF of one page of 100 x 200 points with the given content, and page entries.
func document(contenu, page string) []byte {
	var b bytes.Buffer
	var places []int
	objet := func(s string) {
		places = append(places, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", len(places), s)
	}
	b.WriteString("%PDF-1.7\n")
	objet("<< /Type /Catalog /Pages 2 0 R >>")
	objet("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
	objet("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 100 200] /Contents 4 0 R " + page +
		" /Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold >> >> >> >>")
	objet(fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(contenu), contenu))
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(places)+1)
	for _, p := range places {
		fmt.Fprintf(&b, "%010d 00000 n \n", p)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(places)+1, xref)
	return b.Bytes()
}

// moyenne is the mean grey of a rectangle of a drawing.
func moyenne(m image.Image, r image.Rectangle) float64 {
	var somme, n float64
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			rouge, vert, bleu, _ := m.At(x, y).RGBA()
			somme += float64(rouge+vert+bleu) / 3 / 257
			n++
		}
	}
	return somme / n
}

// A page is drawn as viewers show it: text where it is written, upright whatever its rotation, white where nothing
// is, its colours only if it has some. One Dessinateur is used throughout, since the first page takes long.
func TestDessiner(t *testing.T) {
	d := New()
	dessiner := func(t *testing.T, pdf []byte, l, h int) image.Image {
		t.Helper()
		m, err := d.Dessiner(t.Context(), bytes.NewReader(pdf), int64(len(pdf)), 1, l, h)
		if err != nil {
			t.Fatal(err)
		}
		if m.Bounds() != image.Rect(0, 0, l, h) {
			t.Fatalf("%v pixels, asked for %d x %d", m.Bounds(), l, h)
		}
		return m
	}
	t.Run("texte", func(t *testing.T) {
		m := dessiner(t, document("BT /F 40 Tf 5 150 Td (HHH) Tj ET", ""), 200, 400)
		if _, ok := m.(*image.Gray); !ok {
			t.Errorf("%T for black text", m)
		}
		if v := moyenne(m, image.Rect(15, 50, 170, 95)); v > 180 {
			t.Errorf("the letters' place is %.0f light", v)
		}
		if v := moyenne(m, image.Rect(0, 110, 200, 400)); v < 254.9 {
			t.Errorf("the paper is %.1f light, expected white", v)
		}
	})
	t.Run("tournée", func(t *testing.T) {
		m := dessiner(t, document("0 0 20 20 re f", "/Rotate 90"), 400, 200) // lower left becomes upper left
		if v := moyenne(m, image.Rect(5, 5, 35, 35)); v > 1 {
			t.Errorf("upper left is %.0f light, expected black", v)
		}
		if v := moyenne(m, image.Rect(100, 50, 400, 200)); v < 254.9 {
			t.Errorf("the rest is %.1f light", v)
		}
	})
	t.Run("couleur", func(t *testing.T) {
		m := dessiner(t, document("1 0 0 rg 0 0 50 200 re f", ""), 100, 200)
		if _, ok := m.(*image.RGBA); !ok {
			t.Fatalf("%T for red", m)
		}
		if r, g, b, a := m.At(20, 20).RGBA(); r>>8 != 255 || g != 0 || b != 0 || a>>8 != 255 {
			t.Errorf("red is %d %d %d %d", r>>8, g>>8, b>>8, a>>8)
		}
	})
	t.Run("refus", func(t *testing.T) {
		pdf := []byte("%PDF-1.4 and nothing else")
		if _, err := d.Dessiner(t.Context(), bytes.NewReader(pdf), int64(len(pdf)), 1, 10, 10); !errors.Is(err, ErrDessin) {
			t.Errorf("no PDF: %v", err)
		}
		pdf = document("0 0 1 1 re f", "")
		if _, err := d.Dessiner(t.Context(), bytes.NewReader(pdf), int64(len(pdf)), 2, 10, 20); !errors.Is(err, ErrDessin) {
			t.Errorf("page that isn't there: %v", err)
		}
		if _, err := d.Dessiner(t.Context(), bytes.NewReader(pdf), int64(len(pdf)), 1, 1<<20, 1<<20); err == nil {
			t.Error("a terapixel was drawn")
		}
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := d.Dessiner(ctx, bytes.NewReader(pdf), int64(len(pdf)), 1, 10, 20); !errors.Is(err, context.Canceled) {
			t.Errorf("after the context: %v", err)
		}
	})
	if err := d.Close(); err != nil {
		t.Error(err)
	}
	pdf := document("", "")
	if _, err := d.Dessiner(t.Context(), bytes.NewReader(pdf), int64(len(pdf)), 1, 10, 20); !errors.Is(err, ErrFerme) {
		t.Errorf("after Close: %v", err)
	}
}
