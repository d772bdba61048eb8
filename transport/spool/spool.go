// Package spool sends by leaving messages in a folder, for a mail system or a
// concentrator that takes them from there: each message is a file NAME.eml, beside
// NAME.json that holds the envelope. NAME.json comes last: once it's there both
// are whole and on disk.
package spool

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/annule"
	"github.com/scor-sdk/scor-sdk-go/internal/durable"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Expediteur writes into a folder. Sending the same Message-ID again leaves one
// file: an interrupted sending can be repeated.
type Expediteur struct {
	Dossier string
	Horloge func() time.Time // nil is time.Now
}

var _ transport.Expediteur = (*Expediteur)(nil)

// Enveloppe is the content of NAME.json.
type Enveloppe struct {
	De        string    `json:"de"`
	A         []string  `json:"a"`
	MessageID string    `json:"message_id"`
	Fichier   string    `json:"fichier"`
	Octets    int64     `json:"octets"`
	SHA256    string    `json:"sha256"`
	Quand     time.Time `json:"quand"`
}

// Nom is the name under which a Message-ID is written.
func Nom(messageID string) string {
	h := sha256.Sum256([]byte(messageID))
	return hex.EncodeToString(h[:16])
}

// Envoyer implements transport.Expediteur.
func (e *Expediteur) Envoyer(ctx context.Context, m transport.Envoi) (transport.Preuve, error) {
	echec := func(etape transport.Etape, err error) (transport.Preuve, error) {
		return transport.Preuve{}, &transport.ErreurEnvoi{Etape: etape, Faute: transport.FauteLocale, Relais: e.Dossier, Err: err}
	}
	if m.MessageID == "" || m.Contenu == nil || len(m.A) == 0 {
		return transport.Preuve{}, &transport.ErreurEnvoi{Definitive: true, Faute: transport.FauteMessage, Etape: transport.EtapeContenu, Relais: e.Dossier,
			Err: errors.New("spool: a message without identity, content or recipient")}
	}
	if err := ctx.Err(); err != nil {
		return echec(transport.EtapeConnexion, err)
	}
	nom := Nom(m.MessageID)
	fichier, fiche := filepath.Join(e.Dossier, nom+".eml"), filepath.Join(e.Dossier, nom+".json")
	if deja, err := os.ReadFile(fiche); err == nil {
		var env Enveloppe
		if err := json.Unmarshal(deja, &env); err != nil {
			return echec(transport.EtapeFin, fmt.Errorf("spool: %s: %w", fiche, err))
		}
		return transport.Preuve{Quand: env.Quand, Relais: e.Dossier, Code: 250, Reponse: "already there: " + nom + ".eml"}, nil
	} else if !errors.Is(err, fs.ErrNotExist) {
		return echec(transport.EtapeConnexion, err)
	}

	r, err := m.Contenu()
	if err != nil {
		return echec(transport.EtapeContenu, err)
	}
	defer r.Close()
	h := sha256.New()
	var n int64
	err = durable.Ecrire(fichier, func(w io.Writer) (err error) {
		n, err = io.Copy(io.MultiWriter(w, h), annule.Reader(ctx, r))
		return err
	})
	if err != nil {
		return echec(transport.EtapeData, err)
	}
	horloge := e.Horloge
	if horloge == nil {
		horloge = time.Now
	}
	env := Enveloppe{m.De, m.A, m.MessageID, nom + ".eml", n, hex.EncodeToString(h.Sum(nil)), horloge()}
	err = durable.Ecrire(fiche, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(env)
	})
	if err != nil {
		return echec(transport.EtapeFin, err)
	}
	return transport.Preuve{Quand: env.Quand, Relais: e.Dossier, Code: 250, Reponse: "written: " + nom + ".eml"}, nil
}
