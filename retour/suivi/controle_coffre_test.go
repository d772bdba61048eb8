package suivi

import (
	"bytes"
	"errors"
	"path/filepath"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
)

// avecCle gives a Config an empty Coffre of a key.
func avecCle(t *testing.T, octet byte) func(*Config) {
	return func(c *Config) {
		k, err := coffre.Open(t.Context(), &coffre.Memoire{}, bytes.Repeat([]byte{octet}, coffre.TailleCle))
		if err != nil {
			t.Fatal(err)
		}
		c.Coffre = k
	}
}

// A journal refuses the Coffre of another key before anything is sealed with it, whether it was made before the check
// value or after.
func TestCoffreDUnAutre(t *testing.T) {
	b := nouveauBanc(t, avecCle(t, 7))
	b.lot(1, 1)
	b.jusquAuRepos()
	avant, err := b.journal.Tete(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := b.c
	for octet, attendu := range map[byte]error{7: nil, 8: ErrCoffre} {
		avecCle(t, octet)(&c)
		if _, err := Open(t.Context(), c); !errors.Is(err, attendu) {
			t.Errorf("key %d: %v", octet, err)
		}
	}
	if apres, err := b.journal.Tete(t.Context()); err != nil || apres != avant {
		t.Errorf("something was written: %+v, %v", apres, err)
	}
	surFichier(t, decomprimer(t, filepath.Join("testdata", "journaux", "0.1.0-1.db.gz")))(&c)
	for _, octet := range []byte{8, 7} {
		avecCle(t, octet)(&c)
		if _, err := Open(t.Context(), c); (err == nil) != (octet == 7) || err != nil && !errors.Is(err, ErrCoffre) {
			t.Errorf("a journal without check value, key %d: %v", octet, err)
		}
	}
}
