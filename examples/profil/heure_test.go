package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
)

// bloc is a fenced block of the page: its words after the fence, and its lines.
type bloc struct {
	genre string
	texte string
}

func blocs(t *testing.T, page string) []bloc {
	t.Helper()
	b, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	var l []bloc
	for _, m := range regexp.MustCompile("(?ms)^```([a-z]+[^\n]*)\n(.*?)^```$").FindAllStringSubmatch(string(b), -1) {
		l = append(l, bloc{m[1], m[2]})
	}
	return l
}

// The walk-through from a specification on paper says the truth: each of its files is written and mended as it says,
// each of its commands runs, and prints what is printed there.
func TestUneHeure(t *testing.T) {
	page, err := filepath.Abs("../../docs/specification-en-une-heure.md")
	if err != nil {
		t.Fatal(err)
	}
	officine := filepath.Join(t.TempDir(), "officine")
	if !testing.Short() {
		b, err := exec.CommandContext(t.Context(), "go", "build", "-o", officine, "../officine").CombinedOutput()
		if err != nil {
			t.Fatalf("%v: %s", err, b)
		}
	}
	t.Chdir(t.TempDir())
	sortie, commandes := "", 0
	for _, b := range blocs(t, page) {
		mot, reste, _ := strings.Cut(b.genre, " ")
		fichier := strings.TrimPrefix(reste, "fichier=")
		switch {
		case mot == "diff":
			remplacer(t, fichier, b.texte)
		case strings.HasPrefix(reste, "fichier="):
			if err := os.WriteFile(fichier, []byte(b.texte), 0o600); err != nil {
				t.Fatal(err)
			}
		case mot == "sh":
			sortie = ""
			for _, ligne := range strings.Split(strings.TrimSpace(b.texte), "\n") {
				sortie += commande(t, officine, ligne, reste == "code=1")
				commandes++
			}
		case sortie == "":
			t.Errorf("printed without a command: %q", b.texte)
		default:
			for _, ligne := range strings.Split(strings.TrimSpace(b.texte), "\n") {
				if officineSautee := testing.Short() && strings.Contains(ligne, "acquittees"); !officineSautee &&
					!strings.Contains(sortie, strings.TrimSpace(ligne)) {
					t.Errorf("not printed: %q in\n%s", ligne, sortie)
				}
			}
		}
	}
	if commandes < 12 {
		t.Error(commandes, "commands run")
	}
}

// commande runs one line of the page, and gives what it prints.
func commande(t *testing.T, officine, ligne string, echoue bool) string {
	t.Helper()
	mots := strings.Fields(ligne)
	var out, erreurs bytes.Buffer
	code := 0
	switch mots[0] {
	case "go":
		return "compilé"
	case "profil":
		code = programme.Code("profil", &erreurs, lancer(t.Context(), mots[1:], nil, &out, &erreurs))
	case "officine":
		if testing.Short() {
			return "sauté"
		}
		c := exec.CommandContext(t.Context(), officine, mots[1:]...)
		c.Stdout, c.Stderr = &out, &erreurs
		if err := c.Run(); err != nil {
			t.Errorf("%s: %v: %s", ligne, err, erreurs.String())
		}
	default:
		t.Errorf("the page asks for %q", ligne)
	}
	if (code == programme.Echec) != echoue || code > programme.Echec {
		t.Errorf("%s: exit %d: %s", ligne, code, erreurs.String())
	}
	return out.String()
}

// remplacer takes a line of a file for another.
func remplacer(t *testing.T, fichier, diff string) {
	t.Helper()
	avant, apres, _ := strings.Cut(diff, "\n")
	b, err := os.ReadFile(fichier)
	if err != nil {
		t.Fatal(err)
	}
	ancien, nouveau := strings.TrimPrefix(avant, "-"), strings.TrimSuffix(strings.TrimPrefix(apres, "+"), "\n")
	if n := bytes.Count(b, []byte(ancien)); n != 1 {
		t.Fatalf("%q stands %d times in %s", ancien, n, fichier)
	}
	if err := os.WriteFile(fichier, bytes.Replace(b, []byte(ancien), []byte(nouveau), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}
