package gabarit

import (
	"fmt"
	"regexp"
	"testing"
)

func TestRemplir(t *testing.T) {
	valeurs := map[string]string{"a": "7", "long": "123456"}
	for _, cas := range []struct{ gabarit, texte, erreur string }{
		{"IR{a:6}/{long}", "IR000007/123456", ""},
		{"{{a}} {a}", "{a} 7", ""},
		{"", "", ""},
		{"{b}", "", `template "{b}": no value for {b}`},
		{"{long:3}", "", `template "{long:3}": value of 6 characters for {long}, expected at most 3`},
	} {
		g, err := Analyser(cas.gabarit)
		if err != nil {
			t.Fatal(err)
		}
		s, err := g.Remplir(func(n string) (string, bool) { v, ok := valeurs[n]; return v, ok })
		if s != cas.texte || (err == nil) != (cas.erreur == "") || err != nil && err.Error() != cas.erreur {
			t.Errorf("%q: %q, %v", cas.gabarit, s, err)
		}
	}
	for _, faux := range []string{"{", "}", "{}", "{a:x}", "{a:0}", "a}b"} {
		if _, err := Analyser(faux); err == nil {
			t.Errorf("%q passes", faux)
		}
	}
}

// What a template writes, its expression reads, braces and signs of expressions included; a date in a format is a name.
func TestMotif(t *testing.T) {
	g, err := Analyser("IR.{{{a:3}}}/{lot.date:AAMMJJ} (x)")
	if err != nil {
		t.Fatal(err)
	}
	s, err := g.Remplir(func(nom string) (string, bool) {
		return map[string]string{"a": "7", "lot.date:AAMMJJ": "261128"}[nom], true
	})
	if err != nil {
		t.Fatal(err)
	}
	m := g.Motif(func(nom string, largeur int) string { return fmt.Sprintf("(?P<n%d>[0-9]+)", largeur) })
	lu := regexp.MustCompile("^" + m + "$").FindStringSubmatch(s)
	if len(lu) != 3 || lu[1] != "007" || lu[2] != "261128" {
		t.Errorf("%q by %q: %q", s, m, lu)
	}
}
