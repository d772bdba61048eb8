package tracabilite

import (
	"bytes"
	"encoding/csv"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const racine = "../../.."

var miseAJour = flag.Bool("update", false, "write docs/tracabilite.csv and .html")

// Every public rule has its code and what shows it, and what the table names is there. The papers are those of the
// code.
func TestTracabilite(t *testing.T) {
	l, err := Lister(racine)
	if err != nil {
		t.Fatal(err)
	}
	fautes, err := Verifier(racine, l)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range fautes {
		t.Error(f)
	}
	if len(l) < 800 {
		t.Errorf("%d rules", len(l))
	}
	if *miseAJour {
		ecrire(t, "tracabilite.csv", l, EcrireCSV)
		ecrire(t, "tracabilite.html", l, EcrireHTML)
	}
	verifierPapiers(t, l)
}

func ecrire(t *testing.T, nom string, l []Regle, f func(io.Writer, []Regle) error) {
	t.Helper()
	var b bytes.Buffer
	if err := f(&b, l); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(racine, "docs", nom), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// verifierPapiers compares the papers with the rules. A vector that was added since is no fault of theirs: the next
// writing names it.
func verifierPapiers(t *testing.T, l []Regle) {
	t.Helper()
	f, err := os.Open(filepath.Join(racine, "docs", "tracabilite.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.Comma = ';'
	lignes, err := r.ReadAll()
	if err != nil || len(lignes) != len(l)+1 {
		t.Fatalf("docs/tracabilite.csv has %d rows, %d expected: go test ./examples/conformite/tracabilite -update (%v)",
			len(lignes)-1, len(l), err)
	}
	page, err := os.ReadFile(filepath.Join(racine, "docs", "tracabilite.html"))
	if err != nil {
		t.Fatal(err)
	}
	papiers := slices.Clone(l)
	for i, x := range l {
		c := lignes[i+1]
		if veut := []string{x.ID, x.Famille, x.Regle, x.Source, strings.Join(x.Code, " "), strings.Join(x.Tests,
			" ")}; !slices.Equal(slices.Delete(slices.Clone(c), 5, 6), veut) {
			t.Fatalf("docs/tracabilite.csv, row %d: %q, %q expected: go test ./examples/conformite/tracabilite -update", i+2, c,
				veut)
		}
		if !bytes.Contains(page, []byte(`id="`+x.ID+`"`)) {
			t.Fatalf("docs/tracabilite.html has no %s: go test ./examples/conformite/tracabilite -update", x.ID)
		}
		papiers[i].Vecteurs = strings.Fields(c[5])
	}
	if fautes, err := Verifier(racine, papiers); err != nil || len(fautes) > 0 {
		t.Error("docs/tracabilite.csv: ", fautes, err)
	}
}

// A rule that nothing keeps, that nothing shows, or that names what isn't there, is told.
func TestFautes(t *testing.T) {
	bonne := Regle{"x", "f", "r", "s", []string{"fse#ParseNIR"}, []string{"nir-homme"}, []string{"fse#TestParseNIR"}}
	for nom, changer := range map[string]func(*Regle){
		"no code keeps it":         func(r *Regle) { r.Code = nil },
		"no test and no vector":    func(r *Regle) { r.Tests, r.Vecteurs = nil, nil },
		"no vector nir-x":          func(r *Regle) { r.Vecteurs = []string{"nir-x"} },
		"no fse#TestX":             func(r *Regle) { r.Tests = []string{"fse#TestX"} },
		"no fse#NIR.Absente":       func(r *Regle) { r.Code = []string{"fse#NIR.Absente"} },
		"no fse#Parse":             func(r *Regle) { r.Code = []string{"fse#Parse"} },
		"a sentence and a source":  func(r *Regle) { r.Source = "" },
		"no absent#ParseNIR":       func(r *Regle) { r.Code = []string{"absent#ParseNIR"} },
		"no fse/nir.go, no symbol": func(r *Regle) { r.Code = []string{"fse/nir.go,"} },
	} {
		r := bonne
		changer(&r)
		fautes, err := Verifier(racine, []Regle{r})
		debut, _, _ := strings.Cut(nom, ", no")
		if err != nil || !slices.ContainsFunc(fautes, func(f string) bool { return strings.Contains(f, debut) }) {
			t.Errorf("%s: %q %v", nom, fautes, err)
		}
	}
	if f, err := Verifier(racine, []Regle{bonne}); err != nil || len(f) > 0 {
		t.Error(f, err)
	}
}
