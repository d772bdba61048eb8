package depot

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"sync"
)

// verrous orders the goroutines of this process: a lock on a file is per descriptor on some systems, per process on
// others.
var verrous sync.Map // of *sync.Mutex by path

// Lock holds nom for this goroutine, against the other goroutines and the other processes on this machine, until the
// function that it returns is called; the death of the process frees it. It waits. nom need not be a file's.
func (d *Depot) Lock(nom string) (liberer func() error, err error) {
	if err := verifier(nom); err != nil {
		return nil, err
	}
	e := sha256.Sum256([]byte(nom))
	fichier := ".verrou-" + hex.EncodeToString(e[:8])
	m, _ := verrous.LoadOrStore(d.racine.Name()+"\x00"+fichier, &sync.Mutex{})
	mu := m.(*sync.Mutex)
	mu.Lock()
	f, err := d.ouvrirVerrou(fichier)
	if err == nil {
		if err = verrouiller(f); err != nil {
			err = errors.Join(err, f.Close())
		}
	}
	if err != nil {
		mu.Unlock()
		return nil, fmt.Errorf("depot: locking %s: %w", nom, err)
	}
	return func() error {
		defer mu.Unlock()
		return f.Close() // closing frees the lock
	}, nil
}

func (d *Depot) ouvrirVerrou(nom string) (*os.File, error) {
	if i, err := d.racine.Lstat(nom); err == nil && !i.Mode().IsRegular() {
		return nil, fmt.Errorf("%w: %s isn't a regular file", ErrPrive, nom)
	} else if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	return d.racine.OpenFile(nom, os.O_RDWR|os.O_CREATE, modeFichier)
}
