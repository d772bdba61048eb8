package sqlite

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
)

// Two programs on one file: neither folds on what it remembers when the other wrote since.
func TestDeuxEcrivains(t *testing.T) {
	ctx, chemin := t.Context(), filepath.Join(t.TempDir(), "suivi.db")
	a, err := Open(ctx, chemin)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	b, err := Open(ctx, chemin)
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	ecrire := func(j *Journal, version uint64, ty journal.Type, c journal.Champs) error {
		return j.Ajouter(ctx, []journal.Evenement{journaltest.Ev(journal.Message, "M", version, ty, c)})
	}
	if err := ecrire(a, 1, journal.Reserver, journal.Champs{Sujet: "a"}); err != nil {
		t.Fatal(err)
	}
	if err := ecrire(b, 2, journal.Composer, journal.Champs{Empreinte: "00", Relais: "b"}); err != nil {
		t.Fatal(err)
	}
	if err := ecrire(a, 2, journal.Composer, journal.Champs{Empreinte: "01"}); !errors.Is(err, journal.ErrConflit) {
		t.Errorf("a wrote over what b wrote: %v", err)
	}
	if err := ecrire(a, 3, journal.Tenter, journal.Champs{}); err != nil {
		t.Fatal(err)
	}
	if err := ecrire(b, 4, journal.Remettre, journal.Champs{Reponse: "250"}); err != nil {
		t.Fatal(err)
	}
	if r, err := journal.Verifier(ctx, a, nil); err != nil || r.Evenements != 4 {
		t.Errorf("%+v, %v", r, err)
	}
	o, err := journal.Trouver(ctx, a, journal.Message, "M")
	if err != nil || o.Etat != journal.Transmis || o.Sujet != "a" || o.Relais != "b" || o.Reponse != "250" {
		t.Errorf("%+v, %v", o, err)
	}
}

// More objects than are remembered, changed twice: what is forgotten is read again.
func TestPlusQueConnus(t *testing.T) {
	j := ouvrir(t)
	for v, ty := range []journal.Type{journal.Reserver, journal.Composer, journal.Tenter} {
		for de := 0; de < connusMax+500; de += 500 {
			var evs []journal.Evenement
			for i := range 500 {
				evs = append(evs, journaltest.Ev(journal.Message, journaltest.Cle(de+i), uint64(v+1), ty,
					journal.Champs{Empreinte: "00", Echeance: int64(v)}))
			}
			if err := j.Ajouter(t.Context(), evs); err != nil {
				t.Fatal(err)
			}
			if len(j.connus.objets) > connusMax {
				t.Fatalf("%d objects remembered", len(j.connus.objets))
			}
		}
	}
	if _, err := journal.Verifier(t.Context(), j, nil); err != nil {
		t.Error(err)
	}
}
