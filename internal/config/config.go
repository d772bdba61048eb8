// Package config decodes a YAML file that people edit into Go structs and reports every error at once, each with its line.
// A general YAML decoder stops at the first wrong value; whoever writes a profile from a paper specification wants the whole list.
package config

import (
	"cmp"
	"encoding"
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// Bounds that a configuration of people is never near. The parser's time grows with the square of the nesting.
const (
	tailleMax      = 1 << 20
	ligneMax       = 16 << 10
	imbricationMax = 200
)

// Erreur is one thing wrong in a file: Ligne is 1-based (0 where no line applies), Chemin the path of keys, as in "lot.enregistrements[2].nom".
type Erreur struct {
	Fichier string
	Ligne   int
	Chemin  string
	Message string
}

func (e *Erreur) Error() string {
	var b strings.Builder
	if e.Fichier != "" {
		b.WriteString(e.Fichier)
		b.WriteByte(':')
	}
	if e.Ligne > 0 {
		fmt.Fprintf(&b, "%d: ", e.Ligne)
	}
	if e.Chemin != "" {
		b.WriteString(e.Chemin)
		b.WriteString(": ")
	}
	b.WriteString(e.Message)
	return b.String()
}

// Document is a decoded file with the place of each of its keys, so that later checks can name the line.
type Document struct {
	Fichier string
	lignes  map[string]int
	erreurs []*Erreur
}

// Lire decodes the YAML of r into the struct that v points to. Keys are the `yaml` tags; an unknown key, a wrong type or a key given twice
// is an error of the document, found with Err. The error returned is for what prevents any reading: I/O or YAML syntax.
func Lire(r io.Reader, fichier string, v any) (*Document, error) {
	d := &Document{Fichier: fichier, lignes: map[string]int{}}
	texte, err := io.ReadAll(io.LimitReader(r, tailleMax+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", fichier, err)
	}
	if len(texte) > tailleMax {
		return nil, &Erreur{Fichier: fichier, Message: fmt.Sprintf("more than %d bytes", tailleMax)}
	}
	if err := mesurer(texte); err != nil {
		return nil, &Erreur{Fichier: fichier, Message: err.Error()}
	}
	f, err := analyser(texte)
	if err != nil {
		return nil, &Erreur{Fichier: fichier, Message: err.Error()}
	}
	if len(f.Docs) != 1 || f.Docs[0].Body == nil {
		return nil, &Erreur{Fichier: fichier, Message: fmt.Sprintf("%d YAML documents, expected one with keys", len(f.Docs))}
	}
	d.valeur(f.Docs[0].Body, "", reflect.ValueOf(v).Elem())
	return d, nil
}

// mesurer refuses what nests too deep, before the parser sees it. Brackets inside texts count too: the bound leaves room for them.
func mesurer(texte []byte) error {
	colonne, profondeur := 0, 0
	for _, c := range texte {
		colonne++
		switch c {
		case '\n':
			colonne = 0
		case '[', '{':
			profondeur++
		case ']', '}':
			profondeur--
		}
		if colonne > ligneMax {
			return fmt.Errorf("a line of more than %d bytes", ligneMax)
		}
		if profondeur > imbricationMax {
			return fmt.Errorf("more than %d brackets open", imbricationMax)
		}
	}
	return nil
}

// analyser contains the parser's own panics: they are bad input here, not a fault of the program.
func analyser(texte []byte) (f *ast.File, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = errors.New("not readable as YAML")
		}
	}()
	return parser.ParseBytes(texte, 0)
}

// Ajouter reports something wrong at a path.
func (d *Document) Ajouter(chemin, format string, args ...any) {
	d.erreurs = append(d.erreurs, &Erreur{Fichier: d.Fichier, Ligne: d.Ligne(chemin), Chemin: chemin, Message: fmt.Sprintf(format, args...)})
}

// Ligne gives the line of a path, or of its nearest parent that stands in the file.
func (d *Document) Ligne(chemin string) int {
	for {
		if n, ok := d.lignes[chemin]; ok {
			return n
		}
		i := strings.LastIndexAny(chemin, ".[")
		if i < 0 {
			return d.lignes[""]
		}
		chemin = chemin[:i]
	}
}

// Present says whether the file gives the key.
func (d *Document) Present(chemin string) bool {
	_, ok := d.lignes[chemin]
	return ok
}

// Err gives all that was reported, in the order of the lines, or nil. errors.As finds each *Erreur through Unwrap() []error.
func (d *Document) Err() error {
	slices.SortStableFunc(d.erreurs, func(a, b *Erreur) int {
		return cmp.Or(cmp.Compare(a.Ligne, b.Ligne), cmp.Compare(a.Chemin, b.Chemin))
	})
	errs := make([]error, len(d.erreurs))
	for i, e := range d.erreurs {
		errs[i] = e
	}
	return errors.Join(errs...)
}

func (d *Document) noter(chemin string, n ast.Node) {
	if t := n.GetToken(); t != nil && t.Position != nil {
		d.lignes[chemin] = t.Position.Line
	}
}

func (d *Document) valeur(n ast.Node, chemin string, v reflect.Value) {
	if _, deja := d.lignes[chemin]; !deja {
		d.noter(chemin, n)
	}
	switch n := n.(type) {
	case *ast.NullNode:
		return
	case *ast.TagNode, *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		d.Ajouter(chemin, "YAML tags, anchors and aliases are not used here")
		return
	default:
		if tu, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
			d.texte(n, chemin, func(s string) error { return tu.UnmarshalText([]byte(s)) })
			return
		}
	}
	switch v.Kind() {
	case reflect.Struct:
		d.structure(n, chemin, v)
	case reflect.Slice:
		s, ok := n.(*ast.SequenceNode)
		if !ok {
			d.Ajouter(chemin, "expected a list")
			return
		}
		v.Set(reflect.MakeSlice(v.Type(), len(s.Values), len(s.Values)))
		for i, e := range s.Values {
			d.valeur(e, fmt.Sprintf("%s[%d]", chemin, i), v.Index(i))
		}
	case reflect.Array:
		s, ok := n.(*ast.SequenceNode)
		if !ok || len(s.Values) != v.Len() {
			d.Ajouter(chemin, "expected a list of %d values", v.Len())
			return
		}
		for i, e := range s.Values {
			d.valeur(e, fmt.Sprintf("%s[%d]", chemin, i), v.Index(i))
		}
	case reflect.Map:
		d.table(n, chemin, v)
	case reflect.String:
		d.texte(n, chemin, func(s string) error { v.SetString(s); return nil })
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			d.Ajouter(chemin, "expected true or false")
			return
		}
		v.SetBool(b.Value)
	case reflect.Int, reflect.Int64:
		d.texte(n, chemin, func(s string) error {
			i, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 10, v.Type().Bits())
			if err != nil {
				return errors.New("expected a whole number")
			}
			v.SetInt(i)
			return nil
		})
	case reflect.Float64:
		d.texte(n, chemin, func(s string) error {
			f, err := strconv.ParseFloat(s, 64)
			if err != nil || f != f || f-f != 0 {
				return errors.New("expected a number")
			}
			v.SetFloat(f)
			return nil
		})
	default:
		d.Ajouter(chemin, "cannot be set from a file (%s)", v.Type())
	}
}

// texte hands over a scalar as written in the file: 007 stays "007" for whoever wants a text.
func (d *Document) texte(n ast.Node, chemin string, poser func(string) error) {
	var s string
	switch n := n.(type) {
	case *ast.StringNode:
		s = n.Value
	case *ast.LiteralNode:
		s = n.Value.Value
	case *ast.IntegerNode, *ast.FloatNode, *ast.BoolNode:
		s = n.GetToken().Value
	default:
		d.Ajouter(chemin, "expected a single value")
		return
	}
	if err := poser(s); err != nil {
		d.Ajouter(chemin, "%s", err)
	}
}

func paires(n ast.Node) ([]*ast.MappingValueNode, bool) {
	switch n := n.(type) {
	case *ast.MappingNode:
		return n.Values, true
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}, true
	}
	return nil, false
}

func joindre(chemin, cle string) string {
	if chemin == "" {
		return cle
	}
	return chemin + "." + cle
}

func (d *Document) structure(n ast.Node, chemin string, v reflect.Value) {
	ps, ok := paires(n)
	if !ok {
		d.Ajouter(chemin, "expected keys and values")
		return
	}
	champs := map[string]int{}
	for i := range v.NumField() {
		if cle := v.Type().Field(i).Tag.Get("yaml"); cle != "" && cle != "-" {
			champs[cle] = i
		}
	}
	for _, p := range ps {
		cle := p.Key.GetToken().Value
		sous := joindre(chemin, cle)
		if d.Present(sous) {
			d.noter(sous, p.Key)
			d.Ajouter(sous, "given twice")
			continue
		}
		d.noter(sous, p.Key)
		i, ok := champs[cle]
		if !ok {
			d.Ajouter(sous, "unknown key")
			continue
		}
		d.valeur(p.Value, sous, v.Field(i))
	}
}

func (d *Document) table(n ast.Node, chemin string, v reflect.Value) {
	ps, ok := paires(n)
	if !ok || v.Type().Key().Kind() != reflect.String {
		d.Ajouter(chemin, "expected keys and values")
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, p := range ps {
		cle := p.Key.GetToken().Value
		sous := joindre(chemin, cle)
		if d.Present(sous) {
			d.Ajouter(sous, "given twice")
			continue
		}
		d.noter(sous, p.Key)
		e := reflect.New(v.Type().Elem()).Elem()
		d.valeur(p.Value, sous, e)
		v.SetMapIndex(reflect.ValueOf(cle).Convert(v.Type().Key()), e)
	}
}
