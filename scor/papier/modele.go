package papier

import (
	"iter"
	"slices"
)

// Modele says which data a kind of paper has: what its templates may ask for.
type Modele struct {
	Nom    string
	Champs []string
	// Listes are repeated data. Inside a list, a template sees the fields of
	// the item and those of everything around it, the nearest first.
	Listes map[string]Modele
	// Exemples are values to show a template with; see [Gabarit.Apercu].
	Exemples map[string]string
}

func (m *Modele) a(champ string) bool { return slices.Contains(m.Champs, champ) }

// Donnees gives a template its values.
type Donnees interface {
	// Valeur is the text of a field, "" if there is none. The engine asks only
	// for fields of the Modele.
	Valeur(champ string) string
	// Liste gives the items of a list, in order; they are drawn as they come,
	// so that thousands need not be in memory. An error stops the document.
	Liste(nom string) iter.Seq2[Donnees, error]
}

// Fiche is [Donnees] held in maps.
type Fiche struct {
	Champs map[string]string
	Listes map[string][]Fiche
}

// Valeur implements [Donnees].
func (f Fiche) Valeur(champ string) string { return f.Champs[champ] }

// Liste implements [Donnees].
func (f Fiche) Liste(nom string) iter.Seq2[Donnees, error] {
	return func(yield func(Donnees, error) bool) {
		for _, x := range f.Listes[nom] {
			if !yield(x, nil) {
				return
			}
		}
	}
}
