package pdf

import (
	"errors"
	"fmt"
	"strings"
)

// ErrDebordement says that a text doesn't fit its place at a size that can be read.
var ErrDebordement = errors.New("pdf: a text does not fit")

// tailleMin is the least size of type, in points, that [Police.Ajuster] goes down to.
const tailleMin = 4.0

// Couper wraps a text in lines of a width in millimetres, between words, and
// within a word that is alone too long. It appends to lignes.
func (p *Police) Couper(t string, taille, largeur float64, lignes []string) ([]string, error) {
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
			coupe = i + len(string(r))
		}
		if espace > 0 {
			coupe = espace
		}
		if coupe == 0 {
			return nil, fmt.Errorf("%w: %.1f mm is less than one character", ErrDebordement, largeur)
		}
		lignes = append(lignes, strings.TrimRight(t[:coupe], " "))
		t = strings.TrimLeft(t[coupe:], " ")
	}
	return lignes, nil
}

// Ajuster fits a text in a number of lines of a width, at the size asked or
// the largest smaller one that does.
func (p *Police) Ajuster(t string, taille, largeur float64, lignes int) ([]string, float64, error) {
	for {
		l, err := p.Couper(t, taille, largeur, nil)
		if err != nil || len(l) <= lignes {
			return l, taille, err
		}
		if taille -= 0.25; taille < tailleMin {
			return nil, 0, fmt.Errorf("%w: %d lines of %.1f mm at %.0f points", ErrDebordement, lignes, largeur, tailleMin)
		}
	}
}
