package numerisation

import (
	"math"

	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/internal/mesure"
)

// constats builds the findings of a page in their fixed order.
type constats struct{ page *Page }

// de is a finding with what was measured, still to be told absent or present.
func de(code Code, mesure, limite float64, unite, source string) Constat {
	return Constat{Code: code, Mesure: arrondi(mesure), Limite: limite, Unite: unite, Source: source}
}

func (c constats) absent(code Code, mesure, limite float64, unite, source string) {
	k := de(code, mesure, limite, unite, source)
	k.Etat = Absent
	c.page.Constats = append(c.page.Constats, k)
}

func (c constats) nonTeste(codes ...Code) {
	for _, code := range codes {
		c.page.Constats = append(c.page.Constats, Constat{Code: code, Etat: NonTeste})
	}
}

// ajouter appends a finding that is present, or puts it in the place of the one of the same code.
func (c constats) ajouter(k Constat) {
	k.Etat = Present
	for i := range c.page.Constats {
		if c.page.Constats[i].Code == k.Code {
			c.page.Constats[i] = k
			return
		}
	}
	c.page.Constats = append(c.page.Constats, k)
}

// refuser tells a finding that refuses the page; another scan helps.
func (c constats) refuser(k Constat, message string) {
	k.Bloquant, k.Renumeriser, k.Message = true, true, message
	c.ajouter(k)
}

// demander tells a finding that a person has to settle.
func (c constats) demander(k Constat, question string) {
	k.Renumeriser, k.Question, k.Message = true, question, question
	c.ajouter(k)
}

// conseiller tells a finding that refuses nothing, but that another scan would spare.
func (c constats) conseiller(k Constat, message string) {
	k.Renumeriser, k.Message = true, message
	c.ajouter(k)
}

// dire tells a finding that needs nothing.
func (c constats) dire(k Constat, message string) {
	k.Message = message
	c.ajouter(k)
}

func arrondi(v float64) float64 { return math.Round(v*1000) / 1000 }

// lieux rounds places to a tenth of a millimetre.
func lieux(r ...mesure.Rectangle) []Rectangle {
	dixieme := func(v float64) float64 { return math.Round(v*10)/10 + 0 }
	var l []Rectangle
	for _, p := range r {
		l = append(l, Rectangle{dixieme(p.X0), dixieme(p.Y0), dixieme(p.X1), dixieme(p.Y1)})
	}
	return l
}
