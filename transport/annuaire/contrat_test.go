package annuaire_test

import (
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/annuaire"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

func TestContrat(t *testing.T) {
	for nom, options := range map[string]func(t *testing.T) []annuaire.Option{
		"dossier": func(*testing.T) []annuaire.Option { return nil },
		"cache": func(t *testing.T) []annuaire.Option {
			return []annuaire.Option{annuaire.WithCache(t.TempDir(), time.Hour)}
		},
	} {
		t.Run(nom, func(t *testing.T) {
			transporttest.ContratAnnuaire(t, func(t *testing.T, p transporttest.Publication) transport.Annuaire {
				d := t.TempDir()
				deposer(t, d, p)
				a, err := annuaire.New(annuaire.Dossier(d), append(options(t), annuaire.WithRacines(p.Racine),
					annuaire.WithHorloge(func() time.Time { return p.Heure }))...)
				if err != nil {
					t.Fatal(err)
				}
				return a
			})
		})
	}
}

// deposer puts what is published in a folder, each in a file.
func deposer(t *testing.T, dossier string, p transporttest.Publication) {
	t.Helper()
	ecrire := func(nom, genre string, der []byte) {
		if err := os.WriteFile(filepath.Join(dossier, nom), pem.EncodeToMemory(&pem.Block{Type: genre, Bytes: der}),
			0o600); err != nil {
			t.Fatal(err)
		}
	}
	ecrire("liste.crl", "X509 CRL", p.Liste.Raw)
	n := 0
	for _, l := range p.Par {
		for _, c := range l {
			n++
			ecrire(fmt.Sprintf("%d.pem", n), "CERTIFICATE", c.Raw)
		}
	}
}
