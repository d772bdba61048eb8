package rapport

import (
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Zone is a part of a record that is not the expected one, or that is.
type Zone struct {
	Nom, Attendu, Obtenu string
	Debut, Fin           int
	Differe              bool
}

// Ligne is a record compared zone by zone.
type Ligne struct {
	Rang    int
	Absente bool // nothing was answered there
	DeTrop  bool // nothing was expected there
	Zones   []Zone
	Differe bool
}

// place is where a zone stands in a record.
type place struct {
	nom        string
	debut, fin int // from 1, inclusive
}

// lignes compares the records of an answer, when the vector expects some.
func lignes(x *kit.Resultat) []Ligne {
	gabarit, ok := x.Vecteur.Attendu["lignes"].(map[string]any)
	if !ok || x.Reponse == nil {
		return nil
	}
	attendues, _ := gabarit["gabarit"].([]any)
	obtenues, _ := x.Reponse["lignes"].([]any)
	var l []Ligne
	for i := range max(len(attendues), len(obtenues)) {
		a, o := texte(attendues, i), texte(obtenues, i)
		y := Ligne{Rang: i + 1, Absente: i >= len(obtenues), DeTrop: i >= len(attendues)}
		y.Zones = comparer(a, o, places(x.Vecteur, a, o))
		y.Differe = y.Absente || y.DeTrop || slices.ContainsFunc(y.Zones, func(z Zone) bool { return z.Differe })
		l = append(l, y)
	}
	return l
}

func texte(l []any, i int) []rune {
	if i >= len(l) {
		return nil
	}
	s, _ := l[i].(string)
	return []rune(s)
}

func comparer(a, o []rune, places []place) []Zone {
	fin := 0
	for _, p := range places {
		fin = max(fin, p.fin)
	}
	if n := max(len(a), len(o)); n > fin {
		places = append(places, place{"au-delà de l'enregistrement", fin + 1, n})
	}
	var l []Zone
	for _, p := range places {
		z := Zone{Nom: p.nom, Debut: p.debut, Fin: p.fin, Attendu: morceau(a, p), Obtenu: morceau(o, p)}
		if a != nil && o != nil {
			z.Differe = len([]rune(z.Attendu)) != len([]rune(z.Obtenu))
			r := []rune(z.Obtenu)
			for i, c := range []rune(z.Attendu) {
				z.Differe = z.Differe || c != kit.NonJuge && i < len(r) && r[i] != c
			}
		}
		if z.Differe || strings.Trim(z.Attendu, string(kit.NonJuge)) != "" {
			l = append(l, z) // what isn't judged is not shown
		}
	}
	return l
}

func morceau(r []rune, p place) string {
	return string(r[min(p.debut-1, len(r)):min(p.fin, len(r))])
}

// places gives the zones of a record by its operation; one for the whole when its layout isn't known.
func places(v *kit.Vecteur, a, o []rune) []place {
	ligne := string(o)
	if len(o) == 0 {
		ligne = strings.ReplaceAll(string(a), string(kit.NonJuge), " ")
	}
	var l []place
	switch {
	case strings.HasPrefix(v.Operation, "b2."):
		l = placesB2(ligne, norme(v))
	case strings.HasPrefix(v.Operation, "lot."):
		l = placesLot(v.Profil, ligne)
	}
	if len(l) == 0 {
		l = []place{{"enregistrement", 1, max(len(a), len(o), 1)}}
	}
	return l
}

func norme(v *kit.Vecteur) b2.Variante {
	if s, _ := v.Parametres["norme"].(string); s == "CP" {
		return b2.CP
	}
	return b2.PS
}

var typesB2 = []b2.Type{b2.T000, b2.T999, b2.T2B, b2.T2C, b2.T2M, b2.T2P, b2.T2S, b2.T3E, b2.T3F, b2.T3H, b2.T3S,
	b2.T4B, b2.T4C, b2.T4D, b2.T4E, b2.T4F, b2.T4H, b2.T4M, b2.T4S, b2.T4T, b2.T4U, b2.T1, b2.T2, b2.T3, b2.T4, b2.T5,
	b2.T6}

// placesB2 gives the zones of the first type whose fixed values the record has: complements come before their base.
func placesB2(ligne string, v b2.Variante) []place {
	for _, t := range typesB2 {
		zones := b2.Zones(t, v, b2.V2007)
		var l []place
		convient := len(zones) > 0
		for _, z := range zones {
			if z.Valeur != "" && z.Fin <= len(ligne) && z.Debut == 1 {
				convient = convient && ligne[:z.Fin] == z.Valeur
			}
			l = append(l, place{z.Nom, z.Debut, z.Fin})
		}
		if convient && (len(t.String()) != 2 || complement(t, v, ligne)) {
			return l
		}
	}
	return nil
}

// complement says whether a record has the letter of a type of two characters, where its variant puts it.
func complement(t b2.Type, v b2.Variante, ligne string) bool {
	col := map[b2.Variante]int{b2.PS: 36, b2.CP: 39}[v]
	return len(ligne) >= col && ligne[col-1] == t.String()[1]
}

// placesLot gives the zones of the record of the profile whose fixed values the line has.
func placesLot(nom, ligne string) []place {
	p, err := scor.Reference()
	if nom == "scor-cp" {
		p, err = scor.ScorCP()
	}
	if err != nil {
		return nil
	}
	for _, e := range p.Lot.Enregistrements {
		var l []place
		convient := true
		for _, z := range e.Zones {
			fin := z.Debut + z.Longueur - 1
			if z.Valeur != "" && fin <= len(ligne) {
				convient = convient && ligne[z.Debut-1:fin] == z.Valeur
			}
			l = append(l, place{z.Nom, z.Debut, fin})
		}
		if convient {
			return l
		}
	}
	return nil
}
