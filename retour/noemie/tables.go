package noemie

import "github.com/scor-sdk/scor-sdk-go/internal/zones"

// Cadre is the length of the first and last record, and of a block, in bytes.
const Cadre = 128

var n, a, fixe = zones.Numerique, zones.Alpha, zones.Fixe

func table(code string, zz ...zones.Zone) *zones.Table {
	return &zones.Table{Nom: code, Longueur: zz[len(zz)-1].Fin(), Zones: zz}
}

// layouts are the entities by code. Which reference of exchange uses which is not public: the code decides.
var layouts = map[string]*zones.Table{
	"010": t010, "020": t020, "040": t040, "070": t070, "071": t071, "080": t080, "081": t081, "100": t100, "102": t102,
	"103": t103, "110": t110, "120": t120, "150": t150, "160": t160, "198": t198, "199": t199, "210": t210, "220": t220,
	"250": t250, "261": t261, "262": t262, "290": t290, "294": t294, "295": t295, "990": t990,
}

// layout returns the table of an entity or frame record, nil when the code is unknown.
func layout(code string) *zones.Table {
	switch code {
	case "000":
		return tEntete
	case "999":
		return tFin
	}
	return layouts[code]
}

// Zone describes one field.
type Zone struct {
	Nom        string
	Debut, Fin int // columns, 1-based and inclusive
	Numerique  bool
	Presence   string
	Valeur     string // fixed value, "" when free
	// Personnelle says that the zone may tell who the patient is: what it holds goes into no log.
	Personnelle bool
}

// Zones returns the layout of an entity, or of the records 000 and 999; nil when the code is unknown.
func Zones(code string) []Zone {
	tab := layout(code)
	if tab == nil {
		return nil
	}
	zz := make([]Zone, len(tab.Zones))
	for i := range tab.Zones {
		z := &tab.Zones[i]
		zz[i] = Zone{z.Nom, z.Debut, z.Fin(), z.Type == zones.N, string(z.Presence), z.Valeur, personnelle(z.Nom)}
	}
	return zz
}

// Codes returns the codes whose layout is known, 000 and 999 included, in order.
func Codes() []string {
	return []string{"000", "010", "020", "040", "070", "071", "080", "081", "100", "102", "103", "110", "120", "150",
		"160",
		"198", "199", "210", "220", "250", "261", "262", "290", "294", "295", "990", "999"}
}
