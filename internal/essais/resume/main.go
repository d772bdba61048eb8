// Command resume reads what `go test -json` writes and says it to a person: a line for each package as it ends, all
// that a failed test wrote, then the tests that were skipped, by reason, and the coverage of each public package. A
// skip that nobody reads is a test that nobody runs.
//
//	go test -json ./... | go run ./internal/essais/resume
//
// It ends with 1 when a test failed or the input isn't whole, so that a pipe can't hide a failure.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
)

const module = "github.com/scor-sdk/scor-sdk-go"

// evenement is one line of `go test -json`, see `go doc test2json`.
type evenement struct {
	Action, Package, Test, Output string
	Elapsed                       float64
}

type resume struct {
	sortie          io.Writer
	lignes          map[string][]string // output of the tests that run, by package and test
	sautes          map[string][]string // reason → tests
	couverture      map[string]string
	reussis, rates  int
	nbSautes, brute int
	enCours         map[string]bool
}

func main() {
	r := &resume{os.Stdout, map[string][]string{}, map[string][]string{}, map[string]string{}, 0, 0, 0, 0,
		map[string]bool{}}
	err := r.lire(os.Stdin)
	r.conclure()
	if err != nil {
		fmt.Fprintln(os.Stderr, "resume:", err)
	}
	if err != nil || r.rates > 0 || r.brute > 0 {
		os.Exit(1)
	}
}

func (r *resume) lire(src io.Reader) error {
	b := bufio.NewReader(src)
	for {
		ligne, err := b.ReadString('\n')
		if ligne != "" {
			var e evenement
			if json.Unmarshal([]byte(ligne), &e) != nil {
				// What isn't JSON comes from the go command itself: a build that failed.
				fmt.Fprint(r.sortie, ligne)
				continue
			}
			r.prendre(e)
		}
		if err == io.EOF {
			for p := range r.enCours {
				r.brute++
				fmt.Fprintln(r.sortie, "FAIL\t"+p+"\tnever ended")
			}
			return nil
		}
		if err != nil {
			return err
		}
	}
}

var couvert = regexp.MustCompile(`coverage: ([0-9.]+% of statements)`)

func (r *resume) prendre(e evenement) {
	cle := e.Package + " " + e.Test
	switch e.Action {
	case "start":
		r.enCours[e.Package] = true
	case "output", "build-output":
		if e.Test != "" {
			r.lignes[cle] = append(r.lignes[cle], e.Output)
			return
		}
		if m := couvert.FindStringSubmatch(e.Output); m != nil && e.Package != "" {
			r.couverture[strings.TrimPrefix(e.Package, module+"/")] = m[1]
		}
		if e.Action == "build-output" || parle(e.Output) {
			fmt.Fprint(r.sortie, e.Output)
		}
	case "build-fail":
		r.brute++
	case "pass", "fail", "skip":
		r.finir(e, cle)
	}
}

// parle says whether a line of a package, outside its tests, is worth a reader's time.
func parle(l string) bool {
	for _, p := range []string{"ok ", "FAIL\t", "panic:", "fatal error:", "goroutine ", "\t/", "exit status"} {
		if strings.HasPrefix(l, p) {
			return true
		}
	}
	return false
}

func (r *resume) finir(e evenement, cle string) {
	sortie := r.lignes[cle]
	delete(r.lignes, cle)
	if e.Test == "" {
		delete(r.enCours, e.Package)
		if e.Action == "fail" {
			r.brute++
			// What a test was writing when its process died.
			for c, l := range r.lignes {
				if strings.HasPrefix(c, e.Package+" ") {
					fmt.Fprint(r.sortie, strings.Join(l, ""))
				}
			}
		}
		return
	}
	switch e.Action {
	case "pass":
		r.reussis++
	case "fail":
		r.rates++
		fmt.Fprint(r.sortie, strings.Join(sortie, ""))
	case "skip":
		r.nbSautes++
		m := motif(sortie)
		r.sautes[m] = append(r.sautes[m], strings.TrimPrefix(e.Package, module+"/")+" "+e.Test)
	}
}

var lieu = regexp.MustCompile(`^\s*\S+\.go:\d+: `)

// motif is the reason that a skipped test gave, without its place.
func motif(lignes []string) string {
	for _, l := range lignes {
		if lieu.MatchString(l) {
			return strings.TrimSpace(lieu.ReplaceAllString(l, ""))
		}
	}
	return "no reason given"
}

func (r *resume) conclure() {
	fmt.Fprintln(r.sortie, "\ncoverage of the public packages:")
	for _, p := range slices.Sorted(maps.Keys(r.couverture)) {
		if !strings.HasPrefix(p, "internal") && !strings.HasPrefix(p, "examples") && !strings.Contains(p, "/internal") {
			fmt.Fprintf(r.sortie, "  %-40s %s\n", p, r.couverture[p])
		}
	}
	fmt.Fprintf(r.sortie, "\n%d tests skipped:\n", r.nbSautes)
	for _, m := range slices.Sorted(maps.Keys(r.sautes)) {
		fmt.Fprintf(r.sortie, "  %s\n    %s\n", m, strings.Join(r.sautes[m], "\n    "))
	}
	fmt.Fprintf(r.sortie, "\n%d passed, %d failed, %d skipped\n", r.reussis, max(r.rates, min(r.brute, 1)), r.nbSautes)
}
