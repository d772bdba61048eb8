package architecture

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"strings"
	"testing"
)

// source is a Go file of the module, parsed, with its comments.
type source struct {
	chemin string // from the root, with slashes
	test   bool
	fset   *token.FileSet
	ast    *ast.File
}

func (s *source) dossier() string { return filepath.ToSlash(filepath.Dir(s.chemin)) }

// public says whether an importer sees the package.
func (s *source) public() bool {
	d := s.dossier()
	return !s.test && !strings.HasPrefix(d, "internal") && !strings.HasPrefix(d, "examples") &&
		!strings.Contains(d, "/internal")
}

func (s *source) ligne(p token.Pos) int { return s.fset.Position(p).Line }

// parcourir goes over the files of the module: not testdata, nor what has a go.mod of its own.
func parcourir(t *testing.T, vu func(absolu, relatif string)) {
	t.Helper()
	racine, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	err = filepath.WalkDir(racine, func(chemin string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		relatif, _ := filepath.Rel(racine, chemin)
		relatif = filepath.ToSlash(relatif)
		if !d.IsDir() {
			vu(chemin, relatif)
			return nil
		}
		cache := strings.HasPrefix(d.Name(), ".") && chemin != racine
		if cache || d.Name() == "testdata" || relatif == "internal/mesures" || relatif == "internal/dehors" {
			return fs.SkipDir
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func sources(t *testing.T) []*source {
	t.Helper()
	var liste []*source
	parcourir(t, func(absolu, relatif string) {
		if !strings.HasSuffix(relatif, ".go") {
			return
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, absolu, nil, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		liste = append(liste, &source{relatif, strings.HasSuffix(relatif, "_test.go"), fset, f})
	})
	if len(liste) < 100 {
		t.Fatalf("%d files were read: the test no longer sees the tree", len(liste))
	}
	return liste
}
