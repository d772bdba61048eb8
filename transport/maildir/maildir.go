// Package maildir reads a mailbox that a mail system delivers into on this
// machine, in the format Maildir (https://cr.yp.to/proto/maildir.html): no lock,
// one file a message, a unique name that never changes.
package maildir

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Boite is a Maildir: a folder that holds tmp, new and cur. Its zero value but for
// Dossier keeps the messages acknowledged, in cur with the flag S (seen), where a
// person can still read them, and lists the others.
type Boite struct {
	Dossier string
	// Supprimer removes the messages acknowledged.
	Supprimer bool

	mu    sync.Mutex
	index map[string][]fichier // by unique name, what the last listing saw and wasn't acknowledged
}

var _ transport.Boite = (*Boite)(nil)

// separateur comes before the flags; Windows forbids the colon of the format.
var separateur = func() string {
	if runtime.GOOS == "windows" {
		return ";"
	}
	return ":"
}()

type fichier struct {
	id, chemin string
	vu         bool
	info       fs.FileInfo
}

// nom splits a file name into the unique name and the flags.
func nom(s string) (id, drapeaux string) {
	if i := strings.LastIndexAny(s, ":;"); i >= 0 && strings.HasPrefix(s[i+1:], "2,") {
		return s[:i], s[i+3:]
	}
	return s, ""
}

func (b *Boite) lister() ([]fichier, error) {
	var out []fichier
	for _, d := range []string{"new", "cur"} {
		entrees, err := os.ReadDir(filepath.Join(b.Dossier, d))
		if err != nil {
			return nil, fmt.Errorf("maildir: %w", err)
		}
		for _, e := range entrees {
			if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
				continue
			}
			info, err := e.Info()
			if errors.Is(err, fs.ErrNotExist) {
				continue // moved meanwhile by another reader
			}
			if err != nil {
				return nil, fmt.Errorf("maildir: %w", err)
			}
			id, drapeaux := nom(e.Name())
			out = append(out, fichier{id, filepath.Join(b.Dossier, d, e.Name()), strings.ContainsAny(drapeaux, "ST"), info})
		}
	}
	slices.SortFunc(out, func(x, y fichier) int {
		return cmp.Or(x.info.ModTime().Compare(y.info.ModTime()), strings.Compare(x.id, y.id))
	})
	return out, nil
}

// Messages implements transport.Boite: those of new, and those of cur without the
// flags S (seen) or T (trashed).
func (b *Boite) Messages(ctx context.Context) iter.Seq2[transport.MessageBoite, error] {
	return func(yield func(transport.MessageBoite, error) bool) {
		fichiers, err := b.indexer()
		if err != nil {
			yield(transport.MessageBoite{}, err)
			return
		}
		compte := b.compte()
		for _, f := range fichiers {
			if err := ctx.Err(); err != nil {
				yield(transport.MessageBoite{}, err)
				return
			}
			if f.vu {
				continue
			}
			m := transport.MessageBoite{Compte: compte, ID: f.id, Taille: f.info.Size(),
				Open: func(context.Context) (io.ReadCloser, error) {
					r, err := ouvrir(f.chemin)
					if err != nil {
						return nil, fmt.Errorf("maildir: %w", err)
					}
					return r, nil
				}}
			if !yield(m, nil) {
				return
			}
		}
	}
}

// compte is the folder itself, whatever path leads to it.
func (b *Boite) compte() string {
	d, err := filepath.Abs(b.Dossier)
	if err == nil {
		if reel, err := filepath.EvalSymlinks(d); err == nil {
			d = reel
		}
	} else {
		d = b.Dossier
	}
	return "maildir:" + filepath.ToSlash(d)
}

// ouvrir opens a message, which is a regular file: a named pipe would wait for ever.
func ouvrir(chemin string) (io.ReadCloser, error) {
	info, err := os.Lstat(chemin)
	if err == nil && !info.Mode().IsRegular() {
		return nil, fmt.Errorf("maildir: %s is not a regular file", chemin)
	}
	if err != nil {
		return nil, err
	}
	return os.Open(chemin)
}

// indexer lists the folder and remembers where each message is, so that dropping
// one doesn't list them all again.
func (b *Boite) indexer() ([]fichier, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.relister()
}

func (b *Boite) relister() ([]fichier, error) {
	fichiers, err := b.lister()
	if err != nil {
		return nil, err
	}
	b.index = make(map[string][]fichier, len(fichiers))
	for _, f := range fichiers {
		if !f.vu {
			b.index[f.id] = append(b.index[f.id], f)
		}
	}
	return fichiers, nil
}

// Acquitter implements transport.Boite.
func (b *Boite) Acquitter(_ context.Context, id string) error {
	b.mu.Lock()
	defer b.mu.Unlock()
	fait, err := b.retirer(id)
	if err != nil || fait {
		return err
	}
	// Not listed yet, or another reader moved it meanwhile.
	if _, err := b.relister(); err != nil {
		return err
	}
	_, err = b.retirer(id)
	return err
}

// retirer drops the files that the index has under a name; false when there's none,
// or when one isn't where it was.
func (b *Boite) retirer(id string) (fait bool, err error) {
	fichiers := b.index[id]
	fait = len(fichiers) > 0
	for _, f := range fichiers {
		if b.Supprimer {
			err = os.Remove(f.chemin)
		} else {
			_, drapeaux := nom(filepath.Base(f.chemin))
			lettres := []byte(drapeaux + "S")
			slices.Sort(lettres) // the format wants them in ASCII order
			err = os.Rename(f.chemin, filepath.Join(b.Dossier, "cur", id+separateur+"2,"+string(lettres)))
		}
		if errors.Is(err, fs.ErrNotExist) {
			fait = false
		} else if err != nil {
			return false, fmt.Errorf("maildir: %w", err)
		}
	}
	delete(b.index, id)
	return fait, nil
}
