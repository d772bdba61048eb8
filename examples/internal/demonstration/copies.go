package demonstration

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"iter"
	"path/filepath"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// CopieEnvois leaves each message as it was sent.
type CopieEnvois struct {
	transport.Expediteur
	Dossier string
	Etape   func() // called before and after the network; nil for nothing
}

// Envoyer implements transport.Expediteur.
func (c CopieEnvois) Envoyer(ctx context.Context, e transport.Envoi) (transport.Preuve, error) {
	signaler(c.Etape)
	preuve, err := c.Expediteur.Envoyer(ctx, e)
	signaler(c.Etape)
	if err != nil {
		return preuve, err
	}
	// The copy is a convenience: the message left.
	if r, err := e.Contenu(); err == nil {
		defer r.Close()
		_ = copier(filepath.Join(c.Dossier, strings.ReplaceAll(e.MessageID, "@", "_")+".eml"), r)
	}
	return preuve, nil
}

func copier(chemin string, r io.Reader) error {
	f, err := Creer(chemin)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// CopieRecus leaves each message received.
type CopieRecus struct {
	transport.Boite
	Dossier string
	Etape   func()
}

// Messages implements transport.Boite.
func (c CopieRecus) Messages(ctx context.Context) iter.Seq2[transport.MessageBoite, error] {
	return func(yield func(transport.MessageBoite, error) bool) {
		for m, err := range c.Boite.Messages(ctx) {
			if ouvrir := m.Open; ouvrir != nil {
				h := sha256.Sum256([]byte(m.ID))
				chemin := filepath.Join(c.Dossier, hex.EncodeToString(h[:8])+".eml")
				m.Open = func(ctx context.Context) (io.ReadCloser, error) {
					r, err := ouvrir(ctx)
					if err != nil {
						return nil, err
					}
					signaler(c.Etape)
					f, err := Creer(chemin)
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

// Acquitter implements transport.Boite.
func (c CopieRecus) Acquitter(ctx context.Context, id string) error {
	signaler(c.Etape)
	err := c.Boite.Acquitter(ctx, id)
	signaler(c.Etape)
	return err
}

func signaler(etape func()) {
	if etape != nil {
		etape()
	}
}

type double struct {
	io.Reader
	source, copie io.Closer
}

func (d *double) Close() error { return errors.Join(d.source.Close(), d.copie.Close()) }
