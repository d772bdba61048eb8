package signature

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/config"
)

// Portee is what one signature covers.
type Portee string

// A signature for the whole lot, or one for each invoice.
const (
	ParLot     Portee = "lot"
	ParFacture Portee = "facture"
)

// Regle says which holds from a date on, and who says so.
type Regle struct {
	Portee Portee   `yaml:"portee"`
	Depuis fse.Date `yaml:"depuis"`
	Source string   `yaml:"source"`
}

// Regles are dated, earliest first.
type Regles []Regle

//go:embed regles.yaml
var reglesPubliques []byte

// ReglesPubliques are the rules that public texts tell of.
var ReglesPubliques = sync.OnceValues(func() (Regles, error) { return ParseRegles(bytes.NewReader(reglesPubliques)) })

// ParseRegles reads dated rules from YAML: a list `regles` of portee (lot or facture), depuis (AAAA-MM-JJ, increasing)
// and source. Every error is returned, each with its line.
func ParseRegles(r io.Reader) (Regles, error) {
	var v struct {
		Regles Regles `yaml:"regles"`
	}
	doc, err := config.Lire(r, "regles.yaml", &v)
	if err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	for i := range v.Regles {
		x := &v.Regles[i]
		chemin := fmt.Sprintf("regles[%d]", i)
		if x.Portee != ParLot && x.Portee != ParFacture {
			doc.Ajouter(chemin+".portee", "%q, expected lot or facture", x.Portee)
		}
		if x.Depuis.IsZero() {
			doc.Ajouter(chemin+".depuis", "missing, expected AAAA-MM-JJ")
		}
		if i > 0 && x.Depuis.Compare(v.Regles[i-1].Depuis) <= 0 {
			doc.Ajouter(chemin+".depuis", "%s does not come after the rule before", x.Depuis)
		}
		if strings.TrimSpace(x.Source) == "" {
			doc.Ajouter(chemin+".source", "missing: a rule says where it comes from")
		}
	}
	if err := doc.Err(); err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	if len(v.Regles) == 0 {
		return nil, errors.New("signature: no rule")
	}
	return v.Regles, nil
}

// Le gives the rule that holds on a date; before the first one, the first.
func (r Regles) Le(d fse.Date) Regle {
	x := r[0]
	for _, y := range r {
		if y.Depuis.Compare(d) <= 0 {
			x = y
		}
	}
	return x
}
