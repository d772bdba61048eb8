package b2

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

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
	Avant    []byte // what precedes it and belongs to no record: a byte order mark
	Brut     []byte // the record without its line end; shorter or longer than 128 in a damaged file
	Fin      []byte // line end, and the blanks that lines were filled with, as read

	lisible []byte // what Brut stands for, when it isn't 128 bytes but can be read all the same
}

// octets gives what zones are read from.
func (e *Enregistrement) octets() []byte {
	if e.lisible != nil {
		return e.lisible
	}
	return e.Brut
}

// Entiere reports whether the record has its 128 characters: zones of another can't be trusted.
func (e *Enregistrement) Entiere() bool { return len(e.octets()) == Longueur }

// situer gives the record its type, and its readable form when an editing tool has changed its length: letters written
// on two bytes, blanks of the end taken away. memoire holds that form.
func (e *Enregistrement) situer(v Variante, memoire *[Longueur]byte) {
	e.lisible = nil
	n := len(e.Brut)
	if n > Longueur && n <= 2*Longueur {
		e.lisible = enLatin1(e.Brut, memoire)
	}
	if n != Longueur && e.lisible == nil && !debutPlausible(e.Brut) {
		e.Type, e.Variante = Inconnu, v
		return
	}
	e.Type, e.Variante = typer(e.octets(), v)
	if n < Longueur && len(e.Fin) > 0 && e.sansBlancs() {
		copy(memoire[:], e.Brut)
		for i := n; i < Longueur; i++ {
			memoire[i] = ' '
		}
		e.lisible = memoire[:]
	}
}

// enLatin1 gives the 128 characters of a record written in UTF-8, or nil.
func enLatin1(b []byte, memoire *[Longueur]byte) []byte {
	n := 0
	for len(b) > 0 {
		r, k := utf8.DecodeRune(b)
		if r == utf8.RuneError || r > 0xff || n == Longueur {
			return nil
		}
		memoire[n] = byte(r)
		n++
		b = b[k:]
	}
	if n != Longueur {
		return nil
	}
	return memoire[:]
}

// sansBlancs reports whether the line may have lost the blanks of its end and nothing else: no number stands there.
func (e *Enregistrement) sansBlancs() bool {
	tab := e.table()
	if tab == nil || e.Brut[len(e.Brut)-1] == ' ' {
		return false
	}
	for i := range tab.Zones {
		if z := &tab.Zones[i]; z.Fin() > len(e.Brut) && z.Type != zones.A && !strings.HasPrefix(z.Nom, "blanc_") {
			return false
		}
	}
	return true
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
	c.Avant, c.Brut, c.Fin = bytes.Clone(e.Avant), bytes.Clone(e.Brut), bytes.Clone(e.Fin)
	c.lisible = bytes.Clone(e.lisible)
	return &c
}

func (e *Enregistrement) table() *zones.Table { return layout(e.Type, e.Variante, e.Version) }

// plan is that of the table, nil when there is none.
func (e *Enregistrement) plan() *plan { return plans[e.Version][e.Variante][e.Type] }

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
	return z.Lire(e.octets())
}

// Texte returns a zone without its filling ("" when there is none of that name); zeros on the left of a number stay.
func (e *Enregistrement) Texte(zone string) string {
	z, err := e.zone(zone)
	if err != nil {
		return ""
	}
	return z.Texte(e.octets())
}

// Entier returns the number in a zone; blanks are 0, and so is a zone that a short record does not reach. One that the
// record's end cuts is an error.
func (e *Enregistrement) Entier(zone string) (int64, error) {
	z, err := e.zone(zone)
	if err != nil {
		return 0, err
	}
	if k := len(z.Lire(e.octets())); k > 0 && k < z.Longueur {
		return 0, e.erreur(zone, fmt.Sprintf("a record of at least %d bytes", z.Fin()))
	}
	n, err := z.Entier(e.octets())
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
	e.lisible = nil
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
	e.lisible = nil
	if err := z.EcrireEntier(e.Brut, v); err != nil {
		return fmt.Errorf("b2: record %s: %w", e.Type, err)
	}
	return nil
}

// String names the record by its place: its content is personal.
func (e *Enregistrement) String() string {
	return fmt.Sprintf("record %d (type %s, offset %d)", e.Numero, e.Type, e.Offset)
}
