package papier

import "fmt"

// Champ is a field of a paper: its name in templates, what it gives, and an example of it for the preview.
type Champ[T any] struct {
	Nom     string
	Exemple string
	Valeur  func(T) string
}

// Champs is the one table of a paper's fields: what a template may ask for, and what it gets.
type Champs[T any] struct {
	noms     []string
	exemples map[string]string
	valeurs  map[string]func(T) string
}

// NewChamps makes the table. A name given twice is a mistake of the program.
func NewChamps[T any](champs ...Champ[T]) *Champs[T] {
	c := &Champs[T]{exemples: map[string]string{}, valeurs: map[string]func(T) string{}}
	for _, x := range champs {
		if _, deja := c.valeurs[x.Nom]; deja {
			panic(fmt.Sprintf("papier: field %s is given twice", x.Nom))
		}
		c.noms = append(c.noms, x.Nom)
		c.exemples[x.Nom] = x.Exemple
		c.valeurs[x.Nom] = x.Valeur
	}
	return c
}

// Valeur is the text of a field, "" where there is none.
func (c *Champs[T]) Valeur(x T, champ string) string {
	if f := c.valeurs[champ]; f != nil {
		return f(x)
	}
	return ""
}

// Modele is what a template may ask for, with the lists beside the fields.
func (c *Champs[T]) Modele(nom string, listes map[string]Modele) Modele {
	return Modele{Nom: nom, Champs: c.noms, Listes: listes, Exemples: c.exemples}
}
