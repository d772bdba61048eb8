package kit

import (
	"encoding/json"
	"maps"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// The schema that editors of vectors check with knows the same names as the code that reads them, and no other.
func TestSchema(t *testing.T) {
	b, err := os.ReadFile("../vecteurs/vecteur.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	type objet struct {
		Properties map[string]struct {
			Enum []string `json:"enum"`
		} `json:"properties"`
		Required []string `json:"required"`
	}
	var s struct {
		objet
		Defs map[string]objet `json:"$defs"`
	}
	if err := json.Unmarshal(b, &s); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		type_ reflect.Type
		o     objet
	}{{reflect.TypeFor[Vecteur](), s.objet}, {reflect.TypeFor[Entree](), s.Defs["entree"]}} {
		champs := noms(c.type_)
		if lus := slices.Sorted(maps.Keys(c.o.Properties)); !slices.Equal(lus, champs) {
			t.Errorf("%s: the schema has %v, the code %v", c.type_, lus, champs)
		}
	}
	if !slices.Equal(s.Properties["famille"].Enum, Familles) {
		t.Errorf("families of the schema: %v, of the code: %v", s.Properties["famille"].Enum, Familles)
	}
	for _, nom := range s.Required {
		v := map[string]any{"id": "x", "titre": "x", "famille": "b2", "operation": "x", "nature": "refus", "regle": "x",
			"source": "x", "attendu": map[string]any{"accepte": false, "motif": "x"}}
		delete(v, nom)
		texte, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Parse(strings.NewReader(string(texte))); err == nil {
			t.Errorf("a vector without %s is read, which the schema requires", nom)
		}
	}
}

func noms(t reflect.Type) []string {
	var l []string
	for i := range t.NumField() {
		if nom, _, _ := strings.Cut(t.Field(i).Tag.Get("json"), ","); nom != "" {
			l = append(l, nom)
		}
	}
	slices.Sort(l)
	return l
}
