package s3404

import (
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
)

// zonesProduit are where a record of the norm has a product; a zone that a version of it lacks gives nothing.
type zonesProduit struct{ genre, code, siret, quantite, prix, montant string }

var zonesProduits = map[b2.Type][]zonesProduit{
	b2.T3F: {{"LPP", "lpp", "siret", "quantite", "tarif", "montant"},
		{"LPP", "lpp_2", "siret_2", "quantite_2", "tarif_2", "montant_2"}},
	b2.T4F: {{"LPP", "code_lpp", "siret", "unites", "prix_unitaire_vente", "montant"}},
	b2.T3H: {{"UCD", "code_ucd", "", "quantite", "prix_achat_unitaire", "montant"}},
	b2.T4H: {{"UCD", "code_ucd", "", "quantite", "prix_unitaire_facture", "montant"}},
}

// zonesCodes are the codes that other complements give to the line above them.
var zonesCodes = map[b2.Type][]string{
	b2.T4B: {"code_acte_1", "code_acte_2", "code_acte_3", "code_acte_4", "code_acte_5"},
	b2.T4C: {"code_cip_1", "code_cip_2", "code_cip_3", "code_cip_4", "code_cip_5"},
	b2.T4D: {"code_acte_1", "code_acte_2"},
}

// detail adds what a complement says to the line above it.
func (l *lecteur) detail(e *b2.Enregistrement) {
	n := len(l.f.Lignes)
	if n == 0 {
		return
	}
	ligne := &l.f.Lignes[n-1]
	if e.Type == b2.T4M {
		ligne.ajouter(ccam(e))
		return
	}
	for _, z := range zonesCodes[e.Type] {
		ligne.ajouter(numero(e, z))
	}
	if e.Type == b2.T3F && strings.TrimSpace(string(e.Zone("blanc_107"))) != "" {
		// Two products in a record: the layout from before the addendum of establishments.
		avant := *e
		avant.Version = b2.V2007
		e = &avant
	}
	for _, z := range zonesProduits[e.Type] {
		code := numero(e, z.code)
		if code == "" {
			continue
		}
		ligne.Produits = append(ligne.Produits, Produit{Genre: z.genre, Code: code, Fournisseur: numero(e, z.siret),
			Quantite: int(l.siPresent(e, z.quantite)), Prix: fse.Montant(l.siPresent(e, z.prix)),
			Montant: fse.Montant(l.siPresent(e, z.montant))})
	}
}

func (l *Ligne) ajouter(code string) {
	if code == "" {
		return
	}
	if l.Detail != "" {
		l.Detail += " "
	}
	l.Detail += code
}

// siPresent reads a number where the record has the zone and something in it.
func (l *lecteur) siPresent(e *b2.Enregistrement, zone string) int64 {
	if numero(e, zone) == "" {
		return 0
	}
	return l.entier(e, zone)
}

// ccam is an act as doctors know it: code, activity/phase, modifiers, code of association.
func ccam(e *b2.Enregistrement) string {
	s := numero(e, "ccam")
	if s == "" {
		return ""
	}
	if a := e.Texte("code_activite"); a != "" {
		s += " " + a + "/" + e.Texte("code_phase_traitement")
	}
	var m strings.Builder
	for _, z := range []string{"code_modificateur_1", "code_modificateur_2", "code_modificateur_3",
		"code_modificateur_4"} {
		m.WriteString(e.Texte(z))
	}
	if m.Len() > 0 {
		s += " " + m.String()
	}
	if a := numero(e, "code_association_actes_non_prevue"); a != "" {
		s += " a" + a
	}
	return s
}
