// Command mutations breaks the code on purpose, a small place at a time, and sees whether a test notices. What lives is
// a condition that nothing protects.
//
//	go run ./internal/essais/mutations [-graine N] [-tirees N] [-seulement TEXT]
//	go run ./internal/essais/mutations -conformite
//
// Two kinds: those of mutations.tsv, each with what it protects and the tests that must die of it; and -tirees drawn
// ones, where a comparison is turned, a condition denied, or a call whose result is dropped is left out, in the
// packages that keep data safe. A named one that lives, or whose text is no longer in the file, ends the command with
// 1. Drawn ones that live are printed: some change nothing that can be seen.
//
// With -conformite, the changes of conformite.tsv instead, all at once: the conformance vectors of each family must see
// theirs.
//
// The tree is never touched: the changed file goes to the compiler by -overlay.
package main

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/signal"
	"path"
	"path/filepath"
	"strings"
)

//go:embed mutations.tsv
var table string

// mutation is one change: the first occurrence of de in fichier becomes vers.
type mutation struct {
	fichier, de, vers string
	paquets           []string // whose tests must fail
	tests             string   // regular expression; "" is all
	protege           string
}

func main() {
	graine := flag.Uint64("graine", 1, "seed of the drawn mutations")
	tirees := flag.Int("tirees", 0, "how many are drawn")
	seulement := flag.String("seulement", "", "only the named ones whose line holds this text")
	vecteurs := flag.Bool("conformite", false, "the changes that the conformance vectors must see, and no other")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	code, err := 0, error(nil)
	if *vecteurs {
		code, err = conformite(ctx)
	} else {
		code, err = executer(ctx, *seulement, *graine, *tirees)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mutations:", err)
		code = 1
	}
	os.Exit(code)
}

func executer(ctx context.Context, seulement string, graine uint64, tirees int) (int, error) {
	nommees, err := lire(table)
	if err != nil {
		return 1, err
	}
	morts, vivants := 0, 0
	for _, m := range nommees {
		if !strings.Contains(m.fichier+" "+m.protege, seulement) {
			continue
		}
		mort, err := m.essayer(ctx)
		if err != nil {
			return 1, err
		}
		if mort {
			morts++
			continue
		}
		vivants++
		fmt.Printf("LIVES %s: %q → %q (protects: %s)\n", m.fichier, m.de, m.vers, m.protege)
	}
	fmt.Printf("named: %d died, %d lived\n", morts, vivants)
	if tirees > 0 && ctx.Err() == nil {
		if err := tirer(ctx, rand.New(rand.NewPCG(graine, 0)), tirees); err != nil {
			return 1, err
		}
	}
	return min(vivants, 1), ctx.Err()
}

// lire reads the table: file, from, to, packages (by commas), tests, what it protects, separated by tabs.
func lire(table string) ([]mutation, error) {
	var liste []mutation
	for i, l := range strings.Split(table, "\n") {
		if l == "" || strings.HasPrefix(l, "#") {
			continue
		}
		c := strings.Split(l, "\t")
		if len(c) != 6 {
			return nil, fmt.Errorf("mutations.tsv:%d: %d columns, 6 expected", i+1, len(c))
		}
		n := strings.NewReplacer(`\n`, "\n", `\t`, "\t")
		liste = append(liste, mutation{c[0], n.Replace(c[1]), n.Replace(c[2]), strings.Split(c[3], ","), c[4], c[5]})
	}
	return liste, nil
}

var errAbsent = errors.New("the text isn't in the file any more")

func (m *mutation) essayer(ctx context.Context) (mort bool, err error) {
	source, err := os.ReadFile(filepath.FromSlash(m.fichier))
	if err != nil {
		return false, err
	}
	if !bytes.Contains(source, []byte(m.de)) {
		return false, fmt.Errorf("%s: %q: %w", m.fichier, m.de, errAbsent)
	}
	return essayer(ctx, m.fichier, bytes.Replace(source, []byte(m.de), []byte(m.vers), 1), m.paquets, m.tests)
}

// essayer runs the tests over the changed file. A change that doesn't compile is neither dead nor alive: it is an
// error.
func essayer(ctx context.Context, fichier string, source []byte, paquets []string, tests string) (bool, error) {
	d, err := os.MkdirTemp("", "mutation")
	if err != nil {
		return false, err
	}
	defer os.RemoveAll(d)
	change, absolu := filepath.Join(d, "x.go"), ""
	if absolu, err = filepath.Abs(filepath.FromSlash(fichier)); err != nil {
		return false, err
	}
	if err := os.WriteFile(change, source, 0o600); err != nil {
		return false, err
	}
	plan, err := json.Marshal(map[string]any{"Replace": map[string]string{absolu: change}})
	if err != nil {
		return false, err
	}
	overlay := filepath.Join(d, "overlay.json")
	if err := os.WriteFile(overlay, plan, 0o600); err != nil {
		return false, err
	}
	if sortie, err := exec.CommandContext(ctx, "go", "build", "-overlay", overlay,
		"./"+path.Dir(fichier)).CombinedOutput(); err != nil {
		return false, fmt.Errorf("%s: %w\n%s", fichier, errCompile, sortie)
	}
	args := []string{"test", "-overlay", overlay, "-short", "-failfast", "-timeout", "10m", "-vet", "off"}
	if tests != "" {
		args = append(args, "-run", tests)
	}
	for _, p := range paquets {
		args = append(args, "./"+p)
	}
	err = exec.CommandContext(ctx, "go", args...).Run()
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	return err != nil, nil
}

var errCompile = errors.New("the change does not compile")
