// Package bordereau prints the bordereau récapitulatif of the pieces that a suivi puts on paper, and groups them into
// the envelopes of the public leaflet: régime 01 with all CPAM, CAMIEG and the local mutualist sections; régime 02, MSA
// and GAMEX; RSI. It is apart from package suivi so that who prints nothing links no fonts.
package bordereau

import (
	"context"
	"errors"
	"io"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// ErrVide says that nothing goes on paper.
var ErrVide = errors.New("bordereau: nothing goes on paper")

// Enveloppe is one of the envelopes with its invoices, in the order of the FSE on their bordereau.
type Enveloppe struct {
	Titre   string
	Contenu string
	Lignes  []suivi.LignePapier
}

// Enveloppes groups what goes on paper; an envelope without papers is left out. e is nil for the public ones.
func Enveloppes(ctx context.Context, s *suivi.Suivi, e *papier.Enveloppes) ([]Enveloppe, error) {
	if e == nil {
		var err error
		if e, err = papier.EnveloppesPubliques(); err != nil {
			return nil, err
		}
	}
	lignes, err := s.SurPapier(ctx)
	if err != nil {
		return nil, err
	}
	toutes := make([]Enveloppe, len(e.Enveloppes)+1)
	for i, x := range e.Enveloppes {
		toutes[i] = Enveloppe{Titre: x.Titre, Contenu: x.Contenu}
	}
	toutes[len(e.Enveloppes)] = Enveloppe{Titre: e.Autre.Titre, Contenu: e.Autre.Contenu}
	for _, l := range lignes {
		i := e.De(l.Facture.Organisme)
		toutes[i].Lignes = append(toutes[i].Lignes, l)
	}
	var pleines []Enveloppe
	for _, x := range toutes {
		if len(x.Lignes) > 0 {
			pleines = append(pleines, x)
		}
	}
	return pleines, nil
}

// Write writes the bordereau as PDF; r gives who sends and why, and its lines are filled here.
func Write(ctx context.Context, w io.Writer, s *suivi.Suivi, r papier.Recapitulatif, date time.Time) (papier.Resultat,
	error) {
	lignes, err := s.SurPapier(ctx)
	if err != nil {
		return papier.Resultat{}, err
	}
	if len(lignes) == 0 {
		return papier.Resultat{}, ErrVide
	}
	for i := range lignes {
		x := papier.LignePapier{Facture: &lignes[i].Facture}
		for _, p := range lignes[i].Pieces {
			x.Pieces = append(x.Pieces, p.Type)
		}
		r.Lignes = append(r.Lignes, x)
	}
	if r.Date.IsZero() {
		r.Date = fse.DateDe(date)
	}
	return r.WritePDF(ctx, w, nil, papier.Info{Date: date})
}
