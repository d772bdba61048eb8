package arrivees

import (
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"image/png"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
)

func g4(t testing.TB, pages int) []byte {
	t.Helper()
	l := make([]*image.Gray, pages)
	for i := range l {
		l[i] = pd.Uni(60+i, 40, 255)
	}
	b, err := pd.G4(200, l...)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// fichiers are one file of each kind, whole.
func fichiers(t testing.TB) map[string][]byte {
	t.Helper()
	var p, j bytes.Buffer
	if err := errors.Join(png.Encode(&p, pd.Uni(30, 30, 200)), jpeg.Encode(&j, pd.Uni(30, 30, 200), nil)); err != nil {
		t.Fatal(err)
	}
	return map[string][]byte{"a.tif": g4(t, 3), "b.png": p.Bytes(), "c.jpg": j.Bytes(),
		"d.pdf": []byte("%PDF-1.4\n1 0 obj\n<<>>\nendobj\nstartxref\n9\n%%EOF\n")}
}

func dossier(t testing.TB, opts ...Option) (*Dossier, string) {
	t.Helper()
	s := t.TempDir()
	return rouvrir(t, s, filepath.Join(t.TempDir(), "prive"), opts...), s
}

func rouvrir(t testing.TB, s, p string, opts ...Option) *Dossier {
	t.Helper()
	d, err := Open(s, p, opts...)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func poser(t testing.TB, s, nom string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(s, nom), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

// regarder looks n times, and gives all that was taken and what the last look left.
func regarder(t testing.TB, d *Dossier, n int) ([]Arrivee, []Attente) {
	t.Helper()
	var l []Arrivee
	var reste []Attente
	for range n {
		r, err := d.Regarder(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		l, reste = append(l, r.Prises...), r.Attente
	}
	return l, reste
}

func contenu(t testing.TB, d *Dossier, id string) []byte {
	t.Helper()
	s, f, err := d.Source(id)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(io.NewSectionReader(s, 0, s.Taille))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A file of each kind is taken once it is the same at two looks (a TIFF at four), whole, and is gone from the
// folder; it is there until it is removed, after a restart too.
func TestPrise(t *testing.T) {
	s, p := t.TempDir(), t.TempDir()
	d := rouvrir(t, s, p)
	voulu := fichiers(t)
	for nom, b := range voulu {
		poser(t, s, nom, b)
	}
	if l, reste := regarder(t, d, 1); len(l) != 0 || len(reste) != 4 || reste[0].Motif != EnEcriture {
		t.Fatalf("first look: %d taken, %v", len(l), reste)
	}
	if l, _ := regarder(t, d, 1); len(l) != 3 {
		t.Fatalf("second look: %d taken, expected all but the TIFF", len(l))
	}
	if l, reste := regarder(t, d, 2); len(l) != 1 || l[0].Nom != "a.tif" || len(reste) != 0 {
		t.Fatalf("fourth look: %v, %v: expected the TIFF", l, reste)
	}
	_ = d.Close()
	d = rouvrir(t, s, p)
	if l, reste := regarder(t, d, 3); len(l) != 0 || len(reste) != 0 {
		t.Errorf("after a restart %d files are taken again, %v", len(l), reste)
	}
	l, err := d.Arrivees()
	if err != nil || len(l) != 4 {
		t.Fatalf("%d files kept, %v: expected 4", len(l), err)
	}
	for _, a := range l {
		if !bytes.Equal(contenu(t, d, a.ID), voulu[a.Nom]) {
			t.Errorf("%s: other bytes than the scanner's", a.Nom)
		}
		if err := d.Retirer(a.ID); err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.Source(a.ID); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s is still there: %v", a.Nom, err)
		}
	}
	if reste, _ := os.ReadDir(filepath.Join(s, d.encours)); len(reste) != 0 {
		t.Errorf("%d left in the watched folder", len(reste))
	}
	if restes, err := d.Arrivees(); len(restes) != 0 || err != nil {
		t.Errorf("%v, %v: expected nothing left", restes, err)
	}
}

// A file that comes bit by bit isn't taken before its last byte, however many looks come in between.
func TestArriveeLente(t *testing.T) {
	for nom, b := range fichiers(t) {
		d, s := dossier(t)
		for _, k := range []int{0, 1, len(b) / 3, len(b) / 2, len(b) - 8} {
			poser(t, s, nom, b[:k])
			if l, _ := regarder(t, d, 6); len(l) != 0 {
				t.Fatalf("%s taken with %d bytes of %d", nom, k, len(b))
			}
		}
		poser(t, s, nom, b)
		if l, reste := regarder(t, d, 5); len(l) != 1 || l[0].Octets != int64(len(b)) {
			t.Errorf("%s whole: %v, %v", nom, l, reste)
		}
	}
}

// What isn't a scan stays where it is, with the reason; names hold anything.
func TestResteEtNoms(t *testing.T) {
	d, s := dossier(t, WithTailleMax(3000))
	pdf := fichiers(t)["d.pdf"]
	noms := []string{"Mme Élodie d'Été.pdf", "a b\tc.pdf", "-rf.pdf", strings.Repeat("n", 200) + ".pdf", "sans extension"}
	if runtime.GOOS != "windows" {
		noms = append(noms, "a\nb.pdf", "a:b*?.pdf", "\xff\xfe.pdf")
	}
	for _, n := range noms {
		poser(t, s, n, pdf)
	}
	for _, n := range []string{".cache.pdf", "x.pdf.part", "~x.pdf", "Thumbs.db"} {
		poser(t, s, n, pdf)
	}
	poser(t, s, "zz-lettre.txt", []byte("Bonjour"))
	poser(t, s, "zz-gros.pdf", append(make([]byte, 4000), pdf...))
	dehors := filepath.Join(t.TempDir(), "x.pdf")
	poser(t, filepath.Dir(dehors), "x.pdf", pdf)
	liens := os.Symlink(dehors, filepath.Join(s, "zz-lien.pdf")) == nil
	if err := os.Mkdir(filepath.Join(s, "zz-dossier"), 0o700); err != nil {
		t.Fatal(err)
	}
	l, reste := regarder(t, d, 3)
	if len(l) != len(noms) {
		t.Errorf("%d taken, expected %d", len(l), len(noms))
	}
	vus := map[string]Motif{}
	for _, r := range reste {
		vus[r.Nom] = r.Motif
		if r.Phrase() == "" {
			t.Errorf("no sentence for %s", r.Motif)
		}
	}
	if vus["zz-lettre.txt"] != AutreGenre || vus["zz-gros.pdf"] != TropGros || liens && vus["zz-lien.pdf"] != Lien {
		t.Errorf("left: %v", vus)
	}
	if _, err := os.Stat(dehors); err != nil {
		t.Error("the file behind a link was touched")
	}
}

// Stopped at any instruction, the next program goes on: the file is told once, whole.
func TestReprise(t *testing.T) {
	const id = "abcdefghijklmnopqrstuvwxyz"
	pdf := fichiers(t)["d.pdf"]
	reclame := func(t *testing.T, d *Dossier, s string) {
		t.Helper()
		if err := os.MkdirAll(filepath.Join(s, d.encours, id), 0o700); err != nil {
			t.Fatal(err)
		}
		poser(t, filepath.Join(s, d.encours, id), "x.pdf", pdf)
	}
	for nom, etape := range map[string]func(*testing.T, *Dossier, string){
		"claimed": func(t *testing.T, d *Dossier, s string) { reclame(t, d, s) },
		"copied, not noted": func(t *testing.T, d *Dossier, s string) {
			reclame(t, d, s)
			if err := d.prive.Write(id+".scan", pdf[:9], 0); err != nil {
				t.Fatal(err)
			}
		},
		"noted, still there": func(t *testing.T, d *Dossier, s string) {
			reclame(t, d, s)
			if _, err := d.copier(t.Context(), id, d.encours+"/"+id+"/x.pdf", "x.pdf"); err != nil {
				t.Fatal(err)
			}
			if l, _ := d.Arrivees(); len(l) != 0 {
				t.Error("told before it is gone from the watched folder")
			}
		},
		"removed, its folder left": func(t *testing.T, d *Dossier, s string) {
			reclame(t, d, s)
			if _, err := d.copier(t.Context(), id, d.encours+"/"+id+"/x.pdf", "x.pdf"); err != nil {
				t.Fatal(err)
			}
			if err := os.Remove(filepath.Join(s, d.encours, id, "x.pdf")); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(nom, func(t *testing.T) {
			d, s := dossier(t)
			etape(t, d, s)
			l, reste := regarder(t, d, 4)
			if len(l) != 1 || l[0].Nom != "x.pdf" || len(reste) != 0 {
				t.Fatalf("taken %v, left %v: expected the file once", l, reste)
			}
			if !bytes.Equal(contenu(t, d, l[0].ID), pdf) {
				t.Error("other bytes than the scanner's")
			}
		})
	}
}

// Two programs that watch one folder share its files: each goes to one of them.
func TestDeuxProgrammes(t *testing.T) {
	s := t.TempDir()
	pdf := fichiers(t)["d.pdf"]
	const n = 40
	for i := range n {
		poser(t, s, string(rune('a'+i%26))+strings.Repeat("x", i)+".pdf", pdf)
	}
	var mu sync.Mutex
	pris := map[string]int{}
	var g sync.WaitGroup
	for range 2 {
		d := rouvrir(t, s, t.TempDir())
		g.Go(func() {
			for range 6 {
				r, err := d.Regarder(t.Context())
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				for _, a := range r.Prises {
					pris[a.Nom]++
				}
				mu.Unlock()
			}
		})
	}
	g.Wait()
	for nom, k := range pris {
		if k != 1 {
			t.Errorf("a name of %d bytes taken %d times", len(nom), k)
		}
	}
	if len(pris) != n {
		t.Errorf("%d files taken of %d", len(pris), n)
	}
}

// What another computer is taking is told, and not gone on with.
func TestPriseAilleurs(t *testing.T) {
	s := t.TempDir()
	d, autre := rouvrir(t, s, t.TempDir()), rouvrir(t, s, t.TempDir())
	poser(t, s, "x.pdf", fichiers(t)["d.pdf"])
	if _, err := autre.reclamer("x.pdf"); err != nil {
		t.Fatal(err)
	}
	if l, reste := regarder(t, d, 4); len(l) != 0 || len(reste) != 1 || reste[0].Motif != Ailleurs {
		t.Errorf("taken %v, left %v: expected the file told as the other's", l, reste)
	}
	if l, _ := regarder(t, autre, 1); len(l) != 1 {
		t.Errorf("the other took %v: expected its file", l)
	}
}

func FuzzEntier(f *testing.F) {
	for _, b := range fichiers(f) {
		f.Add(b)
		f.Add(b[:len(b)/2])
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if g, fini := entier(bytes.NewReader(b), int64(len(b))); fini && g == inconnu {
			t.Error("whole, and of no kind")
		}
	})
}
