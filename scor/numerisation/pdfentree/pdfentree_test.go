package pdfentree

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"image"
	stdjpeg "image/jpeg"
	"io"
	"maps"
	"math"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/internal/ccitt"
	"github.com/scor-sdk/scor-sdk-go/internal/pdfin"
	"github.com/scor-sdk/scor-sdk-go/internal/raster"
)

var update = flag.Bool("update", false, "write golden files again")

func lireOctets(t testing.TB, data []byte, opt pdfin.Options) (*pdfin.Document, error) {
	t.Helper()
	return New().read(t.Context(), bytes.NewReader(data), int64(len(data)), opt)
}

func mustLire(t testing.TB, data []byte) *pdfin.Document {
	t.Helper()
	doc, err := lireOctets(t, data, pdfin.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if doc.Invalid != nil {
		t.Errorf("found invalid: %v", doc.Invalid)
	}
	return doc
}

// strokes draws a page of grey strokes.
func strokes(w, h int) *image.Gray {
	g := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			g.Pix[y*g.Stride+x] = 230
			if y/6%3 == 1 && (x/4+y/3)%3 == 0 {
				g.Pix[y*g.Stride+x] = 30
			}
		}
	}
	return g
}

// A scanner's page in each coding: its resolution, and its pixels.
func TestScans(t *testing.T) {
	const w, h = 413, 585 // A4 at 50 dpi
	page := strokes(w, h)
	bilevel, err := raster.Threshold(page, 128, 0)
	if err != nil {
		t.Fatal(err)
	}
	runs, err := bilevel.Runs(0)
	if err != nil {
		t.Fatal(err)
	}
	g4, err := ccitt.Append(nil, runs)
	if err != nil {
		t.Fatal(err)
	}
	var jpegData bytes.Buffer
	if err := stdjpeg.Encode(&jpegData, page, &stdjpeg.Options{Quality: 90}); err != nil {
		t.Fatal(err)
	}
	var rgb, predicted, inverted []byte
	for y := range h {
		row := page.Pix[y*page.Stride:][:w]
		predicted = append(predicted, 2) // PNG's Up
		for x, v := range row {
			rgb = append(rgb, v, v, v)
			up := byte(0)
			if y > 0 {
				up = page.Pix[(y-1)*page.Stride+x]
			}
			predicted = append(predicted, v-up)
		}
	}
	for _, v := range bilevel.Pix {
		inverted = append(inverted, ^v)
	}
	size := fmt.Sprintf("/Width %d /Height %d ", w, h)
	fax := fmt.Sprintf("/BitsPerComponent 1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns %d /Rows %d ", w, h)
	for name, c := range map[string]struct {
		dict    string
		data    []byte
		codec   pdfin.Codec
		bilevel bool
		exact   bool
		negated bool
	}{
		"CCITT": {"/ColorSpace /DeviceGray " + fax + ">>", g4, pdfin.CCITT, true, true, false},
		"CCITT, black is 1": {"/ColorSpace /DeviceGray /Decode [1 0] " + fax + "/BlackIs1 true >>", g4, pdfin.CCITT,
			true, true, false},
		"CCITT, decoded inverted": {"/ColorSpace /DeviceGray /Decode [1 0] " + fax + ">>", g4, pdfin.CCITT, true, true,
			true},
		"CCITT stencil": {"/ImageMask true " + fax + ">>", g4, pdfin.CCITT, true, true, false},
		"CCITT palette": {"/ColorSpace [/Indexed /DeviceRGB 1 <000000FFFFFF>] " + fax + ">>", g4, pdfin.CCITT,
			true, true, false},
		"CCITT palette, reversed": {"/ColorSpace [/Indexed /DeviceGray 1 <FF00>] " + fax + "/BlackIs1 true >>", g4,
			pdfin.CCITT, true, true, false},
		"JPEG": {"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode", jpegData.Bytes(),
			pdfin.JPEG, false, false, false},
		"JPEG in Flate": {"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter [/FlateDecode /DCTDecode]",
			deflate(t, jpegData.Bytes()), pdfin.JPEG, false, false, false},
		"Flate grey": {"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode", deflate(t, page.Pix),
			pdfin.Samples, false, true, false},
		"Flate grey with Up": {fmt.Sprintf("/ColorSpace [/CalGray << /WhitePoint [1 1 1] >>] /BitsPerComponent 8 "+
			"/Filter /FlateDecode /DecodeParms << /Predictor 15 /Columns %d >>", w), deflate(t, predicted), pdfin.Samples, false,
			true, false},
		"Flate RGB": {"/ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter /FlateDecode", deflate(t, rgb),
			pdfin.Samples, false, true, false},
		"plain": {"/ColorSpace /DeviceGray /BitsPerComponent 8", page.Pix, pdfin.Samples, false, true,
			false},
		"Flate, one bit": {"/ColorSpace /DeviceGray /BitsPerComponent 1 /Filter /FlateDecode", deflate(t, inverted),
			pdfin.Samples, true, true, false},
		"Flate, one bit, inverted": {"/ColorSpace /DeviceGray /BitsPerComponent 1 /Decode [1 0] /Filter /FlateDecode",
			deflate(t, bilevel.Pix), pdfin.Samples, true, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			doc := mustLire(t, onePage(t, size+c.dict, c.data))
			p := doc.Pages[0]
			pl, ok := p.Scan()
			if !ok || math.Abs(pl.DPIX-50) > 0.05 || math.Abs(pl.DPIY-50) > 0.05 || pl.Coverage < 0.999 || pl.AngleDeg != 0 ||
				pl.Mirrored {
				t.Fatalf("%+v", pl)
			}
			if math.Abs(p.WidthMM-210) > 0.1 || math.Abs(p.HeightMM-297) > 0.1 {
				t.Errorf("%.2f x %.2f mm", p.WidthMM, p.HeightMM)
			}
			m := pl.Image
			if m.Codec != c.codec || m.Bilevel() != c.bilevel || m.Length != int64(len(c.data)) {
				t.Errorf("%v, bilevel %v, %d bytes", m.Codec, m.Bilevel(), m.Length)
			}
			g, err := m.Gray(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			for y := range h {
				for x := range w {
					want, got := page.Pix[y*page.Stride+x], g.Pix[y*g.Stride+x]
					if c.bilevel {
						want = map[bool]byte{true: 0, false: 255}[bilevel.Black(x, y) != c.negated]
					}
					if c.exact && want != got || (want > 128) != (got > 128) {
						t.Fatalf("pixel %d,%d is %d, want %d", x, y, got, want)
					}
				}
			}
			if !c.bilevel {
				return
			}
			var r raster.Runs
			if err := m.Runs(t.Context(), &r, 0); err != nil {
				t.Fatal(err)
			}
			want := runs.Black()
			if c.negated {
				want = w*h - want
			}
			if r.Black() != want {
				t.Errorf("%d black pixels, want %d", r.Black(), want)
			}
			if c.codec == pdfin.CCITT {
				raw, err := m.Load()
				if err != nil || !bytes.Equal(raw, c.data) {
					t.Errorf("the stream isn't what was put in: %d bytes, %v", len(raw), err)
				}
			}
		})
	}
	short := mustLire(t, onePage(t, size+"/ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /FlateDecode",
		deflate(t, page.Pix[:len(page.Pix)/2])))
	pl, _ := short.Pages[0].Scan()
	if g, err := pl.Image.Gray(t.Context(), 0); !errors.Is(err, pdfin.ErrTruncated) || g == nil {
		t.Errorf("half an image: %v", err)
	}
}

// inks is a JPEG of four components, no ink at all, with Adobe's marker or without.
func inks(t testing.TB, adobe bool) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := stdjpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 16, 16)), nil); err != nil {
		t.Fatal(err)
	}
	gray := b.Bytes()
	sof, dht, sos := bytes.Index(gray, []byte{0xFF, 0xC0}), bytes.Index(gray, []byte{0xFF, 0xC4}),
		bytes.Index(gray, []byte{0xFF, 0xDA})
	out := []byte{0xFF, 0xD8}
	if adobe {
		out = append(out, "\xFF\xEE\x00\x0EAdobe\x00\x64\x00\x00\x00\x00\x00"...)
	}
	out = append(out, gray[2:sof]...)
	out = append(out, 0xFF, 0xC0, 0, 20, 8, 0, 16, 0, 16, 4, 1, 0x11, 0, 2, 0x11, 0, 3, 0x11, 0, 4, 0x11, 0)
	out = append(out, gray[dht:sos]...)
	for i := range byte(4) {
		out = append(out, 0xFF, 0xDA, 0, 8, 1, i+1, 0, 0, 63, 0)
		out = append(out, gray[sos+10:len(gray)-2]...)
	}
	return append(out, 0xFF, 0xD9)
}

// In PDF, CMYK in JPEG means what it says, with Adobe's marker too, unless the Decode array exchanges it.
func TestInks(t *testing.T) {
	for _, adobe := range []bool{true, false} {
		for decode, want := range map[string]uint8{"": 255, "/Decode [1 0 1 0 1 0 1 0]": 0} {
			doc := mustLire(t, onePage(t, "/Width 16 /Height 16 /ColorSpace /DeviceCMYK /BitsPerComponent 8 /Filter /DCTDecode "+
				decode, inks(t, adobe)))
			g, err := doc.Pages[0].Placements[0].Image.Gray(t.Context(), 0)
			if err != nil {
				t.Fatal(err)
			}
			if got := g.GrayAt(7, 7).Y; got != want {
				t.Errorf("marker %v, %q: grey %d, want %d", adobe, decode, got, want)
			}
		}
	}
}

// Where an image lies: turned, skewed, mirrored, cropped, in other units, in forms.
func TestGeometry(t *testing.T) {
	dict := "/Width 100 /Height 200 /ColorSpace /DeviceGray /BitsPerComponent 8"
	data := make([]byte, 100*200)
	for name, c := range map[string]struct {
		page, content string
		form          string // of a form XObject that draws the image in a unit square
		w, h          float64
		dpiX, dpiY    float64
		angle         float64
		mirrored      bool
		coverage      float64
	}{
		"upright": {page: "/MediaBox [0 0 72 144]", content: "72 0 0 144 0 0 cm /Im0 Do", w: 25.4, h: 50.8, dpiX: 100,
			dpiY: 100, coverage: 1},
		"turned page": {page: "/MediaBox [0 0 72 144] /Rotate 90", content: "72 0 0 144 0 0 cm /Im0 Do", w: 50.8, h: 25.4,
			dpiX: 100, dpiY: 100, angle: -90, coverage: 1},
		"turned back": {page: "/MediaBox [0 0 144 72] /Rotate -270", content: "0 72 -144 0 144 0 cm /Im0 Do", w: 25.4,
			h: 50.8, dpiX: 100, dpiY: 100, angle: 0, coverage: 1},
		"upside down": {page: "/MediaBox [0 0 72 144]", content: "-72 0 0 -144 72 144 cm /Im0 Do", w: 25.4, h: 50.8,
			dpiX: 100, dpiY: 100, angle: 180, coverage: 1},
		"mirrored": {page: "/MediaBox [0 0 72 144]", content: "72 0 0 -144 0 144 cm /Im0 Do", w: 25.4, h: 50.8,
			dpiX: 100, dpiY: 100, mirrored: true, coverage: 1},
		"other axes": {page: "/MediaBox [0 0 72 144]", content: "36 0 0 144 0 0 cm /Im0 Do", w: 25.4, h: 50.8, dpiX: 200,
			dpiY: 100, coverage: 0.5},
		"cropped": {page: "/MediaBox [0 0 72 144] /CropBox [0 0 72 72]", content: "72 0 0 144 0 0 cm /Im0 Do", w: 25.4,
			h: 25.4, dpiX: 100, dpiY: 100, coverage: 1},
		"crop too wide": {page: "/MediaBox [0 0 72 144] /CropBox [-10 -10 500 500]", content: "72 0 0 144 0 0 cm /Im0 Do",
			w: 25.4, h: 50.8, dpiX: 100, dpiY: 100, coverage: 1},
		"corners": {page: "/MediaBox [72 144 0 0]", content: "72 0 0 144 0 0 cm /Im0 Do", w: 25.4, h: 50.8, dpiX: 100,
			dpiY: 100, coverage: 1},
		"user unit": {page: "/MediaBox [0 0 72 144] /UserUnit 2", content: "72 0 0 144 0 0 cm /Im0 Do", w: 50.8, h: 101.6,
			dpiX: 50, dpiY: 50, coverage: 1},
		"in two steps": {page: "/MediaBox [0 0 72 144]", content: "q .5 0 0 .5 0 0 cm q 144 0 0 288 0 0 cm /Im0 Do Q Q",
			w: 25.4, h: 50.8, dpiX: 100, dpiY: 100, coverage: 1},
		"skewed": {page: "/MediaBox [0 0 72 144]", content: "71.90 3.768 -7.537 143.8 0 0 cm /Im0 Do", w: 25.4, h: 50.8,
			dpiX: 100, dpiY: 100, angle: 3, coverage: 0.95},
		"in a form": {page: "/MediaBox [0 0 72 144]", content: "2 0 0 2 0 0 cm /Fm0 Do", form: "/Matrix [36 0 0 72 0 0]",
			w: 25.4, h: 50.8, dpiX: 100, dpiY: 100, coverage: 1},
		"as comments": {page: "/MediaBox [0 0 72 144]",
			content: "% 1 0 0 1 0 0 cm\n72 0 0 144 0 0 cm (Do \\( /Im0 Do) pop <AB> /Im0 Do", w: 25.4, h: 50.8, dpiX: 100,
			dpiY: 100, coverage: 1},
	} {
		t.Run(name, func(t *testing.T) {
			f := newPDF("1.6")
			im := f.stream("/Type /XObject /Subtype /Image "+dict, data)
			form := f.stream("/Type /XObject /Subtype /Form /BBox [0 0 1 1] "+c.form+" /Resources << /XObject << /X "+im+
				" >> >>", []byte("/X Do"))
			doc := mustLire(t, f.close("", f.page(c.page, "/XObject << /Im0 "+im+" /Fm0 "+form+" >>", c.content)))
			p := doc.Pages[0]
			if len(p.Placements) != 1 {
				t.Fatalf("%d images", len(p.Placements))
			}
			pl := p.Placements[0]
			near := func(a, b, by float64) bool { return math.Abs(a-b) <= by }
			if !near(p.WidthMM, c.w, 1e-6) || !near(p.HeightMM, c.h, 1e-6) || !near(pl.DPIX, c.dpiX, 0.1) ||
				!near(pl.DPIY, c.dpiY, 0.1) ||
				!near(pl.AngleDeg, c.angle, 0.01) || pl.Mirrored != c.mirrored || pl.Coverage < c.coverage-0.01 ||
				pl.Coverage > c.coverage+0.06 {
				t.Errorf("%.2fx%.2f mm, %.2fx%.2f dpi, %.3f°, mirrored %v, covers %.3f", p.WidthMM, p.HeightMM, pl.DPIX, pl.DPIY,
					pl.AngleDeg, pl.Mirrored, pl.Coverage)
			}
		})
	}
}

// Pages of software: text, hidden text over a scan, drawings, fonts, annotations.
func TestSoftware(t *testing.T) {
	f := newPDF("1.7")
	program := f.stream("/Length1 4", []byte("font"))
	descriptor := f.object("<< /Type /FontDescriptor /FontName /ABCDEF+Texte /Flags 4 /FontBBox [0 0 1 1] /ItalicAngle " +
		"0 /Ascent 1 /Descent 0 /CapHeight 1 /StemV 1 /FontFile2 " + program + " >>")
	embedded := f.object("<< /Type /Font /Subtype /TrueType /BaseFont /ABCDEF+Texte /FirstChar 0 /LastChar 0 /Widths " +
		"[500] /FontDescriptor " + descriptor + " >>")
	standard := f.object("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
	composite := f.object("<< /Type /Font /Subtype /Type0 /BaseFont /ABCDEF+Texte2 /Encoding /Identity-H " +
		"/DescendantFonts [<< /Type /Font /Subtype /CIDFontType2 /BaseFont /ABCDEF+Texte2 /CIDSystemInfo << /Registry " +
		"(Adobe) /Ordering (Identity) /Supplement 0 >> /FontDescriptor " + descriptor + " >>] >>")
	im := f.stream("/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceGray /BitsPerComponent 8",
		[]byte("abcd"))
	resources := "/Font << /E " + embedded + " /S " + standard + " /C " + composite + " >> /XObject << /I " + im + " >>"
	note := f.object("<< /Type /Annot /Subtype /Text /Rect [0 0 10 10] /Contents (note) >>")
	link := f.object("<< /Type /Annot /Subtype /Link /Rect [0 0 10 10] /Border [0 0 0] >>")
	box := "/MediaBox [0 0 595 842]"
	pages := []string{
		f.page(box, resources, "BT /E 12 Tf 10 10 Td (Bonjour) Tj ET"),
		f.page(box, resources, "BT /S 12 Tf (Bonjour) Tj ET 0 0 m 10 10 l S"),
		f.page(box, resources, "q 595 0 0 842 0 0 cm /I Do Q BT 3 Tr /C 1 Tf [(a) 10 (b)] TJ ET"),
		f.page(box+" /Annots ["+note+" "+link+"]", resources, "0 0 10 10 re W n"),
		f.page(box, resources, "q 100 0 0 100 0 0 cm BI /W 16 /H 8 /BPC 1 /CS /G /F [/Fl] /D [1 0] ID \x00EI\x01EIx\nEI Q "+
			"0 0 5 5 re f"),
		f.object("<< /Type /Page /Parent 2 0 R " + box + " /Resources << >> >>"),
	}
	doc := mustLire(t, f.close("/Metadata "+f.stream("/Type /Metadata /Subtype /XML",
		[]byte("<pdfaid:part>1</pdfaid:part><pdfaid:conformance>B</pdfaid:conformance>")), pages...))
	if doc.Version != "1.7" || doc.PDFA != "1B" || doc.Form || doc.Signed {
		t.Errorf("version %s, PDF/A %q, form %v, signed %v", doc.Version, doc.PDFA, doc.Form, doc.Signed)
	}
	type facts struct {
		Text, Hidden, Vector, Missing, Standard, Scan bool
		Images, Annotations                           int
		Fonts                                         []pdfin.Font
	}
	var got []facts
	for _, p := range doc.Pages {
		_, scan := p.Scan()
		got = append(got, facts{p.Text, p.HiddenText, p.Vector, p.MissingContent, p.UnembeddedStandard, scan,
			len(p.Placements), p.Annotations, p.Fonts})
	}
	want := []facts{
		{Text: true, Fonts: []pdfin.Font{{Name: "ABCDEF+Texte", Embedded: true, Drawable: true}}},
		{Text: true, Vector: true, Standard: true, Fonts: []pdfin.Font{{Name: "Helvetica", Drawable: true}}},
		{Hidden: true, Scan: true, Images: 1, Fonts: []pdfin.Font{{Name: "ABCDEF+Texte2", Embedded: true, Drawable: true}}},
		{Annotations: 1},
		{Images: 1, Vector: true},
		{Missing: true},
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

type refused struct {
	data []byte
	want error
}

// awkward draws documents that are refused, each with its reason.
func awkward(t testing.TB) map[string]refused {
	t.Helper()
	box := "/MediaBox [0 0 100 100]"
	with := func(catalog, page string) []byte {
		f := newPDF("1.7")
		return f.close(catalog, f.page(box+" "+page, "", ""))
	}
	image := func(dict string) []byte { return onePage(t, dict, []byte("x")) }
	out := map[string]refused{
		"JavaScript at opening": {with("/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>", ""),
			pdfin.ErrJavaScript},
		"JavaScript, name escaped": {with("/OpenAction << /#53 /Java#53cript /J#53 (x) >>", ""), pdfin.ErrJavaScript},
		"JavaScript in names": {with("/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (x) >>] >> >>", ""),
			pdfin.ErrJavaScript},
		"JavaScript of a page": {with("", "/AA << /O << /S /JavaScript /JS (x) >> >>"), pdfin.ErrJavaScript},
		"XFA":                  {with("/AcroForm << /Fields [] /XFA (x) >>", ""), pdfin.ErrXFA},
		"rendered by XFA":      {with("/NeedsRendering true", ""), pdfin.ErrXFA},
		"embedded files":       {with("/Names << /EmbeddedFiles << /Names [] >> >>", ""), pdfin.ErrAttachments},
		"attached file": {with("", "/Annots [<< /Type /Annot /Subtype /FileAttachment /Rect [0 0 1 1] >>]"),
			pdfin.ErrAttachments},
		"launch": {with("/OpenAction << /S /Launch /F (calc.exe) >>", ""), pdfin.ErrAction},
		"launch, said elsewhere": {func() []byte {
			f := newPDF("1.7")
			action := f.object("<< /S " + f.object(f.object("/La#75nch")) + " /F (calc.exe) >>")
			return f.close("/OpenAction "+action, f.page(box, "", ""))
		}(), pdfin.ErrAction},
		"submit": {with("",
			"/Annots [<< /Type /Annot /Subtype /Widget /Rect [0 0 1 1] /A << /S /SubmitForm /F (http://x) >> >>]"),
			pdfin.ErrAction},
		"multimedia": {with("", "/Annots [<< /Type /Annot /Subtype /RichMedia /Rect [0 0 1 1] >>]"),
			pdfin.ErrMultimedia},
		"35000x35000 in a byte": {image("/Width 35000 /Height 35000 /ColorSpace /DeviceGray /BitsPerComponent 1 " +
			"/Filter /JBIG2Decode"), pdfin.ErrTooLarge},
		"colour of 9000x9000": {image("/Width 9000 /Height 9000 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Filter " +
			"/FlateDecode"), pdfin.ErrTooLarge},
		"image of two billion rows": {image("/Width 2147483647 /Height 2147483647 /ColorSpace /DeviceGray /BitsPerComponent 8"), pdfin.ErrTooLarge},
		"image of no width": {image("/Width 0 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 8"),
			pdfin.ErrDamaged},
		"image of 5 bits": {image("/Width 10 /Height 10 /ColorSpace /DeviceGray /BitsPerComponent 5"), pdfin.ErrDamaged},
		"empty":           {nil, pdfin.ErrDamaged},
		"another file":    {[]byte("II*\x00not a PDF at all, whatever its name says"), pdfin.ErrDamaged},
		"cut":             {with("", "")[:200], pdfin.ErrDamaged},
		"page without size": {func() []byte { f := newPDF("1.4"); return f.close("", f.page("", "", "")) }(),
			pdfin.ErrDamaged},
		"no pages": {newPDF("1.4").close(""), pdfin.ErrNoPages},
	}
	f := newPDF("1.4") // an encryption dictionary that takes a password
	f.trailer = "/Encrypt " + f.object("<< /Filter /Standard /V 1 /R 2 /O <"+strings.Repeat("41", 32)+"> /U <"+
		strings.Repeat("42", 32)+"> /P -4 >>") +
		" /ID [<00112233445566778899AABBCCDDEEFF> <00112233445566778899AABBCCDDEEFF>]"
	out["encrypted"] = refused{f.close("", f.page(box, "", "")), pdfin.ErrEncrypted}

	f = newPDF("1.4") // pages that are their own parents
	loop := f.object("<< /Type /Pages /Kids [2 0 R] /Count 1 >>")
	out["pages in a loop"] = refused{f.close("", loop), pdfin.ErrDamaged}

	f = newPDF("1.4") // a form that draws itself
	n := f.next
	form := f.stream(fmt.Sprintf("/Type /XObject /Subtype /Form /BBox [0 0 1 1] /Resources << /XObject << /F %d 0 R >> >>",
		n), []byte("/F Do"))
	out["form in itself"] = refused{f.close("", f.page(box, "/XObject << /F "+form+" >>", "/F Do")), pdfin.ErrDamaged}

	return out
}

// bombs draws documents that inflate to much more than they are.
func bombs(t testing.TB) map[string]refused {
	t.Helper()
	out := make(map[string]refused)
	box := "/MediaBox [0 0 100 100]"
	f := newPDF("1.4") // content of 200 MB in 200 kB
	content := f.stream("/Filter /FlateDecode", deflate(t, bytes.Repeat([]byte("q Q "), 50<<20)))
	out["content bomb"] = refused{f.close("", f.object("<< /Type /Page /Parent 2 0 R "+box+" /Contents "+content+" >>")),
		pdfin.ErrTooLarge}

	f = newPDF("1.4") // a hundred pages that share a content of a million drawings
	im := f.stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8",
		[]byte("x"))
	content = f.stream("/Filter /FlateDecode", deflate(t, bytes.Repeat([]byte("/I Do "), 1<<20)))
	var pages []string
	for range 100 {
		pages = append(pages, f.object("<< /Type /Page /Parent 2 0 R "+box+" /Resources << /XObject << /I "+im+
			" >> >> /Contents "+content+" >>"))
	}
	out["drawing bomb"] = refused{f.close("", pages...), pdfin.ErrTooLarge}

	// Object streams that nothing needs, of 100 MB.
	bomb := deflate(t, append([]byte("9 0 "), bytes.Repeat([]byte(" "), 100<<20)...))
	f = newPDF("1.5")
	f.stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", bomb)
	out["object stream bomb"] = refused{f.close("", f.page(box, "", "")), pdfin.ErrTooLarge}
	f = newPDF("1.5")
	f.stream("/Type /Obj#53tm /N 1 /First 4 /Filter /FlateDecode", bomb)
	out["object stream bomb, name escaped"] = refused{f.close("", f.page(box, "", "")), pdfin.ErrTooLarge}
	for k := -10; k < 0; k++ { // the keyword where two windows meet
		f = newPDF("1.5")
		const before = "<< /Type /ObjStm /N 1 /First 4 /Filter /FlateDecode /Length 1 >>\nstream"
		padding := 1<<20 - f.b.Len() - len("3 0 obj\n") - len(before) + k
		f.b.WriteString("%" + strings.Repeat(" ", padding-2) + "\n")
		f.stream("/Type /ObjStm /N 1 /First 4 /Filter /FlateDecode", bomb)
		out[fmt.Sprintf("object stream bomb across windows, %d", k)] = refused{f.close("", f.page(box, "", "")),
			pdfin.ErrTooLarge}
	}
	f = newPDF("1.5")
	f.stream("/Type /ObjStm /N 1 /First 4 /Filter [/FlateDecode /FlateDecode]", deflate(t, bomb))
	out["object stream bomb in a bomb"] = refused{f.close("", f.page(box, "", "")), pdfin.ErrDamaged}
	return out
}

func TestRefused(t *testing.T) {
	all := awkward(t)
	maps.Copy(all, bombs(t))
	for name, c := range all {
		t.Run(name, func(t *testing.T) {
			doc, err := lireOctets(t, c.data, pdfin.Options{})
			if !errors.Is(err, c.want) {
				t.Fatalf("%v, want %v (document: %v)", err, c.want, doc != nil)
			}
			var r *pdfin.Refusal
			if !errors.As(err, &r) {
				t.Errorf("%T isn't a refusal", err)
			}
		})
	}
}

// blocked is a file whose second read never returns, as on a dead network share.
type blocked struct {
	data  []byte
	reads int
	until chan struct{}
}

func (b *blocked) ReadAt(p []byte, at int64) (int, error) {
	if b.reads++; b.reads > 1 {
		<-b.until
		return 0, io.ErrClosedPipe
	}
	return bytes.NewReader(b.data).ReadAt(p, at)
}

// The context ends the reading, even where the file itself doesn't answer.
func TestContext(t *testing.T) {
	data := onePage(t, "/Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", []byte("x"))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New().read(ctx, bytes.NewReader(data), int64(len(data)), pdfin.Options{}); !errors.Is(err,
		context.Canceled) {
		t.Errorf("done before: %v", err)
	}
	ctx, cancel = context.WithCancel(t.Context())
	b := &blocked{data: data, until: make(chan struct{})}
	defer close(b.until)
	finished := make(chan error)
	go func() {
		_, err := New().read(ctx, b, int64(len(data)), pdfin.Options{})
		finished <- err
	}()
	cancel()
	if err := <-finished; !errors.Is(err, context.Canceled) {
		t.Errorf("done in the middle: %v", err)
	}
}

// A file that keeps its reader busy is given up, without any deadline of the caller.
func TestDelay(t *testing.T) {
	data := onePage(t, "/Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", []byte("x"))
	b := &blocked{data: data, until: make(chan struct{})}
	defer close(b.until)
	_, err := New().read(t.Context(), b, int64(len(data)), pdfin.Options{Delay: time.Millisecond})
	var r *pdfin.Refusal
	if !errors.As(err, &r) || !errors.Is(err, pdfin.ErrTooSlow) {
		t.Error(err)
	}
}

// Several documents are read at once.
func TestConcurrent(t *testing.T) {
	data := onePage(t, "/Width 1 /Height 1 /ColorSpace /DeviceGray /BitsPerComponent 8", []byte("x"))
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 4 {
				if _, err := New().read(t.Context(), bytes.NewReader(data), int64(len(data)), pdfin.Options{}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
}

func TestLimits(t *testing.T) {
	// Images don't count as structure, whatever their dictionaries' names look like.
	big := onePage(t, "/Width 12000 /Height 9000 /Name /Scan#20de#20droite /ColorSpace /DeviceGray /BitsPerComponent 8 "+
		"/Filter /FlateDecode", deflate(t, make([]byte, 12000*9000)))
	if _, err := lireOctets(t, big, pdfin.Options{}); err != nil {
		t.Errorf("an image of 108 MB: %v", err)
	}
	data := onePage(t, "/Width 1000 /Height 1000 /ColorSpace /DeviceGray /BitsPerComponent 8", make([]byte, 1e6))
	if _, err := lireOctets(t, data, pdfin.Options{Limit: 2 << 20}); err != nil {
		t.Errorf("under the limit: %v", err)
	}
	for _, limit := range []int64{1000, 500_000, 999_999} {
		if _, err := lireOctets(t, data, pdfin.Options{Limit: limit}); !errors.Is(err, pdfin.ErrTooLarge) {
			t.Errorf("limit of %d bytes: %v", limit, err)
		}
	}
	f := newPDF("1.4")
	var pages []string
	for range 5 {
		pages = append(pages, f.page("/MediaBox [0 0 100 100]", "", ""))
	}
	if _, err := lireOctets(t, f.close("", pages...), pdfin.Options{MaxPages: 4}); !errors.Is(err, pdfin.ErrTooLarge) {
		t.Errorf("five pages of four: %v", err)
	}
}

// describe writes the facts of a document, or its refusal, for the golden file.
func describe(doc *pdfin.Document, err error) string {
	if err != nil {
		return "  refused: " + err.Error() + "\n"
	}
	var b strings.Builder
	fmt.Fprintf(&b, "  PDF %s, pages %d, valid %v, PDF/A %q, form %v, signed %v\n", doc.Version, len(doc.Pages),
		doc.Invalid == nil, doc.PDFA, doc.Form, doc.Signed)
	for _, p := range doc.Pages {
		_, scan := p.Scan()
		fmt.Fprintf(&b, "  page %d: %.1f x %.1f mm, rotation %d, scan %v, text %v, hidden text %v, vector %v, annotations "+
			"%d, fonts %v\n",
			p.Number, p.WidthMM, p.HeightMM, p.Rotation, scan, p.Text, p.HiddenText, p.Vector, p.Annotations, p.Fonts)
		for _, pl := range p.Placements {
			m := pl.Image
			fmt.Fprintf(&b, "    image %dx%d, %d x %d bits, %v, %.1f x %.1f dpi, covers %.2f, %.2f°\n", m.Width, m.Height,
				m.Components(), m.Bits, m.Codec, pl.DPIX, pl.DPIY, pl.Coverage, pl.AngleDeg)
		}
	}
	return b.String()
}

// Every PDF of the shared scans gives facts or a clear refusal. The golden file says which; write it again with
// -update when a reader's improvement, looked at, changes them.
func TestSharedScans(t *testing.T) {
	files, err := filepath.Glob("../../../../shared/scans/*.pdf")
	if err != nil {
		t.Fatal(err)
	}
	if len(files) == 0 {
		t.Skip("../shared is not here")
	}
	sort.Strings(files)
	var b strings.Builder
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		doc, err := lireOctets(t, data, pdfin.Options{})
		var r *pdfin.Refusal
		if err != nil && !errors.As(err, &r) {
			t.Errorf("%s: %T isn't a refusal", filepath.Base(name), err)
		}
		fmt.Fprintf(&b, "%s\n%s", filepath.Base(name), describe(doc, err))
	}
	golden := filepath.Join("testdata", "shared-scans.golden")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.ReplaceAll(string(want), "\r\n", "\n"), b.String()); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}

// A document is refused or described, never anything else; its images are decoded within the limit or give an error.
func FuzzLire(f *testing.F) {
	for _, c := range awkward(f) {
		f.Add(c.data)
	}
	f.Add(onePage(f, "/Width 8 /Height 4 /ColorSpace [/Indexed /DeviceRGB 1 <000000FFFFFF>] /BitsPerComponent 1",
		[]byte("\x0F\xF0\xAA\x55")))
	f.Fuzz(func(t *testing.T, data []byte) {
		doc, err := lireOctets(t, data, pdfin.Options{Limit: 1 << 20, MaxPages: 20})
		if err != nil {
			var r *pdfin.Refusal
			if !errors.As(err, &r) {
				t.Fatalf("%T: %v", err, err)
			}
			return
		}
		for _, p := range doc.Pages {
			for _, pl := range p.Placements {
				if pl.Image.Bilevel() {
					_ = pl.Image.Runs(t.Context(), raster.NewRuns(1, 0), 1<<20)
				}
				_, _ = pl.Image.Gray(t.Context(), 1<<20)
			}
			opt := pdfin.Options{Limit: 1 << 20}
			if page := New().presentPage(p, file{opt: opt, dpi: 50}); page.Image != nil {
				if m, err := page.Image.Pixels(t.Context()); err == nil && m.Bounds().Dx() != page.Image.Largeur {
					t.Fatalf("%v pixels, %d wide said", m.Bounds(), page.Image.Largeur)
				}
			}
		}
	})
}

func BenchmarkLire(b *testing.B) {
	runs := raster.NewRuns(1654, 0)
	for y := range 2339 {
		if err := runs.AppendRow([]int32{int32(100 + y%50), int32(200 + y%50)}); err != nil {
			b.Fatal(err)
		}
	}
	g4, err := ccitt.Append(nil, runs)
	if err != nil {
		b.Fatal(err)
	}
	f := newPDF("1.4")
	var pages []string
	for range 100 {
		im := f.stream("/Type /XObject /Subtype /Image /Width 1654 /Height 2339 /ColorSpace /DeviceGray /BitsPerComponent "+
			"1 /Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns 1654 /Rows 2339 >>", g4)
		pages = append(pages, f.page("/MediaBox [0 0 595.276 841.89]", "/XObject << /Im0 "+im+" >>",
			"q 595.276 0 0 841.89 0 0 cm /Im0 Do Q"))
	}
	data := f.close("", pages...)
	b.Run("hundred-pages", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := lireOctets(b, data, pdfin.Options{}); err != nil {
				b.Fatal(err)
			}
		}
	})
}
