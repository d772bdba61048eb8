package coffre_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre/coffretest"
)

func TestMemoire(t *testing.T) {
	coffretest.Contrat(t, func(*testing.T) coffre.Depot { return &coffre.Memoire{} })
}

func TestDossier(t *testing.T) {
	coffretest.Contrat(t, func(t *testing.T) coffre.Depot {
		d, err := coffre.OpenDossier(t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		return d
	})
	racine := filepath.Join(t.TempDir(), "c")
	d, err := coffre.OpenDossier(racine)
	if err != nil {
		t.Fatal(err)
	}
	for _, nom := range []string{"", "ab", "../abc", "a/b", ".."} {
		if r, err := d.Open(t.Context(), nom); err == nil {
			r.Close()
			t.Errorf("%q was opened", nom)
		}
	}
	if i, err := os.Stat(racine); err != nil || runtime.GOOS != "windows" && i.Mode().Perm() != 0o700 {
		t.Errorf("%v, %v", i, err)
	}
}

func ouvrir(t *testing.T, cle byte) (*coffre.Coffre, *coffre.Memoire) {
	t.Helper()
	d := &coffre.Memoire{}
	c, err := coffre.Open(t.Context(), d, bytes.Repeat([]byte{cle}, coffre.TailleCle))
	if err != nil {
		t.Fatal(err)
	}
	return c, d
}

// Any change of a document at rest is found: a byte, chunks cut off, exchanged, repeated, another document under its
// name.
func TestAlteration(t *testing.T) {
	c, d := ouvrir(t, 1)
	clair := make([]byte, 3*65536+100)
	for i := range clair {
		clair[i] = byte(i >> 8)
	}
	e, _, err := c.Deposer(t.Context(), bytes.NewReader(clair))
	if err != nil {
		t.Fatal(err)
	}
	nom := fmt.Sprintf("%x", e)
	r, err := d.Open(t.Context(), nom)
	if err != nil {
		t.Fatal(err)
	}
	brut, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(brut, clair[:64]) {
		t.Error("clear bytes at rest")
	}
	const entete, morceau = 5 + 8 + 24 + 48, 65536 + 16
	m := func(i int) []byte { return brut[entete+i*morceau : min(len(brut), entete+(i+1)*morceau)] }
	essais := map[string][]byte{
		"cut in a chunk":  brut[:len(brut)-1],
		"cut at a chunk":  brut[:entete+2*morceau],
		"header alone":    brut[:entete],
		"empty":           nil,
		"exchanged":       bytes.Join([][]byte{brut[:entete], m(1), m(0), m(2), m(3)}, nil),
		"repeated":        bytes.Join([][]byte{brut[:entete], m(0), m(0), m(1), m(2), m(3)}, nil),
		"one missing":     bytes.Join([][]byte{brut[:entete], m(0), m(2), m(3)}, nil),
		"something added": append(bytes.Clone(brut), 0),
	}
	for i := 0; i < len(brut); i += 997 {
		b := bytes.Clone(brut)
		b[i] ^= 4
		essais[fmt.Sprint("byte ", i)] = b
	}
	for quoi, b := range essais {
		if err := d.Supprimer(t.Context(), nom); err != nil {
			t.Fatal(err)
		}
		w, err := d.Creer(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(b); err != nil {
			t.Fatal(err)
		}
		if err := w.Valider(t.Context(), nom); err != nil {
			t.Fatal(err)
		}
		r, err := c.Open(t.Context(), e)
		if err == nil {
			_, err = io.Copy(io.Discard, r)
		}
		if !errors.Is(err, coffre.ErrAltere) {
			t.Errorf("%s: %v", quoi, err)
		}
	}
}

// Another document of the same Coffre put in its place is authentic, but isn't the one of that name: the digest at the
// end tells.
func TestDocumentEchange(t *testing.T) {
	c, d := ouvrir(t, 1)
	a, _, err := c.Deposer(t.Context(), strings.NewReader("ordonnance de l'un"))
	if err != nil {
		t.Fatal(err)
	}
	b, _, err := c.Deposer(t.Context(), strings.NewReader("ordonnance de l'autre"))
	if err != nil {
		t.Fatal(err)
	}
	brut := lire(t, d, fmt.Sprintf("%x", a))
	if err := d.Supprimer(t.Context(), fmt.Sprintf("%x", b)); err != nil {
		t.Fatal(err)
	}
	poser(t, d, fmt.Sprintf("%x", b), brut)
	r, err := c.Open(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if lu, err := io.ReadAll(r); !errors.Is(err, coffre.ErrAltere) {
		t.Errorf("%q, %v", lu, err)
	}
}

// Cut off at a chunk's edge, what is left looks whole: its last chunk, which doesn't say that it is the last, is
// refused before its bytes are given.
func TestCoupeAuBord(t *testing.T) {
	c, d := ouvrir(t, 1)
	e, _, err := c.Deposer(t.Context(), bytes.NewReader(make([]byte, 3*65536)))
	if err != nil {
		t.Fatal(err)
	}
	nom := fmt.Sprintf("%x", e)
	brut := lire(t, d, nom)
	if err := d.Supprimer(t.Context(), nom); err != nil {
		t.Fatal(err)
	}
	poser(t, d, nom, brut[:5+8+24+48+2*(65536+16)])
	r, err := c.Open(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if lu, err := io.ReadAll(r); !errors.Is(err, coffre.ErrAltere) || len(lu) != 65536 ||
		!strings.Contains(err.Error(), "chunk 1") { // not by the digest alone, which is the other guard
		t.Errorf("%d bytes given, %v", len(lu), err)
	}
}

// Given again, a document that the disk damaged is healed; a whole one isn't written twice.
func TestGuerir(t *testing.T) {
	c, d := ouvrir(t, 1)
	e, _, err := c.Deposer(t.Context(), strings.NewReader("une ordonnance"))
	if err != nil {
		t.Fatal(err)
	}
	nom := fmt.Sprintf("%x", e)
	for _, abime := range []bool{true, false} {
		brut := lire(t, d, nom)
		if abime {
			brut[len(brut)-1] ^= 1
			if err := d.Supprimer(t.Context(), nom); err != nil {
				t.Fatal(err)
			}
			poser(t, d, nom, brut)
		}
		if _, _, err := c.Deposer(t.Context(), strings.NewReader("une ordonnance")); err != nil {
			t.Fatal(err)
		}
		if r, err := c.Verifier(t.Context()); err != nil || r.Documents != 1 {
			t.Errorf("damaged %v: %+v, %v", abime, r, err)
		}
		if bytes.Equal(lire(t, d, nom), brut) == abime {
			t.Errorf("damaged %v: written %v", abime, !abime)
		}
	}
}

// A Depot of the first format keeps its key: another one is refused before anything is sealed with it.
func TestCleDuPremierFormat(t *testing.T) {
	cle := bytes.Repeat([]byte{1}, coffre.TailleCle)
	d := &coffre.Memoire{}
	// A document of the first format, made by the version that had no other: "une ordonnance" under that key.
	brut, err := os.ReadFile(filepath.Join("testdata", "format1"))
	if err != nil {
		t.Fatal(err)
	}
	const nom = "911b86e8"
	entier := nomFormat1(t)
	if !strings.HasPrefix(entier, nom) {
		t.Fatal(entier)
	}
	poser(t, d, entier, brut)
	if _, err := coffre.Open(t.Context(), d, bytes.Repeat([]byte{2}, coffre.TailleCle)); !errors.Is(err, coffre.ErrCle) {
		t.Fatalf("another key: %v", err)
	}
	for range 2 {
		c, err := coffre.Open(t.Context(), d, cle)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := c.Verifier(t.Context()); err != nil || r.Documents != 1 {
			t.Errorf("%+v, %v", r, err)
		}
	}
	c, err := coffre.Open(t.Context(), d, bytes.Repeat([]byte{2}, coffre.TailleCle), coffre.WithAutresCles(cle))
	if err != nil {
		t.Fatal(err)
	}
	if r, err := c.Tourner(t.Context()); err != nil || r.Tournes != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	if c, err = coffre.Open(t.Context(), d, bytes.Repeat([]byte{2}, coffre.TailleCle)); err != nil {
		t.Fatal(err)
	}
	if r, err := c.Verifier(t.Context()); err != nil || r.Documents != 1 {
		t.Errorf("%+v, %v", r, err)
	}
}

func nomFormat1(t *testing.T) string {
	t.Helper()
	return fmt.Sprintf("%x", sha256.Sum256([]byte("une ordonnance")))
}

func lire(t *testing.T, d coffre.Depot, nom string) []byte {
	t.Helper()
	r, err := d.Open(t.Context(), nom)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return bytes.Clone(b)
}

func poser(t *testing.T, d coffre.Depot, nom string, b []byte) {
	t.Helper()
	w, err := d.Creer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := w.Valider(t.Context(), nom); err != nil {
		t.Fatal(err)
	}
}

func TestTextes(t *testing.T) {
	c, _ := ouvrir(t, 1)
	s, err := c.Sceller("dupont-ordonnance.tif", "fichier|P1")
	if err != nil || strings.Contains(s, "dupont") {
		t.Fatal(s, err)
	}
	if clair, err := c.Desceller(s, "fichier|P1"); err != nil || clair != "dupont-ordonnance.tif" {
		t.Error(clair, err)
	}
	for _, x := range [][2]string{{s, "fichier|P2"}, {s[1:], "fichier|P1"}, {"", "fichier|P1"}, {"****", "fichier|P1"}} {
		if _, err := c.Desceller(x[0], x[1]); !errors.Is(err, coffre.ErrAltere) {
			t.Errorf("%v", err)
		}
	}
	autre, _ := ouvrir(t, 2)
	if c.Index("patient", "x") == autre.Index("patient", "x") || c.Index("patient", "x") == c.Index("serie", "x") ||
		c.Index("a", "bc") == c.Index("ab", "c") {
		t.Error("digests that should differ are the same")
	}
	if _, err := coffre.Open(t.Context(), &coffre.Memoire{}, make([]byte, 16)); !errors.Is(err, coffre.ErrCle) {
		t.Errorf("%v", err)
	}
	if s := fmt.Sprintf("%v %+v %#v", c, c, c); strings.Contains(s, "1, 1") || strings.Contains(s, "0x1") ||
		strings.Contains(s, "[1 1") {
		t.Errorf("the key is shown: %s", s)
	}
}

func Example() {
	c, err := coffre.Open(context.Background(), &coffre.Memoire{}, bytes.Repeat([]byte{1}, coffre.TailleCle))
	if err != nil {
		fmt.Println(err)
		return
	}
	e, n, err := c.Deposer(context.Background(), strings.NewReader("une ordonnance"))
	fmt.Printf("%x… %d %v\n", e[:4], n, err)
	// Output: 911b86e8… 14 <nil>
}
