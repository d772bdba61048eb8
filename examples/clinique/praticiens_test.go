package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestPraticiens protects the list of practitioners as spreadsheets write it; a name that can't be printed is told with
// its line, before anything is made.
func TestPraticiens(t *testing.T) {
	poser := func(contenu string) string {
		f := filepath.Join(t.TempDir(), "praticiens.csv")
		if err := os.WriteFile(f, []byte(contenu), 0o600); err != nil {
			t.Fatal(err)
		}
		return f
	}
	for _, contenu := range []string{"751100017,Dr Phạm Thị Hà\n751100025,\"Dr Ko\u0308nig, Max\"\n",
		"\ufeff751100017;Dr Phạm Thị Hà\r\n751100025;Dr König, Max\r\n"} {
		noms, err := lirePraticiens(poser(contenu))
		if err != nil || noms["751100017"] != "Dr Phạm Thị Hà" || noms["751100025"] != "Dr König, Max" {
			t.Errorf("%v, %v", noms, err)
		}
	}
	for contenu, dit := range map[string]string{
		"1,Anne\n\n2,Dr 李\n": "ligne 3 : le caractère n° 4 (U+674E « 李 »)", "1,Ren\xe9\n": "ligne 1 : le caractère n° 4",
		"1,An\u202ene\n": "ligne 1 : le caractère n° 3 (U+202E)", "1,Anne\n2\n": "ligne 2 : numéro,nom attendu",
		"1," + strings.Repeat("a", 201): "ligne 1 : nom de plus de 200",
	} {
		if _, err := lirePraticiens(poser(contenu)); err == nil || !strings.Contains(err.Error(), dit) {
			t.Errorf("%q: %v, want %q", contenu, err, dit)
		}
	}
}
