package coffre

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"iter"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

// TailleCle is the length of the host's key, in bytes.
const TailleCle = 32

const (
	morceau   = 64 << 10
	scelle    = morceau + chacha20poly1305.Overhead
	tailleSel = 16
)

var entete = []byte("SCOF\x01")

// Errors of a Coffre; an absent document is fs.ErrNotExist.
var (
	ErrCle    = errors.New("coffre: the key must have 32 bytes")
	ErrAltere = errors.New("coffre: altered, cut off, or sealed with another key")
)

// Depot keeps bytes under names. Its methods may be called by several goroutines.
type Depot interface {
	// Creer begins a new entry, seen by nobody before Valider.
	Creer(ctx context.Context) (Ecriture, error)
	// Open reads an entry; the error is fs.ErrNotExist when there is none.
	Open(ctx context.Context, nom string) (io.ReadCloser, error)
	// Supprimer removes an entry; none of that name is no error.
	Supprimer(ctx context.Context, nom string) error
	// Lister gives the entries.
	Lister(ctx context.Context) iter.Seq2[Entree, error]
}

// Ecriture is an entry being written.
type Ecriture interface {
	io.Writer
	// Valider makes the entry durable under nom, in one step. If nom is there already, the new one is dropped: same name, same content.
	Valider(ctx context.Context, nom string) error
	// Abandonner drops it; after Valider it does nothing.
	Abandonner()
}

// Entree is a name and its size at rest, in bytes.
type Entree struct {
	Nom    string
	Taille int64
}

// Empreinte is the SHA-256 of the clear bytes.
type Empreinte = [sha256.Size]byte

// Coffre encrypts what goes into a Depot.
type Coffre struct {
	depot Depot
	rand  io.Reader
	cle   []byte
	petit cipher.AEAD
	index []byte
}

// String doesn't show the key.
func (*Coffre) String() string   { return "coffre.Coffre" }
func (*Coffre) GoString() string { return "coffre.Coffre" }

// New opens a Coffre over d. cle is copied. alea gives randomness, nil for crypto/rand.
func New(d Depot, cle []byte, alea io.Reader) (*Coffre, error) {
	if len(cle) != TailleCle {
		return nil, ErrCle
	}
	if alea == nil {
		alea = rand.Reader
	}
	c := &Coffre{depot: d, rand: alea, cle: bytes.Clone(cle)}
	k, err := hkdf.Key(sha256.New, cle, nil, "scor-sdk coffre texte 1", chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	if c.petit, err = chacha20poly1305.NewX(k); err != nil {
		return nil, err
	}
	c.index, err = hkdf.Key(sha256.New, cle, nil, "scor-sdk coffre index 1", sha256.Size)
	return c, err
}

func (c *Coffre) aead(sel []byte) (cipher.AEAD, error) {
	k, err := hkdf.Key(sha256.New, c.cle, sel, "scor-sdk coffre document 1", chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	return chacha20poly1305.NewX(k)
}

func nonce(n uint64, dernier bool) []byte {
	b := make([]byte, chacha20poly1305.NonceSizeX)
	binary.BigEndian.PutUint64(b[15:23], n)
	if dernier {
		b[23] = 1
	}
	return b
}

func nomDe(e Empreinte) string { return hex.EncodeToString(e[:]) }

// tampons are reused between documents, cleared of clear bytes.
var tampons = sync.Pool{New: func() any { return new([morceau + scelle]byte) }}

// Deposer keeps what r holds, in constant memory, and gives its address and clear length. Keeping the same bytes twice is no error.
func (c *Coffre) Deposer(ctx context.Context, r io.Reader) (Empreinte, int64, error) {
	w, err := c.depot.Creer(ctx)
	if err != nil {
		return Empreinte{}, 0, err
	}
	defer w.Abandonner()
	sel := make([]byte, tailleSel)
	if _, err := io.ReadFull(c.rand, sel); err != nil {
		return Empreinte{}, 0, fmt.Errorf("coffre: randomness: %w", err)
	}
	a, err := c.aead(sel)
	if err != nil {
		return Empreinte{}, 0, err
	}
	if _, err := w.Write(append(bytes.Clone(entete), sel...)); err != nil {
		return Empreinte{}, 0, err
	}
	h := sha256.New()
	t := tampons.Get().(*[morceau + scelle]byte)
	defer tampons.Put(t)
	defer clear(t[:morceau])
	clair, sortie := t[:morceau], t[morceau:morceau]
	var taille int64
	for n := uint64(0); ; n++ {
		lu, err := io.ReadFull(r, clair)
		fin := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !fin {
			return Empreinte{}, 0, err
		}
		h.Write(clair[:lu])
		taille += int64(lu)
		sortie = a.Seal(sortie[:0], nonce(n, fin), clair[:lu], nil)
		if _, err := w.Write(sortie); err != nil {
			return Empreinte{}, 0, err
		}
		if err := ctx.Err(); err != nil {
			return Empreinte{}, 0, err
		}
		if fin {
			break
		}
	}
	var e Empreinte
	h.Sum(e[:0])
	return e, taille, w.Valider(ctx, nomDe(e))
}

// Open reads a document. The reader gives only authentic bytes; at the end it checks the whole against e. ErrAltere otherwise.
func (c *Coffre) Open(ctx context.Context, e Empreinte) (io.ReadCloser, error) {
	f, err := c.depot.Open(ctx, nomDe(e))
	if err != nil {
		return nil, err
	}
	l := &lecteur{f: f, h: sha256.New(), attendue: e, brut: make([]byte, scelle+1)}
	t := make([]byte, len(entete)+tailleSel)
	if _, err := io.ReadFull(f, t); err != nil || !bytes.Equal(t[:len(entete)], entete) {
		f.Close()
		return nil, fmt.Errorf("%w: header", ErrAltere)
	}
	if l.a, err = c.aead(t[len(entete):]); err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

type lecteur struct {
	f        io.ReadCloser
	a        cipher.AEAD
	h        hash.Hash
	attendue Empreinte
	brut     []byte // one chunk and the first byte of the next: that's how the last one is known
	avance   int    // bytes of brut already there
	n        uint64
	clair    []byte
	err      error
}

func (l *lecteur) Read(p []byte) (int, error) {
	for len(l.clair) == 0 {
		if l.err != nil {
			return 0, l.err
		}
		l.suivant()
	}
	n := copy(p, l.clair)
	l.clair = l.clair[n:]
	return n, nil
}

func (l *lecteur) suivant() {
	lu, err := io.ReadFull(l.f, l.brut[l.avance:])
	lu += l.avance
	fin := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	if err != nil && !fin {
		l.err = err
		return
	}
	chiffre := l.brut[:min(lu, scelle)]
	clair, err := l.a.Open(nil, nonce(l.n, fin), chiffre, nil)
	if err != nil {
		l.err = fmt.Errorf("%w: chunk %d", ErrAltere, l.n)
		return
	}
	l.h.Write(clair)
	l.n++
	l.clair = clair
	if fin {
		l.err = io.EOF
		if !bytes.Equal(l.h.Sum(nil), l.attendue[:]) {
			l.clair, l.err = nil, fmt.Errorf("%w: not the document of that digest", ErrAltere)
		}
		return
	}
	l.brut[0] = l.brut[scelle]
	l.avance = 1
}

func (l *lecteur) Close() error { return l.f.Close() }

// Contient says whether the document is there; it doesn't read it.
func (c *Coffre) Contient(ctx context.Context, e Empreinte) (bool, error) {
	f, err := c.depot.Open(ctx, nomDe(e))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, f.Close()
}

// Supprimer removes a document.
func (c *Coffre) Supprimer(ctx context.Context, e Empreinte) error {
	return c.depot.Supprimer(ctx, nomDe(e))
}

// Lister gives the addresses of the documents.
func (c *Coffre) Lister(ctx context.Context) iter.Seq2[Empreinte, error] {
	return func(yield func(Empreinte, error) bool) {
		for x, err := range c.depot.Lister(ctx) {
			var e Empreinte
			if err == nil {
				var n int
				if n, err = hex.Decode(e[:], []byte(x.Nom)); err == nil && n != len(e) {
					err = hex.ErrLength
				}
			}
			if !yield(e, err) || err != nil {
				return
			}
		}
	}
}

// Sceller seals a short text; contexte binds it to its place: it opens nowhere else.
func (c *Coffre) Sceller(clair, contexte string) (string, error) {
	b := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(clair)+chacha20poly1305.Overhead)
	if _, err := io.ReadFull(c.rand, b); err != nil {
		return "", fmt.Errorf("coffre: randomness: %w", err)
	}
	return base64.RawStdEncoding.EncodeToString(c.petit.Seal(b, b, []byte(clair), []byte(contexte))), nil
}

// Desceller opens what Sceller sealed in the same contexte.
func (c *Coffre) Desceller(texte, contexte string) (string, error) {
	b, err := base64.RawStdEncoding.DecodeString(texte)
	if err != nil || len(b) < chacha20poly1305.NonceSizeX {
		return "", fmt.Errorf("%w: text", ErrAltere)
	}
	clair, err := c.petit.Open(nil, b[:chacha20poly1305.NonceSizeX], b[chacha20poly1305.NonceSizeX:], []byte(contexte))
	if err != nil {
		return "", fmt.Errorf("%w: text", ErrAltere)
	}
	return string(clair), nil
}

// Index is a keyed digest of valeur in domaine, 32 hexadecimal digits: equal values are found again, none is read back.
func (c *Coffre) Index(domaine, valeur string) string {
	m := hmac.New(sha256.New, c.index)
	fmt.Fprintf(m, "%d:%s:%s", len(domaine), domaine, valeur)
	return hex.EncodeToString(m.Sum(nil)[:16])
}
