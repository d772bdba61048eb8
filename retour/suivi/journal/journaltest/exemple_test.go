package journaltest_test

import (
	"context"
	"fmt"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
)

// A host runs the contract on its own Journal from one of its tests, journaltest.Contrat(t, ouvrir), and measures it
// with an office of many pieces.
func ExampleCabinet() {
	j := journal.NewMemoire(func() time.Time { return journaltest.T0 })
	n, err := journaltest.Cabinet(context.Background(), j, 100)
	if err != nil {
		fmt.Println(err)
		return
	}
	tete, err := j.Tete(context.Background())
	fmt.Println(n > 100, tete.Seq == n, err)
	// Output: true true <nil>
}
