package suivi

import (
	"bytes"
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/lot"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
	"github.com/scor-sdk/scor-sdk-go/transport"
)

// lundi is the Monday on which the tests begin.
var lundi = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

type pendule struct {
	mu sync.Mutex
	t  time.Time
}

func (p *pendule) mettre(t time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.t = t
}

func (p *pendule) lire() time.Time {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.t
}

func (p *pendule) avancer(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.t = p.t.Add(d)
}

func profilClair(t testing.TB) *scor.Profil {
	t.Helper()
	commun, err := scor.Reference()
	if err != nil {
		t.Fatal(err)
	}
	q := *commun // the profile is shared by all its users
	p := &q
	p.Message.Enveloppe.Chiffrement = "aucun"
	p.Factures.Enveloppe.Chiffrement = "aucun"
	return p
}

// banc is a practice with a frontal in memory.
type banc struct {
	*Suivi
	t       testing.TB
	h       *pendule
	f       *frontalFactice
	journal journal.Journal
}

func nouveauBanc(t testing.TB, changer ...func(*Config)) *banc {
	t.Helper()
	h := &pendule{t: lundi}
	p := profilClair(t)
	f := &frontalFactice{profil: p, horloge: h.lire}
	k, err := coffre.Open(t.Context(), &coffre.Memoire{}, bytes.Repeat([]byte{7}, coffre.TailleCle))
	if err != nil {
		t.Fatal(err)
	}
	c := Config{Profil: p, Journal: journal.NewMemoire(h.lire), Coffre: k,
		Emetteur: Emetteur{lot.Emetteur{Type: "TP", Numero: "00000123456789"}, "cabinet@exemple.test"}, Expediteur: f,
		Boites: []transport.Boite{f}, Horloge: h.lire,
		SautHorloge: 100 * 365 * 24 * time.Hour, // months pass at once in these tests
		Destination: func(*fse.Facture) (lot.Destination, error) {
			return lot.Destination{Regime: "01", Organisme: "422", Type: "CT", Numero: "00000001422422",
				Adresse: "01422@422.01.rss.fr"}, nil
		}}
	for _, f := range changer {
		f(&c)
	}
	s, err := Open(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return &banc{s, t, h, f, c.Journal}
}

// referenceAdmise has each invoice ask for an ordonnance, for which the reference of one already sent will do.
func referenceAdmise(c *Config) {
	c.Exigences = func(*fse.Facture) []scor.Exigence {
		return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.ReferenceAdmise}}
	}
}

func (b *banc) avancer() BilanRonde {
	b.t.Helper()
	x, err := b.Avancer(context.Background())
	if err != nil {
		b.t.Fatal(err)
	}
	return x
}

// jusquAuRepos goes on until nothing is left to do at this instant.
func (b *banc) jusquAuRepos() {
	b.t.Helper()
	for range 50 {
		if b.avancer().Rien() {
			return
		}
	}
	b.t.Fatal("the rounds don't come to rest")
}

func (b *banc) etat(g journal.Genre, cle string) journal.Etat {
	b.t.Helper()
	o, err := journal.Trouver(context.Background(), b.journal, g, cle)
	if err != nil {
		b.t.Fatal(err)
	}
	return o.Etat
}

func (b *banc) verifier() {
	b.t.Helper()
	if _, err := journal.Verifier(context.Background(), b.journal, nil); err != nil {
		b.t.Error(err)
	}
}

// factures makes a lot of n invoices of fictive persons.
func factures(t testing.TB, numero, n int) *fse.Fichier {
	t.Helper()
	date, err := fse.NewDate(2026, 3, 2)
	if err != nil {
		t.Fatal(err)
	}
	l := fse.Lot{Cle: fse.CleLot{Emetteur: "123456789", Numero: numero % 1000, Date: date}, Destinataire: "422",
		Flux: fse.FluxB2}
	for i := range n {
		nir, err := fse.ParseNIR(fmt.Sprintf("1%02d%02d99%03d%03d", 30+i%60, 1+i%12, 100+i%800, i%1000), "")
		if err != nil {
			t.Fatal(err)
		}
		l.Factures = append(l.Factures, fse.Facture{Cle: fse.CleFacture{Lot: l.Cle, Numero: 1000 + i}, Flux: fse.FluxFSE,
			Assure: nir, Date: date, Organisme: fse.Organisme{Regime: "01", Caisse: "422", Centre: "0000"}, Destinataire: "422",
			Total: fse.Montant(1000 + i)})
	}
	return &fse.Fichier{Emetteur: "00000123456789", Destinataire: "00000001422422", ID: "AAAAAA", Date: date,
		Lots: []fse.Lot{l}}
}

func document(id string, f fse.CleFacture, texte string) scor.Piece {
	b := []byte("%PDF-1.4 " + texte)
	return scor.Piece{ID: id, Type: scor.Ordonnance, Facture: f, Pages: 1, Octets: int64(len(b)),
		Empreinte: sha256.Sum256(b), Fichier: id + ".tif", Open: func() (io.ReadCloser,
			error) {
			return io.NopCloser(bytes.NewReader(b)), nil
		}}
}

func (b *banc) deposer(f *fse.Fichier) {
	b.t.Helper()
	if _, err := b.DeposerLots(context.Background(), f); err != nil {
		b.t.Fatal(err)
	}
}

func (b *banc) piece(id string, f fse.CleFacture) {
	b.t.Helper()
	if _, err := b.DeposerPiece(context.Background(), document(id, f, id)); err != nil {
		b.t.Fatal(err)
	}
}

// accepter has the frontal send the ARL+ of an invoices' lot.
func (b *banc) accepter(f *fse.Fichier, positif bool) {
	for i := range f.Lots {
		k := f.Lots[i].Cle
		b.f.mu.Lock()
		b.f.poster(b.f.unARL(scor.FluxFactures, f.Emetteur, k.Numero, k.Date, "", positif, "", nil))
		b.f.mu.Unlock()
	}
}

func partage(t testing.TB, nom ...string) []byte {
	t.Helper()
	d, err := os.ReadFile(filepath.Join(append([]string{"../../../shared"}, nom...)...))
	if err != nil {
		t.Skip("../shared is not here")
	}
	return d
}
