package suivi

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/delais"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
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

// A restored backup is proved as a whole: a document that the journal names and that isn't there, or isn't whole, is found.
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
	if !errors.As(err, &manque) || manque.Ref.Cle != "P1-1" || hex.EncodeToString(manque.Empreinte[:]) != o.Empreinte || !errors.Is(err, fs.ErrNotExist) {
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
