package sqlite

import (
	"fmt"
	"sync"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
)

// Many callers who each ask for more while they are given objects don't wait for each other: with a connection held by
// each, and none left, all of them stood still.
func TestChercherEnsemble(t *testing.T) {
	j := ouvrir(t)
	var evs []journal.Evenement
	for i := range 30 {
		evs = append(evs, journaltest.Ev(journal.Piece, fmt.Sprintf("P%02d", i), 1, journal.Deposer,
			journal.Champs{Empreinte: "00", Parent: "F", Attention: int64(1 + i%3)}))
	}
	if err := j.Ajouter(t.Context(), evs); err != nil {
		t.Fatal(err)
	}
	apres := &journal.Objet{Cle: "P00"}
	apres.Attention = 3
	for _, r := range []journal.Requete{{Parent: "F"}, {}, {Limite: 20}, {Attention: 1, Tri: journal.ParUrgence,
		Limite: 20, Apres: apres}} {
		r.Genre = journal.Piece
		var tous, dedans sync.WaitGroup
		dedans.Add(64)
		for range 64 {
			tous.Go(func() {
				premier := true
				for o, err := range j.Chercher(t.Context(), r) {
					if premier {
						premier = false
						dedans.Done()
						dedans.Wait() // all are inside
					}
					if err != nil {
						t.Error(err)
						return
					}
					if _, err := j.Objets(t.Context(), o.Ref()); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		tous.Wait()
	}
}
