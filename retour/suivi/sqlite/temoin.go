package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// Beside the file, a small one says how far it was written: an older copy put back in its place is seen. It is no
// proof (an anchor is), and nothing depends on it: one that can't be read says nothing.

// ErrAncien says that the file is older than what was last written under its name: a backup was put back, or the end
// was cut off. WithRestauration opens it all the same.
var ErrAncien = errors.New("sqlite: the file is older than what was written under its name")

// WithRestauration opens a file that is a backup put back. Restaure then says so, and suivi.Open skips the numbers that
// what was lost may have taken.
func WithRestauration() Option { return func(j *Journal) { j.accepteAncien = true } }

// Restaure says that the file was opened as a backup put back.
func (j *Journal) Restaure() bool { return j.ancien }

const (
	suffixeTemoin = "-tete"
	formatTemoin  = "scor-tete 1 %d %s\n"
	// entreTemoins: what is written within it of the last time is said at the next write, or at Close.
	entreTemoins = time.Second
)

// controlerTemoin compares the file with what was last written under its name.
func (j *Journal) controlerTemoin(ctx context.Context) error {
	b, err := os.ReadFile(j.chemin + suffixeTemoin)
	if err != nil {
		return nil //nolint:nilerr // none, or unreadable: it says nothing
	}
	var seq uint64
	var condense string
	if n, err := fmt.Sscanf(string(b), formatTemoin, &seq, &condense); n != 2 || err != nil {
		return nil //nolint:nilerr // a loss of power may leave half of it
	}
	t, err := lireTete(ctx, j.ecrivain)
	if err != nil || t.Seq >= seq {
		return err
	}
	if !j.accepteAncien {
		return fmt.Errorf("%w: it ends at event %d, and %d were written", ErrAncien, t.Seq, seq)
	}
	j.ancien = true
	return nil
}

// temoigner says how far the file is written. Only the writing goroutine calls it, and Close after it.
func (j *Journal) temoigner(t journal.Tete) {
	if t.Seq == 0 || t.Seq == j.temoigne {
		return
	}
	nom := j.chemin + suffixeTemoin
	provisoire := nom + ".tmp"
	if err := os.Remove(provisoire); err != nil && !errors.Is(err, os.ErrNotExist) {
		return
	}
	f, err := os.OpenFile(provisoire, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return
	}
	_, err = fmt.Fprintf(f, formatTemoin, t.Seq, t.Condense)
	if err = errors.Join(err, f.Close()); err != nil || os.Rename(provisoire, nom) != nil {
		return
	}
	j.temoigne = t.Seq
}
