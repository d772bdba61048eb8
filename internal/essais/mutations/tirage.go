package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// surs are the packages whose mistakes lose or disclose something.
var surs = []string{"internal/cms", "internal/depot", "internal/chaine", "retour/suivi/coffre", "scor/controle", "lot",
	"retour/suivi"}

// changement replaces the bytes debut to fin of a file.
type changement struct {
	fichier    string
	debut, fin int
	vers       string
	ligne      int
}

var tournes = map[token.Token]string{
	token.LSS: "<=", token.LEQ: "<", token.GTR: ">=", token.GEQ: ">", token.EQL: "!=", token.NEQ: "==", token.LAND: "||",
	token.LOR: "&&",
}

func tirer(ctx context.Context, alea *rand.Rand, n int) error {
	var tous []changement
	for _, p := range surs {
		fichiers, err := filepath.Glob(filepath.FromSlash(p + "/*.go"))
		if err != nil {
			return err
		}
		for _, f := range fichiers {
			if strings.HasSuffix(f, "_test.go") {
				continue
			}
			l, err := possibles(f)
			if err != nil {
				return err
			}
			tous = append(tous, l...)
		}
	}
	morts, vivants := 0, 0
	for morts+vivants < n && len(tous) > 0 && ctx.Err() == nil {
		i := alea.IntN(len(tous))
		c := tous[i]
		tous = append(tous[:i], tous[i+1:]...)
		mort, err := c.essayer(ctx)
		switch {
		case errors.Is(err, errCompile):
		case err != nil:
			return err
		case mort:
			morts++
		default:
			vivants++
			fmt.Printf("lives %s:%d → %s\n", c.fichier, c.ligne, c.vers)
		}
	}
	fmt.Printf("drawn: %d died, %d lived\n", morts, vivants)
	return ctx.Err()
}

func (c *changement) essayer(ctx context.Context) (bool, error) {
	source, err := os.ReadFile(filepath.FromSlash(c.fichier))
	if err != nil {
		return false, err
	}
	change := append(append(bytes.Clone(source[:c.debut]), c.vers...), source[c.fin:]...)
	return essayer(ctx, c.fichier, change, []string{path.Dir(c.fichier)}, "")
}

// possibles are the places of a file where a mutation can be made.
func possibles(fichier string) ([]changement, error) {
	fset := token.NewFileSet()
	f, err := parser.ParseFile(fset, fichier, nil, 0)
	if err != nil {
		return nil, err
	}
	var l []changement
	ajouter := func(debut, fin token.Pos, vers string) {
		d := fset.Position(debut)
		l = append(l, changement{filepath.ToSlash(fichier), d.Offset, fset.Position(fin).Offset, vers, d.Line})
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.BinaryExpr:
			if vers, ok := tournes[n.Op]; ok {
				ajouter(n.OpPos, n.OpPos+token.Pos(len(n.Op.String())), vers)
			}
		case *ast.ExprStmt:
			if _, ok := n.X.(*ast.CallExpr); ok {
				ajouter(n.Pos(), n.End(), "{}")
			}
		}
		return true
	})
	return l, nil
}
