package numerisation_test

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation/pdfentree"
)

// scans is the folder of shared scans, or skips the test.
func scans(t testing.TB) string {
	t.Helper()
	d := filepath.Join("..", "..", "..", "shared", "scans")
	if _, err := os.Stat(d); err != nil {
		t.Skip("../shared is not here")
	}
	return d
}

// reference is the profile of the SDK.
func reference(t testing.TB) scor.ProfilNumerisation {
	t.Helper()
	p, err := scor.Reference()
	if err != nil {
		t.Fatal(err)
	}
	return p.Numerisation
}

func nouveau(t testing.TB, opts ...numerisation.Option) *numerisation.Numeriseur {
	t.Helper()
	n, err := numerisation.New(reference(t), append([]numerisation.Option{numerisation.WithPDF(pdfentree.New())},
		opts...)...)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// source reads a file whole.
func source(t testing.TB, chemin string) numerisation.Source {
	t.Helper()
	b, err := os.ReadFile(chemin)
	if err != nil {
		t.Fatal(err)
	}
	return numerisation.Octets(filepath.Base(chemin), b)
}

// attendus are the codes that a defect may be refused for.
var attendus = map[string][]string{
	"ok": nil, "inclinaison": nil, "couche": nil,
	"blanc": {"trop-clair", "page-blanche"}, "verso": {"page-blanche"}, "noir": {"trop-sombre"},
	"contraste": {"contraste"}, "tronque": {"tronque"}, "decale": {"tronque"}, "resolution": {"resolution"},
	"format": {"format"},
}

func TestOrdonnances(t *testing.T) {
	dir := filepath.Join(scans(t), "ordonnances")
	f, err := os.Open(filepath.Join(dir, "truth.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	n := nouveau(t)
	table := confusion{}
	pire := 0.0
	for _, row := range rows[1:] {
		nom, cas := row[0], row[1]
		var b bytes.Buffer
		r, err := n.Numeriser(t.Context(), &b, source(t, filepath.Join(dir, nom)))
		if err != nil {
			t.Fatalf("%s: %v", nom, err)
		}
		table.noter(cas, r)
		verifierCas(t, nom, cas, r)
		if !r.Accepte {
			continue
		}
		want, _ := strconv.ParseFloat(row[4], 64)
		p := &r.Pages[0]
		d := math.Abs(p.Inclinaison - want)
		pire = max(pire, d)
		if d > 0.3 {
			t.Errorf("%s: skew %.2f°, truth %.2f°", nom, p.Inclinaison, want)
		}
		if got := strconv.Itoa(p.Rotation); got != row[5] {
			t.Errorf("%s: turned by %s°, truth %s°", nom, got, row[5])
		}
	}
	t.Logf("worst error of skew: %.2f°\n%s", pire, table)
}

// verifierCas fails unless a case of the truth has its outcome.
func verifierCas(t *testing.T, nom, cas string, r *numerisation.Resultat) {
	t.Helper()
	codes, ok := attendus[cas]
	if !ok {
		t.Fatalf("%s: unknown case %q", nom, cas)
	}
	m := r.Motifs()
	switch {
	case r.Accepte != (len(codes) == 0):
		t.Errorf("%s (%s): accepted %t, codes %q: %q", nom, cas, r.Accepte, m, r.Messages())
	case !r.Accepte && !slices.ContainsFunc(codes, func(c string) bool { return slices.Contains(m, c) }):
		t.Errorf("%s (%s): codes %q, expected one of %q", nom, cas, m, codes)
	}
}

// confusion counts outcomes by case.
type confusion map[string]map[string]int

func (c confusion) noter(cas string, r *numerisation.Resultat) {
	issue := "accepté"
	if !r.Accepte {
		issue = strings.Join(r.Motifs(), "+")
	}
	if c[cas] == nil {
		c[cas] = map[string]int{}
	}
	c[cas][issue]++
}

func (c confusion) String() string {
	var b strings.Builder
	var issues []string
	for _, m := range c {
		for i := range m {
			if !slices.Contains(issues, i) {
				issues = append(issues, i)
			}
		}
	}
	slices.Sort(issues)
	fmt.Fprintf(&b, "%-14s", "")
	for _, i := range issues {
		fmt.Fprintf(&b, " %*s", len([]rune(i)), i)
	}
	for _, cas := range []string{"ok", "inclinaison", "couche", "blanc", "verso", "noir", "contraste", "tronque", "decale",
		"resolution", "format"} {
		if c[cas] == nil {
			continue
		}
		fmt.Fprintf(&b, "\n%-14s", cas)
		for _, i := range issues {
			v := "."
			if n := c[cas][i]; n > 0 {
				v = strconv.Itoa(n)
			}
			fmt.Fprintf(&b, " %*s", len([]rune(i)), v)
		}
	}
	return b.String()
}
