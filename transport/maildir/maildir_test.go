package maildir_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/maildir"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

func nouvelle(t testing.TB) string {
	t.Helper()
	d := t.TempDir()
	for _, s := range []string{"tmp", "new", "cur"} {
		if err := os.Mkdir(filepath.Join(d, s), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func poser(t testing.TB, d, nom, contenu string, age time.Duration) {
	t.Helper()
	chemin := filepath.Join(d, filepath.FromSlash(nom))
	if err := os.WriteFile(chemin, []byte(contenu), 0o600); err != nil {
		t.Fatal(err)
	}
	quand := time.Now().Add(-age)
	if err := os.Chtimes(chemin, quand, quand); err != nil {
		t.Fatal(err)
	}
}

func ids(t testing.TB, b *maildir.Boite) []string {
	t.Helper()
	var out []string
	for m, err := range b.Messages(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, m.ID)
	}
	return out
}

func TestMessages(t *testing.T) {
	for _, supprimer := range []bool{false, true} {
		d := nouvelle(t)
		b := &maildir.Boite{Dossier: d, Supprimer: supprimer}
		poser(t, d, "new/3.host", "trois", time.Minute)
		poser(t, d, "cur/1.host;2,", "un", 3*time.Minute)
		poser(t, d, "cur/2.host;2,F", "deux", 2*time.Minute)
		poser(t, d, "cur/0.host;2,S", "lu", 4*time.Minute)
		poser(t, d, "cur/x.host;2,T", "à jeter", 4*time.Minute)
		poser(t, d, "tmp/9.host", "en cours", 0)
		poser(t, d, "new/.cache", "", 0)
		if d := cmp.Diff([]string{"1.host", "2.host", "3.host"}, ids(t, b)); d != "" {
			t.Errorf("oldest first, without those seen: %s", d)
		}
		for _, id := range []string{"2.host", "3.host", "2.host", "gone"} {
			if err := b.Acquitter(t.Context(), id); err != nil {
				t.Error(err)
			}
		}
		if d := cmp.Diff([]string{"1.host"}, ids(t, b)); d != "" {
			t.Error(d)
		}
		gardes, _ := filepath.Glob(filepath.Join(d, "cur", "2.host?2,FS"))
		if (len(gardes) == 1) == supprimer {
			t.Errorf("kept: %v", gardes)
		}
	}
}

// A poisoned message is set aside with its reason and the others go on.
func TestReleverEcarte(t *testing.T) {
	d := nouvelle(t)
	for i := range 5 {
		poser(t, d, fmt.Sprintf("new/%d", i), fmt.Sprint(i), time.Duration(10-i)*time.Minute)
	}
	m := &transporttest.Memoire{Juger: func(m *transport.MessageReleve, contenu string) (transport.Verdict, error) {
		if contenu == "2" {
			return transport.Laisser, fmt.Errorf("%w: boundary missing", transport.ErrMalForme)
		}
		return transport.Garder, nil
	}}
	// The host holds the second one already, and its removal was lost.
	if err := m.Ecarter(t.Context(), connu(t, d, "1"), nil); err != nil {
		t.Fatal(err)
	}
	bilan, err := transport.Relever(t.Context(), &maildir.Boite{Dossier: d}, m)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(transport.BilanReleve{Pris: 3, Ecartes: 1, DejaConnus: 1}, bilan); d != "" {
		t.Error(d)
	}
	ecarte := m.Ecartes()["2"]
	if d := cmp.Diff([]string{"0", "3", "4"}, m.Pris()); d != "" || ecarte == nil ||
		ecarte.Error() != "transport: malformed message: boundary missing" {
		t.Errorf("%v %s", ecarte, d)
	}
	if l := ids(t, &maildir.Boite{Dossier: d}); len(l) != 0 {
		t.Errorf("left: %v", l)
	}
}

// connu is a message as the mailbox would show it.
func connu(t *testing.T, d, id string) *transport.MessageReleve {
	for m := range (&maildir.Boite{Dossier: d}).Messages(t.Context()) {
		if m.ID == id {
			return transport.NewMessageReleve(m.Compte, id, id)
		}
	}
	t.Fatal("no such message")
	return nil
}

// A journal that fails stops everything; the message stays in the mailbox.
func TestReleverJournalEnPanne(t *testing.T) {
	d := nouvelle(t)
	poser(t, d, "new/1", "x", 0)
	panne := errors.New("disk full")
	m := &transporttest.Memoire{Juger: func(*transport.MessageReleve, string) (transport.Verdict,
		error) {
		return transport.Garder, panne
	}}
	_, err := transport.Relever(t.Context(), &maildir.Boite{Dossier: d}, m)
	if !errors.Is(err, panne) || len(ids(t, &maildir.Boite{Dossier: d})) != 1 {
		t.Errorf("%v", err)
	}
}

func TestContrat(t *testing.T) {
	for _, supprimer := range []bool{false, true} {
		transporttest.ContratBoite(t, func(t *testing.T, messages []string) transport.Boite {
			d := nouvelle(t)
			for i, m := range messages {
				poser(t, d, fmt.Sprintf("new/%d.host", i), m, time.Hour-time.Duration(i)*time.Minute)
			}
			return &maildir.Boite{Dossier: d, Supprimer: supprimer}
		})
	}
}

// Another reader moves a message between its listing and its removal: it's found
// where it went.
func TestAcquitterDeplace(t *testing.T) {
	d := nouvelle(t)
	b := &maildir.Boite{Dossier: d, Supprimer: true}
	poser(t, d, "new/1.host", "x", 0)
	for m := range b.Messages(t.Context()) {
		if err := os.Rename(filepath.Join(d, "new", "1.host"), filepath.Join(d, "cur", "1.host;2,F")); err != nil {
			t.Fatal(err)
		}
		if err := b.Acquitter(t.Context(), m.ID); err != nil {
			t.Fatal(err)
		}
	}
	if l, _ := filepath.Glob(filepath.Join(d, "*", "1.host*")); len(l) != 0 {
		t.Errorf("left: %v", l)
	}
}

func Example() {
	d, err := os.MkdirTemp("", "maildir")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(d)
	for _, s := range []string{"tmp", "new", "cur"} {
		os.Mkdir(filepath.Join(d, s), 0o700)
	}
	os.WriteFile(filepath.Join(d, "new", "1700000000.M1P1.poste"), []byte("Subject: ARL\r\n\r\n"), 0o600)

	boite := &maildir.Boite{Dossier: d}
	for m, err := range boite.Messages(context.Background()) {
		fmt.Println(m.ID, m.Taille, err)
	}
	// Output: 1700000000.M1P1.poste 16 <nil>
}
