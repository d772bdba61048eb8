package scor

import "github.com/scor-sdk/scor-sdk-go/internal/gabarit"

// Gabarit is a small template of a profile: "IR{version}/{emetteur.numero:14}/{compostage}". A placeholder is a name,
// optionally with a width: then the value is filled with zeros on the left, and one that is longer is an error. "{{"
// stands for a brace.
type Gabarit struct{ g gabarit.Gabarit }

// ParseGabarit reads a template.
func ParseGabarit(s string) (Gabarit, error) {
	g, err := gabarit.Analyser(s)
	return Gabarit{g}, err
}

// UnmarshalText reads the template of a profile.
func (g *Gabarit) UnmarshalText(t []byte) error { return g.g.UnmarshalText(t) }

// String gives the template as written.
func (g Gabarit) String() string { return g.g.String() }

// IsZero says that there is no template.
func (g Gabarit) IsZero() bool { return g.g.IsZero() }

// Noms lists the names that the template asks for, each once.
func (g Gabarit) Noms() []string { return g.g.Noms() }

// Remplir gives the text; valeur answers for each name, and false where it has no such value.
func (g Gabarit) Remplir(valeur func(nom string) (string, bool)) (string, error) {
	return g.g.Remplir(valeur)
}

// Motif is the regular expression (package regexp), without its ends, that reads what Remplir writes: champ gives the
// one of a name, and of its width (0: any).
func (g Gabarit) Motif(champ func(nom string, largeur int) string) string { return g.g.Motif(champ) }
