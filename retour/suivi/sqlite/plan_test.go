package sqlite

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// What is asked for each invoice of a lot must not read every object: 10,000 invoices took five minutes instead of half a one.
func TestPlans(t *testing.T) {
	j, err := Open(t.Context(), filepath.Join(t.TempDir(), "suivi.db"))
	if err != nil {
		t.Fatal(err)
	}
	defer j.Close()
	apres := &journal.Objet{Cle: "x"}
	for index, r := range map[string]journal.Requete{
		"objets_parent":  {Genre: journal.Piece, Parent: "x"},
		"objets_dans":    {Genre: journal.Piece, Dans: "x", Apres: apres, Limite: 10},
		"objets_patient": {Genre: journal.Facture, Patient: "x"},
		"objets_etat":    {Genre: journal.Piece, Etats: []journal.Etat{journal.Refuse}},
	} {
		requete, args := selection(&r)
		lignes, err := j.lecteur.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+requete, args...)
		if err != nil {
			t.Fatal(err)
		}
		var plan []string
		for lignes.Next() {
			var id, parent, rien int
			var detail string
			if err := lignes.Scan(&id, &parent, &rien, &detail); err != nil {
				t.Fatal(err)
			}
			plan = append(plan, detail)
		}
		if err := lignes.Err(); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(strings.Join(plan, "\n"), index) {
			t.Errorf("%s is not used: %v", index, plan)
		}
	}
}
