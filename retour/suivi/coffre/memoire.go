package coffre

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"iter"
	"maps"
	"slices"
	"sync"
)

// Memoire is a Depot that forgets when the program ends: for tests and trials. Its zero value is empty.
type Memoire struct {
	mu sync.Mutex
	m  map[string][]byte
}

type tampon struct {
	d *Memoire
	bytes.Buffer
}

func (d *Memoire) Creer(context.Context) (Ecriture, error) { return &tampon{d: d}, nil }

func (t *tampon) Valider(_ context.Context, nom string) error {
	t.d.mu.Lock()
	defer t.d.mu.Unlock()
	if t.d.m == nil {
		t.d.m = map[string][]byte{}
	}
	if _, ok := t.d.m[nom]; !ok {
		t.d.m[nom] = t.Bytes()
	}
	return nil
}

// Remplacer implements Ecriture.
func (t *tampon) Remplacer(_ context.Context, nom string) error {
	t.d.mu.Lock()
	defer t.d.mu.Unlock()
	if _, ok := t.d.m[nom]; !ok {
		return &fs.PathError{Op: "replace", Path: nom, Err: fs.ErrNotExist}
	}
	t.d.m[nom] = t.Bytes()
	return nil
}

func (t *tampon) Abandonner() {}

func (d *Memoire) Open(_ context.Context, nom string) (io.ReadCloser, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	b, ok := d.m[nom]
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: nom, Err: fs.ErrNotExist}
	}
	return io.NopCloser(bytes.NewReader(b)), nil
}

func (d *Memoire) Supprimer(_ context.Context, nom string) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.m, nom)
	return nil
}

func (d *Memoire) Lister(context.Context) iter.Seq2[Entree, error] {
	d.mu.Lock()
	noms := slices.Sorted(maps.Keys(d.m))
	d.mu.Unlock()
	return func(yield func(Entree, error) bool) {
		for _, n := range noms {
			d.mu.Lock()
			b, ok := d.m[n]
			d.mu.Unlock()
			if ok && !yield(Entree{n, int64(len(b))}, nil) {
				return
			}
		}
	}
}
