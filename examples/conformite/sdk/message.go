package sdk

import (
	"bytes"
	"context"
	"crypto"
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

type messageLu struct {
	Accepte    bool       `json:"accepte"`
	MessageID  string     `json:"message_id"`
	De         string     `json:"de"`
	Sujet      string     `json:"sujet"`
	Chiffre    bool       `json:"chiffre"`
	Signatures int        `json:"signatures"`
	Parties    []partieLu `json:"parties"`
	Constats   []constat  `json:"constats"`
}

type partieLu struct {
	Type        string `json:"type"`
	Description string `json:"description"`
	Nom         string `json:"nom"`
	Compression string `json:"compression"`
	Octets      int64  `json:"octets"`
	Empreinte   string `json:"empreinte"`
}

// cles reads the certificate and the private key of a PEM input, when the vector has one.
func cles(v *kit.Vecteur) ([]transport.Cle, error) {
	var c transport.Cle
	reste := v.Octets("cle")
	for len(reste) > 0 {
		var b *pem.Block
		if b, reste = pem.Decode(reste); b == nil {
			break
		}
		var err error
		switch b.Type {
		case "CERTIFICATE":
			c.Certificat, err = x509.ParseCertificate(b.Bytes)
		case "PRIVATE KEY":
			var k any
			if k, err = x509.ParsePKCS8PrivateKey(b.Bytes); err == nil {
				c.Decrypter, _ = k.(crypto.Decrypter)
			}
		}
		if err != nil {
			return nil, err
		}
	}
	if c.Certificat == nil || c.Decrypter == nil {
		return nil, nil
	}
	return []transport.Cle{c}, nil
}

// octetsMaxMessage is far above any vector: a message that says more than it holds is refused.
const octetsMaxMessage = 4 << 20

func ouvrir(ctx context.Context, v *kit.Vecteur) (*transport.Recu, error) {
	src, err := entree(v, "message")
	if err != nil {
		return nil, err
	}
	k, err := cles(v)
	if err != nil {
		return nil, err
	}
	return transport.Ouvreur{Cles: k, OctetsMax: octetsMaxMessage}.Open(ctx, src)
}

// codesMessage are the words of the contract for what stops a message.
var codesMessage = []struct {
	err  error
	code string
}{{transport.ErrSansCle, "sans-cle"}, {transport.ErrTropGrand, "trop-grand"}, {transport.ErrSignature, "signature"},
	{transport.ErrMalForme, "mal-forme"}}

func codeMessage(err error) string {
	for _, c := range codesMessage {
		if errors.Is(err, c.err) {
			return c.code
		}
	}
	return "illisible"
}

func lireMessage(ctx context.Context, v *kit.Vecteur) (any, error) {
	recu, err := ouvrir(ctx, v)
	if err != nil {
		return refuser(codeMessage(err), err), nil
	}
	r := messageLu{MessageID: recu.ID, De: recu.De, Sujet: recu.Sujet, Parties: []partieLu{}}
	var fautes []constat
	for p, err := range recu.Parties() {
		if p != nil && err == nil {
			h := sha256.New()
			var n int64
			if n, err = io.Copy(h, p); err == nil {
				r.Parties = append(r.Parties, partieLu{p.Type, p.Description, p.Nom, p.Compression, n,
					hex.EncodeToString(h.Sum(nil))})
			}
		}
		if err != nil {
			fautes = append(fautes, constat{Code: codeMessage(err), Gravite: "erreur", Message: err.Error()})
		}
	}
	r.Chiffre, r.Signatures = recu.Chiffre, len(recu.Signatures)
	r.Constats, r.Accepte = constatsDe(recu.Constats)
	r.Constats, r.Accepte = append(r.Constats, fautes...), r.Accepte && len(fautes) == 0
	return r, nil
}

type messageCompose struct {
	Accepte    bool              `json:"accepte"`
	Entetes    map[string]string `json:"entetes"`
	SeptBits   bool              `json:"sept_bits"`
	CRLF       bool              `json:"crlf"`
	LigneMax   int               `json:"ligne_max"`
	Parties    []partieLu        `json:"parties"`
	Constats   []constat         `json:"constats"`
	Reproduite bool              `json:"reproduite"` // composed again, the same bytes
}

func composerMessage(ctx context.Context, v *kit.Vecteur) (any, error) {
	var p struct {
		De      string    `json:"de"`
		A       []string  `json:"a"`
		Sujet   string    `json:"sujet"`
		ID      string    `json:"message_id"`
		Date    time.Time `json:"date"`
		Parties []struct {
			Type        string `json:"type"`
			Description string `json:"description"`
			Nom         string `json:"nom"`
			Gzip        bool   `json:"gzip"`
			Texte       string `json:"texte"`
		} `json:"parties"`
	}
	if err := lireParametres(v, &p); err != nil {
		return nil, err
	}
	m := transport.Message{De: p.De, A: p.A, Sujet: p.Sujet, ID: p.ID, Date: p.Date}
	for _, x := range p.Parties {
		m.Parties = append(m.Parties, transport.Partie{Type: x.Type, Description: x.Description, Nom: x.Nom, Gzip: x.Gzip,
			Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(x.Texte)), nil }})
	}
	composer := func() ([]byte, error) {
		var b bytes.Buffer
		m.Enveloppe.Rand = bytes.NewReader(make([]byte, 1<<16))
		err := transport.Composer(&b, &m)
		return b.Bytes(), err
	}
	b, err := composer()
	if err != nil {
		return refuser("composition", err), nil
	}
	encore, err := composer()
	if err != nil {
		return nil, err
	}
	r := messageCompose{Accepte: true, Entetes: map[string]string{}, SeptBits: true, Constats: []constat{},
		CRLF: bytes.Count(b, []byte("\n")) == bytes.Count(b, []byte("\r\n")), Reproduite: bytes.Equal(b, encore)}
	for l := range bytes.Lines(b) {
		r.LigneMax = max(r.LigneMax, len(bytes.TrimRight(l, "\r\n")))
	}
	r.SeptBits = bytes.IndexFunc(b, func(c rune) bool { return c > 0x7e }) < 0
	return r, relire(ctx, &r, b)
}

// relire fills what only reading a composed message tells.
func relire(ctx context.Context, r *messageCompose, b []byte) error {
	recu, err := transport.Open(ctx, bytes.NewReader(b), nil)
	if err != nil {
		return err
	}
	for _, nom := range []string{"From", "To", "Subject", "Message-Id", "Mime-Version", "Date"} {
		r.Entetes[strings.ToLower(nom)] = recu.Entetes.Get(nom)
	}
	for p, err := range recu.Parties() {
		if err != nil {
			return err
		}
		h := sha256.New()
		n, err := io.Copy(h, p)
		if err != nil {
			return err
		}
		r.Parties = append(r.Parties, partieLu{p.Type, p.Description, p.Nom, p.Compression, n,
			hex.EncodeToString(h.Sum(nil))})
	}
	return nil
}

type retourLu struct {
	Sorte        string    `json:"sorte"` // arl+, arl-, mds, anr, rsp, inconnu
	Flux         string    `json:"flux,omitempty"`
	Lot          int       `json:"lot,omitempty"`
	DateLot      string    `json:"date_lot,omitempty"`
	Code         string    `json:"code,omitempty"`
	Libelle      string    `json:"libelle,omitempty"`
	Facture      int       `json:"facture,omitempty"`
	Compostage   string    `json:"compostage,omitempty"`
	MessageID    string    `json:"message_id,omitempty"`
	Definitif    bool      `json:"definitif"`
	Destinataire string    `json:"destinataire,omitempty"`
	Pieces       []pieceLu `json:"pieces,omitempty"`
	Description  string    `json:"description,omitempty"`
	Octets       int       `json:"octets,omitempty"`
}

type pieceLu struct {
	ID      string `json:"id"`
	Code    string `json:"code"`
	Libelle string `json:"libelle"`
}

type retoursLus struct {
	Accepte  bool       `json:"accepte"`
	Retours  []retourLu `json:"retours"`
	Constats []constat  `json:"constats"`
}

func lireRetour(ctx context.Context, v *kit.Vecteur) (any, error) {
	p, err := profil(v)
	if err != nil {
		return nil, err
	}
	recu, err := ouvrir(ctx, v)
	if err != nil {
		return refuser(codeMessage(err), err), nil
	}
	l, err := retour.Parse(ctx, recu, p)
	r := retoursLus{Accepte: err == nil, Retours: []retourLu{}, Constats: []constat{}}
	if err != nil {
		code := "retour-illisible"
		if c := codeMessage(err); c != "illisible" {
			code = c
		}
		r.Constats = append(r.Constats, constat{Code: code, Gravite: "erreur", Message: err.Error()})
	}
	for _, x := range l {
		y := retourDe(x)
		if y.Sorte == "inconnu" {
			r.Accepte = false
			r.Constats = append(r.Constats, constat{Code: "retour-inconnu", Gravite: "erreur"})
		}
		r.Retours = append(r.Retours, y)
	}
	return r, nil
}

func retourDe(x retour.Retour) retourLu {
	switch x := x.(type) {
	case *retour.ARL:
		y := retourLu{Sorte: "arl-", Flux: x.Flux, Lot: x.Lot.Numero, DateLot: x.Lot.Date.String(), Code: x.Code,
			Libelle: x.Libelle, Facture: x.Facture, Compostage: x.Compostage}
		if x.Positif {
			y.Sorte = "arl+"
		}
		for _, p := range x.Pieces {
			y.Pieces = append(y.Pieces, pieceLu{p.ID, p.Code, p.Libelle})
		}
		return y
	case *retour.MdS:
		return retourLu{Sorte: "mds", Code: x.Code, Compostage: x.Compostage, MessageID: x.MessageID}
	case *retour.ANR:
		return retourLu{Sorte: "anr", Code: x.Code, MessageID: x.MessageID, Definitif: x.Definitif,
			Destinataire: x.Destinataire}
	case *retour.RSP:
		return retourLu{Sorte: "rsp", Description: x.Description, Octets: len(x.Contenu)}
	case *retour.Inconnu:
		return retourLu{Sorte: "inconnu"}
	}
	return retourLu{Sorte: fmt.Sprintf("%T", x)}
}
