package postgres

import (
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
)

// What is asked for each invoice of a lot must not read every object, nor sort: the primary key, in the order of the
// answer, tempts the planner where few rows are wanted.
func TestPlans(t *testing.T) {
	j := ouvrir(t)
	ctx := t.Context()
	if _, err := journaltest.Cabinet(ctx, j, 5000); err != nil {
		t.Fatal(err)
	}
	if _, err := j.pool.Exec(ctx, "ANALYZE scor_objets"); err != nil {
		t.Fatal(err)
	}
	apres := &journal.Objet{Cle: journaltest.Cle(3)}
	for index, r := range map[string]journal.Requete{
		"scor_objets_parent":    {Genre: journal.Piece, Parent: "123456789/20260302/000/000000007", Limite: parPage},
		"scor_objets_dans":      {Genre: journal.Piece, Dans: "20260302/000001", Apres: apres, Limite: 10},
		"scor_objets_patient":   {Genre: journal.Facture, Patient: "00000000000000000000000000000003", Limite: parPage},
		"scor_objets_numero":    {Genre: journal.Facture, Numero: 12, Tri: journal.ParCleInverse, Limite: 10},
		"scor_objets_reference": {Genre: journal.Facture, Reference: "x", Limite: parPage},
	} {
		requete, args := j.selection(&r)
		lignes, err := j.pool.Query(ctx, "EXPLAIN "+requete, args...)
		if err != nil {
			t.Fatal(err)
		}
		plan, err := pgx.CollectRows(lignes, pgx.RowTo[string])
		if err != nil {
			t.Fatal(err)
		}
		if p := strings.Join(plan, "\n"); !strings.Contains(p, index) || strings.Contains(p, "Sort") {
			t.Errorf("%s is not used, or doesn't give the order:\n%s", index, p)
		}
	}
}

// The index of the exceptional states has those of the table, and no other.
func TestExceptionnels(t *testing.T) {
	for _, l := range journal.Table() {
		if e := l.Vers; e != "" && e != journal.Meme && strings.Contains(exceptionnels,
			"'"+string(e)+"'") == e.Exceptionnel() {
			t.Errorf("state %q: the index and the table don't agree", e)
		}
	}
}
