package signature

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// ErrAbsent and ErrExiste are what a [Magasin] answers about a key that is not there, or that is there already.
var (
	ErrAbsent = errors.New("signature: no such record")
	ErrExiste = errors.New("signature: record exists")
)

// Magasin keeps drafts and signatures until they are used: strokes are personal data of the signer, so it holds them for minutes, not years.
// Keys are letters, digits and -. Shipped: [Memoire] and [MagasinDossier].
type Magasin interface {
	// Read gives a record, or ErrAbsent.
	Read(ctx context.Context, cle string) ([]byte, error)
	// Write writes a record whole or not at all. With nouveau it fails with ErrExiste when there is one: that is the atomic step by which
	// a lot is signed once, on whichever tablet or process.
	Write(ctx context.Context, cle string, v []byte, nouveau bool) error
	// Supprimer deletes a record; one that is not there is no error.
	Supprimer(ctx context.Context, cle string) error
}

// Memoire is a [Magasin] that forgets everything when the program ends. The zero value is ready.
type Memoire struct {
	mu sync.Mutex
	m  map[string][]byte
}

// Read implements [Magasin].
func (m *Memoire) Read(_ context.Context, cle string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	v, ok := m.m[cle]
	if !ok {
		return nil, ErrAbsent
	}
	return bytes.Clone(v), nil
}

// Write implements [Magasin].
func (m *Memoire) Write(_ context.Context, cle string, v []byte, nouveau bool) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.m[cle]; ok && nouveau {
		return ErrExiste
	}
	if m.m == nil {
		m.m = map[string][]byte{}
	}
	m.m[cle] = bytes.Clone(v)
	return nil
}

// Supprimer implements [Magasin].
func (m *Memoire) Supprimer(_ context.Context, cle string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if v, ok := m.m[cle]; ok {
		clear(v)
		delete(m.m, cle)
	}
	return nil
}

// MagasinDossier is a [Magasin] of one file a record, each encrypted with AES-256-GCM under the host's key and bound to its name, so that a
// copied, renamed or altered file is refused. It survives the program and serves several processes on one file system.
type MagasinDossier struct {
	racine *os.Root
	aead   cipher.AEAD
}

// OpenMagasin opens or creates the folder (mode 0700). cle is 32 bytes that the host keeps elsewhere, in the system's key store for one.
func OpenMagasin(chemin string, cle []byte) (*MagasinDossier, error) {
	if len(cle) != 32 {
		return nil, fmt.Errorf("signature: key of %d bytes, expected 32", len(cle))
	}
	bloc, err := aes.NewCipher(cle)
	if err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	aead, err := cipher.NewGCMWithRandomNonce(bloc)
	if err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	if err := os.MkdirAll(chemin, 0o700); err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	racine, err := os.OpenRoot(chemin)
	if err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	d := &MagasinDossier{racine: racine, aead: aead}
	if err := d.nettoyer(); err != nil {
		return nil, errors.Join(err, racine.Close())
	}
	return d, nil
}

// nettoyer removes what a crash left half written, once no process can still be writing it.
func (d *MagasinDossier) nettoyer() error {
	noms, err := fs.Glob(d.racine.FS(), "*.*")
	if err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	for _, nom := range noms {
		if i, err := d.racine.Stat(nom); err != nil || time.Since(i.ModTime()) < time.Hour {
			continue
		}
		if err := d.racine.Remove(nom); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("signature: %w", err)
		}
	}
	return nil
}

// Close closes the folder.
func (d *MagasinDossier) Close() error { return d.racine.Close() }

// enregistrementMax bounds what is read back: 40,000 points of JSON are under 1 MiB.
const enregistrementMax = 4 << 20

// Read implements [Magasin].
func (d *MagasinDossier) Read(_ context.Context, cle string) ([]byte, error) {
	f, err := d.racine.Open(cle)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrAbsent
	}
	if err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	defer f.Close()
	scelle, err := io.ReadAll(io.LimitReader(f, enregistrementMax))
	if err != nil {
		return nil, fmt.Errorf("signature: read %s: %w", cle, err)
	}
	v, err := d.aead.Open(nil, nil, scelle, []byte(cle))
	if err != nil {
		return nil, fmt.Errorf("signature: record %s was altered, or the key is another", cle)
	}
	return v, nil
}

// Write implements [Magasin]: a temporary file, synced, then linked (new) or renamed (replaced), so that a crash leaves the old or the new.
func (d *MagasinDossier) Write(_ context.Context, cle string, v []byte, nouveau bool) (err error) {
	tmp := filepath.Base(cle) + "." + rand.Text()
	f, err := d.racine.OpenFile(tmp, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("signature: %w", err)
	}
	defer func() {
		if e := d.racine.Remove(tmp); e != nil && !errors.Is(e, fs.ErrNotExist) {
			err = errors.Join(err, e)
		}
	}()
	_, err = f.Write(d.aead.Seal(nil, nil, v, []byte(cle)))
	err = errors.Join(err, f.Sync(), f.Close())
	if err != nil {
		return fmt.Errorf("signature: write %s: %w", cle, err)
	}
	if !nouveau {
		err = d.racine.Rename(tmp, cle)
	} else if err = d.racine.Link(tmp, cle); errors.Is(err, fs.ErrExist) {
		return ErrExiste
	}
	if err != nil {
		return fmt.Errorf("signature: write %s: %w", cle, err)
	}
	return nil
}

// Supprimer implements [Magasin].
func (d *MagasinDossier) Supprimer(_ context.Context, cle string) error {
	if err := d.racine.Remove(cle); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("signature: delete %s: %w", cle, err)
	}
	return nil
}
