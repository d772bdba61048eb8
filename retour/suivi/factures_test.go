package suivi

import (
	"testing"
)

// What is kept of a lot is read back whole: what masks itself in JSON too, or its pieces would leave with stars.
func TestLotGardeRelu(t *testing.T) {
	b := nouveauBanc(t)
	l := factures(t, 1, 2).Lots[0]
	l.Factures[0].Naissance, l.Factures[0].RangNaissance = "450312", "1"
	empreinte, err := b.garderLot(t.Context(), &l)
	if err != nil {
		t.Fatal(err)
	}
	lu, err := b.lotFactures(t.Context(), empreinte)
	if err != nil {
		t.Fatal(err)
	}
	for i := range l.Factures {
		x, y := l.Factures[i], lu.Factures[i]
		if x.Naissance.Brut() != y.Naissance.Brut() || x.Assure != y.Assure || x.Total != y.Total {
			t.Errorf("invoice %d isn't what was kept", i)
		}
	}
	if empreinteLot(b.c.Coffre, lu) != empreinteLot(b.c.Coffre, &l) {
		t.Error("another content once read back")
	}
}
