package pdfentree

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	stdjpeg "image/jpeg"
	"io"
	"math"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// a4 is a page of 413 x 585 pixels: A4 at 50 dots per inch.
const a4 = "/MediaBox [0 0 594.72 842.4]"

// sheet draws PDFs of one page around an image of strokes.
type sheet struct {
	f     *pdfFile
	page  *image.Gray
	names string
	n     int
}

func newSheet() *sheet { return &sheet{f: newPDF("1.7"), page: strokes(413, 585)} }

// add makes an image a resource.
func (s *sheet) add(t testing.TB, dict string, data []byte) string {
	t.Helper()
	s.n++
	name := fmt.Sprintf("I%d", s.n)
	s.names += "/" + name + " " + s.f.stream("/Type /XObject /Subtype /Image "+dict, data) + " "
	return name
}

// gray adds rows of the page as an image.
func (s *sheet) gray(t testing.TB, from, to int) string {
	t.Helper()
	dict := fmt.Sprintf("/Width 413 /Height %d /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode", to-from)
	return s.add(t, dict, deflate(t, s.page.Pix[from*413:to*413]))
}

func (s *sheet) jpeg(t testing.TB) string {
	t.Helper()
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, s.page, nil); err != nil {
		t.Fatal(err)
	}
	return s.add(t, "/Width 413 /Height 585 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode", b.Bytes())
}

func (s *sheet) close(entries, resources, content string) []byte {
	resources += " /XObject << " + s.names + " >> /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>" +
		" /X << /Type /Font /Subtype /TrueType /BaseFont /CodeBarres >> >>"
	return s.f.close("", s.f.page(entries, resources, content))
}

const full = "q 594.72 0 0 842.4 0 0 cm /%s Do Q "

// pen is a Dessinateur that counts.
type pen struct{ drawn int }

func (p *pen) Dessiner(_ context.Context, _ io.ReaderAt, _ int64, _, w, h int) (image.Image, error) {
	p.drawn++
	return image.NewGray(image.Rect(0, 0, w, h)), nil
}

// What each way of composing a page comes out as: the scanner's own stream, put together without a loss, drawn, or
// refused with its reason.
func TestPresent(t *testing.T) {
	for name, c := range map[string]struct {
		pdf  func(t *testing.T, s *sheet) []byte
		want string // flux, same (put together, pixel for pixel the page), drawn, or an error's name
	}{
		"scan": {func(t *testing.T, s *sheet) []byte { return s.close(a4, "", fmt.Sprintf(full, s.jpeg(t))) }, "flux"},
		"hidden text over it": {func(t *testing.T, s *sheet) []byte {
			return s.close(a4, "", fmt.Sprintf(full, s.jpeg(t))+"BT 3 Tr /X 10 Tf 10 10 Td (a) Tj ET")
		}, "flux"},
		"visible text under it": {func(t *testing.T, s *sheet) []byte {
			return s.close(a4, "", "BT /X 10 Tf 10 10 Td (a) Tj ET "+fmt.Sprintf(full, s.jpeg(t)))
		}, "flux"},
		"white rectangle under it": {func(t *testing.T, s *sheet) []byte {
			return s.close(a4, "", "1 g 0 0 594.72 842.4 re f "+fmt.Sprintf(full, s.jpeg(t)))
		}, "flux"},
		"coloured rectangle and lines under it": {func(t *testing.T, s *sheet) []byte {
			return s.close(a4, "", "1 0 0 rg 10 10 99 99 re f 0 0 m 99 99 l S "+fmt.Sprintf(full, s.jpeg(t)))
		}, "flux"},
		"small white image under it": {func(t *testing.T, s *sheet) []byte {
			small := s.add(t, "/Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", []byte{255})
			return s.close(a4, "", fmt.Sprintf(full+full, small, s.jpeg(t)))
		}, "flux"},
		"clipped to the page": {func(t *testing.T, s *sheet) []byte {
			return s.close(a4, "", "0 0 594.72 842.4 re W n "+fmt.Sprintf(full, s.jpeg(t)))
		}, "flux"},
		"in a form": {func(t *testing.T, s *sheet) []byte {
			name := s.jpeg(t)
			form := s.f.stream("/Type /XObject /Subtype /Form /BBox [0 0 594.72 842.4] /Resources << /XObject << "+s.names+
				" >> >>", fmt.Appendf(nil, full, name))
			s.names = "/F1 " + form
			return s.close(a4, "", "/F1 Do")
		}, "flux"},
		"text off the page": {func(t *testing.T, s *sheet) []byte {
			return s.close(a4, "", fmt.Sprintf(full, s.jpeg(t))+"q 700 0 10 10 re W n BT /X 10 Tf (a) Tj ET Q")
		}, "flux"},
		"strips": {func(t *testing.T, s *sheet) []byte {
			content := ""
			for i, from := range []int{0, 100, 200, 400} {
				to := []int{100, 200, 400, 585}[i]
				content += fmt.Sprintf("q 594.72 0 0 %.2f 0 %.2f cm /%s Do Q ", float64(to-from)*1.44, float64(585-to)*1.44,
					s.gray(t, from, to))
			}
			return s.close(a4, "", content)
		}, "same"},
		"background and mask": {func(t *testing.T, s *sheet) []byte {
			white := s.add(t, "/Width 41 /Height 58 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode",
				deflate(t, bytes.Repeat([]byte{230}, 41*58)))
			bits := make([]byte, 52*585)
			for i := range bits {
				bits[i] = 0xFF
			}
			for y := range 585 {
				for x := range 413 {
					if s.page.GrayAt(x, y).Y < 128 {
						bits[y*52+x/8] &^= 0x80 >> (x % 8)
					}
				}
			}
			mask := s.add(t, "/Width 413 /Height 585 /ImageMask true /BitsPerComponent 1 /Filter /FlateDecode", deflate(t, bits))
			return s.close(a4, "", fmt.Sprintf(full+"%.4f g "+full, white, 30/255.0, mask))
		}, "same"},
		"image with a soft mask": {func(t *testing.T, s *sheet) []byte {
			alpha := s.f.stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8",
				[]byte{255})
			name := s.add(t, "/Width 413 /Height 585 /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode /SMask "+
				alpha, deflate(t, s.page.Pix))
			return s.close(a4, "", fmt.Sprintf(full, name))
		}, "same"},
		"turned strips": {func(t *testing.T, s *sheet) []byte {
			// The page lies on its side and /Rotate sets it upright: its rows go up the unrotated page.
			content := fmt.Sprintf("q 0 594.72 -%.2f 0 %.2f 0 cm /%s Do Q ", 285*1.44, 285*1.44, s.gray(t, 0, 285))
			content += fmt.Sprintf("q 0 594.72 -%.2f 0 842.4 0 cm /%s Do Q ", 300*1.44, s.gray(t, 285, 585))
			return s.close("/MediaBox [0 0 842.4 594.72] /Rotate 90", "", content)
		}, "same"},
		"white painted over it": {func(t *testing.T, s *sheet) []byte {
			return s.close(a4, "", fmt.Sprintf(full, s.gray(t, 0, 585))+"1 g 0 0 594.72 421.2 re f")
		}, "half"},
		"visible text over it": {func(t *testing.T, s *sheet) []byte {
			return s.close(a4, "", fmt.Sprintf(full, s.jpeg(t))+"BT /F 10 Tf 10 10 Td (a) Tj ET")
		}, "drawn"},
		"transparent": {func(t *testing.T, s *sheet) []byte {
			return s.close(a4, "/ExtGState << /G << /ca 0.5 >> >>", "/G gs "+fmt.Sprintf(full, s.jpeg(t)))
		}, "drawn"},
		"text of software": {func(t *testing.T, s *sheet) []byte { return s.close(a4, "", "BT /F 10 Tf 10 10 Td (a) Tj ET") },
			"drawn"},
		"text of a font that isn't there": {func(t *testing.T, s *sheet) []byte {
			return s.close(a4, "", "BT /X 10 Tf 10 10 Td (a) Tj ET")
		}, "undrawable"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSheet()
			data := c.pdf(t, s)
			p := &pen{}
			got, m := outcome(t, data, p, New(WithDessinateur(p)))
			if got == "put together" && samePixels(m, s.page, 585) {
				got = "same"
			} else if got == "put together" && samePixels(m, s.page, 290) && m.(*image.Gray).GrayAt(200, 400).Y == 255 {
				got = "half"
			}
			if got != c.want {
				t.Errorf("%s, expected %s", got, c.want)
			}
			if alone, _ := outcome(t, data, p, New()); c.want == "drawn" && alone != "undrawable" {
				t.Errorf("without a Dessinateur: %s", alone)
			}
		})
	}
}

// outcome says what a document's page comes out as, and its pixels.
func outcome(t *testing.T, data []byte, p *pen, l *Lecteur) (string, image.Image) {
	t.Helper()
	doc, err := l.Open(t.Context(), bytes.NewReader(data), int64(len(data)), numerisation.LimitesPDF{})
	if err != nil {
		t.Fatal(err)
	}
	page := doc.Pages[0]
	switch {
	case page.Image == nil && errors.Is(page.Obstacle, numerisation.ErrPDFNonDessinable):
		return "undrawable", nil
	case page.Image == nil && errors.Is(page.Obstacle, numerisation.ErrPDFJPEG2000):
		return "JPEG 2000", nil
	case page.Image == nil:
		return fmt.Sprint(page.Obstacle), nil
	case page.Image.Codage == numerisation.PDFJPEG:
		return "flux", nil
	}
	before := p.drawn
	m, err := page.Image.Pixels(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if m.Bounds().Dx() != page.Image.Largeur || m.Bounds().Dy() != page.Image.Hauteur {
		t.Errorf("%v pixels, %d x %d said", m.Bounds(), page.Image.Largeur, page.Image.Hauteur)
	}
	if p.drawn > before {
		return "drawn", m
	}
	return "put together", m
}

func samePixels(m image.Image, want *image.Gray, rows int) bool {
	g, ok := m.(*image.Gray)
	if !ok || g.Rect != want.Rect {
		return false
	}
	return bytes.Equal(g.Pix[:rows*413], want.Pix[:rows*413])
}

// A scan with white margins keeps its stream, and its margins, however it is turned.
func TestMargins(t *testing.T) {
	for name, c := range map[string]struct {
		entries, content string
		want             [4]float64 // left, top, right, bottom of the stored image
		rotation         int
	}{
		"upright":     {"/MediaBox [0 0 600 900]", "500 0 0 700 40 90 cm", [4]float64{40, 110, 60, 90}, 0},
		"upside down": {"/MediaBox [0 0 600 900]", "-500 0 0 -700 540 790 cm", [4]float64{60, 90, 40, 110}, 180},
		"on its side": {"/MediaBox [0 0 900 600]", "0 500 -700 0 790 40 cm", [4]float64{40, 90, 60, 110}, 270},
		"by /Rotate":  {"/MediaBox [0 0 600 900] /Rotate 90", "500 0 0 700 40 90 cm", [4]float64{40, 110, 60, 90}, 90},
		"shifted crop": {"/MediaBox [0 0 700 900] /CropBox [50 0 650 900]", "500 0 0 700 90 90 cm",
			[4]float64{40, 110, 60, 90}, 0},
		"a hair's rest": {"/MediaBox [0 0 501 701]", "500 0 0 700 0.5 0.5 cm", [4]float64{}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := newSheet()
			data := s.close(c.entries, "", "q "+c.content+" /"+s.jpeg(t)+" Do Q")
			doc, err := New().Open(t.Context(), bytes.NewReader(data), int64(len(data)), numerisation.LimitesPDF{})
			if err != nil {
				t.Fatal(err)
			}
			m := doc.Pages[0].Image
			if m == nil || m.Codage != numerisation.PDFJPEG || m.Rotation != c.rotation {
				t.Fatalf("%+v", m)
			}
			for i, want := range c.want {
				if math.Abs(m.Marges[i]/25.4*72-want) > 0.01 {
					t.Errorf("margins %v mm, expected %v points", m.Marges, c.want)
					break
				}
			}
		})
	}
}

// The images of a filter that isn't decoded here are decoded by the host, whose result is checked; without one the
// reason names the coding.
func TestDecodeur(t *testing.T) {
	s := newSheet()
	name := s.add(t, "/Width 413 /Height 585 /Filter /JPXDecode", []byte("a stand-in"))
	data := s.close(a4, "", fmt.Sprintf(full, name))
	if got, _ := outcome(t, data, &pen{}, New()); got != "JPEG 2000" {
		t.Errorf("without a decoder: %s", got)
	}
	decode := func(w, h int) Option {
		return WithDecodeur("JPXDecode", func(_ context.Context, r io.Reader, width, height int) (image.Image, error) {
			if b, err := io.ReadAll(r); err != nil || string(b) != "a stand-in" || width != 413 || height != 585 {
				t.Errorf("the decoder is given %q, %d x %d, %v", b, width, height, err)
			}
			m := image.NewRGBA(image.Rect(0, 0, w, h))
			for i := range m.Pix {
				m.Pix[i] = 200
			}
			m.Set(3, 4, color.RGBA{255, 0, 0, 255})
			return m, nil
		})
	}
	got, m := outcome(t, data, &pen{}, New(decode(413, 585)))
	if got != "put together" || m.At(3, 4) != (color.RGBA{255, 0, 0, 255}) {
		t.Errorf("with one: %s", got)
	}
	doc, err := New(decode(412, 585)).Open(t.Context(), bytes.NewReader(data), int64(len(data)), numerisation.LimitesPDF{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := doc.Pages[0].Image.Pixels(t.Context()); err == nil {
		t.Error("an image of another size was taken")
	}
}

// Files attached to a PDF/A-3 stay out of what goes on: its pages are drawn, and say so. Attached to another document
// they refuse it.
func TestAttached(t *testing.T) {
	for part, want := range map[string]string{"3": "drawn", "2": "refused"} {
		f := newPDF("1.7")
		file := f.stream("/Type /EmbeddedFile", []byte("<xml/>"))
		spec := f.object("<< /Type /Filespec /F (a.xml) /UF (a.xml) /AFRelationship /Data /EF << /F " + file + " >> >>")
		meta := f.stream("/Type /Metadata /Subtype /XML",
			[]byte("<pdfaid:part>"+part+"</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>"))
		data := f.close("/Metadata "+meta+" /AF ["+spec+"] /Names << /EmbeddedFiles << /Names [(a.xml) "+spec+"] >> >>",
			f.page(a4, "", "0 0 m 9 9 l S"))
		l := New(WithDessinateur(&pen{}))
		doc, err := l.Open(t.Context(), bytes.NewReader(data), int64(len(data)), numerisation.LimitesPDF{})
		got := "refused"
		switch {
		case errors.Is(err, numerisation.ErrPDFFichierJoint):
		case err != nil:
			t.Fatal(err)
		case !doc.Ouvert && doc.Pages[0].Image != nil && strings.Contains(doc.Pages[0].Image.Dessin,
			"sans les fichiers joints"):
			got = "drawn"
		default:
			t.Errorf("PDF/A-%s: %+v", part, doc)
		}
		if got != want {
			t.Errorf("PDF/A-%s with a file: %s, expected %s", part, got, want)
		}
	}
}
