package lot

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

// Partie is a part of the message, as package transport composes it.
type Partie struct {
	Type, Description, Nom string
	Gzip                   bool
	Open                   func() (io.ReadCloser, error)
}

// Message is what has to travel for a file of lots: its parts, by the profile's templates.
type Message struct {
	Adresse string
	Sujet   string
	Entetes map[string]string // header fields that mail doesn't have
	Parties []Partie
}

// Message makes the parts of the message. A file of lots without documents inside is encoded at once (a few hundred
// bytes a piece); documents are opened as they are sent.
func (f *Fichier) Message(p *scor.Profil, compostage string) (*Message, error) {
	tout := *f
	tout.Compostage = compostage
	if err := tout.verifier(p); err != nil {
		return nil, err
	}
	c := &composition{p: p, tout: &tout, noms: map[string]bool{}}
	m := &Message{}
	var err error
	if m.Adresse, err = c.remplir(p.Message.Adresse, portion{f: &tout}, false); err == nil {
		m.Sujet, err = c.remplir(p.Message.Sujet, portion{f: &tout}, p.Message.Parties[0].Compression)
	}
	for nom, g := range p.Message.Entetes {
		if err == nil {
			var t string
			t, err = c.remplir(g, portion{f: &tout}, false)
			ajouter(&m.Entetes, nom, t)
		}
	}
	for i := range p.Message.Parties {
		if err == nil {
			m.Parties, err = c.parties(m.Parties, &p.Message.Parties[i])
		}
	}
	if err != nil {
		return nil, fmt.Errorf("lot: message of file %s: %w", f.ID, err)
	}
	return m, nil
}

// composition makes the parts of a message.
type composition struct {
	p    *scor.Profil
	tout *Fichier
	noms map[string]bool
}

// portion is what one part is for: what of the file it holds, and the document where it is one.
type portion struct {
	f        *Fichier
	facture  *fse.Facture
	document *scor.Piece
	rang     int // from 1, through the message
}

// portions cuts the file into what a part is for.
func (c *composition) portions(pour disposition.Pour) []portion {
	if pour == disposition.PourFichier {
		return []portion{{f: c.tout, rang: 1}}
	}
	var ps []portion
	ajouter := func(l Lot, paires []Paire) {
		f := *c.tout
		l.Paires = paires
		f.Lots = []Lot{l}
		x := portion{f: &f, rang: len(ps) + 1}
		if pour != disposition.PourLot {
			x.facture = &paires[0].Facture
		}
		if pour == disposition.PourPiece || pour == disposition.PourDocument {
			x.document = &paires[0].Piece
		}
		ps = append(ps, x)
	}
	for i := range c.tout.Lots {
		l := c.tout.Lots[i]
		if pour == disposition.PourLot {
			ajouter(l, l.Paires)
			continue
		}
		for _, paires := range grouper(l.Paires, pour) {
			if pour != disposition.PourDocument || !paires[0].Piece.EstReference() {
				ajouter(l, paires)
			}
		}
	}
	return ps
}

// grouper puts the pairs of an invoice, or of a piece, together.
func grouper(paires []Paire, pour disposition.Pour) [][]Paire {
	var ordre [][]Paire
	places := map[string]int{}
	for _, x := range paires {
		cle := x.Piece.ID
		if pour == disposition.PourFacture {
			cle = x.Facture.Cle.String()
		}
		i, vue := places[cle]
		if !vue {
			i = len(ordre)
			places[cle] = i
			ordre = append(ordre, nil)
		}
		ordre[i] = append(ordre[i], x)
	}
	return ordre
}

func (c *composition) parties(ps []Partie, x *scor.FormatPartie) ([]Partie, error) {
	for _, portion := range c.portions(x.Pour) {
		partie := Partie{Type: x.Type, Gzip: x.Compression}
		var err error
		if partie.Nom, err = c.remplir(x.Nom, portion, x.Compression); err != nil {
			return nil, err
		}
		if partie.Description, err = c.remplir(x.Description, portion, x.Compression); err != nil {
			return nil, err
		}
		if partie.Open, err = c.contenu(x, portion); err != nil {
			return nil, err
		}
		ps = append(ps, partie)
	}
	return ps, nil
}

// contenu gives what opens a part, the same each time.
func (c *composition) contenu(x *scor.FormatPartie, portion portion) (func() (io.ReadCloser, error), error) {
	switch x.Contenu {
	case scor.PartieDocument:
		return portion.document.Open, nil
	case scor.PartieZIP, scor.PartieTAR:
		return c.archive(x, portion)
	case scor.PartieTexte:
		t, err := c.remplir(x.Texte, portion, false)
		return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(t)), nil }, err
	}
	return ouvrirLot(c.p, portion.f)
}

// remplir fills a template.
func (c *composition) remplir(g scor.Gabarit, x portion, compresse bool) (string, error) {
	return g.Remplir(func(nom string) (string, bool) {
		if v, ok := c.valeur(nom, x, compresse); ok {
			return v, true
		}
		if x.document != nil {
			if v, ok := valeurDocument(c.p, x.document, x.rang, x.facture, nom); ok {
				return v, true
			}
		}
		switch nom {
		case "facture.numero":
			if x.facture != nil {
				return strconv.Itoa(x.facture.Cle.Numero), true
			}
		case "document.rang":
			return strconv.Itoa(x.rang), true
		}
		return "", false
	})
}

func (c *composition) valeur(nom string, x portion, compresse bool) (string, bool) {
	f := x.f
	if nom, format, ok := strings.Cut(nom, ":"); ok {
		jour := map[string]fse.Date{"lot.date": f.Lots[0].Date, "fichier.date": f.Date}[nom]
		t, err := disposition.EcrireDate(format, jour, f.Heure)
		return t, err == nil
	}
	switch nom {
	case "compostage":
		return f.Compostage, true
	case "profil.version":
		return c.p.Version, true
	case "fichier.id":
		return f.ID, true
	case "lot.numero":
		return strconv.Itoa(f.Lots[0].Numero), true
	case "lot.date":
		return f.Lots[0].Date.AAMMJJ(), true
	case "fichier.date":
		return f.Date.AAMMJJ(), true
	case "message.lots":
		return strconv.Itoa(len(c.tout.Lots)), true
	case "message.paires", "message.documents":
		n := 0
		for i := range c.tout.Lots {
			if nom == "message.paires" {
				n += len(c.tout.Lots[i].Paires)
			} else {
				n += len(c.tout.Lots[i].Documents())
			}
		}
		return strconv.Itoa(n), true
	case "compression":
		if compresse {
			return "/Z", true
		}
		return "", true
	}
	return deQuiAQui(f, nom)
}

// deQuiAQui is who sends, by which software, and to whom.
func deQuiAQui(f *Fichier, nom string) (string, bool) {
	switch nom {
	case "emetteur.numero":
		return f.Emetteur.Numero, true
	case "emetteur.type":
		return f.Emetteur.Type, true
	case "destinataire.type":
		return f.Destination.Type, true
	case "destinataire.numero":
		return f.Destination.Numero, true
	case "destinataire.organisme":
		return f.Destination.Organisme, true
	case "destinataire.regime":
		return f.Destination.Regime, true
	case "frontal":
		return f.Destination.Adresse, true
	case "emetteur.nom":
		return f.Emetteur.Nom, true
	case "logiciel.nom":
		return f.Emetteur.Logiciel, true
	case "logiciel.version":
		return f.Emetteur.VersionLogiciel, true
	case "logiciel.agrement":
		return f.Emetteur.Agrement, true
	case "lot.factures.numero":
		return strconv.Itoa(f.Lots[0].Factures.Numero), true
	case "lot.factures.emetteur":
		return f.Lots[0].Factures.Emetteur, true
	}
	return "", false
}
