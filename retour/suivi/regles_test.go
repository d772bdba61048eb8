package suivi

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// lot deposits a lot of n invoices already sent by the host, with a piece each, and has it accepted.
func (b *banc) lot(numero, n int) *fse.Fichier {
	b.t.Helper()
	f := factures(b.t, numero, n)
	b.deposer(f)
	for i := range f.Lots[0].Factures {
		b.piece(fmt.Sprintf("P%d-%d", numero, i), f.Lots[0].Factures[i].Cle)
	}
	b.accepter(f, true)
	return f
}

func (b *banc) lignes() []Ligne {
	b.t.Helper()
	y, err := b.Synthese(context.Background(), Filtre{})
	if err != nil {
		b.t.Fatal(err)
	}
	return y.Lignes
}

// agir does an action that the synthesis offers on an object.
func (b *banc) agir(g journal.Genre, cle string, n NomAction, d Decision) {
	b.t.Helper()
	o, err := journal.Trouver(context.Background(), b.journal, g, cle)
	if err != nil {
		b.t.Fatal(err)
	}
	for _, a := range b.Actions(&o) {
		if a.Nom == n {
			if err := b.Executer(context.Background(), a, d); err != nil {
				b.t.Fatal(err)
			}
			return
		}
	}
	b.t.Fatalf("%s isn't possible on %s %s in state %s", n, g, cle, o.Etat)
}

func (b *banc) lotsScor() (cles []string) {
	b.t.Helper()
	for o, err := range b.journal.Chercher(context.Background(), journal.Requete{Genre: journal.LotScor}) {
		if err != nil {
			b.t.Fatal(err)
		}
		cles = append(cles, o.Cle)
	}
	return cles
}

// situations maps the invoices' numbers to where they stand.
func (b *banc) situations() map[int]Situation {
	b.t.Helper()
	m := map[int]Situation{}
	for v, err := range b.Factures(context.Background()) {
		if err != nil {
			b.t.Fatal(err)
		}
		m[v.Cle.Numero] = v.Situation
	}
	return m
}

func TestPiecesAttendentARLDesFactures(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 2)
	b.deposer(f)
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	b.jusquAuRepos()
	if len(b.f.envois) != 0 || b.situations()[1000] != AttenteFactures {
		t.Fatal("a piece left before the ARL+ of its invoices")
	}
	b.accepter(f, true)
	b.jusquAuRepos()
	if len(b.f.envois) != 1 {
		t.Fatalf("%d sendings", len(b.f.envois))
	}
	if d := cmp.Diff(map[int]Situation{1000: Acquittee, 1001: SansPiece}, b.situations()); d != "" {
		t.Error(d)
	}
	// A late piece makes a lot of its own.
	b.piece("P2", f.Lots[0].Factures[1].Cle)
	b.jusquAuRepos()
	if len(b.f.envois) != 2 || b.situations()[1001] != Acquittee {
		t.Errorf("%d sendings", len(b.f.envois))
	}
	b.verifier()
}

func TestANRRenvoieLeMemeFichier(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(r *envoiRecu) [][]byte { return [][]byte{b.f.anr(r.id)} }
	b.lot(1, 3)
	max := b.c.Profil.Delais.TransmissionsMax
	for range max {
		b.jusquAuRepos()
		b.h.avancer(time.Hour)
	}
	b.jusquAuRepos()
	if len(b.f.envois) != max {
		t.Fatalf("%d transmissions, expected the profile's %d", len(b.f.envois), max)
	}
	for _, e := range b.f.envois[1:] {
		if e.id != b.f.envois[0].id || !bytes.Equal(e.octets, b.f.envois[0].octets) {
			t.Error("sent again under another identity, or with other bytes")
		}
	}
	s := b.lotsScor()[0]
	if e := b.etat(journal.LotScor, s); e != journal.LimiteEssais {
		t.Errorf("lot %s", e)
	}
	l := b.lignes()
	if len(l) != 1 || l[0].Urgence != journal.Urgent || l[0].Cle != s || l[0].AvantLe == "" {
		t.Errorf("%+v", l)
	}
	// An ARL+ that was on its way all the time: all is well after all.
	b.f.poster(b.f.arl(&b.f.envois[0], true)[0])
	b.jusquAuRepos()
	if d := cmp.Diff(map[int]Situation{1000: Acquittee, 1001: Acquittee, 1002: Acquittee}, b.situations()); d != "" ||
		len(b.lignes()) != 0 {
		t.Error(d, b.lignes())
	}
	b.verifier()
}

func TestSilencePuisPapier(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(*envoiRecu) [][]byte { return nil }
	f := b.lot(1, 2)
	b.jusquAuRepos()
	s := b.lotsScor()[0]
	// Monday 9:00. The answer is awaited two working days, the success five.
	b.h.avancer(61 * time.Hour) // Wednesday 23:00, French time
	b.jusquAuRepos()
	if len(b.f.envois) != 1 {
		t.Errorf("sent again before the delay: %d", len(b.f.envois))
	}
	b.h.avancer(2 * time.Hour)
	b.jusquAuRepos()
	if len(b.f.envois) != 2 || b.f.envois[1].id != b.f.envois[0].id {
		t.Fatalf("%d sendings", len(b.f.envois))
	}
	b.h.avancer(4 * 24 * time.Hour) // Monday: the five working days end tonight
	b.jusquAuRepos()
	if e := b.etat(journal.LotScor, s); e != journal.Transmis {
		t.Errorf("lot %s before the limit", e)
	}
	b.h.avancer(24 * time.Hour)
	b.jusquAuRepos()
	if e := b.etat(journal.LotScor, s); e != journal.LimiteEssais {
		t.Fatalf("lot %s after five working days", e)
	}
	b.agir(journal.LotScor, s, ActionPapier, Decision{Auteur: "Dr T."})
	if d := cmp.Diff(map[int]Situation{1000: SurPapier, 1001: SurPapier}, b.situations()); d != "" {
		t.Error(d)
	}
	p, err := b.SurPapier(t.Context())
	if err != nil || len(p) != 2 || p[0].Facture.Cle != f.Lots[0].Factures[0].Cle || len(p[0].Pieces) != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	// Not in two modes: what is on paper doesn't leave any more, whatever comes back.
	b.f.poster(b.f.arl(&b.f.envois[0], false)[0])
	b.jusquAuRepos()
	if len(b.f.envois) != 2 || b.etat(journal.Piece, "P1-0") != journal.Papier {
		t.Errorf("%d sendings", len(b.f.envois))
	}
	b.verifier()
}

func TestMessageDeService(t *testing.T) {
	b := nouveauBanc(t)
	codes := []string{"9002", "9001"}
	b.f.repondre = func(r *envoiRecu) [][]byte {
		if len(codes) == 0 {
			return b.f.arl(r, true)
		}
		c := codes[0]
		codes = codes[1:]
		return [][]byte{b.f.mds(r.compo, c)}
	}
	b.lot(1, 2)
	b.jusquAuRepos()
	b.h.avancer(time.Minute)
	b.jusquAuRepos()
	// 9002, a passing trouble: the same message. 9001: the lot is dissolved, and somebody decides.
	if len(b.f.envois) != 2 || b.f.envois[0].id != b.f.envois[1].id {
		t.Fatalf("%d sendings", len(b.f.envois))
	}
	s := b.lotsScor()[0]
	if e := b.etat(journal.LotScor, s); e != journal.MdS {
		t.Fatalf("lot %s", e)
	}
	b.agir(journal.LotScor, s, ActionReconstituer, Decision{Auteur: "Dr T."})
	b.jusquAuRepos()
	if len(b.f.envois) != 3 || b.f.envois[2].id == b.f.envois[0].id {
		t.Fatalf("%d sendings", len(b.f.envois))
	}
	if d := cmp.Diff(map[int]Situation{1000: Acquittee, 1001: Acquittee}, b.situations()); d != "" {
		t.Error(d)
	}
	// The dissolved lot is accepted after all: nothing is undone, and somebody is told.
	b.f.poster(b.f.arl(&b.f.envois[0], true)[0])
	b.jusquAuRepos()
	l := b.lignes()
	if len(l) != 1 || l[0].Cle != s || b.etat(journal.LotScor, s) != journal.Reconstitue {
		t.Errorf("%+v", l)
	}
	b.verifier()
}

func TestRetoursEnDouble(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(r *envoiRecu) [][]byte {
		return append(append(b.f.arl(r, true), b.f.arl(r, true)...), b.f.arl(r, false)[0], b.f.mds(r.compo, "9001"),
			b.f.anr(r.id), b.f.arl(r, true)[0])
	}
	b.lot(1, 2)
	b.jusquAuRepos()
	if len(b.f.envois) != 1 || b.etat(journal.LotScor, b.lotsScor()[0]) != journal.Verification {
		t.Errorf("%d sendings, lot %s", len(b.f.envois), b.etat(journal.LotScor, b.lotsScor()[0]))
	}
	if d := cmp.Diff(map[int]Situation{1000: Acquittee, 1001: Acquittee}, b.situations()); d != "" {
		t.Error(d)
	}
	// The same bytes again, under another name of the mailbox.
	n, err := b.journal.Tete(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.f.poster(b.f.arl(&b.f.envois[0], true)[0])
	copie := b.f.boite[0]
	b.avancer()
	h, _ := b.journal.Tete(t.Context())
	b.f.boite = append(b.f.boite, courrier{"other", copie.octets})
	b.avancer()
	if h2, _ := b.journal.Tete(t.Context()); h2 != h || h.Seq <= n.Seq || len(b.f.boite) != 0 {
		t.Error("the same bytes were journaled twice, or stayed in the mailbox")
	}
	b.verifier()
}

func TestARLNegatifNommeSesPieces(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(r *envoiRecu) [][]byte {
		k := r.pieces.Lots[0]
		if len(k.Paires) == 3 {
			return [][]byte{b.f.unARL(scor.FluxPieces, r.pieces.Emetteur.Numero, k.Numero, k.Date, r.compo, false, "",
				map[string]string{"P1-1": "2001"})}
		}
		return b.f.arl(r, true)
	}
	f := b.lot(1, 3)
	b.jusquAuRepos()
	if len(b.f.envois) != 2 {
		t.Fatalf("%d sendings", len(b.f.envois))
	}
	if d := cmp.Diff(map[int]Situation{1000: Acquittee, 1001: AReprendre, 1002: Acquittee}, b.situations()); d != "" {
		t.Error(d)
	}
	l := b.lignes()
	if len(l) != 1 || l[0].Cle != "P1-1" || !strings.Contains(l[0].Conseil, "Numériser à nouveau") {
		t.Errorf("%+v", l)
	}
	// A new scan under the same identifier.
	if _, err := b.DeposerPiece(t.Context(), document("P1-1", f.Lots[0].Factures[1].Cle, "better")); err != nil {
		t.Fatal(err)
	}
	b.jusquAuRepos()
	if b.situations()[1001] != Acquittee || len(b.lignes()) != 0 {
		t.Error(b.situations(), b.lignes())
	}
	b.verifier()
}

func TestRefacturation(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 2)
	b.deposer(f)
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	b.piece("P2", f.Lots[0].Factures[1].Cle)
	b.accepter(f, false)
	b.jusquAuRepos()
	if d := cmp.Diff(map[int]Situation{1000: LotRefuse, 1001: LotRefuse}, b.situations()); d != "" {
		t.Fatal(d)
	}
	// Billed again in another lot under new numbers, the second one corrected: the first follows by itself, the second by
	// the user.
	g := factures(t, 2, 2)
	for i := range g.Lots[0].Factures {
		g.Lots[0].Factures[i].Cle.Numero += 500
	}
	g.Lots[0].Factures[1].Total++
	b.deposer(g)
	b.jusquAuRepos()
	if d := cmp.Diff(map[int]Situation{1000: Refacturee, 1001: LotRefuse, 1500: AttenteFactures, 1501: AttenteFactures},
		b.situations()); d != "" {
		t.Error(d)
	}
	if err := b.Relier(t.Context(), f.Lots[0].Factures[1].Cle, g.Lots[0].Factures[1].Cle,
		Decision{Auteur: "Dr T."}); err != nil {
		t.Fatal(err)
	}
	b.accepter(g, true)
	b.jusquAuRepos()
	if d := cmp.Diff(map[int]Situation{1000: Refacturee, 1001: Refacturee, 1500: Acquittee, 1501: Acquittee},
		b.situations()); d != "" {
		t.Error(d)
	}
	if len(b.f.envois) != 1 || b.f.envois[0].pieces.Lots[0].Paires[0].Facture.Cle.Numero != 1500 {
		t.Errorf("%d sendings", len(b.f.envois))
	}
	b.verifier()
}

func TestSerieDActes(t *testing.T) {
	b := nouveauBanc(t, referenceAdmise)
	f := factures(t, 1, 1)
	f.Lots[0].Factures[0].Serie = "S"
	b.deposer(f)
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	b.accepter(f, true)
	b.jusquAuRepos()
	g := factures(t, 2, 2)
	g.Lots[0].Factures[0].Serie, g.Lots[0].Factures[1].Serie = "S", "other"
	b.deposer(g)
	b.accepter(g, true)
	b.jusquAuRepos()
	if len(b.f.envois) != 2 {
		t.Fatalf("%d sendings", len(b.f.envois))
	}
	p := b.f.envois[1].pieces.Lots[0].Paires
	if len(p) != 1 || p[0].Piece.Reference != "P1" {
		t.Errorf("%+v", p)
	}
	if s := b.situations(); s[1001] != PieceManquante {
		t.Error(s)
	}
	l := b.lignes()
	if len(l) != 1 || l[0].Genre != journal.Facture || !strings.Contains(l[0].Quoi, "ordonnance") {
		t.Errorf("%+v", l)
	}
	b.verifier()
}

func TestPeriodeDeVerification(t *testing.T) {
	b := nouveauBanc(t)
	b.lot(1, 4)
	b.jusquAuRepos()
	y, err := b.Synthese(t.Context(), Filtre{})
	if err != nil || len(y.Remarques) != 1 || !strings.Contains(y.Remarques[0], "garder le papier") {
		t.Errorf("%v, %v", y.Remarques, err)
	}
	b.h.avancer(91 * 24 * time.Hour)
	b.jusquAuRepos()
	l := b.lignes()
	if len(l) != 1 || !strings.Contains(l[0].Quoi, "peut être détruit") {
		t.Errorf("%+v", l)
	}
	if e := b.etat(journal.LotScor, b.lotsScor()[0]); e != journal.Clos {
		t.Errorf("lot %s", e)
	}
	b.agir(journal.Cabinet, cleVerification, ActionVu, Decision{})
	if len(b.lignes()) != 0 {
		t.Error("seen, and shown again")
	}
	if err := b.AnnoncerControle(t.Context(), b.h.lire().AddDate(0, 0, 3), Decision{}); !errors.Is(err, ErrPreavis) {
		t.Errorf("three days' notice: %v", err)
	}
	if y, err := b.Synthese(t.Context(), Filtre{}); err != nil || len(y.Remarques) != 1 {
		t.Errorf("%v, %v", y.Remarques, err)
	}
	b.verifier()
}

func TestRSPRejetteApresARL(t *testing.T) {
	b := nouveauBanc(t)
	noe := partage(t, "data", "normes", "r2-flux-riche.noe")
	b.f.poster(b.f.mail("RSP", "RSP", noe))
	b.jusquAuRepos()
	for o, err := range b.journal.Chercher(t.Context(), journal.Requete{Genre: journal.Reception}) {
		if err != nil || o.Nature != "RSP" || o.Etat != journal.Traite {
			t.Errorf("%s %s %q, %v", o.Etat, o.Nature, o.Motif, err)
		}
	}
	b.verifier()
}

func TestArchiveEtPurge(t *testing.T) {
	b := nouveauBanc(t)
	f := b.lot(1, 3)
	b.jusquAuRepos()
	trouver := func(a Archive) (ids []string) {
		t.Helper()
		for p, err := range b.Archives(t.Context(), a) {
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, p.ID)
		}
		return ids
	}
	fa := &f.Lots[0].Factures[1]
	for quoi, a := range map[string]Archive{"patient": {Patient: fa.Assure}, "invoice": {Facture: fa.Cle}} {
		if d := cmp.Diff([]string{"P1-1"}, trouver(a)); d != "" {
			t.Error(quoi, d)
		}
	}
	if n := len(trouver(Archive{Lot: f.Lots[0].Cle})); n != 3 {
		t.Errorf("%d of the lot", n)
	}
	if n := len(trouver(Archive{Du: fa.Date, Au: fa.Date})); n != 3 {
		t.Errorf("%d of the day", n)
	}
	var w bytes.Buffer
	if err := b.Copie(t.Context(), &w, "P1-1", Decision{Auteur: "Dr T.", Motif: "patient"}); err != nil ||
		!strings.HasPrefix(w.String(), "%PDF") {
		t.Errorf("%q, %v", w.String(), err)
	}
	r, err := ReglementPublic()
	if err != nil {
		t.Fatal(err)
	}
	if x, err := b.Purger(t.Context(), r, Decision{}, "professionnel"); err != nil || x.Pieces+x.Messages != 0 {
		t.Errorf("%+v, %v", x, err)
	}
	b.h.avancer(2 * 365 * 24 * time.Hour)
	// The profile's own rule says 33 months.
	if x, err := b.Purger(t.Context(), r, Decision{}, "professionnel"); err != nil || x.Pieces+x.Messages != 0 {
		t.Errorf("%+v, %v", x, err)
	}
	b.h.avancer(365 * 24 * time.Hour)
	if x, err := b.Purger(t.Context(), r, Decision{Auteur: "Dr T."}, "professionnel"); err != nil || x.Pieces != 3 ||
		x.Messages == 0 {
		t.Errorf("%+v, %v", x, err)
	}
	if _, err := b.Document(t.Context(), "P1-1"); err == nil {
		t.Error("purged, and still there")
	}
	if d := cmp.Diff([]string{"P1-1"}, trouver(Archive{Patient: fa.Assure})); d != "" {
		t.Error("the trace is gone: ", d)
	}
	b.verifier()
}

func TestDossierDePreuve(t *testing.T) {
	b := nouveauBanc(t)
	f := b.lot(1, 1) // alone in its lot: what left in clear with others' isn't given
	b.jusquAuRepos()
	var w bytes.Buffer
	if err := b.Preuve(t.Context(), &w, f.Lots[0].Factures[0].Cle); err != nil {
		t.Fatal(err)
	}
	tete, err := VerifierPreuve(bytes.NewReader(w.Bytes()), int64(w.Len()))
	if err != nil {
		t.Fatal(err)
	}
	if h, _ := b.journal.Tete(t.Context()); h.Condense != tete.Condense || h.Seq != tete.Seq {
		t.Error("not the journal's head")
	}
	z := lireZip(t, w.Bytes())
	var noms []string
	for n := range z {
		if d, _, _ := strings.Cut(n, "/"); d != preuveDossier && d != preuveScript && d != preuveNotice {
			noms = append(noms, d)
		}
	}
	slices.Sort(noms)
	if d := cmp.Diff([]string{preuveJournal, preuveEnvois, preuveRetours, preuveRetours, preuvePage, preuvePieces},
		noms); d != "" {
		t.Error(d)
	}
	for n := range z {
		if n == preuvePage || n == preuveScript || n == preuveNotice || len(z[n]) < 2 {
			continue
		}
		for _, i := range []int{0, len(z[n]) / 3, len(z[n]) - 2} {
			y := lireZip(t, w.Bytes())
			y[n] = bytes.Clone(y[n])
			y[n][i] ^= 1
			b := ecrireZip(t, y)
			if _, err := VerifierPreuve(bytes.NewReader(b), int64(len(b))); err == nil && !jsonEquivalent(z[n], y[n]) {
				t.Errorf("%s changed at byte %d, and not found", n, i)
			}
		}
	}
}

func TestHorlogeReculee(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(*envoiRecu) [][]byte { return nil }
	b.lot(1, 1)
	b.jusquAuRepos()
	s := b.lotsScor()[0]
	o, _ := journal.Trouver(t.Context(), b.journal, journal.LotScor, s)
	b.h.avancer(-365 * 24 * time.Hour)
	b.jusquAuRepos()
	b.piece("later", fse.CleFacture{Lot: fse.CleLot{Emetteur: "1", Numero: 9, Date: fse.DateDe(lundi)}, Numero: 9})
	if p, _ := journal.Trouver(t.Context(), b.journal, journal.LotScor, s); p.Limite != o.Limite || len(b.f.envois) != 1 {
		t.Error("a clock set back moved a deadline or sent again")
	}
	if y, err := b.Synthese(t.Context(), Filtre{}); err != nil || !slices.ContainsFunc(y.Remarques,
		func(r string) bool { return strings.Contains(r, "retarde") }) {
		t.Errorf("%v, %v", y.Remarques, err)
	}
	b.h.avancer(365*24*time.Hour + 63*time.Hour)
	b.jusquAuRepos()
	if len(b.f.envois) != 2 || b.f.envois[0].id != b.f.envois[1].id {
		t.Errorf("%d sendings", len(b.f.envois))
	}
	b.verifier()
}

func TestRelaisEnPanne(t *testing.T) {
	b := nouveauBanc(t)
	var panne error = errRelais
	b.f.panne = func(transport.Envoi) (error, error) { return panne, nil }
	b.lot(1, 1)
	if _, err := b.Avancer(t.Context()); !errors.As(err, new(*transport.ErreurEnvoi)) {
		t.Fatal(err)
	}
	if x := b.avancer(); !x.Rien() {
		t.Errorf("tried again at once: %+v", x)
	}
	b.h.avancer(3 * time.Minute)
	panne = &transport.ErreurEnvoi{Definitive: true, Code: 550, Reponse: "no such mailbox"}
	if _, err := b.Avancer(t.Context()); err == nil {
		t.Fatal("no error")
	}
	l := b.lignes()
	if len(l) != 1 || l[0].Genre != journal.Message || l[0].Urgence != journal.Urgent {
		t.Fatalf("%+v", l)
	}
	panne = nil
	b.agir(journal.Message, l[0].Cle, ActionRenvoyer, Decision{})
	b.jusquAuRepos()
	if b.situations()[1000] != Acquittee {
		t.Error(b.situations())
	}
	// The reply was lost: the message goes again, the same.
	c := nouveauBanc(t)
	fois := 0
	c.f.panne = func(transport.Envoi) (error, error) {
		if fois++; fois == 1 {
			return nil, &transport.ErreurEnvoi{Etape: transport.EtapeFin, Incertain: true}
		}
		return nil, nil
	}
	c.f.repondre = func(r *envoiRecu) [][]byte {
		if fois == 1 {
			return nil
		}
		return c.f.arl(r, true)
	}
	c.lot(1, 1)
	if _, err := c.Avancer(t.Context()); err == nil {
		t.Fatal("no error")
	}
	c.h.avancer(3 * time.Minute)
	c.jusquAuRepos()
	if len(c.f.envois) != 2 || c.f.envois[0].id != c.f.envois[1].id || !bytes.Equal(c.f.envois[0].octets,
		c.f.envois[1].octets) {
		t.Errorf("%d sendings", len(c.f.envois))
	}
	c.verifier()
}

func TestActionPerimee(t *testing.T) {
	b := nouveauBanc(t)
	if err := b.RefuserPiece(t.Context(), scor.Piece{ID: "P1", Type: scor.Ordonnance}, "trop sombre"); err != nil {
		t.Fatal(err)
	}
	a := b.lignes()[0].Actions[0]
	if err := b.Executer(t.Context(), a, Decision{}); err != nil {
		t.Fatal(err)
	}
	if err := b.Executer(t.Context(), a, Decision{}); !errors.Is(err, ErrActionPerimee) {
		t.Errorf("%v", err)
	}
	a.Version++
	a.Nom = ActionReconstituer
	if err := b.Executer(t.Context(), a, Decision{}); !errors.Is(err, ErrActionImpossible) {
		t.Errorf("%v", err)
	}
}

func TestPageDeSynthese(t *testing.T) {
	b := nouveauBanc(t)
	const n = 57
	for i := range n {
		if err := b.RefuserPiece(t.Context(), scor.Piece{ID: fmt.Sprintf("P%02d", i), Type: scor.Ordonnance},
			"floue"); err != nil {
			t.Fatal(err)
		}
	}
	b.f.poster(b.f.mail("?", "?", []byte("?")))
	b.jusquAuRepos()
	vus := map[string]bool{}
	suite := ""
	for range 20 {
		y, err := b.Synthese(t.Context(), Filtre{Limite: 10, Suite: suite})
		if err != nil {
			t.Fatal(err)
		}
		if y.Total != n+1 {
			t.Fatalf("total %d", y.Total)
		}
		for _, l := range y.Lignes {
			if vus[l.Cle] {
				t.Errorf("%s twice", l.Cle)
			}
			vus[l.Cle] = true
		}
		if suite = y.Suite; suite == "" {
			break
		}
	}
	if len(vus) != n+1 {
		t.Errorf("%d lines seen", len(vus))
	}
	if _, err := b.Synthese(t.Context(), Filtre{Suite: "?"}); !errors.Is(err, ErrSuite) {
		t.Error(err)
	}
}

func TestPieceEngagee(t *testing.T) {
	b := nouveauBanc(t)
	f := b.lot(1, 1)
	b.jusquAuRepos()
	if _, err := b.DeposerPiece(t.Context(), document("P1-0", f.Lots[0].Factures[0].Cle, "another")); !errors.Is(err,
		ErrPieceEngagee) {
		t.Errorf("%v", err)
	}
	b.piece("P1-0", f.Lots[0].Factures[0].Cle)
	p := document("P9", f.Lots[0].Factures[0].Cle, "x")
	p.Open = func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("other")), nil }
	if _, err := b.DeposerPiece(t.Context(), p); err == nil {
		t.Error("a document that isn't the one announced")
	}
}

func TestIndicateursEtAides(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(r *envoiRecu) [][]byte {
		k := r.pieces.Lots[0]
		return [][]byte{b.f.unARL(scor.FluxPieces, r.pieces.Emetteur.Numero, k.Numero, k.Date, r.compo, true, "",
			map[string]string{"P1-0": "2001"})}
	}
	b.lot(1, 20)
	b.avancer()
	b.h.avancer(2 * time.Hour)
	b.jusquAuRepos()
	b.agir(journal.Piece, "P1-0", ActionPapier, Decision{})
	x, err := b.Indicateurs(t.Context(), "", "")
	if err != nil {
		t.Fatal(err)
	}
	if x.FSE.Bons != 20 || x.FSE.Total != 20 || x.Ordonnances.Bons != 19 || x.Ordonnances.Total != 20 ||
		x.Exploitables.Bons != 19 || x.Exploitables.Total != 20 || x.Delai < 2*time.Hour {
		t.Errorf("%+v", x)
	}
	if d := cmp.Diff([]Cause{{Genre: journal.Piece, Quoi: journal.RecevoirARLNegatif, Code: "2001",
		Libelle: "Pièce illisible", Nombre: 1}}, x.Causes); d != "" {
		t.Error(d)
	}
	if y, err := b.Indicateurs(t.Context(), "2030-01", ""); err != nil || y.FSE.Total != 0 {
		t.Errorf("%+v, %v", y, err)
	}
	r, err := ReglementPublic()
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, a := range r.AidesAtteintes(x, lundi) {
		ids = append(ids, a.ID)
	}
	if d := cmp.Diff([]string{"scor-90", "fse-300"}, ids); d != "" {
		t.Error(d)
	}
	if l := r.AidesAtteintes(x, time.Date(2010, 1, 1, 0, 0, 0, 0, time.UTC)); len(l) != 0 {
		t.Errorf("aids before their time: %v", l)
	}
	for _, faux := range []string{"conservation: [{id: x}]", "aides: [{id: x}]", "autre: 1",
		"conservation: [{id: x, source: s, duree: 1, unite: ans, du: 2020-01-01}]"} {
		if _, err := ParseReglement(strings.NewReader(faux)); err == nil {
			t.Errorf("%q accepted", faux)
		}
	}
}

// What the rules keep isn't sent, and its invoice waits for nothing.
func TestPieceGardee(t *testing.T) {
	b := nouveauBanc(t, func(c *Config) {
		c.Exigences = func(f *fse.Facture) []scor.Exigence {
			if f.Cle.Numero == 1000 {
				return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.NonTransmise, Motif: "e-prescription"}}
			}
			return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.Requise}}
		}
	})
	b.lot(1, 2)
	b.jusquAuRepos()
	if d := cmp.Diff(map[int]Situation{1000: Gardee, 1001: Acquittee}, b.situations()); d != "" {
		t.Error(d)
	}
	if len(b.f.envois) != 1 || len(b.f.envois[0].pieces.Lots[0].Paires) != 1 || len(b.lignes()) != 0 {
		t.Errorf("%d sendings, %v", len(b.f.envois), b.lignes())
	}
	b.verifier()
}

func TestAnnulerAvantDepart(t *testing.T) {
	brut := partage(t, "data", "b2", "lot1.b2")
	b := nouveauBanc(t)
	d, err := b.DeposerFlux(t.Context(), brut)
	if err != nil {
		t.Fatal(err)
	}
	b.agir(journal.LotFactures, cleLot(d.Fichier.Lots[0].Cle), ActionAnnuler, Decision{})
	b.jusquAuRepos()
	if len(b.f.envois) != 0 {
		t.Error("cancelled, and sent")
	}
	b.verifier()
}

// During the verification period the caisse says that a piece can't be used: it counts against the rate, and is scanned
// or sent again.
func TestPieceInexploitable(t *testing.T) {
	b := nouveauBanc(t)
	b.lot(1, 4)
	b.jusquAuRepos()
	b.agir(journal.Piece, "P1-2", ActionRejetee, Decision{Auteur: "Dr T.", Motif: "page tronquée"})
	x, err := b.Indicateurs(t.Context(), "", "")
	if err != nil || x.Exploitables.Bons != 3 || x.Exploitables.Total != 4 || x.Exploitables.Atteint {
		t.Errorf("%+v, %v", x.Exploitables, err)
	}
	b.h.avancer(91 * 24 * time.Hour)
	b.jusquAuRepos()
	l := b.lignes()
	if len(l) != 2 || !strings.Contains(l[1].Quoi+l[0].Quoi, "Garder le papier") {
		t.Errorf("%+v", l)
	}
	b.agir(journal.Piece, "P1-2", ActionRenvoyer, Decision{})
	b.jusquAuRepos()
	if b.situations()[1002] != Acquittee || len(b.f.envois) != 2 {
		t.Errorf("%v, %d sendings", b.situations(), len(b.f.envois))
	}
	b.verifier()
}

// A message that can't be made is shown to a person, and made once it can.
func TestSansCertificat(t *testing.T) {
	b := nouveauBanc(t, func(c *Config) { c.Profil.Message.Enveloppe.Chiffrement = "aes-256-cbc" })
	b.lot(1, 1)
	if _, err := b.Avancer(t.Context()); !errors.Is(err, ErrConfig) {
		t.Fatal(err)
	}
	l := b.lignes()
	if len(l) != 1 || l[0].Genre != journal.Message || !strings.Contains(l[0].Quoi, "composé") {
		t.Fatalf("%+v", l)
	}
	if x := b.avancer(); !x.Rien() {
		t.Errorf("tried again at once: %+v", x)
	}
	b.c.Profil.Message.Enveloppe.Chiffrement = "aucun"
	b.h.avancer(time.Hour)
	b.jusquAuRepos()
	if b.situations()[1000] != Acquittee || len(b.lignes()) != 0 {
		t.Error(b.situations(), b.lignes())
	}
	b.verifier()
}

// Several messages at once, and two workers on one journal: each lot leaves once.
func TestParalleles(t *testing.T) {
	b := nouveauBanc(t, func(c *Config) { c.Paralleles = 4 })
	for i := range 12 {
		b.lot(i+1, 2)
	}
	c := b.c
	c.Titulaire = "another"
	autre, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	fini := make(chan error)
	go func() {
		var errs error
		for range 20 {
			_, err := autre.Avancer(context.Background())
			errs = errors.Join(errs, err)
		}
		fini <- errs
	}()
	for range 20 {
		b.avancer()
	}
	if err := <-fini; err != nil {
		t.Error(err)
	}
	b.jusquAuRepos()
	vus := map[string]bool{}
	for i := range b.f.envois {
		if vus[b.f.envois[i].id] {
			t.Errorf("message %s twice", b.f.envois[i].id)
		}
		vus[b.f.envois[i].id] = true
	}
	if len(vus) != 12 {
		t.Errorf("%d messages for 12 lots", len(vus))
	}
	b.verifier()
}
