// Package polices holds the fonts that documents are written with when their
// template brings none: the Go fonts (Bigelow & Holmes, BSD licence), which
// come as a Go module and cover French.
package polices

import (
	"sync"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"

	"github.com/scor-sdk/scor-sdk-go/internal/pdf"
)

// The fonts, read at their first use.
var (
	Normale  = charger(goregular.TTF)
	Grasse   = charger(gobold.TTF)
	Italique = charger(goitalic.TTF)
	Fixe     = charger(gomono.TTF)
)

func charger(ttf []byte) func() (*pdf.Police, error) {
	return sync.OnceValues(func() (*pdf.Police, error) { return pdf.ChargerPolice(ttf) })
}
