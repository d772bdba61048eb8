package numerisation_test

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"math"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	pd "github.com/scor-sdk/scor-sdk-go/internal/pagedessinee"
	"github.com/scor-sdk/scor-sdk-go/scor/numerisation"
)

// grilles are the numbers of the room that measures that decide nothing: how finely it looks, and how much it samples.
var grilles = map[string]bool{
	"fin": true, "large": true, "pasCasier": true, "pasVignette": true, "pasFlou": true, "lettresBouge": true,
	"InclinaisonMax": true, "nette": true, "margeBord": true, "coinPas": true, "haut": true, "Haut": true,
}

// lireGo parses the files of the package that aren't tests, and of the room that measures.
func lireGo(t *testing.T) map[string]*ast.File {
	t.Helper()
	out := map[string]*ast.File{}
	for _, dir := range []string{".", filepath.Join("internal", "mesure")} {
		noms, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, nom := range noms {
			if strings.HasSuffix(nom, "_test.go") {
				continue
			}
			f, err := parser.ParseFile(token.NewFileSet(), nom, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			out[nom] = f
		}
	}
	if len(out) < 20 {
		t.Fatal("the files of the package aren't here")
	}
	return out
}

// Every threshold says in its comment what its default is and where that comes from, and decides something; no number
// that decides is left outside them.
func TestSeuilsDocumentes(t *testing.T) {
	fichiers := lireGo(t)
	emplois := map[string]bool{}
	for nom, f := range fichiers {
		base := filepath.Base(nom)
		if strings.HasPrefix(base, "seuils") || base == "reglages.go" {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if s, ok := n.(*ast.SelectorExpr); ok {
				emplois[s.Sel.Name] = true
			}
			return true
		})
		if strings.Contains(nom, "mesure") {
			sansSeuil(t, nom, f)
		}
	}
	defaut := regexp.MustCompile(`^(\w+) \(([\d.]+)\) is `)
	valeurs := valeursDe(numerisation.SeuilsParDefaut())
	vus := 0
	for nom, f := range fichiers {
		if !strings.HasPrefix(filepath.Base(nom), "seuils") {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			ts, ok := n.(*ast.TypeSpec)
			if !ok || ts.Name.Name == "Seuils" || !strings.HasPrefix(ts.Name.Name, "Seuils") {
				return true
			}
			for _, champ := range ts.Type.(*ast.StructType).Fields.List {
				vus++
				m := defaut.FindStringSubmatch(strings.ReplaceAll(champ.Doc.Text(), "\n", " "))
				c := champ.Names[0].Name
				switch {
				case m == nil || m[1] != c || len(champ.Doc.Text()) < 40:
					t.Errorf("%s: the comment doesn't say its default and where it comes from: %q", c, champ.Doc.Text())
				case m[2] != valeurs[c]:
					t.Errorf("%s: its comment says %s, its default is %s", c, m[2], valeurs[c])
				case !emplois[c]:
					t.Errorf("%s decides nothing", c)
				}
			}
			return false
		})
	}
	if vus != len(valeurs) {
		t.Errorf("%d thresholds documented of %d", vus, len(valeurs))
	}
}

// sansSeuil fails for constants of a file that aren't known to be grids.
func sansSeuil(t *testing.T, nom string, f *ast.File) {
	for _, d := range f.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.CONST {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			for _, id := range v.Names {
				if len(v.Values) > 0 && !grilles[id.Name] {
					t.Errorf("%s: %s decides, and isn't in Seuils", nom, id.Name)
				}
			}
		}
	}
}

// valeursDe are the thresholds by name, as Go writes them.
func valeursDe(s numerisation.Seuils) map[string]string {
	out := map[string]string{}
	v := reflect.ValueOf(s)
	for i := range v.NumField() {
		for k := range v.Field(i).NumField() {
			out[v.Field(i).Type().Field(k).Name] = fmt.Sprint(v.Field(i).Field(k).Interface())
		}
	}
	return out
}

// A threshold that a host sets is the one that decides, in the room that measures too; those that it leaves at zero
// have their default; one out of range is refused by name.
func TestSeuilsServent(t *testing.T) {
	coin := pd.Page{Graine: 4, Format: pd.A5, DPI: 200, Defaut: pd.Coin, Bruit: 1}
	droite := pd.Page{Graine: 5, Format: pd.A5, DPI: 200}
	for nom, c := range map[string]struct {
		page   pd.Page
		regler func(s *numerisation.Seuils)
	}{
		"CoinMax":   {coin, func(s *numerisation.Seuils) { s.CoinMin, s.CoinMax = 200, 200 }},
		"LettreMin": {droite, func(s *numerisation.Seuils) { s.LettreMin, s.LettreMax = 13, 14 }},
		"MarquesMin": {droite, func(s *numerisation.Seuils) {
			s.MarquesMin, s.PoussiereMax, s.PoussiereFine = 1e5, 1e5, 1e5
		}},
	} {
		f, err := c.page.Fichier(pd.TIFFG4)
		if err != nil {
			t.Fatal(err)
		}
		var s numerisation.Seuils
		c.regler(&s)
		avant, apres := constats(t, f), constats(t, f, numerisation.WithSeuils(s))
		if reflect.DeepEqual(avant, apres) {
			t.Errorf("%s set otherwise changes no finding", nom)
		}
		if vide := constats(t, f, numerisation.WithSeuils(numerisation.Seuils{})); !reflect.DeepEqual(avant, vide) {
			t.Errorf("%s: thresholds left at zero aren't the defaults", nom)
		}
	}
	for _, v := range []float64{-1, math.NaN(), math.Inf(1)} {
		s := numerisation.SeuilsParDefaut()
		s.TramePart = v
		_, err := numerisation.New(reference(t), numerisation.WithSeuils(s))
		if err == nil || !strings.Contains(err.Error(), "TramePart") {
			t.Errorf("TramePart %v: %v, expected an error that names it", v, err)
		}
	}
}

// constats are the findings about the only page of a file.
func constats(t *testing.T, f []byte, opts ...numerisation.Option) []numerisation.Constat {
	t.Helper()
	r, err := nouveau(t, opts...).Numeriser(t.Context(), io.Discard, numerisation.Octets("page.tif", f))
	if err != nil {
		t.Fatal(err)
	}
	return r.Pages[0].Constats
}
