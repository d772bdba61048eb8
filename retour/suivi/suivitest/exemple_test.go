package suivitest_test

import (
	"context"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/suivitest"
)

// A host's test of what it shows: an office whose invoices were accepted and whose pieces are still to come.
func Example() {
	ctx := context.Background()
	if err := montrer(ctx); err != nil {
		fmt.Println(err)
	}
	// Output:
	// piece-manquante: 2
}

func montrer(ctx context.Context) error {
	c, err := suivitest.New(ctx, suivitest.Config{})
	if err != nil {
		return err
	}
	lot, err := c.Lot(ctx, 2)
	if err != nil {
		return err
	}
	if err := c.ARL(ctx, lot.Cle, true, "", ""); err != nil {
		return err
	}
	if err := c.Repos(ctx); err != nil {
		return err
	}
	situations := map[suivi.Situation]int{}
	for v, err := range c.Factures(ctx) {
		if err != nil {
			return err
		}
		situations[v.Situation]++
	}
	for s, n := range situations {
		fmt.Printf("%s: %d\n", s, n)
	}
	return nil
}
