package suivi

import (
	"bytes"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
)

// preuve makes the proof pack of an invoice, checks it, and gives the number of files of each folder, and its pieces.
func (b *banc) preuve(c fse.CleFacture) (n map[string]int, pieces []string, page string) {
	b.t.Helper()
	var w bytes.Buffer
	if err := b.Preuve(b.t.Context(), &w, c); err != nil {
		b.t.Fatal(err)
	}
	if _, err := VerifierPreuve(bytes.NewReader(w.Bytes()), int64(w.Len())); err != nil {
		b.t.Fatal(err)
	}
	n = map[string]int{}
	z := lireZip(b.t.(*testing.T), w.Bytes())
	for _, nom := range slices.Sorted(maps.Keys(z)) {
		d, reste, _ := strings.Cut(nom, "/")
		n[d]++
		if d == preuvePieces {
			pieces = append(pieces, reste)
		}
	}
	return n, pieces, string(z[preuvePage])
}

// Billed again: under either number, the pack holds what was sent under both.
func TestPreuveRefacturee(t *testing.T) {
	b := nouveauBanc(t)
	f := b.lot(1, 1)
	b.jusquAuRepos()
	g := refaire(f, t, 2)
	b.deposer(g)
	if err := b.Relier(t.Context(), f.Lots[0].Factures[0].Cle, g.Lots[0].Factures[0].Cle, Decision{}); err != nil {
		t.Fatal(err)
	}
	b.accepter(g, true)
	b.jusquAuRepos()
	for quoi, c := range map[string]fse.CleFacture{"old": f.Lots[0].Factures[0].Cle, "new": g.Lots[0].Factures[0].Cle} {
		n, p, _ := b.preuve(c)
		if n[preuveEnvois] != 2 || n[preuveRetours] != 4 || len(p) != 1 {
			t.Errorf("%s: %v %v", quoi, n, p)
		}
	}
}

// A reference: the document that it stands for is there, with the message that carried it and its ARL.
func TestPreuveReference(t *testing.T) {
	b := nouveauBanc(t, referenceAdmise)
	f, g := factures(t, 1, 1), factures(t, 2, 1)
	f.Lots[0].Factures[0].Serie, g.Lots[0].Factures[0].Serie = "S", "S"
	b.deposer(f)
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	b.accepter(f, true)
	b.jusquAuRepos()
	b.deposer(g)
	b.accepter(g, true)
	b.jusquAuRepos()
	n, p, page := b.preuve(g.Lots[0].Factures[0].Cle)
	if n[preuveEnvois] != 2 || n[preuveRetours] < 3 || len(p) != 1 || p[0] != "P1.pdf" || !strings.Contains(page, "P1") {
		t.Errorf("%v %v", n, p)
	}
}

// On paper after five days: the attempts that failed are what justifies it.
func TestPreuvePapier(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(*envoiRecu) [][]byte { return nil }
	f := b.lot(1, 1)
	b.jusquAuRepos()
	b.h.avancer(9 * 24 * time.Hour)
	b.jusquAuRepos()
	b.agir(journal.LotScor, b.lotsScor()[0], ActionPapier, Decision{})
	n, p, page := b.preuve(f.Lots[0].Factures[0].Cle)
	if n[preuveEnvois] != 1 || n[preuveRetours] != 1 || len(p) != 1 || !strings.Contains(page, "250 2.0.0 Ok") {
		t.Errorf("%v %v", n, p)
	}
}

// Each file must be the one of its name, and no other may slip in.
func TestPreuveEchangee(t *testing.T) {
	b := nouveauBanc(t)
	f := b.lot(1, 1)
	b.piece("P2", f.Lots[0].Factures[0].Cle)
	b.jusquAuRepos()
	var w bytes.Buffer
	if err := b.Preuve(t.Context(), &w, f.Lots[0].Factures[0].Cle); err != nil {
		t.Fatal(err)
	}
	for quoi, changer := range map[string]func(map[string][]byte){
		"two documents exchanged": func(z map[string][]byte) {
			z["pieces/P1-0.pdf"], z["pieces/P2.pdf"] = z["pieces/P2.pdf"], z["pieces/P1-0.pdf"]
		},
		"a document more":      func(z map[string][]byte) { z["pieces/P9.pdf"] = z["pieces/P2.pdf"] },
		"a folder more":        func(z map[string][]byte) { z["Pieces/P9.pdf"] = []byte("%PDF") },
		"a file under another": func(z map[string][]byte) { z["pieces/x/P2.pdf"] = z["pieces/P2.pdf"] },
	} {
		z := lireZip(t, w.Bytes())
		changer(z)
		x := ecrireZip(t, z)
		if _, err := VerifierPreuve(bytes.NewReader(x), int64(len(x))); err == nil {
			t.Error(quoi)
		}
	}
}
