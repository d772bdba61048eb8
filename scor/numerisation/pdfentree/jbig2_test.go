package pdfentree

import (
	"encoding/hex"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/raster"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// The last page of T.88's annex H, 37 x 8 pixels, and the segments that it shares with the others.
const (
	jbig2Globals = "000000000001000000001800010000000100000001e9cbf40026af04bff0782fe000400000001000010000000016080002ff00000001" +
		"000000014fe78d681b142f3fffac"
	jbig2Page = "0000000f3000010000001300000025000000080000000000000000010000000000110021100100000020080202ffffffffff00000003" +
		"000000024fe9d7d590c3b526a7fb6d14983fffac00000012072011010000002500000025000000080000000000000000008c1200000004a95c" +
		"8bf4c37d966a28e5768fffac"
	jbig2Black = 83
)

// A JBIG2 image is black where its coding is, unless its dictionary exchanges that; it needs the segments that it
// shares.
func TestJBIG2(t *testing.T) {
	bytesOf := func(s string) []byte {
		b, err := hex.DecodeString(s)
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	for name, c := range map[string]struct {
		dict    string
		globals bool
		black   int
	}{
		"grey":            {"/ColorSpace /DeviceGray", true, jbig2Black},
		"grey, exchanged": {"/ColorSpace /DeviceGray /Decode [1 0]", true, 37*8 - jbig2Black},
		"stencil":         {"/ImageMask true", true, jbig2Black},
		"palette":         {"/ColorSpace [/Indexed /DeviceGray 1 <FF00>]", true, 37*8 - jbig2Black},
		"without globals": {"/ColorSpace /DeviceGray", false, -1},
	} {
		t.Run(name, func(t *testing.T) {
			f := newPDF("1.4")
			parameters := ""
			if c.globals {
				parameters = "/DecodeParms << /JBIG2Globals " + f.stream("", bytesOf(jbig2Globals)) + " >>"
			}
			image := f.stream("/Type /XObject /Subtype /Image /Width 37 /Height 8 /BitsPerComponent 1 /Filter /JBIG2Decode "+
				parameters+" "+c.dict, bytesOf(jbig2Page))
			data := f.close("", f.page("/MediaBox [0 0 37 8]", "/XObject << /I "+image+" >>", "37 0 0 8 0 0 cm /I Do"))
			doc, err := New().Open(t.Context(), strings.NewReader(string(data)), int64(len(data)), numerisation.LimitesPDF{})
			if err != nil {
				t.Fatal(err)
			}
			p := doc.Pages[0]
			if p.Image == nil || p.Image.Couleur != numerisation.PDFNoirBlanc || p.Logiciel {
				t.Fatalf("%+v", p)
			}
			m, err := p.Image.Pixels(t.Context())
			if c.black < 0 {
				if err == nil {
					t.Error("decoded without the segments that it needs")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			black := 0
			for y := range 8 {
				for x := range 37 {
					if m.(*raster.Bitmap).Black(x, y) {
						black++
					}
				}
			}
			if black != c.black {
				t.Errorf("%d black pixels, expected %d", black, c.black)
			}
		})
	}
}
