package zones

import (
	"errors"
	"fmt"
	"slices"
)

// Table is the layout of one record.
type Table struct {
	Nom      string
	Longueur int // of the record, in bytes
	Zones    []Zone
}

// Verifier returns everything that is wrong with the layout: a zone out of range, a gap, an overlap, a name used twice
// or empty, an unknown type, a fixed value that does not fit.
func (t *Table) Verifier() []error {
	var errs []error
	ajoute := func(z *Zone, format string, a ...any) {
		errs = append(errs, &Erreur{Table: t.Nom, Zone: z.Nom, Offset: -1, Attendu: fmt.Sprintf(format, a...)})
	}
	if t.Longueur <= 0 {
		errs = append(errs, &Erreur{Table: t.Nom, Offset: -1, Attendu: "a positive record length"})
	}
	vus := make(map[string]bool, len(t.Zones))
	ordre := make([]*Zone, 0, len(t.Zones))
	for i := range t.Zones {
		z := &t.Zones[i]
		ordre = append(ordre, z)
		switch {
		case z.Nom == "":
			ajoute(z, "a name for the zone at column %d", z.Debut)
		case vus[z.Nom]:
			ajoute(z, "a name used once")
		}
		vus[z.Nom] = true
		if z.Type != N && z.Type != A {
			ajoute(z, "type N or A")
		}
		if z.Longueur <= 0 || z.Debut < 1 || z.Longueur > t.Longueur || z.Debut > t.Longueur-z.Longueur+1 {
			ajoute(z, "columns between 1 and %d, read %d with length %d", t.Longueur, z.Debut, z.Longueur)
			continue
		}
		if z.Valeur != "" {
			if err := z.Ecrire(make([]byte, t.Longueur), ""); err != nil {
				var e *Erreur
				if errors.As(err, &e) {
					ajoute(z, "a fixed value with %s", e.Attendu)
				}
			}
		}
	}
	slices.SortStableFunc(ordre, func(a, b *Zone) int { return a.Debut - b.Debut })
	prochain := 1
	for _, z := range ordre {
		if z.Longueur <= 0 {
			continue
		}
		if z.Debut > prochain {
			ajoute(z, "no gap: columns %d to %d belong to no zone", prochain, z.Debut-1)
		} else if z.Debut < prochain {
			ajoute(z, "no overlap: column %d belongs to the zone before", z.Debut)
		}
		prochain = max(prochain, z.Debut+min(z.Longueur, t.Longueur))
	}
	if t.Longueur > 0 && prochain <= t.Longueur {
		errs = append(errs, &Erreur{Table: t.Nom, Offset: -1,
			Attendu: fmt.Sprintf("no gap: columns %d to %d belong to no zone", prochain, t.Longueur)})
	}
	return errs
}

// Zone returns the zone of that name, which shares the table's memory.
func (t *Table) Zone(nom string) (*Zone, bool) {
	for i := range t.Zones {
		if t.Zones[i].Nom == nom {
			return &t.Zones[i], true
		}
	}
	return nil, false
}

// Coder appends one record to dst, asking valeur for each zone in the order of the table; a nil valeur, or an empty
// answer, leaves the fixed value or the filling. On error dst is returned as it was.
func (t *Table) Coder(dst []byte, valeur func(z *Zone) (string, error)) ([]byte, error) {
	debut := len(dst)
	for range t.Longueur {
		dst = append(dst, ' ')
	}
	rec := dst[debut:]
	for i := range t.Zones {
		z := &t.Zones[i]
		var v string
		if valeur != nil {
			var err error
			if v, err = valeur(z); err != nil {
				return dst[:debut], fmt.Errorf("%s: zone %s: %w", t.Nom, z.Nom, err)
			}
		}
		if err := z.Ecrire(rec, v); err != nil {
			var e *Erreur
			if errors.As(err, &e) {
				e.Table = t.Nom
			}
			return dst[:debut], err
		}
	}
	return dst, nil
}

// Controler checks each zone of a record and returns what is wrong with each.
func (t *Table) Controler(rec []byte) []*Erreur {
	var errs []*Erreur
	for i := range t.Zones {
		var e *Erreur
		if errors.As(t.Zones[i].Controler(rec), &e) {
			e.Table = t.Nom
			errs = append(errs, e)
		}
	}
	return errs
}

// Numerique returns a zone of type N between two columns, inclusive.
func Numerique(nom string, debut, fin int, p Presence) Zone {
	return Zone{Nom: nom, Debut: debut, Longueur: fin - debut + 1, Type: N, Presence: p}
}

// Alpha returns a zone of type A between two columns, inclusive.
func Alpha(nom string, debut, fin int, p Presence) Zone {
	return Zone{Nom: nom, Debut: debut, Longueur: fin - debut + 1, Type: A, Presence: p}
}

// Fixe gives a zone its fixed value.
func Fixe(z Zone, valeur string) Zone {
	z.Valeur = valeur
	return z
}
