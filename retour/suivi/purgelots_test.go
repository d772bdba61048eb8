package suivi

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/fse/b2"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// deuxLots is a B2 file of two lots of n invoices, and its bytes.
func deuxLots(t *testing.T, n int) (*fse.Fichier, []byte) {
	t.Helper()
	f, g := factures(t, 1, n), factures(t, 2, n)
	f.Lots = append(f.Lots, g.Lots...)
	for i := range f.Lots {
		for k := range f.Lots[i].Factures {
			fa := &f.Lots[i].Factures[k]
			fa.Cle.Numero += 100 * i
			fa.Cle.Lot = f.Lots[i].Cle
			fa.Actes = []fse.Acte{{Code: "AMK", Date: fa.Date, Montant: fa.Total}}
		}
	}
	var w bytes.Buffer
	z := b2.NewWriter(&w)
	if err := b2.WriteFichier(z, f); err != nil {
		t.Fatal(err)
	}
	return f, w.Bytes()
}

// coffreEnPanne can't remove one document: a crash between the trace and the removal.
type coffreEnPanne struct {
	Coffre
	panne string
}

func (c *coffreEnPanne) Supprimer(ctx context.Context, e [32]byte) error {
	if hex.EncodeToString(e[:]) == c.panne {
		return errors.New("down")
	}
	return c.Coffre.Supprimer(ctx, e)
}

func (b *banc) absent(quoi, empreinte string) {
	b.t.Helper()
	e, err := lireEmpreinte(empreinte)
	if err != nil {
		b.t.Fatal(quoi, err)
	}
	r, err := b.c.Coffre.Open(b.t.Context(), e)
	if err == nil {
		r.Close()
	}
	if !errors.Is(err, fs.ErrNotExist) {
		b.t.Errorf("%s is still there: %v", quoi, err)
	}
	if b.lus.chercher(empreinte) != nil {
		b.t.Errorf("%s is still in memory", quoi)
	}
}

func (b *banc) present(quoi, empreinte string) {
	b.t.Helper()
	e, err := lireEmpreinte(empreinte)
	if err != nil {
		b.t.Fatal(quoi, err)
	}
	if r, err := b.c.Coffre.Open(b.t.Context(), e); err != nil {
		b.t.Errorf("%s: %v", quoi, err)
	} else {
		r.Close()
	}
}

// The invoices of a lot go with it at the end of their retention, the file with the last of its lots; the traces stay,
// and say by which rule.
func TestPurgeDesLots(t *testing.T) {
	panne := &coffreEnPanne{}
	b := nouveauBanc(t, sansConservation, func(c *Config) { panne.Coffre, c.Coffre = c.Coffre, panne })
	f, brut := deuxLots(t, 2)
	if d, err := b.DeposerFlux(t.Context(), brut); err != nil || d.Nouveaux != 2 {
		t.Fatalf("%+v, %v", d, err)
	}
	for i := range f.Lots {
		for k := range f.Lots[i].Factures {
			b.piece("P"+chiffres(f.Lots[i].Factures[k].Cle.Numero), f.Lots[i].Factures[k].Cle)
		}
	}
	b.jusquAuRepos()
	un, _ := journal.Trouver(t.Context(), b.journal, journal.LotFactures, cleLot(f.Lots[0].Cle))
	deux, _ := journal.Trouver(t.Context(), b.journal, journal.LotFactures, cleLot(f.Lots[1].Cle))
	premier, err := b.journal.Evenement(t.Context(), un.Debut)
	if err != nil {
		t.Fatal(err)
	}
	source := premier.Champs.Source
	rejetee := f.Lots[1].Factures[0].Cle
	b.rsp(rejetee, noemie.Rejete, "PIECE ABSENTE")
	b.h.avancer(80 * 24 * time.Hour)
	if x, err := b.purger("professionnel"); err != nil || x.Lots != 0 {
		t.Errorf("before its time: %+v, %v", x, err)
	}
	b.h.avancer(120 * 24 * time.Hour)
	b.jusquAuRepos()

	panne.panne = un.Empreinte
	if _, err := b.purger("professionnel"); err == nil {
		t.Fatal("no error")
	}
	if e := b.etat(journal.LotFactures, un.Cle); e != journal.Purge {
		t.Error(e)
	}
	b.present("first lot, the program being down", un.Empreinte)
	panne.panne = ""
	if _, err := b.purger("professionnel"); err != nil {
		t.Fatal(err)
	}
	if e := b.etat(journal.LotFactures, un.Cle); e != journal.Purge {
		t.Fatal(e)
	}
	for o, err := range b.journal.Chercher(t.Context(), journal.Requete{Genre: journal.LotScor, Parent: un.Cle}) {
		if err != nil || o.Etat != journal.Purge {
			t.Error(o.Cle, o.Etat, err)
		}
	}
	b.absent("first lot", un.Empreinte)
	b.present("second lot", deux.Empreinte)
	b.present("file", source)
	if _, err := b.Verifier(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if s := b.situations(); s[1000] != Purgee || s[1100] != Rejetee {
		t.Error(s)
	}
	n, p, page := b.preuve(f.Lots[0].Factures[0].Cle)
	if n[preuvePieces] != 0 || len(p) != 0 || !strings.Contains(page, "Purgé à la fin de sa conservation") ||
		!strings.Contains(page, motifPurge) || !strings.Contains(page, un.Cle) {
		t.Error(n, p)
	}
	if _, err := b.DeposerPiece(t.Context(), document("P9", f.Lots[0].Factures[0].Cle, "P9")); !errors.Is(err,
		ErrLotPurge) {
		t.Error(err)
	}
	b.absent("late piece", document("P9", fse.CleFacture{}, "P9").Empreinte.String())
	if err := b.RefuserPiece(t.Context(), scor.Piece{ID: "P8", Type: scor.Ordonnance, Facture: f.Lots[0].Factures[0].Cle},
		"floue"); !errors.Is(err, ErrLotPurge) {
		t.Error(err)
	}
	if _, err := b.Document(t.Context(), "P1000"); !errors.Is(err, ErrDocumentPurge) {
		t.Error(err)
	}
	// An answer that comes again changes nothing.
	b.accepter(f, false)
	b.jusquAuRepos()

	b.agir(journal.Facture, cleFacture(rejetee), ActionClore, Decision{})
	if x, err := b.purger("professionnel"); err != nil || x.Lots != 1 || x.Pieces != 1 {
		t.Errorf("%+v, %v", x, err)
	}
	b.absent("second lot", deux.Empreinte)
	b.absent("file", source)
	if x, err := b.purger("professionnel"); err != nil || x.Lots+x.Pieces+x.Messages != 0 {
		t.Errorf("twice: %+v, %v", x, err)
	}
	// The same file again isn't kept.
	if d, err := b.DeposerFlux(t.Context(), brut); err != nil || d.Nouveaux != 0 {
		t.Errorf("%+v, %v", d, err)
	}
	b.absent("file given again", source)
	for e, err := range b.journal.Rejouer(t.Context(), 0) {
		for _, l := range f.Lots {
			for _, fa := range l.Factures {
				if err != nil || bytes.Contains(e.Donnees, []byte(fa.Assure.Numero())) {
					t.Fatalf("event %d: %v", e.Seq, err)
				}
			}
		}
	}
	b.verifier()
}

// A piece that comes for a lot while it is being purged keeps the lot.
func TestPieceArriveePendantLaPurge(t *testing.T) {
	j := &pendantAjouter{t: journal.Purger}
	b := nouveauBanc(t, sansConservation, func(c *Config) { j.Journal, c.Journal = c.Journal, j })
	f := b.lot(1, 1)
	b.jusquAuRepos()
	b.h.avancer(200 * 24 * time.Hour)
	b.jusquAuRepos()
	j.faire = func() { b.piece("P9", f.Lots[0].Factures[0].Cle) }
	if x, err := b.purger("professionnel"); err != nil || x.Lots != 0 {
		t.Errorf("%+v, %v", x, err)
	}
	b.jusquAuRepos()
	if e := b.etat(journal.Piece, "P9"); e != journal.ARLPositif {
		t.Error(e)
	}
	if _, err := b.Verifier(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

// What waits keeps its lot: a piece on its way, a missing one, a lot refused.
func TestLotsQuiRestent(t *testing.T) {
	b := nouveauBanc(t, sansConservation)
	b.deposer(factures(t, 1, 1)) // no answer at all
	g := factures(t, 2, 1)
	b.deposer(g)
	b.accepter(g, false)
	h := factures(t, 3, 1)
	b.deposer(h)
	b.piece("P3", h.Lots[0].Factures[0].Cle)
	b.accepter(h, true)
	b.f.repondre = func(*envoiRecu) [][]byte { return nil }
	b.jusquAuRepos()
	b.h.avancer(200 * 24 * time.Hour)
	b.jusquAuRepos()
	if x, err := b.purger("professionnel"); err != nil || x.Lots != 0 {
		t.Errorf("%+v, %v", x, err)
	}
	b.verifier()
}
