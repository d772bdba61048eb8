package sdk

import (
	"context"
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/fse"
)

// motifs are the words of the contract for the reasons of a refusal.
var motifs = map[fse.Motif]string{fse.MotifLongueur: "longueur", fse.MotifCaractere: "caractere", fse.MotifCle: "cle",
	fse.MotifValeur: "valeur"}

func motif(err error) string {
	for m, mot := range motifs {
		if errors.Is(err, m) {
			return mot
		}
	}
	return ""
}

type reponseValeur struct {
	Accepte    bool   `json:"accepte"`
	Motif      string `json:"motif,omitempty"`
	Valeur     string `json:"valeur,omitempty"`
	Cle        string `json:"cle,omitempty"`
	Provisoire bool   `json:"provisoire"`
	Fictif     bool   `json:"fictif"`
	Regime     string `json:"regime,omitempty"`
	Caisse     string `json:"caisse,omitempty"`
	Centre     string `json:"centre,omitempty"`
	Categorie  string `json:"categorie,omitempty"`
	Centimes   int64  `json:"centimes"`
	Texte      string `json:"texte,omitempty"`
}

func valeur(s string, err error) reponseValeur {
	r := reponseValeur{Accepte: err == nil, Motif: motif(err)}
	if err == nil {
		r.Valeur = s
	}
	return r
}

func identifiant(_ context.Context, v *kit.Vecteur) (any, error) {
	var p struct{ Nature, Valeur, Cle string }
	if err := lireParametres(v, &p); err != nil {
		return nil, err
	}
	switch p.Nature {
	case "nir":
		n, err := fse.ParseNIR(p.Valeur, p.Cle)
		r := valeur(n.Numero(), err)
		if err == nil {
			r.Cle, r.Provisoire, r.Fictif = n.Cle(), n.Provisoire(), n.Fictif()
		}
		return r, nil
	case "finess":
		n, err := fse.ParseFINESS(p.Valeur)
		return valeur(n.String(), err), nil
	case "rpps":
		n, err := fse.ParseRPPS(p.Valeur)
		return valeur(n.String(), err), nil
	case "numero-am":
		n, err := fse.ParseNumeroAM(p.Valeur)
		r := valeur(n.String(), err)
		r.Categorie = n.Categorie()
		return r, nil
	case "organisme":
		o, err := fse.ParseOrganisme(p.Valeur)
		r := valeur(o.String(), err)
		r.Regime, r.Caisse, r.Centre = o.Regime, o.Caisse, o.Centre
		return r, nil
	}
	return nil, fmt.Errorf("sdk: nature %q", p.Nature)
}

func date(_ context.Context, v *kit.Vecteur) (any, error) {
	var p struct{ Forme, Valeur string }
	if err := lireParametres(v, &p); err != nil {
		return nil, err
	}
	switch p.Forme {
	case "AAMMJJ":
		d, err := fse.ParseAAMMJJ(p.Valeur)
		return valeur(d.String(), err), nil
	case "AAAAMMJJ":
		d, err := fse.ParseAAAAMMJJ(p.Valeur)
		return valeur(d.String(), err), nil
	}
	return nil, fmt.Errorf("sdk: forme %q", p.Forme)
}

func montant(_ context.Context, v *kit.Vecteur) (any, error) {
	var p struct{ Valeur string }
	if err := lireParametres(v, &p); err != nil {
		return nil, err
	}
	m, err := fse.ParseMontant(p.Valeur)
	r := valeur("", err)
	if err == nil {
		r.Centimes, r.Texte = int64(m), m.String()
	}
	return r, nil
}
