// Package tracabilite makes the table of every public rule: where it comes from, the code that keeps it, the vectors
// and the tests that show it. The rules that the SDK has no table of (conventions, mails, delays, keys) are in
// regles.csv; those of B2 and NOEMIE are the checks and the zones that the code itself lists. A rule without code, or
// without a test or a vector, is a fault; so is one that names what doesn't exist.
package tracabilite

import (
	_ "embed"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
)

//go:embed regles.csv
var regles string

// Regle is a row.
type Regle struct {
	ID, Famille, Regle, Source string
	Code                       []string // dir#Symbol
	Vecteurs                   []string // identifiers
	Tests                      []string // dir#TestName
}

var colonnes = []string{"id", "famille", "regle", "source", "code", "vecteurs", "tests"}

// Lister gives every rule. racine is the folder of the module.
func Lister(racine string) ([]Regle, error) {
	vs, err := vecteursDe(racine)
	if err != nil {
		return nil, err
	}
	l, err := ecrites()
	if err != nil {
		return nil, err
	}
	l = append(l, controles("b2", "fse/b2", b2.Controles(), vs)...)
	l = append(l, controles("noemie", "retour/noemie", noemie.Controles(), vs)...)
	l = append(l, zonesB2(vs)...)
	return append(l, zonesNoemie(vs)...), nil
}

func ecrites() ([]Regle, error) {
	r := csv.NewReader(strings.NewReader(regles))
	r.Comma = '|'
	lignes, err := r.ReadAll()
	if err != nil {
		return nil, err
	}
	var l []Regle
	for i, c := range lignes {
		if i == 0 {
			if !slices.Equal(c, colonnes) {
				return nil, fmt.Errorf("regles.csv: columns %q, %q expected", c, colonnes)
			}
			continue
		}
		l = append(l, Regle{c[0], c[1], c[2], c[3], strings.Fields(c[4]), strings.Fields(c[5]), strings.Fields(c[6])})
	}
	return l, nil
}

// vecteur is what the table needs of one.
type vecteur struct {
	ID      string
	Famille string
	Entrees map[string]struct{ Lignes []string }
	Attendu struct {
		Constats json.RawMessage
	}
}

func vecteursDe(racine string) ([]vecteur, error) {
	noms, err := filepath.Glob(filepath.Join(racine, "examples/conformite/vecteurs/*/*.vecteur.json"))
	if err != nil {
		return nil, err
	}
	var vs []vecteur
	for _, nom := range noms {
		b, err := os.ReadFile(nom)
		if err != nil {
			return nil, err
		}
		var v vecteur
		if err := json.Unmarshal(b, &v); err != nil {
			return nil, fmt.Errorf("%s: %w", filepath.Base(nom), err)
		}
		vs = append(vs, v)
	}
	return vs, nil
}

// controles makes a rule of each check of a reader: the vectors that expect its code, and the tests of its kinds, which
// break a file in each way.
func controles(famille, dossier string, cs []fse.Controle, vs []vecteur) []Regle {
	var l []Regle
	tests := map[string][]string{"b2": {"fse/b2#TestSortes", "fse/b2#TestTousLesControles"},
		"noemie": {"retour/noemie#TestControles", "retour/noemie#TestJoindre"}}[famille]
	for _, c := range cs {
		r := Regle{ID: famille + ":" + c.Code, Famille: "contrôle " + famille, Regle: c.Objet, Source: c.Source,
			Code: []string{dossier + "#Controles"}, Tests: tests}
		for _, v := range vs {
			if v.Famille == famille && strings.Contains(string(v.Attendu.Constats), `"`+c.Code+`"`) {
				r.Vecteurs = append(r.Vecteurs, v.ID)
			}
		}
		l = append(l, r)
	}
	return l
}

// porteurs are the vectors that have a record of that kind.
func porteurs(vs []vecteur, famille, debut string) []string {
	var l []string
	for _, v := range vs {
		for _, e := range v.Entrees {
			if v.Famille == famille && slices.ContainsFunc(e.Lignes, func(s string) bool {
				return strings.HasPrefix(s, debut)
			}) {
				l = append(l, v.ID)
				break
			}
		}
	}
	return l[:min(len(l), 3)] // enough to find one
}

func zonesB2(vs []vecteur) []Regle {
	var l []Regle
	for t := b2.T000; t <= b2.T999; t++ {
		for _, v := range []b2.Variante{b2.PS, b2.CP} {
			for _, z := range b2.Zones(t, v, b2.V2007) {
				l = append(l, Regle{ID: fmt.Sprintf("b2:%s:%s:%d", t, v, z.Debut), Famille: "zone B2",
					Regle:  fmt.Sprintf("type %s (%s), %d-%d : %s", t, v, z.Debut, z.Fin, z.Nom),
					Source: "Norme B2-IRIS, corps de juin 2007", Code: []string{"fse/b2#Zones"},
					Vecteurs: porteurs(vs, "b2", t.String()),
					Tests:    []string{"fse/b2#TestTablesGolden", "fse/b2#TestToutesLesZones"}})
			}
		}
	}
	return l
}

func zonesNoemie(vs []vecteur) []Regle {
	var l []Regle
	for _, code := range noemie.Codes() {
		for _, z := range noemie.Zones(code) {
			l = append(l, Regle{ID: fmt.Sprintf("noemie:%s:%d", code, z.Debut), Famille: "zone NOEMIE",
				Regle:  fmt.Sprintf("entité %s, %d-%d : %s", code, z.Debut, z.Fin, z.Nom),
				Source: "NOEMIE-PS (tables publiques des entités)", Code: []string{"retour/noemie#Zones"},
				Vecteurs: porteurs(vs, "noemie", code),
				Tests:    []string{"retour/noemie#TestTablesGolden", "retour/noemie#TestToutesLesZones"}})
		}
	}
	return l
}

// Verifier gives what is wrong with the table: a rule that nothing keeps or shows, and what is named and isn't there.
func Verifier(racine string, l []Regle) ([]string, error) {
	vs, err := vecteursDe(racine)
	if err != nil {
		return nil, err
	}
	v := verification{racine: racine, sources: map[string]string{}, connus: map[string]bool{},
		vecteurs: map[string]bool{}}
	for _, x := range vs {
		v.vecteurs[x.ID] = true
	}
	vus := map[string]bool{}
	for i := range l {
		r := &l[i]
		if vus[r.ID] && !strings.Contains(r.ID, ":") {
			v.faute(r, "stands twice")
		}
		vus[r.ID] = true
		v.regle(r)
	}
	return v.fautes, nil
}

type verification struct {
	racine   string
	sources  map[string]string // the Go text of each folder
	connus   map[string]bool   // what was sought already
	vecteurs map[string]bool
	fautes   []string
}

func (v *verification) faute(r *Regle, format string, a ...any) {
	v.fautes = append(v.fautes, r.ID+": "+fmt.Sprintf(format, a...))
}

func (v *verification) regle(r *Regle) {
	switch {
	case r.Regle == "" || r.Source == "" || r.Famille == "":
		v.faute(r, "a rule has a family, a sentence and a source")
	case len(r.Code) == 0:
		v.faute(r, "no code keeps it")
	case len(r.Tests) == 0 && len(r.Vecteurs) == 0:
		v.faute(r, "no test and no vector shows it")
	}
	for _, id := range r.Vecteurs {
		if !v.vecteurs[id] {
			v.faute(r, "no vector %s", id)
		}
	}
	for _, s := range slices.Concat(r.Code, r.Tests) {
		ok, connu := v.connus[s]
		if !connu {
			ok = v.existe(s)
			v.connus[s] = ok
		}
		if !ok {
			v.faute(r, "no %s", s)
		}
	}
}

// existe says that dir#Symbol is declared there: a function, a method (Type.Method), a type, a variable.
func (v *verification) existe(s string) bool {
	dossier, symbole, ok := strings.Cut(s, "#")
	if !ok {
		return false
	}
	if _, lu := v.sources[dossier]; !lu {
		noms, _ := filepath.Glob(filepath.Join(v.racine, dossier, "*.go"))
		var t strings.Builder
		for _, nom := range noms {
			b, _ := os.ReadFile(nom)
			t.Write(b)
		}
		v.sources[dossier] = t.String()
	}
	recepteur, nom, methode := strings.Cut(symbole, ".")
	motif := `(?m)^(func|type|var|const|\t)\s*` + regexp.QuoteMeta(symbole) + `\b`
	if methode {
		motif = `(?m)^func \(\w* ?\*?` + regexp.QuoteMeta(recepteur) + `\) ` + regexp.QuoteMeta(nom) + `\b`
	}
	return regexp.MustCompile(motif).MatchString(v.sources[dossier])
}

// EcrireCSV writes the table for a spreadsheet.
func EcrireCSV(w io.Writer, l []Regle) error {
	c := csv.NewWriter(w)
	c.Comma = ';'
	if err := c.Write(colonnes); err != nil {
		return err
	}
	for _, r := range l {
		if err := c.Write([]string{r.ID, r.Famille, r.Regle, r.Source, strings.Join(r.Code, " "),
			strings.Join(r.Vecteurs, " "), strings.Join(r.Tests, " ")}); err != nil {
			return err
		}
	}
	c.Flush()
	return c.Error()
}

// EcrireHTML writes the table for people.
func EcrireHTML(w io.Writer, l []Regle) error { return page.Execute(w, l) }

//go:embed page.html
var textePage string

var page = template.Must(template.New("page").Parse(textePage))
