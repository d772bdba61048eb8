package coffretest_test

import (
	"fmt"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre/coffretest"
)

// A host runs the contract on its own Depot from one of its tests: coffretest.Contrat(t, ouvrir).
func Example() {
	essai := func(t *testing.T) {
		coffretest.Contrat(t, func(*testing.T) coffre.Depot { return &coffre.Memoire{} })
	}
	ok := testing.RunTests(func(_, _ string) (bool, error) { return true, nil }, []testing.InternalTest{{Name: "Memoire", F: essai}})
	fmt.Println(ok)
	// Output: true
}
