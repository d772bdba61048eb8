package papier

import (
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
	"github.com/scor-sdk/scor-sdk-go/internal/pdf/polices"
)

// policeTitres is the font of the headers of tables.
const policeTitres = "grasse"

// policesEmbarquees are the fonts that a template may name without bringing them.
func policesEmbarquees() (map[string]*pdf.Police, error) {
	m := map[string]*pdf.Police{}
	for nom, charger := range map[string]func() (*pdf.Police, error){
		"normale": polices.Normale, policeTitres: polices.Grasse, "italique": polices.Italique, "fixe": polices.Fixe,
	} {
		p, err := charger()
		if err != nil {
			return nil, fmt.Errorf("font %s: %w", nom, err)
		}
		m[nom] = p
	}
	return m, nil
}
