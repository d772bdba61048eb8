package cms

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
)

// GCM of NIST SP 800-38D over a stream. crypto/cipher's takes a message whole, which
// would hold a lot of 1 GiB in memory; its block cipher and its counter mode serve
// here, and a test compares the two on every length.

// gcm encrypts or decrypts, and authenticates what went through.
type gcm struct {
	ctr    cipher.Stream
	masque [16]byte // E(K, J0), which hides the tag
	h      [16]element
	cle    element // H
	y      element // GHASH of the encrypted bytes so far
	reste  [16]byte
	n      int // bytes in reste
	octets uint64
}

// element of GF(2^128), the first bit of the block being the highest of haut.
type element struct{ haut, bas uint64 }

const (
	nonceGCM  = 12
	macGCM    = 16
	macMinGCM = 12 // RFC 5084 §3.2
	// contenuMaxGCM is where the 32-bit counter would turn (SP 800-38D §5.2.1.1).
	contenuMaxGCM = 1<<36 - 32
)

func newGCM(cle, nonce []byte) (*gcm, error) {
	if len(nonce) != nonceGCM {
		return nil, fmt.Errorf("cms: a GCM nonce of %d bytes, only %d is supported", len(nonce), nonceGCM)
	}
	bloc, err := aes.NewCipher(cle)
	if err != nil {
		return nil, fmt.Errorf("cms: %w", err)
	}
	g := new(gcm)
	var b [16]byte
	bloc.Encrypt(b[:], b[:])
	g.cle = lireElement(b[:])
	// h[i] is H times the polynomial whose four coefficients are the bits of i.
	g.h[8] = g.cle
	for i := 4; i > 0; i >>= 1 {
		g.h[i] = g.h[2*i].double()
	}
	for i := 2; i < 16; i++ {
		if bits.OnesCount(uint(i)) > 1 {
			bas := i & -i
			g.h[i] = g.h[bas].plus(g.h[i-bas])
		}
	}
	compteur := append(append(make([]byte, 0, 16), nonce...), 0, 0, 0, 1)
	bloc.Encrypt(g.masque[:], compteur)
	compteur[15] = 2
	g.ctr = cipher.NewCTR(bloc, compteur)
	return g, nil
}

func lireElement(b []byte) element {
	return element{binary.BigEndian.Uint64(b), binary.BigEndian.Uint64(b[8:])}
}

func (e element) plus(f element) element { return element{e.haut ^ f.haut, e.bas ^ f.bas} }

// double multiplies by x, modulo x^128 + x^7 + x^2 + x + 1.
func (e element) double() element {
	r := element{e.haut >> 1, e.bas>>1 | e.haut<<63}
	r.haut ^= -(e.bas & 1) & (0xe1 << 56)
	return r
}

// fois multiplies two elements, a bit at a time: it's for the few of a message.
func (e element) fois(f element) (r element) {
	for _, mot := range [2]uint64{e.haut, e.bas} {
		for i := 63; i >= 0; i-- {
			m := -(mot >> i & 1)
			r.haut ^= f.haut & m
			r.bas ^= f.bas & m
			f = f.double()
		}
	}
	return r
}

// retour[i] is what x^4 times an element whose last four bits are i folds back.
var retourGCM = func() (t [16]uint64) {
	for i := range t {
		e := element{0, uint64(i)}
		for range 4 {
			e = e.double()
		}
		t[i] = e.haut
	}
	return t
}()

// foisH multiplies by H, four bits at a time.
func (g *gcm) foisH(e element) (r element) {
	for _, mot := range [2]uint64{e.bas, e.haut} {
		for range 16 {
			repli := retourGCM[r.bas&15]
			r.bas = r.bas>>4 | r.haut<<60
			r.haut = r.haut>>4 ^ repli
			t := &g.h[mot&15]
			r.haut ^= t.haut
			r.bas ^= t.bas
			mot >>= 4
		}
	}
	return r
}

// absorber takes encrypted bytes.
func (g *gcm) absorber(b []byte) {
	g.octets += uint64(len(b))
	if g.n > 0 {
		k := copy(g.reste[g.n:], b)
		g.n, b = g.n+k, b[k:]
		if g.n < 16 {
			return
		}
		g.y = g.foisH(g.y.plus(lireElement(g.reste[:])))
		g.n = 0
	}
	for ; len(b) >= 16; b = b[16:] {
		g.y = g.foisH(g.y.plus(lireElement(b)))
	}
	g.n = copy(g.reste[:], b)
}

func (g *gcm) chiffrer(b []byte) {
	g.ctr.XORKeyStream(b, b)
	g.absorber(b)
}

func (g *gcm) dechiffrer(b []byte) {
	g.absorber(b)
	g.ctr.XORKeyStream(b, b)
}

// mac is the tag of what went through, with the additional data, which comes after it
// in a message although it's authenticated before: its share is multiplied by the
// power of H that the encrypted blocks put it at.
func (g *gcm) mac(additionnel []byte) [macGCM]byte {
	blocs := g.octets / 16
	if g.n > 0 {
		clear(g.reste[g.n:])
		g.y = g.foisH(g.y.plus(lireElement(g.reste[:])))
		blocs++
	}
	var a element
	for b := additionnel; len(b) > 0; b = b[min(16, len(b)):] {
		var bloc [16]byte
		copy(bloc[:], b)
		a = g.foisH(a.plus(lireElement(bloc[:])))
	}
	puissance := g.cle
	for ; blocs > 0; blocs >>= 1 {
		if blocs&1 == 1 {
			a = a.fois(puissance)
		}
		puissance = puissance.fois(puissance)
	}
	y := g.foisH(g.y.plus(a).plus(element{uint64(len(additionnel)) * 8, g.octets * 8}))
	var mac [macGCM]byte
	binary.BigEndian.PutUint64(mac[:], y.haut)
	binary.BigEndian.PutUint64(mac[8:], y.bas)
	subtle.XORBytes(mac[:], mac[:], g.masque[:])
	return mac
}

var errContenuGCM = errors.New("cms: more content than AES-GCM can encrypt under one key")
