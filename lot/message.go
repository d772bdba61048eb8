package lot

import (
	"bytes"
	"fmt"
	"io"
	"strconv"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Partie is a part of the message, as package transport composes it.
type Partie struct {
	Type, Description, Nom string
	Gzip                   bool
	Ouvrir                 func() (io.ReadCloser, error)
}

// Message is what has to travel for a file of lots: the file, then one part for each document, by the profile's templates.
type Message struct {
	Adresse string
	Sujet   string
	Parties []Partie
}

// Message makes the parts of the message. The file of lots is encoded at once (a few hundred bytes a piece); documents are opened as
// they are sent.
func (f *Fichier) Message(p *scor.Profil, compostage string) (*Message, error) {
	var fichier bytes.Buffer
	if err := f.Encode(&fichier, p); err != nil {
		return nil, err
	}
	m := &Message{}
	g := gabarits{p: p, f: f, compostage: compostage, z: p.Message.CompressionLot}
	m.Adresse, m.Sujet = g.remplir("adresse"), g.remplir("sujet")
	m.Parties = []Partie{{Type: p.Message.TypeLot, Description: g.remplir("description_lot"), Nom: g.remplir("nom_lot"), Gzip: p.Message.CompressionLot,
		Ouvrir: func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(fichier.Bytes())), nil }}}
	g.z = p.Message.CompressionDocument
	rang := 0
	for i := range f.Lots {
		for _, d := range f.Lots[i].Documents() {
			rang++
			g.document, g.rang = &d, rang
			m.Parties = append(m.Parties, Partie{Type: p.Message.TypeDocument, Description: g.remplir("description_document"), Nom: g.remplir("nom_document"),
				Gzip: p.Message.CompressionDocument, Ouvrir: d.Open})
		}
	}
	if g.err != nil {
		return nil, fmt.Errorf("lot: message of file %s: %w", f.ID, g.err)
	}
	return m, nil
}

type gabarits struct {
	p          *scor.Profil
	f          *Fichier
	compostage string
	z          bool
	document   *scor.Piece
	rang       int
	err        error
}

func (g *gabarits) remplir(nom string) string {
	if g.err != nil {
		return ""
	}
	m := &g.p.Message
	gabarit := m.Adresse
	switch nom {
	case "sujet":
		gabarit = m.Sujet
	case "nom_lot":
		gabarit = m.NomLot
	case "description_lot":
		gabarit = m.DescriptionLot
	case "nom_document":
		gabarit = m.NomDocument
	case "description_document":
		gabarit = m.DescriptionDocument
	}
	var s string
	s, g.err = gabarit.Remplir(g.valeur)
	return s
}

func (g *gabarits) valeur(nom string) (string, bool) {
	f := g.f
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
	case "compostage":
		return g.compostage, true
	case "profil.version":
		return g.p.Version, true
	case "fichier.id":
		return f.ID, true
	case "lot.numero":
		return strconv.Itoa(f.Lots[0].Numero), true
	case "lot.date":
		return f.Lots[0].Date.AAMMJJ(), true
	case "message.lots":
		return strconv.Itoa(len(f.Lots)), true
	case "message.paires", "message.documents":
		n := 0
		for i := range f.Lots {
			if nom == "message.paires" {
				n += len(f.Lots[i].Paires)
			} else {
				n += len(f.Lots[i].Documents())
			}
		}
		return strconv.Itoa(n), true
	case "compression":
		if g.z {
			return "/Z", true
		}
		return "", true
	}
	if g.document != nil {
		return nomDocument(g.p, g.document, g.rang, nom)
	}
	return "", false
}
