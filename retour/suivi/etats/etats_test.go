package etats

import (
	"slices"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// Whatever state a transition raises attention in, there is a sentence for it and something to do.
func TestToutCeQuiDemandeEstDit(t *testing.T) {
	p, err := scor.Reference()
	if err != nil {
		t.Fatal(err)
	}
	for _, tr := range journal.Table() {
		if tr.Attention == 0 {
			continue
		}
		vers := []journal.Etat{tr.Vers}
		if tr.Vers == journal.Meme {
			vers = tr.De
		}
		for _, e := range vers {
			o := &journal.Objet{Genre: tr.Genre, Cle: "x", Etat: e}
			o.Attention, o.Motif = tr.Attention, "raison"
			l := De(o)
			if l == nil || l.Quoi == "" {
				t.Errorf("%s %s, after %s: no sentence", tr.Genre, e, tr.Type)
				continue
			}
			if len(Actions(o)) == 0 {
				t.Errorf("%s %s, after %s: asks for a person, who can do nothing", tr.Genre, e, tr.Type)
			}
			if quoi, _ := (Langue{p}).Phrases(o); strings.ContainsAny(quoi, "{}") || strings.Contains(quoi, "..") {
				t.Errorf("%s %s: %q", tr.Genre, e, quoi)
			}
		}
	}
}

// No line hides behind one without condition, each state of a line is one that transitions lead to, each action and
// situation has its French name, and a line with a situation has a weight.
func TestTableCoherente(t *testing.T) {
	atteints := map[entree]bool{}
	for _, tr := range journal.Table() {
		for _, de := range tr.De {
			atteints[entree{tr.Genre, de}] = true
		}
		atteints[entree{tr.Genre, tr.Vers}] = true
	}
	for i := range table {
		l := &table[i]
		for _, e := range l.Etats {
			if !atteints[entree{l.Genre, e}] {
				t.Errorf("%s: nothing leads to %q", l.Genre, e)
			}
		}
		for _, n := range l.Actions {
			if libellesActions[n] == "" {
				t.Errorf("action %q has no name", n)
			}
		}
		if (l.Situation == "") != (l.Poids == 0) || l.Situation != "" && l.Situation.Libelle() == "" {
			t.Errorf("%s %v: situation %q of weight %d", l.Genre, l.Etats, l.Situation, l.Poids)
		}
		if l.Quoi == "" && l.Conseil != "" {
			t.Errorf("%s %v: advice without a sentence", l.Genre, l.Etats)
		}
	}
	for k, l := range parEntree {
		if i := slices.IndexFunc(l, func(x *Ligne) bool { return x.Si == nil }); i >= 0 && i < len(l)-1 {
			t.Errorf("%s %s: a line without condition hides another", k.g, k.e)
		}
	}
}
