package config

import (
	"encoding"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

func (d *Document) valeur(n ast.Node, chemin string, v reflect.Value) {
	if !d.lues[chemin] {
		d.lues[chemin] = true
		d.noter(chemin, n)
	}
	switch n := n.(type) {
	case *ast.NullNode:
		return
	case *ast.TagNode, *ast.AnchorNode, *ast.AliasNode, *ast.MergeKeyNode:
		d.Ajouter(chemin, "les étiquettes, ancres et alias de YAML ne servent pas ici : écrire la valeur")
		return
	default:
		if tu, ok := v.Addr().Interface().(encoding.TextUnmarshaler); ok {
			d.texte(n, chemin, func(s string) error { return tu.UnmarshalText([]byte(s)) })
			return
		}
	}
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			v.Set(reflect.New(v.Type().Elem()))
		}
		d.valeur(n, chemin, v.Elem())
	case reflect.Struct:
		d.structure(n, chemin, v)
	case reflect.Slice:
		d.liste(n, chemin, v)
	case reflect.Array:
		s, ok := n.(*ast.SequenceNode)
		if !ok || len(s.Values) != v.Len() {
			d.Ajouter(chemin, "liste de %d valeurs attendue, comme [148, 210]", v.Len())
			return
		}
		for i, e := range s.Values {
			d.valeur(e, fmt.Sprintf("%s[%d]", chemin, i), v.Index(i))
		}
	case reflect.Map:
		d.table(n, chemin, v)
	default:
		d.scalaire(n, chemin, v)
	}
}

func (d *Document) scalaire(n ast.Node, chemin string, v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		d.texte(n, chemin, func(s string) error { v.SetString(s); return nil })
	case reflect.Bool:
		b, ok := n.(*ast.BoolNode)
		if !ok {
			d.Ajouter(chemin, "true ou false attendu")
			return
		}
		v.SetBool(b.Value)
	case reflect.Int, reflect.Int64:
		d.texte(n, chemin, func(s string) error {
			i, err := strconv.ParseInt(strings.ReplaceAll(s, "_", ""), 10, v.Type().Bits())
			if err != nil {
				return errors.New("nombre entier attendu")
			}
			v.SetInt(i)
			return nil
		})
	case reflect.Float64:
		d.texte(n, chemin, func(s string) error {
			f, err := strconv.ParseFloat(s, 64)
			if err != nil || f != f || f-f != 0 {
				return errors.New("nombre attendu")
			}
			v.SetFloat(f)
			return nil
		})
	default:
		d.Ajouter(chemin, "cette clé ne se règle pas dans un fichier")
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
		d.Ajouter(chemin, "une seule valeur attendue (un texte qui commence par [ ou { se met entre guillemets)")
		return
	}
	if err := poser(s); err != nil {
		d.Ajouter(chemin, "%s", err)
	}
}

// liste reads a list; written as keys, it changes the elements of that name in the list that was there.
func (d *Document) liste(n ast.Node, chemin string, v reflect.Value) {
	if s, ok := n.(*ast.SequenceNode); ok {
		// What stood in the list that this one replaces stands nowhere any more.
		maps.DeleteFunc(d.places, func(c string, _ place) bool { return strings.HasPrefix(c, chemin+"[") })
		v.Set(reflect.MakeSlice(v.Type(), len(s.Values), len(s.Values)))
		for i, e := range s.Values {
			d.valeur(e, fmt.Sprintf("%s[%d]", chemin, i), v.Index(i))
		}
		return
	}
	ps, ok := paires(n)
	noms := nommes(v)
	if !ok || noms == nil {
		d.Ajouter(chemin, "liste attendue : un tiret devant chaque élément, ou [a, b]")
		return
	}
	for _, p := range ps {
		cle := p.Key.GetToken().Value
		i := slices.Index(noms, cle)
		if i < 0 {
			d.places[chemin+"."+cle] = place{d.Fichier, p.Key.GetToken().Position.Line}
			d.Ajouter(chemin+"."+cle, "aucun élément de ce nom dans le profil étendu ; il y a : %s", strings.Join(noms, ", "))
			continue
		}
		sous := fmt.Sprintf("%s[%d]", chemin, i)
		if d.lues[sous] {
			d.Ajouter(sous, "donné deux fois")
			continue
		}
		d.valeur(p.Value, sous, v.Index(i))
	}
}

// nommes gives the name of each element of a list of structs (their nom, or else their code); nil where they have none,
// or there are none.
func nommes(v reflect.Value) []string {
	if v.Len() == 0 || v.Type().Elem().Kind() != reflect.Struct {
		return nil
	}
	champ := champDe(v.Type().Elem(), "nom")
	if c := champDe(v.Type().Elem(), "code"); champ < 0 {
		champ = c
	}
	if champ < 0 {
		return nil
	}
	noms := make([]string, v.Len())
	for i := range noms {
		noms[i] = v.Index(i).Field(champ).String()
	}
	return noms
}

func champDe(t reflect.Type, cle string) int {
	for i := range t.NumField() {
		if t.Field(i).Tag.Get("yaml") == cle && t.Field(i).Type.Kind() == reflect.String {
			return i
		}
	}
	return -1
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
		d.Ajouter(chemin, "clés et valeurs attendues, comme « nom: valeur »")
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
		deja := d.lues[sous]
		d.lues[sous] = true
		d.noter(sous, p.Key)
		if deja {
			d.Ajouter(sous, "donné deux fois")
			continue
		}
		i, ok := champs[cle]
		if !ok {
			d.Ajouter(sous, "clé inconnue%s", suggestion(cle, champs))
			continue
		}
		d.valeur(p.Value, sous, v.Field(i))
	}
}

// suggestion names the key that was most likely meant, or else those that exist.
func suggestion(cle string, champs map[string]int) string {
	var noms []string
	for nom := range champs {
		noms = append(noms, nom)
	}
	slices.Sort(noms)
	for _, nom := range noms {
		if proche(cle, nom) {
			return fmt.Sprintf(" ; peut-être « %s » ?", nom)
		}
	}
	return " ; il y a : " + strings.Join(noms, ", ")
}

// proche says whether one letter added, dropped or changed, or two swapped, makes one of the other.
func proche(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	switch len(b) - len(a) {
	case 0:
		return i == len(a) || a[i+1:] == b[i+1:] || i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	case 1:
		return a[i:] == b[i+1:]
	}
	return false
}

func (d *Document) table(n ast.Node, chemin string, v reflect.Value) {
	ps, ok := paires(n)
	if !ok || v.Type().Key().Kind() != reflect.String {
		d.Ajouter(chemin, "clés et valeurs attendues, comme {P: positif, N: negatif}")
		return
	}
	v.Set(reflect.MakeMap(v.Type()))
	for _, p := range ps {
		cle := p.Key.GetToken().Value
		sous := joindre(chemin, cle)
		if d.lues[sous] {
			d.Ajouter(sous, "donné deux fois")
			continue
		}
		d.lues[sous] = true
		d.noter(sous, p.Key)
		e := reflect.New(v.Type().Elem()).Elem()
		d.valeur(p.Value, sous, e)
		v.SetMapIndex(reflect.ValueOf(cle).Convert(v.Type().Key()), e)
	}
}
