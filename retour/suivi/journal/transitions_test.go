package journal

import "testing"

// The table has no line that another hides, no state without a French name or that nothing leads to, and each guard can
// be reached.
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

// At the limit of transmissions, an ANR ends the lot and nothing has the message leave again; one below, it does.
func TestLimiteDansLaTable(t *testing.T) {
	for _, c := range []struct {
		essais, max int64
		etat        Etat
		repart      bool
	}{{2, 3, ANR, true}, {3, 3, LimiteEssais, false}, {4, 3, LimiteEssais, false}} {
		lot := &Objet{Genre: LotScor, Cle: "l", Version: 2, Etat: Transmis, Champs: Champs{Essais: c.essais,
			EssaisMax: c.max}}
		tr, err := Suivante(Vue{Avant: lot, Ev: &Evenement{Genre: LotScor, Cle: "l", Type: RecevoirANR, Version: 3}})
		if err != nil || tr.Vers != c.etat {
			t.Errorf("%d of %d: %+v, %v", c.essais, c.max, tr, err)
		}
		m := &Objet{Genre: Message, Cle: "m", Version: 2, Etat: Transmis, Champs: Champs{Essais: c.essais, EssaisMax: c.max}}
		if _, err := Suivante(Vue{Avant: m, Ev: &Evenement{Genre: Message, Cle: "m", Type: Renvoyer,
			Version: 3}}); (err == nil) != c.repart {
			t.Errorf("%d of %d: leaves again: %v", c.essais, c.max, err)
		}
	}
}
