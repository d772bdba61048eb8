package lot_test

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// A layout of the host's own is text in a profile: here, a line for each pair. What is written by it is read back, and
// what doesn't follow it is told with the record and the zone.
func Example_disposition() {
	profil, err := scor.ParseProfil(strings.NewReader(`
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
        - {nom: Montant, donnee: facture.montant, format: decimal-virgule, signe: derriere}
        - {nom: Pièce, donnee: piece.id, presence: O}
`), "lignes.yaml")
	if err != nil {
		fmt.Println(err)
		return
	}
	piece := scor.Piece{ID: "ORD-1", Type: scor.Ordonnance, Reference: "ORD-0"}
	paire := lot.Paire{Piece: piece}
	paire.Facture.Cle.Numero, paire.Facture.Total = 2101, -1250
	fichier := lot.Fichier{Lots: []lot.Lot{{Paires: []lot.Paire{paire}}}}
	var b bytes.Buffer
	if err := fichier.Encode(&b, profil); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(b.String())
	_, err = lot.Decode(strings.NewReader("2101;12,5;ORD-1\n"), profil)
	fmt.Println(err)
	// Output:
	// 2101;12,50-;ORD-1
	// scor: le fichier ne suit pas le profil : enregistrement 1 (Ligne), zone « Montant » : un montant à deux décimales attendu
}
