package echeancier_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/postgres"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/postgres/echeancier"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Two hosts share the offices: each office has its rounds, none twice at once.
func TestDeuxHotes(t *testing.T) {
	dsn := os.Getenv("SCOR_POSTGRES")
	if dsn == "" {
		t.Skip("SCOR_POSTGRES is not set: internal/serveurs/postgres.sh starts a server and prints its value")
	}
	ctx, fin := context.WithTimeout(t.Context(), time.Minute)
	defer fin()
	pool, err := pgxpool.New(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer pool.Close()
	profil, err := scor.Reference()
	if err != nil {
		t.Fatal(err)
	}
	var dossiers []string
	for i := range 5 {
		dossiers = append(dossiers, fmt.Sprintf("echeancier/%d/%d", time.Now().UnixNano(), i))
	}
	var mu sync.Mutex
	rondes := map[string]int{}
	fait := make(chan struct{}, 1)
	c := echeancier.Config{Periode: time.Second, Dossiers: func(context.Context) ([]string, error) {
		return dossiers,
			nil
	},
		Open: func(ctx context.Context, d string) (*suivi.Suivi, error) {
			j, err := postgres.OpenPool(ctx, pool, d)
			if err != nil {
				return nil, err
			}
			k, err := coffre.Open(t.Context(), j.Documents(), bytes.Repeat([]byte{1}, coffre.TailleCle))
			if err != nil {
				return nil, err
			}
			return suivi.Open(ctx, suivi.Config{Profil: profil, Journal: j, Coffre: k,
				Emetteur: suivi.Emetteur{Emetteur: lot.Emetteur{Numero: "00000123456789"}, Adresse: "a@b.test"}})
		},
		Observateur: func(d string, _ suivi.BilanRonde, err error) {
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			rondes[d]++
			pleins := 0
			for _, n := range rondes {
				if n >= 2 {
					pleins++
				}
			}
			if pleins == len(dossiers) {
				select {
				case fait <- struct{}{}:
				default:
				}
			}
		}}
	var hotes []*echeancier.Echeancier
	for range 2 {
		e, err := echeancier.New(ctx, pool, c)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.Start(ctx); err != nil {
			t.Fatal(err)
		}
		hotes = append(hotes, e)
	}
	if err := hotes[1].Demander(ctx, dossiers[0]); err != nil {
		t.Error(err)
	}
	select {
	case <-fait:
	case <-ctx.Done():
		t.Errorf("rounds: %v", rondes)
	}
	for _, e := range hotes {
		if err := e.Stop(context.WithoutCancel(ctx)); err != nil {
			t.Error(err)
		}
	}
	if _, err := echeancier.New(ctx, pool, echeancier.Config{}); err == nil {
		t.Error("nothing to open with")
	}
}
