package suivi

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// What a person is told of a paper to be signed is to have it signed, never to scan it: missing, refused before it
// left, or refused by the caisse.
func TestPapierASigner(t *testing.T) {
	b := nouveauBanc(t, func(c *Config) {
		c.Exigences = func(f *fse.Facture) []scor.Exigence {
			l := []scor.Exigence{{Type: scor.S3404, Decision: scor.Requise}}
			if f.Cle.Numero == 1001 {
				l = append(l, scor.Exigence{Type: scor.Ordonnance, Decision: scor.Requise})
			}
			return l
		}
	})
	f := factures(t, 1, 4)
	b.deposer(f)
	bordereau := func(id string, i int) scor.Piece {
		p := document(id, f.Lots[0].Factures[i].Cle, id)
		p.Type = scor.S3404
		return p
	}
	if err := b.RefuserPiece(t.Context(), bordereau("S2", 2), "la signature est annulée"); err != nil {
		t.Fatal(err)
	}
	if _, err := b.DeposerPiece(t.Context(), bordereau("S3", 3)); err != nil {
		t.Fatal(err)
	}
	b.f.repondre = func(x *envoiRecu) [][]byte {
		k := x.pieces.Lots[0].Cle
		return [][]byte{b.f.unARL(scor.FluxPieces, x.pieces.Emetteur.Numero, k.Numero, k.Date, x.compo, true, "",
			map[string]string{"S3": "2001"})}
	}
	b.accepter(f, true)
	b.jusquAuRepos()
	vues := 0
	for _, l := range b.lignes() {
		vues++
		if !strings.Contains(l.Conseil, "signer") {
			t.Errorf("%s %s: %s %s", l.Genre, l.Cle, l.Quoi, l.Conseil)
		}
		if strings.Contains(l.Conseil, "umériser") != (l.Facture == cleFacture(f.Lots[0].Factures[1].Cle)) {
			t.Errorf("%s %s: %s", l.Genre, l.Cle, l.Conseil)
		}
	}
	if vues < 4 {
		t.Errorf("%d lines: %+v", vues, b.lignes())
	}
	if _, err := b.DeposerPiece(t.Context(), bordereau("S2", 2)); err != nil {
		t.Errorf("signed again: %v", err)
	}
	b.verifier()
}

// The caisse rejects the original of a series, by a later ARL or by its check: each invoice that sent its reference is
// told, until the original is acknowledged again.
func TestOriginalRejete(t *testing.T) {
	for nom, rejeter := range map[string]func(b *banc){
		"check": func(b *banc) { b.agir(journal.Piece, "P1", ActionRejetee, Decision{Auteur: "x"}) },
		"later ARL": func(b *banc) {
			k, compo := b.f.envois[0].pieces.Lots[0].Cle, b.f.envois[0].compo
			b.f.poster(b.f.unARL(scor.FluxPieces, "00000123456789", k.Numero, k.Date, compo, true, "",
				map[string]string{"P1": "2001"}))
			b.jusquAuRepos()
		},
	} {
		t.Run(nom, func(t *testing.T) {
			surChaqueJournal(t, func(t *testing.T, stockage func(*Config)) {
				b := nouveauBanc(t, referenceAdmise, stockage)
				patient := factures(t, 9, 1).Lots[0].Factures[0].Assure
				var originale fse.CleFacture
				for i := range 4 {
					f := factures(t, 1+i, 1)
					f.Lots[0].Factures[0].Serie, f.Lots[0].Factures[0].Assure = "S", patient
					b.deposer(f)
					if i == 0 {
						originale = f.Lots[0].Factures[0].Cle
						b.piece("P1", originale)
					}
					b.accepter(f, true)
					b.jusquAuRepos()
				}
				if len(b.lignes()) != 0 {
					t.Fatalf("%+v", b.lignes())
				}
				rejeter(b)
				renvois := 0
				for _, l := range b.lignes() {
					if strings.Contains(l.Quoi, "original") && l.Facture != "" && l.Facture != cleFacture(originale) {
						renvois++
					}
				}
				if renvois != 3 {
					t.Fatalf("%d references told: %+v", renvois, b.lignes())
				}
				b.h.avancer(time.Hour)
				if _, err := b.DeposerPiece(t.Context(), document("P1", originale, "better")); err != nil {
					t.Fatal(err)
				}
				b.jusquAuRepos()
				if l := b.lignes(); len(l) != 0 {
					t.Errorf("acknowledged again: %+v", l)
				}
				b.verifier()
			})
		})
	}
}

// A person's number changes between an invoice that failed and the same one billed again: it is shown, a person links
// them, the pieces follow. Two candidates, or the same care of another person, link nothing.
func TestNIRFusionne(t *testing.T) {
	b := nouveauBanc(t)
	f := factures(t, 1, 2)
	for i := range f.Lots[0].Factures {
		f.Lots[0].Factures[i].Naissance = "450312"
	}
	b.deposer(f)
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	b.accepter(f, false)
	b.jusquAuRepos()
	g := factures(t, 2, 3)
	autres := factures(t, 3, 3).Lots[0].Factures
	for i := range g.Lots[0].Factures {
		k, total := g.Lots[0].Factures[i].Cle, g.Lots[0].Factures[i].Total
		g.Lots[0].Factures[i] = f.Lots[0].Factures[0]
		g.Lots[0].Factures[i].Cle, g.Lots[0].Factures[i].Total = k, total
		g.Lots[0].Factures[i].Assure = autres[2].Assure
	}
	g.Lots[0].Factures[1].Naissance = "990101" // another person, the amount of the second
	b.deposer(g)
	var dites []Ligne
	for _, l := range b.lignes() {
		if l.Genre == journal.Facture {
			dites = append(dites, l)
		}
	}
	nouvelle := cleFacture(g.Lots[0].Factures[0].Cle)
	if len(dites) != 1 || dites[0].Facture != nouvelle || !strings.Contains(dites[0].Actions[0].Libelle, "même personne") {
		t.Fatalf("%+v", dites)
	}
	if p := b.objet(journal.Piece, "P1"); p.Parent != cleFacture(f.Lots[0].Factures[0].Cle) {
		t.Error("linked without a word")
	}
	b.agir(journal.Facture, nouvelle, ActionAccepter, Decision{Auteur: "x"})
	b.accepter(g, true)
	b.jusquAuRepos()
	if p := b.objet(journal.Piece, "P1"); p.Parent != nouvelle || p.Etat != journal.ARLPositif {
		t.Errorf("%s of %s", p.Etat, p.Parent)
	}
	if o := b.objet(journal.Facture, nouvelle); o.Attention != 0 {
		t.Errorf("%+v", b.lignes())
	}
	b.verifier()
}

// Where each invoice's pieces go may be said beside its B2, without any routing table.
func TestDestinationParFacture(t *testing.T) {
	b := nouveauBanc(t, func(c *Config) { c.Destination = nil })
	f := factures(t, 1, 2)
	ou := map[int]string{1000: "01422@422.01.rss.fr", 1001: "01751@751.01.rss.fr"}
	b2 := WithComplements(func(f *fse.Facture) Complement {
		return Complement{Destination: lot.Destination{Regime: "01", Organisme: ou[f.Cle.Numero][2:5], Type: "CT",
			Numero: "000000014" + ou[f.Cle.Numero][2:5] + "22", Adresse: ou[f.Cle.Numero]}}
	})
	if _, err := b.DeposerLots(t.Context(), f, b2); err != nil {
		t.Fatal(err)
	}
	for i := range f.Lots[0].Factures {
		b.piece([]string{"P0", "P1"}[i], f.Lots[0].Factures[i].Cle)
	}
	b.accepter(f, true)
	b.jusquAuRepos()
	var adresses []string
	for o, err := range b.journal.Chercher(t.Context(), journal.Requete{Genre: journal.Message}) {
		if err != nil {
			t.Fatal(err)
		}
		adresses = append(adresses, o.Adresse)
	}
	slices.Sort(adresses)
	if !slices.Equal(adresses, []string{ou[1000], ou[1001]}) || len(b.lignes()) != 0 {
		t.Errorf("%v: %+v", adresses, b.lignes())
	}
	// The same lot again, without saying it, takes nothing back.
	if d, err := b.DeposerLots(t.Context(), f); err != nil || d.Nouveaux != 0 {
		t.Errorf("%+v, %v", d, err)
	}
}

// A notice that holds the envelope's identifier alone is of that message; one that only answers it, which anybody can
// write, has nothing sent again, and is shown.
func TestANRParSonEnveloppe(t *testing.T) {
	b := nouveauBanc(t)
	b.f.repondre = func(*envoiRecu) [][]byte { return nil }
	b.lot(1, 1)
	b.jusquAuRepos()
	compo, id := b.f.envois[0].compo, b.f.envois[0].id
	if _, err := b.DeposerRetour(t.Context(), &retour.ANR{MessageID: id, Douteux: true, Definitif: true}); err != nil {
		t.Fatal(err)
	}
	b.h.avancer(2 * time.Hour)
	b.jusquAuRepos()
	if len(b.f.envois) != 1 || len(b.lignes()) != 1 {
		t.Fatalf("%d sendings: %+v", len(b.f.envois), b.lignes())
	}
	b.f.poster([]byte("From: mailer-daemon@relais.test\r\nTo: cabinet@exemple.test\r\nSubject: Undelivered\r\n" +
		"Message-ID: <d1@relais.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/report; " +
		"report-type=delivery-status; boundary=b\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nfailed\r\n--b\r\n" +
		"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; relais.test\r\nOriginal-Envelope-Id: " + compo +
		"\r\n\r\nFinal-Recipient: rfc822; x@frontal.test\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n--b--\r\n"))
	b.jusquAuRepos()
	b.h.avancer(2 * time.Hour)
	b.jusquAuRepos()
	if len(b.f.envois) != 2 || b.f.envois[1].id != id {
		t.Errorf("%d sendings", len(b.f.envois))
	}
	b.verifier()
}

// An answer to a lot of pieces that the journal doesn't know shows an old backup: it is told, and once a person says so
// no number is given again.
func TestAncienneSauvegardeVueParUnARL(t *testing.T) {
	surChaqueJournal(t, func(t *testing.T, stockage func(*Config)) {
		b := nouveauBanc(t, stockage)
		b.lot(1, 1)
		b.jusquAuRepos()
		if len(b.lignes()) != 0 {
			t.Fatalf("%+v", b.lignes())
		}
		k := b.f.envois[0].pieces.Lots[0].Cle
		b.f.poster(b.f.unARL(scor.FluxPieces, "00000123456789", k.Numero+3, k.Date, "2026030209000000077", true, "", nil))
		b.jusquAuRepos()
		if !b.dit("sauvegarde") {
			t.Fatalf("%+v", b.lignes())
		}
		b.agir(journal.Cabinet, cleRestauration, ActionAccepter, Decision{Auteur: "x"})
		b.lot(2, 1)
		b.jusquAuRepos()
		if n := b.f.envois[1].pieces.Lots[0].Cle.Numero; n < k.Numero+sautRestauration-taillePlage {
			t.Errorf("after number %d, number %d", k.Numero, n)
		}
		if b.dit("sauvegarde") {
			t.Errorf("%+v", b.lignes())
		}
		b.verifier()
	})
}

// A file of the journal put back from an older copy isn't opened as if nothing had happened; opened as a backup, its
// numbers go on beyond those that may be taken.
func TestAncienFichierRemis(t *testing.T) {
	chemin := filepath.Join(t.TempDir(), "suivi.db")
	copie := filepath.Join(t.TempDir(), "copie.db")
	b := nouveauBanc(t, surFichier(t, chemin))
	b.lot(1, 1)
	b.jusquAuRepos()
	j := b.journal.(*sqlite.Journal)
	if err := j.Sauvegarder(t.Context(), copie); err != nil {
		t.Fatal(err)
	}
	b.lot(2, 1)
	b.jusquAuRepos()
	avant := b.f.envois[1].pieces.Lots[0].Cle.Numero
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	copier(t, copie, chemin)
	if _, err := sqlite.Open(t.Context(), chemin); !errors.Is(err, sqlite.ErrAncien) {
		t.Fatalf("opened without a word: %v", err)
	}
	c := nouveauBanc(t, surFichier(t, chemin, sqlite.WithRestauration()))
	c.lot(3, 1)
	c.jusquAuRepos()
	if n := c.f.envois[0].pieces.Lots[0].Cle.Numero; n <= avant {
		t.Errorf("number %d after %d", n, avant)
	}
	if err := c.journal.(*sqlite.Journal).Close(); err != nil {
		t.Fatal(err)
	}
	d := nouveauBanc(t, surFichier(t, chemin)) // accepted once for all
	d.verifier()
}

// copier puts a copy in the place of a closed journal.
func copier(t *testing.T, de, vers string) {
	t.Helper()
	b, err := os.ReadFile(de)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range []string{"-wal", "-shm"} {
		if err := os.Remove(vers + s); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(vers, b, 0o600); err != nil {
		t.Fatal(err)
	}
}
