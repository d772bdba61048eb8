package escl_test

import (
	"context"
	"fmt"
	"io"

	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/escl"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/escl/escltest"
)

func Example() {
	essai := escltest.New(escltest.Incidents{}) // in an office: the address of its scanner
	defer essai.Close()
	essai.Charger([]byte("page 1"), []byte("page 2"))

	ctx := context.Background()
	c, err := escl.New(essai.URL)
	if err != nil {
		fmt.Println(err)
		return
	}
	capacites, err := c.Capacites(ctx)
	if err != nil {
		fmt.Println(escl.Phrase(err))
		return
	}
	reglages, err := capacites.Choisir(escl.Chargeur, 200)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(capacites.Modele, reglages.Mode, reglages.DPI)
	for d, err := range c.Numeriser(ctx, reglages) {
		if err != nil {
			fmt.Println(escl.Phrase(err))
			return
		}
		b, _ := io.ReadAll(d) // to numerisation.Octets
		fmt.Println(d.Numero, d.Format, string(b))
	}
	// Output:
	// Essai Duplex 200 Grayscale8 200
	// 1 image/jpeg page 1
	// 2 image/jpeg page 2
}
