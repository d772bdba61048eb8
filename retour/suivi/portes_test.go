package suivi

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// What can't be followed is refused at the door, and nothing of it is kept: a lot without invoice, an invoice that
// names another lot, a file that lost its end. One that the host sent itself is followed all the same.
func TestFichiersQuiNeSeSuiventPas(t *testing.T) {
	b := nouveauBanc(t)
	vide, autre := factures(t, 1, 0), factures(t, 2, 2)
	autre.Lots[0].Factures[1].Cle.Lot.Numero = 3
	_, entier := deuxLots(t, 1)
	coupe := entier[:bytes.LastIndex(entier, []byte("999"))]
	for nom, x := range map[string]struct {
		deposer func() (*Depot, error)
		err     error
	}{
		"no invoice":  {func() (*Depot, error) { return b.DeposerLots(t.Context(), vide) }, ErrLotVide},
		"another lot": {func() (*Depot, error) { return b.DeposerLots(t.Context(), autre) }, ErrAutreLot},
		"cut off":     {func() (*Depot, error) { return b.DeposerFlux(t.Context(), coupe) }, ErrB2SansFin},
	} {
		if _, err := x.deposer(); !errors.Is(err, x.err) {
			t.Errorf("%s: %v", nom, err)
		}
	}
	if tete, err := b.journal.Tete(t.Context()); err != nil || tete.Seq != 0 {
		t.Errorf("%d events, %v", tete.Seq, err)
	}
	if d, err := b.DeposerFlux(t.Context(), coupe, WithDejaTransmis()); err != nil || d.Nouveaux == 0 {
		t.Errorf("sent already: %+v, %v", d, err)
	}
}

// A lot that a person cancelled, given again by a host that gives every file again, stays cancelled and says so.
func TestLotAnnuleDonneANouveau(t *testing.T) {
	b := nouveauBanc(t)
	var brut bytes.Buffer
	f := factures(t, 1, 1)
	x := &f.Lots[0].Factures[0]
	x.Actes = []fse.Acte{{Code: "PH7", Date: x.Date, Executant: "123456789", Montant: x.Total, Quantite: 1}}
	if err := b2.WriteFichier(b2.NewWriter(&brut), f); err != nil {
		t.Fatal(err)
	}
	if d, err := b.DeposerFlux(t.Context(), brut.Bytes()); err != nil || d.Annules != 0 || d.Nouveaux != 1 {
		t.Fatalf("%+v, %v", d, err)
	}
	b.agir(journal.LotFactures, cleLot(f.Lots[0].Cle), ActionAnnuler, Decision{})
	d, err := b.DeposerFlux(t.Context(), brut.Bytes())
	if err != nil || d.Annules != 1 || d.Nouveaux != 0 {
		t.Errorf("%+v, %v", d, err)
	}
}

// A lot refused by the caisse asks for nothing more once each of its invoices was billed again; an ARL+ that comes late
// is still told.
func TestLotRefuseToutRefacture(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 2)
	b.deposer(f)
	b.accepter(f, false)
	b.jusquAuRepos()
	g := refaire(f, t, 2)
	reste := *g
	reste.Lots = []fse.Lot{g.Lots[0]}
	reste.Lots[0].Factures = g.Lots[0].Factures[:1]
	b.deposer(&reste)
	if l := b.lignes(); len(l) != 1 || l[0].Cle != cleLot(f.Lots[0].Cle) {
		t.Errorf("one of two billed again: %+v", l)
	}
	h := refaire(f, t, 3)
	h.Lots[0].Factures = h.Lots[0].Factures[1:]
	b.deposer(h)
	if l := b.lignes(); len(l) != 0 {
		t.Errorf("all billed again: %+v", l)
	}
	b.accepter(f, true)
	b.jusquAuRepos()
	if l := b.lignes(); len(l) != 1 || l[0].Urgence != journal.Urgent {
		t.Errorf("accepted after all: %+v", l)
	}
	b.verifier()
}

// A piece given for an invoice that the caisse rejected already: the call says so.
func TestPieceDUneFactureRejetee(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 1)
	b.deposer(f)
	b.accepter(f, true)
	b.jusquAuRepos()
	b.rsp(f.Lots[0].Factures[0].Cle, noemie.Rejete, "DROITS FERMES")
	b.jusquAuRepos()
	a, err := b.DeposerPiece(t.Context(), document("P1", f.Lots[0].Factures[0].Cle, "P1"))
	if err != nil || a.Attente != AttendRejetee || a.Phrase == "" {
		t.Errorf("%+v, %v", a, err)
	}
}

// coffreFerme is a Coffre that doesn't give one document back: no right to read it, a disk or a network that fails.
type coffreFerme struct {
	Coffre
	ferme [32]byte
}

var errFerme = errors.New("permission denied")

func (c *coffreFerme) Open(ctx context.Context, e [32]byte) (io.ReadCloser, error) {
	if e == c.ferme {
		return nil, errFerme
	}
	return c.Coffre.Open(ctx, e)
}

// A document that can't be read, and isn't known to be altered, keeps its message; a person is told what to mend, and
// the message leaves by itself afterwards.
func TestDocumentIllisible(t *testing.T) {
	var k *coffreFerme
	b := nouveauBanc(t, func(c *Config) {
		k = &coffreFerme{Coffre: c.Coffre}
		c.Coffre = k
	})
	f := factures(t, 1, 2)
	b.deposer(f)
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	b.piece("P2", f.Lots[0].Factures[1].Cle)
	k.ferme = document("P1", fse.CleFacture{}, "P1").Empreinte
	b.accepter(f, true)
	for range 3 {
		if _, err := b.Avancer(t.Context()); err != nil && !errors.Is(err, errFerme) {
			t.Fatal(err)
		}
		b.h.avancer(20 * time.Minute)
	}
	if l := b.lignes(); len(l) != 1 || l[0].Genre != journal.Message ||
		!strings.Contains(l[0].Quoi, "ne peut pas être lu") {
		t.Fatalf("%+v", l)
	}
	k.ferme = [32]byte{}
	b.h.avancer(20 * time.Minute)
	b.jusquAuRepos()
	if l := b.lignes(); len(l) != 0 || b.etat(journal.Piece, "P1") != journal.ARLPositif {
		t.Errorf("%+v, %s", l, b.etat(journal.Piece, "P1"))
	}
}

// Steps that nobody takes, or that fail each time, are told after a day, and no more once they are taken.
func TestEtapesEnRetard(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 1)
	b.deposer(f)
	retard := func() bool {
		y, err := b.Synthese(t.Context(), Filtre{})
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range y.Remarques {
			if strings.Contains(r, "en retard depuis") {
				return true
			}
		}
		return false
	}
	b.h.avancer(8 * 24 * time.Hour) // the day on which the silence is told ended nine hours ago
	if retard() {
		t.Error("told at once")
	}
	b.h.avancer(25 * time.Hour)
	if !retard() {
		t.Error("not told")
	}
	b.jusquAuRepos()
	if retard() {
		t.Error("told after a round")
	}
}
