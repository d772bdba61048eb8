// Package demonstration holds what the example programs have in common: copies of the messages for a person to open, a clock that skips
// days of silence, a table for the terminal.
package demonstration

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// CopieEnvois leaves each message as it was sent.
type CopieEnvois struct {
	transport.Expediteur
	Dossier string
}

// Envoyer implements transport.Expediteur.
func (c CopieEnvois) Envoyer(ctx context.Context, e transport.Envoi) (transport.Preuve, error) {
	preuve, err := c.Expediteur.Envoyer(ctx, e)
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
	f, err := os.Create(chemin)
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
}

// Messages implements transport.Boite.
func (c CopieRecus) Messages(ctx context.Context) iter.Seq2[transport.MessageBoite, error] {
	return func(yield func(transport.MessageBoite, error) bool) {
		for m, err := range c.Boite.Messages(ctx) {
			if ouvrir := m.Ouvrir; ouvrir != nil {
				h := sha256.Sum256([]byte(m.ID))
				chemin := filepath.Join(c.Dossier, hex.EncodeToString(h[:8])+".eml")
				m.Ouvrir = func(ctx context.Context) (io.ReadCloser, error) {
					r, err := ouvrir(ctx)
					if err != nil {
						return nil, err
					}
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

type double struct {
	io.Reader
	source, copie io.Closer
}

func (d *double) Close() error { return errors.Join(d.source.Close(), d.copie.Close()) }

// EcrireFichier writes a file whole or not at all.
func EcrireFichier(chemin string, ecrire func(io.Writer) error) error {
	f, err := os.CreateTemp(filepath.Dir(chemin), "en-cours-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name())
	if err := errors.Join(ecrire(f), f.Sync(), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), chemin)
}

// Cle makes a key of 32 bytes at the first run. A real program keeps it in the system's key store, not beside what it protects.
func Cle(chemin string) ([]byte, error) {
	cle, err := os.ReadFile(chemin)
	if err == nil && len(cle) == coffre.TailleCle {
		return cle, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, err
	}
	cle = make([]byte, coffre.TailleCle)
	if _, err := rand.Read(cle); err != nil {
		return nil, err
	}
	// Renamed into place whole: a run killed here must not leave half a key.
	if err := os.WriteFile(chemin+".tmp", cle, 0o600); err != nil {
		return nil, err
	}
	return cle, os.Rename(chemin+".tmp", chemin)
}

// Destination: the pieces go where the invoices' file goes. A program with invoices of its own asks its routing table (fse/routage) instead.
func Destination(f *fse.Fichier) (lot.Destination, error) {
	d := f.Destinataire
	if len(d) != 14 {
		return lot.Destination{}, fmt.Errorf("numéro de destinataire de %d caractères dans le fichier B2, 14 attendus", len(d))
	}
	regime, organisme := d[6:8], d[11:]
	return lot.Destination{Regime: regime, Organisme: organisme, Type: f.TypeDestinataire, Numero: d, Adresse: regime + organisme + "@" + organisme + "." + regime + ".rss.fr"}, nil
}

// Horloge is the clock of a demonstration: when only time is missing it jumps to the next deadline, for silence costs days, and a
// demonstration has seconds.
type Horloge struct {
	decalage atomic.Int64
	depart   atomic.Int64 // when the program's first round was, nanoseconds
}

// Maintenant is the time of the demonstration.
func (h *Horloge) Maintenant() time.Time { return time.Now().Add(time.Duration(h.decalage.Load())) }

// Bail is how long a killed run keeps others from its steps; a real program leaves suivi's default.
const Bail = 3 * time.Second

// sautsMax bounds the jumps of the clock in one Avancer.
const sautsMax = 20

// Avancer has the suivi go on until attendues gives 0 or nothing more can happen by itself, and counts the messages sent.
func (h *Horloge) Avancer(ctx context.Context, s *suivi.Suivi, j suivi.Journal, progres io.Writer, attendues func(context.Context) (int, error)) (envoyes int, err error) {
	h.depart.CompareAndSwap(0, time.Now().UnixNano())
	for sauts := 0; sauts <= sautsMax; {
		b, err := s.Avancer(ctx)
		envoyes += b.Envoyes
		if err != nil {
			return envoyes, err
		}
		if !b.Rien() {
			continue
		}
		n, err := attendues(ctx)
		if err != nil || n == 0 {
			return envoyes, err
		}
		reveil, err := prochaine(ctx, j)
		if err != nil {
			return envoyes, err
		}
		// What a killed run still holds is free again after Bail; a jump before that would take its silence for the frontal's.
		if time.Since(time.Unix(0, h.depart.Load())) > Bail {
			if reveil.IsZero() {
				return envoyes, nil
			}
			if d := reveil.Sub(h.Maintenant()); d > Bail {
				fmt.Fprintf(progres, "Rien à faire avant le %s : l'horloge de la démonstration y va.\n", reveil.Format("02/01/2006 à 15:04"))
				h.decalage.Add(int64(d))
				sauts++
				continue
			}
		}
		select {
		case <-ctx.Done():
			return envoyes, ctx.Err()
		case <-time.After(Bail / 10):
		}
	}
	return envoyes, nil
}

// prochaine is the next instant at which something is due.
func prochaine(ctx context.Context, j suivi.Journal) (time.Time, error) {
	var premier int64
	for _, g := range []journal.Genre{journal.LotFactures, journal.LotScor, journal.Message, journal.Reception} {
		for x, err := range j.Chercher(ctx, journal.Requete{Genre: g}) {
			if err != nil {
				return time.Time{}, err
			}
			if x.Echeance > 0 && (premier == 0 || x.Echeance < premier) {
				premier = x.Echeance
			}
		}
	}
	return journal.Instant(premier), nil
}

// EcrireTable writes aligned columns. A title that begins with > has its column on the right.
func EcrireTable(w io.Writer, titres []string, lignes [][]string) {
	droite := make([]bool, len(titres))
	largeurs := make([]int, len(titres))
	entetes, traits := make([]string, len(titres)), make([]string, len(titres))
	for i, t := range titres {
		entetes[i], droite[i] = strings.CutPrefix(t, ">")
		largeurs[i] = utf8.RuneCountInString(entetes[i])
	}
	for _, l := range lignes {
		for i, c := range l {
			largeurs[i] = max(largeurs[i], utf8.RuneCountInString(c))
		}
	}
	for i, n := range largeurs {
		traits[i] = strings.Repeat("─", n)
	}
	for _, l := range append([][]string{entetes, traits}, lignes...) {
		var b strings.Builder
		for i, c := range l {
			blancs := strings.Repeat(" ", largeurs[i]-utf8.RuneCountInString(c))
			if droite[i] {
				b.WriteString(blancs + c + "  ")
			} else {
				b.WriteString(c + blancs + "  ")
			}
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}
