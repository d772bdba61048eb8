package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/durable"
	"github.com/scor-sdk/scor-sdk-go/internal/terminal"
)

// ReleveDossier is a [Releve] that keeps each message taken in a folder, whole or
// absent: the folder is the memory, and a message whose file was removed is new
// again. releve.txt lists the messages for a person.
type ReleveDossier struct {
	Dossier string
	Horloge func() time.Time // nil is time.Now
	// Pris, when set, is told of each message once it's kept: its file, and the
	// subject that was read ("" when none could be).
	Pris func(m *MessageReleve, fichier, sujet string)
}

var _ Releve = (*ReleveDossier)(nil)

// dossierEcartes is where poisoned messages go.
const dossierEcartes = "ecartes"

// NewReleveDossier makes the folder, private, when it isn't there.
func NewReleveDossier(dossier string) (*ReleveDossier, error) {
	if err := os.MkdirAll(dossier, 0o700); err != nil {
		return nil, fmt.Errorf("transport: %w", err)
	}
	return &ReleveDossier{Dossier: dossier}, nil
}

func (d *ReleveDossier) quarantaine() Quarantaine {
	return Quarantaine{Dossier: filepath.Join(d.Dossier, dossierEcartes), Horloge: d.Horloge}
}

// Fichier is where the message of this identity is, or would be.
func (d *ReleveDossier) Fichier(i Identite) string {
	return filepath.Join(d.Dossier, nomGarde(i)+".eml")
}

// nomGarde is the name, without extension, under which a message is kept.
func nomGarde(i Identite) string { return i.Cle()[:32] }

// Connu implements Releve.
func (d *ReleveDossier) Connu(_ context.Context, i Identite) (bool, error) {
	for _, f := range []string{d.Fichier(i), d.quarantaine().Fichier(i)} {
		switch _, err := os.Lstat(f); {
		case err == nil:
			return true, nil
		case !errors.Is(err, fs.ErrNotExist):
			return false, fmt.Errorf("transport: %w", err)
		}
	}
	return false, nil
}

// Prendre implements Releve: every message is kept.
func (d *ReleveDossier) Prendre(ctx context.Context, m *MessageReleve) (Verdict, error) {
	fichier := d.Fichier(m.Identite)
	if err := durable.Ecrire(fichier, func(w io.Writer) error { return copier(w, m.Contenu()) }); err != nil {
		return Laisser, fmt.Errorf("transport: keeping a message: %w", err)
	}
	sujet := ""
	if recu, err := Open(ctx, m.Contenu(), nil); err == nil {
		sujet = recu.Sujet
	}
	if err := d.lister(fichier, m, sujet); err != nil {
		return Laisser, err
	}
	if d.Pris != nil {
		d.Pris(m, fichier, sujet)
	}
	return Garder, nil
}

// lister adds a line to the list for a person.
func (d *ReleveDossier) lister(fichier string, m *MessageReleve, sujet string) error {
	f, err := os.OpenFile(filepath.Join(d.Dossier, "releve.txt"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("transport: %w", err)
	}
	champs := []string{filepath.Base(fichier), m.ID, sujet, m.Compte}
	for i, c := range champs {
		champs[i] = terminal.Inoffensif(strings.Join(strings.Fields(c), " ")) // a tab or a line end would forge a field
	}
	_, err = fmt.Fprintln(f, strings.Join(champs, "\t"))
	return errors.Join(err, f.Close())
}

// Ecarter implements Releve, by a Quarantaine in a folder of its own.
func (d *ReleveDossier) Ecarter(ctx context.Context, m *MessageReleve, raison error) error {
	q := d.quarantaine()
	if err := os.MkdirAll(q.Dossier, 0o700); err != nil {
		return fmt.Errorf("transport: %w", err)
	}
	return q.Ecarter(ctx, m, raison)
}
