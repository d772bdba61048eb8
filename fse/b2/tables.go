package b2

import "github.com/scor-sdk/scor-sdk-go/internal/zones"

// Longueur is the length of every record, in bytes, line end not counted.
const Longueur = 128

// Variante is the family of layouts of a file.
type Variante uint8

// Variants.
const (
	PS Variante = iota // professionals, pharmacies, suppliers, transport
	CP                 // establishments
)

// String returns "PS" or "CP".
func (v Variante) String() string {
	if v == CP {
		return "CP"
	}
	return "PS"
}

// Version is the state of the layouts.
type Version uint8

// Versions. They differ in a few zones of types 2, 2S, 3, 3S, 3F, 3H, 4, 4S, 4H and 5; types 3E and 4E exist in the
// second only. The keys, dates and amounts that this package decodes are at the same columns in both.
const (
	V2007  Version = iota // body of June 2007
	V2005E                // addendum 2005-E, of establishments
)

// Zone describes one field of a record.
type Zone struct {
	Nom        string // unique in its record
	Debut, Fin int    // columns, 1-based and inclusive
	Numerique  bool   // right-justified and filled with zeros, or else left-justified and filled with blanks
	Presence   string // as the norm prints it: O, F, FO, I
	Valeur     string // fixed value, "" when free
	// Personnelle says that the zone may tell who the patient is: what it holds goes into no log.
	Personnelle bool
}

// Zones returns the layout of a record, nil when the variant does not have it (the PS variant has no base record of
// type 3).
func Zones(t Type, v Variante, ver Version) []Zone {
	tab := layout(t, v, ver)
	if tab == nil {
		return nil
	}
	zz := make([]Zone, len(tab.Zones))
	for i := range tab.Zones {
		z := &tab.Zones[i]
		zz[i] = Zone{z.Nom, z.Debut, z.Fin(), z.Type == zones.N, string(z.Presence), z.Valeur, personnelles[z.Nom]}
	}
	return zz
}

func layout(t Type, v Variante, ver Version) *zones.Table {
	if t >= nbTypes || v > CP || ver > V2005E {
		return nil
	}
	if ver == V2005E {
		if tab := tables2005E[v][t]; tab != nil {
			return tab
		}
	}
	return tables2007[v][t]
}

var tables2007 = [2][nbTypes]*zones.Table{
	PS: {
		T000: tEntete, T1: t1, T2: t2ps, T2S: t2sps, T2M: t2m, T2P: t2p, T2B: t2b, T2C: t2c, T3F: t3f, T3H: t3h,
		T4: t4ps, T4S: t4s, T4B: t4b, T4C: t4c, T4D: t4d, T4F: t4f, T4H: t4h, T4M: t4m, T4T: t4t, T4U: t4u,
		T5: t5ps, T6: t6, T999: tFin,
	},
	CP: {
		T000: tEntete, T1: t1, T2: t2cp, T2S: t2scp, T2M: t2m, T2P: t2p, T2B: t2b, T2C: t2c, T3: t3cp, T3S: t3scp,
		T3F: t3f, T3H: t3h,
		T4: t4cp, T4S: t4s, T4B: t4b, T4C: t4c, T4D: t4d, T4F: t4f, T4H: t4h, T4M: t4m, T4T: t4t, T4U: t4u,
		T5: t5cp, T6: t6, T999: tFin,
	},
}

// The addendum was published for establishments; its records with the invoice number at 27-35 are common to both.
var tables2005E = [2][nbTypes]*zones.Table{
	PS: {T3F: t3f2005, T3H: t3h2005, T4S: t4s2005, T4E: t4e2005, T4H: t4h2005},
	CP: {
		T2: t2cp2005, T2S: t2scp2005, T3: t3cp2005, T3S: t3scp2005, T3E: t3ecp2005, T3F: t3f2005, T3H: t3h2005,
		T4: t4cp2005, T4S: t4s2005, T4E: t4e2005, T4H: t4h2005, T5: t5cp2005,
	},
}

func table(nom string, zz ...zones.Zone) *zones.Table {
	return &zones.Table{Nom: nom, Longueur: Longueur, Zones: zz}
}

// prefixe adds what types 2 to 5 have in common: type, partner, insured.
func prefixe(nom string, zz ...zones.Zone) *zones.Table {
	return table(nom, append([]zones.Zone{
		fixe(n("type", 1, 1, "O"), nom[:1]),
		n("partenaire", 2, 10, "O"),
		a("blanc_11", 11, 11, "F"),
		a("nir", 12, 24, "O"),
		n("nir_cle", 25, 26, "O"),
	}, zz...)...)
}

// prefixePS adds the invoice number and the letter of a complement, where the PS variant has them. Most complements
// have this prefix in both variants.
func prefixePS(nom string, zz ...zones.Zone) *zones.Table {
	return prefixe(nom, append([]zones.Zone{
		n("facture", 27, 35, "O"),
		fixe(a("complement", 36, 36, "O"), nom[1:]),
	}, zz...)...)
}

// prefixeCP does the same for the complements 2S, 3S and 3E of establishments.
func prefixeCP(nom string, zz ...zones.Zone) *zones.Table {
	return prefixe(nom, append([]zones.Zone{
		n("rang", 27, 29, "O"),
		n("facture", 30, 38, "O"),
		fixe(a("complement", 39, 39, "O"), nom[1:]),
	}, zz...)...)
}

var n, a, fixe = zones.Numerique, zones.Alpha, zones.Fixe

// change returns the table with the zones from column debut to fin replaced by others, which must cover them.
func change(t *zones.Table, zz ...zones.Zone) *zones.Table {
	premiere, derniere := zz[0].Debut, zz[len(zz)-1].Fin()
	var nv []zones.Zone
	for _, z := range t.Zones {
		if z.Debut == premiere {
			nv = append(nv, zz...)
		}
		if z.Fin() < premiere || z.Debut > derniere {
			nv = append(nv, z)
		}
	}
	return table(t.Nom, nv...)
}
