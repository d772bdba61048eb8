package frontal

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
)

// courrier is a message in a mailbox. Its file of bytes is written first, then
// the description: a message without description doesn't exist.
type courrier struct {
	UID        string
	A          string // mailbox
	Sequence   int    // order in the mailbox
	Disponible time.Time
	Retenu     bool // until another message is answered
	Octets     int64
}

func normale(adresse string) string { return strings.ToLower(strings.TrimSpace(adresse)) }

func (f *Frontal) chemin(elements ...string) string {
	return filepath.Join(append([]string{f.dossier}, elements...)...)
}

func (f *Frontal) ecrireJSON(chemin string, v any) error {
	b, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return err
	}
	return f.ecrire(chemin, b)
}

// ecrire replaces a file; it's durable when somebody could read the folder after
// this process.
func (f *Frontal) ecrire(chemin string, b []byte) error {
	if f.temp {
		return os.WriteFile(chemin, b, 0o600)
	}
	return depot.WriteFichier(chemin, func(w io.Writer) error { _, err := w.Write(b); return err })
}

// poser gives a file under way its name.
func (f *Frontal) poser(t *os.File, chemin string) error {
	if f.temp {
		return errors.Join(t.Close(), os.Rename(t.Name(), chemin))
	}
	return depot.CommitFichier(t, chemin)
}

// charger reads the state folder, or prepares a new one.
func (f *Frontal) charger() error {
	for _, d := range []string{"recus", "boites"} {
		if err := os.MkdirAll(f.chemin(d), 0o700); err != nil {
			return err
		}
		if err := depot.SweepFichiers(f.chemin(d)); err != nil {
			return err
		}
	}
	alea, err := os.ReadFile(f.chemin("alea"))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		var b [6]byte
		if _, err := rand.Read(b[:]); err != nil {
			return err
		}
		alea = []byte(hex.EncodeToString(b[:]))
		if err := f.ecrire(f.chemin("alea"), alea); err != nil {
			return err
		}
	case err != nil:
		return err
	}
	f.alea = string(alea)
	err = f.lireJSON("recus", func(b []byte) error {
		r := new(Recu)
		f.recus = append(f.recus, r)
		return json.Unmarshal(b, r)
	})
	if err != nil {
		return err
	}
	slices.SortFunc(f.recus, func(a, b *Recu) int { return a.Rang - b.Rang })
	return f.lireJSON("boites", func(b []byte) error {
		c := new(courrier)
		if err := json.Unmarshal(b, c); err != nil {
			return err
		}
		f.boites[c.A] = append(f.boites[c.A], c)
		f.sequence = max(f.sequence, c.Sequence)
		return nil
	})
}

func (f *Frontal) lireJSON(dossier string, lire func([]byte) error) error {
	noms, err := filepath.Glob(f.chemin(dossier, "*.json"))
	if err != nil {
		return err
	}
	for _, n := range noms {
		b, err := os.ReadFile(n)
		if err == nil {
			err = lire(b)
		}
		if err != nil {
			return fmt.Errorf("frontal: state %s: %w", n, err)
		}
	}
	return nil
}

// enregistrer writes the description of a received message.
func (f *Frontal) enregistrer(r *Recu) error {
	return f.ecrireJSON(f.chemin("recus", fmt.Sprintf("%06d.json", r.Rang)), r)
}

// deposer puts a message in a mailbox.
func (f *Frontal) deposer(c *courrier, brut []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.sequence++
	c.Sequence, c.Octets = f.sequence, int64(len(brut))
	if err := f.ecrire(f.chemin("boites", c.UID+".eml"), brut); err != nil {
		return err
	}
	if err := f.ecrireJSON(f.chemin("boites", c.UID+".json"), c); err != nil {
		return err
	}
	boite := slices.DeleteFunc(f.boites[c.A], func(x *courrier) bool { return x.UID == c.UID })
	f.boites[c.A] = append(boite, c)
	return nil
}

// liberer shows, behind the others, the answers held until another one.
func (f *Frontal) liberer(boite string, avant int) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, c := range f.boites[boite] {
		if !c.Retenu || c.Sequence > avant {
			continue
		}
		f.sequence++
		c.Retenu, c.Sequence = false, f.sequence
		if err := f.ecrireJSON(f.chemin("boites", c.UID+".json"), c); err != nil {
			return err
		}
	}
	return nil
}

// visibles lists a mailbox as a session sees it.
func (f *Frontal) visibles(boite string) []courrier {
	f.mu.Lock()
	defer f.mu.Unlock()
	maintenant := f.cfg.Horloge()
	var out []courrier
	for _, c := range f.boites[boite] {
		if !c.Retenu && !c.Disponible.After(maintenant) {
			out = append(out, *c)
		}
	}
	slices.SortFunc(out, func(a, b courrier) int { return a.Sequence - b.Sequence })
	return out
}

// retirer removes messages from a mailbox, for good.
func (f *Frontal) retirer(boite string, uids []string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, uid := range uids {
		if err := os.Remove(f.chemin("boites", uid+".json")); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.Remove(f.chemin("boites", uid+".eml")); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	f.boites[boite] = slices.DeleteFunc(f.boites[boite], func(c *courrier) bool { return slices.Contains(uids, c.UID) })
	return nil
}
