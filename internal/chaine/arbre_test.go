package chaine

import (
	"encoding/binary"
	"testing"
)

// racineZero is the root over two links of zeros.
const racineZero = "a4b8c7873a49d5d53af0b2a0202486483020d95935d763edc4ef2f602200d8de"

// liens makes links, and their nodes.
func liens(n int) ([]Condense, Noeuds) {
	l := make([]Condense, n)
	for i := range l {
		binary.BigEndian.PutUint64(l[i][:], uint64(i+1))
	}
	return l, func(niveau int, n uint64) (Condense, error) {
		var f []Condense
		for i := n << niveau; i < (n+1)<<niveau; i++ {
			f = append(f, Feuille(l[i]))
		}
		return Plier(f), nil
	}
}

// naive is the root as RFC 9162 defines it, word for word.
func naive(l []Condense) Condense {
	if len(l) == 1 {
		return Feuille(l[0])
	}
	k := 1
	for k*2 < len(l) {
		k *= 2
	}
	return Noeud(naive(l[:k]), naive(l[k:]))
}

// Every leaf of every small tree is proved by its path, and by no other path, place, size, link or root.
func TestArbre(t *testing.T) {
	const max = 70
	l, f := liens(max)
	for taille := uint64(1); taille <= max; taille++ {
		r, err := Racine(taille, f)
		if err != nil || r != naive(l[:taille]) {
			t.Fatalf("%d leaves: another root, %v", taille, err)
		}
		for n := range taille {
			c, err := Chemin(n, taille, f)
			if err != nil {
				t.Fatal(err)
			}
			if err := VerifierChemin(n, taille, l[n], r, c); err != nil {
				t.Fatalf("leaf %d of %d: %v", n, taille, err)
			}
			faux := append([]Condense{}, c...)
			if len(c) > 0 {
				faux[0][3] ^= 1
			}
			for quoi, err := range map[string]error{
				"the next place":     VerifierChemin(n+1, taille, l[n], r, c),
				"another link":       VerifierChemin(n, taille, l[(n+1)%max], r, c),
				"another root":       VerifierChemin(n, taille, l[n], l[0], c),
				"a longer path":      VerifierChemin(n, taille, l[n], r, append(append([]Condense{}, c...), l[0])),
				"beyond the tree":    VerifierChemin(taille, taille, l[n], r, c),
				"a path that is not": VerifierChemin(n, taille, l[n], r, append(faux, make([]Condense, 1-min(1, len(c)))...)),
			} {
				if err == nil {
					t.Fatalf("leaf %d of %d, %s: accepted", n, taille, quoi)
				}
			}
		}
	}
}

// The hashing is that of RFC 9162, which other programs know: this value was computed with sha256sum.
func TestArbreFixe(t *testing.T) {
	if r := Noeud(Feuille(Condense{}), Feuille(Condense{})); r.String() != racineZero {
		t.Error(r)
	}
}
