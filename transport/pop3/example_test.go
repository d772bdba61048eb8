package pop3_test

import (
	"context"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

func Example() {
	f, err := frontal.New(frontal.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	f.Deposer("cabinet@exemple.fr", []byte("Subject: ARL\r\n\r\nbonjour\r\n"))

	boite := &pop3.Boite{Adresse: f.POP3(), ConfigTLS: f.ConfigTLS(), Utilisateur: "cabinet@exemple.fr",
		MotDePasse: "secret"}
	memoire := new(transporttest.Memoire) // transport.NewReleveDossier, or a journal
	bilan, err := transport.Relever(context.Background(), boite, memoire)
	fmt.Printf("%q\n", memoire.Pris())
	fmt.Println(bilan.Pris, err, f.EnAttente("cabinet@exemple.fr"))
	// Output:
	// ["Subject: ARL\r\n\r\nbonjour\r\n"]
	// 1 <nil> 0
}
