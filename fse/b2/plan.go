package b2

import (
	"encoding/binary"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/internal/zones"
)

// plan is a layout made ready for reading many records: columns by number instead of by name, and what each column may
// hold. Names are for people; a lookup by name costs more than the check it serves.
type plan struct {
	nombres  [Longueur / 8]uint64 // columns of numbers, eight in a word
	interdit [Longueur]uint8      // classes that a column can't hold in a record that is right
	suite    [Longueur]uint8      // classes that must not change from the column before: in the middle of a number
	champs   [nbChamps]champ
	zones    []*zones.Zone // those that controlerZone looks at one by one, when the columns have something odd
	dates    []zoneDate
	exige    []exigence
	blancs   []champ // zones that hold nothing
	listes   []zoneListe
}

// champ is a place in a record, from 0; fin is 0 where the layout has no such zone.
type champ struct{ debut, fin uint8 }

// de gives the bytes of the place, nil when the record is too short or has none.
func (c champ) de(rec []byte) []byte {
	if int(c.fin) > len(rec) {
		return nil
	}
	return rec[c.debut:c.fin:c.fin]
}

// Classes of bytes.
const (
	clChiffre uint8 = 1 << iota
	clBlanc
	clTexte
	clHaut // not ASCII
	clControle
)

var classes = func() (t [256]uint8) {
	for i := range t {
		switch c := byte(i); {
		case chiffre(c):
			t[i] = clChiffre
		case c == ' ':
			t[i] = clBlanc
		case c < ' ' || c == 0x7f:
			t[i] = clControle
		case c >= 0x80:
			t[i] = clHaut
		default:
			t[i] = clTexte
		}
	}
	return t
}()

// Fields that are read by number.
const (
	cPartenaire = iota
	cNIR
	cCle
	cFacture
	cOrganisme // régime, caisse and centre
	cNature
	cNaissance
	cRang
	cDateFacture
	cSejour
	cEntree
	cSortie
	cPrescripteur
	cDatePrescription
	cAccident
	cActe
	cQuantite
	cDateDebut
	cDateFin
	cDateSoins
	cExecutant
	cPrix
	cCoefficient
	cBase
	cTaux
	cMontant
	cAMO
	cAMC
	cLignes
	cTotal
	cTotalAMO
	cTotalAMC
	cTotalAssure
	cBaseSejour
	cAMOSejour
	cTotalSejour
	cAMCSejour
	cTotalHonoraires
	cAMOHonoraires
	cAMCHonoraires
	cRPPSPrescripteur
	cStructurePrescripteur
	cRPPSExecutant
	cStructureExecution
	nbChamps
)

var nomsChamps = [nbChamps]string{
	cPartenaire: "partenaire", cNIR: "nir", cCle: "nir_cle", cFacture: "facture", cOrganisme: "regime",
	cNature:    "nature_assurance",
	cNaissance: "naissance", cRang: "rang_naissance", cDateFacture: "date_facture", cSejour: "sejour", cEntree: "entree",
	cSortie: "sortie", cPrescripteur: "prescripteur", cDatePrescription: "date_prescription", cAccident: "accident",
	cActe: "acte", cQuantite: "quantite", cDateDebut: "date_debut", cDateFin: "date_fin", cDateSoins: "date_soins",
	cExecutant: "executant", cPrix: "prix_unitaire", cCoefficient: "coefficient", cBase: "base", cTaux: "taux",
	cMontant: "montant", cAMO: "amo", cAMC: "amc", cLignes: "lignes", cTotal: "total", cTotalAMO: "total_amo",
	cTotalAMC: "total_amc", cTotalAssure: "total_assure", cBaseSejour: "base_sejour", cAMOSejour: "amo_sejour",
	cTotalSejour: "total_sejour", cAMCSejour: "amc_sejour", cTotalHonoraires: "total_honoraires",
	cAMOHonoraires: "amo_honoraires", cAMCHonoraires: "amc_honoraires", cRPPSPrescripteur: "rpps_prescripteur",
	cStructurePrescripteur: "structure_prescripteur", cRPPSExecutant: "rpps_executant",
	cStructureExecution: "structure_execution",
}

type zoneDate struct {
	champ
	zone *zones.Zone
	r    *Controle
}

type zoneListe struct {
	champ
	zone *zones.Zone
	code [256]bool // first bytes that a listed value has, to answer most cases at once
	dits []string  // values, without filling
}

// plans are those of layout: nil where it has none.
var plans = func() (pp [2][2][nbTypes]*plan) {
	deja := map[*zones.Table]*plan{}
	for ver := V2007; ver <= V2005E; ver++ {
		for v := PS; v <= CP; v++ {
			for t := range nbTypes {
				tab := layout(t, v, ver)
				if tab == nil {
					continue
				}
				// A table may serve both variants: what is expected in it doesn't depend on the variant then.
				p := deja[tab]
				if p == nil {
					p = planDe(tab, t, v)
					deja[tab] = p
				}
				pp[ver][v][t] = p
			}
		}
	}
	return pp
}()

func planDe(tab *zones.Table, t Type, v Variante) *plan {
	p := &plan{}
	for i := range tab.Zones {
		z := &tab.Zones[i]
		debut, fin := z.Debut-1, z.Fin()
		place := champ{uint8(debut), uint8(fin)}
		p.zones = append(p.zones, z)
		libre := z.Type == zones.A || strings.HasPrefix(z.Nom, "blanc_") || strings.HasPrefix(z.Nom, "reserve_")
		for c := debut; c < fin; c++ {
			p.interdit[c] = clControle | clHaut
			if !libre {
				p.nombres[c/8] |= 0xff << (c % 8 * 8)
				p.interdit[c] = clControle | clHaut | clTexte
				if c > debut {
					p.suite[c] = clChiffre | clBlanc
				}
			}
		}
		for k, nom := range nomsChamps {
			if nom == z.Nom {
				p.champs[k] = place
			}
		}
		if strings.HasPrefix(z.Nom, "blanc_") {
			p.blancs = append(p.blancs, place)
		}
		if estDate(z.Nom) {
			r := ctlDate
			if z.Presence != zones.Obligatoire {
				r = ctlDateFacultative
			}
			p.dates = append(p.dates, zoneDate{place, z, r})
		}
		if e, ok := exigences[t][z.Nom]; ok {
			p.exige = append(p.exige, exigence{champ: place, zone: z, texte: z.Type == zones.A, r: e.r})
		}
		if dits := valeursDe(t, v, z); dits != nil {
			l := zoneListe{champ: place, zone: z, dits: dits}
			for _, s := range dits {
				l.code[(s + " ")[0]] = true
			}
			p.listes = append(p.listes, l)
		}
	}
	if c := &p.champs[cOrganisme]; c.fin > 0 {
		c.fin = c.debut + 9
	}
	return p
}

// Words of eight columns.
const (
	uns        = 0x0101010101010101
	hauts      = 0x80 * uns
	demiOctets = 0xf0 * uns
	zeros      = 0x30 * uns
	six        = 0x06 * uns
)

// net reports whether every column holds what it may: nothing else is to be looked at, zone by zone.
func (p *plan) net(rec []byte) bool {
	rec = rec[:Longueur]
	var mal uint64
	for i, nombres := range p.nombres {
		w := binary.LittleEndian.Uint64(rec[8*i:])
		// Not ASCII; delete, the last of ASCII; control characters, that lack the bits 0x20 and 0x40.
		mal |= (w | (w + uns)) & hauts
		mal |= ^(w | w<<1) & (0x40 * uns)
		mal |= ((w&demiOctets ^ zeros) | ((w+six)&demiOctets ^ zeros)) & nombres
	}
	return mal == 0 || p.netOctets(rec)
}

// netOctets is net, byte by byte: a number may be blank.
func (p *plan) netOctets(rec []byte) bool {
	var mal, avant uint8
	for i, c := range rec {
		k := classes[c]
		mal |= k&p.interdit[i] | (k^avant)&p.suite[i]
		avant = k
	}
	return mal == 0
}

// nombre reads digits, blanks around them left out; ok is false for anything else.
func nombre(b []byte) (n int64, ok bool) {
	for len(b) > 0 && b[0] == ' ' {
		b = b[1:]
	}
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	for _, c := range b {
		if c-'0' > 9 {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// vide reports whether b holds no value: blanks, or zeros.
func vide(b []byte) bool {
	for _, c := range b {
		if c != ' ' && c != '0' {
			return false
		}
	}
	return true
}

// sansFin drops the blanks that fill a text.
func sansFin(b []byte) []byte {
	for len(b) > 0 && b[len(b)-1] == ' ' {
		b = b[:len(b)-1]
	}
	return b
}
