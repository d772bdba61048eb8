package pop3_test

import (
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/pop3"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

func TestContrat(t *testing.T) {
	transporttest.ContratBoite(t, func(t *testing.T, messages []string) transport.Boite {
		f, err := frontal.New(frontal.Config{})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { f.Close() })
		for _, m := range messages {
			if err := f.Deposer("cabinet@exemple.fr", []byte(m)); err != nil {
				t.Fatal(err)
			}
		}
		return &pop3.Boite{Adresse: f.POP3(), ConfigTLS: f.ConfigTLS(), Utilisateur: "cabinet@exemple.fr",
			MotDePasse: "secret"}
	})
}
