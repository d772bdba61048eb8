package transport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/durable"
)

// Quarantaine keeps poisoned messages in a folder, byte for byte, each beside a
// text that says why and when: its Ecarter is one for Releve. The journal must
// still know the message's ID.
type Quarantaine struct {
	Dossier string
	Horloge func() time.Time // nil is time.Now
}

// Nom is the name, without extension, under which a message is kept.
func (q Quarantaine) Nom(id string) string {
	h := sha256.Sum256([]byte(id))
	return hex.EncodeToString(h[:8])
}

// Ecarter writes NOM.eml, then NOM.txt: both are on disk when it returns nil.
func (q Quarantaine) Ecarter(ctx context.Context, m MessageBoite, raison error) (err error) {
	r, err := m.Ouvrir(ctx)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	base := filepath.Join(q.Dossier, q.Nom(m.ID))
	if err := durable.Ecrire(base+".eml", func(w io.Writer) error { return copier(w, r) }); err != nil {
		return fmt.Errorf("transport: setting a message aside: %w", err)
	}
	horloge := q.Horloge
	if horloge == nil {
		horloge = time.Now
	}
	return durable.Ecrire(base+".txt", func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "Message écarté le %s\nIdentifiant dans la boîte : %q\nRaison : %v\n", horloge().Format(time.RFC3339), m.ID, raison)
		return err
	})
}
