package transport

import (
	"bufio"
	"context"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

// TestMain lets the test binary stand for another process of the host.
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
	os.Exit(m.Run())
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
		{"counter full on the last second of the year", "2026123123595999999", time.Date(2026, 12, 31, 23, 59, 59, 0, time.UTC), "2027010100000000000", false},
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
