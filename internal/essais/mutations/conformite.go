package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

//go:embed conformite.tsv
var tableConformite string

// protection is a change of the code, with the conformance vectors that must see it.
type protection struct {
	familles          []string
	fichier, de, vers string
	vecteurs          []string
}

func lireConformite(table string) ([]protection, error) {
	var liste []protection
	for i, l := range strings.Split(table, "\n") {
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		c := strings.Split(l, "\t")
		if len(c) != 5 {
			return nil, fmt.Errorf("conformite.tsv:%d: %d columns, 5 expected", i+1, len(c))
		}
		n := strings.NewReplacer(`\n`, "\n", `\t`, "\t")
		liste = append(liste, protection{strings.Split(c[0], ","), c[1], n.Replace(c[2]), n.Replace(c[3]),
			strings.Split(c[4], ",")})
	}
	return liste, nil
}

// changes gives the files of the table with all its changes made.
func changes(liste []protection) (map[string][]byte, error) {
	fichiers := map[string][]byte{}
	for _, p := range liste {
		source, ok := fichiers[p.fichier]
		if !ok {
			var err error
			if source, err = os.ReadFile(filepath.FromSlash(p.fichier)); err != nil {
				return nil, err
			}
		}
		if !bytes.Contains(source, []byte(p.de)) {
			return nil, fmt.Errorf("%s: %q: %w", p.fichier, p.de, errAbsent)
		}
		fichiers[p.fichier] = bytes.Replace(source, []byte(p.de), []byte(p.vers), 1)
	}
	return fichiers, nil
}

// conformite breaks the code of every family at once, and sees that the vectors of each fail. One build and one run:
// the changes are in packages that don't meet.
func conformite(ctx context.Context) (int, error) {
	liste, err := lireConformite(tableConformite)
	if err != nil {
		return 1, err
	}
	fichiers, err := changes(liste)
	if err != nil {
		return 1, err
	}
	d, err := os.MkdirTemp("", "mutation")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(d)
	remplace := map[string]string{}
	for nom, source := range fichiers {
		absolu, err := filepath.Abs(filepath.FromSlash(nom))
		if err != nil {
			return 1, err
		}
		remplace[absolu] = filepath.Join(d, fmt.Sprintf("x%d.go", len(remplace)))
		if err := os.WriteFile(remplace[absolu], source, 0o600); err != nil {
			return 1, err
		}
	}
	plan, err := json.Marshal(map[string]any{"Replace": remplace})
	if err != nil {
		return 1, err
	}
	overlay, programme := filepath.Join(d, "overlay.json"), filepath.Join(d, "conformite")
	if err := os.WriteFile(overlay, plan, 0o600); err != nil {
		return 1, err
	}
	if sortie, err := exec.CommandContext(ctx, "go", "build", "-overlay", overlay, "-o", programme,
		"./examples/conformite").CombinedOutput(); err != nil {
		return 1, fmt.Errorf("%w\n%s", errCompile, sortie)
	}
	return compter(ctx, liste, programme)
}

// compter plays the vectors of the table with the broken program.
func compter(ctx context.Context, liste []protection, programme string) (int, error) {
	var ids []string
	for _, p := range liste {
		ids = append(ids, p.vecteurs...)
	}
	sortie, err := exec.CommandContext(ctx, programme, "-json", "-cas", strings.Join(ids, ",")).Output()
	var code *exec.ExitError
	if err != nil && (!errors.As(err, &code) || code.ExitCode() != 1) {
		return 1, err
	}
	verdicts := map[string]string{}
	for l := range bytes.Lines(sortie) {
		var x struct{ ID, Verdict string }
		if err := json.Unmarshal(l, &x); err != nil {
			return 1, err
		}
		verdicts[x.ID] = x.Verdict
	}
	vivants := 0
	for _, p := range liste {
		for _, id := range p.vecteurs {
			if verdicts[id] != "echoue" {
				vivants++
				fmt.Printf("LIVES %s: %q → %q (vector %s: %q)\n", p.fichier, p.de, p.vers, id, verdicts[id])
			}
		}
	}
	fmt.Printf("conformance vectors: %d of %d see the change\n", len(ids)-vivants, len(ids))
	return min(vivants, 1), ctx.Err()
}
