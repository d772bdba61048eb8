package depot

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// ouvrir opens a folder that notes what is done to the disk.
func ouvrir(t *testing.T, opts ...Option) (*Depot, *[]string) {
	t.Helper()
	var actes []string
	opts = append(opts, WithTemoin(func(a Acte) error { actes = append(actes, a.Quoi+" "+a.Nom); return nil }))
	d, err := Open(t.TempDir(), opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { d.Close() })
	return d, &actes
}

func surUnix(t *testing.T) {
	t.Helper()
	if runtime.GOOS == "windows" {
		t.Skip("owners, modes and links of Unix")
	}
}

// A file that was said to be written survives a loss of power: it is synced before it has its name, and so is each
// folder after.
func TestDurable(t *testing.T) {
	d, actes := ouvrir(t)
	for _, c := range []struct {
		quoi    string
		faire   func() error
		attendu []string
	}{
		{"new folder", func() error { return d.Write("ab/abcd", []byte("x"), Nouveau) }, []string{"sync-dossier .",
			"sync ab/abcd", "nommer ab/abcd", "sync-dossier ab"}},
		{"same folder", func() error { return d.Write("ab/abce", []byte("x"), Garder) },
			[]string{"sync ab/abce", "nommer ab/abce", "sync-dossier ab"}},
		{"replaced", func() error { return d.Write("ab/abce", []byte("y"), Remplacer) },
			[]string{"sync ab/abce", "nommer ab/abce", "sync-dossier ab"}},
		{"made by Append", func() error { return d.Append("l", []byte("1\n"), 0) }, []string{"sync l", "sync-dossier ."}},
		{"grown by Append", func() error { return d.Append("l", []byte("2\n"), 2) }, []string{"sync l"}},
		{"cut", func() error { return d.Truncate("l", 2) }, []string{"sync l"}},
		{"removed", func() error { return d.Remove("l") }, []string{"retirer l", "sync-dossier ."}},
		{"erased", func() error { return d.Erase("ab/abce") }, []string{"ecraser ab/abce", "sync ab/abce", "retirer ab/abce",
			"sync-dossier ab"}},
	} {
		*actes = nil
		if err := c.faire(); err != nil {
			t.Fatalf("%s: %v", c.quoi, err)
		}
		slices.Sort(*actes)
		slices.Sort(c.attendu)
		if !slices.Equal(*actes, c.attendu) {
			t.Errorf("%s: %q, expected %q", c.quoi, *actes, c.attendu)
		}
	}
}

// The order matters: the name only once the bytes are on disk.
func TestNomApresLesOctets(t *testing.T) {
	d, actes := ouvrir(t)
	if err := d.Write("a", []byte("x"), Nouveau); err != nil {
		t.Fatal(err)
	}
	if a := strings.Join(*actes, ", "); a != "sync a, nommer a, sync-dossier ." {
		t.Error(a)
	}
}

// A disk that fails at any act leaves the file as it was, or as it becomes, and says so.
func TestPanne(t *testing.T) {
	panne := errors.New("no disk")
	for acte := range 3 {
		n := 0
		d, err := Open(t.TempDir(), WithTemoin(func(Acte) error {
			if n++; n-4 == acte { // the first three are the first writing's
				return panne
			}
			return nil
		}))
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if err := d.Write("a", []byte("old"), Nouveau); err != nil {
			t.Fatal(err)
		}
		if err := d.Write("a", []byte("new"), Remplacer); !errors.Is(err, panne) {
			t.Errorf("act %d: %v", acte, err)
		}
		attendu := "old"
		if acte == 2 {
			attendu = "new" // it has the name; that this is on disk isn't sure, and that is what the error says
		}
		if b, err := d.Read("a"); err != nil || string(b) != attendu {
			t.Errorf("act %d: %q, %v", acte, b, err)
		}
		for e, err := range d.List() {
			if err != nil || e.Nom != "a" {
				t.Errorf("act %d: %q left, %v", acte, e.Nom, err)
			}
		}
	}
}

func TestModes(t *testing.T) {
	d, _ := ouvrir(t)
	ecrire := func(b string, m Mode) error { return d.Write("x/a", []byte(b), m) }
	lire := func(attendu string) {
		t.Helper()
		if b, err := d.Read("x/a"); err != nil || string(b) != attendu {
			t.Errorf("%q, %v, expected %q", b, err, attendu)
		}
	}
	if _, err := d.Read("x/a"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if err := ecrire("1", Nouveau); err != nil {
		t.Fatal(err)
	}
	if err := ecrire("2", Nouveau); !errors.Is(err, fs.ErrExist) {
		t.Error(err)
	}
	lire("1")
	if err := ecrire("3", Garder); err != nil {
		t.Error(err)
	}
	lire("1")
	for i, m := range []Mode{Remplacer, Ecraser} {
		if err := ecrire(fmt.Sprint(i), m); err != nil {
			t.Error(err)
		}
		lire(fmt.Sprint(i))
	}
	if err := d.Append("x/a", []byte("z"), 7); !errors.Is(err, ErrLongueur) {
		t.Errorf("another wrote: %v", err)
	}
	for range 2 {
		if err := d.Erase("x/a"); err != nil {
			t.Error(err)
		}
	}
	if _, err := d.Stat("x/a"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// Of many who write a new file one succeeds.
func TestUnSeulNouveau(t *testing.T) {
	d, _ := ouvrir(t, WithTemoin(func(Acte) error { return nil }))
	d.temoin = func(Acte) error { return nil }
	var reussis atomic.Int64
	var wg sync.WaitGroup
	for i := range 20 {
		wg.Go(func() {
			err := d.Write("a", []byte{byte(i)}, Nouveau)
			if err == nil {
				reussis.Add(1)
			} else if !errors.Is(err, fs.ErrExist) {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if reussis.Load() != 1 {
		t.Errorf("%d succeeded", reussis.Load())
	}
}

// Lock makes steps follow each other.
func TestVerrou(t *testing.T) {
	d, _ := ouvrir(t)
	n := 0
	var wg sync.WaitGroup
	for range 20 {
		wg.Go(func() {
			liberer, err := d.Lock("compteur")
			if err != nil {
				t.Error(err)
				return
			}
			n++
			if err := liberer(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if n != 20 {
		t.Errorf("%d steps", n)
	}
}

// One limit for who writes and who reads: what is written can be read back, what is too long is refused at the door.
func TestTailleMax(t *testing.T) {
	racine := t.TempDir()
	d, err := Open(racine, WithTailleMax(10))
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Write("a", make([]byte, 10), Nouveau); err != nil {
		t.Error(err)
	}
	if b, err := d.Read("a"); err != nil || len(b) != 10 {
		t.Error(len(b), err)
	}
	if err := d.Write("b", make([]byte, 11), Nouveau); !errors.Is(err, ErrTaille) {
		t.Error(err)
	}
	if err := d.Append("a", []byte("x"), 10); !errors.Is(err, ErrTaille) {
		t.Error(err)
	}
	if err := os.WriteFile(filepath.Join(racine, "c"), make([]byte, 11), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Read("c"); !errors.Is(err, ErrTaille) {
		t.Error(err)
	}
}

// Only the owner reads and writes, links aren't followed, what others may write to is refused.
func TestPrive(t *testing.T) {
	surUnix(t)
	racine, dehors := filepath.Join(t.TempDir(), "d"), filepath.Join(t.TempDir(), "dehors")
	if err := os.WriteFile(dehors, []byte("untouched"), 0o600); err != nil {
		t.Fatal(err)
	}
	d, err := Open(racine)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	if err := d.Write("ab/a", nil, Nouveau); err != nil {
		t.Fatal(err)
	}
	for nom, mode := range map[string]fs.FileMode{"": 0o700, "ab": 0o700, "ab/a": 0o600} {
		if i, err := os.Stat(filepath.Join(racine, nom)); err != nil || i.Mode().Perm() != mode {
			t.Errorf("%q: %v, %v", nom, i.Mode(), err)
		}
	}
	for _, l := range []string{"lien", "ab/lien"} {
		if err := os.Symlink(dehors, filepath.Join(racine, l)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("ab", filepath.Join(racine, "autre")); err != nil {
		t.Fatal(err)
	}
	for _, l := range []string{"lien", "ab/lien", "autre/a"} {
		if _, err := d.Read(l); !errors.Is(err, ErrPrive) {
			t.Errorf("read %s: %v", l, err)
		}
		for _, m := range []Mode{Nouveau, Remplacer, Ecraser} {
			if err := d.Write(l, []byte("x"), m); !errors.Is(err, ErrPrive) {
				t.Errorf("write %s: %v", l, err)
			}
		}
		if err := d.Append(l, []byte("x"), 9); !errors.Is(err, ErrPrive) {
			t.Errorf("append %s: %v", l, err)
		}
		if err := d.Erase(l); !errors.Is(err, ErrPrive) {
			t.Errorf("erase %s: %v", l, err)
		}
	}
	if b, _ := os.ReadFile(dehors); string(b) != "untouched" {
		t.Errorf("written through a link: %q", b)
	}
	if err := os.Chmod(filepath.Join(racine, "ab/a"), 0o622); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Read("ab/a"); !errors.Is(err, ErrPrive) {
		t.Errorf("a file that others may write: %v", err)
	}
	if err := os.Chmod(racine, 0o777); err != nil {
		t.Fatal(err)
	}
	if d, err := Open(racine); !errors.Is(err, ErrPrive) {
		t.Errorf("a folder that others may write: %v", err)
		if err == nil {
			d.Close()
		}
	}
}

// A folder of another user is refused, were it empty.
func TestAutreProprietaire(t *testing.T) {
	surUnix(t)
	if os.Geteuid() != 0 {
		t.Skip("only the administrator can give a folder away")
	}
	racine := t.TempDir()
	if err := os.Chown(racine, 65534, -1); err != nil {
		t.Skip(err)
	}
	if d, err := Open(racine); !errors.Is(err, ErrPrive) {
		t.Error(err)
		if err == nil {
			d.Close()
		}
	}
	lien := filepath.Join(t.TempDir(), "lien")
	if err := os.Symlink(t.TempDir(), lien); err != nil {
		t.Fatal(err)
	}
	if err := os.Lchown(lien, 65534, -1); err != nil {
		t.Skip(err)
	}
	if d, err := Open(lien); !errors.Is(err, ErrPrive) {
		t.Error(err)
		if err == nil {
			d.Close()
		}
	}
}

// What isn't a regular file isn't waited on.
func TestNoms(t *testing.T) {
	d, _ := ouvrir(t)
	for _, nom := range []string{"", ".", "..", "../a", "a/../b", "/a", "a/", `a\b`, ".a", "a/.b", "c:a"} {
		if _, err := d.Read(nom); !errors.Is(err, ErrNom) {
			t.Errorf("%q read: %v", nom, err)
		}
		if err := d.Write(nom, nil, Nouveau); !errors.Is(err, ErrNom) {
			t.Errorf("%q written: %v", nom, err)
		}
	}
	if err := d.Write("a/b", nil, Nouveau); err != nil {
		t.Fatal(err)
	}
	if _, err := d.Read("a"); !errors.Is(err, ErrPrive) {
		t.Errorf("a folder as a file: %v", err)
	}
}

// Erased is overwritten: nothing of it is left in the file's blocks, seen here through another name.
func TestEffacer(t *testing.T) {
	surUnix(t)
	for quoi, effacer := range map[string]func(*Depot) error{
		"erased":   func(d *Depot) error { return d.Erase("a") },
		"replaced": func(d *Depot) error { return d.Write("a", []byte("new"), Ecraser) },
	} {
		racine := t.TempDir()
		d, err := Open(racine)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if err := d.Write("a", bytes.Repeat([]byte("secret"), 20_000), Nouveau); err != nil {
			t.Fatal(err)
		}
		autre := filepath.Join(racine, "autre")
		if err := os.Link(filepath.Join(racine, "a"), autre); err != nil {
			t.Skip(err)
		}
		if err := effacer(d); err != nil {
			t.Fatal(err)
		}
		if b, err := os.ReadFile(autre); err != nil || len(b) != 120_000 || bytes.ContainsAny(b, "secret") {
			t.Errorf("%s: %d bytes, still there: %v, %v", quoi, len(b), bytes.ContainsAny(b, "secret"), err)
		}
	}
}

// What a stopped program left half written goes once nobody can still be writing it.
func TestRestes(t *testing.T) {
	racine := t.TempDir()
	d, err := Open(racine)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	for range 2 {
		e, err := d.Create()
		if err != nil {
			t.Fatal(err)
		}
		e.f.Close() // as by a kill
	}
	l, err := filepath.Glob(filepath.Join(racine, enCours+"*"))
	if err != nil || len(l) != 2 {
		t.Fatal(l, err)
	}
	vieux := time.Now().Add(-2 * perime)
	if err := os.Chtimes(l[0], vieux, vieux); err != nil {
		t.Fatal(err)
	}
	e, err := Open(racine)
	if err != nil {
		t.Fatal(err)
	}
	defer e.Close()
	if _, err := os.Stat(l[0]); !os.IsNotExist(err) {
		t.Error("left: ", err)
	}
	if _, err := os.Stat(l[1]); err != nil {
		t.Error(err)
	}
}
