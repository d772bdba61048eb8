package journal

import "testing"

// The table has no line that another hides, no state without a French name or that nothing leads to, and each guard can be reached.
func TestTableCoherente(t *testing.T) {
	atteints := map[entree]bool{}
	for _, l := range table {
		for _, de := range l.De {
			atteints[entree{g: l.Genre, e: l.Vers}] = true
			for _, e := range []Etat{de, l.Vers} {
				if _, ok := libelles[e]; !ok && e != Neant && e != Meme && e != "" {
					t.Errorf("state %q has no French name", e)
				}
			}
		}
		if l.SansEffet != (l.Vers == "") {
			t.Errorf("%s %s: without effect and with a new state, or neither", l.Genre, l.Type)
		}
	}
	for k, l := range parEntree {
		for i, x := range l {
			if x.Garde == nil && i < len(l)-1 {
				t.Errorf("%s, %s, %s: a line without guard hides another", k.g, k.e, k.t)
			}
		}
		if k.e != Neant && !atteints[entree{g: k.g, e: k.e}] {
			t.Errorf("%s: nothing leads to %q", k.g, k.e)
		}
	}
}
