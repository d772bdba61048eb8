package s3404

import (
	"fmt"
	"strconv"

	"github.com/scor-sdk/scor-sdk-go/scor/papier"
)

// champsLigne are the fields of a line, and of a product under it, which leaves empty what it doesn't have.
var champsLigne = papier.NewChamps(
	papier.Champ[donneesLigne]{Nom: "genre", Exemple: "Honoraires", Valeur: genreLigne},
	duLigne("code", "ADC", func(d donneesLigne) string { return d.l.Code },
		func(p *Produit) string { return p.Code }),
	duLigne("detail", "NEKA020 1/0", func(d donneesLigne) string { return d.l.Detail }, nil),
	duLigne("ghs", "1234", func(d donneesLigne) string { return d.l.GHS }, nil),
	duLigne("mode", "03/181", func(d donneesLigne) string { return d.l.Mode }, nil),
	duLigne("debut", "12/10/2026", func(d donneesLigne) string { return papier.Jour(d.l.Debut) }, nil),
	duLigne("fin", "14/10/2026", func(d donneesLigne) string { return papier.Jour(d.l.Fin) }, nil),
	duLigne("executant", "751100017", func(d donneesLigne) string { return d.l.Executant },
		func(p *Produit) string {
			if p.Fournisseur == "" {
				return ""
			}
			return "SIRET " + p.Fournisseur
		}),
	duLigne("rpps", "10001234567", func(d donneesLigne) string { return d.l.RPPSExecutant }, nil),
	duLigne("praticien", "Dr Anne MOREL", func(d donneesLigne) string {
		if d.praticien != nil && d.l.Executant != "" {
			return d.praticien(d.l.Executant)
		}
		return ""
	}, nil),
	duLigne("prescripteur", "751640046", func(d donneesLigne) string { return d.l.Prescripteur }, nil),
	duLigne("quantite", "1", func(d donneesLigne) string { return strconv.Itoa(d.l.Quantite) },
		func(p *Produit) string { return strconv.Itoa(p.Quantite) }),
	duLigne("coefficient", "1,00",
		func(d donneesLigne) string { return fmt.Sprintf("%d,%02d", d.l.Coefficient/100, d.l.Coefficient%100) }, nil),
	duLigne("prix", "310,78 €", func(d donneesLigne) string { return d.l.Prix.String() },
		func(p *Produit) string { return p.Prix.String() }),
	duLigne("base", "310,78 €", func(d donneesLigne) string { return d.l.Base.String() }, nil),
	duLigne("taux", "80", func(d donneesLigne) string { return strconv.Itoa(d.l.Taux) }, nil),
	// A product's amount is part of its line's: it stands in brackets, so that nobody adds it.
	duLigne("montant", "310,78 €", func(d donneesLigne) string { return d.l.Montant.String() },
		func(p *Produit) string { return "(" + p.Montant.String() + ")" }),
	duLigne("ligne_amo", "248,62 €", func(d donneesLigne) string { return d.l.AMO.String() }, nil),
	duLigne("ligne_amc", "62,16 €", func(d donneesLigne) string { return d.l.AMC.String() }, nil),
)

// duLigne is a field of a line, and of a product where produit gives it.
func duLigne(nom, exemple string, ligne func(donneesLigne) string, produit func(*Produit) string,
) papier.Champ[donneesLigne] {
	return papier.Champ[donneesLigne]{Nom: nom, Exemple: exemple, Valeur: func(d donneesLigne) string {
		switch {
		case d.produit == nil:
			return ligne(d)
		case produit == nil:
			return ""
		}
		return produit(d.produit)
	}}
}

func genreLigne(d donneesLigne) string {
	switch {
	case d.produit != nil:
		return "dont " + d.produit.Genre
	case d.l.Honoraires:
		return "Honoraires"
	}
	return "Séjour"
}
