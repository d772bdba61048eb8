package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
)

// ErrModifie says that a sealed document isn't what was sealed.
var ErrModifie = errors.New("pdf: the sealed document was changed")

// ErrNonScelle says that a document carries no seal.
var ErrNonScelle = errors.New("pdf: the document is not sealed")

// maxAjout bounds what [ReadScelle] reads into memory: strokes of 40,000
// points are far below.
const maxAjout = 32 << 20

var (
	motifScelle  = regexp.MustCompile(`^<</Type/SCORScelle/Octets ([0-9]{1,10})/Document<([0-9A-F]{64})>/Sceau<([0-9A-F]{64})>/Length ([0-9]{1,8})>>\nstream\n`)
	motifSection = regexp.MustCompile(`^([0-9]{1,7}) ([0-9]{1,7})\n`)
	motifEntree  = regexp.MustCompile(`^([0-9]{10}) 00000 n \n`)
	motifSig     = regexp.MustCompile(`/ByteRange\[([0-9]+) +([0-9]+) +([0-9]+) +([0-9]+) *\]/Contents<([0-9A-F]*)>>>\nendobj\n`)
)

// ReadScelle checks a document that [Completer] sealed: that it begins with
// the document that was sealed, that nothing but its place for a signature
// was filled, that no byte was changed since, none added. Any of these gives
// an error that wraps ErrModifie.
//
// The seal holds no secret: who rewrites the document can compute another.
// Compare [Scelle.Empreinte] with what a journal kept, or check the CMS.
func ReadScelle(src io.ReaderAt, taille int64) (*Scelle, error) {
	fin, err := lireFin(src, taille)
	if err != nil {
		return nil, err
	}
	m := motifFinScelle.FindSubmatch(fin)
	if m == nil {
		if motifFin.Match(fin) {
			return nil, ErrNonScelle
		}
		return nil, fmt.Errorf("%w: its end is not a seal's", ErrModifie)
	}
	size, _ := strconv.Atoi(string(m[1])) // all digits, by the pattern
	prev, _ := strconv.ParseInt(string(m[3]), 10, 64)
	objet, _ := strconv.Atoi(string(m[4]))
	xref, _ := strconv.ParseInt(string(m[5]), 10, 64)
	table, err := lireTable(src, taille, xref)
	if err != nil {
		return nil, err
	}
	s := &Scelle{Taille: taille, src: src}
	d, err := s.dictionnaire(table, objet)
	if err != nil {
		return nil, err
	}
	sceau, posSceau, posMention, longueur := d.sceau, d.posSceau, d.posMention, d.longueur

	if s.Octets <= 0 || s.Octets > xref || taille-s.Octets > maxAjout || posMention+longueur > taille {
		return nil, fmt.Errorf("%w: lengths that can't be", ErrModifie)
	}
	o, err := lireOriginal(src, s.Octets)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModifie, err)
	}
	z, err := lireZone(o.catalogue)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrModifie, err)
	}
	if o.xref != prev || size != o.objets+1+nouveaux(table, o.objets) {
		return nil, fmt.Errorf("%w: it doesn't follow the document that it begins with", ErrModifie)
	}
	if err := s.rienRemplace(table, o, z); err != nil {
		return nil, err
	}
	ajout := make([]byte, taille-s.Octets)
	if _, err := io.ReadFull(io.NewSectionReader(src, s.Octets, int64(len(ajout))), ajout); err != nil {
		return nil, fmt.Errorf("pdf: reading the document: %w", err)
	}
	s.Mention = slices.Clone(ajout[posMention-s.Octets:][:longueur])
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(src, 0, s.Octets)); err != nil {
		return nil, fmt.Errorf("pdf: reading the document: %w", err)
	}
	if [sha256.Size]byte(h.Sum(nil)) != s.Document {
		return nil, fmt.Errorf("%w: its first %d bytes are not those that were sealed", ErrModifie, s.Octets)
	}
	entier, err := cloner(h)
	if err != nil {
		return nil, err
	}
	entier.Write(ajout)
	entier.Sum(s.Empreinte[:0])
	copy(ajout[posSceau-s.Octets:], bytes.Repeat([]byte{'0'}, 2*sha256.Size))
	signe, err := s.champSigne(table, o, z)
	if err != nil {
		return nil, err
	}
	if signe {
		if err := s.lireCMS(ajout); err != nil {
			return nil, err
		}
	}
	h.Write(ajout)
	if [sha256.Size]byte(h.Sum(nil)) != sceau {
		return nil, fmt.Errorf("%w: what was added to its first %d bytes is not what was sealed", ErrModifie, s.Octets)
	}
	return s, nil
}

// dictionnaireSceau is what the object of a seal says, and where.
type dictionnaireSceau struct {
	sceau                          [sha256.Size]byte
	posSceau, posMention, longueur int64
}

// dictionnaire reads the object of the seal; what it says of the document goes to s.
func (s *Scelle) dictionnaire(table map[int]int64, objet int) (d dictionnaireSceau, err error) {
	pos, ok := table[objet]
	if !ok {
		return d, fmt.Errorf("%w: no object %d", ErrModifie, objet)
	}
	entete := make([]byte, max(0, min(256, s.Taille-pos)))
	if n, err := s.src.ReadAt(entete, pos); n < len(entete) {
		return d, fmt.Errorf("%w: %v", ErrModifie, err)
	}
	debut := fmt.Sprintf("%d 0 obj\n", objet)
	if !bytes.HasPrefix(entete, []byte(debut)) {
		return d, fmt.Errorf("%w: no object %d at byte %d", ErrModifie, objet, pos)
	}
	m := motifScelle.FindSubmatch(entete[len(debut):])
	if m == nil {
		return d, fmt.Errorf("%w: its seal can't be read", ErrModifie)
	}
	s.Octets, _ = strconv.ParseInt(string(m[1]), 10, 64)
	s.Document, d.sceau = decoderHex(m[2]), decoderHex(m[3])
	d.posSceau = pos + int64(len(debut)+bytes.Index(entete[len(debut):], []byte("/Sceau<"))+len("/Sceau<"))
	d.longueur, _ = strconv.ParseInt(string(m[4]), 10, 64)
	d.posMention = pos + int64(len(debut)+len(m[0]))
	return d, nil
}

// rienRemplace wants that what was added replaces the place for a signature alone.
func (s *Scelle) rienRemplace(table map[int]int64, o *original, z *zone) error {
	for n, pos := range table {
		if n <= o.objets && n != z.forme.objet && n != z.champ && n != z.formulaire {
			return fmt.Errorf("%w: object %d was replaced", ErrModifie, n)
		}
		if pos < s.Octets {
			return fmt.Errorf("%w: object %d lies in the document that was sealed", ErrModifie, n)
		}
	}
	return nil
}

// champSigne says whether a CMS fills the field; else it was made a stamp, or, by an earlier version, left as it was.
func (s *Scelle) champSigne(table map[int]int64, o *original, z *zone) (bool, error) {
	pos, ok := table[z.champ]
	if !ok {
		return false, nil
	}
	champ, err := lireObjet(s.src, s.Taille, pos, z.champ)
	if err != nil {
		return false, fmt.Errorf("%w: %w", ErrModifie, err)
	}
	return !bytes.Equal(champ, tampon(o.widget)), nil
}

// lireCMS takes the signature out of what was added, and blanks it.
func (s *Scelle) lireCMS(ajout []byte) error {
	m := motifSig.FindSubmatchIndex(ajout)
	if m == nil {
		return fmt.Errorf("%w: its signature can't be read", ErrModifie)
	}
	for i := range s.plages {
		s.plages[i], _ = strconv.ParseInt(string(ajout[m[2+2*i]:m[3+2*i]]), 10, 64)
	}
	debut, fin := m[10], m[11]
	attendu := [4]int64{0, s.Octets + int64(debut) - 1, s.Octets + int64(fin) + 1, 0}
	attendu[3] = s.Taille - attendu[2]
	if s.plages != attendu {
		return fmt.Errorf("%w: its signature doesn't cover the whole of it", ErrModifie)
	}
	der := make([]byte, (fin-debut)/2)
	if _, err := hex.Decode(der, ajout[debut:fin]); err != nil {
		return fmt.Errorf("%w: its signature can't be read", ErrModifie)
	}
	// A DER sequence, then nothing but zeros.
	n, ok := longueurDER(der)
	if !ok || slices.ContainsFunc(der[n:], func(b byte) bool { return b != 0 }) {
		return fmt.Errorf("%w: its signature can't be read", ErrModifie)
	}
	s.CMS = der[:n:n]
	copy(ajout[debut:fin], bytes.Repeat([]byte{'0'}, fin-debut))
	return nil
}

// longueurDER is the length of the SEQUENCE at the head of b.
func longueurDER(b []byte) (int, bool) {
	if len(b) < 2 || b[0] != 0x30 {
		return 0, false
	}
	n, entete := int(b[1]), 2
	if n >= 0x80 {
		k := n & 0x7F
		if k < 1 || k > 3 || len(b) < 2+k {
			return 0, false
		}
		n, entete = 0, 2+k
		for _, c := range b[2 : 2+k] {
			n = n<<8 | int(c)
		}
	}
	return entete + n, entete+n <= len(b)
}

func nouveaux(table map[int]int64, objets int) (n int) {
	for o := range table {
		if o > objets {
			n++
		}
	}
	return n
}

// lireTable reads the cross-reference section of what was added.
func lireTable(src io.ReaderAt, taille, xref int64) (map[int]int64, error) {
	if xref <= 0 || xref >= taille || taille-xref > 1<<20 {
		return nil, fmt.Errorf("%w: no cross-reference section at byte %d", ErrModifie, xref)
	}
	b := make([]byte, taille-xref)
	if n, err := src.ReadAt(b, xref); n < len(b) {
		return nil, fmt.Errorf("pdf: reading the document: %w", err)
	}
	illisible := fmt.Errorf("%w: its cross-reference section can't be read", ErrModifie)
	b, ok := bytes.CutPrefix(b, []byte("xref\n"))
	if !ok {
		return nil, illisible
	}
	table := map[int]int64{}
	for !bytes.HasPrefix(b, []byte("trailer\n")) {
		m := motifSection.FindSubmatch(b)
		if m == nil {
			return nil, illisible
		}
		premier, _ := strconv.Atoi(string(m[1]))
		n, _ := strconv.Atoi(string(m[2]))
		b = b[len(m[0]):]
		for i := range n {
			e := motifEntree.FindSubmatch(b)
			if _, deja := table[premier+i]; e == nil || deja {
				return nil, illisible
			}
			table[premier+i], _ = strconv.ParseInt(string(e[1]), 10, 64)
			b = b[len(e[0]):]
		}
	}
	return table, nil
}
