package main

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/scor-sdk/scor-sdk-go/scor"
)

// aplatir lists what a profile says, by the path of each key. Elements that have a name go by it: one more in the
// middle of a list doesn't make the rest differ.
func aplatir(p *scor.Profil) *liste {
	l := &liste{valeurs: map[string]string{}}
	l.suivre("", reflect.ValueOf(p).Elem())
	return l
}

func (l *liste) suivre(chemin string, v reflect.Value) {
	if v.IsZero() {
		return
	}
	if s, ok := v.Interface().(fmt.Stringer); ok {
		l.poser(chemin, s.String())
		return
	}
	switch v.Kind() {
	case reflect.Pointer:
		l.suivre(chemin, v.Elem())
	case reflect.Struct:
		l.structure(chemin, v)
	case reflect.Slice, reflect.Array:
		l.elements(chemin, v)
	case reflect.Map:
		for _, k := range slices.Sorted(maps.Keys(cles(v))) {
			l.suivre(chemin+"."+k, v.MapIndex(reflect.ValueOf(k).Convert(v.Type().Key())))
		}
	default:
		l.poser(chemin, fmt.Sprint(v.Interface()))
	}
}

func cles(v reflect.Value) map[string]bool {
	m := map[string]bool{}
	for _, k := range v.MapKeys() {
		m[k.String()] = true
	}
	return m
}

func (l *liste) structure(chemin string, v reflect.Value) {
	t := v.Type()
	for i := range t.NumField() {
		f := t.Field(i)
		if !f.IsExported() {
			continue
		}
		nom := f.Tag.Get("yaml")
		if nom == "" {
			nom = strings.ToLower(f.Name)
		}
		l.suivre(strings.TrimPrefix(chemin+"."+nom, "."), v.Field(i))
	}
}

func (l *liste) elements(chemin string, v reflect.Value) {
	var noms []string
	vus := map[string]int{}
	for i := range v.Len() {
		nom := nomDe(v.Index(i))
		if nom == "" {
			nom = fmt.Sprint(i + 1)
		}
		if vus[nom]++; vus[nom] > 1 {
			nom += fmt.Sprintf("(%d)", vus[nom])
		}
		noms = append(noms, nom)
		l.suivre(chemin+"["+nom+"]", v.Index(i))
	}
	if len(noms) > 1 {
		l.poser(chemin+" (ordre)", strings.Join(noms, ", "))
	}
}

// nomDe is what an element of a list is called by.
func nomDe(v reflect.Value) string {
	if v.Kind() != reflect.Struct {
		return ""
	}
	for _, champ := range []string{"Nom", "Code", "Pour"} {
		if f := v.FieldByName(champ); f.IsValid() && f.Kind() == reflect.String && f.String() != "" {
			return f.String()
		}
	}
	return ""
}
