package coffre

import (
	"bytes"
	"context"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"golang.org/x/crypto/chacha20poly1305"
)

const tailleID = 8

// cle is a key of the host: what it seals keys with, and how what it sealed is known.
type cle struct {
	id        [tailleID]byte
	octets    []byte
	enveloppe cipher.AEAD
}

func nouvelleCle(octets []byte) (*cle, error) {
	if len(octets) != TailleCle {
		return nil, fmt.Errorf("%w: %d bytes, expected %d", ErrCle, len(octets), TailleCle)
	}
	k := &cle{octets: bytes.Clone(octets)}
	id, err := hkdf.Key(sha256.New, octets, nil, "scor-sdk coffre identifiant 2", tailleID)
	if err != nil {
		return nil, err
	}
	copy(k.id[:], id)
	e, err := hkdf.Key(sha256.New, octets, nil, "scor-sdk coffre enveloppe 2", chacha20poly1305.KeySize)
	if err != nil {
		return nil, err
	}
	k.enveloppe, err = chacha20poly1305.NewX(e)
	return k, err
}

// A sealed key: the identifier of the host's key, a random nonce, the key and its authentication.
const tailleScellee = tailleID + chacha20poly1305.NonceSizeX

// sceller seals secret for a use, by which it can't be taken for another's.
func (k *cle) sceller(alea io.Reader, secret []byte, usage string) ([]byte, error) {
	b := make([]byte, tailleScellee, tailleScellee+len(secret)+chacha20poly1305.Overhead)
	copy(b, k.id[:])
	if _, err := io.ReadFull(alea, b[tailleID:]); err != nil {
		return nil, fmt.Errorf("coffre: randomness: %w", err)
	}
	return k.enveloppe.Seal(b, b[tailleID:], secret, []byte(usage)), nil
}

// ouvrir opens what sceller made, with whichever of the keys did; ErrCle when none of them has its identifier.
func (c *Coffre) ouvrir(scelle []byte, usage string) ([]byte, error) {
	if len(scelle) < tailleScellee {
		return nil, fmt.Errorf("%w: sealed key", ErrAltere)
	}
	for _, k := range c.cles {
		if !bytes.Equal(k.id[:], scelle[:tailleID]) {
			continue
		}
		b, err := k.enveloppe.Open(nil, scelle[tailleID:tailleScellee], scelle[tailleScellee:], []byte(usage))
		if err != nil {
			return nil, fmt.Errorf("%w: sealed key", ErrAltere)
		}
		return b, nil
	}
	// An identifier that a damaged disk changed looks like that of another key.
	return nil, fmt.Errorf("%w: sealed with key %x, which isn't given (%w)", ErrCle, scelle[:tailleID], ErrAltere)
}

// trousseau is the entry that holds the keys of short texts and of Index, sealed with the host's: they outlive the
// rotation of that one, for what they made is in a journal, which doesn't change.
const trousseau = "trousseau"

var enteteTrousseau = []byte("SCOT\x01")

const (
	usageTrousseau = "scor-sdk coffre trousseau 1"
	usageDocument  = "scor-sdk coffre document 2"
	tailleInternes = chacha20poly1305.KeySize + sha256.Size
)

// ouvrirTrousseau reads the inner keys, or makes them where there are none yet.
func (c *Coffre) ouvrirTrousseau(ctx context.Context) error {
	b, err := c.lireEntree(ctx, trousseau)
	if errors.Is(err, fs.ErrNotExist) {
		if err = c.premierTrousseau(ctx); err == nil {
			b, err = c.lireEntree(ctx, trousseau) // another program may have been faster
		}
	}
	if err != nil {
		return err
	}
	scelle, ok := bytes.CutPrefix(b, enteteTrousseau)
	if !ok {
		return fmt.Errorf("%w: header of the keys", ErrAltere)
	}
	internes, err := c.ouvrir(scelle, usageTrousseau)
	if err != nil {
		return err
	}
	if len(internes) != tailleInternes {
		return fmt.Errorf("%w: inner keys", ErrAltere)
	}
	if c.petit, err = chacha20poly1305.NewX(internes[:chacha20poly1305.KeySize]); err != nil {
		return err
	}
	c.index = internes[chacha20poly1305.KeySize:]
	return nil
}

// premierTrousseau derives the inner keys from the key by which the documents that are there, if any, are sealed.
func (c *Coffre) premierTrousseau(ctx context.Context) error {
	k, err := c.cleDesDocuments(ctx)
	if err != nil {
		return err
	}
	texte, err := hkdf.Key(sha256.New, k.octets, nil, "scor-sdk coffre texte 1", chacha20poly1305.KeySize)
	if err != nil {
		return err
	}
	index, err := hkdf.Key(sha256.New, k.octets, nil, "scor-sdk coffre index 1", sha256.Size)
	if err != nil {
		return err
	}
	w, err := c.trousseauScelle(ctx, append(texte, index...))
	if err != nil {
		return err
	}
	defer w.Abandonner()
	return w.Valider(ctx, trousseau)
}

// trousseauScelle writes the inner keys, sealed with the current key, into an entry to be given its name.
func (c *Coffre) trousseauScelle(ctx context.Context, internes []byte) (Ecriture, error) {
	s, err := c.cles[0].sceller(c.rand, internes, usageTrousseau)
	if err != nil {
		return nil, err
	}
	w, err := c.depot.Creer(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(append(bytes.Clone(enteteTrousseau), s...)); err != nil {
		w.Abandonner()
		return nil, err
	}
	return w, nil
}

// cleDesDocuments is the one of the keys that opens the first document; the current one when there is none. ErrCle if
// none does: the key is refused here, before anything is sealed with it.
func (c *Coffre) cleDesDocuments(ctx context.Context) (*cle, error) {
	for e, err := range c.Lister(ctx) {
		if err != nil {
			return nil, err
		}
		for _, k := range c.cles {
			seul := *c
			seul.cles = []*cle{k}
			r, err := seul.Open(ctx, e)
			if err == nil {
				_, err = io.CopyN(io.Discard, r, 1)
				err = errors.Join(err, r.Close())
			}
			if err == nil || errors.Is(err, io.EOF) {
				return k, nil
			}
			if !errors.Is(err, ErrAltere) && !errors.Is(err, ErrCle) {
				return nil, err
			}
		}
		return nil, fmt.Errorf("%w: it doesn't open the documents that are there", ErrCle)
	}
	return c.cles[0], nil
}

func (c *Coffre) lireEntree(ctx context.Context, nom string) ([]byte, error) {
	r, err := c.depot.Open(ctx, nom)
	if err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(r, 1<<16))
	return b, errors.Join(err, r.Close())
}
