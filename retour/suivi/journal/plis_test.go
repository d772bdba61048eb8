package journal

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestEmballer(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		o := Objet{
			Genre: Piece, Cle: rapid.String().Draw(t, "cle"), Etat: Etat(rapid.String().Draw(t, "etat")),
			Version: rapid.Uint64().Draw(t, "version"), Dernier: rapid.Uint64().Draw(t, "dernier"), Debut: rapid.Uint64().Draw(t,
				"debut"),
			Cree:    Instant(rapid.Int64Range(-1<<50, 1<<50).Draw(t, "cree")),
			Modifie: Instant(rapid.Int64Range(-1<<50, 1<<50).Draw(t, "modifie")), Champs: champsQuelconques(t),
		}
		p, err := deballer(o.Ref(), o.emballer(nil))
		if err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(&o, p); d != "" {
			t.Fatal(d)
		}
	})
}

// An object that grows at each step moves, and its neighbours stay.
func TestPlisGrandissent(t *testing.T) {
	p, q := newPlis(), &Etats{Objets: map[Ref]*Objet{}}
	dernier := map[int]uint64{}
	seq := uint64(0)
	for v := 1; v <= 40; v++ {
		for n := range 50 {
			seq++
			e := Evenement{Seq: seq, Prec: dernier[n], Genre: Piece, Cle: fmt.Sprint(n), Version: uint64(v), Type: Noter,
				Quand: time.Unix(int64(seq), 0)}
			if v == 1 {
				e.Type, e.Champs.Empreinte = Deposer, "00"
			} else {
				e.Champs.Motif = fmt.Sprintf("%0*d", v*(n+1)*30, n)
			}
			if err := p.appliquer(&e); err != nil {
				t.Fatal(err)
			}
			if err := q.Appliquer(&e); err != nil {
				t.Fatal(err)
			}
			dernier[n] = seq
		}
	}
	if p.nombre() != 50 {
		t.Errorf("%d objects", p.nombre())
	}
	for _, o := range q.Objets {
		if !p.egal(o) {
			t.Errorf("%s differs", o.Cle)
		}
		c := *o
		c.Motif += "x"
		if p.egal(&c) {
			t.Errorf("%s: another text is taken for it", o.Cle)
		}
	}
}
