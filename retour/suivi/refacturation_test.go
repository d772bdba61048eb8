package suivi

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// refaire bills the invoices of f again, under the numbers of another lot.
func refaire(f *fse.Fichier, t testing.TB, numero int) *fse.Fichier {
	g := factures(t, numero, len(f.Lots[0].Factures))
	for i := range g.Lots[0].Factures {
		k := g.Lots[0].Factures[i].Cle
		g.Lots[0].Factures[i] = f.Lots[0].Factures[i]
		g.Lots[0].Factures[i].Cle = k
		g.Lots[0].Factures[i].Cle.Numero += 500
	}
	return g
}

// The invoice is billed again while its piece is on its way: whatever the answer, the piece follows, and nothing more
// leaves under the old number.
func TestRefactureePendantLEnvoi(t *testing.T) {
	for nom, positif := range map[string]bool{"accepted": true, "refused": false} {
		t.Run(nom, func(t *testing.T) {
			b := nouveauBanc(t)
			b.f.repondre = func(*envoiRecu) [][]byte { return nil }
			f := b.lot(1, 1)
			b.jusquAuRepos()
			g := refaire(f, t, 2)
			b.deposer(g)
			if err := b.Relier(t.Context(), f.Lots[0].Factures[0].Cle, g.Lots[0].Factures[0].Cle, Decision{}); err != nil {
				t.Fatal(err)
			}
			b.accepter(g, true)
			b.f.repondre = nil
			b.f.poster(b.f.arl(&b.f.envois[0], positif)[0])
			b.jusquAuRepos()
			if !positif {
				b.agir(journal.LotScor, b.lotsScor()[0], ActionReconstituer, Decision{})
				b.jusquAuRepos()
			}
			if d := cmp.Diff(map[int]Situation{1000: Refacturee, 1500: Acquittee}, b.situations()); d != "" {
				t.Error(d)
			}
			if n := len(b.f.envois); n != 2 || b.f.envois[1].pieces.Lots[0].Paires[0].Facture.Cle.Numero != 1500 {
				t.Errorf("%d sendings", n)
			}
			b.verifier()
		})
	}
}

// A host that gives everything again, or a late piece, under the number that the invoice had, is understood.
func TestPieceSousLAncienNumero(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 2)
	b.deposer(f)
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	b.accepter(f, false)
	b.jusquAuRepos()
	g := refaire(f, t, 2)
	b.deposer(g)
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	b.piece("P2", f.Lots[0].Factures[1].Cle)
	b.accepter(g, true)
	b.jusquAuRepos()
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	if d := cmp.Diff(map[int]Situation{1000: Refacturee, 1001: Refacturee, 1500: Acquittee, 1501: Acquittee},
		b.situations()); d != "" {
		t.Error(d)
	}
	b.verifier()
}

// The same for a piece that a person linked to the right invoice.
func TestPieceReliee(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 2)
	b.deposer(f)
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	b.agir(journal.Piece, "P1", ActionRelier, Decision{Facture: f.Lots[0].Factures[1].Cle})
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	if o, _ := journal.Trouver(t.Context(), b.journal, journal.Piece,
		"P1"); o.Parent != cleFacture(f.Lots[0].Factures[1].Cle) {
		t.Errorf("the piece went back to %s", o.Parent)
	}
	b.verifier()
}

// Without an invoice to be replaced by, none is replaced.
func TestRelierARien(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 1)
	b.deposer(f)
	if err := b.Relier(t.Context(), f.Lots[0].Factures[0].Cle, fse.CleFacture{}, Decision{}); !errors.Is(err,
		ErrFactureAbsente) {
		t.Error(err)
	}
	if e := b.etat(journal.Facture, cleFacture(f.Lots[0].Factures[0].Cle)); e != journal.Enregistre {
		t.Error(e)
	}
}

// The same act on the same patient another day is another invoice, not the old one billed again.
func TestAutreJourAutreFacture(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 1)
	b.deposer(f)
	b.accepter(f, false)
	b.jusquAuRepos()
	g := refaire(f, t, 2)
	var err error
	if g.Lots[0].Factures[0].Date, err = fse.NewDate(2026, 3, 4); err != nil {
		t.Fatal(err)
	}
	b.deposer(g)
	if s := b.situations(); s[1000] != LotRefuse {
		t.Error(s)
	}
}

// A lot that differs by a NIR alone is another content.
func TestLotQuiDiffereParLeNIR(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 1)
	b.deposer(f)
	g := factures(t, 1, 1)
	var err error
	if g.Lots[0].Factures[0].Assure, err = fse.ParseNIR("1300199100777", ""); err != nil {
		t.Fatal(err)
	}
	if _, err := b.DeposerLots(t.Context(), g); !errors.Is(err, ErrLotDifferent) {
		t.Error(err)
	}
}

// A series' piece that the caisse hasn't got goes again as an image, not as a reference to itself; another waits for
// it.
func TestSerieReclamee(t *testing.T) {
	b := nouveauBanc(t, referenceAdmise)
	f := factures(t, 1, 1)
	f.Lots[0].Factures[0].Serie = "S"
	b.deposer(f)
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	b.accepter(f, true)
	b.jusquAuRepos()
	b.agir(journal.Piece, "P1", ActionReclamee, Decision{})
	b.jusquAuRepos()
	if n := len(b.f.envois); n != 2 || b.f.envois[1].pieces.Lots[0].Paires[0].Piece.ID != "P1" {
		t.Errorf("%d sendings", n)
	}
	b.verifier()
}

// Two invoices of a series in one lot: the reference follows once the first piece is acknowledged, and nobody has to do
// anything.
func TestSerieDansUnLot(t *testing.T) {
	b := nouveauBanc(t, referenceAdmise)
	f := factures(t, 1, 2)
	for i := range f.Lots[0].Factures {
		f.Lots[0].Factures[i].Serie, f.Lots[0].Factures[i].Assure = "S", f.Lots[0].Factures[0].Assure
	}
	b.deposer(f)
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	b.accepter(f, true)
	b.jusquAuRepos()
	if d := cmp.Diff(map[int]Situation{1000: Acquittee, 1001: Acquittee}, b.situations()); d != "" {
		t.Error(d)
	}
	if n := len(b.f.envois); n != 2 || b.f.envois[1].pieces.Lots[0].Paires[0].Piece.Reference != "P1" {
		t.Errorf("%d sendings", n)
	}
	b.verifier()
}
