package transport

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
)

// Quarantaine keeps poisoned messages in a folder, byte for byte, each beside a
// text that says why and when: its Ecarter is one for Releve. The journal must
// still know the message's identity. The folder is made, private, when it isn't there;
// one that somebody else may write to is refused, and no link in it is followed.
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
	d, err := ouvrirDepot(q.Dossier)
	if err != nil {
		return err
	}
	defer d.Close()
	nom := nomGarde(m.Identite)
	err = d.WriteFrom(nom+".txt", depot.Remplacer, func(w io.Writer) error {
		_, err := fmt.Fprintf(w, "Message écarté le %s\nBoîte : %q\nIdentifiant dans la boîte : %q\nRaison : %v\n",
			horloge().Format(time.RFC3339), m.Compte, m.ID, raison)
		return err
	})
	if err == nil {
		err = d.WriteFrom(nom+".eml", depot.Remplacer, func(w io.Writer) error { return copier(w, m.Contenu()) })
	}
	if err != nil {
		return fmt.Errorf("transport: setting a message aside: %w", err)
	}
	return nil
}
