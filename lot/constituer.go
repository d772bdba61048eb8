package lot

import (
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Constitution is what [Constituer] needs to know.
type Constitution struct {
	Profil *scor.Profil
	Date   fse.Date
	// Numeroter gives the number of the next lot; a number is never used twice by a sender.
	Numeroter func() (int, error)
	// Destination says where the pieces of an invoice go.
	Destination func(*fse.Facture) (Destination, error)
}

// Ecartee is a pair that goes into no lot, with the reason in French for the user; Err is the same for a program.
type Ecartee struct {
	Paire Paire
	Motif string
	Err   error
}

// Constituer makes lots of the pairs, in their order: one lot for each lot of invoices and destination, cut where the profile's limits ask
// it. What cannot go into any lot (unknown type, no destination, a document that alone passes the limits) is set aside and blocks
// nothing. The invoices must be those of lots with a positive ARL.
func Constituer(paires []Paire, c Constitution) ([]Lot, []Ecartee, error) {
	var (
		ordre    []cleGroupe
		groupes  = map[cleGroupe][]Paire{}
		ecartees []Ecartee
	)
	ecarter := func(p Paire, motif string, err error) { ecartees = append(ecartees, Ecartee{p, motif, err}) }
	for _, p := range paires {
		if err := p.Piece.Verifier(); err != nil {
			ecarter(p, "La pièce est incomplète : la numériser à nouveau.", err)
			continue
		}
		if _, ok := c.Profil.TypeNomme(p.Piece.Type); !ok {
			ecarter(p, fmt.Sprintf("Le profil ne connaît pas le type de pièce « %s ».", p.Piece.Type), &ErreurType{p.Piece.ID, p.Piece.Type})
			continue
		}
		if max := octetsParLot(c.Profil); max > 0 && p.Piece.Octets > max {
			ecarter(p, fmt.Sprintf("Le document pèse %d octets, plus que la limite d'un lot (%d).", p.Piece.Octets, max), fmt.Errorf("lot: piece %s of %d bytes, expected at most %d", p.Piece.ID, p.Piece.Octets, max))
			continue
		}
		d, err := c.Destination(&p.Facture)
		if err != nil {
			ecarter(p, "La caisse destinataire est inconnue de la table de routage.", err)
			continue
		}
		cle := cleGroupe{p.Facture.Cle.Lot, d}
		if groupes[cle] == nil {
			ordre = append(ordre, cle)
		}
		groupes[cle] = append(groupes[cle], p)
	}
	var lots []Lot
	for _, cle := range ordre {
		for _, tranche := range couper(groupes[cle], c.Profil) {
			n, err := c.Numeroter()
			if err != nil {
				return lots, ecartees, fmt.Errorf("lot: number of the next lot: %w", err)
			}
			lots = append(lots, Lot{Cle: Cle{n, c.Date}, Factures: cle.lot, Destination: cle.destination, Paires: tranche})
		}
	}
	return lots, ecartees, nil
}

type cleGroupe struct {
	lot         fse.CleLot
	destination Destination
}

// poids estimates what documents weigh once in a message: base64 takes 37 % more with its line ends, and twice where the whole is encrypted.
func poids(p *scor.Profil, octets int64) int64 {
	if p.Message.Enveloppe.Chiffrement == "aucun" {
		return octets * 7 / 5
	}
	return octets * 2
}

// octetsParLot is the limit of a lot, such that it fits a message alone; 0 for none.
func octetsParLot(p *scor.Profil) int64 {
	max, message := p.Limites.OctetsParLot, p.Limites.OctetsParMessage
	if message > 0 {
		if m := int64(float64(message) * float64(1<<20) / float64(poids(p, 1<<20))); max == 0 || m < max {
			max = m
		}
	}
	return max
}

// couper cuts where the next pair would pass a limit. The pieces of one invoice may part: each stands by its own identifier.
func couper(paires []Paire, p *scor.Profil) [][]Paire {
	l, octetsMax := &p.Limites, octetsParLot(p)
	var tranches [][]Paire
	var docs map[string]bool
	var octets int64
	debut := 0
	ouvrir := func(i int) { debut, docs, octets = i, map[string]bool{}, 0 }
	ouvrir(0)
	for i := range paires {
		p := &paires[i].Piece
		nouveau := !p.EstReference() && !docs[p.ID]
		plein := l.PairesParLot > 0 && i-debut >= l.PairesParLot ||
			nouveau && l.DocumentsParLot > 0 && len(docs) >= l.DocumentsParLot ||
			nouveau && octetsMax > 0 && octets+p.Octets > octetsMax
		if plein {
			tranches = append(tranches, paires[debut:i])
			ouvrir(i)
			nouveau = !p.EstReference()
		}
		if nouveau {
			docs[p.ID] = true
			octets += p.Octets
		}
	}
	return append(tranches, paires[debut:])
}

// Grouper puts lots together into files of one destination each, within the profile's limits for a message. Identifiants gives each
// file its six characters.
func Grouper(lots []Lot, p *scor.Profil, date fse.Date, e Emetteur, identifiant func() (string, error)) ([]Fichier, error) {
	var fichiers []Fichier
	ouverts := map[Destination]int{}
	octets := map[int]int64{}
	for _, l := range lots {
		i, ok := ouverts[l.Destination]
		if ok {
			lim, n := p.Limites, poids(p, octets[i]+l.Octets())
			ok = (lim.LotsParMessage == 0 || len(fichiers[i].Lots) < lim.LotsParMessage) && (lim.OctetsParMessage == 0 || n <= lim.OctetsParMessage)
		}
		if !ok {
			id, err := identifiant()
			if err != nil {
				return nil, fmt.Errorf("lot: identifier of the next file: %w", err)
			}
			i = len(fichiers)
			fichiers = append(fichiers, Fichier{ID: id, Date: date, Emetteur: e, Destination: l.Destination})
			ouverts[l.Destination] = i
		}
		fichiers[i].Lots = append(fichiers[i].Lots, l)
		octets[i] += l.Octets()
	}
	return fichiers, nil
}
