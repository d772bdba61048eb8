package architecture

import (
	"bytes"
	"go/ast"
	"go/scanner"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// The limits of the house: what is longer or more tangled is not read by anybody.
const (
	colonnesMax   = 120
	complexiteMax = 25
)

// TestColonnes keeps every line readable beside another: at most 120 columns, a tab being one. What a string holds is
// data, not code: a record of 128 characters stays on its line.
func TestColonnes(t *testing.T) {
	for _, s := range sources(t) {
		source, err := os.ReadFile(filepath.Join("../..", filepath.FromSlash(s.chemin)))
		if err != nil {
			t.Fatal(err)
		}
		donnees := lignesDeDonnees(source)
		n := 0
		for l := range bytes.Lines(source) {
			n++
			if c := utf8.RuneCount(bytes.TrimRight(l, "\n")); c > colonnesMax && !donnees[n] {
				t.Errorf("%s:%d: %d columns, at most %d", s.chemin, n, c, colonnesMax)
			}
		}
	}
}

// chaineLongue is a string that can't be broken without hiding what it says.
const chaineLongue = 60

// lignesDeDonnees are the lines that a raw string covers, or that hold a long string.
func lignesDeDonnees(source []byte) map[int]bool {
	fset := token.NewFileSet()
	f := fset.AddFile("", -1, len(source))
	var sc scanner.Scanner
	sc.Init(f, source, nil, scanner.ScanComments)
	lignes := map[int]bool{}
	sortie := false // in what an Example prints
	for {
		pos, tok, lit := sc.Scan()
		if tok == token.EOF {
			return lignes
		}
		if tok == token.COMMENT {
			sortie = sortie || strings.HasPrefix(lit, "// Output:") || strings.HasPrefix(lit, "// Unordered output:")
			lignes[f.Line(pos)] = lignes[f.Line(pos)] || sortie
			continue
		}
		sortie = false
		if tok != token.STRING || lit[0] != '`' && len(lit) < chaineLongue {
			continue
		}
		debut := f.Line(pos)
		for i := range strings.Count(lit, "\n") + 1 {
			lignes[debut+i] = true
		}
	}
}

// TestComplexite counts the branches of each function (McCabe): over 25 nobody can say by which way a value came. A
// test has more: each of its checks is a branch.
func TestComplexite(t *testing.T) {
	for _, s := range sources(t) {
		for _, d := range s.ast.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Body == nil {
				continue
			}
			if c, limite := complexite(f), complexiteDe(s); c > limite {
				t.Errorf("%s:%d: %s has a complexity of %d, at most %d", s.chemin, s.ligne(f.Pos()), f.Name.Name, c, limite)
			}
		}
	}
}

func complexiteDe(s *source) int {
	if s.test {
		return complexiteMax + 15
	}
	return complexiteMax
}

func complexite(f *ast.FuncDecl) int {
	n := 1
	ast.Inspect(f, func(x ast.Node) bool {
		switch x := x.(type) {
		case *ast.IfStmt, *ast.ForStmt, *ast.RangeStmt:
			n++
		case *ast.CaseClause:
			if x.List != nil {
				n++
			}
		case *ast.CommClause:
			if x.Comm != nil {
				n++
			}
		case *ast.BinaryExpr:
			if x.Op == token.LAND || x.Op == token.LOR {
				n++
			}
		}
		return true
	})
	return n
}

// TestContexteDansUneStructure: a context belongs to a call; kept in a struct it outlives what it was to end. Readers
// and writers may hold one, since io's methods take none, and so may a page of the browser that tests drive.
func TestContexteDansUneStructure(t *testing.T) {
	liste := sources(t)
	flots := map[string]bool{}
	for _, s := range liste {
		for _, d := range s.ast.Decls {
			f, ok := d.(*ast.FuncDecl)
			if ok && f.Recv != nil && slices.Contains([]string{"Read", "Write", "ReadAt"}, f.Name.Name) {
				flots[s.dossier()+"."+receveur(f)] = true
			}
		}
	}
	for _, s := range liste {
		if s.test || s.dossier() == "internal/chromium" {
			continue
		}
		ast.Inspect(s.ast, func(x ast.Node) bool {
			typ, ok := x.(*ast.TypeSpec)
			if !ok || flots[s.dossier()+"."+typ.Name.Name] {
				return true
			}
			st, ok := typ.Type.(*ast.StructType)
			if !ok {
				return true
			}
			for _, c := range st.Fields.List {
				if sel, ok := c.Type.(*ast.SelectorExpr); ok && nom(sel) == "context.Context" {
					t.Errorf("%s:%d: a context.Context in a struct", s.chemin, s.ligne(c.Pos()))
				}
			}
			return true
		})
	}
}

func nom(s *ast.SelectorExpr) string {
	if x, ok := s.X.(*ast.Ident); ok {
		return x.Name + "." + s.Sel.Name
	}
	return s.Sel.Name
}
