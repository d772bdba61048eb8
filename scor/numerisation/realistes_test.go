package numerisation_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// verite is what is true of a page of the realistic set.
type verite struct {
	Fichier     string          `json:"fichier"`
	Cas         string          `json:"cas"`
	Attendu     json.RawMessage `json:"attendu"` // "ok", "amb", or the codes that it may be refused for
	Inclinaison float64         `json:"inclinaison_deg"`
	Rotation    int             `json:"rotation_deg"`
}

// Of realistic ordonnances (stamps, carbon copies, tables, tickets, shadows, folds), what is good is accepted, measured
// within a degree and upright, and what isn't is refused or asked about. The table prints what came out otherwise, by
// case.
func TestRealistes(t *testing.T) {
	dir := filepath.Join(scans(t), "realistes")
	f, err := os.Open(filepath.Join(dir, "verite.jsonl"))
	if err != nil {
		t.Skip("../shared/scans/realistes is not here")
	}
	defer f.Close()
	n := nouveau(t)
	// Cut between lines, or with nothing left but a letterhead: no reader of pixels can know.
	injugeables := []string{"COUPE-haut", "G4-perdu"}
	bons, justes, refuses, mauvais, passes := 0, 0, 0, 0, 0
	var ecarts []float64
	var b strings.Builder
	lignes := bufio.NewScanner(f)
	for lignes.Scan() {
		var v verite
		if err := json.Unmarshal(lignes.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		r, err := n.Numeriser(t.Context(), &out, source(t, filepath.Join(dir, v.Fichier)))
		if err != nil {
			t.Fatalf("%s: %v", v.Fichier, err)
		}
		switch {
		case string(v.Attendu) == `"ok"`:
			bons++
			p := &r.Pages[0]
			d := math.Abs(p.Inclinaison - v.Inclinaison)
			if p.Constat(numerisation.Inclinaison).Etat != numerisation.NonTeste {
				ecarts = append(ecarts, d)
			}
			switch {
			case !r.Accepte:
				refuses++
				fmt.Fprintf(&b, "\n%-24s %q", v.Cas, r.Motifs())
			case d > 1 || p.Rotation != v.Rotation:
				fmt.Fprintf(&b, "\n%-24s %.2f° for %.2f°, turned by %d° for %d°", v.Cas, p.Inclinaison, v.Inclinaison, p.Rotation,
					v.Rotation)
			default:
				justes++
			}
		case v.Attendu[0] == '[' && !slices.Contains(injugeables, v.Cas):
			mauvais++
			if r.Accepte {
				passes++
				fmt.Fprintf(&b, "\n%-24s accepted", v.Cas)
			}
		}
	}
	t.Logf("right %d of %d, good refused or asked about %d, bad accepted %d of %d; %s%s", justes, bons, refuses, passes,
		mauvais, icdar(ecarts), b.String())
	if 100*justes < 97*bons || 100*refuses > bons || 100*passes > 5*mauvais {
		t.Error("expected at least 97 % right, at most 1 % of the good refused or asked about, at most 5 % of the bad " +
			"accepted")
	}
}
