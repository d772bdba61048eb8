package retour_test

import (
	"context"
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// A message de service, recognised by the profile.
func ExampleParse() {
	profil, err := scor.Reference()
	if err != nil {
		fmt.Println(err)
		return
	}
	mel := "From: 01751@751.01.rss.fr\r\nSubject: MDS/2026112210000000001/9001\r\nContent-Type: " +
		"text/plain\r\n\r\nMessage illisible.\r\n"
	recu, err := transport.Open(context.Background(), strings.NewReader(mel), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	retours, err := retour.Parse(context.Background(), recu, profil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, r := range retours {
		if m, ok := r.(*retour.MdS); ok {
			code, _ := profil.Code(m.Code)
			fmt.Printf("%s pour %s : %s. %s\n", m.Sorte(), m.Compostage, code.Libelle, code.Action)
		}
	}
	// Output: MdS pour 2026112210000000001 : Message illisible par le frontal. Prévenir l'éditeur du logiciel.
}
