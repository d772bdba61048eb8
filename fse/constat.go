package fse

import (
	"fmt"
	"strings"
)

// Constat is a finding: what is odd in what was read, where, how bad, and the sentence for a person. The readers of
// this SDK return findings
// beside what they read; a finding is an error only for who asks, which is why *Constat implements error.
//
// Every room to the right says its findings with this type, so that a host shows, filters and counts them in one way.
type Constat struct {
	// Code is stable, in lower case with dashes, as "total-facture".
	Code    string
	Gravite Gravite
	Lieu    Lieu
	// Lu is what was read, masked when it is or could be personal; Attendu is what should stand there.
	Lu, Attendu string
	// Message is for the end user, in French.
	Message string
	// Source names the text that asks for it, as "B2 2007, type 2, 57-65"; "" when the reading itself does.
	Source string
}

// Lieu is the place of a finding. What doesn't apply is zero.
type Lieu struct {
	// Format is what was being read, as "b2" or "noemie".
	Format string
	Portee Portee
	// Facture is the invoice; only its Lot is set for a finding on a lot.
	Facture CleFacture
	// Rang is that of the record or entity in the file, from 1; 0 for the file itself.
	Rang int
	// Type is the type of the record, or the code of the entity.
	Type string
	// Zone is "" when the finding is on the whole record.
	Zone string
	// Offset is that of the record's first byte.
	Offset int64
}

// Portee is what a finding is about.
type Portee uint8

// Scopes.
const (
	PorteeFichier Portee = iota
	PorteeLot
	PorteeFacture
)

// String returns the French word.
func (p Portee) String() string {
	return [...]string{"fichier", "lot", "facture"}[min(p, PorteeFacture)]
}

// MarshalText implements encoding.TextMarshaler with the word of String.
func (p Portee) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// Error implements error: the code and the place, in English, for logs. What was read is in it only as far as Lu
// shows it.
func (c *Constat) Error() string {
	var b strings.Builder
	if c.Lieu.Format != "" {
		b.WriteString(c.Lieu.Format + ": ")
	}
	b.WriteString(c.Code)
	if c.Lieu.Rang > 0 {
		fmt.Fprintf(&b, ": record %d", c.Lieu.Rang)
		if c.Lieu.Type != "" {
			fmt.Fprintf(&b, ", type %s", c.Lieu.Type)
		}
		if c.Lieu.Zone != "" {
			fmt.Fprintf(&b, ", zone %s", c.Lieu.Zone)
		}
		fmt.Fprintf(&b, ", offset %d", c.Lieu.Offset)
	}
	sep := ": "
	if c.Lu != "" {
		fmt.Fprintf(&b, "%sread %s", sep, c.Lu)
		sep = ", "
	}
	if c.Attendu != "" {
		fmt.Fprintf(&b, "%sexpected %s", sep, c.Attendu)
	}
	return b.String()
}

// String returns the French sentence with its place.
func (c Constat) String() string {
	if c.Lieu.Rang == 0 {
		return c.Message
	}
	s := fmt.Sprintf("enregistrement %d", c.Lieu.Rang)
	var d []string
	if c.Lieu.Type != "" {
		d = append(d, "type "+c.Lieu.Type)
	}
	if c.Lieu.Zone != "" {
		d = append(d, "zone "+c.Lieu.Zone)
	}
	if len(d) > 0 {
		s += " (" + strings.Join(d, ", ") + ")"
	}
	return s + " : " + c.Message
}
