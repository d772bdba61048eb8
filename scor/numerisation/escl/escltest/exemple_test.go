package escltest_test

import (
	"context"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/escl"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/escl/escltest"
)

// A feeder that jams after its first sheet: the program under test must not take that for the end.
func Example() {
	s := escltest.New(escltest.Incidents{BourrageApres: 1})
	defer s.Close()
	s.Charger([]byte("page 1"), []byte("page 2"))

	c, _ := escl.New(s.URL)
	for d, err := range c.Numeriser(context.Background(), escl.Reglages{Source: escl.Chargeur, DPI: 200, Mode: escl.Gris,
		Format: escl.JPEG}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		fmt.Println("page", d.Numero)
	}
	// Output:
	// page 1
	// escl: NextDocument: feeder jammed: ScannerAdfJam
}
