package suivi

import (
	"context"
	"crypto/x509"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// A silent frontal is told before the days to succeed are over, with the day.
func TestSilenceDitAvantLaLimite(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(*envoiRecu) [][]byte { return nil }
	b.lot(1, 2)
	b.jusquAuRepos()
	limite := journal.Instant(b.objet(journal.LotScor, b.lotsScor()[0]).Limite)
	for b.h.lire().Before(limite) {
		l := b.lignes()
		if reste := limite.Sub(b.h.lire()); reste < preavis-time.Hour && (len(l) != 1 || l[0].Etat != journal.Transmis ||
			l[0].AvantLe == "") {
			t.Fatalf("%v before the limit: %+v", reste, l)
		}
		b.h.avancer(time.Hour)
		b.jusquAuRepos()
	}
	if !b.dit("n'a pas abouti") {
		t.Errorf("past the limit: %+v", b.lignes())
	}
	b.verifier()
}

func (b *banc) objet(g journal.Genre, cle string) journal.Objet {
	b.t.Helper()
	o, err := journal.Trouver(context.Background(), b.journal, g, cle)
	if err != nil {
		b.t.Fatal(err)
	}
	return o
}

// The ARL of the invoices is lost, and an RSP speaks of them: the caisse has the lot, the pieces leave. Before the
// limit or after it, paid or rejected.
func TestRSPVautReception(t *testing.T) {
	surChaqueJournal(t, func(t *testing.T, stockage func(*Config)) {
		for _, apres := range []time.Duration{24 * time.Hour, 12 * 24 * time.Hour} {
			for _, issue := range []noemie.Issue{noemie.Paye, noemie.Rejete, noemie.Differe} {
				b := nouveauBanc(t, stockage)
				f := factures(t, 1, 2)
				b.deposer(f)
				b.piece("P1", f.Lots[0].Factures[1].Cle)
				b.jusquAuRepos()
				b.h.avancer(apres)
				b.jusquAuRepos()
				b.rspDe(f, issue, 0)
				b.jusquAuRepos()
				if e := b.etat(journal.Piece, "P1"); e != journal.ARLPositif {
					t.Errorf("%v later, %v: the piece is %s: %+v", apres, issue, e, b.lignes())
				}
				b.verifier()
			}
		}
	})
}

// ARL−, billed again, accepted; then an ARL+ (or a payment) of the first lot: the same care may be paid twice, and
// somebody is told.
func TestRefactureePuisAcceptee(t *testing.T) {
	for nom, tardif := range map[string]func(b *banc, f *fse.Fichier){
		"ARL+": func(b *banc, f *fse.Fichier) { b.accepter(f, true) },
		"RSP":  func(b *banc, f *fse.Fichier) { b.rspDe(f, noemie.Paye, 0) },
	} {
		t.Run(nom, func(t *testing.T) {
			b := nouveauBanc(t)
			f := b.lotRefuse(1, 2)
			g := factures(t, 2, 2)
			for i := range g.Lots[0].Factures {
				k := g.Lots[0].Factures[i].Cle
				g.Lots[0].Factures[i] = f.Lots[0].Factures[i]
				g.Lots[0].Factures[i].Cle = k
			}
			b.deposer(g)
			b.accepter(g, true)
			b.jusquAuRepos()
			if n := len(b.lignes()); n > 1 { // the refused lot, until a person closes it
				t.Fatalf("%+v", b.lignes())
			}
			tardif(b, f)
			b.jusquAuRepos()
			l := b.lignes()
			if !slices.ContainsFunc(l, func(l Ligne) bool {
				return l.Urgence == journal.Urgent && strings.Contains(l.Quoi+l.Conseil, "deux fois")
			}) {
				t.Errorf("%+v", l)
			}
			if n := len(b.f.envois); n != 1 {
				t.Errorf("%d lots of pieces left", n)
			}
			b.verifier()
		})
	}
}

// lotRefuse deposits a lot with its pieces, and has it refused.
func (b *banc) lotRefuse(numero, n int) *fse.Fichier {
	f := factures(b.t, numero, n)
	b.deposer(f)
	for i := range f.Lots[0].Factures {
		b.piece(fmt.Sprintf("P%d-%d", numero, i), f.Lots[0].Factures[i].Cle)
	}
	b.accepter(f, false)
	b.jusquAuRepos()
	return f
}

// A piece that the caisse acknowledged is sent again within the days of verification only; beyond, and whenever the
// person chooses, its claim is contested.
func TestReclameeApresLeDelai(t *testing.T) {
	b := nouveauBanc(t)
	b.lot(1, 1)
	b.jusquAuRepos()
	offerte := func(n NomAction) bool {
		l, err := b.ActionsSur(t.Context(), journal.Piece, "P1-0")
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(l, func(a Action) bool { return a.Nom == n })
	}
	if !offerte(ActionReclamee) || !offerte(ActionContester) {
		t.Error("within the days, both are possible")
	}
	avant, _ := b.ActionsSur(t.Context(), journal.Piece, "P1-0")
	b.h.avancer(91 * 24 * time.Hour)
	if offerte(ActionReclamee) || !offerte(ActionContester) {
		t.Error("past the days, only contesting is possible")
	}
	for _, a := range avant {
		if a.Nom == ActionReclamee && b.Executer(t.Context(), a, Decision{}) == nil {
			t.Error("sent again past the days")
		}
	}
	b.agir(journal.Piece, "P1-0", ActionContester, Decision{Auteur: "x"})
	if !b.dit("dossier de preuve") {
		t.Errorf("%+v", b.lignes())
	}
	b.verifier()
}

// One night of an expired certificate (or of a wrong password) at the relay: no lot is refused, one line tells it, and
// all leaves by itself once it is mended.
func TestFauteDuRelais(t *testing.T) {
	for nom, faute := range map[string]*transport.ErreurEnvoi{
		"certificate": {Definitive: true, Etape: transport.EtapeTLS, Relais: "relais.test",
			Err: x509.CertificateInvalidError{Reason: x509.Expired}},
		"password": {Definitive: true, Etape: transport.EtapeAuth, Code: 535, Relais: "relais.test", Reponse: "no"},
	} {
		t.Run(nom, func(t *testing.T) {
			b := nouveauBanc(t)
			essais := 0
			b.f.panne = func(transport.Envoi) (error, error) { essais++; return faute, nil }
			for i := range 20 {
				b.lot(1+i, 1)
			}
			for range 12 {
				_, _ = b.Avancer(t.Context())
				b.h.avancer(time.Hour)
			}
			l := b.lignes()
			if len(l) != 1 || l[0].Genre != journal.Cabinet || !strings.Contains(l[0].Quoi, "suspendus") {
				t.Errorf("%d lines: %+v", len(l), l)
			}
			if essais > 40 {
				t.Errorf("%d attempts in a night", essais)
			}
			b.f.panne = nil
			b.h.avancer(time.Hour)
			b.jusquAuRepos()
			if l := b.lignes(); len(l) != 0 || len(b.f.envois) != 20 {
				t.Errorf("%d left: %+v", len(b.f.envois), l)
			}
			b.verifier()
		})
	}
}

// A message refused for itself stops no other.
func TestFauteDuMessage(t *testing.T) {
	b := nouveauBanc(t)
	n := 0
	b.f.panne = func(transport.Envoi) (error, error) {
		if n++; n == 1 {
			return &transport.ErreurEnvoi{Definitive: true, Code: 550, CodeEtendu: "5.1.1", Etape: transport.EtapeRcpt}, nil
		}
		return nil, nil
	}
	b.lot(1, 1)
	b.lot(2, 1)
	_, _ = b.Avancer(t.Context())
	b.jusquAuRepos()
	if l := b.lignes(); len(b.f.envois) != 1 || len(l) != 1 || l[0].Genre != journal.Message {
		t.Errorf("%d left, %+v", len(b.f.envois), l)
	}
}

// journalPlein is a disk with no room left.
type journalPlein struct {
	journal.Journal
	plein bool
}

func (j *journalPlein) Ajouter(ctx context.Context, evs []journal.Evenement) error {
	if j.plein {
		return fmt.Errorf("write: %w", syscall.ENOSPC)
	}
	return j.Journal.Ajouter(ctx, evs)
}

// A full disk is said where people look, which writes nothing.
func TestDisquePlein(t *testing.T) {
	var j *journalPlein
	b := nouveauBanc(t, func(c *Config) { j = &journalPlein{Journal: c.Journal}; c.Journal = j })
	f := factures(t, 1, 1)
	dit := func() bool {
		y, err := b.Synthese(t.Context(), Filtre{})
		if err != nil {
			t.Fatal(err)
		}
		return slices.Contains(y.Remarques, remarqueDisque)
	}
	j.plein = true
	if _, err := b.DeposerLots(t.Context(), f); err == nil || !dit() {
		t.Errorf("%v, said %v", err, dit())
	}
	j.plein = false
	b.deposer(f)
	b.jusquAuRepos()
	if dit() {
		t.Error("there is room again, and it is still said to be full")
	}
}

// The errors of a round are told object by object.
func TestErreursParObjet(t *testing.T) {
	b := nouveauBanc(t)
	b.f.panne = func(transport.Envoi) (error, error) {
		return &transport.ErreurEnvoi{Definitive: true, Code: 550, CodeEtendu: "5.1.1", Etape: transport.EtapeRcpt}, nil
	}
	b.lot(1, 1)
	b.lot(2, 1)
	_, err := b.Avancer(t.Context())
	l := Erreurs(err)
	if len(l) != 2 || l[0].Genre != journal.Message || l[0].Cle == "" || l[0].Cle == l[1].Cle {
		t.Errorf("%v: %+v", err, l)
	}
}
