package signature

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"errors"
	"fmt"
	"io/fs"
	"sync"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
)

// ErrAbsent and ErrExiste are what a [Magasin] answers about a key that is not there, or that is there already.
var (
	ErrAbsent = errors.New("signature: no such record")
	ErrExiste = errors.New("signature: record exists")
)

// Magasin keeps drafts and signatures until they are used: strokes are personal data of the signer, so it holds them
// for minutes, not years. Keys are letters, digits and -. Shipped: [Memoire] and [MagasinDossier].
type Magasin interface {
	// Read gives a record, or ErrAbsent.
	Read(ctx context.Context, cle string) ([]byte, error)
	// Write writes a record whole or not at all. With nouveau it fails with ErrExiste when there is one: that is the
	// atomic step by which a lot is signed once, on whichever tablet or process.
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

// MagasinDossier is a [Magasin] of one file a record, each encrypted with AES-256-GCM under the host's key and bound to
// its name, so that a copied, renamed or altered file is refused. It survives the program and serves several processes
// on one file system.
type MagasinDossier struct {
	depot *depot.Depot
	aead  cipher.AEAD
}

// enregistrementMax bounds a record, for who writes it as for who reads it: 40,000 points of JSON are under 1 MiB.
const enregistrementMax = 4 << 20

// OpenMagasin opens or creates the folder (mode 0700). cle is 32 bytes that the host keeps elsewhere, in the system's
// key store for one.
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
	d, err := depot.Open(chemin, depot.WithTailleMax(enregistrementMax))
	if err != nil {
		return nil, fmt.Errorf("signature: %w", err)
	}
	return &MagasinDossier{d, aead}, nil
}

// Close closes the folder.
func (d *MagasinDossier) Close() error { return d.depot.Close() }

// Read implements [Magasin].
func (d *MagasinDossier) Read(_ context.Context, cle string) ([]byte, error) {
	scelle, err := d.depot.Read(cle)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrAbsent
	}
	if err != nil {
		return nil, fmt.Errorf("signature: read %s: %w", cle, err)
	}
	v, err := d.aead.Open(nil, nil, scelle, []byte(cle))
	if err != nil {
		return nil, fmt.Errorf("signature: record %s was altered, or the key is another", cle)
	}
	return v, nil
}

// Write implements [Magasin]; the record is on disk, under its name, when it returns nil.
func (d *MagasinDossier) Write(_ context.Context, cle string, v []byte, nouveau bool) error {
	mode := depot.Remplacer
	if nouveau {
		mode = depot.Nouveau
	}
	err := d.depot.Write(cle, d.aead.Seal(nil, nil, v, []byte(cle)), mode)
	if errors.Is(err, fs.ErrExist) {
		return ErrExiste
	}
	if err != nil {
		return fmt.Errorf("signature: write %s: %w", cle, err)
	}
	return nil
}

// Supprimer implements [Magasin]: strokes are overwritten before their file goes.
func (d *MagasinDossier) Supprimer(_ context.Context, cle string) error {
	if err := d.depot.Erase(cle); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("signature: delete %s: %w", cle, err)
	}
	return nil
}
