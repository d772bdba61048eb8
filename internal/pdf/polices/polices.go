// Package polices holds the fonts that documents are written with when their
// template brings none: the Go fonts (Bigelow & Holmes, BSD licence), which
// come as a Go module and cover French; behind them DejaVu (fontes/LICENCE.txt),
// reduced to the scripts in which people in France have their names.
//
// What a name may hold is asked once, where it is typed: [Nom]. What it lets
// through, every document can write, whatever font it asks for: a font gets
// the others behind it by [Secourir].
package polices

import (
	"bytes"
	"compress/gzip"
	"embed"
	"fmt"
	"io"
	"strings"
	"sync"

	"golang.org/x/image/font/gofont/gobold"
	"golang.org/x/image/font/gofont/goitalic"
	"golang.org/x/image/font/gofont/gomono"
	"golang.org/x/image/font/gofont/goregular"

	"github.com/go-text/typesetting/font"

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
	return sync.OnceValues(func() (*pdf.Police, error) {
		p, err := pdf.ParsePolice(ttf)
		if err != nil {
			return nil, err
		}
		return Secourir(p)
	})
}

// Secourir puts the shipped fonts behind one, for the characters that it lacks and the scripts that have to be shaped.
func Secourir(p *pdf.Police) (*pdf.Police, error) {
	secours, err := fontesDeSecours()
	if err != nil {
		return nil, err
	}
	if strings.Contains(strings.ToLower(p.Nom()), "bold") {
		secours = [2]*fonte{secours[1], secours[0]}
	}
	return p.Compose(&composeur{premiere: p, secours: secours[:]}), nil
}

// fonte is a font as it is written and as it is shaped.
type fonte struct {
	police *pdf.Police
	forme  *font.Font
}

//go:embed fontes/*.ttf.gz
var fichiers embed.FS

// fontesDeSecours are DejaVu Sans, regular then bold.
var fontesDeSecours = sync.OnceValues(func() (f [2]*fonte, err error) {
	for i, nom := range []string{"DejaVuSans", "DejaVuSans-Bold"} {
		if f[i], err = lireFonte(nom); err != nil {
			return f, fmt.Errorf("font %s: %w", nom, err)
		}
	}
	return f, nil
})

func lireFonte(nom string) (*fonte, error) {
	b, err := fichiers.ReadFile("fontes/" + nom + ".ttf.gz")
	if err != nil {
		return nil, err
	}
	z, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil, err
	}
	ttf, err := io.ReadAll(z)
	if err != nil {
		return nil, err
	}
	police, err := pdf.ParsePolice(ttf)
	if err != nil {
		return nil, err
	}
	forme, err := font.ParseTTF(bytes.NewReader(ttf))
	if err != nil {
		return nil, err
	}
	return &fonte{police, forme.Font}, nil
}
