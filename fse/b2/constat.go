package b2

import "github.com/scor-sdk/scor-sdk-go/fse"

// Gravite is the severity of a finding.
type Gravite = fse.Gravite

// Severities.
const (
	Information   = fse.Information
	Avertissement = fse.Avertissement
	Erreur        = fse.Erreur
)

// Portee is what a finding is about.
type Portee = fse.Portee

// Scopes.
const (
	PorteeFichier = fse.PorteeFichier
	PorteeLot     = fse.PorteeLot
	PorteeFacture = fse.PorteeFacture
)

// Constat is a finding: its Lieu is a record and a zone of the file. [Controles] lists all that there may be.
type Constat = fse.Constat

// constatsMax bounds what a hostile file can make a reader remember.
const constatsMax = 10_000

// constate adds a finding. What it quotes of a zone is masked by content: see masque.go.
func (r *Reader) constate(e *Enregistrement, p Portee, ctl *Controle, zone, lu, attendu, message string) {
	if len(r.constats) >= constatsMax {
		r.omis++
		return
	}
	c := Constat{Code: ctl.Code, Gravite: ctl.Gravite, Source: ctl.Source, Lu: lu, Attendu: attendu, Message: message,
		Lieu: fse.Lieu{Format: "b2", Portee: p, Rang: e.Numero, Type: e.Type.String(), Zone: zone, Offset: e.Offset}}
	if zone != "" {
		c.Lu, c.Attendu = r.masquer(e, lu), r.masquer(e, attendu)
	}
	if p >= PorteeLot {
		c.Lieu.Facture.Lot = r.lot.Cle
	}
	if p == PorteeFacture {
		c.Lieu.Facture.Numero = r.facture.numeroOuZero()
	}
	r.constats = append(r.constats, c)
	if r.refus == nil && r.opts.refuser != 0 && c.Gravite >= r.opts.refuser {
		r.refus = &c
	}
}
