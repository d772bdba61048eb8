package gabarit

import "testing"

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
