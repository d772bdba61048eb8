package echeancier_test

import (
	"context"
	"fmt"
	"os"
	"os/signal"

	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/postgres/echeancier"
)

// The program that an editor runs on each of its hosts, until it is interrupted.
func Example() {
	ctx, fin := signal.NotifyContext(context.Background(), os.Interrupt)
	defer fin()
	pool, err := pgxpool.New(ctx, os.Getenv("SCOR_POSTGRES"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer pool.Close()
	cabinets := map[string]*suivi.Suivi{} // opened once, each over its postgres.OpenPool
	e, err := echeancier.New(ctx, pool, echeancier.Config{
		Dossiers: func(context.Context) ([]string, error) { return []string{"cabinet 42"}, nil },
		Open: func(_ context.Context, dossier string) (*suivi.Suivi, error) {
			s, ok := cabinets[dossier]
			if !ok {
				return nil, fmt.Errorf("no such office: %s", dossier)
			}
			return s, nil
		},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	if err := e.Start(ctx); err != nil {
		fmt.Println(err)
		return
	}
	<-ctx.Done()
	fmt.Println(e.Stop(context.Background()))
}
