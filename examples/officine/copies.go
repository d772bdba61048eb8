package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// copieEnvois leaves each message as it was sent, for a person to open.
type copieEnvois struct {
	transport.Expediteur
	dossier string
}

func (c copieEnvois) Envoyer(ctx context.Context, e transport.Envoi) (transport.Preuve, error) {
	etape()
	preuve, err := c.Expediteur.Envoyer(ctx, e)
	etape()
	if err != nil {
		return preuve, err
	}
	r, err := e.Contenu()
	if err != nil {
		return preuve, nil // the copy is a convenience: the message left
	}
	defer r.Close()
	_ = copier(filepath.Join(c.dossier, strings.ReplaceAll(e.MessageID, "@", "_")+".eml"), r)
	return preuve, nil
}

// copieRecus leaves each message received.
type copieRecus struct {
	transport.Boite
	dossier string
}

func (c copieRecus) Messages(ctx context.Context) iter.Seq2[transport.MessageBoite, error] {
	return func(yield func(transport.MessageBoite, error) bool) {
		for m, err := range c.Boite.Messages(ctx) {
			if ouvrir := m.Ouvrir; ouvrir != nil {
				h := sha256.Sum256([]byte(m.ID))
				chemin := filepath.Join(c.dossier, hex.EncodeToString(h[:8])+".eml")
				m.Ouvrir = func(ctx context.Context) (io.ReadCloser, error) {
					r, err := ouvrir(ctx)
					if err != nil {
						return nil, err
					}
					etape()
					f, err := os.Create(chemin)
					if err != nil {
						return r, nil
					}
					return &double{io.TeeReader(r, f), r, f}, nil
				}
			}
			if !yield(m, err) {
				return
			}
		}
	}
}

func (c copieRecus) Acquitter(ctx context.Context, id string) error {
	etape()
	err := c.Boite.Acquitter(ctx, id)
	etape()
	return err
}

type double struct {
	io.Reader
	source, copie io.Closer
}

func (d *double) Close() error { return errors.Join(d.source.Close(), d.copie.Close()) }

func copier(chemin string, r io.Reader) error {
	f, err := os.Create(chemin)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
