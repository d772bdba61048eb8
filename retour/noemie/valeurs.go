package noemie

// Valeur is a coded value with its meaning, in French.
type Valeur struct{ Code, Libelle string }

// place is the code of an entity and a column.
type place struct {
	code  string
	debut int
}

// Valeurs returns what a coded zone of an entity may hold with the meanings, nil when no public description lists it.
// An empty code is a blank.
func Valeurs(code, zone string) []Valeur {
	tab := layout(code)
	if tab == nil {
		return nil
	}
	z, ok := tab.Zone(zone)
	if !ok {
		return nil
	}
	return listes[place{code, z.Debut}]
}

// Libelle returns the meaning of a coded value, "" when no public description gives it.
func Libelle(code, zone, valeur string) string {
	for _, v := range Valeurs(code, zone) {
		if v.Code == valeur {
			return v.Libelle
		}
	}
	return ""
}
