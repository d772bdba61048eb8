package etats_test

import (
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// What a lot that the caisse refused means, and what a person can do about it, straight from the table.
func ExampleDe() {
	profil, err := scor.Reference()
	if err != nil {
		fmt.Println(err)
		return
	}
	lot := &journal.Objet{Genre: journal.LotScor, Etat: journal.ARLNegatif}
	lot.Motif = "lot inconnu"
	ligne, langue := etats.De(lot), etats.Langue{Profil: profil}
	quoi, conseil := langue.Phrases(lot)
	fmt.Println(quoi)
	fmt.Println(conseil)
	for _, a := range ligne.Actions {
		fmt.Println("-", langue.Libelle(a))
	}
	// Output:
	// Le lot de pièces est refusé (ARL−) : lot inconnu.
	// Reconstituer le lot, ou passer ses pièces sur papier.
	// - Reconstituer le lot
	// - Passer sur papier
	// - Traiter à la main
}
