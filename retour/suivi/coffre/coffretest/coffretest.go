// Package coffretest checks that a place keeps the contract of coffre.Depot. The depots of this module run it; so can a
// host that writes its own.
package coffretest

import (
	"bytes"
	"crypto/rand"
	"errors"
	"io"
	"io/fs"
	"sync"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
)

// Contrat runs the checks; ouvrir gives an empty Depot each time.
func Contrat(t *testing.T, ouvrir func(t *testing.T) coffre.Depot) {
	t.Run("entries", func(t *testing.T) { entrees(t, ouvrir(t)) })
	t.Run("documents", func(t *testing.T) { documents(t, ouvrir(t)) })
	t.Run("keys", func(t *testing.T) { cles(t, ouvrir(t)) })
	t.Run("copy", func(t *testing.T) { copie(t, ouvrir(t), ouvrir(t)) })
}

func noms(t *testing.T, d coffre.Depot) (l []coffre.Entree) {
	t.Helper()
	for e, err := range d.Lister(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		l = append(l, e)
	}
	return l
}

func ecrire(t *testing.T, d coffre.Depot, nom string, morceaux ...[]byte) {
	t.Helper()
	w, err := d.Creer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abandonner()
	for _, b := range morceaux {
		if n, err := w.Write(b); err != nil || n != len(b) {
			t.Fatal(n, err)
		}
	}
	if err := w.Valider(t.Context(), nom); err != nil {
		t.Fatal(err)
	}
}

func lire(t *testing.T, d coffre.Depot, nom string) []byte {
	t.Helper()
	r, err := d.Open(t.Context(), nom)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(r)
	if err := errors.Join(err, r.Close()); err != nil {
		t.Fatal(err)
	}
	return b
}

func entrees(t *testing.T, d coffre.Depot) {
	if _, err := d.Open(t.Context(), "absent"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("absent: %v", err)
	}
	if err := d.Supprimer(t.Context(), "absent"); err != nil {
		t.Errorf("removing what isn't there: %v", err)
	}
	w, err := d.Creer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 3<<20)); err != nil {
		t.Fatal(err)
	}
	w.Abandonner()
	w.Abandonner()
	if l := noms(t, d); len(l) != 0 {
		t.Errorf("given up, and there: %v", l)
	}
	gros := make([]byte, 2<<20+17)
	if _, err := rand.Read(gros); err != nil {
		t.Fatal(err)
	}
	ecrire(t, d, "abcdef", gros[:100], nil, gros[100:1<<20+5], gros[1<<20+5:])
	ecrire(t, d, "abc000")
	ecrire(t, d, "abcdef", []byte("another"))
	if !bytes.Equal(lire(t, d, "abcdef"), gros) {
		t.Error("not what was written, or written over")
	}
	if len(lire(t, d, "abc000")) != 0 {
		t.Error("an empty entry holds something")
	}
	if l := noms(t, d); len(l) != 2 {
		t.Errorf("%v", l)
	}
	remplacer(t, d, "abcdef", gros[7:])
	if !bytes.Equal(lire(t, d, "abcdef"), gros[7:]) {
		t.Error("not what it was replaced with")
	}
	if err := d.Supprimer(t.Context(), "abcdef"); err != nil {
		t.Error(err)
	}
	if err := essayer(t, d, "abcdef", gros); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("what was removed came back by being replaced: %v", err)
	}
	if _, err := d.Open(t.Context(), "abcdef"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("removed: %v", err)
	}
}

// essayer has an entry replaced.
func essayer(t *testing.T, d coffre.Depot, nom string, b []byte) error {
	t.Helper()
	w, err := d.Creer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer w.Abandonner()
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	return w.Remplacer(t.Context(), nom)
}

func remplacer(t *testing.T, d coffre.Depot, nom string, b []byte) {
	t.Helper()
	if err := essayer(t, d, nom, b); err != nil {
		t.Error(err)
	}
}

func cle(octet byte) []byte { return bytes.Repeat([]byte{octet}, coffre.TailleCle) }

// cles: another key is refused; the host's key is replaced while documents come, go and are read.
func cles(t *testing.T, d coffre.Depot) {
	const nb = 12
	ctx := t.Context()
	deposer := func(c *coffre.Coffre, i int) coffre.Empreinte {
		e, _, err := c.Deposer(ctx, bytes.NewReader(bytes.Repeat([]byte{byte(i)}, 1000*i)))
		if err != nil {
			t.Error(err)
		}
		return e
	}
	avant := nouveau(t, d, 1)
	texte, err := avant.Sceller("court", "x")
	if err != nil {
		t.Fatal(err)
	}
	var l []coffre.Empreinte
	for i := range nb {
		l = append(l, deposer(avant, i))
	}
	if _, err := coffre.Open(ctx, d, cle(2)); !errors.Is(err, coffre.ErrCle) {
		t.Fatalf("another key: %v", err)
	}
	c, err := coffre.Open(ctx, d, cle(2), coffre.WithAutresCles(cle(1)))
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	wg.Go(func() {
		l = append(l, deposer(c, nb))
		if err := c.Supprimer(ctx, l[3]); err != nil {
			t.Error(err)
		}
	})
	r, err := c.Tourner(ctx)
	wg.Wait()
	if err != nil || r.Tournes < nb {
		t.Errorf("%+v, %v", r, err)
	}
	if r, err := c.Tourner(ctx); err != nil || r.Tournes != 0 || r.Deja != nb+1 {
		t.Errorf("again: %+v, %v", r, err)
	}
	if _, err := coffre.Open(ctx, d, cle(1)); !errors.Is(err, coffre.ErrCle) {
		t.Errorf("the former key still opens: %v", err)
	}
	apres := nouveau(t, d, 2)
	if r, err := apres.Verifier(ctx); err != nil || r.Documents != nb {
		t.Errorf("%+v, %v", r, err)
	}
	if clair, err := apres.Desceller(texte, "x"); err != nil || clair != "court" ||
		apres.Index("a", "b") != avant.Index("a", "b") {
		t.Errorf("what the journal holds isn't read any more: %q, %v", clair, err)
	}
}

func nouveau(t *testing.T, d coffre.Depot, octet byte) *coffre.Coffre {
	t.Helper()
	c, err := coffre.Open(t.Context(), d, cle(octet))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func documents(t *testing.T, d coffre.Depot) {
	c := nouveau(t, d, 1)
	var wg sync.WaitGroup
	for _, n := range []int{0, 1, 65535, 65536, 65537, 131072, 1_000_003} {
		for range 2 { // the same twice, at once
			wg.Go(func() {
				b := bytes.Repeat([]byte{byte(n)}, n)
				e, taille, err := c.Deposer(t.Context(), bytes.NewReader(b))
				if err != nil || taille != int64(n) {
					t.Error(taille, err)
					return
				}
				r, err := c.Open(t.Context(), e)
				if err != nil {
					t.Error(err)
					return
				}
				lu, err := io.ReadAll(r)
				if err := errors.Join(err, r.Close()); err != nil || !bytes.Equal(lu, b) {
					t.Errorf("%d bytes: %d read, %v", n, len(lu), err)
				}
			})
		}
	}
	wg.Wait()
	if r, err := c.Verifier(t.Context()); err != nil || r.Documents != 7 {
		t.Errorf("%+v, %v", r, err)
	}
}

func copie(t *testing.T, src, dst coffre.Depot) {
	c := nouveau(t, src, 1)
	for i := range 5 {
		if _, _, err := c.Deposer(t.Context(), bytes.NewReader(make([]byte, i))); err != nil {
			t.Fatal(err)
		}
	}
	for _, attendu := range []int{6, 0} { // five documents, and the inner keys
		if n, err := coffre.Copier(t.Context(), dst, src); err != nil || n != attendu {
			t.Errorf("%d copied, %v", n, err)
		}
	}
	if r, err := nouveau(t, dst, 1).Verifier(t.Context()); err != nil || r.Documents != 5 {
		t.Errorf("%+v, %v", r, err)
	}
}
