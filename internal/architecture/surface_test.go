package architecture

import (
	"bytes"
	"flag"
	"go/ast"
	"go/printer"
	"go/token"
	"maps"
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var ecrire = flag.Bool("update", false, "write docs/surface.txt again")

const fichierSurface = "../../docs/surface.txt"

// TestSurface compares what importers see with docs/surface.txt, so that a change of it is a decision, seen in the
// diff. After one:
//
//	go test ./internal/architecture -run Surface -update
func TestSurface(t *testing.T) {
	vue := surface(t)
	if *ecrire {
		if err := os.WriteFile(fichierSurface, []byte(vue), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ecrite, err := os.ReadFile(fichierSurface)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(strings.Split(string(ecrite), "\n"), strings.Split(vue, "\n")); d != "" {
		t.Errorf("the public surface changed; if that is meant, go test ./internal/architecture -run Surface -update\n%s", d)
	}
}

func surface(t *testing.T) string {
	paquets := map[string][]string{}
	for _, s := range sources(t) {
		if !s.public() {
			continue
		}
		for _, d := range s.ast.Decls {
			paquets[s.dossier()] = append(paquets[s.dossier()], declarations(t, s.fset, d)...)
		}
	}
	var b strings.Builder
	for _, p := range slices.Sorted(maps.Keys(paquets)) {
		lignes := paquets[p]
		if len(lignes) == 0 {
			continue
		}
		slices.Sort(lignes)
		b.WriteString("# " + p + "\n" + strings.Join(lignes, "\n") + "\n\n")
	}
	return b.String()
}

// declarations gives the exported part of a declaration, a line for each name, fields and methods of interfaces apart.
func declarations(t *testing.T, fset *token.FileSet, d ast.Decl) []string {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if !d.Name.IsExported() || d.Recv != nil && !ast.IsExported(receveur(d)) {
			return nil
		}
		f := *d
		f.Body, f.Doc = nil, nil
		return []string{imprimer(t, fset, &f)}
	case *ast.GenDecl:
		var l []string
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() {
					l = append(l, type1(t, fset, s)...)
				}
			case *ast.ValueSpec:
				for _, n := range s.Names {
					if n.IsExported() {
						l = append(l, valeur(t, fset, d.Tok, n, s))
					}
				}
			}
		}
		return l
	}
	return nil
}

func valeur(t *testing.T, fset *token.FileSet, tok token.Token, n *ast.Ident, s *ast.ValueSpec) string {
	v := tok.String() + " " + n.Name
	if s.Type != nil {
		v += " " + imprimer(t, fset, s.Type)
	}
	return v
}

func type1(t *testing.T, fset *token.FileSet, s *ast.TypeSpec) []string {
	tete := "type " + s.Name.Name
	if s.Assign.IsValid() {
		tete += " ="
	}
	var liste *ast.FieldList
	switch x := s.Type.(type) {
	case *ast.StructType:
		tete, liste = tete+" struct", x.Fields
	case *ast.InterfaceType:
		tete, liste = tete+" interface", x.Methods
	default:
		return []string{tete + " " + imprimer(t, fset, s.Type)}
	}
	l := []string{tete}
	for _, c := range liste.List {
		typ := imprimer(t, fset, c.Type)
		if len(c.Names) == 0 {
			l = append(l, "type "+s.Name.Name+" . "+typ)
		}
		for _, n := range c.Names {
			if n.IsExported() {
				l = append(l, "type "+s.Name.Name+" . "+n.Name+" "+strings.TrimPrefix(typ, "func"))
			}
		}
	}
	return l
}

func receveur(d *ast.FuncDecl) string {
	typ := d.Recv.List[0].Type
	if e, ok := typ.(*ast.StarExpr); ok {
		typ = e.X
	}
	if i, ok := typ.(*ast.IndexExpr); ok {
		typ = i.X
	}
	if i, ok := typ.(*ast.Ident); ok {
		return i.Name
	}
	return ""
}

func imprimer(t *testing.T, fset *token.FileSet, n any) string {
	var b bytes.Buffer
	if err := printer.Fprint(&b, fset, n); err != nil {
		t.Fatal(err)
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

// TestTypesInternes: a type of internal/ in a public signature can't be written by who imports it.
func TestTypesInternes(t *testing.T) {
	for _, s := range sources(t) {
		if !s.public() {
			continue
		}
		internes := map[string]bool{}
		for _, i := range s.ast.Imports {
			p, _ := strconv.Unquote(i.Path.Value)
			if !strings.Contains(p, "/internal/") {
				continue
			}
			n := path.Base(p)
			if i.Name != nil {
				n = i.Name.Name
			}
			internes[n] = true
		}
		for _, d := range s.ast.Decls {
			for _, x := range visibles(d) {
				ast.Inspect(x, func(n ast.Node) bool {
					if f, ok := n.(*ast.Field); ok && len(f.Names) > 0 && !f.Names[0].IsExported() && cache(x, f) {
						return false
					}
					if sel, ok := n.(*ast.SelectorExpr); ok {
						if p, ok := sel.X.(*ast.Ident); ok && internes[p.Name] {
							t.Errorf("%s:%d: %s is internal, in a public signature", s.chemin, s.ligne(n.Pos()), nom(sel))
						}
					}
					return true
				})
			}
		}
	}
}

// visibles are the parts of a declaration that an importer reads: signatures and types, not bodies or values.
func visibles(d ast.Decl) []ast.Node {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Name.IsExported() && (d.Recv == nil || ast.IsExported(receveur(d))) {
			return []ast.Node{d.Type}
		}
	case *ast.GenDecl:
		var l []ast.Node
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() {
					l = append(l, s.Type)
				}
			case *ast.ValueSpec:
				if s.Type != nil && s.Names[0].IsExported() {
					l = append(l, s.Type)
				}
			}
		}
		return l
	}
	return nil
}

// cache says that a field of this node is one of a struct: a parameter in lower case is seen all the same.
func cache(x ast.Node, f *ast.Field) bool {
	dedans := false
	ast.Inspect(x, func(n ast.Node) bool {
		if st, ok := n.(*ast.StructType); ok {
			for _, c := range st.Fields.List {
				dedans = dedans || c == f
			}
		}
		return true
	})
	return dedans
}
