package polices

import (
	"slices"
	"sync"
	"unicode"

	"github.com/go-text/typesetting/bidi"
	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
	"golang.org/x/text/unicode/norm"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
)

// composeur sets texts that its first font can't write alone. A word that one font lacks a letter of goes whole to
// another: a name in two fonts is hard to read.
type composeur struct {
	premiere *pdf.Police
	secours  []*fonte
}

// morceau is a part of a text in one font and one direction.
type morceau struct {
	debut, fin int // runes
	fonte      int // rank in secours, -1 for the first font
	niveau     bidi.Level
}

// Composer implements [pdf.Composeur].
func (c *composeur) Composer(texte string) ([]pdf.Troncon, error) {
	runes := []rune(norm.NFC.String(texte))
	morceaux, err := c.decouper(runes)
	if err != nil {
		return nil, err
	}
	ordonner(morceaux)
	var troncons []pdf.Troncon
	for _, m := range morceaux {
		if m.fonte < 0 {
			t, err := c.simple(runes[m.debut:m.fin])
			if err != nil {
				return nil, err
			}
			troncons = append(troncons, t)
			continue
		}
		troncons = append(troncons, c.secours[m.fonte].faconner(runes, m))
	}
	return troncons, nil
}

// decouper cuts a text where its font or its direction changes, in the order of reading.
func (c *composeur) decouper(runes []rune) ([]morceau, error) {
	fontes, err := c.attribuer(runes)
	if err != nil {
		return nil, err
	}
	var p bidi.Paragraph
	sens := p.Segment(runes, bidi.LeftToRight)
	var morceaux []morceau
	for i := range sens.NumRuns() {
		r := sens.Run(i)
		for j := r.Start; j < r.End; j++ {
			// What stands among letters read from right to left is mirrored and reversed with them: only a font that is shaped
			// does.
			if f := c.premier(runes[j : j+1]); r.Level%2 == 1 && fontes[j] < 0 {
				fontes[j] = max(f, 0)
			}
			if j == r.Start || fontes[j] != fontes[j-1] {
				morceaux = append(morceaux, morceau{debut: j, fonte: fontes[j], niveau: r.Level})
			}
			morceaux[len(morceaux)-1].fin = j + 1
		}
	}
	return morceaux, nil
}

// ordonner puts pieces in the order in which they are seen (Unicode annex 9, rule L2).
func ordonner(m []morceau) {
	var haut bidi.Level
	for i := range m {
		haut = max(haut, m[i].niveau)
	}
	for n := haut; n > 0; n-- {
		for i := 0; i < len(m); i++ {
			j := i
			for j < len(m) && m[j].niveau >= n {
				j++
			}
			slices.Reverse(m[i:j])
			i = j
		}
	}
}

// attribuer gives each character its font: the first that has the whole word, else the first that has the character
// with its marks.
func (c *composeur) attribuer(runes []rune) ([]int, error) {
	fontes := make([]int, len(runes))
	for debut := 0; debut < len(runes); {
		fin := debut
		for fin < len(runes) && runes[fin] != ' ' {
			fin++
		}
		if f := c.premier(runes[debut:fin]); f < len(c.secours) {
			for i := debut; i < fin; i++ {
				fontes[i] = f
			}
		} else if err := c.parCaractere(runes[debut:fin], fontes[debut:fin]); err != nil {
			return nil, err
		}
		for ; fin < len(runes) && runes[fin] == ' '; fin++ {
			fontes[fin] = -1
			if fin > 0 {
				fontes[fin] = fontes[fin-1]
			}
		}
		debut = fin
	}
	return fontes, nil
}

func (c *composeur) parCaractere(mot []rune, fontes []int) error {
	for i := 0; i < len(mot); {
		j := i + 1
		for j < len(mot) && unicode.In(mot[j], unicode.Mn, unicode.Me, unicode.Cf) {
			j++
		}
		f := c.premier(mot[i:j])
		if f == len(c.secours) {
			return &pdf.ErreurGlyphe{Police: c.premiere.Nom(), Rune: c.manque(mot[i:j])}
		}
		for ; i < j; i++ {
			fontes[i] = f
		}
	}
	return nil
}

// manque is the character for which no font has a glyph, among some that no font has together.
func (c *composeur) manque(runes []rune) rune {
	for _, r := range runes {
		if c.premier([]rune{r}) == len(c.secours) {
			return r
		}
	}
	return runes[0]
}

// premier is the rank of the first font that has all of some characters, len(secours) for none.
func (c *composeur) premier(runes []rune) int {
	if !slices.ContainsFunc(runes, func(r rune) bool { _, ok := c.premiere.Numero(r); return !ok || pdf.Faconne(r) }) {
		return -1
	}
	for i, f := range c.secours {
		if !slices.ContainsFunc(runes, func(r rune) bool { _, ok := f.police.Numero(r); return !ok }) {
			return i
		}
	}
	return len(c.secours)
}

// simple sets characters one after the other in the first font.
func (c *composeur) simple(runes []rune) (pdf.Troncon, error) {
	t := pdf.Troncon{Police: c.premiere}
	for _, r := range runes {
		g, ok := c.premiere.Numero(r)
		if !ok {
			return t, &pdf.ErreurGlyphe{Police: c.premiere.Nom(), Rune: r}
		}
		t.Glyphes = append(t.Glyphes, pdf.Glyphe{Numero: g, Avance: c.premiere.Avance(g), Texte: string(r)})
	}
	return t, nil
}

// Shaping keeps caches that one goroutine at a time may use.
var (
	verrou    sync.Mutex
	harfbuzz  shaping.HarfbuzzShaper
	faconnage = map[*fonte]*font.Face{}
)

// faconner shapes a piece: letters joined, marks placed, from right to left where it is read so.
func (f *fonte) faconner(runes []rune, m morceau) pdf.Troncon {
	verrou.Lock()
	defer verrou.Unlock()
	face := faconnage[f]
	if face == nil {
		face = font.NewFace(f.forme)
		faconnage[f] = face
	}
	sens := di.DirectionLTR
	if m.niveau%2 == 1 {
		sens = di.DirectionRTL
	}
	// At a size of as many pixels as the font has units, lengths are in its units.
	out := harfbuzz.Shape(shaping.Input{Text: runes, RunStart: m.debut, RunEnd: m.fin, Direction: sens, Face: face,
		Size: fixed.I(f.police.Unites()), Script: ecriture(runes[m.debut:m.fin]), Language: "fr"})
	t := pdf.Troncon{Police: f.police}
	for i := 0; i < len(out.Glyphs); {
		n := max(1, out.Glyphs[i].GlyphsCount())
		amas := out.Glyphs[i:min(i+n, len(out.Glyphs))]
		dit := dire(runes[amas[0].TextIndex():][:amas[0].RunesCount()], m.niveau%2 == 1)
		porteur := 0 // of the cluster: the letter, not its marks
		for j := range amas {
			if amas[j].Advance > amas[porteur].Advance {
				porteur = j
			}
		}
		for j, g := range amas {
			texte := ""
			if j == porteur {
				texte = dit
			}
			t.Glyphes = append(t.Glyphes, pdf.Glyphe{Numero: uint16(g.GlyphID), Avance: g.Advance.Round(),
				DX: g.XOffset.Round(), DY: g.YOffset.Round(), Texte: texte})
		}
		i += len(amas)
	}
	return t
}

// dire is a cluster's text as a PDF says it. Readers put back what is read from right to left character by character,
// from what they see: it is told to them in that order.
func dire(runes []rune, inverse bool) string {
	if !inverse {
		return string(runes)
	}
	vues := slices.Clone(runes)
	slices.Reverse(vues)
	return string(vues)
}

// ecriture is the script of a text: that of its first letter.
func ecriture(runes []rune) language.Script {
	for _, r := range runes {
		if s := language.LookupScript(r); s != language.Common && s != language.Inherited && s != language.Unknown {
			return s
		}
	}
	return language.Latin
}
