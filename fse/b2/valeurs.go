package b2

import "github.com/scor-sdk/scor-sdk-go/internal/zones"

// Valeur is a coded value with its meaning, in French.
type Valeur struct{ Code, Libelle string }

type liste struct {
	t        Type
	variante Variante // 0 for both, or else the variant and one
	debut    int      // column
	valeurs  []Valeur
}

// Valeurs returns what a coded zone may hold with the meanings, nil when no public description lists it. An empty code
// is a blank.
func Valeurs(t Type, v Variante, zone string) []Valeur {
	for _, ver := range []Version{V2007, V2005E} {
		if tab := layout(t, v, ver); tab != nil {
			if z, ok := tab.Zone(zone); ok {
				return listeDe(t, v, z)
			}
		}
	}
	return nil
}

func listeDe(t Type, v Variante, z *zones.Zone) []Valeur {
	for i := range listes {
		l := &listes[i]
		// The same column is that of another zone in the body of 2007.
		if l.t == t && l.debut == z.Debut && (l.variante == 0 || l.variante == v+1) && z.Nom != "remplacant" {
			return l.valeurs
		}
	}
	return nil
}

// valeursDe returns the codes that the check of lists knows. What says how a lot is certified has a check of its own.
func valeursDe(t Type, v Variante, z *zones.Zone) []string {
	if z.Nom == "certification" {
		return nil
	}
	var l []string
	for _, x := range listeDe(t, v, z) {
		if x.Code != "" {
			l = append(l, x.Code)
		}
	}
	return l
}
