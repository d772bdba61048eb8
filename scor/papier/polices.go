package papier

import (
	"fmt"
	"sync"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
)

// policeTitres is the font of the headers of tables.
const policeTitres = "grasse"

// policesEmbarquees are the Go fonts (Bigelow & Holmes, BSD licence): they
// come as a Go module and cover French.
var policesEmbarquees = sync.OnceValues(func() (map[string]*pdf.Police, error) {
	polices := map[string]*pdf.Police{}
	for nom, ttf := range map[string][]byte{"normale": goregular.TTF, policeTitres: gobold.TTF, "italique": goitalic.TTF, "fixe": gomono.TTF} {
		p, err := pdf.ChargerPolice(ttf)
		if err != nil {
			return nil, fmt.Errorf("font %s: %w", nom, err)
		}
		polices[nom] = p
	}
	return polices, nil
})
