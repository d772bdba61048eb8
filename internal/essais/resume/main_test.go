package main

import (
	"bytes"
	"strings"
	"testing"
)

func lire(t *testing.T, lignes ...string) (string, *resume) {
	t.Helper()
	var b bytes.Buffer
	r := &resume{&b, map[string][]string{}, map[string][]string{}, map[string]string{}, 0, 0, 0, 0, map[string]bool{}}
	if err := r.lire(strings.NewReader(strings.Join(lignes, "\n") + "\n")); err != nil {
		t.Fatal(err)
	}
	r.conclure()
	return b.String(), r
}

// A failed test's own words are shown, a passed one's aren't, a skipped one is named under its reason.
func TestResume(t *testing.T) {
	s, r := lire(t, `{"Action":"start","Package":"p"}`,
		`{"Action":"output","Package":"p","Test":"TestA","Output":"secret\n"}`,
		`{"Action":"pass","Package":"p","Test":"TestA"}`,
		`{"Action":"output","Package":"p","Test":"TestB","Output":"    b_test.go:3: broken\n"}`,
		`{"Action":"fail","Package":"p","Test":"TestB"}`,
		`{"Action":"output","Package":"p","Test":"TestC","Output":"    c_test.go:3: no server\n"}`,
		`{"Action":"skip","Package":"p","Test":"TestC"}`,
		`{"Action":"output","Package":"p","Output":"ok  \tp\t1s\tcoverage: 81.0% of statements\n"}`,
		`{"Action":"pass","Package":"p"}`)
	for _, v := range []string{"broken", "no server\n    p TestC", "81.0%", "1 passed, 1 failed, 1 skipped"} {
		if !strings.Contains(s, v) {
			t.Errorf("%q is missing in\n%s", v, s)
		}
	}
	if strings.Contains(s, "secret") {
		t.Error("a passed test's output is shown")
	}
	if r.rates != 1 || r.brute != 0 {
		t.Errorf("rates %d, brute %d", r.rates, r.brute)
	}
}

// A package that never ends, or doesn't build, is a failure even if no test failed: else a killed run would pass.
func TestResumeInterrompu(t *testing.T) {
	if _, r := lire(t, `{"Action":"start","Package":"p"}`); r.brute != 1 {
		t.Error("a package that never ended passes")
	}
	if _, r := lire(t, `{"ImportPath":"p","Action":"build-fail"}`); r.brute != 1 {
		t.Error("a package that doesn't build passes")
	}
}
