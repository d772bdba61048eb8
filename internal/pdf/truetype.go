package pdf

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sort"
)

// truetype is what embedding needs of a font file. Every offset is checked
// when the font is read, since editors bring fonts of their own.
type truetype struct {
	nom       string // PostScript name
	unites    int    // per em
	cadre     [4]int16
	ascendant int16
	descend   int16
	capitale  int16
	avances   []uint16 // per glyph
	gauches   []int16  // left side bearings, per glyph
	loca      []uint32 // len(avances)+1
	glyf      []byte
	plages    []plage
	maxp      []byte
	head      []byte
	hhea      []byte
}

// plage maps the runes debut to fin: to glyph+r-debut, or through table.
type plage struct {
	debut, fin rune
	glyph      int
	table      []byte // format 4 with range offsets: big-endian glyphs, 0 is none
	delta      uint16
}

var errTronquee = errors.New("pdf: truncated TrueType font")

// tables is the font directory.
func tables(b []byte) (map[string][]byte, error) {
	if len(b) < 12 {
		return nil, errTronquee
	}
	if v := binary.BigEndian.Uint32(b); v != 0x00010000 && v != 0x74727565 {
		return nil, fmt.Errorf("pdf: font of type %08x, want TrueType outlines (00010000)", v)
	}
	n := int(binary.BigEndian.Uint16(b[4:]))
	if len(b) < 12+16*n {
		return nil, errTronquee
	}
	t := make(map[string][]byte, n)
	for i := range n {
		e := b[12+16*i:]
		debut, long := uint64(binary.BigEndian.Uint32(e[8:])), uint64(binary.BigEndian.Uint32(e[12:]))
		if debut+long > uint64(len(b)) {
			return nil, fmt.Errorf("pdf: table %q of the font lies beyond its end", e[:4])
		}
		t[string(e[:4])] = b[debut : debut+long]
	}
	return t, nil
}

func lireTrueType(b []byte) (*truetype, error) {
	t, err := tables(b)
	if err != nil {
		return nil, err
	}
	for _, x := range []struct {
		nom string
		min int
	}{{"head", 54}, {"hhea", 36}, {"maxp", 6}, {"hmtx", 4}, {"loca", 4}, {"glyf", 0}, {"cmap", 4}} {
		if u, ok := t[x.nom]; !ok || len(u) < x.min {
			return nil, fmt.Errorf("pdf: the font has no table %q, or a truncated one", x.nom)
		}
	}
	u16 := binary.BigEndian.Uint16
	head, hhea := t["head"], t["hhea"]
	f := &truetype{
		unites: int(u16(head[18:])), glyf: t["glyf"], maxp: t["maxp"], head: head, hhea: hhea,
		ascendant: int16(u16(hhea[4:])), descend: int16(u16(hhea[6:])),
	}
	if f.unites < 16 || f.unites > 16384 {
		return nil, fmt.Errorf("pdf: font of %d units per em, want 16 to 16384", f.unites)
	}
	for i := range f.cadre {
		f.cadre[i] = int16(u16(head[36+2*i:]))
	}
	f.capitale = f.ascendant
	if os2 := t["OS/2"]; len(os2) >= 90 && u16(os2) >= 2 {
		f.capitale = int16(u16(os2[88:]))
	}
	n := int(u16(f.maxp[4:]))
	if err := f.lireMetriques(t["hmtx"], int(u16(hhea[34:])), n); err != nil {
		return nil, err
	}
	if err := f.lireLoca(t["loca"], u16(head[50:]), n); err != nil {
		return nil, err
	}
	if err := f.lireCmap(t["cmap"]); err != nil {
		return nil, err
	}
	f.nom = nomPostScript(t["name"])
	return f, nil
}

func (f *truetype) lireMetriques(b []byte, longues, n int) error {
	if longues < 1 || longues > n || len(b) < 4*longues+2*(n-longues) {
		return fmt.Errorf("pdf: hmtx of %d bytes for %d glyphs", len(b), n)
	}
	f.avances, f.gauches = make([]uint16, n), make([]int16, n)
	for i := range n {
		if i < longues {
			f.avances[i] = binary.BigEndian.Uint16(b[4*i:])
			f.gauches[i] = int16(binary.BigEndian.Uint16(b[4*i+2:]))
			continue
		}
		f.avances[i] = f.avances[longues-1]
		f.gauches[i] = int16(binary.BigEndian.Uint16(b[4*longues+2*(i-longues):]))
	}
	return nil
}

func (f *truetype) lireLoca(b []byte, format uint16, n int) error {
	f.loca = make([]uint32, n+1)
	pas := 2
	if format == 1 {
		pas = 4
	} else if format != 0 {
		return fmt.Errorf("pdf: unknown loca format %d", format)
	}
	if len(b) < pas*(n+1) {
		return fmt.Errorf("pdf: loca of %d bytes for %d glyphs", len(b), n)
	}
	for i := range f.loca {
		if pas == 2 {
			f.loca[i] = 2 * uint32(binary.BigEndian.Uint16(b[2*i:]))
		} else {
			f.loca[i] = binary.BigEndian.Uint32(b[4*i:])
		}
		if f.loca[i] > uint32(len(f.glyf)) || i > 0 && f.loca[i] < f.loca[i-1] {
			return fmt.Errorf("pdf: glyph %d lies beyond the table glyf", i)
		}
	}
	return nil
}

// lireCmap keeps the Unicode mapping: format 12, else format 4.
func (f *truetype) lireCmap(b []byte) error {
	n := int(binary.BigEndian.Uint16(b[2:]))
	if len(b) < 4+8*n {
		return errTronquee
	}
	var choix []byte
	var meilleur uint16
	for i := range n {
		e := b[4+8*i:]
		plate, code, pos := binary.BigEndian.Uint16(e), binary.BigEndian.Uint16(e[2:]), binary.BigEndian.Uint32(e[4:])
		if uint64(pos)+4 > uint64(len(b)) {
			return errTronquee
		}
		unicode := plate == 0 || plate == 3 && (code == 1 || code == 10)
		if format := binary.BigEndian.Uint16(b[pos:]); unicode && (format == 4 || format == 12) && format > meilleur {
			choix, meilleur = b[pos:], format
		}
	}
	switch meilleur {
	case 4:
		return f.cmap4(choix)
	case 12:
		return f.cmap12(choix)
	}
	return errors.New("pdf: the font has no Unicode cmap of format 4 or 12")
}

func (f *truetype) cmap4(b []byte) error {
	if len(b) < 16 {
		return errTronquee
	}
	u16 := binary.BigEndian.Uint16
	b = b[:min(len(b), int(u16(b[2:])))]
	n := int(u16(b[6:])) / 2
	if len(b) < 16+8*n {
		return errTronquee
	}
	fins, debuts, deltas, offsets := b[14:], b[16+2*n:], b[16+4*n:], b[16+6*n:]
	for i := range n {
		p := plage{debut: rune(u16(debuts[2*i:])), fin: rune(u16(fins[2*i:])), delta: u16(deltas[2*i:])}
		if p.fin < p.debut {
			continue
		}
		if o := int(u16(offsets[2*i:])); o != 0 && o != 0xFFFF {
			table, long := 2*i+o, 2*int(p.fin-p.debut+1)
			if table+long > len(offsets) {
				return fmt.Errorf("pdf: cmap segment %d lies beyond its end", i)
			}
			p.table = offsets[table : table+long]
		}
		f.plages = append(f.plages, p)
	}
	f.trier()
	return nil
}

func (f *truetype) cmap12(b []byte) error {
	if len(b) < 16 {
		return errTronquee
	}
	n := binary.BigEndian.Uint32(b[12:])
	if uint64(len(b)) < 16+12*uint64(n) {
		return errTronquee
	}
	for i := range n {
		e := b[16+12*i:]
		p := plage{debut: rune(binary.BigEndian.Uint32(e)), fin: rune(binary.BigEndian.Uint32(e[4:])),
			glyph: int(binary.BigEndian.Uint32(e[8:]))}
		if p.debut < 0 || p.fin < p.debut || p.fin > 0x10FFFF {
			return fmt.Errorf("pdf: cmap group %d is out of Unicode", i)
		}
		p.delta = uint16(p.glyph) - uint16(p.debut)
		f.plages = append(f.plages, p)
	}
	f.trier()
	return nil
}

func (f *truetype) trier() {
	slices.SortStableFunc(f.plages, func(a, b plage) int { return int(a.debut - b.debut) })
}

// glyphe gives the glyph of a rune, 0 if the font has none.
func (f *truetype) glyphe(r rune) uint16 {
	i := sort.Search(len(f.plages), func(i int) bool { return f.plages[i].fin >= r })
	if i == len(f.plages) || f.plages[i].debut > r {
		return 0
	}
	p := &f.plages[i]
	g := uint16(r)
	if p.table != nil {
		if g = binary.BigEndian.Uint16(p.table[2*(r-p.debut):]); g == 0 {
			return 0
		}
	}
	if g += p.delta; int(g) < len(f.avances) {
		return g
	}
	return 0
}

func (f *truetype) contour(g uint16) []byte { return f.glyf[f.loca[g]:f.loca[g+1]] }

// nomPostScript is name 6 of the font, reduced to what a PDF name holds plainly.
func nomPostScript(b []byte) string {
	const defaut = "Police"
	if len(b) < 6 {
		return defaut
	}
	n, base := int(binary.BigEndian.Uint16(b[2:])), int(binary.BigEndian.Uint16(b[4:]))
	if len(b) < 6+12*n {
		return defaut
	}
	for i := range n {
		e := b[6+12*i:]
		if binary.BigEndian.Uint16(e[6:]) != 6 {
			continue
		}
		long, pos := int(binary.BigEndian.Uint16(e[8:])), base+int(binary.BigEndian.Uint16(e[10:]))
		if pos+long > len(b) {
			continue
		}
		var nom []byte
		for _, c := range b[pos : pos+long] { // UTF-16 or Mac Roman: the letters are the same bytes
			if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' {
				nom = append(nom, c)
			}
		}
		if len(nom) > 0 && len(nom) <= 63 {
			return string(nom)
		}
	}
	return defaut
}

// Flags of a composite glyph's component.
const (
	motsLongs    = 1 << 0
	echelle      = 1 << 3
	suite        = 1 << 5
	echelleXY    = 1 << 6
	deuxParDeux  = 1 << 7
	instructions = 1 << 8
	tailleEntete = 10
)

// sousEnsemble makes a font of the given glyphs, in that order: glyph i of
// the result is gids[i]. Components follow; glyphes counts them too. Hinting is left out: paper and
// today's screens don't use it, and it is half of the bytes.
func (f *truetype) sousEnsemble(gids []uint16) (ttf []byte, glyphes int, err error) {
	gids = slices.Clone(gids)
	nouveau := map[uint16]uint16{} // of components, which are appended once
	var glyf []byte
	loca := make([]byte, 0, 4*len(gids)+4)
	for i := 0; i < len(gids); i++ { // gids grows
		loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
		g, err := f.copier(f.contour(gids[i]), func(c uint16) (uint16, error) {
			if int(c) >= len(f.avances) {
				return 0, fmt.Errorf("pdf: component %d of a glyph is not in the font", c)
			}
			n, ok := nouveau[c]
			if !ok {
				if len(gids) == 0xFFFF {
					return 0, errors.New("pdf: more than 65535 glyphs in a font")
				}
				n = uint16(len(gids))
				nouveau[c] = n
				gids = append(gids, c)
			}
			return n, nil
		})
		if err != nil {
			return nil, 0, err
		}
		glyf = append(glyf, g...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
	}
	loca = binary.BigEndian.AppendUint32(loca, uint32(len(glyf)))
	var hmtx []byte
	for _, g := range gids {
		hmtx = binary.BigEndian.AppendUint16(hmtx, f.avances[g])
		hmtx = binary.BigEndian.AppendUint16(hmtx, uint16(f.gauches[g]))
	}
	head := slices.Clone(f.head[:54])
	binary.BigEndian.PutUint32(head[8:], 0)
	binary.BigEndian.PutUint16(head[50:], 1)
	hhea := slices.Clone(f.hhea[:36])
	binary.BigEndian.PutUint16(hhea[34:], uint16(len(gids)))
	maxp := slices.Clone(f.maxp)
	binary.BigEndian.PutUint16(maxp[4:], uint16(len(gids)))
	return assembler([]table{{"glyf", glyf}, {"head", head}, {"hhea", hhea}, {"hmtx", hmtx}, {"loca", loca},
		{"maxp", maxp}}), len(gids), nil
}

// copier gives a glyph without its instructions, its components renumbered.
func (f *truetype) copier(g []byte, renumeroter func(uint16) (uint16, error)) ([]byte, error) {
	if len(g) == 0 {
		return nil, nil // a space
	}
	if len(g) < tailleEntete {
		return nil, errTronquee
	}
	contours := int(int16(binary.BigEndian.Uint16(g)))
	if contours >= 0 {
		p := tailleEntete + 2*contours
		if len(g) < p+2 {
			return nil, errTronquee
		}
		fin := p + 2 + int(binary.BigEndian.Uint16(g[p:]))
		if len(g) < fin {
			return nil, errTronquee
		}
		return slices.Concat(g[:p], []byte{0, 0}, g[fin:]), nil
	}
	c := slices.Clone(g)
	for p := tailleEntete; ; {
		if len(c) < p+4 {
			return nil, errTronquee
		}
		drapeaux := binary.BigEndian.Uint16(c[p:])
		n, err := renumeroter(binary.BigEndian.Uint16(c[p+2:]))
		if err != nil {
			return nil, err
		}
		binary.BigEndian.PutUint16(c[p:], drapeaux&^instructions)
		binary.BigEndian.PutUint16(c[p+2:], n)
		p += 6
		if drapeaux&motsLongs != 0 {
			p += 2
		}
		switch {
		case drapeaux&echelle != 0:
			p += 2
		case drapeaux&echelleXY != 0:
			p += 4
		case drapeaux&deuxParDeux != 0:
			p += 8
		}
		if len(c) < p {
			return nil, errTronquee
		}
		if drapeaux&suite == 0 {
			return c[:p], nil
		}
	}
}

type table struct {
	nom     string
	donnees []byte
}

// assembler makes a font file of tables in alphabetical order.
func assembler(ts []table) []byte {
	n := len(ts)
	puissance, log := 1, 0
	for puissance*2 <= n {
		puissance, log = puissance*2, log+1
	}
	b := binary.BigEndian.AppendUint32(nil, 0x00010000)
	for _, v := range [4]int{n, 16 * puissance, log, 16 * (n - puissance)} {
		b = binary.BigEndian.AppendUint16(b, uint16(v))
	}
	pos := 12 + 16*n
	tete := 0
	for _, t := range ts {
		if t.nom == "head" {
			tete = pos
		}
		b = append(b, t.nom...)
		b = binary.BigEndian.AppendUint32(b, sommeTable(t.donnees))
		b = binary.BigEndian.AppendUint32(b, uint32(pos))
		b = binary.BigEndian.AppendUint32(b, uint32(len(t.donnees)))
		pos += (len(t.donnees) + 3) &^ 3
	}
	for _, t := range ts {
		b = append(b, t.donnees...)
		for len(b)%4 != 0 {
			b = append(b, 0)
		}
	}
	binary.BigEndian.PutUint32(b[tete+8:], 0xB1B0AFBA-sommeTable(b))
	return b
}

func sommeTable(b []byte) (s uint32) {
	for len(b) >= 4 {
		s += binary.BigEndian.Uint32(b)
		b = b[4:]
	}
	var fin [4]byte
	copy(fin[:], b)
	return s + binary.BigEndian.Uint32(fin[:])
}
