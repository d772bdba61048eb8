// Package architecture holds no code: its tests keep the direction of the imports, and what importing a package pulls
// in.
package architecture

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

const module = "github.com/scor-sdk/scor-sdk-go"

// rangs are the rooms in the order of the arrows: a package imports only those to its left, and its own room.
var rangs = []string{"internal", "fse", "scor", "lot", "transport", "retour", "retour/suivi", "examples"}

func rang(paquet string) int {
	r := -1
	for i, p := range rangs {
		if paquet == p || strings.HasPrefix(paquet, p+"/") {
			r = i
		}
	}
	return r
}

type importation struct {
	de, vers string
	fichier  string
	test     bool
}

func importations(t *testing.T) []importation {
	t.Helper()
	racine, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	var liste []importation
	err = filepath.WalkDir(racine, func(chemin string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relatif, _ := filepath.Rel(racine, chemin)
		relatif = filepath.ToSlash(relatif)
		if d.IsDir() {
			if strings.HasPrefix(d.Name(), ".") && chemin != racine || d.Name() == "testdata" || relatif == "internal/mesures" {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(chemin, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), chemin, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, i := range f.Imports {
			vers := strings.Trim(i.Path.Value, `"`)
			liste = append(liste, importation{filepath.ToSlash(filepath.Dir(relatif)), vers, relatif, strings.HasSuffix(chemin,
				"_test.go")})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return liste
}

func TestSensDesImports(t *testing.T) {
	vus := 0
	for _, i := range importations(t) {
		if i.vers == "C" {
			t.Errorf("%s uses cgo", i.fichier)
		}
		vers, dedans := strings.CutPrefix(i.vers, module+"/")
		if !dedans {
			continue
		}
		vus++
		de, a := rang(i.de), rang(vers)
		if de < 0 {
			t.Errorf("%s is in no room of the house", i.fichier)
		}
		// Tests in internal/… check the code of the packages that use it: only what ships keeps the arrows there.
		if a > de && !(i.test && de == 0) {
			t.Errorf("%s imports %s, against the arrows", i.fichier, vers)
		}
		if strings.HasPrefix(vers, "transport/frontal") && !i.test && !strings.HasPrefix(i.de, "transport/frontal") &&
			!strings.HasPrefix(i.de, "examples") {
			t.Errorf("%s imports the test frontal", i.fichier)
		}
	}
	if vus < 20 {
		t.Fatalf("%d imports inside the module were seen: the test no longer reads the tree", vus)
	}
}

// TestDependancesTirees checks that whoever imports a light package links nothing heavy.
func TestDependancesTirees(t *testing.T) {
	if _, err := exec.LookPath("go"); err != nil {
		t.Skip("the go command is not here")
	}
	lourds := []string{"github.com/pdfcpu/", "modernc.org/sqlite", "github.com/jackc/pgx", "github.com/riverqueue/",
		"gocloud.dev/", "github.com/go-ldap/", "github.com/emersion/go-imap", "github.com/chromedp/",
		"github.com/klippa-app/", "github.com/tetratelabs/", "github.com/makiuchi-d/"}
	permis := map[string][]string{
		"fse": nil, "fse/b2": nil, "fse/routage": nil, "scor": nil, "scor/numerisation": nil, "scor/s3404": nil,
		"scor/papier": nil, "lot": nil, "transport": nil, "transport/smtp": nil, "transport/pop3": nil,
		"transport/maildir": nil, "transport/spool": nil, "transport/annuaire": nil, "transport/frontal": nil,
		"transport/imap": {"github.com/emersion/go-imap"}, "transport/annuaire/ldap": {"github.com/go-ldap/"}, "retour": nil,
		"retour/noemie": nil, "retour/suivi": nil, "retour/suivi/sqlite": {"modernc.org/sqlite"},
		"retour/suivi/postgres": {"github.com/jackc/pgx"}, "retour/suivi/ecrans": nil, "retour/suivi/suivitest": nil,
	}
	for paquet, permis := range permis {
		sortie, err := exec.Command("go", "list", "-deps", module+"/"+paquet).Output()
		if err != nil {
			t.Errorf("%s: %v", paquet, err)
			continue
		}
		for _, dep := range strings.Fields(string(sortie)) {
			for _, l := range lourds {
				if strings.HasPrefix(dep, l) && !contient(permis, l) {
					t.Errorf("importing %s pulls in %s", paquet, dep)
				}
			}
		}
	}
}

func contient(liste []string, s string) bool {
	for _, l := range liste {
		if l == s {
			return true
		}
	}
	return false
}
