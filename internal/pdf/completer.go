package pdf

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"regexp"
	"slices"
	"strconv"
)

// Errors that callers tell apart.
var (
	ErrAutreDocument = errors.New("pdf: not a document that this package wrote, or it was changed after")
	ErrSansZone      = errors.New("pdf: the document has no place for a signature")
	ErrDejaScelle    = errors.New("pdf: the document is completed and sealed already")
)

// Ajout is what [Completer] adds.
type Ajout struct {
	// Dessiner fills the place for the signature, largeur x hauteur mm.
	Dessiner func(p *Page, largeur, hauteur float64)
	// Mention is kept beside the seal, readable in the file: UTF-8.
	Mention []byte
	// CMS, when given, signs the whole file but the signature itself, as ISO
	// 32000 § 12.8 has it: it returns a detached SignedData over contenu, of
	// at most TailleCMS bytes.
	CMS        func(contenu io.Reader) ([]byte, error)
	TailleCMS  int
	SousFiltre string // of the CMS: "adbe.pkcs7.detached" or "ETSI.CAdES.detached"
	Nom        string // who signs, for the signature's dictionary
	Quand      string // as DateTexte gives it, likewise
}

// Scelle describes a sealed document.
type Scelle struct {
	Document  [sha256.Size]byte // SHA-256 of what was sealed: the document before it was completed
	Octets    int64             // its length: the sealed file begins with it
	Empreinte [sha256.Size]byte // SHA-256 of the whole file
	Taille    int64             // bytes of the whole file
	Mention   []byte
	CMS       []byte // DER; nil if none
	plages    [4]int64
	src       io.ReaderAt
}

// ContenuSigne is what the CMS signs: the file without its Contents. For what
// [ReadScelle] gives.
func (s *Scelle) ContenuSigne() io.Reader {
	p := s.plages
	return io.MultiReader(io.NewSectionReader(s.src, p[0], p[1]), io.NewSectionReader(s.src, p[2], p[3]))
}

// Completer copies a document that this package wrote, byte for byte, and
// appends to it (ISO 32000 § 7.5.6): the drawing of its place for a signature,
// the mention and a seal. The seal is the SHA-256 of all other bytes of the
// file; [ReadScelle] checks it. Memory is that of what is appended.
func Completer(dst io.Writer, src io.ReaderAt, taille int64, a Ajout) (*Scelle, error) {
	o, err := lireOriginal(src, taille)
	if err != nil {
		return nil, err
	}
	z, err := lireZone(o.catalogue)
	if err != nil {
		return nil, err
	}
	prefixe := sha256.New()
	if _, err := io.Copy(io.MultiWriter(dst, prefixe), io.NewSectionReader(src, 0, taille)); err != nil {
		return nil, fmt.Errorf("pdf: copying the document: %w", err)
	}
	s := &Scelle{Octets: taille, Mention: a.Mention}
	prefixe.Sum(s.Document[:0])

	b, err := composer(z, o, taille, s, &a)
	if err != nil {
		return nil, err
	}
	if err := b.signer(s, prefixe, src, &a); err != nil {
		return nil, err
	}
	prefixe.Write(b.octets)
	prefixe.Sum(s.Empreinte[:0])
	s.Taille = taille + int64(len(b.octets))
	if _, err := dst.Write(b.octets); err != nil {
		return nil, err
	}
	return s, nil
}

// bloc is what is appended, with the places that are filled last.
type bloc struct {
	octets   []byte
	sceau    int // of the seal's digits
	contents int // of those of the CMS
}

// composer draws and writes all that is appended, seal and CMS being zeros.
func composer(z *zone, o *original, taille int64, s *Scelle, a *Ajout) (*bloc, error) {
	var tampon bytes.Buffer
	t := newSortie(&tampon)
	t.pos = taille
	w := &Writer{s: t, base: o.objets, anciens: map[int]int64{}}
	defer w.rendre()
	if err := w.Dessiner(z.forme, func(p *Page) {
		a.Dessiner(p, z.forme.largeur/pointsParMM, z.forme.hauteur/pointsParMM)
	}); err != nil {
		return nil, err
	}
	for _, p := range w.polices {
		if err := p.ecrire(w); err != nil {
			return nil, err
		}
	}
	b := &bloc{}
	if a.CMS != nil {
		b.contents = int(w.signature(z, o, a) - taille)
	} else {
		w.sansChamp(z, o)
	}
	scelle := w.reserver()
	w.ouvrir(scelle)
	fmt.Fprintf(w.s, "<</Type/SCORScelle/Octets %d/Document<%X>/Sceau<", taille, s.Document)
	b.sceau = int(w.s.pos - taille)
	fmt.Fprintf(w.s, "%064d>/Length %d>>\nstream\n", 0, len(a.Mention))
	w.s.Write(a.Mention)
	w.s.WriteString("\nendstream")
	w.fermer()
	w.complement(o, scelle)
	w.s.vider()
	b.octets = tampon.Bytes()
	return b, w.echec()
}

// signer fills the seal, then the CMS, which covers it.
func (b *bloc) signer(s *Scelle, prefixe hash.Hash, src io.ReaderAt, a *Ajout) error {
	fin := b.contents + 2*a.TailleCMS + 1
	if a.CMS != nil {
		s.plages = [4]int64{0, s.Octets + int64(b.contents) - 1, s.Octets + int64(fin), int64(len(b.octets) - fin)}
		i := bytes.Index(b.octets, []byte(plagesVides))
		copy(b.octets[i:], fmt.Sprintf("/ByteRange[%-10d %-10d %-10d %-10d]", s.plages[0], s.plages[1], s.plages[2],
			s.plages[3]))
	}
	h, err := cloner(prefixe)
	if err != nil {
		return err
	}
	h.Write(b.octets)
	copy(b.octets[b.sceau:], fmt.Sprintf("%X", h.Sum(nil)))
	if a.CMS == nil {
		return nil
	}
	s.CMS, err = a.CMS(io.MultiReader(io.NewSectionReader(src, 0, s.Octets), bytes.NewReader(b.octets[:b.contents-1]),
		bytes.NewReader(b.octets[fin:])))
	if err != nil {
		return fmt.Errorf("pdf: signing: %w", err)
	}
	if len(s.CMS) > a.TailleCMS {
		return fmt.Errorf("pdf: signature of %d bytes, %d were foreseen", len(s.CMS), a.TailleCMS)
	}
	copy(b.octets[b.contents:], fmt.Sprintf("%X", s.CMS))
	return nil
}

func cloner(h hash.Hash) (hash.Hash, error) {
	c, ok := h.(hash.Cloner)
	if !ok {
		return nil, errors.New("pdf: SHA-256 can't be cloned here")
	}
	return c.Clone()
}

// plagesVides has the width of any ByteRange of a file under maxFichier.
const plagesVides = "/ByteRange[0          0          0          0         ]"

// signature writes the signature's dictionary, its field and the form, and
// gives the place of its Contents.
func (w *Writer) signature(z *zone, o *original, a *Ajout) int64 {
	n := w.reserver()
	w.ouvrir(n)
	w.s.WriteString("<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/" + a.SousFiltre + "/Name " + chaineTexte(a.Nom) + "/M " +
		a.Quand + plagesVides + "/Contents<")
	contents := w.s.pos
	w.s.Write(bytes.Repeat([]byte{'0'}, 2*a.TailleCMS))
	w.s.WriteString(">>>")
	w.fermer()
	w.objet(z.champ, string(bytes.TrimSuffix(o.widget, []byte(">>")))+"/V "+ref(n)+">>")
	w.objet(z.formulaire, "<</Fields["+ref(z.champ)+"]/SigFlags 3>>")
	return contents
}

// sansChamp takes the signature field away where no CMS fills it: readers say of an empty one that the document is not
// signed. What is left in its place is a stamp, which is what the drawing is.
func (w *Writer) sansChamp(z *zone, o *original) {
	w.objet(z.champ, string(tampon(o.widget)))
	w.objet(z.formulaire, "<</Fields[]>>")
}

// tampon is the field's widget as an annotation of no form.
func tampon(widget []byte) []byte {
	return bytes.Replace(widget, []byte("/Subtype/Widget/FT/Sig/T(Signature)"),
		[]byte("/Subtype/Stamp/Name/Approved/Contents(Signature)"), 1)
}

// complement writes the cross-reference section of what was added.
func (w *Writer) complement(o *original, scelle int) {
	debut := w.s.pos
	w.s.WriteString("xref\n")
	var anciens []int
	for n := range w.anciens {
		anciens = append(anciens, n)
	}
	slices.Sort(anciens)
	for _, n := range anciens {
		fmt.Fprintf(w.s, "%d 1\n%010d 00000 n \n", n, w.anciens[n])
	}
	fmt.Fprintf(w.s, "%d %d\n", w.base+1, len(w.offsets))
	for i, pos := range w.offsets {
		if pos == 0 {
			w.faute(fmt.Errorf("pdf: object %d was reserved and never written", w.base+1+i))
		}
		fmt.Fprintf(w.s, "%010d 00000 n \n", pos)
	}
	h := sha256.Sum256(fmt.Appendf(nil, "%s %d", o.id, debut))
	fmt.Fprintf(w.s, "trailer\n<</Size %d/Root 1 0 R/Info 3 0 R/ID[<%s><%X>]/Prev %d/SCORScelle "+
		"%s>>\nstartxref\n%d\n%%%%EOF\n",
		w.base+len(w.offsets)+1, o.id, h[:16], o.xref, ref(scelle), debut)
}

// original is what completing needs of a document.
type original struct {
	objets    int
	id        []byte // first of the two, in hexadecimal
	xref      int64
	catalogue []byte
	widget    []byte
}

var (
	motifFin       = regexp.MustCompile(`\ntrailer\n<</Size ([0-9]{1,7})/Root 1 0 R/Info 3 0 R/ID\[<([0-9A-F]{32})><[0-9A-F]{32}>\]>>\nstartxref\n([0-9]{1,10})\n%%EOF\n$`)
	motifFinScelle = regexp.MustCompile(`\ntrailer\n<</Size ([0-9]{1,7})/Root 1 0 R/Info 3 0 R/ID\[<([0-9A-F]{32})><[0-9A-F]{32}>\]/Prev ([0-9]{1,10})/SCORScelle ([0-9]{1,7}) 0 R>>\nstartxref\n([0-9]{1,10})\n%%EOF\n$`)
)

const objetMax = 4096 // bytes of the dictionaries that are read back

func lireOriginal(src io.ReaderAt, taille int64) (*original, error) {
	fin, err := lireFin(src, taille)
	if err != nil {
		return nil, err
	}
	m := motifFin.FindSubmatch(fin)
	if m == nil {
		if motifFinScelle.Match(fin) {
			return nil, ErrDejaScelle
		}
		return nil, fmt.Errorf("%w: its trailer is another", ErrAutreDocument)
	}
	o := &original{id: m[2]}
	size, _ := strconv.Atoi(string(m[1]))
	o.objets = size - 1
	o.xref, _ = strconv.ParseInt(string(m[3]), 10, 64)
	if o.catalogue, err = o.objet(src, taille, objCatalogue); err != nil {
		return nil, err
	}
	if z, err := lireZone(o.catalogue); err == nil {
		if o.widget, err = o.objet(src, taille, z.champ); err != nil {
			return nil, err
		}
		if !motifWidget.Match(o.widget) {
			return nil, fmt.Errorf("%w: its signature field is another", ErrAutreDocument)
		}
	}
	return o, nil
}

func lireFin(src io.ReaderAt, taille int64) ([]byte, error) {
	b := make([]byte, max(0, min(taille, 512)))
	if _, err := io.ReadFull(io.NewSectionReader(src, taille-int64(len(b)), int64(len(b))), b); err != nil {
		return nil, fmt.Errorf("pdf: reading the end of the document: %w", err)
	}
	return b, nil
}

// objet reads a small object through the cross-reference table.
func (o *original) objet(src io.ReaderAt, taille int64, n int) ([]byte, error) {
	if n < 1 || n > o.objets {
		return nil, fmt.Errorf("%w: no object %d", ErrAutreDocument, n)
	}
	entete := fmt.Sprintf("xref\n0 %d\n", o.objets+1)
	if !lit(src, o.xref, entete) {
		return nil, fmt.Errorf("%w: no cross-reference table at byte %d", ErrAutreDocument, o.xref)
	}
	var ligne [20]byte
	if _, err := src.ReadAt(ligne[:], o.xref+int64(len(entete)+20*n)); err != nil {
		return nil, fmt.Errorf("%w: the cross-reference table is truncated", ErrAutreDocument)
	}
	pos, err := strconv.ParseInt(string(ligne[:10]), 10, 64)
	if err != nil {
		return nil, fmt.Errorf("%w: entry %d of the cross-reference table", ErrAutreDocument, n)
	}
	return lireObjet(src, taille, pos, n)
}

// lireObjet gives an object's body, at most objetMax bytes of it.
func lireObjet(src io.ReaderAt, taille, pos int64, n int) ([]byte, error) {
	b := make([]byte, max(0, min(objetMax, taille-pos)))
	if k, err := src.ReadAt(b, pos); k < len(b) {
		return nil, fmt.Errorf("%w: object %d: %v", ErrAutreDocument, n, err)
	}
	debut := fmt.Sprintf("%d 0 obj\n", n)
	fin := bytes.Index(b, []byte("\nendobj\n"))
	if !bytes.HasPrefix(b, []byte(debut)) || fin < len(debut) {
		return nil, fmt.Errorf("%w: no object %d at byte %d", ErrAutreDocument, n, pos)
	}
	return b[len(debut):fin], nil
}

func lit(src io.ReaderAt, pos int64, attendu string) bool {
	b := make([]byte, len(attendu))
	if n, _ := src.ReadAt(b, pos); n < len(b) {
		return false
	}
	return string(b) == attendu
}

func decoderHex(b []byte) (h [sha256.Size]byte) {
	_, _ = hex.Decode(h[:], b) // 64 digits, by the pattern
	return h
}
