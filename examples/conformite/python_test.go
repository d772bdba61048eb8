package main

import (
	"encoding/json"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/examples/conformite/vecteurs"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// python calls a program of testdata/python. Its compiled form is kept for the test only: it starts a hundred times.
func python(t *testing.T, compile, programme string, args ...string) []string {
	t.Helper()
	p, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not here: install it to judge the second implementation")
	}
	return append([]string{p, "-E", "-S", "-X", "pycache_prefix=" + compile, "testdata/python/" + programme}, args...)
}

func jouerPython(t *testing.T, liste []*kit.Vecteur, ligne []string) []kit.Resultat {
	t.Helper()
	c, err := kit.NewCommande(ligne, kit.WithProfils(scor.TexteProfil))
	if err != nil {
		t.Fatal(err)
	}
	l, err := kit.Jouer(t.Context(), liste, c, kit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// revendique says what the second implementation claims: its families, but what needs a key or other columns.
func revendique(v *kit.Vecteur) bool {
	switch v.Operation {
	case "identifiant.lire", "date.lire", "montant.lire", "noemie.lire":
		return true
	case "b2.lire":
		return !strings.HasPrefix(v.ID, "b2-etablissement") && v.ID != "b2-sortie-avant-entree"
	case "message.lire":
		for _, mot := range []string{"chiffre", "cle", "signe"} {
			if strings.Contains(v.ID, mot) {
				return false
			}
		}
		return true
	}
	return false
}

// A second implementation, that shares no code with the SDK, agrees with every vector of what it claims: the vectors
// say the rules, and not what the SDK happens to do.
func TestSecondeImplementation(t *testing.T) {
	liste, err := kit.Open(vecteurs.FS)
	if err != nil {
		t.Fatal(err)
	}
	liste = slices.DeleteFunc(liste, func(v *kit.Vecteur) bool { return !revendique(v) })
	if len(liste) < 120 {
		t.Errorf("only %d cases are judged", len(liste))
	}
	for _, r := range jouerPython(t, liste, python(t, t.TempDir(), "sujet.py")) {
		if r.Verdict != kit.Reussi {
			t.Errorf("%s: %s %v %s", r.Vecteur.ID, r.Verdict, r.Ecarts, r.Erreur)
		}
	}
}

// Each fault of the faulty twin is named by the case that is about it. What doesn't see a fault that somebody could
// make protects nobody from it.
func TestJumeauFautif(t *testing.T) {
	compile := t.TempDir()
	ligne := python(t, compile, "fautif.py", "--fautes")
	b, err := exec.CommandContext(t.Context(), ligne[0], ligne[1:]...).Output()
	if err != nil {
		t.Fatal(err)
	}
	fautes := map[string]string{}
	if err := json.Unmarshal(b, &fautes); err != nil || len(fautes) < 20 {
		t.Fatal(len(fautes), err)
	}
	liste, err := kit.Open(vecteurs.FS)
	if err != nil {
		t.Fatal(err)
	}
	for faute, id := range fautes {
		i := slices.IndexFunc(liste, func(v *kit.Vecteur) bool { return v.ID == id })
		if i < 0 {
			t.Errorf("%s: no case %s", faute, id)
			continue
		}
		if r := jouerPython(t, liste[i:i+1], python(t, compile, "fautif.py", "--faute", faute)); r[0].Verdict != kit.Echoue ||
			len(r[0].Ecarts) == 0 {
			t.Errorf("%s goes by %s: %s %s", faute, id, r[0].Verdict, r[0].Erreur)
		}
	}
}
