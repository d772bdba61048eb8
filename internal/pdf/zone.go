package pdf

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
)

// zone is the place for a signature, that [Completer] fills: a drawing that is
// empty, and a signature field without value.
type zone struct {
	forme      *Forme
	champ      int // field and widget
	apparence  int // of the widget: empty
	rect       []byte
	formulaire int  // AcroForm
	attendue   bool // the page that holds the widget is not written yet
}

// ZoneSignature shows the document's place for a signature at x, y of a page.
// A document has one: pages that show it again show the same.
func (w *Writer) ZoneSignature(p *Page, x, y, largeur, hauteur float64) error {
	if err := w.pret(); err != nil {
		return err
	}
	if w.zone == nil {
		w.zone = &zone{forme: w.Forme(largeur, hauteur), champ: w.reserver(), apparence: w.reserver(),
			formulaire: w.reserver(), attendue: true}
		for _, v := range [4]float64{p.x(x), p.y(y + hauteur), p.x(x + largeur), p.y(y)} {
			w.zone.rect = append(nombre(w.zone.rect, v), ' ')
		}
		if err := w.Dessiner(w.zone.forme, func(*Page) {}); err != nil {
			return err
		}
		// The widget marks the place for viewers; what is seen there is the
		// drawing, on every page that shows it.
		w.objet(w.zone.apparence, "<</Type/XObject/Subtype/Form/BBox[0 0 1 1]/Length 0>>\nstream\n\nendstream")
		w.objet(w.zone.formulaire, "<</Fields["+ref(w.zone.champ)+"]>>")
	}
	if f := w.zone.forme; f.largeur != largeur*pointsParMM || f.hauteur != hauteur*pointsParMM {
		return w.faute(errors.New("pdf: a document has one place for a signature, of one size"))
	}
	p.Forme(w.zone.forme, x, y)
	return w.echec()
}

// widget is the field's dictionary, without value.
func (z *zone) widget(page int) string {
	return "<</Type/Annot/Subtype/Widget/FT/Sig/T(Signature)/Rect[" + string(z.rect) + "]/AP<</N " + ref(z.apparence) +
		">>/F 132/P " + ref(page) + ">>"
}

var motifWidget = regexp.MustCompile(`^<</Type/Annot/Subtype/Widget/FT/Sig/T\(Signature\)/Rect\[[-0-9. ]{7,60}\]/AP<</N [0-9]{1,7} 0 R>>/F 132/P [0-9]{1,7} 0 R>>$`)

// catalogue is what the catalogue says of the zone.
func (z *zone) catalogue() string {
	if z == nil {
		return ""
	}
	l := nombre(nil, z.forme.largeur)
	h := nombre(nil, z.forme.hauteur)
	return fmt.Sprintf("/AcroForm %s/SCORZone<</Forme %s/Champ %s/Formulaire %[1]s/Taille[%[4]s %[5]s]>>",
		ref(z.formulaire), ref(z.forme.objet), ref(z.champ), l, h)
}

var motifZone = regexp.MustCompile(`/SCORZone<</Forme ([0-9]{1,7}) 0 R/Champ ([0-9]{1,7}) 0 R/Formulaire ([0-9]{1,7}) 0 R/Taille\[([0-9.]{1,10}) ([0-9.]{1,10})\]>>`)

// lireZone finds the zone in a catalogue that this package wrote.
func lireZone(catalogue []byte) (*zone, error) {
	m := motifZone.FindSubmatch(catalogue)
	if m == nil {
		return nil, ErrSansZone
	}
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(string(m[i+1])) // digits only, by the pattern
	}
	l, err := strconv.ParseFloat(string(m[4]), 64)
	if err != nil {
		return nil, ErrSansZone
	}
	h, err := strconv.ParseFloat(string(m[5]), 64)
	if err != nil {
		return nil, ErrSansZone
	}
	return &zone{forme: &Forme{objet: n[0], largeur: l, hauteur: h}, champ: n[1], formulaire: n[2]}, nil
}
