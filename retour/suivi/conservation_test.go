package suivi

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/delais"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

func sansConservation(c *Config) { c.Profil.Delais.Conservation = nil }

func (b *banc) purger(publics ...string) (Purge, error) {
	b.t.Helper()
	r, err := ReglementPublic()
	if err != nil {
		b.t.Fatal(err)
	}
	return b.Purger(context.Background(), r, Decision{Auteur: "Dr T."}, publics...)
}

// A public that no rule knows is a mistake, not a shorter retention.
func TestPublicInconnu(t *testing.T) {
	b := nouveauBanc(t)
	b.lot(1, 1)
	b.jusquAuRepos()
	b.h.avancer(4 * 365 * 24 * time.Hour)
	if x, err := b.purger("professionnel", "etablissment"); err == nil || x.Pieces != 0 {
		t.Errorf("%+v, %v", x, err)
	}
}

// While the caisse rejects the invoice and nobody closed the case, its pieces and their messages stay.
func TestPurgeAttendLaFacture(t *testing.T) {
	b := nouveauBanc(t, sansConservation)
	f := b.lot(1, 1)
	b.jusquAuRepos()
	b.rsp(f.Lots[0].Factures[0].Cle, noemie.Rejete, "PIECE ABSENTE")
	b.h.avancer(200 * 24 * time.Hour)
	b.jusquAuRepos()
	if x, err := b.purger("professionnel"); err != nil || x.Pieces != 0 {
		t.Errorf("%+v, %v", x, err)
	}
	if n, p, _ := b.preuve(f.Lots[0].Factures[0].Cle); n[preuveEnvois] != 1 || len(p) != 1 {
		t.Errorf("%v %v", n, p)
	}
	b.agir(journal.Facture, cleFacture(f.Lots[0].Factures[0].Cle), ActionClore, Decision{})
	if x, err := b.purger("professionnel"); err != nil || x.Pieces != 1 {
		t.Errorf("%+v, %v", x, err)
	}
	b.verifier()
}

// A lot without an answer keeps its message: it may have to leave again.
func TestPurgeAttendLaReponse(t *testing.T) {
	b := nouveauBanc(t, sansConservation)
	b.f.repondre = func(*envoiRecu) [][]byte { return nil }
	b.lot(1, 1)
	b.jusquAuRepos()
	b.h.avancer(200 * 24 * time.Hour)
	b.jusquAuRepos()
	if _, err := b.purger("professionnel"); err != nil {
		t.Fatal(err)
	}
	if e := b.etat(journal.Message, b.f.envois[0].compo); e != journal.Transmis {
		t.Error(e)
	}
}

// A scan replaced by a better one is purged with it.
func TestScanRemplace(t *testing.T) {
	b := nouveauBanc(t, sansConservation)
	f := factures(t, 1, 1)
	b.deposer(f)
	mauvais := document("P1", f.Lots[0].Factures[0].Cle, "bad")
	if _, err := b.DeposerPiece(t.Context(), mauvais); err != nil {
		t.Fatal(err)
	}
	b.piece("P1", f.Lots[0].Factures[0].Cle)
	b.accepter(f, true)
	b.jusquAuRepos()
	b.h.avancer(200 * 24 * time.Hour)
	if x, err := b.purger("professionnel"); err != nil || x.Pieces != 1 {
		t.Errorf("%+v, %v", x, err)
	}
	if r, err := b.c.Coffre.Open(t.Context(), mauvais.Empreinte); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the replaced scan stays for ever: ", err)
		if err == nil {
			r.Close()
		}
	}
}

// A rule's days are French days.
func TestRegleAMinuit(t *testing.T) {
	r, err := ParseReglement(strings.NewReader(`conservation: [{id: x, public: p, duree: 60, unite: mois, du: "2018-03-12", source: s}]`))
	if err != nil {
		t.Fatal(err)
	}
	if _, k := r.Fin(time.Date(2018, 3, 11, 23, 30, 0, 0, time.UTC), delais.France(), "p"); k == nil {
		t.Error("12 March at 0:30 in Paris isn't 12 March")
	}
}

// A piece scanned before its invoice is made is found by its patient and day.
func TestArchiveDeCeQuiVientAvant(t *testing.T) {
	b := nouveauBanc(t, func(c *Config) {
		c.Exigences = func(f *fse.Facture) []scor.Exigence {
			d := scor.Requise
			if f.Cle.Numero == 1001 {
				d = scor.NonTransmise
			}
			return []scor.Exigence{{Type: scor.Ordonnance, Decision: d, Motif: "e-prescription"}}
		}
	})
	f := factures(t, 1, 2)
	fa := f.Lots[0].Factures
	b.piece("P0", fa[0].Cle)
	b.piece("P1", fa[1].Cle)
	b.deposer(f)
	b.accepter(f, true)
	b.jusquAuRepos()
	for i := range fa {
		n := 0
		for p, err := range b.Archives(t.Context(), Archive{Patient: fa[i].Assure, Du: fa[i].Date, Au: fa[i].Date}) {
			if err != nil || p.Facture != fa[i].Cle {
				t.Error(p.ID, err)
			}
			n++
		}
		if n != 1 {
			t.Errorf("%d pieces of patient %d", n, i)
		}
	}
	b.verifier()
}

// The name of who gets a copy is a patient's: the journal doesn't hold it, and it can be read back.
func TestCopieSansNom(t *testing.T) {
	b := nouveauBanc(t)
	b.lot(1, 1)
	b.jusquAuRepos()
	if err := b.Copie(t.Context(), io.Discard, "P1-0", Decision{Auteur: "Dr T.", Motif: "Mme DUPONT"}); err != nil {
		t.Fatal(err)
	}
	for e, err := range b.journal.Rejouer(t.Context(), 0) {
		if err != nil || bytes.Contains(e.Donnees, []byte("DUPONT")) {
			t.Errorf("%s, %v", e.Donnees, err)
		}
	}
	l, err := b.Copies(t.Context(), "P1-0")
	if err != nil || len(l) != 1 || l[0].Pour != "Mme DUPONT" || l[0].Auteur != "Dr T." {
		t.Errorf("%+v, %v", l, err)
	}
}

// A restored backup is proved as a whole: a document that the journal names and that isn't there, or isn't whole, is
// found.
func TestVerifierLaRestauration(t *testing.T) {
	d := &coffre.Memoire{}
	b := nouveauBanc(t, func(c *Config) {
		k, err := coffre.Open(t.Context(), d, bytes.Repeat([]byte{7}, coffre.TailleCle))
		if err != nil {
			t.Fatal(err)
		}
		c.Coffre = k
	})
	b.lot(1, 2)
	b.jusquAuRepos()
	tete, err := b.journal.Tete(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	c := b.c
	restaure := journal.NewMemoire(b.h.lire)
	c.Journal = restaure
	if _, err := journal.Copier(t.Context(), restaure, b.journal); err != nil {
		t.Fatal(err)
	}
	copie := &coffre.Memoire{}
	if _, err := coffre.Copier(t.Context(), copie, d); err != nil {
		t.Fatal(err)
	}
	if c.Coffre, err = coffre.Open(t.Context(), copie, bytes.Repeat([]byte{7}, coffre.TailleCle)); err != nil {
		t.Fatal(err)
	}
	s, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	r, err := s.Verifier(t.Context(), &tete)
	if err != nil || r.Documents == 0 || r.Tete.Condense != tete.Condense {
		t.Fatalf("%+v, %v", r, err)
	}
	o, _ := journal.Trouver(t.Context(), restaure, journal.Piece, "P1-1")
	if err := copie.Supprimer(t.Context(), o.Empreinte); err != nil {
		t.Fatal(err)
	}
	_, err = s.Verifier(t.Context(), &tete)
	var manque *ErreurDocument
	if !errors.As(err, &manque) || manque.Ref.Cle != "P1-1" || hex.EncodeToString(manque.Empreinte[:]) != o.Empreinte ||
		!errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

// A document deposited again for another invoice while its first piece is purged stays.
func TestDepotPendantLaPurge(t *testing.T) {
	j := &pendantAjouter{t: journal.Purger}
	b := nouveauBanc(t, sansConservation, func(c *Config) { j.Journal, c.Journal = c.Journal, j })
	f := b.lot(1, 1)
	b.jusquAuRepos()
	b.h.avancer(200 * 24 * time.Hour)
	p := document("P9", f.Lots[0].Factures[0].Cle, "P1-0")
	j.faire = func() {
		if _, err := b.DeposerPiece(context.Background(), p); err != nil {
			t.Error(err)
		}
	}
	if x, err := b.purger("professionnel"); err != nil || x.Pieces != 1 {
		t.Errorf("%+v, %v", x, err)
	}
	if _, err := b.Verifier(t.Context(), nil); err != nil {
		t.Error(err)
	}
}

// The last day of the retention is kept whole: nothing goes before the next one begins, in France. A reglement of 60
// months from Monday 2 March 2026 at 9:00 UTC ends with Sunday 2 March 2031.
func TestPurgePasUnJourAvant(t *testing.T) {
	r, err := ParseReglement(strings.NewReader(`conservation: [{id: x, public: p, duree: 60, unite: mois, du: "2018-03-12", source: s}]`))
	if err != nil {
		t.Fatal(err)
	}
	b := nouveauBanc(t, sansConservation)
	b.lot(1, 1)
	b.jusquAuRepos()
	minuit := time.Date(2031, 3, 3, 0, 0, 0, 0, b.cal.c.Local(lundi).Location())
	for _, c := range []struct {
		quand  time.Time
		pieces int
	}{{minuit.AddDate(0, 0, -1), 0}, {minuit.Add(-time.Microsecond), 0}, {minuit, 1}} {
		b.h.avancer(c.quand.Sub(b.h.lire()))
		x, err := b.Purger(t.Context(), r, Decision{}, "p")
		if err != nil || x.Pieces != c.pieces {
			t.Errorf("%v: %+v, %v", c.quand, x, err)
		}
	}
}

// A document that two pieces hold goes with the last of them.
func TestPurgeDocumentPartage(t *testing.T) {
	b := nouveauBanc(t, sansConservation)
	f := b.lot(1, 1)
	b.jusquAuRepos()
	b.h.avancer(100 * 24 * time.Hour)
	g := factures(t, 2, 1)
	b.deposer(g)
	p := document("P2-0", g.Lots[0].Factures[0].Cle, "P1-0") // the same bytes as P1-0
	if _, err := b.DeposerPiece(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	b.accepter(g, true)
	b.jusquAuRepos()
	present := func() bool {
		r, err := b.c.Coffre.Open(t.Context(), p.Empreinte)
		if err == nil {
			r.Close()
		}
		return err == nil
	}
	for _, c := range []struct {
		jours   int
		etat    journal.Etat
		present bool
	}{{60, journal.ARLPositif, true}, {100, journal.Purge, false}} {
		b.h.avancer(time.Duration(c.jours) * 24 * time.Hour)
		if _, err := b.purger("professionnel"); err != nil {
			t.Fatal(err)
		}
		if e := b.etat(journal.Piece, "P1-0"); e != journal.Purge {
			t.Errorf("P1-0: %s", e)
		}
		if e := b.etat(journal.Piece, "P2-0"); e != c.etat || present() != c.present {
			t.Errorf("P2-0: %s, document there: %v", e, present())
		}
	}
	_ = f
}

// Purged is gone: of a document's bytes at rest, key and ciphertext, nothing is left in any file of the office, neither
// in the WAL nor in the free pages.
func TestPurgeSansRestes(t *testing.T) {
	dossier := t.TempDir()
	chemin := filepath.Join(dossier, "suivi.db")
	b := nouveauBanc(t, sansConservation, surFichier(t, chemin))
	f := b.lot(1, 3)
	gros := document("P1-9", f.Lots[0].Factures[0].Cle, strings.Repeat("gros", 1<<19))
	if _, err := b.DeposerPiece(t.Context(), gros); err != nil {
		t.Fatal(err)
	}
	b.jusquAuRepos()
	d := b.journal.(*sqlite.Journal).Documents()
	marques := map[string][][]byte{}
	for o, err := range b.journal.Chercher(t.Context(), journal.Requete{Genre: journal.Piece}) {
		if err != nil {
			t.Fatal(err)
		}
		r, err := d.Open(t.Context(), o.Empreinte)
		if err != nil {
			t.Fatal(err)
		}
		brut, err := io.ReadAll(r)
		if err := errors.Join(err, r.Close()); err != nil {
			t.Fatal(err)
		}
		for de := 5; de+32 <= len(brut); de += 100_003 { // the sealed key first
			marques[o.Cle] = append(marques[o.Cle], brut[de:de+32])
		}
	}
	cherche := func() (n int) {
		t.Helper()
		l, err := os.ReadDir(dossier)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range l {
			octets, err := os.ReadFile(filepath.Join(dossier, e.Name()))
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range marques {
				for _, x := range m {
					if bytes.Contains(octets, x) {
						n++
					}
				}
			}
		}
		return n
	}
	if n := cherche(); n < len(marques) {
		t.Fatalf("%d marks found before the purge: the test looks in the wrong place", n)
	}
	b.h.avancer(200 * 24 * time.Hour)
	if x, err := b.purger("professionnel"); err != nil || x.Pieces != 4 {
		t.Fatalf("%+v, %v", x, err)
	}
	if n := cherche(); n != 0 {
		t.Errorf("%d marks of purged documents are still in the files", n)
	}
	b.verifier()
}
