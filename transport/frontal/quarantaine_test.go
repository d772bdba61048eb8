package frontal_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/transport"
	"github.com/scor-sdk/scor-sdk-go/transport/frontal"
	"github.com/scor-sdk/scor-sdk-go/transport/transporttest"
)

// Between two answers comes one that nothing can be made of: it's set aside with
// its reason, and the others are taken.
func TestMessageEmpoisonne(t *testing.T) {
	f := demarrer(t, frontal.Config{Scenario: scenario(t, "regles:\n- {quand: {sujet: '/00002$'}, reponses: [charabia]}")})
	for n := 1; n <= 3; n++ {
		if err := envoyer(t, f, message(f, n, b2(n, n), n)); err != nil {
			t.Fatal(err)
		}
	}
	q := transport.Quarantaine{Dossier: t.TempDir()}
	m := &transporttest.Memoire{Juger: func(_ *transport.MessageReleve, contenu string) (transport.Verdict, error) {
		recu, err := transport.Open(t.Context(), strings.NewReader(contenu), nil)
		if err != nil {
			return transport.Laisser, err
		}
		for p, err := range recu.Parties() {
			if err != nil {
				return transport.Laisser, err
			}
			if _, err := io.Copy(io.Discard, p); err != nil {
				return transport.Laisser, err
			}
		}
		return transport.Garder, nil
	}}
	r := &ecarteAussi{Memoire: m, q: q}
	bilan, err := transport.Relever(t.Context(), boite(f), r)
	if err != nil || bilan.Pris != 2 || bilan.Ecartes != 1 || f.EnAttente(cabinet) != 0 || r.ecarte == nil {
		t.Fatalf("%+v, %v", bilan, err)
	}
	fichier := q.Fichier(r.ecarte.Identite)
	raison, err := os.ReadFile(strings.TrimSuffix(fichier, ".eml") + ".txt")
	if err != nil || !strings.Contains(string(raison), "malformed message: part 1") || !strings.Contains(string(raison),
		fmt.Sprintf("%q", r.ecarte.ID)) {
		t.Errorf("reason: %s, %v", raison, err)
	}
	eml, err := os.ReadFile(fichier)
	if err != nil || !strings.Contains(string(eml), "Subject: =?charabia?=\r\n") {
		t.Errorf("kept: %s, %v", eml, err)
	}
}

// ecarteAussi sets aside in a folder as well.
type ecarteAussi struct {
	*transporttest.Memoire
	q      transport.Quarantaine
	ecarte *transport.MessageReleve
}

func (e *ecarteAussi) Ecarter(ctx context.Context, m *transport.MessageReleve, raison error) error {
	e.ecarte = m
	return errors.Join(e.Memoire.Ecarter(ctx, m, raison), e.q.Ecarter(ctx, m, raison))
}
