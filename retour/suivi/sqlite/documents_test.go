package sqlite

import (
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre/coffretest"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

func TestDocuments(t *testing.T) {
	coffretest.Contrat(t, func(t *testing.T) coffre.Depot { return ouvrir(t).Documents() })
}

func TestNettoyer(t *testing.T) {
	j := ouvrir(t)
	w, err := j.Documents().Creer(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(make([]byte, 3<<20)); err != nil {
		t.Fatal(err)
	}
	// Neither ended nor given up: the process died.
	if err := j.Documents().Nettoyer(t.Context()); err != nil {
		t.Fatal(err)
	}
	var n int
	if err := j.lecteur.QueryRow("SELECT count(*) FROM morceaux").Scan(&n); err != nil || n != 0 {
		t.Errorf("%d left, %v", n, err)
	}
}

// A journal copied event by event into another store is the same chain.
func TestCopier(t *testing.T) {
	src, dst := ouvrir(t), journal.NewMemoire(nil)
	remplir(t, src)
	for range 2 {
		h, err := journal.Copier(t.Context(), dst, src)
		if err != nil {
			t.Fatal(err)
		}
		if o, err := src.Tete(t.Context()); err != nil || o != h {
			t.Errorf("%+v, %+v, %v", o, h, err)
		}
	}
	if _, err := journal.Verifier(t.Context(), dst, nil); err != nil {
		t.Error(err)
	}
	retour := ouvrir(t)
	if _, err := journal.Copier(t.Context(), retour, dst); err != nil {
		t.Error(err)
	}
	if r, err := journal.Verifier(t.Context(), retour, nil); err != nil || r.Objets != 4 {
		t.Errorf("%+v, %v", r, err)
	}
}
