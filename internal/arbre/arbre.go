// Package arbre is a Merkle tree (RFC 9162 § 2.1, SHA-256): one digest, the root, stands for all leaves in their order,
// and a path of a few digests shows that one leaf is among them without showing any other.
//
//	var a arbre.Arbre
//	a.Ajouter(contenu)                      // each leaf, in order
//	racine := a.Racine(a.Taille())
//	chemin := a.Chemin(3, a.Taille())       // about log2(Taille) digests
//	ok := arbre.Verifier(3, taille, contenu, chemin, racine)
package arbre

import (
	"crypto/sha256"
	"math/bits"
)

// Condense is a digest of the tree.
type Condense [sha256.Size]byte

// Arbre is a tree that grows. The zero value is empty. It holds two digests for each leaf.
type Arbre struct {
	etages [][]Condense // etages[k][i] covers the leaves from i<<k up to (i+1)<<k
}

// Feuille is the digest of a leaf.
func Feuille(contenu []byte) Condense { return sha256.Sum256(append([]byte{0}, contenu...)) }

func noeud(gauche, droite Condense) Condense {
	var b [1 + 2*sha256.Size]byte
	b[0] = 1
	copy(b[1:], gauche[:])
	copy(b[1+sha256.Size:], droite[:])
	return sha256.Sum256(b[:])
}

// Taille is the number of leaves.
func (a *Arbre) Taille() int {
	if len(a.etages) == 0 {
		return 0
	}
	return len(a.etages[0])
}

// Ajouter adds a leaf.
func (a *Arbre) Ajouter(contenu []byte) { a.AjouterFeuille(Feuille(contenu)) }

// AjouterFeuille adds a leaf by its digest.
func (a *Arbre) AjouterFeuille(c Condense) {
	for k := 0; ; k++ {
		if k == len(a.etages) {
			a.etages = append(a.etages, nil)
		}
		a.etages[k] = append(a.etages[k], c)
		n := len(a.etages[k])
		if n%2 == 1 {
			return
		}
		c = noeud(a.etages[k][n-2], c)
	}
}

// Racine is the root over the first taille leaves; over none it is the digest of nothing.
func (a *Arbre) Racine(taille int) Condense {
	if taille == 0 {
		return sha256.Sum256(nil)
	}
	return a.sommet(0, taille)
}

// sommet is the root over n leaves from debut, a multiple of the powers of two that n is cut in.
func (a *Arbre) sommet(debut, n int) Condense {
	if n&(n-1) == 0 {
		k := bits.TrailingZeros(uint(n))
		return a.etages[k][debut>>k]
	}
	g := coupe(n)
	return noeud(a.sommet(debut, g), a.sommet(debut+g, n-g))
}

// coupe is the greatest power of two below n.
func coupe(n int) int { return 1 << (bits.Len(uint(n-1)) - 1) }

// Chemin shows that leaf i (from 0) is among the first taille: the digests that lead from it to the root, from the
// bottom.
func (a *Arbre) Chemin(i, taille int) []Condense { return a.chemin(i, 0, taille) }

func (a *Arbre) chemin(i, debut, n int) []Condense {
	if n <= 1 {
		return nil
	}
	g := coupe(n)
	if i < g {
		return append(a.chemin(i, debut, g), a.sommet(debut+g, n-g))
	}
	return append(a.chemin(i-g, debut+g, n-g), a.sommet(debut, g))
}

// Verifier says whether a leaf's content stands at i (from 0) among taille leaves of that root (RFC 9162 § 2.1.3.2).
func Verifier(i, taille int, contenu []byte, chemin []Condense, racine Condense) bool {
	if i < 0 || i >= taille {
		return false
	}
	fn, sn, r := i, taille-1, Feuille(contenu)
	for _, p := range chemin {
		if sn == 0 {
			return false
		}
		if fn%2 == 1 || fn == sn {
			r = noeud(p, r)
			for fn%2 == 0 && fn != 0 {
				fn, sn = fn/2, sn/2
			}
		} else {
			r = noeud(r, p)
		}
		fn, sn = fn/2, sn/2
	}
	return sn == 0 && r == racine
}
