package scor

import (
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/scor/disposition"
)

const (
	cheminDoc    = "../docs/profil.md"
	cheminSchema = "../docs/profil.schema.json"
	debutDonnees = "<!-- données : écrites par go test ./scor -run Documentation, SCOR_ECRIRE=1 -->\n"
	finDonnees   = "<!-- fin des données -->"
)

// ecrit compares a file with what is generated, or writes it.
func ecrit(t *testing.T, chemin, contenu string) {
	t.Helper()
	if os.Getenv("SCOR_ECRIRE") != "" {
		if err := os.WriteFile(chemin, []byte(contenu), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	b, err := os.ReadFile(chemin)
	if err != nil || string(b) != contenu {
		t.Errorf("%s isn't what the types say: run again with SCOR_ECRIRE=1 (%v)", chemin, err)
	}
}

func tableDonnees() string {
	var b strings.Builder
	table := func(titre string, v disposition.Vocabulaire) {
		fmt.Fprintf(&b, "\n### %s\n\n| donnée | genre | pour | ce que c'est |\n|---|---|---|---|\n", titre)
		for _, d := range v {
			nom, genre := d.Nom, d.Genre.String()
			if d.Libre {
				nom += "…"
			}
			if len(d.Sens) > 0 {
				genre += " : " + strings.Join(d.Sens, ", ")
			}
			var pour []string
			for _, p := range d.Pour {
				pour = append(pour, string(p))
			}
			fmt.Fprintf(&b, "| `%s` | %s | %s | %s |\n", nom, genre, strings.Join(pour, ", "), d.Aide)
		}
	}
	table("Dans le fichier de lots", DonneesLot())
	table("Dans un ARL", DonneesARL())
	b.WriteString("\n")
	return b.String()
}

// The documentation lists every datum and every key, and each of its examples is a profile that is read.
func TestDocumentation(t *testing.T) {
	b, err := os.ReadFile(cheminDoc)
	if err != nil {
		t.Fatal(err)
	}
	doc := string(b)
	avant, reste, ok := strings.Cut(doc, debutDonnees)
	_, apres, ok2 := strings.Cut(reste, finDonnees)
	if !ok || !ok2 {
		t.Fatal("the marks of the generated part are gone")
	}
	ecrit(t, cheminDoc, avant+debutDonnees+tableDonnees()+finDonnees+apres)
	for _, cle := range cles(reflect.TypeFor[Profil](), map[reflect.Type]bool{}) {
		if !strings.Contains(doc, cle+":") && !strings.Contains(doc, "`"+cle+"`") {
			t.Errorf("key %q isn't in %s", cle, cheminDoc)
		}
	}
	exemples := strings.Split(doc, "```yaml\n")[1:]
	if len(exemples) < 10 {
		t.Fatalf("%d examples", len(exemples))
	}
	for i, e := range exemples {
		e, _, _ = strings.Cut(e, "```")
		if !strings.Contains(e, "etend:") {
			e = "etend: reference\nprofil: exemple\nversion: \"1\"\nsource: doc\n" + e
		}
		if _, err := ParseProfil(strings.NewReader(e), fmt.Sprintf("exemple-%d.yaml", i+1)); err != nil {
			t.Errorf("%v\n%s", err, e)
		}
	}
}

func cles(t reflect.Type, vus map[reflect.Type]bool) (liste []string) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || vus[t] {
		return nil
	}
	vus[t] = true
	for i := range t.NumField() {
		if cle := t.Field(i).Tag.Get("yaml"); cle != "" {
			liste = append(append(liste, cle), cles(t.Field(i).Type, vus)...)
		}
	}
	return liste
}

type schema map[string]any

// schemaDe makes the JSON Schema of a type: it is what text editors complete and check a profile with.
func schemaDe(t reflect.Type, defs schema) schema {
	switch {
	case t.Kind() == reflect.Pointer:
		return schemaDe(t.Elem(), defs)
	case t == reflect.TypeFor[Gabarit]() || t == reflect.TypeFor[Motif]():
		return schema{"type": "string"}
	}
	switch t.Kind() {
	case reflect.Struct:
		defs.struct_(t)
		return schema{"$ref": "#/$defs/" + t.Name()}
	case reflect.Slice:
		liste := schema{"type": "array", "items": schemaDe(t.Elem(), defs)}
		if t.Elem().Kind() == reflect.Struct { // as keys, it changes the elements of a profile that is extended
			return schema{"oneOf": []schema{liste, {"type": "object", "additionalProperties": schemaDe(t.Elem(), defs)}}}
		}
		return liste
	case reflect.Array:
		return schema{"type": "array", "items": schemaDe(t.Elem(), defs), "minItems": t.Len(), "maxItems": t.Len()}
	case reflect.Map:
		return schema{"type": "object", "additionalProperties": schema{"type": []string{"string", "number", "boolean"}}}
	case reflect.Bool:
		return schema{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return schema{"type": "integer"}
	case reflect.Float64:
		return schema{"type": "number"}
	}
	return schema{"type": []string{"string", "number"}}
}

func (defs schema) struct_(t reflect.Type) {
	if _, deja := defs[t.Name()]; deja {
		return
	}
	proprietes := schema{}
	defs[t.Name()] = schema{"type": "object", "additionalProperties": false, "properties": proprietes}
	for i := range t.NumField() {
		cle := t.Field(i).Tag.Get("yaml")
		if cle == "" {
			continue
		}
		s := schemaDe(t.Field(i).Type, defs)
		if v := t.Field(i).Tag.Get("valeurs"); v != "" {
			s = schema{"enum": strings.Split(v, "|")}
		} else if cle == "controle" {
			s = schema{"enum": disposition.Controles()}
		}
		proprietes[cle] = s
	}
}

func TestSchema(t *testing.T) {
	defs := schema{}
	racine := schemaDe(reflect.TypeFor[Profil](), defs)
	racine["$schema"], racine["title"], racine["$defs"] = "https://json-schema.org/draft/2020-12/schema", "Profil SCOR",
		defs
	b, err := json.MarshalIndent(racine, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	ecrit(t, cheminSchema, string(b)+"\n")
}
