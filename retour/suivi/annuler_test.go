package suivi

import (
	"errors"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// A lot whose file carries another isn't offered to be cancelled, and whoever asks is told why; the file leaves as it
// was given.
func TestAnnulerUnLotDePlusieurs(t *testing.T) {
	b := nouveauBanc(t)
	f, brut := deuxLots(t, 1)
	if _, err := b.DeposerFlux(t.Context(), brut); err != nil {
		t.Fatal(err)
	}
	o, _ := journal.Trouver(t.Context(), b.journal, journal.LotFactures, cleLot(f.Lots[0].Cle))
	if l := b.Actions(&o); len(l) != 0 {
		t.Errorf("%+v", l)
	}
	err := b.Executer(t.Context(), Action{Nom: ActionAnnuler, Genre: o.Genre, Cle: o.Cle, Version: o.Version}, Decision{})
	if !errors.Is(err, ErrActionImpossible) {
		t.Error(err)
	}
	b.jusquAuRepos()
	if len(b.f.envois) != 1 || len(b.f.envois[0].factures.Lots) != 2 {
		t.Errorf("%d sendings", len(b.f.envois))
	}
	b.verifier()
}
