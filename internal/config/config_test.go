package config

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

type exemple struct {
	Nom    string            `yaml:"nom"`
	Nombre int64             `yaml:"nombre"`
	Part   float64           `yaml:"part"`
	Oui    bool              `yaml:"oui"`
	Liste  []exemple         `yaml:"liste"`
	Deux   [2]float64        `yaml:"deux"`
	Table  map[string]string `yaml:"table"`
}

func TestLire(t *testing.T) {
	var e exemple
	d, err := Lire(strings.NewReader("nom: 007 # seven\nnombre: 1_000\npart: .5\noui: true\nliste:\n  - {nom: \"a: "+
		"b\"}\n  - nom: |\n      deux\n      lignes\ndeux: [1, 2.5]\ntable: {P: positif}\n"), "e.yaml", &e)
	if err != nil || d.Err() != nil {
		t.Fatal(err, d.Err())
	}
	want := exemple{Nom: "007", Nombre: 1000, Part: .5, Oui: true, Liste: []exemple{{Nom: "a: b"},
		{Nom: "deux\nlignes\n"}}, Deux: [2]float64{1, 2.5}, Table: map[string]string{"P": "positif"}}
	if d := cmp.Diff(want, e); d != "" {
		t.Error(d)
	}
	if n := d.Ligne("liste[1].nom"); n != 7 {
		t.Errorf("line %d of liste[1].nom, want 7", n)
	}
	if n := d.Ligne("liste[1].absent"); n != 7 {
		t.Errorf("line %d for a missing key, want that of its parent, 7", n)
	}
}

func TestLireToutesLesFautes(t *testing.T) {
	var e exemple
	d, err := Lire(strings.NewReader("nom: [1]\nnombre: beaucoup\ninconnue: 1\nliste:\n  - part: x\n  - oui: "+
		"peut-être\ndeux: [1]\ntable: 3\n"), "e.yaml", &e)
	if err != nil {
		t.Fatal(err)
	}
	var lignes []int
	for _, err := range d.Err().(interface{ Unwrap() []error }).Unwrap() {
		var e *Erreur
		if errors.As(err, &e) {
			lignes = append(lignes, e.Ligne)
		}
	}
	if d := cmp.Diff([]int{1, 2, 3, 5, 6, 7, 8}, lignes); d != "" {
		t.Error(d)
	}
}

func TestLireSyntaxe(t *testing.T) {
	for _, texte := range []string{"", "a: [", "- 1\n---\n- 2", strings.Repeat("[", 1000), strings.Repeat("x", 20<<10),
		"a: &x 1\n"} {
		var e exemple
		d, err := Lire(strings.NewReader(texte), "e.yaml", &e)
		if err == nil && d.Err() == nil {
			t.Errorf("%.20q passes", texte)
		}
	}
}

// What Windows editors leave in a file is read, or told in words that say what to do, with the line.
func TestLireFichiersDeWindows(t *testing.T) {
	var e exemple
	if d, err := Lire(strings.NewReader("\ufeffnom: a\r\nnombre: 2\r\n"), "e.yaml", &e); err != nil || d.Err() != nil ||
		e.Nom != "a" || e.Nombre != 2 {
		t.Errorf("byte order mark: %+v, %v", e, err)
	}
	for texte, veut := range map[string]string{
		"# un\nnom: \xe9t\xe9\n":    "e.yaml:2: caractère qui n'est pas de l'UTF-8",
		"\xff\xfen\x00o\x00":        "e.yaml:1: fichier enregistré en UTF-16",
		"nom: a\nliste: [\n":        "e.yaml:2: YAML mal formé",
		"nom: a\n\tnombre: 3\n":     "e.yaml:2: YAML mal formé",
		"nom: " + "[" + "\n[" + "]": "YAML mal formé",
	} {
		if _, err := Lire(strings.NewReader(texte), "e.yaml", &e); err == nil || !strings.Contains(err.Error(), veut) {
			t.Errorf("%q: %v, want %q", texte, err, veut)
		}
	}
}

// Nesting that no person writes is refused before the parser, whose memory grows with its square, sees it.
func TestLireImbrication(t *testing.T) {
	for nom, texte := range map[string]string{
		"brackets": "a: " + strings.Repeat("[", 16000), "braces": strings.Repeat("{a: ", 3000), "dashes": strings.Repeat("- ",
			8000),
		"colons": strings.Repeat("? ", 8000), "indentation": strings.Repeat(" ", 500) + "a: 1",
	} {
		var e exemple
		_, err := Lire(strings.NewReader(texte), "e.yaml", &e)
		var f *Erreur
		if !errors.As(err, &f) || f.Ligne != 1 || len(err.Error()) > 200 {
			t.Errorf("%s: %v", nom, err)
		}
	}
}

// A file over another: a key takes the other's place, a list the whole list's, keys in a list those of the element
// named; each fault has its own file and line.
func TestEtendre(t *testing.T) {
	var e exemple
	d, err := Lire(strings.NewReader("nom: base\nnombre: 1\nliste:\n  - {nom: a, nombre: 1}\n  - {nom: b, nombre: "+
		"2}\ndeux: [1, 2]\n"), "base.yaml", &e)
	if err != nil {
		t.Fatal(err)
	}
	if d, err = d.Etendre(strings.NewReader("nom: mien\n\nliste:\n  b: {part: .5}\n"), "mien.yaml", &e); err != nil ||
		d.Err() != nil {
		t.Fatal(err, d.Err())
	}
	want := exemple{Nom: "mien", Nombre: 1, Liste: []exemple{{Nom: "a", Nombre: 1}, {Nom: "b", Nombre: 2, Part: .5}},
		Deux: [2]float64{1, 2}}
	if d := cmp.Diff(want, e); d != "" {
		t.Error(d)
	}
	d.Ajouter("liste[1].part", "x")
	d.Ajouter("liste[1].nombre", "y")
	d.Ajouter("nombre", "z")
	if err := d.Err(); err.Error() != "base.yaml:2: nombre: z\nmien.yaml:4: liste[1].part: x\nbase.yaml:5: "+
		"liste[1].nombre: y" {
		t.Error(err)
	}
	var f exemple
	d, _ = Lire(strings.NewReader("liste:\n  - {nom: a}\n"), "base.yaml", &f)
	if d, err = d.Etendre(strings.NewReader("liste:\n  c: {part: .5}\n"), "mien.yaml", &f); err != nil || d.Err() == nil ||
		!strings.Contains(d.Err().Error(), "mien.yaml:2: liste.c: aucun") {
		t.Error(err, d.Err())
	}
}

func FuzzLire(f *testing.F) {
	f.Add("nom: 007\nliste:\n  - {nom: \"a: b\"}\n")
	f.Add("\ufeffnom: a")
	f.Add("liste: {a: {nombre: x}}")
	f.Fuzz(func(t *testing.T, s string) {
		e := exemple{Liste: []exemple{{Nom: "a"}}}
		if d, err := Lire(strings.NewReader(s), "f", &e); err == nil {
			_ = d.Err()
		}
	})
}
