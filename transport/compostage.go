package transport

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
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
	// Dossier is where processes meet. It must be this user's, and no other user may
	// write to it, nor have put a link in its place: a number read from there goes out,
	// and files are written there. "" is a folder of the user in os.TempDir,
	// which holds for the processes of one machine; machines that send for one
	// sender need a folder that they share, on a file system with locks.
	Dossier string
	// Horloge gives the time, in the zone to write it in; nil is time.Now in UTC,
	// as a public sender does.
	Horloge func() time.Time
}

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
	defer func() {
		if err != nil {
			err = fmt.Errorf("%w: %s: %w", ErrCompostage, dossier, err)
		}
	}()
	d, err := depot.Open(dossier, depot.WithTailleMax(compostageMax))
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, d.Close()) }()
	empreinte := sha256.Sum256([]byte(emetteur))
	nom := "compostage-" + hex.EncodeToString(empreinte[:8])
	liberer, err := d.Lock(nom)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, liberer()) }()
	dernier, err := d.Read(nom)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	horloge := c.Horloge
	if horloge == nil {
		horloge = func() time.Time { return time.Now().UTC() }
	}
	suivant, err := suivantCompostage(strings.TrimSpace(string(dernier)), horloge())
	if err != nil {
		return "", fmt.Errorf("%s: %w", nom, err)
	}
	if err := d.Write(nom, []byte(suivant+"\n"), depot.Remplacer); err != nil {
		return "", err
	}
	return suivant, nil
}

// compostageMax is more than a file of compostage holds.
const compostageMax = 4 << 10

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
		return "", fmt.Errorf("the last one, of %s, is %s ahead of the clock: set the clock right, or remove this file if "+
			"the clock was wrong then",
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
