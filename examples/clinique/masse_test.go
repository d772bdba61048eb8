package main

import (
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"
)

// TestMasse measures the whole way of one lot, on the disk: its B2, the bordereau, the signature, the deposits, the
// flow and what comes back. It protects that nothing of a big lot is lost; its time is for who asks for it.
func TestMasse(t *testing.T) {
	n, err := strconv.Atoi(os.Getenv("SCOR_CLINIQUE_FACTURES"))
	if err != nil {
		t.Skip("SCOR_CLINIQUE_FACTURES gives how many invoices the lot has")
	}
	// The cheapest stays: a lot's total has nine digits, which ten thousand dear ones overflow.
	modeles := []sejour{lotsDessines[0].sejours[1], lotsDessines[0].sejours[3]}
	sejours := make([]sejour, n)
	for i := range sejours {
		sejours[i] = modeles[i%len(modeles)]
		// A patient each: what was sent before for the same one is looked up.
		sejours[i].nir = fmt.Sprintf("%.7s%03d%03d", sejours[i].nir, 100+i/900, 1+i%900)
	}
	o, err := lireOptions([]string{"-auto", "-sortie", t.TempDir(),
		ecrireB2(t, []lotDessine{{104, 104001, sejours}})}, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	c, err := ouvrir(t.Context(), o, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	defer c.fermer()
	debut := time.Now()
	if err := c.travailler(t.Context()); err != nil {
		t.Fatal(err)
	}
	duree := time.Since(debut)
	vues := 0
	for v, err := range c.suivi.Factures(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		if vues++; len(v.Pieces) != 1 {
			t.Fatalf("invoice %d has %d pieces", vues, len(v.Pieces))
		}
	}
	if vues != n || len(c.remises) != 1 {
		t.Errorf("%d invoices and %d bordereaux, of %d and 1", vues, len(c.remises), n)
	}
	t.Logf("%d invoices: %s, %s each%s", n, duree, duree/time.Duration(n), memoire())
}

// memoire is the most that this program ever had in memory, where the system says it.
func memoire() string {
	b, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return ""
	}
	for l := range strings.Lines(string(b)) {
		if pic, ok := strings.CutPrefix(l, "VmHWM:"); ok {
			return ", at most " + strings.TrimSpace(pic)
		}
	}
	return ""
}
