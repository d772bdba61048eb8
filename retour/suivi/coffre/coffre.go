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

// The formats of a document; see the package comment.
var entete1, entete2 = []byte("SCOF\x01"), []byte("SCOF\x02")

const tailleEntete2 = 5 + tailleScellee + chacha20poly1305.KeySize + chacha20poly1305.Overhead

// Errors of a Coffre; an absent document is fs.ErrNotExist.
var (
	ErrCle    = errors.New("coffre: wrong key")
	ErrAltere = errors.New("coffre: altered, cut off, or sealed with another key")
)

// Depot keeps bytes under names. Its methods may be called by several goroutines.
type Depot interface {
	// Creer begins a new entry, seen by nobody before Valider.
	Creer(ctx context.Context) (Ecriture, error)
	// Open reads an entry; the error is fs.ErrNotExist when there is none.
	Open(ctx context.Context, nom string) (io.ReadCloser, error)
	// Supprimer removes an entry, so that nothing of it can be read where it was; none of that name is no error.
	Supprimer(ctx context.Context, nom string) error
	// Lister gives the entries.
	Lister(ctx context.Context) iter.Seq2[Entree, error]
}

// Purgeur is a Depot in which what Supprimer removed leaves traces until FinirPurge.
type Purgeur interface {
	// FinirPurge returns once nothing that was removed before can be read in the files.
	FinirPurge(ctx context.Context) error
}

// Ecriture is an entry being written.
type Ecriture interface {
	io.Writer
	// Valider makes the entry durable under nom, in one step. If nom is there already, the new one is dropped: same name,
	// same content.
	Valider(ctx context.Context, nom string) error
	// Remplacer makes the entry durable in place of the one that nom names, in one step; fs.ErrNotExist if there is none,
	// or none any more.
	Remplacer(ctx context.Context, nom string) error
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
	cles  []*cle // the current one first
	petit cipher.AEAD
	index []byte
}

// String doesn't show the key.
func (*Coffre) String() string   { return "coffre.Coffre" }
func (*Coffre) GoString() string { return "coffre.Coffre" }

// Option changes how a Coffre is opened.
type Option func(*options)

type options struct {
	alea   io.Reader
	autres [][]byte
}

// WithAlea gives the randomness; the default is crypto/rand.
func WithAlea(r io.Reader) Option { return func(o *options) { o.alea = r } }

// WithAutresCles are keys that may have sealed what is there already, beside the one by which what comes is sealed; see
// Tourner.
func WithAutresCles(cles ...[]byte) Option {
	return func(o *options) { o.autres = append(o.autres, cles...) }
}

// Open opens a Coffre over d. cle is copied. ErrCle: it isn't the key of what d holds.
func Open(ctx context.Context, d Depot, cle []byte, opts ...Option) (*Coffre, error) {
	o := options{alea: rand.Reader}
	for _, f := range opts {
		f(&o)
	}
	c := &Coffre{depot: d, rand: o.alea}
	for _, octets := range append([][]byte{cle}, o.autres...) {
		k, err := nouvelleCle(octets)
		if err != nil {
			return nil, err
		}
		c.cles = append(c.cles, k)
	}
	if err := c.ouvrirTrousseau(ctx); err != nil {
		return nil, err
	}
	return c, nil
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

// Deposer keeps what r holds, in constant memory, and gives its address and clear length. Keeping the same bytes twice
// is no error, and heals the document where the disk damaged it.
func (c *Coffre) Deposer(ctx context.Context, r io.Reader) (Empreinte, int64, error) {
	return c.ecrire(ctx, r, func(w Ecriture, e Empreinte) error {
		err := c.relire(ctx, e)
		if errors.Is(err, ErrAltere) {
			err = w.Remplacer(ctx, nomDe(e))
		}
		if errors.Is(err, fs.ErrNotExist) {
			err = w.Valider(ctx, nomDe(e))
		}
		return err
	})
}

// relire reads a document to its end.
func (c *Coffre) relire(ctx context.Context, e Empreinte) error {
	f, err := c.Open(ctx, e)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, f)
	return errors.Join(err, f.Close())
}

// ecrire seals what r holds with a key of its own, and has nommer name the entry.
func (c *Coffre) ecrire(ctx context.Context, r io.Reader, nommer func(Ecriture, Empreinte) error) (Empreinte, int64,
	error) {
	w, err := c.depot.Creer(ctx)
	if err != nil {
		return Empreinte{}, 0, err
	}
	defer w.Abandonner()
	secret := make([]byte, chacha20poly1305.KeySize)
	if _, err := io.ReadFull(c.rand, secret); err != nil {
		return Empreinte{}, 0, fmt.Errorf("coffre: randomness: %w", err)
	}
	a, err := chacha20poly1305.NewX(secret)
	if err != nil {
		return Empreinte{}, 0, err
	}
	cleScellee, err := c.cles[0].sceller(c.rand, secret, usageDocument)
	clear(secret)
	if err != nil {
		return Empreinte{}, 0, err
	}
	if _, err := w.Write(append(bytes.Clone(entete2), cleScellee...)); err != nil {
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
	return e, taille, nommer(w, e)
}

// Open reads a document. The reader gives only authentic bytes; at the end it checks the whole against e. ErrAltere
// otherwise.
func (c *Coffre) Open(ctx context.Context, e Empreinte) (io.ReadCloser, error) {
	f, err := c.depot.Open(ctx, nomDe(e))
	if err != nil {
		return nil, err
	}
	l := &lecteur{f: f, h: sha256.New(), attendue: e, brut: make([]byte, scelle+1)}
	if l.as, err = c.chiffres(f); err != nil {
		f.Close()
		return nil, err
	}
	return l, nil
}

// chiffres reads the header of a document, and gives the ciphers that may open what follows: of the first format, those
// of every key.
func (c *Coffre) chiffres(f io.Reader) ([]cipher.AEAD, error) {
	t := make([]byte, tailleEntete2)
	if _, err := io.ReadFull(f, t[:len(entete2)]); err != nil {
		return nil, fmt.Errorf("%w: header", ErrAltere)
	}
	switch {
	case bytes.HasPrefix(t, entete1):
		sel := t[:tailleSel]
		if _, err := io.ReadFull(f, sel); err != nil {
			return nil, fmt.Errorf("%w: header", ErrAltere)
		}
		var l []cipher.AEAD
		for _, k := range c.cles {
			d, err := hkdf.Key(sha256.New, k.octets, sel, "scor-sdk coffre document 1", chacha20poly1305.KeySize)
			if err != nil {
				return nil, err
			}
			a, err := chacha20poly1305.NewX(d)
			if err != nil {
				return nil, err
			}
			l = append(l, a)
		}
		return l, nil
	case bytes.HasPrefix(t, entete2):
		if _, err := io.ReadFull(f, t[len(entete2):]); err != nil {
			return nil, fmt.Errorf("%w: header", ErrAltere)
		}
		secret, err := c.ouvrir(t[len(entete2):], usageDocument)
		if err != nil {
			return nil, err
		}
		a, err := chacha20poly1305.NewX(secret)
		return []cipher.AEAD{a}, err
	}
	return nil, fmt.Errorf("%w: header", ErrAltere)
}

type lecteur struct {
	f        io.ReadCloser
	as       []cipher.AEAD // one once the first chunk is open
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
	var clair []byte
	for i, a := range l.as {
		if clair, err = a.Open(nil, nonce(l.n, fin), chiffre, nil); err == nil {
			l.as = l.as[i : i+1]
			break
		}
	}
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

// FinirPurge ends a series of Supprimer: nothing of what they removed can be read in the Depot's files once it returns
// nil. Where the Depot can't promise it (a bucket's versions, PostgreSQL's dead rows and its WAL, backups) Tourner
// does, with the former key destroyed.
func (c *Coffre) FinirPurge(ctx context.Context) error {
	if p, ok := c.depot.(Purgeur); ok {
		return p.FinirPurge(ctx)
	}
	return nil
}

// Lister gives the addresses of the documents.
func (c *Coffre) Lister(ctx context.Context) iter.Seq2[Empreinte, error] {
	return func(yield func(Empreinte, error) bool) {
		for x, err := range c.depot.Lister(ctx) {
			var e Empreinte
			if err == nil && x.Nom == trousseau {
				continue
			}
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
