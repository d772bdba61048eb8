package vecteurs_test

import (
	"context"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/examples/conformite/kit"
	"github.com/scor-sdk/scor-sdk-go/examples/conformite/sdk"
	"github.com/scor-sdk/scor-sdk-go/examples/conformite/vecteurs"
)

func ouvrir(t *testing.T) []*kit.Vecteur {
	t.Helper()
	l, err := kit.Open(vecteurs.FS)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func decrire(r kit.Resultat) string {
	var b strings.Builder
	b.WriteString(string(r.Verdict) + " " + r.Erreur)
	for _, e := range r.Ecarts {
		b.WriteString("\n  " + e.Chemin + ": " + e.Message)
	}
	b.WriteString("\n  answer: " + kit.Texte(r.Reponse))
	return b.String()
}

// The SDK answers each vector as expected; and each value that a vector expects is looked at: changed, the same answer
// fails. A vector that nothing can fail judges nobody.
func TestSDK(t *testing.T) {
	resultats, err := kit.Jouer(t.Context(), ouvrir(t), sdk.New(), kit.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range resultats {
		if r.Verdict != kit.Reussi {
			t.Errorf("%s: %s", r.Vecteur.ID, decrire(r))
			continue
		}
		for _, autre := range kit.Perturber(r.Vecteur.Attendu) {
			if len(kit.Comparer(autre, map[string]any(r.Reponse))) == 0 {
				t.Errorf("%s: the answer passes as well when this is expected: %s", r.Vecteur.ID, kit.Texte(autre))
			}
		}
	}
}

// No vector is passed by a program that knows nothing, whatever it says.
func TestVides(t *testing.T) {
	l := ouvrir(t)
	for _, s := range kit.Vides() {
		resultats, err := kit.Jouer(context.Background(), l, s, kit.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range resultats {
			if r.Verdict != kit.Echoue {
				t.Errorf("%s: %s by a subject that answers: %s", r.Vecteur.ID, r.Verdict, s.Nom())
			}
		}
	}
}

// All the vectors, against the SDK, on the processors there are.
func BenchmarkSDK(b *testing.B) {
	l, err := kit.Open(vecteurs.FS)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if resultats, err := kit.Jouer(b.Context(), l, sdk.New(), kit.Options{}); err != nil ||
			!kit.Compter(resultats).Conforme() {
			b.Fatal(err, kit.Compter(resultats))
		}
	}
	b.ReportMetric(float64(len(l)), "vectors/op")
}

// The set covers every family, with things to understand and things to see in each but the whole software's, which is
// judged by what it sends.
func TestEnsemble(t *testing.T) {
	n := map[string]map[kit.Nature]int{}
	l := ouvrir(t)
	for _, v := range l {
		if n[v.Famille] == nil {
			n[v.Famille] = map[kit.Nature]int{}
		}
		n[v.Famille][v.Nature]++
	}
	for _, f := range kit.Familles {
		if n[f][kit.Acceptation] == 0 || n[f][kit.Refus] == 0 && f != "logiciel" {
			t.Errorf("%s: %v", f, n[f])
		}
	}
	if len(l) < 200 {
		t.Errorf("%d vectors, at least 200 expected", len(l))
	}
}
