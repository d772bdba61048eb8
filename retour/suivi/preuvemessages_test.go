package suivi

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// A lot of three patients left in clear: the pack of one shows nothing of the others, neither in the message as it left
// nor in the notice that gives it back, and says of which message it was, with its digest. Alone in its lot, an invoice
// has its message in its pack.
func TestPreuveMessageEnClair(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(e *envoiRecu) [][]byte {
		if e.pieces == nil {
			return nil
		}
		return [][]byte{bytes.Replace(b.f.anr(e.id), []byte("--b--"), slices.Concat([]byte(
			"--b\r\nContent-Type: message/RFC822\r\n\r\n"), e.octets, []byte("\r\n--b--")), 1)}
	}
	f := b.lot(1, 3)
	b.jusquAuRepos()
	seul := b.lot(2, 1)
	b.jusquAuRepos()
	c := f.Lots[0].Factures[0].Cle
	verifier := func(quoi string, c fse.CleFacture, envois, avis, retenus int) map[string][]byte {
		n, _, page := b.preuve(c)
		if n[preuveEnvois] != envois || n[preuveRetours] != 1+avis || strings.Count(page, "parti en clair")+
			strings.Count(page, "Parti en clair") != retenus {
			t.Errorf("%s: %v, %s", quoi, n, page)
		}
		return b.paquet(c)
	}
	z := verifier("of three", c, 0, 0, 2)
	lot, err := journal.Trouver(t.Context(), b.journal, journal.LotScor, b.lotsScor()[0])
	if err != nil {
		t.Fatal(err)
	}
	m, err := journal.Trouver(t.Context(), b.journal, journal.Message, lot.Dans)
	if err != nil || !strings.Contains(string(z[preuvePage]), m.Empreinte) {
		t.Errorf("the page doesn't name the message's digest: %v", err)
	}
	verifier("alone", seul.Lots[0].Factures[0].Cle, 1, 1, 0)
}
