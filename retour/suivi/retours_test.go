package suivi

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// rsp has the caisse say something of an invoice.
func (b *banc) rsp(c fse.CleFacture, e noemie.Issue, motif string) {
	b.t.Helper()
	l := &lecture{s: b.Suivi, reception: &journal.Objet{Genre: journal.Reception, Cle: "test"},
		g: nouveauGeste(b.h.lire()), vus: map[journal.Ref]*journal.Objet{}}
	f := noemie.Reponse{Cle: noemie.CleDe(c), Etat: e}
	if motif != "" {
		f.Motifs = []noemie.Motif{{Code: "1234", Libelle: motif}}
	}
	if err := l.factureRSP(b.t.Context(), &f); err != nil {
		b.t.Fatal(err)
	}
	if err := b.ecrire(b.t.Context(), l.g); err != nil {
		b.t.Fatal(err)
	}
}

// A refused lot whose every piece is at fault: each says why, and can be scanned again.
func TestToutesLesPiecesFautives(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(r *envoiRecu) [][]byte {
		if len(b.f.envois) > 1 {
			return b.f.arl(r, true)
		}
		k := r.pieces.Lots[0]
		return [][]byte{b.f.unARL(scor.FluxPieces, r.pieces.Emetteur.Numero, k.Numero, k.Date, r.compo, false, "",
			map[string]string{"P1-0": "2001"})}
	}
	f := b.lot(1, 1)
	b.jusquAuRepos()
	l := b.lignes()
	if len(l) != 1 || l[0].Genre != journal.Piece || !strings.Contains(l[0].Conseil, "Numériser à nouveau") {
		t.Fatalf("%+v", l)
	}
	if _, err := b.DeposerPiece(t.Context(), document("P1-0", f.Lots[0].Factures[0].Cle, "better")); err != nil {
		t.Fatal(err)
	}
	b.jusquAuRepos()
	if b.situations()[1000] != Acquittee {
		t.Error(b.situations())
	}
	b.verifier()
}

// The first copy was received and its ARL lost: of the second the frontal says that it has the lot already.
func TestDejaRecu(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(r *envoiRecu) [][]byte {
		if len(b.f.envois) == 1 {
			return nil
		}
		k := r.pieces.Lots[0]
		return [][]byte{b.f.unARL(scor.FluxPieces, r.pieces.Emetteur.Numero, k.Numero, k.Date, r.compo, false, "1003", nil)}
	}
	b.lot(1, 1)
	b.jusquAuRepos()
	b.h.avancer(63 * time.Hour)
	b.jusquAuRepos()
	if len(b.f.envois) != 2 || b.situations()[1000] != Acquittee {
		t.Errorf("%d sendings, %v", len(b.f.envois), b.situations())
	}
	b.verifier()
}

// A message that stays unreadable when it is read again asks for a person again, and the rounds come to rest.
func TestRelireEnVain(t *testing.T) {
	b := nouveauBanc(t)
	b.f.poster(b.f.mail("?", "?", []byte("?")))
	b.jusquAuRepos()
	b.agir(journal.Reception, b.lignes()[0].Cle, ActionRelire, Decision{})
	b.jusquAuRepos()
	if p, err := b.Prochaine(t.Context()); err != nil || !p.IsZero() {
		t.Errorf("something to do at %v, %v", p, err)
	}
	if l := b.lignes(); len(l) != 1 || l[0].Genre != journal.Reception {
		t.Errorf("%+v", l)
	}
	b.verifier()
}

// A payment doesn't make a missing piece come: the caisse may claim the money back.
func TestPayeeSansSaPiece(t *testing.T) {
	for nom, avant := range map[string]bool{"before the pieces are looked at": true, "after": false} {
		t.Run(nom, func(t *testing.T) {
			b := nouveauBanc(t, func(c *Config) {
				c.Exigences = func(*fse.Facture) []scor.Exigence {
					return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.Requise}}
				}
			})
			f := factures(t, 1, 1)
			k := f.Lots[0].Factures[0].Cle
			b.deposer(f)
			if avant {
				b.rsp(k, noemie.Paye, "")
			}
			b.accepter(f, true)
			b.jusquAuRepos()
			if !avant {
				b.rsp(k, noemie.Differe, "")
				b.rsp(k, noemie.Paye, "")
			}
			l := b.lignes()
			if len(l) != 1 || l[0].Genre != journal.Facture || !strings.Contains(l[0].Quoi, "ordonnance") ||
				b.situations()[1000] != PieceManquante {
				t.Fatalf("%+v, %v", l, b.situations())
			}
			b.piece("P1", k)
			b.jusquAuRepos()
			if l := b.lignes(); len(l) != 0 || b.situations()[1000] != Acquittee {
				t.Errorf("%+v, %v", l, b.situations())
			}
			b.verifier()
		})
	}
}

// That no piece is needed is remembered when the lot is looked at again.
func TestSansObjetEstRetenu(t *testing.T) {
	b := nouveauBanc(t, func(c *Config) {
		c.Exigences = func(*fse.Facture) []scor.Exigence {
			return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.Requise}}
		}
	})
	f := factures(t, 1, 2)
	b.deposer(f)
	b.accepter(f, true)
	b.jusquAuRepos()
	b.agir(journal.Facture, cleFacture(f.Lots[0].Factures[0].Cle), ActionSansObjet, Decision{})
	b.piece("P1", f.Lots[0].Factures[1].Cle)
	b.jusquAuRepos()
	if l := b.lignes(); len(l) != 0 {
		t.Errorf("%+v", l)
	}
	b.verifier()
}

// Rejected, then paid with a notice: the last word counts. A double changes nothing.
func TestRejeteePuisSignalee(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 1)
	k := f.Lots[0].Factures[0].Cle
	b.deposer(f)
	b.rsp(k, noemie.Rejete, "DROITS FERMES")
	b.rsp(k, noemie.Signale, "TAUX RECTIFIE")
	if e := b.etat(journal.Facture, cleFacture(k)); e != journal.Signale {
		t.Error(e)
	}
	b.rsp(k, noemie.Rejete, "DROITS FERMES")
	b.rsp(k, noemie.Paye, "")
	o, _ := journal.Trouver(t.Context(), b.journal, journal.Facture, cleFacture(k))
	if o.Etat != journal.Paye || o.Motif != "" {
		t.Errorf("%s %q", o.Etat, o.Motif)
	}
	b.rsp(k, noemie.Paye, "")
	if p, _ := journal.Trouver(t.Context(), b.journal, journal.Facture, cleFacture(k)); p.Version != o.Version {
		t.Error("a double was written")
	}
	// Billed again and paid after all, even with a notice.
	g := refaire(f, t, 2)
	b.rsp(k, noemie.Rejete, "X")
	b.deposer(g)
	b.rsp(k, noemie.Signale, "TAUX RECTIFIE")
	if l := b.lignes(); len(l) != 1 || l[0].Urgence != journal.Urgent {
		t.Errorf("%+v", l)
	}
}

// What a caisse writes freely may hold a NIR: neither the journal nor the synthesis does.
func TestNIRDansUnLibelle(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 1)
	b.deposer(f)
	b.rsp(f.Lots[0].Factures[0].Cle, noemie.Rejete, "ASSURE 1 85 05 78 006 084 91 INCONNU, 2850578006084")
	for e, err := range b.journal.Rejouer(t.Context(), 0) {
		if err != nil {
			t.Fatal(err)
		}
		if bytes.Contains(e.Donnees, []byte("006 084")) || bytes.Contains(e.Donnees, []byte("578006084")) {
			t.Errorf("%s", e.Donnees)
		}
	}
}

// Lots that the host sends itself don't wait for ever for their ARL.
func TestLotDeLHoteSansReponse(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 1)
	b.deposer(f)
	b.h.avancer(9 * 24 * time.Hour)
	b.jusquAuRepos()
	if l := b.lignes(); len(l) != 1 || l[0].Genre != journal.LotFactures {
		t.Errorf("%+v", l)
	}
	b.accepter(f, true)
	b.jusquAuRepos()
	if l := b.lignes(); len(l) != 0 {
		t.Errorf("%+v", l)
	}
	b.verifier()
}

// A message that also carries a dissolved lot doesn't leave again: that lot's pieces would go twice, or in two modes.
func TestMessageAvecUnLotDissous(t *testing.T) {
	b := nouveauBanc(t, func(c *Config) {
		c.Profil.Limites.PairesParLot, c.Profil.Limites.LotsParMessage = 1, 5
	})
	b.f.repondre = func(r *envoiRecu) [][]byte {
		if len(r.pieces.Lots) == 1 {
			return b.f.arl(r, true)
		}
		return b.f.arl(r, false)[:1]
	}
	b.lot(1, 2)
	b.jusquAuRepos()
	s := b.lotsScor()
	if len(s) != 2 || len(b.f.envois) != 1 {
		t.Fatal(s)
	}
	b.agir(journal.LotScor, s[0], ActionPapier, Decision{})
	b.h.avancer(63 * time.Hour)
	b.jusquAuRepos()
	if len(b.f.envois) != 1 {
		t.Error("a piece on paper was sent")
	}
	b.agir(journal.LotScor, s[1], ActionReconstituer, Decision{})
	b.jusquAuRepos()
	if len(b.f.envois) != 2 || len(b.f.envois[1].pieces.Lots) != 1 {
		t.Errorf("%d sendings", len(b.f.envois))
	}
	b.verifier()
}

// An ARL that tells neither the kind of lot nor the message, when an invoices' lot and a SCOR lot have the same number
// and day: the one that waits for it has it; when both do, a person decides.
func TestARLAmbigu(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(*envoiRecu) [][]byte { return nil }
	b.lot(7, 1)
	b.jusquAuRepos()
	c, err := lireCleLotScor(b.lotsScor()[0])
	if err != nil {
		t.Fatal(err)
	}
	meme := factures(t, c.Numero, 1)
	b.deposer(meme)
	lire := func() *journal.Objet {
		t.Helper()
		l := &lecture{s: b.Suivi, vus: map[journal.Ref]*journal.Objet{}}
		o, err := l.lotDeARL(t.Context(), &retour.ARL{Lot: c, Positif: true})
		if err != nil {
			t.Fatal(err)
		}
		return o
	}
	if o := lire(); o != nil {
		t.Errorf("taken for the answer to %s %s", o.Genre, o.Cle)
	}
	b.f.poster(b.f.arl(&b.f.envois[0], true)[0])
	b.jusquAuRepos()
	if o := lire(); o == nil || o.Genre != journal.LotFactures {
		t.Errorf("%+v", o)
	}
}
