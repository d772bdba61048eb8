package journal_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
)

func rempli(t *testing.T, n int) journal.Journal {
	t.Helper()
	j := journal.NewMemoire(nil)
	for i := range n {
		ev := journaltest.Ev(journal.Piece, fmt.Sprint("P", i), 1, journal.Deposer, journal.Champs{Empreinte: "00"})
		if err := j.Ajouter(t.Context(), []journal.Evenement{ev}); err != nil {
			t.Fatal(err)
		}
	}
	return j
}

// Time never goes back in a journal: an event earlier than the one before it is refused although its digest follows.
func TestTempsRecule(t *testing.T) {
	e := journal.Evenement{Seq: 1, Quand: journaltest.T0, Genre: journal.Piece, Cle: "P", Type: journal.Deposer,
		Version: 1}
	e.Condense = journal.Suivant(journal.Condense{}, e.Contenu())
	f := journal.Evenement{Seq: 2, Quand: e.Quand.Add(-time.Microsecond), Genre: journal.Piece, Cle: "Q",
		Type: journal.Deposer, Version: 1}
	f.Condense = journal.Suivant(e.Condense, f.Contenu())
	c := journal.NewChaine(journal.Tete{})
	if err := c.Suivre(&e); err != nil {
		t.Fatal(err)
	}
	var r *journal.Rupture
	if err := c.Suivre(&f); !errors.As(err, &r) || r.Seq != 2 {
		t.Error(err)
	}
}

// A head kept elsewhere convicts a journal that was rewritten, or cut, although that one is whole in itself.
func TestTeteAttendue(t *testing.T) {
	j := rempli(t, 5)
	bonne, err := j.Evenement(t.Context(), 3)
	if err != nil {
		t.Fatal(err)
	}
	for quoi, c := range map[string]struct {
		tete journal.Tete
		seq  uint64
	}{
		"the right one":        {journal.Tete{Seq: 3, Condense: bonne.Condense}, 0},
		"of another history":   {journal.Tete{Seq: 3, Condense: journal.Condense{1}}, 3},
		"of a longer journal":  {journal.Tete{Seq: 6, Condense: bonne.Condense}, 6},
		"of the last, altered": {journal.Tete{Seq: 5, Condense: bonne.Condense}, 5},
	} {
		for nom, verifier := range map[string]func() error{
			"chain": func() error { _, err := journal.VerifierChaine(t.Context(), j, &c.tete); return err },
			"all":   func() error { _, err := journal.Verifier(t.Context(), j, &c.tete); return err },
		} {
			err := verifier()
			var r *journal.Rupture
			if c.seq == 0 && err != nil || c.seq > 0 && (!errors.As(err, &r) || r.Seq != c.seq || r.Derive != "") {
				t.Errorf("%s, %s: %v", quoi, nom, err)
			}
		}
	}
}

// The limit of attempts is reached with the last of them: none more is allowed, and its failure is for a person.
func TestDernierEssai(t *testing.T) {
	for _, c := range []struct {
		essais int64
		vers   journal.Etat
		renvoi bool
	}{{2, journal.ANR, true}, {3, journal.LimiteEssais, false}} {
		o := &journal.Objet{Genre: journal.LotScor, Cle: "L", Version: 1, Etat: journal.Transmis,
			Champs: journal.Champs{Essais: c.essais, EssaisMax: 3}}
		tr, err := journal.Suivante(journal.Vue{Avant: o, Ev: &journal.Evenement{Genre: journal.LotScor, Cle: "L",
			Type: journal.RecevoirANR, Version: 2}})
		if err != nil || tr.Vers != c.vers {
			t.Errorf("%d attempts of 3: %+v, %v", c.essais, tr, err)
		}
		o.Genre = journal.Message
		_, err = journal.Suivante(journal.Vue{Avant: o, Ev: &journal.Evenement{Genre: journal.Message, Cle: "L",
			Type: journal.Renvoyer, Version: 2}})
		if (err == nil) != c.renvoi {
			t.Errorf("%d attempts of 3, sent again: %v", c.essais, err)
		}
	}
}
