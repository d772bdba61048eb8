package transport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"
)

// ErrCompostage is wrapped by the errors of a [Composteur] that say that its
// memory can't be trusted.
var ErrCompostage = errors.New("transport: compostage")

const formatCompostage = "20060102150405"

// Composteur gives the compostage of messages: 19 digits, AAAAMMJJHHMMSS and a
// counter of 5 digits. For one sender no two are the same, within a second,
// across the processes that share Dossier, and if the clock goes back: each is
// greater than the one before.
//
// The last one given is kept in a file per sender, under the lock of the
// operating system, which a killed process releases; it's on disk before the
// compostage is returned. One that is more than a day ahead of the clock is an
// error: either the clock is wrong now, or it was, and a frontal would get dates
// from the future.
type Composteur struct {
	// Dossier is where processes meet. "" is a folder of the user in os.TempDir,
	// which holds for the processes of one machine; machines that send for one
	// sender need a folder that they share, on a file system with locks.
	Dossier string
	// Horloge gives the time, in the zone to write it in; nil is time.Now in UTC,
	// as a public sender does.
	Horloge func() time.Time
}

// verrous orders the goroutines of this process: locks on files are per file
// descriptor on some systems and per process on others.
var verrous sync.Mutex

// Composter returns a new compostage for a sender, named by any stable text such
// as its number.
func (c *Composteur) Composter(ctx context.Context, emetteur string) (_ string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	dossier := c.Dossier
	if dossier == "" {
		dossier = filepath.Join(os.TempDir(), "scor-sdk-"+strconv.Itoa(os.Getuid()))
	}
	if err := os.MkdirAll(dossier, 0o700); err != nil {
		return "", fmt.Errorf("%w: %w", ErrCompostage, err)
	}
	empreinte := sha256.Sum256([]byte(emetteur))
	nom := filepath.Join(dossier, "compostage-"+hex.EncodeToString(empreinte[:8]))

	verrous.Lock()
	defer verrous.Unlock()
	f, err := os.OpenFile(nom, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrCompostage, err)
	}
	// Closing the file releases the lock.
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := verrouiller(f); err != nil {
		return "", fmt.Errorf("%w: locking %s: %w", ErrCompostage, nom, err)
	}
	dernier, err := io.ReadAll(io.LimitReader(f, 64))
	if err != nil {
		return "", fmt.Errorf("%w: %w", ErrCompostage, err)
	}
	horloge := c.Horloge
	if horloge == nil {
		horloge = func() time.Time { return time.Now().UTC() }
	}
	suivant, err := suivantCompostage(strings.TrimSpace(string(dernier)), horloge())
	if err != nil {
		return "", fmt.Errorf("%w: %s: %w", ErrCompostage, nom, err)
	}
	// Same length at the same place: the file never holds half a number.
	if _, err := f.WriteAt([]byte(suivant+"\n"), 0); err != nil {
		return "", fmt.Errorf("%w: %w", ErrCompostage, err)
	}
	if err := f.Sync(); err != nil {
		return "", fmt.Errorf("%w: %w", ErrCompostage, err)
	}
	return suivant, nil
}

// suivantCompostage is the first compostage of the moment t, or the one after
// the last given when that's greater.
func suivantCompostage(dernier string, t time.Time) (string, error) {
	premier := t.Format(formatCompostage) + "00000"
	if dernier == "" || dernier < premier {
		return premier, nil
	}
	if len(dernier) != 19 {
		return "", fmt.Errorf("%d characters read, 19 digits expected", len(dernier))
	}
	seconde, err := time.ParseInLocation(formatCompostage, dernier[:14], t.Location())
	if err != nil {
		return "", fmt.Errorf("first 14 digits are not a moment: %w", err)
	}
	if avance := seconde.Sub(t); avance > 24*time.Hour {
		return "", fmt.Errorf("the last one, of %s, is %s ahead of the clock: set the clock right, or remove this file if the clock was wrong then",
			seconde.Format(time.DateTime), avance.Round(time.Hour))
	}
	n, err := strconv.ParseUint(dernier[14:], 10, 32)
	if err != nil {
		return "", fmt.Errorf("last 5 digits are not a number")
	}
	if n++; n == 100_000 {
		n, seconde = 0, seconde.Add(time.Second)
	}
	return fmt.Sprintf("%s%05d", seconde.Format(formatCompostage), n), nil
}
