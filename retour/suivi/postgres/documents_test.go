package postgres

import (
	"errors"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre/coffretest"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
)

func TestDocuments(t *testing.T) {
	ouvrir(t)
	coffretest.Contrat(t, func(t *testing.T) coffre.Depot { return ouvrir(t).Documents() })
}

// Events can't be changed nor removed, and what a superuser does all the same is found.
func TestFalsification(t *testing.T) {
	j := ouvrir(t)
	for i, id := range []string{"P1", "P2", "P3"} {
		if err := j.Ajouter(t.Context(), []journal.Evenement{journaltest.Ev(journal.Piece, id, 1, journal.Deposer, journal.Champs{Empreinte: "00", Octets: int64(i)})}); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []string{"UPDATE scor_evenements SET cle = 'x' WHERE dossier = $1", "DELETE FROM scor_evenements WHERE dossier = $1"} {
		if _, err := j.pool.Exec(t.Context(), s, j.dossier); err == nil {
			t.Error("events can be changed")
		}
	}
	tx, err := j.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	for _, s := range []string{"SET LOCAL session_replication_role = replica", "UPDATE scor_evenements SET donnees = replace(donnees, '1', '7') WHERE seq = 2 AND dossier = (SELECT max(id) FROM scor_dossiers)"} {
		if _, err := tx.Exec(t.Context(), s); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := tx.Exec(t.Context(), "UPDATE scor_dossiers SET seq = seq WHERE id = $1", j.dossier); err != nil {
		t.Fatal(err)
	}
	if err := tx.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	var r *journal.Rupture
	if _, err := journal.Verifier(t.Context(), j, nil); !errors.As(err, &r) || r.Seq != 2 {
		t.Errorf("%v", err)
	}
}
