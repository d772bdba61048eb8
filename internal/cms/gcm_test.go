package cms

import (
	"bytes"
	"crypto"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rsa"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"
)

// The stream gives what crypto/cipher's GCM gives of the whole, for every length
// around a block and for pieces of any size, with additional data or not.
func TestGCMContreBibliotheque(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	octets := func(n int) []byte {
		b := make([]byte, n)
		for i := range b {
			b[i] = byte(r.Uint32())
		}
		return b
	}
	for _, taille := range []int{16, 32} {
		for n := range 70 {
			if n > 50 {
				n *= 37
			}
			for _, a := range []int{0, 1, 16, 17, 100} {
				cle, nonce, clair, aad := octets(taille), octets(nonceGCM), octets(n), octets(a)
				bloc, err := aes.NewCipher(cle)
				if err != nil {
					t.Fatal(err)
				}
				ref, err := cipher.NewGCM(bloc)
				if err != nil {
					t.Fatal(err)
				}
				veut := ref.Seal(nil, nonce, clair, aad)
				g, err := newGCM(cle, nonce)
				if err != nil {
					t.Fatal(err)
				}
				got := bytes.Clone(clair)
				for b := got; len(b) > 0; {
					k := min(len(b), 1+int(r.Uint32N(40)))
					g.chiffrer(b[:k])
					b = b[k:]
				}
				mac := g.mac(aad)
				if !bytes.Equal(append(got, mac[:]...), veut) {
					t.Fatalf("key of %d, %d bytes, %d additional: other bytes than crypto/cipher's", taille, n, a)
				}
			}
		}
	}
}

type opts = crypto.DecrypterOpts

var gcms = []Algorithme{AES128GCM, AES256GCM}

// An AuthEnvelopedData comes back whole, and no cut nor changed byte of it passes: it
// says so at its end, before anything may be kept.
func TestAuthEnveloppe(t *testing.T) {
	a := paireA()
	for _, algo := range gcms {
		for _, n := range []int{0, 1, 15, 16, tailleMorceau - 1, tailleMorceau, 3*tailleMorceau + 5} {
			for _, der := range []bool{false, true} {
				clair := []byte(strings.Repeat("x", n))
				o := Options{Algorithme: algo, Cle: PKCS1v15, Destinataires: []*x509.Certificate{a.certificat}}
				if der {
					o.Taille = int64(n)
				}
				r, err := Open(iotest.OneByteReader(bytes.NewReader(chiffrer(t, o, clair))), a.dechiffrante())
				if err != nil {
					t.Fatal(err)
				}
				lu, err := io.ReadAll(r)
				if err != nil || !bytes.Equal(lu, clair) {
					t.Errorf("%s, %d bytes, DER %v: %v", algo, n, der, err)
				}
			}
		}
	}
	var secret []byte
	p7m := chiffrer(t, Options{Algorithme: AES256GCM, Cle: PKCS1v15, Destinataires: []*x509.Certificate{a.certificat}},
		[]byte("contenu"))
	if _, err := Open(bytes.NewReader(p7m), Cle{a.certificat, decrypterVers{a.dechiffrante().Decrypter,
		&secret}}); err != nil {
		t.Fatal(err)
	}
	lire := func(b []byte) error {
		r, err := Open(bytes.NewReader(b), Cle{a.certificat, decrypterQui(func(opts) ([]byte, error) { return secret, nil })})
		if err != nil {
			return err
		}
		_, err = io.Copy(io.Discard, r)
		return err
	}
	if err := lire(p7m); err != nil {
		t.Fatal(err)
	}
	for i := range p7m {
		if err := lire(p7m[:i]); err == nil {
			t.Fatalf("cut at byte %d of %d: passes", i, len(p7m))
		}
	}
	debut := bytes.LastIndex(p7m, []byte{uint8(tagContexte0C), 0x80})
	for i := debut; i < len(p7m); i++ {
		abime := bytes.Clone(p7m)
		abime[i] ^= 1
		if err := lire(abime); err == nil {
			t.Fatalf("byte %d changed: passes", i)
		}
	}
}

func TestOpenSSLAuthEnveloppe(t *testing.T) {
	a := paireA()
	certificat, cle := a.ecrire(t)
	clair := []byte(strings.Repeat("000CT ", 30_000))
	for _, algo := range gcms {
		for _, taille := range []int64{0, int64(len(clair))} {
			for nom, transport := range transports {
				t.Run(fmt.Sprintf("%s/%s/der=%v", algo, nom, taille > 0), func(t *testing.T) {
					p7m := chiffrer(t, Options{Algorithme: algo, Cle: transport, Taille: taille,
						Destinataires: []*x509.Certificate{a.certificat}}, clair)
					if lu := openssl(t, p7m, "cms", "-decrypt", "-binary", "-inform", "DER", "-recip", certificat, "-inkey",
						cle); !bytes.Equal(lu, clair) {
						t.Errorf("openssl reads %d bytes, not the %d written", len(lu), len(clair))
					}
				})
			}
		}
		for _, flux := range []string{"-stream", "-keyid"} {
			p7m := openssl(t, clair, "cms", "-encrypt", "-binary", "-"+algo.String(), "-outform", "DER", flux, certificat)
			r, err := Open(bytes.NewReader(p7m), a.dechiffrante())
			if err != nil {
				t.Fatal(err)
			}
			if lu, err := io.ReadAll(r); err != nil || !bytes.Equal(lu, clair) {
				t.Errorf("%s %s: %d bytes, %v", algo, flux, len(lu), err)
			}
		}
	}
}

// A card that is taken out is told as such; a wrong padding never is (RFC 3218).
func TestErreurDeLaCarte(t *testing.T) {
	a := paireA()
	retiree := errors.New("card removed")
	p7m := chiffrer(t, Options{Algorithme: AES128CBC, Cle: PKCS1v15, Destinataires: []*x509.Certificate{a.certificat}},
		[]byte("x"))
	_, err := Open(bytes.NewReader(p7m),
		Cle{a.certificat, decrypterQui(func(opts) ([]byte, error) { return nil, retiree })})
	if !errors.Is(err, retiree) || !errors.Is(err, ErrCleIndisponible) {
		t.Errorf("%v", err)
	}
	bourrage := fmt.Errorf("token: %w", rsa.ErrDecryption)
	if _, err := Open(bytes.NewReader(p7m),
		Cle{a.certificat, decrypterQui(func(opts) ([]byte, error) { return nil, bourrage })}); err != nil {
		t.Errorf("the padding of the key is told: %v", err)
	}
}

func BenchmarkGCM(b *testing.B) {
	g, err := newGCM(make([]byte, 32), make([]byte, nonceGCM))
	if err != nil {
		b.Fatal(err)
	}
	tampon := make([]byte, tailleMorceau)
	b.SetBytes(int64(len(tampon)))
	for b.Loop() {
		g.chiffrer(tampon)
	}
}
