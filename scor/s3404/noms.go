package s3404

import (
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// ErreurNom says that the bordereau couldn't write a name: which, not what it is.
type ErreurNom struct {
	Facture fse.CleFacture // Numero 0 for the lot's own
	Quoi    string         // French name of the field
	Err     error          // a [papier.ErreurCaractere]
}

func (e *ErreurNom) Error() string {
	ou := "facture " + e.Facture.String()
	if e.Facture.Numero == 0 {
		ou = "lot " + e.Facture.Lot.String()
	}
	return fmt.Sprintf("s3404: %s, %s: %v", ou, e.Quoi, e.Err)
}

func (e *ErreurNom) Unwrap() error { return e.Err }

// ecrivains asks once for each name whether it can be written.
type ecrivains struct {
	praticien func(string) string
	vus       map[string]bool // numbers of practitioners
}

func (e *ecrivains) texte(cle fse.CleFacture, quoi, texte string) error {
	if err := papier.Ecrivable(papier.Visible(texte)); err != nil {
		return &ErreurNom{cle, quoi, err}
	}
	return nil
}

func (e *ecrivains) facture(f *FactureAffichee) (errs []error) {
	errs = append(errs, e.texte(f.Cle, "nom du bénéficiaire", f.Nom+" "+f.Prenom))
	if e.praticien == nil {
		return errs
	}
	for i := range f.Lignes {
		n := f.Lignes[i].Executant
		if n == "" || e.vus[n] {
			continue
		}
		e.vus[n] = true
		errs = append(errs, e.texte(f.Cle, "nom du praticien "+n, e.praticien(n)))
	}
	return errs
}
