package chaine

import (
	"crypto/sha256"
	"errors"
	"math/bits"
)

// A Merkle tree over the links of a chain, with the hashing of RFC 9162, section 2.1: a path of some 20 digests proves
// that one link is among a million, where the chain alone would need them all.

// Feuille is the leaf of a link.
func Feuille(lien Condense) Condense {
	var b [1 + sha256.Size]byte
	copy(b[1:], lien[:])
	return sha256.Sum256(b[:])
}

// Noeud is the node over two others.
func Noeud(gauche, droite Condense) Condense {
	var b [1 + 2*sha256.Size]byte
	b[0] = 1
	copy(b[1:], gauche[:])
	copy(b[1+sha256.Size:], droite[:])
	return sha256.Sum256(b[:])
}

// Noeuds gives the root of the complete tree of 2^niveau leaves that begins at leaf n·2^niveau.
type Noeuds func(niveau int, n uint64) (Condense, error)

// ErrArbre says that a path doesn't lead to its root.
var ErrArbre = errors.New("chaine: the path doesn't lead to the root")

// Plier is the root of a complete tree of these nodes, of which there are 2^n. It works in place.
func Plier(l []Condense) Condense {
	for n := len(l); n > 1; n /= 2 {
		for i := range n / 2 {
			l[i] = Noeud(l[2*i], l[2*i+1])
		}
	}
	return l[0]
}

// coupe is the largest power of two smaller than n.
func coupe(n uint64) uint64 { return 1 << (bits.Len64(n-1) - 1) }

// Racine is the root of the first taille leaves, at least one.
func Racine(taille uint64, f Noeuds) (Condense, error) { return racine(0, taille, f) }

func racine(de, n uint64, f Noeuds) (Condense, error) {
	if n&(n-1) == 0 {
		niveau := bits.TrailingZeros64(n)
		return f(niveau, de>>niveau)
	}
	k := coupe(n)
	g, err := racine(de, k, f)
	if err != nil {
		return g, err
	}
	d, err := racine(de+k, n-k, f)
	return Noeud(g, d), err
}

// Chemin is the path from leaf n, from 0, to the root of the first taille leaves.
func Chemin(n, taille uint64, f Noeuds) ([]Condense, error) {
	if n >= taille {
		return nil, ErrArbre
	}
	return chemin(0, n, taille, f)
}

func chemin(de, m, n uint64, f Noeuds) ([]Condense, error) {
	if n == 1 {
		return nil, nil
	}
	k := coupe(n)
	var l []Condense
	var autre Condense
	var err error
	if m < k {
		if l, err = chemin(de, m, k, f); err == nil {
			autre, err = racine(de+k, n-k, f)
		}
	} else if l, err = chemin(de+k, m-k, n-k, f); err == nil {
		autre, err = racine(de, k, f)
	}
	return append(l, autre), err
}

// VerifierChemin checks that lien is leaf n, from 0, of the tree of taille leaves and of that root.
func VerifierChemin(n, taille uint64, lien, racine Condense, chemin []Condense) error {
	return VerifierFeuille(n, taille, Feuille(lien), racine, chemin)
}

// VerifierFeuille is [VerifierChemin] for a leaf's own digest (RFC 9162, section 2.1.3.2).
func VerifierFeuille(n, taille uint64, feuille, racine Condense, chemin []Condense) error {
	if n >= taille {
		return ErrArbre
	}
	r, fin := feuille, taille-1
	for _, c := range chemin {
		if fin == 0 {
			return ErrArbre
		}
		if n&1 == 1 || n == fin {
			r = Noeud(c, r)
			for n&1 == 0 && n != 0 {
				n, fin = n>>1, fin>>1
			}
		} else {
			r = Noeud(r, c)
		}
		n, fin = n>>1, fin>>1
	}
	if fin != 0 || r != racine {
		return ErrArbre
	}
	return nil
}
