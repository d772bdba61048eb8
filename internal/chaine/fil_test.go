package chaine

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
)

// lienUn is the first link of a chain that begins with "un".
const lienUn = "75496483a363e5973e5baa000ae1df630da8af7041a0874c26018f5be5632127"

func ouvrir(t *testing.T, racine string) (*Fil, []string, bool, error) {
	t.Helper()
	d, err := depot.Open(racine)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	var l []string
	f, repris, err := Open(d, "fil", func(m Maillon) error { l = append(l, string(m.Contenu)); return nil })
	return f, l, repris, err
}

func ecrire(t *testing.T, f *Fil, l ...string) {
	t.Helper()
	for _, s := range l {
		if _, err := f.Append([]byte(s)); err != nil {
			t.Fatal(err)
		}
	}
}

// The link is a promise to other programs: this value was computed with sha256sum, from the words of the package
// comment.
func TestLienFixe(t *testing.T) {
	if c := Suivant(Condense{}, Contenu([]byte("un"))); c.String() != lienUn {
		t.Error(c)
	}
}

// What is written is read back, in order, by who opens the file after.
func TestFil(t *testing.T) {
	racine := t.TempDir()
	f, l, _, err := ouvrir(t, racine)
	if err != nil || len(l) != 0 {
		t.Fatal(l, err)
	}
	ecrire(t, f, "un", "deux", strings.Repeat("x", LigneMax))
	for _, mauvais := range []string{"", "a\nb", strings.Repeat("x", LigneMax+1)} {
		if _, err := f.Append([]byte(mauvais)); !errors.Is(err, ErrLigne) {
			t.Errorf("%d bytes: %v", len(mauvais), err)
		}
	}
	g, l, repris, err := ouvrir(t, racine)
	if err != nil || repris || len(l) != 3 || l[1] != "deux" {
		t.Fatal(len(l), repris, err)
	}
	n, tete, fin := f.Tete()
	if n2, tete2, fin2 := g.Tete(); n != 3 || n2 != n || tete2 != tete || fin2 != fin {
		t.Error(n2, tete2, fin2)
	}
	ecrire(t, g, "quatre")
	if _, err := f.Append([]byte("autre")); !errors.Is(err, ErrConcurrent) {
		t.Errorf("written over what another wrote: %v", err)
	}
}

// Each byte counts: changed, lost, moved or added, it is found, and where.
func TestRupture(t *testing.T) {
	racine := t.TempDir()
	f, _, _, err := ouvrir(t, racine)
	if err != nil {
		t.Fatal(err)
	}
	ecrire(t, f, "un", "deux", "trois")
	brut, err := os.ReadFile(filepath.Join(racine, "fil"))
	if err != nil {
		t.Fatal(err)
	}
	lignes := bytes.SplitAfter(brut, []byte("\n"))[:3]
	essais := map[string][]byte{
		"exchanged": bytes.Join([][]byte{lignes[0], lignes[2], lignes[1]}, nil),
		"repeated":  bytes.Join([][]byte{lignes[0], lignes[1], lignes[1], lignes[2]}, nil),
		"lost":      bytes.Join([][]byte{lignes[0], lignes[2]}, nil),
		"empty":     bytes.Join([][]byte{lignes[0], []byte("\n"), lignes[1]}, nil),
		"capitals":  bytes.Join([][]byte{bytes.ToUpper(lignes[0][:64]), lignes[0][64:]}, nil),
	}
	for i := range brut {
		b := bytes.Clone(brut)
		b[i] ^= 1
		if i != len(brut)-1 { // without its end the last line is one that a crash cut short
			essais["byte "+string(rune('0'+i/100))+string(rune('0'+i/10%10))+string(rune('0'+i%10))] = b
		}
	}
	for quoi, b := range essais {
		var rupture error
		for _, err := range Read(bytes.NewReader(b)) {
			rupture = err
		}
		if !errors.Is(rupture, ErrRupture) {
			t.Errorf("%s: %v", quoi, rupture)
		}
	}
}

// A line that a crash cut short is dropped, the others stay, and the file goes on.
func TestLigneCoupee(t *testing.T) {
	racine := t.TempDir()
	f, _, _, err := ouvrir(t, racine)
	if err != nil {
		t.Fatal(err)
	}
	ecrire(t, f, "un", "deux")
	chemin := filepath.Join(racine, "fil")
	brut, err := os.ReadFile(chemin)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(chemin, brut[:len(brut)-3], 0o600); err != nil {
		t.Fatal(err)
	}
	g, l, repris, err := ouvrir(t, racine)
	if err != nil || !repris || len(l) != 1 {
		t.Fatal(l, repris, err)
	}
	ecrire(t, g, "encore")
	if _, l, repris, err := ouvrir(t, racine); err != nil || repris || len(l) != 2 || l[1] != "encore" {
		t.Error(l, repris, err)
	}
}

// Whatever the bytes: no panic, and what is accepted is written back the same.
func FuzzRead(f *testing.F) {
	f.Add([]byte(lienUn + " un\n"))
	f.Add([]byte(lienUn + " un\n" + lienUn + " deux\n"))
	f.Add([]byte("\n"))
	f.Add([]byte(lienUn + " un"))
	f.Fuzz(func(t *testing.T, b []byte) {
		var fin int64
		for m, err := range Read(bytes.NewReader(b)) {
			if err != nil {
				return
			}
			if fin = m.Fin; !bytes.HasSuffix(b[:fin], append(m.Contenu, '\n')) {
				t.Fatal("not where it says")
			}
		}
		if fin != int64(len(b)) {
			t.Fatalf("%d bytes of %d read, without error", fin, len(b))
		}
	})
}
