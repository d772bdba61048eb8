package suivi

import (
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// Two practitioners share a mailbox: whoever reads first leaves the other's answers there.
func TestBoitePartagee(t *testing.T) {
	surChaqueJournal(t, func(t *testing.T, stockage func(*Config)) {
		a := nouveauBanc(t, stockage)
		b := nouveauBanc(t, func(c *Config) {
			c.Emetteur.Numero = "00000987654321"
			c.Boites = []transport.Boite{a.f}
		})
		a.lot(1, 2)
		b.jusquAuRepos()
		if l := b.lignes(); len(l) != 0 {
			t.Errorf("the second practitioner is asked: %+v", l)
		}
		a.jusquAuRepos()
		for _, s := range a.situations() {
			if s != Acquittee {
				t.Errorf("the first one's invoice is %s", s)
			}
		}
		if len(a.f.boite) != 0 {
			t.Errorf("%d messages left", len(a.f.boite))
		}
	})
}

func mailSimple(entetes, texte string) []byte {
	return []byte(strings.ReplaceAll("From: quelquun@ailleurs.test\nTo: cabinet@exemple.test\nSubject: Bonjour\n"+entetes+
		"MIME-Version: 1.0\n"+
		"Content-Type: text/plain\n\n"+texte+"\n", "\n", "\r\n"))
}

// What has nothing to do with what was sent asks nobody; what may have is shown.
func TestCourrierEtranger(t *testing.T) {
	b := nouveauBanc(t)
	b.lot(1, 1)
	b.jusquAuRepos()
	id := b.f.envois[0].id
	for _, c := range []struct {
		nom, entetes string
		demande      bool
	}{
		{"advertisement", "", false},
		{"newsletter", "List-Unsubscribe: <mailto:x@ailleurs.test>\n", false},
		{"out of office", "Auto-Submitted: auto-replied\nIn-Reply-To: <" + id + ">\n", false},
		{"somebody answers a message", "In-Reply-To: <" + id + ">\n", true},
		{"a frontal writes", "From: 01422@422.01.rss.fr\n", true},
	} {
		avant := len(b.lignes())
		m := mailSimple(c.entetes, c.nom)
		if strings.HasPrefix(c.entetes, "From:") {
			m = []byte(strings.Replace(string(m), "From: quelquun@ailleurs.test\r\n", "", 1))
		}
		b.f.poster(m)
		b.jusquAuRepos()
		if demande := len(b.lignes()) > avant; demande != c.demande {
			t.Errorf("%s: asks %v", c.nom, demande)
		}
	}
	b.verifier()
}

// A host that sends its invoices itself and reads their ARL itself says so, and the pieces leave.
func TestDeposerRetour(t *testing.T) {
	surChaqueJournal(t, func(t *testing.T, stockage func(*Config)) {
		b := nouveauBanc(t, stockage)
		f := factures(t, 1, 2)
		b.deposer(f)
		b.piece("P1", f.Lots[0].Factures[0].Cle)
		b.piece("P2", f.Lots[0].Factures[1].Cle)
		arl := &retour.ARL{Flux: scor.FluxFactures, Emetteur: f.Emetteur, Lot: lot.Cle{Numero: f.Lots[0].Cle.Numero,
			Date: f.Lots[0].Cle.Date}, Positif: true}
		l, err := b.DeposerRetour(t.Context(), arl)
		if err != nil || l.Connu || l.Effets == 0 || l.Texte != "" || l.Etat != journal.Traite {
			t.Fatalf("%+v, %v", l, err)
		}
		if l, err = b.DeposerRetour(t.Context(), arl); err != nil || !l.Connu {
			t.Errorf("twice: %+v, %v", l, err)
		}
		b.jusquAuRepos()
		for _, s := range b.situations() {
			if s != Acquittee {
				t.Errorf("an invoice is %s", s)
			}
		}
		inconnu := *arl
		inconnu.Lot.Numero = 999
		if l, err = b.DeposerRetour(t.Context(), &inconnu); err != nil || l.Texte == "" || l.Etat != journal.Illisible {
			t.Errorf("of an unknown lot: %+v, %v", l, err)
		}
		if _, err = b.DeposerRetour(t.Context(), &retour.ARL{Positif: true}); err == nil {
			t.Error("an ARL of no lot was taken")
		}
		b.verifier()
	})
}

// An answer that gives each piece its own verdict says nothing of a piece that it doesn't name: that one isn't
// acknowledged, and a person is asked.
func TestReponseParPiece(t *testing.T) {
	b := nouveauBanc(t)
	var k lot.Cle
	var emetteur string
	b.f.repondre = func(r *envoiRecu) [][]byte {
		if r.pieces == nil {
			return b.f.arl(r, true)
		}
		k, emetteur = r.pieces.Lots[0].Cle, r.pieces.Emetteur.Numero
		return nil
	}
	b.deposerPieces("P1", "P2")
	b.avancer()
	b.avancer()
	arl := &retour.ARL{Flux: scor.FluxPieces, Emetteur: emetteur, Lot: k, Positif: true, ParPiece: true,
		Pieces: []retour.PieceARL{{ID: "P1"}}}
	if _, err := b.DeposerRetour(t.Context(), arl); err != nil {
		t.Fatal(err)
	}
	if p1, p2 := b.etat(journal.Piece, "P1"), b.etat(journal.Piece, "P2"); p1 != journal.ARLPositif ||
		p2 != journal.EnLot {
		t.Errorf("named: %s, not named: %s", p1, p2)
	}
	if !b.dit("ne la nomme pas") {
		t.Errorf("nobody is asked: %+v", b.lignes())
	}
}

// An ANR counts once for each transmission: the same one given twice has the message sent again once.
func TestDeposerANR(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(*envoiRecu) [][]byte { return nil }
	b.lot(1, 1)
	b.jusquAuRepos()
	anr := &retour.ANR{MessageID: b.f.envois[0].id, Definitif: true, Code: "5.1.1"}
	for i := range 2 {
		for range 2 {
			if _, err := b.DeposerRetour(t.Context(), anr); err != nil {
				t.Fatal(err)
			}
		}
		b.h.avancer(2 * time.Hour)
		b.jusquAuRepos()
		if n := len(b.f.envois); n != i+2 {
			t.Fatalf("%d sendings after %d reports", n, i+1)
		}
	}
	b.verifier()
}

// A raw message is read like one of a mailbox.
func TestDeposerRetourBrut(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 1)
	b.deposer(f)
	k := f.Lots[0].Cle
	m := b.f.unARL(scor.FluxFactures, f.Emetteur, k.Numero, k.Date, "", true, "", nil)
	l, err := b.DeposerRetourBrut(t.Context(), strings.NewReader(string(m)))
	if err != nil || l.Effets == 0 || b.etat(journal.LotFactures, cleLot(k)) != journal.ARLPositif {
		t.Errorf("%+v, %v", l, err)
	}
}
