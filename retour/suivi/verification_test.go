package suivi

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// A check announced while a period runs, or twice, says what is running and changes nothing; once the period is over it
// is noted, even if no round has concluded it yet.
func TestControlePendantLaVerification(t *testing.T) {
	b := nouveauBanc(t)
	b.lot(1, 1)
	b.jusquAuRepos()
	avant, _ := journal.Trouver(t.Context(), b.journal, journal.Cabinet, cleVerification)
	err := b.AnnoncerControle(t.Context(), b.h.lire().AddDate(0, 0, 10), Decision{})
	var et *journal.ErreurTransition
	if !errors.Is(err, ErrVerificationEnCours) || errors.As(err, &et) || !strings.Contains(err.Error(),
		"from 2026-03-02 to 2026-05-31") {
		t.Error(err)
	}
	if apres, _ := journal.Trouver(t.Context(), b.journal, journal.Cabinet, cleVerification); !apres.Egal(&avant) {
		t.Errorf("%+v", apres)
	}
	b.h.avancer(91 * 24 * time.Hour)
	if err := b.AnnoncerControle(t.Context(), b.h.lire().AddDate(0, 0, 10), Decision{}); err != nil {
		t.Fatal(err)
	}
	if l := b.lignes(); len(l) != 1 || !strings.Contains(l[0].Quoi, "peut être détruit") {
		t.Errorf("%+v", l)
	}
	b.agir(journal.Cabinet, cleVerification, ActionVu, Decision{})
	if l := b.lignes(); len(l) != 0 {
		t.Errorf("%+v", l)
	}
	if e := b.etat(journal.LotScor, b.lotsScor()[0]); e != journal.Clos {
		t.Error(e)
	}
	if err := b.AnnoncerControle(t.Context(), b.h.lire().AddDate(0, 0, 20), Decision{}); !errors.Is(err,
		ErrVerificationEnCours) {
		t.Error(err)
	}
	b.verifier()
}
