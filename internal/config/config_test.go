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
	d, err := Lire(strings.NewReader("nom: 007 # seven\nnombre: 1_000\npart: .5\noui: true\nliste:\n  - {nom: \"a: b\"}\n  - nom: |\n      deux\n      lignes\ndeux: [1, 2.5]\ntable: {P: positif}\n"), "e.yaml", &e)
	if err != nil || d.Err() != nil {
		t.Fatal(err, d.Err())
	}
	want := exemple{Nom: "007", Nombre: 1000, Part: .5, Oui: true, Liste: []exemple{{Nom: "a: b"}, {Nom: "deux\nlignes\n"}}, Deux: [2]float64{1, 2.5}, Table: map[string]string{"P": "positif"}}
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
	d, err := Lire(strings.NewReader("nom: [1]\nnombre: beaucoup\ninconnue: 1\nliste:\n  - part: x\n  - oui: peut-être\ndeux: [1]\ntable: 3\n"), "e.yaml", &e)
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
	for _, texte := range []string{"", "a: [", "- 1\n---\n- 2", strings.Repeat("[", 1000), strings.Repeat("x", 20<<10), "a: &x 1\n"} {
		var e exemple
		d, err := Lire(strings.NewReader(texte), "e.yaml", &e)
		if err == nil && d.Err() == nil {
			t.Errorf("%.20q passes", texte)
		}
	}
}
