package b2_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// partage finds a file of the workplace's shared data, beside the module's root; tests that need it are skipped when it
// is not there.
func partage(t testing.TB, nom string) string {
	t.Helper()
	p := filepath.Join("..", "..", "..", "shared", nom)
	if _, err := os.Stat(p); err != nil {
		t.Skip("../shared is not here")
	}
	return p
}

func octets(t testing.TB, chemin string) []byte {
	t.Helper()
	b, err := os.ReadFile(chemin)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func lireJSON(t testing.TB, chemin string, v any) {
	t.Helper()
	if err := json.Unmarshal(octets(t, chemin), v); err != nil {
		t.Fatal(err)
	}
}

// lireSiLa reads a shared file where there is one.
func lireSiLa(nom string) ([]byte, error) {
	return os.ReadFile(filepath.Join("..", "..", "..", "shared", nom))
}
