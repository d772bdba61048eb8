package papier

import (
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
)

// boite is where an element stands: a block, or the page. Its own x and y begin at its upper left corner.
type boite struct{ largeur, hauteur float64 }

// jeu is by how much an element may leave its box, in millimetres: nothing of that is lost.
const jeu = 1.0

// placer checks, when the template is read, what can be known then: an element out of its box would not be seen, or be
// cut.
func (v *verificateur) placer(chemin string, e *element, b boite) {
	hors := func(quoi string, x1, y1, x2, y2 float64) {
		if min(x1, x2) < -jeu || min(y1, y2) < -jeu || max(x1, x2) > b.largeur+jeu || max(y1, y2) > b.hauteur+jeu {
			v.doc.Ajouter(chemin, "%s lies out of its place, %g x %g mm: from %.1f, %.1f to %.1f, %.1f", quoi, b.largeur,
				b.hauteur, min(x1, x2), min(y1, y2), max(x1, x2), max(y1, y2))
		}
	}
	switch {
	case e.Ligne != nil:
		hors("the line", e.Ligne[0], e.Ligne[1], e.Ligne[2], e.Ligne[3])
	case e.Cadre != nil:
		hors("the frame", e.Cadre[0], e.Cadre[1], e.Cadre[0]+e.Cadre[2], e.Cadre[1]+e.Cadre[3])
	case e.Signature != nil:
		hors("the place for the signature", e.Signature[0], e.Signature[1], e.Signature[0]+e.Signature[2], e.Signature[1]+
			e.Signature[3])
	case e.Image != "" || !e.Code.IsZero():
		hors("the image", e.X, e.Y, e.X+e.Largeur, e.Y+e.Hauteur)
	default:
		corps := e.Taille / 72 * 25.4
		haut, bas := e.Y-0.75*corps, e.Y+float64(e.Lignes-1)*1.2*corps+0.25*corps
		gauche, droite := e.X, e.X+e.Largeur
		if p := v.g.polices[e.Police]; p != nil && e.Largeur == 0 && len(e.Texte.Noms()) == 0 {
			if l, err := p.Largeur(e.Texte.String(), e.Taille); err == nil {
				gauche, droite = etendue(e.Align.a, e.X, l)
			}
		}
		hors("the text", gauche, haut, droite, bas)
	}
}

// etendue is where a line of text begins and ends.
func etendue(a pdf.Alignement, x, largeur float64) (gauche, droite float64) {
	switch a {
	case pdf.Droite:
		return x - largeur, x
	case pdf.Centre:
		return x - largeur/2, x + largeur/2
	}
	return x, x + largeur
}

// tientTexte checks, when a paper is written, that a text that the data fill stays in its place.
func (e *element) tientTexte(police *pdf.Police, t string) error {
	l, err := police.Largeur(t, e.Taille)
	if err != nil {
		return err
	}
	if g, d := etendue(e.Align.a, e.X, l); g < -jeu || d > e.boite.largeur+jeu {
		return fmt.Errorf("%w: from %.1f to %.1f mm in a place of %g; largeur makes a text shrink or wrap", ErrDebordement, g,
			d, e.boite.largeur)
	}
	return nil
}
