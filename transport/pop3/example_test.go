package pop3_test

import (
	"context"
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
)

func Example() {
	f, err := frontal.New(frontal.Config{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	f.Deposer("cabinet@exemple.fr", []byte("Subject: ARL\r\n\r\nbonjour\r\n"))

	boite := &pop3.Boite{Adresse: f.POP3(), ConfigTLS: f.ConfigTLS(), Utilisateur: "cabinet@exemple.fr", MotDePasse: "secret"}
	journal := map[string]bool{}
	bilan, err := transport.Relever(context.Background(), boite, transport.Releve{
		Connu: func(_ context.Context, id string) (bool, error) { return journal[id], nil },
		Prendre: func(_ context.Context, m transport.MessageBoite, r io.Reader) error {
			brut, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			journal[m.ID] = true // durable in a real journal
			fmt.Printf("%q\n", brut)
			return nil
		},
		Ecarter: func(context.Context, transport.MessageBoite, error) error { return nil },
	})
	fmt.Println(bilan.Pris, err, f.EnAttente("cabinet@exemple.fr"))
	// Output:
	// "Subject: ARL\r\n\r\nbonjour\r\n"
	// 1 <nil> 0
}
