package b2

import (
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/internal/zones"
)

// Enregistrement is one record, with its bytes as they were read. Its zones are decoded when asked for.
//
// A record given by a [Reader] shares the reader's memory: it is good until the next one, and must not be changed;
// Copie makes one that lasts.
type Enregistrement struct {
	Type     Type
	Variante Variante // of the layout: a complement may have the PS columns in a file of establishments
	Version  Version
	Numero   int    // rank in the file, from 1
	Offset   int64  // of the first byte in the file
	Brut     []byte // the record without its line end; shorter or longer than 128 in a damaged file
	Fin      []byte // line end, as read
}

// New returns an empty record of that type: fixed values, zeros and blanks. It fails when the variant and version do
// not have the type.
func New(t Type, v Variante, ver Version) (*Enregistrement, error) {
	tab := layout(t, v, ver)
	if tab == nil {
		return nil, fmt.Errorf("b2: no record %s in variant %s", t, v)
	}
	brut, err := tab.Coder(nil, nil)
	if err != nil {
		return nil, fmt.Errorf("b2: %w", err)
	}
	return &Enregistrement{Type: t, Variante: v, Version: ver, Brut: brut}, nil
}

// Copie returns a record with memory of its own.
func (e *Enregistrement) Copie() *Enregistrement {
	c := *e
	c.Brut = append([]byte(nil), e.Brut...)
	c.Fin = append([]byte(nil), e.Fin...)
	return &c
}

func (e *Enregistrement) table() *zones.Table { return layout(e.Type, e.Variante, e.Version) }

func (e *Enregistrement) zone(nom string) (*zones.Zone, error) {
	tab := e.table()
	if tab == nil {
		return nil, e.erreur(nom, "a record whose layout is known")
	}
	z, ok := tab.Zone(nom)
	if !ok {
		return nil, e.erreur(nom, "a zone of record "+e.Type.String())
	}
	return z, nil
}

func (e *Enregistrement) erreur(zone, attendu string) *zones.Erreur {
	return &zones.Erreur{Enregistrement: e.Numero, Table: e.Type.String(), Zone: zone, Offset: e.Offset, Attendu: attendu}
}

// Zone returns the bytes of a zone, nil when the record has none of that name. It does not copy.
func (e *Enregistrement) Zone(zone string) []byte {
	z, err := e.zone(zone)
	if err != nil {
		return nil
	}
	return z.Lire(e.Brut)
}

// Texte returns a zone without its filling ("" when there is none of that name); zeros on the left of a number stay.
func (e *Enregistrement) Texte(zone string) string {
	z, err := e.zone(zone)
	if err != nil {
		return ""
	}
	return z.Texte(e.Brut)
}

// Entier returns the number in a zone; blanks are 0, and so is a zone that a short record does not reach. One that the
// record's end cuts is an error.
func (e *Enregistrement) Entier(zone string) (int64, error) {
	z, err := e.zone(zone)
	if err != nil {
		return 0, err
	}
	if k := len(z.Lire(e.Brut)); k > 0 && k < z.Longueur {
		return 0, e.erreur(zone, fmt.Sprintf("a record of at least %d bytes", z.Fin()))
	}
	n, err := z.Entier(e.Brut)
	if err != nil {
		return 0, e.erreur(zone, "digits")
	}
	return n, nil
}

// SetZone sets a zone. A value that is too long, or not of the zone's type, is an error and changes nothing.
func (e *Enregistrement) SetZone(zone, valeur string) error {
	z, err := e.zone(zone)
	if err != nil {
		return err
	}
	if err := z.Ecrire(e.Brut, valeur); err != nil {
		return fmt.Errorf("b2: record %s: %w", e.Type, err)
	}
	return nil
}

// SetEntier sets a zone to a number that is not negative.
func (e *Enregistrement) SetEntier(zone string, v int64) error {
	z, err := e.zone(zone)
	if err != nil {
		return err
	}
	if err := z.EcrireEntier(e.Brut, v); err != nil {
		return fmt.Errorf("b2: record %s: %w", e.Type, err)
	}
	return nil
}

// String names the record by its place: its content is personal.
func (e *Enregistrement) String() string {
	return fmt.Sprintf("record %d (type %s, offset %d)", e.Numero, e.Type, e.Offset)
}
