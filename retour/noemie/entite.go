package noemie

import (
	"bytes"
	"fmt"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/internal/zones"
)

// Entite is one entity of a return, or its first or last record, with its bytes. Zones are decoded when asked for.
type Entite struct {
	Code   string // 3 digits
	Niveau string // level, 2 digits; "" for 000 and 999
	Numero int    // rank, the header being 1
	Offset int64  // of its first byte in the file (unpacked: before gzip, line ends not counted)
	Brut   []byte // with its final '@', when it has one

	fins []finDeLigne // line ends of the file that come before its end
}

// New returns an empty entity: fixed values, zeros and blanks. Levels that the norm leaves free are 00.
func New(code string) (*Entite, error) {
	tab := layout(code)
	if tab == nil {
		return nil, fmt.Errorf("noemie: no entity %q", code)
	}
	brut, err := tab.Coder(nil, nil)
	if err != nil {
		return nil, fmt.Errorf("noemie: %w", err)
	}
	e := &Entite{Brut: brut}
	e.nommer()
	return e, nil
}

func (e *Entite) nommer() {
	e.Code, e.Niveau = "", ""
	if len(e.Brut) >= 3 {
		e.Code = string(e.Brut[:3])
	}
	if len(e.Brut) >= 5 && e.Code != "000" && e.Code != "999" {
		e.Niveau = string(e.Brut[3:5])
	}
}

// Connue reports whether the layout of the entity is known.
func (e *Entite) Connue() bool { return layout(e.Code) != nil }

func (e *Entite) zone(nom string) (*zones.Zone, error) {
	tab := layout(e.Code)
	if tab == nil {
		return nil, e.erreur(nom, "an entity whose layout is known")
	}
	z, ok := tab.Zone(nom)
	if !ok {
		return nil, e.erreur(nom, "a zone of entity "+e.Code)
	}
	return z, nil
}

func (e *Entite) erreur(zone, attendu string) *zones.Erreur {
	return &zones.Erreur{Enregistrement: e.Numero, Table: e.Code, Zone: zone, Offset: e.Offset, Attendu: attendu}
}

// Zone returns the bytes of a zone, cut where a shorter entity ends; nil when it has none of that name.
func (e *Entite) Zone(zone string) []byte {
	z, err := e.zone(zone)
	if err != nil {
		return nil
	}
	return z.Lire(e.donnees(z))
}

// donnees leaves the final '@' of a cut entity out of the zones before it.
func (e *Entite) donnees(z *zones.Zone) []byte {
	b := e.Brut
	if k := len(b); z.Nom != "fin" && k > 0 && b[k-1] == '@' && z.Fin() >= k {
		return b[:k-1]
	}
	return b
}

// Texte returns a zone without its filling.
func (e *Entite) Texte(zone string) string {
	z, err := e.zone(zone)
	if err != nil {
		return ""
	}
	return strings.TrimRight(z.Texte(e.donnees(z)), " ")
}

// Entier returns the number in a zone; blanks are 0.
func (e *Entite) Entier(zone string) (int64, error) {
	z, err := e.zone(zone)
	if err != nil {
		return 0, err
	}
	n, err := z.Entier(e.donnees(z))
	if err != nil {
		return 0, fmt.Errorf("noemie: %w", e.erreur(zone, "digits"))
	}
	return n, nil
}

// montant reads an amount with the sign of another zone: N is negative, P and anything else positive.
func (e *Entite) montant(zone, signe string) fse.Montant {
	n, _ := e.Entier(zone)
	if signe != "" && e.Texte(signe) == "N" {
		n = -n
	}
	return fse.Montant(n)
}

// SetZone sets a zone. A value that is too long, or not of the zone's type, is an error and changes nothing.
func (e *Entite) SetZone(zone, valeur string) error {
	z, err := e.zone(zone)
	if err != nil {
		return err
	}
	if err := z.Ecrire(e.Brut, valeur); err != nil {
		return fmt.Errorf("noemie: entity %s: %w", e.Code, err)
	}
	e.nommer()
	return nil
}

// SetEntier sets a zone to a number that is not negative.
func (e *Entite) SetEntier(zone string, v int64) error {
	if v < 0 {
		return fmt.Errorf("noemie: %w", e.erreur(zone, "a number that is not negative"))
	}
	return e.SetZone(zone, fmt.Sprint(v))
}

// Copie returns an entity with memory of its own.
func (e *Entite) Copie() *Entite {
	c := *e
	c.Brut, c.fins = bytes.Clone(e.Brut), slices.Clone(e.fins)
	return &c
}

// String names the entity by its place: its content is personal.
func (e *Entite) String() string {
	return fmt.Sprintf("entity %d (%s, level %s, offset %d)", e.Numero, e.Code, e.Niveau, e.Offset)
}
