package pdf

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Police is a TrueType font. It is read once and serves any number of
// documents, also at the same time.
type Police struct {
	*truetype
	courants  [0x180]uint16 // glyphs of Latin-1 and Latin Extended-A
	composeur Composeur
}

// Composeur sets a text that a font can't write glyph by glyph: one with characters that the font lacks, with marks to
// be placed on letters, or in a script whose letters join or run from right to left. It gives the pieces in the order
// in which they are seen, from the left.
type Composeur interface {
	Composer(texte string) ([]Troncon, error)
}

// Troncon is a piece of text set in one font.
type Troncon struct {
	Police  *Police
	Glyphes []Glyphe
}

// Glyphe is one glyph of a text that was set, its lengths in units of the font.
type Glyphe struct {
	Numero uint16
	Avance int    // to the next one
	DX, DY int    // where it is drawn, from where it stands
	Texte  string // what it stands for; "" where the glyph before it says so
}

// Compose gives the font a Composeur, which replaces [ErreurGlyphe] by what it answers.
func (p *Police) Compose(c Composeur) *Police {
	q := *p
	q.composeur = c
	return &q
}

// Numero gives the glyph of a character, false where the font has none.
func (p *Police) Numero(r rune) (uint16, bool) {
	g, err := p.glypheDe(r)
	return g, err == nil
}

// Avance is the way from a glyph to the next one, in units of the font.
func (p *Police) Avance(glyphe uint16) int {
	if int(glyphe) >= len(p.avances) {
		return 0
	}
	return int(p.avances[glyphe])
}

// Unites is how many units of the font make the size of its type.
func (p *Police) Unites() int { return p.unites }

// compose says whether a text asks for the font's Composeur. Nothing below U+0300 has to be shaped.
func (p *Police) compose(texte string) bool {
	if p.composeur == nil {
		return false
	}
	for _, r := range texte {
		if uint32(r) < uint32(len(p.courants)) {
			if p.courants[r] == 0 && r != 0xA0 {
				return true
			}
		} else if Faconne(r) {
			return true
		} else if _, err := p.glypheDe(r); err != nil {
			return true
		}
	}
	return false
}

// Faconne says whether a character is never set alone: a mark, a letter that joins or runs from right to left, a mark
// of direction.
func Faconne(r rune) bool {
	if r < 0x300 || r >= 0x2010 && r <= 0x2027 || r == '€' { // dashes, quotes and amounts: on every line
		return false
	}
	return unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) || unicode.In(r, unicode.Arabic, unicode.Hebrew,
		unicode.Syriac, unicode.Thaana, unicode.Nko)
}

// ErreurGlyphe says that a font can't write a character.
type ErreurGlyphe struct {
	Police string
	Rune   rune
}

func (e *ErreurGlyphe) Error() string {
	return fmt.Sprintf("pdf: font %s has no glyph for %U", e.Police, e.Rune)
}

// ParsePolice reads a TrueType font with a Unicode cmap. The bytes must not
// change afterwards.
func ParsePolice(ttf []byte) (*Police, error) {
	t, err := lireTrueType(ttf)
	if err != nil {
		return nil, err
	}
	p := &Police{truetype: t}
	for r := range p.courants {
		p.courants[r] = t.glyphe(rune(r))
	}
	return p, nil
}

// Nom is the font's PostScript name.
func (p *Police) Nom() string { return p.nom }

func (p *Police) glypheDe(r rune) (uint16, error) {
	var g uint16
	if uint32(r) < uint32(len(p.courants)) {
		g = p.courants[r]
	} else {
		g = p.glyphe(r)
	}
	if g == 0 {
		switch r { // spaces and hyphens that don't break look as those that do
		case 0xA0, 0x2009, 0x202F:
			g = p.courants[' ']
		case 0x2011:
			g = p.courants['-']
		}
	}
	if g == 0 || r < ' ' {
		return 0, &ErreurGlyphe{p.nom, r}
	}
	return g, nil
}

// Largeur is the width of a text in millimetres, at a size in points. A
// character that the font lacks is an [ErreurGlyphe].
func (p *Police) Largeur(texte string, taille float64) (float64, error) {
	if p.compose(texte) {
		return p.largeurComposee(texte, taille)
	}
	unites := 0
	for _, r := range texte {
		g, err := p.glypheDe(r)
		if err != nil {
			return 0, err
		}
		unites += int(p.avances[g])
	}
	return float64(unites) / float64(p.unites) * taille / pointsParMM, nil
}

func (p *Police) largeurComposee(texte string, taille float64) (float64, error) {
	troncons, err := p.composeur.Composer(texte)
	if err != nil {
		return 0, err
	}
	var ems float64
	for _, t := range troncons {
		unites := 0
		for _, g := range t.Glyphes {
			unites += g.Avance
		}
		ems += float64(unites) / float64(t.Police.unites)
	}
	return ems * taille / pointsParMM, nil
}

// Ecrit says whether the font has every character of a text.
func (p *Police) Ecrit(texte string) bool {
	_, err := p.Largeur(texte, 1)
	return err == nil && utf8.ValidString(texte)
}

// policeEcrite is a font as one document uses it. A CID stands for a rune
// rather than for a glyph, so that ToUnicode is exact where two characters
// share a glyph; for a glyph and its text where a text was shaped.
type policeEcrite struct {
	*Police
	nom      string // in Resources
	objet    int
	cids     map[rune]uint16
	rapide   [0x180]uint16
	faconnes map[caractere]uint16
	ecrits   []caractere // of each CID; CID 0 is .notdef
}

// caractere is what a CID stands for.
type caractere struct {
	glyphe uint16
	texte  string
}

// police gives the font's place in the document, and makes it one.
func (w *Writer) police(p *Police) *policeEcrite {
	for _, e := range w.polices {
		if e.truetype == p.truetype {
			return e
		}
	}
	e := &policeEcrite{Police: p, nom: "F" + strconv.Itoa(len(w.polices)+1), objet: w.reserver(), cids: map[rune]uint16{},
		faconnes: map[caractere]uint16{}, ecrits: make([]caractere, 1)}
	w.polices = append(w.polices, e)
	return e
}

func (e *policeEcrite) cid(r rune) (uint16, error) {
	if uint32(r) < uint32(len(e.rapide)) {
		if c := e.rapide[r]; c != 0 {
			return c, nil
		}
	} else if c, ok := e.cids[r]; ok {
		return c, nil
	}
	g, err := e.glypheDe(r)
	if err != nil {
		return 0, err
	}
	c, err := e.nouveau(caractere{g, string(r)})
	if err != nil {
		return 0, err
	}
	if uint32(r) < uint32(len(e.rapide)) {
		e.rapide[r] = c
	} else {
		e.cids[r] = c
	}
	return c, nil
}

// faconne gives the CID of a glyph that was shaped.
func (e *policeEcrite) faconne(g Glyphe) (uint16, error) {
	k := caractere{g.Numero, g.Texte}
	if c, ok := e.faconnes[k]; ok {
		return c, nil
	}
	if int(g.Numero) >= len(e.avances) {
		return 0, fmt.Errorf("pdf: font %s has no glyph %d", e.Police.nom, g.Numero)
	}
	c, err := e.nouveau(k)
	if err == nil {
		e.faconnes[k] = c
	}
	return c, err
}

func (e *policeEcrite) nouveau(c caractere) (uint16, error) {
	// Components take numbers too: half of the range is theirs.
	if len(e.ecrits) == 0x7FFF {
		return 0, fmt.Errorf("pdf: more than %d characters of font %s", 0x7FFF, e.Police.nom)
	}
	e.ecrits = append(e.ecrits, c)
	return uint16(len(e.ecrits) - 1), nil
}

// ecrire writes the font's objects: Type0, CIDFontType2, descriptor, file,
// CIDSet (ISO 19005-1 § 6.3.5), ToUnicode.
func (e *policeEcrite) ecrire(w *Writer) error {
	gids := make([]uint16, len(e.ecrits))
	for i, c := range e.ecrits {
		gids[i] = c.glyphe
	}
	ttf, total, err := e.sousEnsemble(gids)
	if err != nil {
		return err
	}
	h := sha256.Sum256(ttf)
	etiquette := make([]byte, 6, 70)
	for i := range etiquette {
		etiquette[i] = 'A' + h[i]%26
	}
	nom := string(append(append(etiquette, '+'), e.Police.nom...))
	cid, desc, fichier, ensemble, unicode := w.reserver(), w.reserver(), w.reserver(), w.reserver(), w.reserver()
	mille := func(v int) int { return (v*1000 + e.unites/2) / e.unites }

	w.objet(e.objet, "<</Type/Font/Subtype/Type0/BaseFont/"+nom+"/Encoding/Identity-H/DescendantFonts["+ref(cid)+
		"]/ToUnicode "+ref(unicode)+">>")
	largeurs := []byte("[0[")
	for _, g := range gids {
		largeurs = strconv.AppendInt(largeurs, int64(mille(int(e.avances[g]))), 10)
		largeurs = append(largeurs, ' ')
	}
	w.objet(cid, "<</Type/Font/Subtype/CIDFontType2/BaseFont/"+nom+
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>"+
		"/CIDToGIDMap/Identity/DW 0/W"+string(largeurs)+"]]/FontDescriptor "+ref(desc)+">>")
	w.objet(desc, fmt.Sprintf("<</Type/FontDescriptor/FontName/%s/Flags 4/ItalicAngle 0/StemV 80/Ascent %d/Descent "+
		"%d/CapHeight %d/FontBBox[%d %d %d %d]/FontFile2 %s/CIDSet %s>>",
		nom, mille(int(e.ascendant)), mille(int(e.descend)), mille(int(e.capitale)),
		mille(int(e.cadre[0])), mille(int(e.cadre[1])), mille(int(e.cadre[2])), mille(int(e.cadre[3])), ref(fichier),
		ref(ensemble)))
	w.flux(fichier, "/Length1 "+strconv.Itoa(len(ttf)), ttf)
	// Every CID of the subset file, its components included.
	bits := make([]byte, (total+7)/8)
	for i := range total {
		bits[i/8] |= 0x80 >> (i % 8)
	}
	w.flux(ensemble, "", bits)
	w.flux(unicode, "", e.toUnicode())
	return w.echec()
}

// toUnicode is the CMap that gives text back: what is selected is what was written.
func (e *policeEcrite) toUnicode() []byte {
	b := []byte("/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n" +
		"/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n/CMapName/Adobe-Identity-UCS def\n/CMapType 2 " +
		"def\n" +
		"1 begincodespacerange\n<0000><FFFF>\nendcodespacerange\n")
	const parBloc = 100 // limit of a bfchar block
	var disent []int    // CIDs that stand for a text
	for i, c := range e.ecrits {
		if c.texte != "" {
			disent = append(disent, i)
		}
	}
	for bloc := range slices.Chunk(disent, parBloc) {
		b = fmt.Appendf(b, "%d beginbfchar\n", len(bloc))
		for _, i := range bloc {
			b = fmt.Appendf(b, "<%04X><", i)
			for _, u := range utf16.Encode([]rune(e.ecrits[i].texte)) {
				b = fmt.Appendf(b, "%04X", u)
			}
			b = append(b, ">\n"...)
		}
		b = append(b, "endbfchar\n"...)
	}
	return append(b, "endcmap\nCMapName currentdict/CMap defineresource pop\nend\nend"...)
}
