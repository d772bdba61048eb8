package postgres

import (
	"errors"
	"fmt"
	"os"
	"sync"
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
		if err := j.Ajouter(t.Context(), []journal.Evenement{journaltest.Ev(journal.Piece, id, 1, journal.Deposer,
			journal.Champs{Empreinte: "00", Octets: int64(i)})}); err != nil {
			t.Fatal(err)
		}
	}
	for _, s := range []string{"UPDATE scor_evenements SET cle = 'x' WHERE dossier = $1",
		"DELETE FROM scor_evenements WHERE dossier = $1"} {
		if _, err := j.pool.Exec(t.Context(), s, j.dossier); err == nil {
			t.Error("events can be changed")
		}
	}
	tx, err := j.pool.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback(t.Context())
	for _, s := range []string{"SET LOCAL session_replication_role = replica",
		"UPDATE scor_evenements SET donnees = replace(donnees, '1', '7') WHERE seq = 2 AND dossier = (SELECT max(id) FROM " +
			"scor_dossiers)"} {
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

// What the store derives from the events is proved against them, named when it is wrong, and made anew from them: then
// writing goes on.
func TestReconstruire(t *testing.T) {
	for _, c := range []struct {
		quoi, sql string
		derive    journal.Derive
	}{
		{"counters gone", "DELETE FROM scor_compteurs WHERE dossier = $1", journal.DeriveCompteurs},
		{"a counter raised", "UPDATE scor_compteurs SET n = n + 1000 WHERE dossier = $1", journal.DeriveCompteurs},
		{"the head's link gone", "UPDATE scor_dossiers SET condense = NULL WHERE id = $1", journal.DeriveTete},
		{"the head moved back", "UPDATE scor_dossiers SET seq = seq - 1 WHERE id = $1", journal.DeriveTete},
		{"the head's time moved", "UPDATE scor_dossiers SET quand = quand + 86400000000 WHERE id = $1", journal.DeriveTete},
		{"an object's state forged", "UPDATE scor_objets SET etat = 'arl+' WHERE dossier = $1 AND cle = 'P2'",
			journal.DeriveObjets},
		{"an object gone", "DELETE FROM scor_objets WHERE dossier = $1 AND cle = 'P2'", journal.DeriveObjets},
	} {
		j := ouvrir(t)
		ctx := t.Context()
		poser := func(version uint64, id string) error {
			return j.Ajouter(ctx, []journal.Evenement{journaltest.Ev(journal.Piece, id, version, journal.Deposer,
				journal.Champs{Empreinte: "00", Jour: 20260302})})
		}
		for _, id := range []string{"P1", "P2", "P3"} {
			if err := poser(1, id); err != nil {
				t.Fatal(err)
			}
		}
		avant, err := journal.Verifier(ctx, j, nil)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := j.pool.Exec(ctx, c.sql, j.dossier); err != nil {
			t.Fatal(err)
		}
		var r *journal.Rupture
		if _, err = journal.Verifier(ctx, j, nil); !errors.As(err, &r) || r.Derive != c.derive {
			t.Errorf("%s: %v, expected the %s", c.quoi, err, c.derive)
		}
		if apres, err := journal.Reconstruire(ctx, j, &avant.Tete); err != nil || apres != avant {
			t.Errorf("%s: %+v, %+v, %v", c.quoi, apres, avant, err)
		}
		if err := poser(2, "P2"); err != nil {
			t.Errorf("%s: no writing after it: %v", c.quoi, err)
		}
		if _, err := journal.Verifier(ctx, j, nil); err != nil {
			t.Errorf("%s: %v", c.quoi, err)
		}
	}
}

// Two workers on one journal, each with its own connection, write at once: the head is locked while events are chained
// after it, so that both succeed and there is one chain.
func TestDeuxEcrivains(t *testing.T) {
	a := ouvrir(t)
	ctx := t.Context()
	var nom string
	if err := a.pool.QueryRow(ctx, "SELECT nom FROM scor_dossiers WHERE id = $1", a.dossier).Scan(&nom); err != nil {
		t.Fatal(err)
	}
	b, err := Open(ctx, os.Getenv("SCOR_POSTGRES"), nom)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	const n = 60
	var wg sync.WaitGroup
	for i, j := range []*Journal{a, b} {
		wg.Go(func() {
			for k := range n {
				ev := journaltest.Ev(journal.Piece, fmt.Sprintf("P%d-%d", i, k), 1, journal.Deposer,
					journal.Champs{Empreinte: "00"})
				if err := j.Ajouter(ctx, []journal.Evenement{ev}); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if r, err := journal.Verifier(ctx, a, nil); err != nil || r.Evenements != 2*n {
		t.Errorf("%+v, %v", r, err)
	}
}
