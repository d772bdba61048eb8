package suivi

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/etats"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Taux is a part of a whole; Valeur is 0 when there is nothing to count.
type Taux struct {
	Bons     int64   `json:"bons"`
	Total    int64   `json:"total"`
	Valeur   float64 `json:"valeur"`
	Objectif float64 `json:"objectif,omitempty"`
	Atteint  bool    `json:"atteint"`
}

func taux(bons, total int64, objectif float64) Taux {
	t := Taux{Bons: bons, Total: total, Objectif: objectif}
	if total > 0 {
		t.Valeur = float64(bons) / float64(total)
		t.Atteint = t.Valeur >= objectif
	}
	return t
}

// Cause is a reason of reject, and how often it came.
type Cause struct {
	Genre   journal.Genre `json:"genre"`
	Quoi    journal.Type  `json:"quoi"`
	Code    string        `json:"code,omitempty"`
	Libelle string        `json:"libelle,omitempty"`
	Nombre  int64         `json:"nombre"`
}

// Indicateurs are the figures that the conventions look at.
type Indicateurs struct {
	// FSE is the part of invoices sent as secured FSE; Ordonnances that of ordonnances sent by SCOR rather than on paper
	// or by hand. The aids of the conventions ask for 80 % of each.
	FSE         Taux `json:"fse"`
	Ordonnances Taux `json:"ordonnances"`
	// Exploitables is the part of the pieces answered for that the caisse can use: the profile's target (99 %).
	Exploitables Taux          `json:"exploitables"`
	Delai        time.Duration `json:"delai"` // mean, from the first attempt to the ARL+
	Causes       []Cause       `json:"causes"`
	// Euros by caisse, in the order of their codes.
	Euros []Euros `json:"euros,omitempty"`
}

// Euros are the amounts of the invoices of the months asked for, of one caisse (régime and caisse), whenever they were
// paid.
type Euros struct {
	Caisse  string      `json:"caisse"`
	Demande fse.Montant `json:"demande"`
	Paye    fse.Montant `json:"paye"`
	Rejete  fse.Montant `json:"rejete"`
	Attendu fse.Montant `json:"attendu"` // neither paid nor rejected so far; less than zero when more was paid than asked
}

func (x *Indicateurs) compterEuros(nom string, n int64) {
	caisse, quoi, _ := strings.Cut(nom, "/")
	i := slices.IndexFunc(x.Euros, func(e Euros) bool { return e.Caisse == caisse })
	if i < 0 {
		i = len(x.Euros)
		x.Euros = append(x.Euros, Euros{Caisse: caisse})
	}
	switch e := &x.Euros[i]; quoi {
	case journal.EurosDemandes:
		e.Demande += fse.Montant(n)
	case journal.EurosPayes:
		e.Paye += fse.Montant(n)
	case journal.EurosRejetes:
		e.Rejete += fse.Montant(n)
	}
}

func indicateurs(c map[string]int64, p *scor.Profil) Indicateurs {
	var x Indicateurs
	var factures, securisees, mauvaises int64
	for nom, n := range c {
		if r, ok := strings.CutPrefix(nom, journal.CompteType+string(journal.Facture)+"/"); ok {
			flux, etat, _ := strings.Cut(r, "/")
			if etat == string(journal.Refacture) {
				continue // its new number counts
			}
			factures += n
			if flux == fluxSecurise {
				securisees += n
			}
		}
		if r, ok := strings.CutPrefix(nom, journal.CompteEuros); ok {
			x.compterEuros(r, n)
		}
		if r, ok := strings.CutPrefix(nom, journal.CompteCause); ok {
			if p3 := strings.SplitN(r, "/", 3); len(p3) == 3 {
				k := Cause{Genre: journal.Genre(p3[0]), Quoi: journal.Type(p3[1]), Code: p3[2], Nombre: n}
				if k.Code != "" {
					code, _ := p.Code(k.Code)
					k.Libelle = code.Libelle
				}
				x.Causes = append(x.Causes, k)
				// A piece refused stays counted when it is scanned and sent again: the caisse had to look at it.
				if k.Genre == journal.Piece && (k.Quoi == journal.RecevoirARLNegatif || k.Quoi == journal.Rejeter) {
					mauvaises += n
				}
			}
		}
	}
	slices.SortFunc(x.Causes, func(a, b Cause) int {
		if a.Nombre != b.Nombre {
			return int(b.Nombre - a.Nombre)
		}
		return strings.Compare(string(a.Genre)+string(a.Quoi)+a.Code, string(b.Genre)+string(b.Quoi)+b.Code)
	})
	for i := range x.Euros {
		e := &x.Euros[i]
		e.Attendu = e.Demande - e.Paye - e.Rejete
	}
	slices.SortFunc(x.Euros, func(a, b Euros) int { return strings.Compare(a.Caisse, b.Caisse) })
	x.FSE = taux(securisees, factures, 0.80)
	ordonnances := func(mode string) int64 { return c[journal.CompteMode+mode+"/"+scor.Ordonnance] }
	envoyees := ordonnances(etats.ModeScor)
	x.Ordonnances = taux(envoyees, envoyees+ordonnances(etats.ModePapier)+ordonnances(etats.ModeManuel), 0.80)
	bonnes := acquittees(c)
	x.Exploitables = taux(bonnes, bonnes+mauvaises, p.Delais.TauxExploitable)
	if n := c[journal.CompteARL]; n > 0 {
		x.Delai = time.Duration(c[journal.CompteARLTemps]/n) * time.Second
	}
	return x
}

// acquittees counts the pieces sent by SCOR that are acknowledged, closed and purged since or not.
func acquittees(c map[string]int64) int64 {
	return parMode(c, etats.ModeScor) - c["piece/"+string(journal.EnLot)] - c["piece/"+
		string(journal.ARLNegatif)] - c["piece/"+string(journal.Rejet)]
}

// parMode counts the pieces that went one way, whatever their type.
func parMode(c map[string]int64, mode string) (total int64) {
	for nom, n := range c {
		if r, ok := strings.CutPrefix(nom, journal.CompteMode+mode); ok && (r == "" || r[0] == '/') {
			total += n
		}
	}
	return total
}

// fluxSecurise is fse.FluxFSE as the objects of invoices hold it.
const fluxSecurise = "1"

// Indicateurs gives the figures of the months asked for, inclusive; empty for no bound.
func (s *Suivi) Indicateurs(ctx context.Context, du, au string) (Indicateurs, error) {
	c, err := s.c.Journal.Compteurs(ctx, du, au)
	if err != nil {
		return Indicateurs{}, err
	}
	return indicateurs(c, s.c.Profil), nil
}
