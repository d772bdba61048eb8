package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// The table is read whole, and each text that it wants changed is still in its file: a mutation of a text that is gone
// would test nothing.
func TestTable(t *testing.T) {
	t.Chdir("../../..")
	liste, err := lire(table)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range liste {
		source, err := os.ReadFile(filepath.FromSlash(m.fichier))
		if err != nil {
			t.Error(err)
			continue
		}
		if m.de == m.vers || m.protege == "" {
			t.Errorf("%s: %q changes nothing, or protects nothing", m.fichier, m.de)
		}
		if !bytes.Contains(source, []byte(m.de)) {
			t.Errorf("%s: %q: %v", m.fichier, m.de, errAbsent)
		}
	}
}

// Every family of conformance vectors has a change that one of them must see, and each change can still be made.
func TestTableConformite(t *testing.T) {
	t.Chdir("../../..")
	liste, err := lireConformite(tableConformite)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := changes(liste); err != nil {
		t.Error(err)
	}
	for _, f := range familles(t) {
		if !slices.ContainsFunc(liste, func(p protection) bool { return slices.Contains(p.familles, f) }) {
			t.Errorf("no change for the family %s", f)
		}
	}
	for _, p := range liste {
		for _, id := range p.vecteurs {
			if l, err := filepath.Glob("examples/conformite/vecteurs/*/" + id + ".vecteur.json"); err != nil || len(l) != 1 {
				t.Errorf("%s: no such vector", id)
			}
		}
	}
}

func familles(t *testing.T) []string {
	t.Helper()
	l, err := filepath.Glob("examples/conformite/vecteurs/*/*.vecteur.json")
	if err != nil || len(l) == 0 {
		t.Fatal(len(l), err)
	}
	var noms []string
	for _, f := range l {
		noms = append(noms, filepath.Base(filepath.Dir(f)))
	}
	return slices.Compact(noms)
}

// A mutation that a test sees is dead, one that none sees lives, and one that doesn't compile is neither.
func TestEssayer(t *testing.T) {
	if testing.Short() {
		t.Skip("compiles three times: without -short")
	}
	t.Chdir("../../..")
	fichier := "internal/essais/mutations/testdata/seuil/seuil.go"
	for _, c := range []struct {
		de, vers string
		mort     bool
		err      error
	}{
		{"n >= 18", "n > 18", true, nil},
		{"n >= 65", "n > 65", false, nil},
		{"n >= 18", "n >= x", false, errCompile},
	} {
		m := mutation{fichier: fichier, de: c.de, vers: c.vers, paquets: []string{filepath.ToSlash(filepath.Dir(fichier))},
			protege: "x"}
		mort, err := m.essayer(t.Context())
		if mort != c.mort || !errors.Is(err, c.err) {
			t.Errorf("%s → %s: died %v, %v", c.de, c.vers, mort, err)
		}
	}
}
