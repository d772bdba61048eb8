package signature_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/scor/s3404/signature"
)

func jamais(context.Context, signature.Signature) (e scor.Empreinte, err error) {
	return e, errors.New("used before the time to take it back had passed")
}

// TestReprendre protects from a slip: within the delay a signature can be taken back, and nothing leaves meanwhile;
// afterwards another one is given, and the first leaves a trace without strokes.
func TestReprendre(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		m := new(signature.Memoire)
		var actions []string
		r := signature.New(m, signature.WithDelai(20*time.Second),
			signature.WithTrace(func(a signature.Acces) { actions = append(actions, a.Action) }))
		doc := document("lot", "%PDF a")
		id := presenter(t, r, doc)
		signer := func(cle string) {
			t.Helper()
			if _, err := r.Signer(t.Context(), id, claire, demande(doc, cle)); err != nil {
				t.Fatal(err)
			}
		}
		signer(cle1)
		debut := time.Now()
		if _, err := r.Utiliser(t.Context(), id, jamais); !errors.Is(err, signature.ErrDelai) {
			t.Fatal(err)
		}
		if v, err := r.Situation(id); err != nil || !v.Reprenable.Equal(v.Recu.Quand.Add(20*time.Second)) {
			t.Errorf("%+v %v", v.Reprenable, err)
		}
		if err := r.Reprendre(t.Context(), id, signature.Signataire{ID: "s2", Nom: "Autre"}, ""); !errors.Is(err,
			signature.ErrAutre) {
			t.Errorf("another signer: %v", err)
		}
		if err := r.Reprendre(t.Context(), id, claire, "mauvais lot"); err != nil {
			t.Fatal(err)
		}
		if err := r.Reprendre(t.Context(), id, claire, ""); !errors.Is(err, signature.ErrNonSigne) {
			t.Errorf("twice: %v", err)
		}
		annulees, err := r.Annulations(t.Context(), id)
		if err != nil || len(annulees) != 1 || annulees[0].Motif != "mauvais lot" || annulees[0].Recu.Lien.IsZero() ||
			annulees[0].Par != "s1" {
			t.Fatalf("%+v %v", annulees, err)
		}
		signer(cle2)
		if _, err := r.Attendre(t.Context(), id); err != nil || time.Since(debut) < 20*time.Second {
			t.Errorf("after %s: %v", time.Since(debut), err)
		}
		if v, _ := r.Situation(id); !v.Reprenable.IsZero() {
			t.Error("still to be taken back")
		}
		if _, err := r.Utiliser(t.Context(), id, func(context.Context, signature.Signature) (scor.Empreinte,
			error) {
			return scor.Empreinte{1}, nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := r.Reprendre(t.Context(), id, claire, ""); !errors.Is(err, signature.ErrDejaUtilisee) {
			t.Errorf("after its use: %v", err)
		}
		if n := bytes.Count([]byte(join(actions)), []byte("reprendre")); n != 4 {
			t.Errorf("%v: each try is traced", actions)
		}
	})
}

func join(s []string) (t string) {
	for _, x := range s {
		t += x + " "
	}
	return t
}

// TestReprendreRefus protects from a refusal by mistake: it can be taken back, also by a later run of the program, by
// the signer or the host.
func TestReprendreRefus(t *testing.T) {
	m := new(signature.Memoire)
	doc := document("lot", "%PDF a")
	for i, reprendre := range []func(*signature.Registre, string) error{
		func(r *signature.Registre, id string) error { return r.Reprendre(t.Context(), id, claire, "") },
		func(r *signature.Registre, id string) error {
			return r.Annuler(t.Context(), id, signature.Annulation{Par: "facturation", Motif: "erreur"})
		},
	} {
		r := signature.New(m)
		id := presenter(t, r, doc)
		if err := r.Refuser(t.Context(), id, claire, "trompé de bouton"); err != nil {
			t.Fatal(err)
		}
		r = signature.New(m) // another run
		if presenter(t, r, doc) != id {
			t.Fatal("another document")
		}
		if _, err := r.Attendre(t.Context(), id); !errors.Is(err, signature.ErrRefuse) {
			t.Fatal(err)
		}
		if err := reprendre(r, id); err != nil {
			t.Fatal(err)
		}
		if v, err := r.Situation(id); err != nil || v.Etat != signature.ASigner || len(v.Etapes) != 0 {
			t.Errorf("%+v %v", v, err)
		}
		if a, err := r.Annulations(t.Context(), id); err != nil || len(a) != i+1 || a[i].Recu.Motif != "trompé de bouton" {
			t.Errorf("%+v %v", a, err)
		}
	}
}
