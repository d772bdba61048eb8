package b2

import (
	"fmt"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
)

// Gravite is the severity of a finding.
type Gravite = fse.Gravite

// Severities.
const (
	Information   = fse.Information
	Avertissement = fse.Avertissement
	Erreur        = fse.Erreur
)

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

// Constat is a finding: what is odd in a file, and where. It is an error only for who asks ([WithRefus]).
type Constat struct {
	Code           string // stable, as "total-facture"
	Gravite        Gravite
	Portee         Portee
	Facture        fse.CleFacture // of the invoice; only its Lot is set for a finding on a lot
	Enregistrement int            // rank in the file, from 1
	Type           Type
	Zone           string // "" when the finding is on the record
	Offset         int64  // of the record's first byte
	Lu, Attendu    string // Lu is masked when personal
	Message        string // for the end user, in French
}

// Error implements error.
func (c *Constat) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "b2: %s: record %d, type %s", c.Code, c.Enregistrement, c.Type)
	if c.Zone != "" {
		fmt.Fprintf(&b, ", zone %s", c.Zone)
	}
	fmt.Fprintf(&b, ", offset %d", c.Offset)
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
	s := fmt.Sprintf("enregistrement %d (type %s", c.Enregistrement, c.Type)
	if c.Zone != "" {
		s += ", zone " + c.Zone
	}
	return s + ") : " + c.Message
}

// personnelles are the zones whose content never leaves the record in a finding.
var personnelles = map[string]bool{
	"nir": true, "nir_cle": true, "nir_individuel": true, "nir_individuel_cle": true, "naissance": true, "adherent": true,
	"nom": true, "prenom": true, "numero_voie": true, "complement_numero_voie": true, "type_voie": true,
	"libelle_voie": true, "complement_adresse": true, "commune_residence": true, "code_postal": true, "nom_assure": true,
	"prenom_assure": true, "nom_conducteur": true, "prenom_conducteur": true, "nom_accompagnateur": true,
	"prenom_accompagnateur": true, "identifiant_amc_fourni_organisme_complementaire": true, "accident": true,
}

// lu quotes what a zone holds, or hides it.
func lu(zone string, b []byte) string {
	if personnelles[zone] {
		return "(masqué)"
	}
	return fmt.Sprintf("%q", b)
}

// constatsMax bounds what a hostile file can make a reader remember.
const constatsMax = 10_000

func (r *Reader) constate(e *Enregistrement, p Portee, g Gravite, code, zone, lu, attendu, message string) {
	if len(r.constats) >= constatsMax {
		r.omis++
		return
	}
	c := Constat{Code: code, Gravite: g, Portee: p, Enregistrement: e.Numero, Type: e.Type, Zone: zone, Offset: e.Offset,
		Lu: lu, Attendu: attendu, Message: message}
	if p >= PorteeLot {
		c.Facture.Lot = r.lot.Cle
	}
	if p == PorteeFacture {
		c.Facture.Numero = r.facture.numeroOuZero()
	}
	r.constats = append(r.constats, c)
	if r.refus == nil && r.opts.refuser != 0 && g >= r.opts.refuser {
		r.refus = &c
	}
}
