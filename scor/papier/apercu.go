package papier

import (
	"context"
	"io"
	"iter"
)

// lignesApercu is how many items each list has in a preview: enough for a second page to begin.
const lignesApercu = 6

// Apercu writes the template filled with the examples of its fields, to be looked at while it is made. The data are
// invented.
func (g *Gabarit) Apercu(ctx context.Context, w io.Writer, info Info) (Resultat, error) {
	return g.WritePDF(ctx, w, info, exemple{&g.modele})
}

type exemple struct{ modele *Modele }

// Valeur implements [Donnees]; a field without an example shows its name.
func (e exemple) Valeur(champ string) string {
	if x, ok := e.modele.Exemples[champ]; ok {
		return x
	}
	return champ
}

// Liste implements [Donnees].
func (e exemple) Liste(nom string) iter.Seq2[Donnees, error] {
	return func(yield func(Donnees, error) bool) {
		m := e.modele.Listes[nom]
		for range lignesApercu {
			if !yield(exemple{&m}, nil) {
				return
			}
		}
	}
}
