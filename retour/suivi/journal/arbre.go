package journal

import (
	"context"
	"fmt"
	"slices"

	"github.com/scor-sdk/scor-sdk-go/internal/chaine"
)

// Arbre is a Journal that keeps nodes of the Merkle tree over its links, so that a proof reads some hundreds of them
// and not the journal. Only nodes over complete trees of 256, 65,536, 16,777,216… events are kept, each once, for they
// never change.
type Arbre interface {
	// Liens gives the links of n events from number de+1 on, or as many as there are.
	Liens(ctx context.Context, de uint64, n int) ([]Condense, error)
	// Noeuds gives n kept nodes over 2^niveau events each, from the one of rank de on, or as many as there are.
	Noeuds(ctx context.Context, niveau int, de uint64, n int) ([]Condense, error)
	// NombreNoeuds is how many of that level are kept: those of rank 0 to that number, less one.
	NombreNoeuds(ctx context.Context, niveau int) (uint64, error)
	// GarderNoeuds keeps nodes of ranks de and on; one that is kept stays as it is.
	GarderNoeuds(ctx context.Context, niveau int, de uint64, l []Condense) error
}

// pas is the number of levels between two that are kept.
const pas = 8

// arbre reads the tree of a journal's first taille events.
type arbre struct {
	j      Arbre
	tuiles map[tuile][]Condense
}

type tuile struct {
	niveau int
	n      uint64
}

// nouvelArbre readies the tree of the first taille events, keeping the nodes that aren't yet.
func nouvelArbre(ctx context.Context, j Journal, taille uint64) (*arbre, error) {
	a, ok := j.(Arbre)
	if !ok {
		m, err := arbreEnMemoire(ctx, j, taille)
		if err != nil {
			return nil, err
		}
		a = m
	}
	x := &arbre{j: a, tuiles: map[tuile][]Condense{}}
	for niveau := pas; taille>>niveau > 0; niveau += pas {
		n, err := a.NombreNoeuds(ctx, niveau)
		if err != nil {
			return nil, err
		}
		for fin := taille >> niveau; n < fin; {
			l := make([]Condense, min(256, fin-n))
			for i := range l {
				t, err := x.tuile(ctx, niveau-pas, n+uint64(i))
				if err != nil {
					return nil, err
				}
				l[i] = plierTuile(t)
				clear(x.tuiles)
			}
			if err := a.GarderNoeuds(ctx, niveau, n, l); err != nil {
				return nil, err
			}
			n += uint64(len(l))
		}
	}
	return x, nil
}

func plierTuile(t []Condense) Condense {
	l := make([]chaine.Condense, len(t))
	for i := range t {
		l[i] = chaine.Condense(t[i])
	}
	return Condense(chaine.Plier(l))
}

// tuile gives the 256 nodes of a level under the node n of the next kept one, as many as there are: leaves at level 0.
func (x *arbre) tuile(ctx context.Context, niveau int, n uint64) ([]Condense, error) {
	k := tuile{niveau, n}
	if t, ok := x.tuiles[k]; ok {
		return t, nil
	}
	var t []Condense
	var err error
	if niveau == 0 {
		t, err = x.j.Liens(ctx, n<<pas, 1<<pas)
		for i := range t {
			t[i] = Condense(chaine.Feuille(chaine.Condense(t[i])))
		}
	} else {
		t, err = x.j.Noeuds(ctx, niveau, n<<pas, 1<<pas)
	}
	if err != nil {
		return nil, err
	}
	x.tuiles[k] = t
	return t, nil
}

// noeud is chaine.Noeuds.
func (x *arbre) noeud(ctx context.Context, niveau int, n uint64) (chaine.Condense, error) {
	reste := niveau % pas
	base := niveau - reste
	de := n << reste
	t, err := x.tuile(ctx, base, de>>pas)
	if err != nil {
		return chaine.Condense{}, err
	}
	i := de & (1<<pas - 1)
	if i+1<<reste > uint64(len(t)) {
		return chaine.Condense{}, fmt.Errorf("journal: node %d of level %d isn't kept", n, niveau)
	}
	return chaine.Condense(plierTuile(t[i : i+1<<reste])), nil
}

func (x *arbre) noeuds(ctx context.Context) chaine.Noeuds {
	return func(niveau int, n uint64) (chaine.Condense, error) { return x.noeud(ctx, niveau, n) }
}

func (x *arbre) racine(ctx context.Context, taille uint64) (Condense, error) {
	r, err := chaine.Racine(taille, x.noeuds(ctx))
	return Condense(r), err
}

func (x *arbre) chemin(ctx context.Context, seq, taille uint64) ([]Condense, error) {
	l, err := chaine.Chemin(seq-1, taille, x.noeuds(ctx))
	c := make([]Condense, len(l))
	for i := range l {
		c[i] = Condense(l[i])
	}
	return c, err
}

// memoireArbre is the Arbre of a journal that keeps none.
type memoireArbre struct {
	liens  []Condense
	noeuds map[int][]Condense
}

func arbreEnMemoire(ctx context.Context, j Journal, taille uint64) (*memoireArbre, error) {
	m := &memoireArbre{noeuds: map[int][]Condense{}}
	for e, err := range j.Rejouer(ctx, 0) {
		if err != nil {
			return nil, err
		}
		if m.liens = append(m.liens, e.Condense); e.Seq == taille {
			break
		}
	}
	return m, nil
}

func tranche(l []Condense, de uint64, n int) []Condense {
	de = min(de, uint64(len(l)))
	return append([]Condense{}, l[de:min(de+uint64(n), uint64(len(l)))]...)
}

func (m *memoireArbre) Liens(_ context.Context, de uint64, n int) ([]Condense, error) {
	return tranche(m.liens, de, n), nil
}

func (m *memoireArbre) Noeuds(_ context.Context, niveau int, de uint64, n int) ([]Condense, error) {
	return tranche(m.noeuds[niveau], de, n), nil
}

func (m *memoireArbre) NombreNoeuds(_ context.Context, niveau int) (uint64, error) {
	return uint64(len(m.noeuds[niveau])), nil
}

func (m *memoireArbre) GarderNoeuds(_ context.Context, niveau int, _ uint64, l []Condense) error {
	m.noeuds[niveau] = append(m.noeuds[niveau], l...)
	return nil
}

// RacineArbre is the root of the tree over the first taille events.
func RacineArbre(ctx context.Context, j Journal, taille uint64) (Condense, error) {
	if taille == 0 {
		return Condense{}, fmt.Errorf("journal: no event, no root")
	}
	x, err := nouvelArbre(ctx, j, taille)
	if err != nil {
		return Condense{}, err
	}
	return x.racine(ctx, taille)
}

// tuilesVues are the kept nodes as the events make them.
type tuilesVues struct {
	feuilles []Condense
	noeuds   []Condense // over 256 events
}

func (v *tuilesVues) ajouter(lien Condense) {
	v.feuilles = append(v.feuilles, Condense(chaine.Feuille(chaine.Condense(lien))))
	if len(v.feuilles) == 1<<pas {
		v.noeuds = append(v.noeuds, plierTuile(v.feuilles))
		v.feuilles = v.feuilles[:0]
	}
}

// verifier compares what a journal keeps of its tree with the events.
func (v *tuilesVues) verifier(ctx context.Context, j Journal, fin Tete) error {
	a, ok := j.(Arbre)
	if !ok {
		return nil
	}
	for niveau, l := pas, v.noeuds; ; niveau += pas {
		n, err := a.NombreNoeuds(ctx, niveau)
		if err != nil {
			return err
		}
		if n == 0 {
			return nil
		}
		gardes, err := a.Noeuds(ctx, niveau, 0, int(n))
		if err != nil {
			return err
		}
		if len(gardes) > len(l) || uint64(len(gardes)) != n || !slices.Equal(gardes, l[:len(gardes)]) {
			return &Rupture{Seq: fin.Seq, Quoi: fmt.Sprintf("the nodes of level %d aren't those of the events", niveau),
				Derive: DeriveArbre}
		}
		var suite []Condense
		for ; len(l) >= 1<<pas; l = l[1<<pas:] {
			suite = append(suite, plierTuile(l[:1<<pas]))
		}
		l = suite
	}
}
