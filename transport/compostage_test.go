package transport

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/internal/depot"
	"github.com/scor-sdk/scor-sdk-go/internal/essais/fuites"
)

// TestMain lets the test binary stand for another process of the host. What is composed
// or read leaves nothing running behind it.
func TestMain(m *testing.M) {
	if d := os.Getenv("TRANSPORT_TEST_COMPOSTEUR"); d != "" {
		c := Composteur{Dossier: d, Horloge: heureFixe}
		for range 200 {
			s, err := c.Composter(context.Background(), "E")
			if err != nil {
				os.Stderr.WriteString(err.Error())
				os.Exit(1)
			}
			os.Stdout.WriteString(s + "\n")
		}
		os.Exit(0)
	}
	fuites.Main(m)
}

func heureFixe() time.Time { return time.Date(2026, 11, 21, 22, 30, 17, 0, time.UTC) }

func TestComposteurEntreProcessus(t *testing.T) {
	dossier := t.TempDir()
	var mu sync.Mutex
	vus := map[string]int{}
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "TRANSPORT_TEST_COMPOSTEUR="+dossier)
			out, err := cmd.Output()
			if err != nil {
				t.Errorf("child: %v", err)
			}
			mu.Lock()
			defer mu.Unlock()
			for sc := bufio.NewScanner(strings.NewReader(string(out))); sc.Scan(); {
				vus[sc.Text()]++
			}
		})
	}
	for range 4 {
		wg.Go(func() {
			c := Composteur{Dossier: dossier, Horloge: heureFixe}
			for range 200 {
				s, err := c.Composter(t.Context(), "E")
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				vus[s]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(vus) != 1600 {
		t.Errorf("%d different compostages, want 1600: all were taken in the same second", len(vus))
	}
	for s, n := range vus {
		if n != 1 || len(s) != 19 || !strings.HasPrefix(s, "20261121223017") {
			t.Fatalf("compostage %q given %d times", s, n)
		}
	}
}

func TestComposteurEmetteurs(t *testing.T) {
	c := Composteur{Dossier: t.TempDir(), Horloge: heureFixe}
	for _, e := range []string{"00000420788606", "00000012525909"} {
		s, err := c.Composter(t.Context(), e)
		if err != nil || s != "2026112122301700000" {
			t.Errorf("first of %s: %s, %v", e, s, err)
		}
	}
}

func TestSuivantCompostage(t *testing.T) {
	t0 := heureFixe()
	for _, tt := range []struct {
		raison, dernier string
		t               time.Time
		veut            string
		erreur          bool
	}{
		{"first ever", "", t0, "2026112122301700000", false},
		{"later second", "2026112122301600041", t0, "2026112122301700000", false},
		{"same second", "2026112122301700041", t0, "2026112122301700042", false},
		{"clock went back an hour", "2026112122301700041", t0.Add(-time.Hour), "2026112122301700042", false},
		{"counter full", "2026112122301799999", t0, "2026112122301800000", false},
		{"counter full on the last second of the year", "2026123123595999999", time.Date(2026, 12, 31, 23, 59, 59, 0,
			time.UTC), "2027010100000000000", false},
		{"clock lost its battery", "2026112122301700041", time.Date(2009, 1, 1, 0, 0, 0, 0, time.UTC), "", true},
		{"foreign content", "zzz", t0, "", true},
		{"impossible moment", "2099139999999900000", t0, "", true},
	} {
		got, err := suivantCompostage(tt.dernier, tt.t)
		if got != tt.veut || (err != nil) != tt.erreur {
			t.Errorf("%s: %q, %v", tt.raison, got, err)
		}
	}
}

// Another user of the machine makes the folder first, or puts a link in it: an error,
// and what the link points to is untouched.
func TestComposteurPiege(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("links need a privilege on Windows")
	}
	empreinte := sha256.Sum256([]byte("E"))
	nom := "compostage-" + hex.EncodeToString(empreinte[:8])
	victime := filepath.Join(t.TempDir(), "victime")
	if err := os.WriteFile(victime, []byte("2026112122301700041\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	essai := func(dossier string) error {
		_, err := (&Composteur{Dossier: dossier, Horloge: heureFixe}).Composter(t.Context(), "E")
		return err
	}
	lien := t.TempDir()
	if err := os.Chmod(lien, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(victime, filepath.Join(lien, nom)); err != nil {
		t.Fatal(err)
	}
	ouvert := filepath.Join(t.TempDir(), "ouvert")
	if err := os.Mkdir(ouvert, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(ouvert, 0o777); err != nil {
		t.Fatal(err)
	}
	for raison, d := range map[string]string{"a link in place of the file": lien,
		"a folder that anybody writes to": ouvert} {
		if err := essai(d); !errors.Is(err, ErrCompostage) || !errors.Is(err, depot.ErrPrive) {
			t.Errorf("%s: %v", raison, err)
		}
	}
	if b, err := os.ReadFile(victime); err != nil || string(b) != "2026112122301700041\n" {
		t.Errorf("the victim's file: %q, %v", b, err)
	}
	prive := filepath.Join(t.TempDir(), "prive")
	if err := essai(prive); err != nil {
		t.Fatal(err)
	}
	for f, veut := range map[string]os.FileMode{prive: 0o700, filepath.Join(prive, nom): 0o600} {
		if i, err := os.Stat(f); err != nil || i.Mode().Perm() != veut {
			t.Errorf("%s: mode %v, %v", f, i.Mode(), err)
		}
	}
}
