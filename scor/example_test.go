package scor_test

import (
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Every error of a profile is reported at once, each with its line.
func ExampleParseProfil() {
	texte, err := scor.TexteProfil("reference")
	if err != nil {
		fmt.Println(err)
		return
	}
	faux := strings.NewReplacer("dpi_min: 200", "dpi_min: -1", "repli: papier", "repli: pigeon").Replace(string(texte))
	_, err = scor.ParseProfil(strings.NewReader(faux), "mon-profil.yaml")
	fmt.Println(err)
	// Output:
	// scor: profil: mon-profil.yaml:18: numerisation.dpi_min: -1, attendu : plus de 0
	// mon-profil.yaml:241: delais.repli: "pigeon", attendu : papier, cd-rom
}
