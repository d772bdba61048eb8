// Package arbre is a Merkle tree in memory (RFC 9162 § 2.1, SHA-256), with the hashing of internal/chaine: one digest,
// the root, stands for all leaves in their order, and a path of a few digests shows that one leaf is among them without
// showing any other.
//
//	var a arbre.Arbre
//	a.Ajouter(contenu)                      // each leaf, in order
//	racine := a.Racine(a.Taille())
//	chemin := a.Chemin(3, a.Taille())       // about log2(Taille) digests
//	ok := arbre.Verifier(3, taille, contenu, chemin, racine)
package arbre

import (
	"crypto/sha256"

	"github.com/scor-sdk/scor-sdk-go/internal/chaine"
)

// Condense is a digest of the tree.
type Condense = chaine.Condense

// Arbre is a tree that grows. The zero value is empty. It holds two digests for each leaf.
type Arbre struct {
	etages [][]Condense // etages[k][i] covers the leaves from i<<k up to (i+1)<<k
}

// Feuille is the digest of a leaf.
func Feuille(contenu []byte) Condense { return sha256.Sum256(append([]byte{0}, contenu...)) }

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
		c = chaine.Noeud(a.etages[k][n-2], c)
	}
}

// Racine is the root over the first taille leaves; over none it is the digest of nothing.
func (a *Arbre) Racine(taille int) Condense {
	if taille == 0 {
		return sha256.Sum256(nil)
	}
	r, _ := chaine.Racine(uint64(taille), a.noeud) // whose nodes are all there
	return r
}

// noeud gives the complete trees that the path and the root are made of.
func (a *Arbre) noeud(niveau int, n uint64) (Condense, error) { return a.etages[niveau][n], nil }

// Chemin shows that leaf i (from 0) is among the first taille: the digests that lead from it to the root, from the
// bottom.
func (a *Arbre) Chemin(i, taille int) []Condense {
	c, _ := chaine.Chemin(uint64(i), uint64(taille), a.noeud) // likewise
	return c
}

// Verifier says whether a leaf's content stands at i (from 0) among taille leaves of that root (RFC 9162 § 2.1.3.2).
func Verifier(i, taille int, contenu []byte, chemin []Condense, racine Condense) bool {
	return i >= 0 && i < taille &&
		chaine.VerifierFeuille(uint64(i), uint64(taille), Feuille(contenu), racine, chemin) == nil
}
