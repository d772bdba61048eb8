package pdf

import (
	"bytes"
	"encoding/binary"
	"io"
	"testing"

	"golang.org/x/image/font/gofont/goregular"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// minime is a font of A, é and what é is made of, with the cmap given.
func minime(t testing.TB, cmap []byte) []byte {
	t.Helper()
	f, err := lireTrueType(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	ttf, _, err := f.sousEnsemble([]uint16{0, f.glyphe('A'), f.glyphe('é')})
	if err != nil {
		t.Fatal(err)
	}
	ts, err := tables(ttf)
	if err != nil {
		t.Fatal(err)
	}
	tous := []table{{"cmap", cmap}}
	for _, nom := range []string{"glyf", "head", "hhea", "hmtx", "loca", "maxp"} {
		tous = append(tous, table{nom, ts[nom]})
	}
	tous = append(tous, table{"post", octets(uint32(0x00030000), make([]byte, 28))}) // x/image wants one
	return assembler(tous)
}

func octets(v ...any) []byte {
	var b bytes.Buffer
	for _, x := range v {
		_ = binary.Write(&b, binary.BigEndian, x) // a bytes.Buffer never fails
	}
	return b.Bytes()
}

func cmap4() []byte {
	sous := octets(uint16(4), uint16(16+8*3), uint16(0), uint16(6), uint16(0), uint16(0), uint16(0),
		[]uint16{'A', 'é', 0xFFFF}, uint16(0), []uint16{'A', 'é', 0xFFFF})
	deltas := []uint16{0, 0, 1}
	for i, r := range []uint16{'A', 'é'} {
		deltas[i] = uint16(i+1) - r
	}
	sous = append(sous, octets(deltas, []uint16{0, 0, 0})...)
	return append(octets(uint16(0), uint16(1), uint16(3), uint16(1), uint32(12)), sous...)
}

func cmap12() []byte {
	sous := octets(uint16(12), uint16(0), uint32(16+24), uint32(0), uint32(2),
		[]uint32{'A', 'A', 1}, []uint32{'é', 'é', 2})
	return append(octets(uint16(0), uint16(1), uint16(3), uint16(10), uint32(12)), sous...)
}

// The outlines of a subset are those of the whole font, composites included,
// by another reader of fonts.
func TestSousEnsembleMemesContours(t *testing.T) {
	entiere, err := sfnt.Parse(goregular.TTF)
	if err != nil {
		t.Fatal(err)
	}
	for nom, cmap := range map[string][]byte{"format 4": cmap4(), "format 12": cmap12()} {
		ttf := minime(t, cmap)
		p, err := ParsePolice(ttf)
		if err != nil {
			t.Fatalf("%s: %v", nom, err)
		}
		reduite, err := sfnt.Parse(append([]byte(nil), ttf...))
		if err != nil {
			t.Fatalf("%s: %v", nom, err)
		}
		for _, r := range "Aé" {
			g, err := p.glypheDe(r)
			if err != nil {
				t.Fatalf("%s: %v", nom, err)
			}
			want, got := contours(t, entiere, r), contoursGlyphe(t, reduite, sfnt.GlyphIndex(g))
			if len(want) == 0 || len(want) != len(got) {
				t.Fatalf("%s: %c has %d segments, want %d", nom, r, len(got), len(want))
			}
			for i := range want {
				if want[i] != got[i] {
					t.Fatalf("%s: %c differs at segment %d", nom, r, i)
				}
			}
		}
	}
}

func contours(t *testing.T, f *sfnt.Font, r rune) sfnt.Segments {
	t.Helper()
	g, err := f.GlyphIndex(nil, r)
	if err != nil {
		t.Fatal(err)
	}
	return contoursGlyphe(t, f, g)
}

func contoursGlyphe(t *testing.T, f *sfnt.Font, g sfnt.GlyphIndex) sfnt.Segments {
	t.Helper()
	s, err := f.LoadGlyph(&sfnt.Buffer{}, g, fixed.I(2048), nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func FuzzParsePolice(f *testing.F) {
	f.Add(minime(f, cmap4()))
	f.Add(minime(f, cmap12()))
	f.Add(goregular.TTF[:12])
	f.Fuzz(func(t *testing.T, ttf []byte) {
		p, err := ParsePolice(ttf)
		if err != nil {
			return
		}
		w, err := NewWriter(io.Discard, Info{})
		if err != nil {
			t.Fatal(err)
		}
		texte := ""
		for r := rune(' '); r < 0x250; r++ {
			if p.Ecrit(string(r)) {
				texte += string(r)
			}
		}
		// Glyphs that lie give an error, not a panic.
		if err := w.Page(210, 297, func(pg *Page) { pg.Texte(p, 10, 10, 10, Gauche, texte) }); err == nil {
			_ = w.Close()
		}
	})
}
