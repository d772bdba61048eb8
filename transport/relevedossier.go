package transport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
	"github.com/scor-sdk/scor-sdk-go/internal/terminal"
)

// ReleveDossier is a [Releve] that keeps each message taken in a folder, whole or
// absent: the folder is the memory, and a message whose file was removed is new
// again. releve.txt lists the messages for a person. The folder is private: one that
// somebody else owns or may write to is refused, and no link in it is followed.
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
	// What a stopped program left half written goes here, once.
	d, err := ouvrirDepot(dossier)
	if err != nil {
		return nil, err
	}
	if err := d.Close(); err != nil {
		return nil, fmt.Errorf("transport: %w", err)
	}
	return &ReleveDossier{Dossier: dossier}, nil
}

// tailleLibre: a message is written and read as a stream, so that its length needs no limit here.
const tailleLibre = 1 << 62

// ouvrirDepot opens a folder of messages, of any length.
func ouvrirDepot(dossier string, options ...depot.Option) (*depot.Depot, error) {
	d, err := depot.Open(dossier, append(options, depot.WithTailleMax(tailleLibre))...)
	if err != nil {
		return nil, fmt.Errorf("transport: %w", err)
	}
	return d, nil
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
	dossier, err := ouvrirDepot(d.Dossier, depot.WithRestes())
	if err != nil {
		return false, err
	}
	defer dossier.Close()
	// A link in place of a message is an error: it would be dropped from the mailbox, and kept nowhere.
	for _, f := range []string{nomGarde(i) + ".eml", dossierEcartes + "/" + nomGarde(i) + ".eml"} {
		switch _, err := dossier.Stat(f); {
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
	dossier, err := ouvrirDepot(d.Dossier, depot.WithRestes())
	if err != nil {
		return Laisser, err
	}
	defer dossier.Close()
	fichier := d.Fichier(m.Identite)
	err = dossier.WriteFrom(filepath.Base(fichier), depot.Remplacer,
		func(w io.Writer) error { return copier(w, m.Contenu()) })
	if err != nil {
		return Laisser, fmt.Errorf("transport: keeping a message: %w", err)
	}
	sujet := ""
	if recu, err := Open(ctx, m.Contenu(), nil); err == nil {
		sujet = recu.Sujet
	}
	if err := lister(dossier, filepath.Base(fichier), m, sujet); err != nil {
		return Laisser, err
	}
	if d.Pris != nil {
		d.Pris(m, fichier, sujet)
	}
	return Garder, nil
}

// listeReleve is the list for a person.
const listeReleve = "releve.txt"

// lister adds a line to it; workers on the same folder write one after the other.
func lister(d *depot.Depot, fichier string, m *MessageReleve, sujet string) (err error) {
	champs := []string{fichier, m.ID, sujet, m.Compte}
	for i, c := range champs {
		champs[i] = terminal.Inoffensif(strings.Join(strings.Fields(c), " ")) // a tab or a line end would forge a field
	}
	liberer, err := d.Lock(listeReleve)
	if err != nil {
		return fmt.Errorf("transport: %w", err)
	}
	defer func() { err = errors.Join(err, liberer()) }()
	taille, err := d.Stat(listeReleve)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("transport: %w", err)
	}
	if err := d.Append(listeReleve, []byte(strings.Join(champs, "\t")+"\n"), taille); err != nil {
		return fmt.Errorf("transport: %w", err)
	}
	return nil
}

// Ecarter implements Releve, by a Quarantaine in a folder of its own.
func (d *ReleveDossier) Ecarter(ctx context.Context, m *MessageReleve, raison error) error {
	return d.quarantaine().Ecarter(ctx, m, raison)
}
