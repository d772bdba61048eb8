package sqlite

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
)

func deposer(i int) []journal.Evenement {
	return []journal.Evenement{journaltest.Ev(journal.Piece, fmt.Sprintf("P%07d", i), 1, journal.Deposer,
		journal.Champs{Empreinte: strings.Repeat("0", 64), Parent: fmt.Sprint("F", i)})}
}

// The disk is full: the call fails, nothing is half written, and once there is room the work goes on.
func TestDisquePlein(t *testing.T) {
	j := ouvrir(t)
	ctx := t.Context()
	limiter := func(pages int) {
		t.Helper()
		var n int
		if err := j.ecrivain.QueryRow(fmt.Sprintf("PRAGMA max_page_count=%d", pages)).Scan(&n); err != nil {
			t.Fatal(err)
		}
	}
	limiter(60)
	ecrits, refus := 0, 0
	for i := 0; refus < 5 && i < 5000; i++ {
		if err := j.Ajouter(ctx, deposer(i)); err != nil {
			if !strings.Contains(err.Error(), "full") {
				t.Fatal(err)
			}
			refus++
			continue
		}
		ecrits++
	}
	if refus == 0 {
		t.Fatal("the disk was never full")
	}
	k, err := coffre.Open(t.Context(), j.Documents(), make([]byte, coffre.TailleCle))
	if err != nil {
		t.Fatal(err)
	}
	gros := strings.Repeat("x", 3<<20)
	if _, _, err := k.Deposer(ctx, strings.NewReader(gros)); err == nil {
		t.Error("3 MiB on a full disk")
	}
	if r, err := journal.Verifier(ctx, j, nil); err != nil || r.Objets != ecrits {
		t.Errorf("%+v of %d, %v", r, ecrits, err)
	}
	limiter(100_000)
	if err := j.Ajouter(ctx, deposer(9999)); err != nil {
		t.Error(err)
	}
	if e, n, err := k.Deposer(ctx, strings.NewReader(gros)); err != nil || n != int64(len(gros)) {
		t.Error(err)
	} else if r, err := k.Open(ctx, e); err != nil {
		t.Error(err)
	} else if b, err := io.ReadAll(r); err != nil || string(b) != gros {
		t.Error("not what was kept: ", err)
	}
	if r, err := journal.Verifier(ctx, j, nil); err != nil || r.Objets != ecrits+1 {
		t.Errorf("%+v, %v", r, err)
	}
}

// occuper writes from several goroutines until the end of the test's act.
func occuper(t *testing.T, j *Journal, acte func()) {
	t.Helper()
	ctx, fin := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	for w := range 4 {
		wg.Go(func() {
			for i := w; ctx.Err() == nil; i += 4 {
				if err := j.Ajouter(context.WithoutCancel(ctx), deposer(i)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	acte()
	fin()
	wg.Wait()
}

// A backup made while the journal is in use opens, and is a beginning of the original.
func TestSauvegarderEnUsage(t *testing.T) {
	j := ouvrir(t)
	ctx := t.Context()
	but := filepath.Join(t.TempDir(), "copie.db")
	occuper(t, j, func() {
		for i := range 20 {
			if err := j.Ajouter(ctx, deposer(1_000_000+i)); err != nil {
				t.Error(err)
			}
		}
		if err := j.Sauvegarder(ctx, but); err != nil {
			t.Error(err)
		}
	})
	c, err := Open(ctx, but)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	r, err := journal.Verifier(ctx, c, nil)
	if err != nil || r.Evenements < 20 {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := journal.Verifier(ctx, j, &r.Tete); err != nil {
		t.Errorf("the original doesn't hold the copy's head: %v", err)
	}
	if err := j.Sauvegarder(ctx, but); !errors.Is(err, os.ErrExist) {
		t.Errorf("written over: %v", err)
	}
	if i, err := os.Stat(but); err != nil || runtime.GOOS != "windows" && i.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", i.Mode(), err)
	}
}

// A copy made by hand of a file in use, which must not be done, either opens as a beginning of the original, or is
// found out.
func TestCopieSauvage(t *testing.T) {
	for essai := range 6 {
		nom := filepath.Join(t.TempDir(), "suivi.db")
		j, err := Open(t.Context(), nom)
		if err != nil {
			t.Fatal(err)
		}
		but := filepath.Join(t.TempDir(), "copie.db")
		occuper(t, j, func() {
			for i := range 50 * (essai + 1) {
				if err := j.Ajouter(t.Context(), deposer(2_000_000+i)); err != nil {
					t.Error(err)
				}
			}
			suffixes := []string{"", "-wal"}
			if essai%2 == 1 {
				suffixes = []string{"-wal", ""}
			}
			if essai%3 == 2 {
				suffixes = []string{""} // the WAL forgotten
			}
			for _, s := range suffixes {
				b, err := os.ReadFile(nom + s)
				if err != nil {
					t.Error(err)
				}
				if err := os.WriteFile(but+s, b, 0o600); err != nil {
					t.Error(err)
				}
			}
		})
		c, err := Open(t.Context(), but)
		if err == nil {
			var r journal.Rapport
			if r, err = journal.Verifier(t.Context(), c, nil); err == nil {
				_, err := journal.Verifier(t.Context(), j, &r.Tete)
				if err != nil && r.Evenements > 0 {
					t.Errorf("a copy that verifies and isn't a beginning of the original: %v", err)
				}
			}
			c.Close()
		}
		t.Logf("try %d: %v", essai, err)
		j.Close()
	}
}

func TestOuvrir(t *testing.T) {
	nom := filepath.Join(t.TempDir(), "suivi.db")
	j, err := Open(t.Context(), nom)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"", "-wal", "-shm"} {
		i, err := os.Stat(nom + s)
		if err != nil || runtime.GOOS != "windows" && i.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v", s, i, err)
		}
	}
	for p, attendu := range map[string]string{"journal_mode": "wal", "synchronous": "2", "busy_timeout": "10000"} {
		var v string
		if err := j.ecrivain.QueryRow("PRAGMA " + p).Scan(&v); err != nil || v != attendu {
			t.Errorf("%s = %q, %v", p, v, err)
		}
	}
	// Two at once on one file.
	k, err := Open(t.Context(), nom)
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i, x := range []*Journal{j, k} {
		wg.Go(func() {
			for n := range 50 {
				if err := x.Ajouter(t.Context(), deposer(i*1000+n)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if r, err := journal.Verifier(t.Context(), j, nil); err != nil || r.Evenements != 100 {
		t.Errorf("%+v, %v", r, err)
	}
	if _, err := j.ecrivain.Exec("PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	k.Close()
	j.Close()
	if err := j.Ajouter(t.Context(), deposer(1)); !errors.Is(err, ErrFerme) {
		t.Errorf("%v", err)
	}
	if _, err := Open(t.Context(), nom); !errors.Is(err, ErrPlusRecent) {
		t.Errorf("%v", err)
	}
	if _, err := Open(t.Context(), ":memory:"); err == nil {
		t.Error("a journal that forgets")
	}
}
