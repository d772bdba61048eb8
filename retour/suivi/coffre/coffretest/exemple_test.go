package coffretest_test

import (
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre/coffretest"
)

// A host runs the contract on its own Depot from one of its tests.
func TestMonDepot(t *testing.T) {
	coffretest.Contrat(t, func(*testing.T) coffre.Depot { return &coffre.Memoire{} })
}

// The test of a host, in full.
func ExampleContrat() {
	_ = func(t *testing.T) { // func TestMonDepot(t *testing.T)
		coffretest.Contrat(t, func(*testing.T) coffre.Depot { return &coffre.Memoire{} })
	}
	// Output:
}
