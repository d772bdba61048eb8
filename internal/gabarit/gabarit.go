// Package gabarit fills the small templates of a profile: "IR{version}/{emetteur.numero:14}/{compostage}". A
// placeholder is a name, optionally with a width: then the value is filled with zeros on the left, and one that is
// longer is an error.
package gabarit

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Gabarit is a template; the zero value gives the empty text.
type Gabarit struct {
	texte    string
	morceaux []morceau
}

type morceau struct {
	fixe    string
	nom     string
	largeur int
}

// Analyser reads a template. "{{" stands for a brace.
func Analyser(s string) (Gabarit, error) {
	g := Gabarit{texte: s}
	fixe := strings.Builder{}
	for i := 0; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "{{"), strings.HasPrefix(s[i:], "}}"):
			fixe.WriteByte(s[i])
			i++
		case s[i] == '{':
			fin := strings.IndexByte(s[i:], '}')
			if fin < 0 {
				return Gabarit{}, fmt.Errorf("{ at character %d is not closed", i+1)
			}
			nom, largeur, a := strings.Cut(s[i+1:i+fin], ":")
			m := morceau{fixe: fixe.String(), nom: nom}
			fixe.Reset()
			if nom == "" {
				return Gabarit{}, fmt.Errorf("{} without a name at character %d", i+1)
			}
			if a {
				n, err := strconv.Atoi(largeur)
				switch {
				case err != nil && strings.HasSuffix(nom, ".date") && largeur != "":
					m.nom += ":" + largeur // a date in a format: who answers for the names knows of them
				case err != nil || n < 1 || n > 998:
					return Gabarit{}, fmt.Errorf("{%s:%s}: expected a width from 1 to 998", nom, largeur)
				}
				m.largeur = n
			}
			g.morceaux = append(g.morceaux, m)
			i += fin
		case s[i] == '}':
			return Gabarit{}, fmt.Errorf("} at character %d closes nothing", i+1)
		default:
			fixe.WriteByte(s[i])
		}
	}
	g.morceaux = append(g.morceaux, morceau{fixe: fixe.String()})
	return g, nil
}

// UnmarshalText reads the template of a configuration file.
func (g *Gabarit) UnmarshalText(t []byte) (err error) {
	*g, err = Analyser(string(t))
	return err
}

// String gives the template as written.
func (g Gabarit) String() string { return g.texte }

// IsZero says that there is no template.
func (g Gabarit) IsZero() bool { return g.texte == "" }

// Noms lists the names that the template asks for, each once.
func (g Gabarit) Noms() []string {
	var noms []string
	for _, m := range g.morceaux {
		if m.nom != "" && !slices.Contains(noms, m.nom) {
			noms = append(noms, m.nom)
		}
	}
	return noms
}

// Remplir gives the text; valeur answers for each name, and false where it has no such value.
func (g Gabarit) Remplir(valeur func(nom string) (string, bool)) (string, error) {
	var b strings.Builder
	for _, m := range g.morceaux {
		b.WriteString(m.fixe)
		if m.nom == "" {
			continue
		}
		v, ok := valeur(m.nom)
		if !ok {
			return "", fmt.Errorf("template %q: no value for {%s}", g.texte, m.nom)
		}
		if m.largeur > 0 {
			if len(v) > m.largeur {
				return "", fmt.Errorf("template %q: value of %d characters for {%s}, expected at most %d", g.texte, len(v), m.nom,
					m.largeur)
			}
			b.WriteString(strings.Repeat("0", m.largeur-len(v)))
		}
		b.WriteString(v)
	}
	return b.String(), nil
}

// Motif is the regular expression, without its ends, that reads what Remplir writes: champ gives the one of a name, and
// of its width (0: any).
func (g Gabarit) Motif(champ func(nom string, largeur int) string) string {
	var b strings.Builder
	for _, m := range g.morceaux {
		b.WriteString(regexp.QuoteMeta(m.fixe))
		if m.nom != "" {
			b.WriteString(champ(m.nom, m.largeur))
		}
	}
	return b.String()
}
