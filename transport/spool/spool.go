// Package spool sends by leaving messages in a folder, for a mail system or a
// concentrator that takes them from there: each message is a file NAME.eml, beside
// NAME.json that holds the envelope. NAME.json comes last: once it's there both
// are whole and on disk. The folder must be there, of this program's user, and nobody
// else may write to it; no link in it is followed, and the files are readable by that
// user alone.
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
	"github.com/scor-sdk/scor-sdk-go/internal/depot"
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
		return transport.Preuve{}, &transport.ErreurEnvoi{Etape: etape, Faute: transport.FauteLocale, Relais: e.Dossier,
			Err: err}
	}
	if m.MessageID == "" || m.Contenu == nil || len(m.A) == 0 {
		return transport.Preuve{}, &transport.ErreurEnvoi{Definitive: true, Faute: transport.FauteMessage,
			Etape: transport.EtapeContenu, Relais: e.Dossier,
			Err: errors.New("spool: a message without identity, content or recipient")}
	}
	if err := ctx.Err(); err != nil {
		return echec(transport.EtapeConnexion, err)
	}
	nom := Nom(m.MessageID)
	d, err := ouvrir(e.Dossier)
	if err != nil {
		return echec(transport.EtapeConnexion, err)
	}
	defer d.Close()
	if deja, err := lireFiche(d, nom+".json"); err == nil {
		var env Enveloppe
		if err := json.Unmarshal(deja, &env); err != nil {
			return echec(transport.EtapeFin, fmt.Errorf("spool: %s: %w", filepath.Join(e.Dossier, nom+".json"), err))
		}
		return transport.Preuve{Quand: env.Quand, Relais: e.Dossier, Code: 250, Reponse: "already there: " + nom + ".eml"},
			nil
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
	err = d.WriteFrom(nom+".eml", depot.Remplacer, func(w io.Writer) (err error) {
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
	err = d.WriteFrom(nom+".json", depot.Remplacer, func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetIndent("", "  ")
		return enc.Encode(env)
	})
	if err != nil {
		return echec(transport.EtapeFin, err)
	}
	return transport.Preuve{Quand: env.Quand, Relais: e.Dossier, Code: 250, Reponse: "written: " + nom + ".eml"}, nil
}

// ouvrir opens a folder that is there: a message left in one that a wrong name made
// would be taken by nobody.
func ouvrir(dossier string) (*depot.Depot, error) {
	if _, err := os.Stat(dossier); err != nil {
		return nil, err
	}
	return depot.Open(dossier, depot.WithRestes(), depot.WithTailleMax(messageMax))
}

// messageMax: a message is written as a stream, so that its length needs no limit here.
const messageMax = 1 << 62

// ficheMax bounds the envelope that is read back.
const ficheMax = 16 << 20

func lireFiche(d *depot.Depot, nom string) ([]byte, error) {
	f, err := d.Open(nom)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, ficheMax))
}
