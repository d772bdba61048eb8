package pdf

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrDebordement says that a text doesn't fit its place at a size that can be read.
var ErrDebordement = errors.New("pdf: a text does not fit")

// tailleMin is the least size of type, in points, that [Police.Ajuster] goes down to.
const tailleMin = 2.5

// Couper wraps a text in lines of a width in millimetres, between words, and
// within a word that is alone too long. It appends to lignes.
func (p *Police) Couper(t string, taille, largeur float64, lignes []string) ([]string, error) {
	if p.compose(t) {
		return p.couperComposee(t, taille, largeur, lignes)
	}
	for t != "" {
		l, err := p.Largeur(t, taille)
		if err != nil {
			return nil, err
		}
		if l <= largeur {
			return append(lignes, t), nil
		}
		coupe, espace := 0, 0
		unites, max := 0, int(largeur*pointsParMM/taille*float64(p.unites))
		for i, r := range t {
			g, err := p.glypheDe(r)
			if err != nil {
				return nil, err
			}
			if unites += int(p.avances[g]); r == ' ' {
				espace = i
			}
			if unites > max && r != ' ' {
				break
			}
			// What is no UTF-8 is a byte, whatever sign stands for it.
			_, n := utf8.DecodeRuneInString(t[i:])
			coupe = i + n
		}
		if espace > 0 {
			coupe = espace
		}
		if coupe == 0 {
			return nil, tropEtroit(largeur)
		}
		lignes = append(lignes, strings.TrimRight(t[:coupe], " "))
		t = strings.TrimLeft(t[coupe:], " ")
	}
	return lignes, nil
}

func tropEtroit(largeur float64) error {
	return fmt.Errorf("%w: %.1f mm is less than one character", ErrDebordement, largeur)
}

// couperComposee wraps a text that has to be set to be measured: a letter's width depends on its neighbours.
func (p *Police) couperComposee(t string, taille, largeur float64, lignes []string) ([]string, error) {
	ligne := ""
	for mot := range strings.FieldsFuncSeq(t, func(r rune) bool { return r == ' ' }) {
		essai := mot
		if ligne != "" {
			essai = ligne + " " + mot
		}
		l, err := p.Largeur(essai, taille)
		if err != nil {
			return nil, err
		}
		if l <= largeur {
			ligne = essai
			continue
		}
		if ligne != "" {
			lignes = append(lignes, ligne)
		}
		if lignes, ligne, err = p.couperMot(mot, taille, largeur, lignes); err != nil {
			return nil, err
		}
	}
	return append(lignes, ligne), nil
}

// couperMot cuts a word that may be longer than a line; marks stay with their letter. What is left is not a line yet.
func (p *Police) couperMot(mot string, taille, largeur float64, lignes []string) ([]string, string, error) {
	reste := ""
	for i, r := range mot {
		suite := reste + string(r)
		l, err := p.Largeur(suite, taille)
		if err != nil {
			return nil, "", err
		}
		if l <= largeur || unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf) {
			reste = suite
			continue
		}
		if i == 0 || reste == "" {
			return nil, "", tropEtroit(largeur)
		}
		lignes, reste = append(lignes, reste), string(r)
	}
	return lignes, reste, nil
}

// Ajuster fits a text in the room of a number of lines of a width, at the size asked or the largest smaller one that
// does. Smaller lines are more lines in the same room: a long name is small before it is refused.
func (p *Police) Ajuster(t string, taille, largeur float64, lignes int) ([]string, float64, error) {
	for s := taille; s >= min(taille, tailleMin); s -= 0.25 {
		l, err := p.Couper(t, s, largeur, nil)
		if err != nil || len(l) <= max(lignes, lignesEn(taille, s, lignes)) {
			return l, s, err
		}
	}
	return nil, 0, fmt.Errorf("%w: the room of %d lines of %.1f mm, at %.1f points", ErrDebordement, lignes, largeur,
		tailleMin)
}

// Interligne is the way from one line to the next, in sizes of type.
const Interligne = 1.2

// lignesEn is how many lines of a size stand in the room of some of a larger one, from the top of the first to the
// bottom of the last.
func lignesEn(taille, petite float64, lignes int) int {
	return 1 + int((float64(lignes-1)*Interligne*taille+taille-petite)/(Interligne*petite))
}
