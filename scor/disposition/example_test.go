package disposition_test

import (
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// A layout is text in a profile. One that can't be read back is refused with its line; what its zones may ask for is a
// vocabulary.
func Example() {
	_, err := scor.ParseProfil(strings.NewReader(`
etend: reference
profil: lignes
version: "1"
source: exemple
lot:
  codage: delimite
  separateur: "\n"
  enregistrements:
    - nom: Ligne
      pour: paire
      zones:
        - {nom: Facture, donnee: facture.numero, presence: O}
        - {nom: Montant, donnee: facture.total, format: decimal-virgule}
        - {nom: Pièce, donnee: piece.id, presence: O}
`), "lignes.yaml")
	fault, _, _ := strings.Cut(err.Error(), " ; ") // then come the names that there are
	fmt.Println(fault)
	d, _ := scor.DonneesLot().Trouver("facture.montant")
	fmt.Println(d.Nom, "-", d.Genre, d.Genre == disposition.GenreMontant)
	// Output:
	// scor: profil: lignes.yaml:14: lot.enregistrements[0].zones[1].donnee: "facture.total" n'est pas une donnée
	// facture.montant - montant true
}
