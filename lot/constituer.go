package lot

import (
	"errors"
	"fmt"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
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

// Constituer makes lots of the pairs, in their order: one lot for each lot of invoices and destination, cut where the
// profile's limits ask it. What cannot go into any lot (unknown type, no destination, a document that alone passes the
// limits) is set aside and blocks nothing. The invoices must be those of lots with a positive ARL.
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
			ecarter(p, fmt.Sprintf("Le profil ne connaît pas le type de pièce « %s ».", p.Piece.Type),
				&ErreurType{p.Piece.ID, p.Piece.Type})
			continue
		}
		if max := octetsParLot(c.Profil); max > 0 && p.Piece.Octets > max {
			ecarter(p, fmt.Sprintf("Le document pèse %d octets, plus que la limite d'un lot (%d).", p.Piece.Octets, max),
				fmt.Errorf("lot: piece %s of %d bytes, expected at most %d", p.Piece.ID, p.Piece.Octets, max))
			continue
		}
		if motif, err := tenir(c.Profil, &p); err != nil {
			ecarter(p, motif, err)
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

// tenir says what of a pair the profile's zones have no room for: told here, it stops this piece only, and somebody
// hears of it.
func tenir(p *scor.Profil, x *Paire) (motif string, err error) {
	f := &Fichier{Lots: []Lot{{Factures: x.Facture.Cle.Lot, Paires: []Paire{*x}}}}
	err = p.Lot.Essayer(nouvelleSource(p, f), disposition.PourFacture, disposition.PourPiece, disposition.PourPaire,
		disposition.PourDocument)
	if err == nil {
		return "", nil
	}
	motif = "La pièce ne tient pas dans le fichier de lots du profil."
	var z *disposition.ErreurZone
	if errors.As(err, &z) {
		motif = fmt.Sprintf("La zone « %s » de l'enregistrement « %s » du profil n'a pas de quoi être remplie, ou pas la "+
			"place : compléter la facture ou la pièce, ou corriger le profil.", z.Zone, z.Enregistrement)
	}
	return motif, fmt.Errorf("lot: piece %s: %w", x.Piece.ID, err)
}

type cleGroupe struct {
	lot         fse.CleLot
	destination Destination
}

// poids estimates what documents weigh once in a message: base64 takes 37 % more with its line ends, and twice where
// the whole is encrypted.
func poids(p *scor.Profil, octets int64) int64 {
	if dedans, base64 := p.Lot.Interieur(); dedans && base64 {
		octets = octets * 7 / 5 // base64 inside of what is base64 itself
	}
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

// couper cuts where the next pair would pass a limit, where the profile has a message for each invoice or piece, and
// where two pieces would go under one short identifier. The pieces of one invoice may part: each stands by its own
// identifier.
func couper(paires []Paire, p *scor.Profil) [][]Paire {
	var tranches [][]Paire
	debut := 0
	t := tranche{p: p, octetsMax: octetsParLot(p)}
	t.vider()
	for i := range paires {
		if i > debut && !t.tient(&paires[i], &paires[i-1], i-debut) {
			tranches = append(tranches, paires[debut:i])
			debut = i
			t.vider()
		}
		t.prendre(&paires[i])
	}
	return append(tranches, paires[debut:])
}

// tranche is a lot being filled.
type tranche struct {
	p         *scor.Profil
	octetsMax int64
	documents map[string]bool
	courts    map[string]string // the piece of each identifier on the wire
	octets    int64
}

func (t *tranche) vider() {
	t.documents, t.courts, t.octets = map[string]bool{}, map[string]string{}, 0
}

// tient says whether a pair, after n others of which avant is the last, goes into the same lot.
func (t *tranche) tient(x, avant *Paire, n int) bool {
	l := &t.p.Limites
	nouveau := !x.Piece.EstReference() && !t.documents[x.Piece.ID]
	switch autre, pris := t.courts[t.court(x)]; {
	case pris && autre != x.Piece.ID,
		l.PairesParLot > 0 && n >= l.PairesParLot,
		nouveau && l.DocumentsParLot > 0 && len(t.documents) >= l.DocumentsParLot,
		nouveau && t.octetsMax > 0 && t.octets+x.Piece.Octets > t.octetsMax:
		return false
	}
	switch t.p.Message.Par {
	case disposition.PourFacture:
		return x.Facture.Cle == avant.Facture.Cle
	case disposition.PourPiece:
		return x.Piece.ID == avant.Piece.ID
	}
	return true
}

// court is the identifier on the wire: two pieces may share a short one.
func (t *tranche) court(x *Paire) string { return t.p.Identifiant(x.Piece.ID) }

func (t *tranche) prendre(x *Paire) {
	t.courts[t.court(x)] = x.Piece.ID
	if !x.Piece.EstReference() && !t.documents[x.Piece.ID] {
		t.documents[x.Piece.ID] = true
		t.octets += x.Piece.Octets
	}
}

// Grouper puts lots together into files of one destination each, within the profile's limits for a message.
// Identifiants gives each file its six characters.
func Grouper(lots []Lot, p *scor.Profil, date fse.Date, e Emetteur, identifiant func() (string, error)) ([]Fichier,
	error) {
	var fichiers []Fichier
	ouverts := map[Destination]int{}
	octets := map[int]int64{}
	for _, l := range lots {
		i, ok := ouverts[l.Destination]
		if ok {
			lim, n := p.Limites, poids(p, octets[i]+l.Octets())
			ok = (p.Message.Par == disposition.PourFichier || p.Message.Par == "") && (lim.LotsParMessage == 0 ||
				len(fichiers[i].Lots) < lim.LotsParMessage) && (lim.OctetsParMessage == 0 || n <= lim.OctetsParMessage)
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
