package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/examples/internal/programme"
)

func lancer(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out, erreurs bytes.Buffer
	err := executer(t.Context(), args, &out, &erreurs)
	return out.String(), err
}

// The program ends with 0 on a subject that conforms, 1 on one that doesn't, 2 on a wrong call; reports are written
// whatever the verdict.
func TestCodes(t *testing.T) {
	d := t.TempDir()
	html, junit := filepath.Join(d, "r.html"), filepath.Join(d, "r.xml")
	out, err := lancer(t, "-famille", "identifiants,lot", "-html", html, "-junit", junit)
	if err != nil || !strings.Contains(out, "total") {
		t.Errorf("%v\n%s", err, out)
	}
	for _, nom := range []string{html, junit} {
		if info, err := os.Stat(nom); err != nil || info.Size() == 0 || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v %v", nom, info, err)
		}
	}
	faux, err := exec.LookPath("false")
	if err != nil {
		t.Skip("the command false is not here: it stands for a program that answers nothing")
	}
	if out, err = lancer(t, "-commande", faux, "-cas", "nir-homme", "-junit", junit); err == nil ||
		!strings.Contains(out, "code de retour 1") {
		t.Errorf("%v\n%s", err, out)
	}
	if b, err := os.ReadFile(junit); err != nil || !bytes.Contains(b, []byte(`errors="1"`)) {
		t.Errorf("%v %s", err, b)
	}
	for _, args := range [][]string{{"-famille", "b3"}, {"-cas", "inconnu"}, {"reste"}, {"-commande", " "}} {
		var usage *programme.ErreurUsage
		if _, err := lancer(t, args...); !errors.As(err, &usage) {
			t.Errorf("%v: %v", args, err)
		}
	}
	ctx, fin := context.WithCancel(t.Context())
	fin()
	if err := executer(ctx, nil, &bytes.Buffer{}, &bytes.Buffer{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// What a machine reads: an object a line, a count at the end.
func TestJSON(t *testing.T) {
	out, err := lancer(t, "-json", "-famille", "noemie")
	if err != nil {
		t.Fatal(err)
	}
	l := strings.Split(strings.TrimSpace(out), "\n")
	var bilan struct {
		Genre    string
		Conforme bool
		Reussis  int
	}
	if err := json.Unmarshal([]byte(l[len(l)-1]), &bilan); err != nil || bilan.Genre != "bilan" || !bilan.Conforme ||
		bilan.Reussis != len(l)-1 {
		t.Errorf("%v %+v, %d lines", err, bilan, len(l))
	}
	if out, err = lancer(t, "-liste", "-famille", "noemie"); err != nil || strings.Count(out, "\n") != bilan.Reussis {
		t.Errorf("%v %s", err, out)
	}
}

// The subject of the documentation does what it says: a whole one in Python, in a few lines.
func TestSujetDeLaDocumentation(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3 is not here: install it to play the subject of the documentation")
	}
	b, err := os.ReadFile("../../docs/conformite.md")
	if err != nil {
		t.Fatal(err)
	}
	_, texte, ok := strings.Cut(string(b), "```python\n")
	texte, _, fini := strings.Cut(texte, "```")
	if !ok || !fini {
		t.Fatal("docs/conformite.md has no subject in Python")
	}
	sujet := filepath.Join(t.TempDir(), "sujet.py")
	if err := os.WriteFile(sujet, []byte(texte), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := lancer(t, "-commande", python+" "+sujet, "-cas",
		"montant-euros,montant-grand,montant-virgule,montant-signe,montant-trop-grand,nir-homme")
	if err != nil || !strings.Contains(out, "5 réussis sur 6, 1 sans objet") {
		t.Errorf("%v\n%s", err, out)
	}
}
