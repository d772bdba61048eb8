package postgres_test

import (
	"context"
	"fmt"
	"os"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/postgres"
)

// The journal of one office in a database that many share. Needs a server: SCOR_POSTGRES holds its connection string.
func Example() {
	ctx := context.Background()
	j, err := postgres.Open(ctx, os.Getenv("SCOR_POSTGRES"), "cabinet 42")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer j.Close()
	r, err := journal.Verifier(ctx, j, nil)
	fmt.Println(r.Evenements, err)
}
