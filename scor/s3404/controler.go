package s3404

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// Codes of the findings of [Controler], beside those of the B2 reader.
const (
	CodeTotal     = "s3404-total"
	CodeSansTotal = "s3404-sans-total"
	CodeNom       = "s3404-nom"
	CodeNegatif   = "s3404-montant-negatif"
	CodePraticien = "s3404-praticien-inconnu"
	CodeEcart     = "s3404-ecart-periode"
)

// Controler is what a biller asks before sending: all that the B2 file has wrong, all for which the bordereau couldn't
// be made (totals that aren't the sums of their lines, names that can't be printed), and what is unusual. In the order
// of the file. An error is a file that can't be read at all.
func Controler(ctx context.Context, src Source, o Options) ([]fse.Constat, error) {
	constats, err := controlerB2(ctx, src)
	if err != nil {
		return nil, err
	}
	bordereaux, err := Construire(ctx, src, o)
	for _, e := range separer(err) {
		c, ok := constater(e)
		if !ok {
			return nil, e
		}
		constats = append(constats, c)
	}
	for _, b := range bordereaux {
		constats = append(constats, b.constats()...)
	}
	slices.SortStableFunc(constats, func(a, b fse.Constat) int {
		return cmp.Or(a.Lieu.Facture.Lot.Compare(b.Lieu.Facture.Lot), cmp.Compare(a.Lieu.Rang, b.Lieu.Rang))
	})
	return constats, nil
}

// controlerB2 has the reader check the file on its way, in the memory of one invoice.
func controlerB2(ctx context.Context, src Source) ([]fse.Constat, error) {
	r, err := src()
	if err != nil {
		return nil, fmt.Errorf("s3404: opening the B2 file: %w", err)
	}
	lecteur := b2.NewReader(r, b2.WithControles())
	for _, e := range lecteur.Factures() {
		if err = cmp.Or(e, ctx.Err()); err != nil {
			break
		}
	}
	if err := errors.Join(err, r.Close()); err != nil {
		return nil, fmt.Errorf("s3404: %w", err)
	}
	return lecteur.Constats(), nil
}

// separer lists the errors that were joined.
func separer(err error) []error {
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		return j.Unwrap()
	}
	if err == nil {
		return nil
	}
	return []error{err}
}

// constater says an error of [Construire] as a finding.
func constater(err error) (fse.Constat, bool) {
	var t *ErreurTotal
	var n *ErreurNom
	var s *erreurSansTotal
	var c *papier.ErreurCaractere
	lieu := func(f fse.CleFacture, rang int) fse.Lieu {
		p := fse.PorteeFacture
		if f.Numero == 0 {
			p = fse.PorteeLot
		}
		return fse.Lieu{Format: "b2", Portee: p, Facture: f, Rang: rang}
	}
	switch {
	case errors.As(err, &t):
		return fse.Constat{Code: CodeTotal, Gravite: fse.Erreur, Lieu: lieu(t.Facture, t.Enregistrement),
			Lu: t.Declare.String(), Attendu: t.Calcule.String(),
			Message: fmt.Sprintf("Total « %s » : le fichier déclare %s, la somme des lignes est %s.", t.Quoi, t.Declare,
				t.Calcule)}, true
	case errors.As(err, &n) && errors.As(err, &c):
		return fse.Constat{Code: CodeNom, Gravite: fse.Erreur, Lieu: lieu(n.Facture, 0),
			Message: fmt.Sprintf("Le %s ne peut pas être imprimé sur le bordereau : %s.", n.Quoi, c.Phrase())}, true
	case errors.As(err, &s):
		return fse.Constat{Code: CodeSansTotal, Gravite: fse.Erreur, Lieu: lieu(s.facture, 0),
			Message: "L'enregistrement des totaux manque (type 5 d'une facture, type 6 d'un lot)."}, true
	}
	return fse.Constat{}, false
}

// constats are what is unusual in a lot, as its first page says it.
func (b *Bordereau) constats() (l []fse.Constat) {
	for _, f := range b.Resume.Negatives {
		l = append(l, fse.Constat{Code: CodeNegatif, Gravite: fse.Avertissement,
			Lieu:    fse.Lieu{Format: "b2", Portee: fse.PorteeFacture, Facture: f},
			Message: fmt.Sprintf("La facture %09d a un montant négatif.", f.Numero)})
	}
	lot := fse.Lieu{Format: "b2", Portee: fse.PorteeLot, Facture: fse.CleFacture{Lot: b.Lot.Cle}}
	for _, p := range b.Resume.Praticiens {
		if b.o.Praticien != nil && b.o.Praticien(p.Numero) == "" {
			l = append(l, fse.Constat{Code: CodePraticien, Gravite: fse.Avertissement, Lieu: lot, Lu: p.Numero,
				Message: fmt.Sprintf("Le praticien %s (%d actes, %s) n'est pas dans la liste de l'établissement.", p.Numero,
					p.Actes, p.Montant)})
		}
	}
	if ecart, ok := b.ecart(); ok {
		l = append(l, fse.Constat{Code: CodeEcart, Gravite: fse.Avertissement, Lieu: lot,
			Message: fmt.Sprintf("Total du lot de %+.0f %% par rapport à la période précédente (%s).", ecart,
				b.o.Precedent.Total)})
	}
	return l
}

// ecartMax is by how many per cent a lot may differ from the period before without a word.
const ecartMax = 30

// ecart is by how many per cent the lot's total differs from that of the period before, where that deserves a look.
func (b *Bordereau) ecart() (pourcents float64, inhabituel bool) {
	p := b.o.Precedent
	if p == nil || p.Total <= 0 {
		return 0, false
	}
	pourcents = float64(b.Totaux.Total-p.Total) / float64(p.Total) * 100
	return pourcents, pourcents > ecartMax || pourcents < -ecartMax
}
