package pdf

import (
	"compress/zlib"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"sync"
)

// Limits of PDF 1.4 appendix C, mandatory by ISO 19005-1 § 6.1.12.
const (
	maxObjets  = 8388607
	maxTableau = 8191
	minCote    = 3     // points
	maxCote    = 14400 // points
	maxFichier = 9999999999
)

// pagesParNoeud keeps each node of the page tree, and its root for four
// million pages, under maxTableau.
const pagesParNoeud = 512

// ErrFerme is returned by calls on a writer already closed.
var ErrFerme = errors.New("pdf: the writer is closed")

// Objects with a number known from the start.
const (
	objCatalogue = 1 + iota
	objPages
	objInfo
	objXMP
	objICC
	premierObjet
)

// Writer writes one document. It is not safe for concurrent use.
type Writer struct {
	s       *sortie
	info    Info
	offsets []int64       // of object base+1+i at i; 0 is one not written yet
	base    int           // objects of the document that this one completes
	anciens map[int]int64 // offsets of those of them that are written anew
	err     error
	ferme   bool

	pages   int
	noeud   int   // the open node of the page tree, 0 if none
	enfants []int // its pages
	noeuds  []noeud

	zlib    *zlib.Writer // of this document; see deflate
	contenu []byte       // reused: of the page being drawn
	polices []*policeEcrite
	formes  []*Forme
	ouverte bool // a page is being drawn
	zone    *zone
}

type noeud struct{ objet, pages int }

// NewWriter starts a document on out. Nothing is complete before [Writer.Close].
func NewWriter(out io.Writer, info Info) (*Writer, error) {
	if err := info.valider(); err != nil {
		return nil, err
	}
	w := &Writer{s: newSortie(out), info: info, offsets: make([]int64, premierObjet-1, 64)}
	// Four bytes over 127 tell that the file is binary: ISO 19005-1 § 6.1.2.
	w.s.WriteString("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n")
	w.objet(objInfo, w.info.dictionnaire())
	xmp := w.info.xmp()
	// The metadata stream has no filter: § 6.7.2.
	w.objet(objXMP, "<</Type/Metadata/Subtype/XML/Length "+strconv.Itoa(len(xmp))+">>\nstream\n"+xmp+"\nendstream")
	icc := profilDeflate()
	w.objet(objICC, "<</N 3/Filter/FlateDecode/Length "+strconv.Itoa(len(icc))+">>\nstream\n"+icc+"\nendstream")
	return w, w.echec()
}

// Empreinte is the SHA-256 of the whole document, once closed.
func (w *Writer) Empreinte() [sha256.Size]byte { return w.s.empreinte() }

// Octets is the number of bytes written so far, and the size of the document
// once closed.
func (w *Writer) Octets() int64 { return w.s.pos }

// Pages is the number of pages written so far.
func (w *Writer) Pages() int { return w.pages }

func (w *Writer) echec() error {
	if w.err == nil {
		w.err = w.s.err
	}
	return w.err
}

// faute keeps the first error: every later call returns it.
func (w *Writer) faute(err error) error {
	if w.err == nil {
		w.err = err
	}
	return w.err
}

func (w *Writer) pret() error {
	if w.ferme {
		return ErrFerme
	}
	return w.echec()
}

// reserver gives out an object's number.
func (w *Writer) reserver() int {
	if w.base+len(w.offsets) >= maxObjets {
		w.faute(fmt.Errorf("pdf: more than %d objects", maxObjets))
		return maxObjets
	}
	w.offsets = append(w.offsets, 0)
	return w.base + len(w.offsets)
}

func (w *Writer) ouvrir(n int) {
	if w.s.pos > maxFichier {
		w.faute(fmt.Errorf("pdf: the file exceeds %d bytes, which a cross-reference table can't address", int64(maxFichier)))
	}
	if n > w.base {
		w.offsets[n-1-w.base] = w.s.pos
	} else {
		w.anciens[n] = w.s.pos
	}
	w.s.entier(int64(n))
	w.s.WriteString(" 0 obj\n")
}

func (w *Writer) fermer() { w.s.WriteString("\nendobj\n") }

func (w *Writer) objet(n int, corps string) {
	w.ouvrir(n)
	w.s.WriteString(corps)
	w.fermer()
}

// flux writes a stream object of donnees, deflated.
func (w *Writer) flux(n int, dict string, donnees []byte) {
	longueur := w.reserver()
	w.ouvrir(n)
	w.s.WriteString("<<" + dict + "/Filter/FlateDecode/Length " + ref(longueur) + ">>\nstream\n")
	debut := w.s.pos
	z := w.deflate()
	if _, err := z.Write(donnees); err != nil {
		w.faute(err)
	}
	if err := z.Close(); err != nil {
		w.faute(err)
	}
	fin := w.s.pos
	w.s.WriteString("\nendstream")
	w.fermer()
	w.objet(longueur, strconv.FormatInt(fin-debut, 10))
}

// compresseurs are kept between documents: a new one costs 1 MiB. The second pool's are fast: a page of text is a
// quarter larger by them, and written in half the time.
var compresseurs = [2]sync.Pool{{New: compresseur(zlib.DefaultCompression)}, {New: compresseur(zlib.BestSpeed)}}

func compresseur(niveau int) func() any {
	return func() any {
		z, err := zlib.NewWriterLevel(io.Discard, niveau)
		if err != nil {
			panic(err) // a level that the standard library has
		}
		return z
	}
}

func (w *Writer) compresseurs() *sync.Pool {
	if w.info.Rapide {
		return &compresseurs[1]
	}
	return &compresseurs[0]
}

func (w *Writer) deflate() *zlib.Writer {
	if w.zlib == nil {
		w.zlib = w.compresseurs().Get().(*zlib.Writer)
	}
	w.zlib.Reset(w.s)
	return w.zlib
}

// rendre gives the compressor back, without a hold on this document.
func (w *Writer) rendre() {
	if w.zlib != nil {
		w.zlib.Reset(io.Discard)
		w.compresseurs().Put(w.zlib)
		w.zlib = nil
	}
}

// page writes a page object; largeur and hauteur in points.
func (w *Writer) page(largeur, hauteur float64, ressources string, contenu int) {
	if w.noeud == 0 {
		w.noeud = w.reserver()
	}
	n := w.reserver()
	b := make([]byte, 0, 160+len(ressources))
	b = append(b, "<</Type/Page/Parent "...)
	b = append(b, ref(w.noeud)...)
	b = append(b, "/MediaBox[0 0 "...)
	b = append(nombre(b, largeur), ' ')
	b = append(nombre(b, hauteur), "]/Resources<<"...)
	b = append(b, ressources...)
	b = append(b, ">>/Contents "...)
	b = append(b, ref(contenu)...)
	champ := w.zone != nil && w.zone.attendue
	if champ {
		b = append(b, "/Annots["+ref(w.zone.champ)+"]"...)
	}
	b = append(b, ">>"...)
	w.ouvrir(n)
	w.s.Write(b)
	w.fermer()
	if champ {
		w.zone.attendue = false
		w.objet(w.zone.champ, w.zone.widget(n))
	}
	w.pages++
	if w.enfants = append(w.enfants, n); len(w.enfants) == pagesParNoeud {
		w.fermerNoeud()
	}
}

func (w *Writer) fermerNoeud() {
	if w.noeud == 0 {
		return
	}
	b := []byte("<</Type/Pages/Parent 2 0 R/Count ")
	b = strconv.AppendInt(b, int64(len(w.enfants)), 10)
	b = append(b, "/Kids["...)
	for _, e := range w.enfants {
		b = append(b, ref(e)...)
		b = append(b, ' ')
	}
	b = append(b, "]>>"...)
	w.ouvrir(w.noeud)
	w.s.Write(b)
	w.fermer()
	w.noeuds = append(w.noeuds, noeud{w.noeud, len(w.enfants)})
	w.noeud, w.enfants = 0, w.enfants[:0]
	if len(w.noeuds) > maxTableau {
		w.faute(fmt.Errorf("pdf: more than %d pages", maxTableau*pagesParNoeud))
	}
}

// Close writes what closes the document: fonts, page tree, catalogue,
// cross-reference table. It doesn't close the underlying writer.
func (w *Writer) Close() error {
	if err := w.pret(); err != nil {
		return err
	}
	if w.ouverte {
		return w.faute(errors.New("pdf: a page is still open"))
	}
	if w.pages == 0 {
		return w.faute(errors.New("pdf: a document has at least one page"))
	}
	for _, f := range w.formes {
		if !f.dessinee {
			return w.faute(errors.New("pdf: a Forme was never drawn"))
		}
	}
	for _, p := range w.polices {
		if err := p.ecrire(w); err != nil {
			return w.faute(err)
		}
	}
	w.fermerNoeud()
	b := []byte("<</Type/Pages/Count ")
	b = strconv.AppendInt(b, int64(w.pages), 10)
	b = append(b, "/Kids["...)
	for _, n := range w.noeuds {
		b = append(b, ref(n.objet)...)
		b = append(b, ' ')
	}
	w.objet(objPages, string(append(b, "]>>"...)))
	w.objet(objCatalogue, "<</Type/Catalog/Pages "+ref(objPages)+"/Metadata "+ref(objXMP)+"/Lang(fr-FR)"+
		w.zone.catalogue()+
		"/OutputIntents[<</Type/OutputIntent/S/GTS_PDFA1/OutputConditionIdentifier(sRGB)/Info(sRGB IEC61966-2.1)"+
		"/RegistryName(http://www.color.org)/DestOutputProfile "+ref(objICC)+">>]>>")
	w.table()
	w.s.vider()
	w.ferme = true
	w.rendre()
	return w.echec()
}

// table writes the cross-reference table and the trailer.
func (w *Writer) table() {
	id := w.info.ID
	if id == nil {
		h := w.s.empreinte()
		id = h[:16]
	}
	debut := w.s.pos
	w.s.WriteString("xref\n0 " + strconv.Itoa(len(w.offsets)+1) + "\n0000000000 65535 f \n")
	ligne := []byte("0000000000 00000 n \n")
	for i, o := range w.offsets {
		if o == 0 {
			w.faute(fmt.Errorf("pdf: object %d was reserved and never written", i+1))
			return
		}
		for j := 9; j >= 0; j-- {
			ligne[j] = byte('0' + o%10)
			o /= 10
		}
		w.s.Write(ligne)
	}
	fmt.Fprintf(w.s, "trailer\n<</Size %d/Root 1 0 R/Info 3 0 R/ID[<%X><%X>]>>\nstartxref\n%d\n%%%%EOF\n", len(w.offsets)+
		1, id, id, debut)
}

func ref(n int) string { return strconv.Itoa(n) + " 0 R" }

// nombre appends v with at most four decimals: 1/10,000 of a point is 35 nm.
func nombre(b []byte, v float64) []byte {
	n := int64(math.Round(v * 1e4))
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = strconv.AppendInt(b, n/1e4, 10)
	if f := n % 1e4; f != 0 {
		d := [5]byte{'.', byte('0' + f/1000), byte('0' + f/100%10), byte('0' + f/10%10), byte('0' + f%10)}
		fin := 5
		for d[fin-1] == '0' {
			fin--
		}
		b = append(b, d[:fin]...)
	}
	return b
}

// verifierFormat checks a page's sides, in points.
func verifierFormat(largeur, hauteur float64) error {
	for _, c := range [2]float64{largeur, hauteur} {
		if !(c >= minCote && c <= maxCote) {
			return fmt.Errorf("pdf: page of %.4g x %.4g points, each side must lie within %d and %d", largeur, hauteur, minCote,
				maxCote)
		}
	}
	return nil
}
