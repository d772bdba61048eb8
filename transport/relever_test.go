package transport_test

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

// boiteFeinte is a mailbox of messages whose identifiers are given.
type boiteFeinte struct {
	compte  string
	ids     []string
	corps   map[string]string
	lecture error // of every message, after half of it
	acquit  error
}

func (b *boiteFeinte) poser(id, corps string) {
	if b.corps == nil {
		b.corps = map[string]string{}
	}
	b.ids, b.corps[id] = append(b.ids, id), corps
}

func (b *boiteFeinte) Messages(context.Context) iter.Seq2[transport.MessageBoite, error] {
	return func(yield func(transport.MessageBoite, error) bool) {
		for _, id := range append([]string(nil), b.ids...) {
			m := transport.MessageBoite{Compte: b.compte, ID: id, Open: func(context.Context) (io.ReadCloser, error) {
				c := b.corps[id]
				if b.lecture != nil {
					return io.NopCloser(io.MultiReader(strings.NewReader(c[:len(c)/2]), erreurLecture{b.lecture})), nil
				}
				return io.NopCloser(strings.NewReader(c)), nil
			}}
			if !yield(m, nil) {
				return
			}
		}
	}
}

func (b *boiteFeinte) Acquitter(_ context.Context, id string) error {
	if b.acquit != nil {
		return b.acquit
	}
	for i, x := range b.ids {
		if x == id {
			b.ids = append(b.ids[:i:i], b.ids[i+1:]...)
			delete(b.corps, id)
			break
		}
	}
	return nil
}

type erreurLecture struct{ err error }

func (e erreurLecture) Read([]byte) (int, error) { return 0, e.err }

// What a mailbox identifier alone would lose: two accounts whose identifiers are
// the same, an identifier used again, and a server put in place of another. Every
// message is kept, none twice.
func TestRienPerduParIdentifiant(t *testing.T) {
	memoires := map[string]transport.Releve{"memory": new(transporttest.Memoire)}
	d, err := transport.NewReleveDossier(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	memoires["folder"] = d
	for nom, r := range memoires {
		t.Run(nom, func(t *testing.T) {
			a, b := &boiteFeinte{compte: "pop3://a@x"}, &boiteFeinte{compte: "pop3://b@x"}
			relever := func(boite *boiteFeinte, pris, connus int) {
				t.Helper()
				bilan, err := transport.Relever(t.Context(), boite, r)
				if err != nil || bilan != (transport.BilanReleve{Pris: pris, DejaConnus: connus}) || len(boite.ids) != 0 {
					t.Errorf("%+v, %v, left %v", bilan, err, boite.ids)
				}
			}
			a.poser("1", "Subject: A1\r\n\r\n")
			b.poser("1", "Subject: B1\r\n\r\n")
			relever(a, 1, 0)
			relever(b, 1, 0)
			a.poser("1", "Subject: A2\r\n\r\n") // a new message under an identifier used before
			relever(a, 1, 0)
			a.poser("1", "Subject: A2\r\n\r\n") // shown again: its removal was lost
			a.poser("2", "Subject: A3\r\n\r\n")
			relever(a, 1, 1)
			a.poser("9", "Subject: A1\r\n\r\n") // another server numbers it anew
			relever(a, 1, 0)
		})
	}
	gardes, err := filepath.Glob(filepath.Join(d.Dossier, "*.eml"))
	if err != nil || len(gardes) != 5 {
		t.Errorf("%d files kept, %v", len(gardes), err)
	}
}

// A message for another practitioner of the same mailbox stays there, and the host
// is asked again the next time.
func TestLaisser(t *testing.T) {
	b := &boiteFeinte{compte: "c"}
	b.poser("1", "à un autre")
	b.poser("2", "à moi")
	m := &transporttest.Memoire{Juger: func(_ *transport.MessageReleve, contenu string) (transport.Verdict, error) {
		if contenu == "à moi" {
			return transport.Garder, nil
		}
		return transport.Laisser, nil
	}}
	for range 2 {
		bilan, err := transport.Relever(t.Context(), b, m)
		if err != nil || bilan.Laisses != 1 || bilan.Ecartes+bilan.Echecs != 0 {
			t.Errorf("%+v, %v", bilan, err)
		}
	}
	if d := cmp.Diff([]string{"1"}, b.ids); d != "" || len(m.Pris()) != 1 {
		t.Errorf("%s, kept %d", d, len(m.Pris()))
	}
	autre := new(transporttest.Memoire)
	if bilan, err := transport.Relever(t.Context(), b, autre); err != nil || bilan.Pris != 1 {
		t.Errorf("the one that it's for: %+v, %v", bilan, err)
	}
}

// A message whose reading breaks is not judged, and stays; the error says so. So
// does one that the mailbox won't drop.
func TestEchecsDeLaBoite(t *testing.T) {
	panne := errors.New("line cut")
	for _, grand := range []int{1, 2 << 20} {
		b := &boiteFeinte{compte: "c", lecture: panne}
		b.poser("1", strings.Repeat("xy", grand))
		m := new(transporttest.Memoire)
		bilan, err := transport.Relever(t.Context(), b, m)
		if !errors.Is(err, panne) || bilan != (transport.BilanReleve{Echecs: 1}) || len(b.ids) != 1 || len(m.Pris()) != 0 {
			t.Errorf("%d bytes: %+v, %v", 2*grand, bilan, err)
		}
		b.lecture, b.acquit = nil, panne
		if bilan, err = transport.Relever(t.Context(), b, m); !errors.Is(err, panne) || bilan.Echecs != 1 ||
			len(m.Pris()) != 1 {
			t.Errorf("%+v, %v", bilan, err)
		}
		b.acquit = nil
		if bilan, err = transport.Relever(t.Context(), b, m); err != nil || bilan.DejaConnus != 1 || len(b.ids) != 0 {
			t.Errorf("%+v, %v", bilan, err)
		}
	}
}

// A big message goes by a private file, which is gone afterwards; the host can read
// it several times.
func TestReleverGrosMessage(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	gros := "Subject: gros\r\n\r\n" + rand.Text() + strings.Repeat("0123456789\r\n", 300_000)
	b := &boiteFeinte{compte: "c"}
	b.poser("1", gros)
	m := &transporttest.Memoire{Juger: func(m *transport.MessageReleve, contenu string) (transport.Verdict, error) {
		fichiers, _ := filepath.Glob(filepath.Join(os.TempDir(), "*"))
		if len(fichiers) != 1 {
			return transport.Laisser, fmt.Errorf("%d files", len(fichiers))
		}
		if info, err := os.Stat(fichiers[0]); err != nil || os.PathSeparator == '/' && info.Mode().Perm() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
		encore, err := io.ReadAll(m.Contenu())
		if string(encore) != contenu || m.Taille != int64(len(contenu)) {
			t.Error("other bytes at the second reading")
		}
		return transport.Garder, err
	}}
	bilan, err := transport.Relever(t.Context(), b, m)
	if err != nil || bilan.Pris != 1 || m.Pris()[0] != gros {
		t.Errorf("%+v, %v", bilan, err)
	}
	if fichiers, _ := filepath.Glob(filepath.Join(os.TempDir(), "*")); len(fichiers) != 0 {
		t.Errorf("left behind: %v", fichiers)
	}
}

// The folder is the memory: its names are stable between versions.
func TestReleveDossier(t *testing.T) {
	i := transport.Identite{Compte: "pop3://a@x", ID: "1", Empreinte: [32]byte{1}}
	if got := i.Cle(); got != "1500aea42b0e335c01b1a1cff942ed705fdb85e57cc24a25275446b3f074ce08" {
		t.Errorf("a journal would no longer know its messages: %s", got)
	}
	transporttest.ContratReleve(t, func(t *testing.T) func() transport.Releve {
		d := filepath.Join(t.TempDir(), "recus")
		return func() transport.Releve {
			r, err := transport.NewReleveDossier(d)
			if err != nil {
				t.Fatal(err)
			}
			return r
		}
	}, func(texte string) string { return "Subject: " + texte + "\r\n\r\n" })

	d, err := transport.NewReleveDossier(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	faux := "Subject: =?utf-8?q?vrai=09x=0D=0Afaux.eml=09?=\r\n\r\n"
	if _, err := d.Prendre(t.Context(), transport.NewMessageReleve("c", "a\tb", faux)); err != nil {
		t.Fatal(err)
	}
	liste, err := os.ReadFile(filepath.Join(d.Dossier, "releve.txt"))
	if l := strings.Split(string(liste), "\n"); err != nil || len(l) != 2 || strings.Count(l[0], "\t") != 3 {
		t.Errorf("a subject forges a line or a field: %q, %v", liste, err)
	}
}

func ExampleRelever() {
	dossier, err := os.MkdirTemp("", "recus")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dossier)
	boite := &boiteFeinte{compte: "pop3://cabinet@pop.exemple.fr"} // a pop3.Boite, an imap.Boite, a maildir.Boite
	boite.poser("1", "Subject: ARL/00000420788606\r\n\r\n")
	releve, err := transport.NewReleveDossier(dossier)
	if err != nil {
		fmt.Println(err)
		return
	}
	releve.Pris = func(_ *transport.MessageReleve, _, sujet string) { fmt.Println(sujet) }
	bilan, err := transport.Relever(context.Background(), boite, releve)
	fmt.Println(bilan.Pris, bilan.DejaConnus, err)
	// Output:
	// ARL/00000420788606
	// 1 0 <nil>
}
