package transport

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/durable"
)

// Quarantaine keeps poisoned messages in a folder, byte for byte, each beside a
// text that says why and when: its Ecarter is one for Releve. The journal must
// still know the message's identity.
type Quarantaine struct {
	Dossier string
	Horloge func() time.Time // nil is time.Now
}

// Fichier is where the message of this identity is kept; its text has .txt instead
// of .eml.
func (q Quarantaine) Fichier(i Identite) string { return filepath.Join(q.Dossier, nomGarde(i)+".eml") }

// Ecarter writes the text, then the message: when it returns nil both are on disk,
// and where the message is, so is its text.
func (q Quarantaine) Ecarter(_ context.Context, m *MessageReleve, raison error) error {
	horloge := q.Horloge
	if horloge == nil {
		horloge = time.Now
	}
	eml := q.Fichier(m.Identite)
	err := durable.Ecrire(eml[:len(eml)-len(".eml")]+".txt", func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "Message écarté le %s\nBoîte : %q\nIdentifiant dans la boîte : %q\nRaison : %v\n",
			horloge().Format(time.RFC3339), m.Compte, m.ID, raison)
		return err
	})
	if err == nil {
		err = durable.Ecrire(eml, func(w io.Writer) error { return copier(w, m.Contenu()) })
	}
	if err != nil {
		return fmt.Errorf("transport: setting a message aside: %w", err)
	}
	return nil
}
