package kit

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// suffixe names the files of vectors: others beside them are their inputs, or the schema.
const suffixe = ".vecteur.json"

// Open reads every vector under a folder, in the order of Familles, then of their identifiers. What is wrong is told
// with the name of its file, all at once.
func Open(racine fs.FS) ([]*Vecteur, error) {
	var liste []*Vecteur
	var fautes []error
	vus := map[string]string{}
	err := fs.WalkDir(racine, ".", func(nom string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(nom, suffixe) {
			return err
		}
		v, err := un(racine, nom)
		switch {
		case err != nil:
		case v.ID != strings.TrimSuffix(path.Base(nom), suffixe):
			err = fmt.Errorf("%w: id %q, the name of its file expected", ErrVecteur, v.ID)
		case vus[v.ID] != "":
			err = fmt.Errorf("%w: id %q is already that of %s", ErrVecteur, v.ID, vus[v.ID])
		default:
			vus[v.ID] = nom
			liste = append(liste, v)
			return nil
		}
		fautes = append(fautes, fmt.Errorf("%s: %w", nom, err))
		return nil
	})
	if err = errors.Join(append(fautes, err)...); err != nil {
		return nil, err
	}
	slices.SortFunc(liste, func(a, b *Vecteur) int {
		return cmp.Or(cmp.Compare(slices.Index(Familles, a.Famille), slices.Index(Familles, b.Famille)),
			cmp.Compare(a.ID, b.ID))
	})
	return liste, nil
}

func un(racine fs.FS, nom string) (*Vecteur, error) {
	f, err := racine.Open(nom)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return parse(f, func(entree string) ([]byte, error) {
		g, err := racine.Open(path.Join(path.Dir(nom), entree))
		if err != nil {
			return nil, err
		}
		defer g.Close()
		b, err := io.ReadAll(io.LimitReader(g, entreeMax+1))
		if err == nil && len(b) > entreeMax {
			err = fmt.Errorf("over %d bytes", entreeMax)
		}
		return b, err
	})
}
