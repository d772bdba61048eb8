package suivi

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// temoin is what a journal of testdata/journaux held when it was made: <name>.json beside <name>.db.gz.
type temoin struct {
	Tete       journal.Tete      `json:"tete"`
	Maintenant time.Time         `json:"maintenant"`
	Documents  int               `json:"documents"`
	Comptes    map[string]int64  `json:"comptes"`
	Pieces     map[string]string `json:"pieces"` // state by identifier
}

// temoinDe describes b as a temoin.
func temoinDe(t *testing.T, b *banc) temoin {
	t.Helper()
	r, err := b.Verifier(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	y, err := b.Synthese(t.Context(), Filtre{})
	if err != nil {
		t.Fatal(err)
	}
	x := temoin{Tete: r.Tete, Maintenant: b.h.lire(), Documents: r.Documents, Comptes: y.Comptes,
		Pieces: map[string]string{}}
	for o, err := range b.journal.Chercher(t.Context(), journal.Requete{Genre: journal.Piece}) {
		if err != nil {
			t.Fatal(err)
		}
		x.Pieces[o.Cle] = string(o.Etat)
	}
	return x
}

// surFichier has a banc keep its journal and documents in one SQLite file.
func surFichier(t testing.TB, chemin string, opts ...sqlite.Option) func(*Config) {
	return func(c *Config) {
		j, err := sqlite.Open(t.Context(), chemin, append(opts, sqlite.WithHorloge(c.Horloge))...)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { j.Close() })
		k, err := coffre.Open(t.Context(), j.Documents(), bytes.Repeat([]byte{7}, coffre.TailleCle))
		if err != nil {
			t.Fatal(err)
		}
		c.Journal, c.Coffre = j, k
	}
}

// vieCabinet lives what a journal of testdata/journaux tells: lots in every situation, with their documents.
func vieCabinet(t *testing.T, b *banc) {
	refuses := map[string]string{"P3-0": "1003"}
	b.lot(1, 2) // acknowledged, later purged
	b.jusquAuRepos()
	b.h.avancer(200 * 24 * time.Hour)
	if x, err := b.purger("professionnel"); err != nil || x.Pieces != 2 {
		t.Fatalf("%+v, %v", x, err)
	}
	f := b.lot(2, 3) // acknowledged, then one paid, one rejected, one with a remark
	b.jusquAuRepos()
	for i, e := range []noemie.Issue{noemie.Paye, noemie.Rejete, noemie.Signale} {
		b.rsp(f.Lots[0].Factures[i].Cle, e, "BENEFICIAIRE INCONNU")
	}
	b.f.repondre = func(x *envoiRecu) [][]byte {
		if x.pieces == nil {
			return b.f.arl(x, true)
		}
		k := x.pieces.Lots[0].Cle
		return [][]byte{b.f.unARL(scor.FluxPieces, x.pieces.Emetteur.Numero, k.Numero, k.Date, x.compo, false, "", refuses)}
	}
	b.lot(3, 2) // pieces refused
	b.jusquAuRepos()
	b.f.repondre = func(*envoiRecu) [][]byte { return nil }
	g := factures(t, 4, 1) // invoices refused
	b.deposer(g)
	b.accepter(g, false)
	b.jusquAuRepos()
	b.lot(5, 1) // pieces under way
	b.jusquAuRepos()
	b.deposer(factures(t, 6, 2)) // invoices under way
	b.jusquAuRepos()
	h := factures(t, 7, 1) // waits
	b.deposer(h)
	b.piece("P7-0", h.Lots[0].Factures[0].Cle)
	if err := b.RefuserPiece(t.Context(), scor.Piece{ID: "P7-1", Type: scor.Ordonnance,
		Facture: h.Lots[0].Factures[0].Cle}, "la page est blanche"); err != nil {
		t.Fatal(err)
	}
	// its invoice never came
	b.piece("P8-0", fse.CleFacture{Lot: fse.CleLot{Emetteur: "123456789", Numero: 8, Date: h.Date}, Numero: 1})
}

// TestFaireUnJournal makes the journal of a release: SCOR_JOURNAL_TEMOIN=0.1.0 go test -run TestFaireUnJournal
// ./retour/suivi. A journal made once is never made again: what it protects is that later versions read it.
func TestFaireUnJournal(t *testing.T) {
	nom := os.Getenv("SCOR_JOURNAL_TEMOIN")
	if nom == "" {
		t.Skip("SCOR_JOURNAL_TEMOIN names the release whose journal is to be made")
	}
	base := filepath.Join("testdata", "journaux", nom)
	if _, err := os.Stat(base + ".db.gz"); err == nil {
		t.Fatalf("%s exists", base)
	}
	chemin := filepath.Join(t.TempDir(), "suivi.db")
	b := nouveauBanc(t, sansConservation, surFichier(t, chemin))
	vieCabinet(t, b)
	x, err := json.MarshalIndent(temoinDe(t, b), "", "\t")
	if err != nil {
		t.Fatal(err)
	}
	copie := filepath.Join(t.TempDir(), "copie.db")
	if err := b.journal.(*sqlite.Journal).Sauvegarder(t.Context(), copie); err != nil {
		t.Fatal(err)
	}
	octets, err := os.ReadFile(copie)
	if err != nil {
		t.Fatal(err)
	}
	var z bytes.Buffer
	w, err := gzip.NewWriterLevel(&z, gzip.BestCompression)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(octets); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for suffixe, octets := range map[string][]byte{".json": append(x, '\n'), ".db.gz": z.Bytes()} {
		if err := os.WriteFile(base+suffixe, octets, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// What an office has written must be read by every later version: each journal of testdata/journaux opens, is proved
// whole with its documents, shows the same states, knows again the lots that it holds, and goes on.
func TestJournauxDAvant(t *testing.T) {
	l, err := filepath.Glob(filepath.Join("testdata", "journaux", "*.db.gz"))
	if err != nil || len(l) == 0 {
		t.Fatal("no journal to read: ", err)
	}
	for _, archive := range l {
		nom := strings.TrimSuffix(filepath.Base(archive), ".db.gz")
		t.Run(nom, func(t *testing.T) { relireJournal(t, archive) })
	}
}

func relireJournal(t *testing.T, archive string) {
	var attendu temoin
	b, err := os.ReadFile(strings.TrimSuffix(archive, ".db.gz") + ".json")
	if err == nil {
		err = json.Unmarshal(b, &attendu)
	}
	if err != nil {
		t.Fatal(err)
	}
	c := nouveauBanc(t, sansConservation, surFichier(t, decomprimer(t, archive)))
	c.h.avancer(attendu.Maintenant.Sub(c.h.lire()))
	lu := temoinDe(t, c)
	if lu.Tete != attendu.Tete || lu.Documents != attendu.Documents {
		t.Errorf("head %+v, %d documents; expected %+v, %d", lu.Tete, lu.Documents, attendu.Tete, attendu.Documents)
	}
	for cle, e := range attendu.Pieces {
		if lu.Pieces[cle] != e {
			t.Errorf("piece %s: %q, expected %q", cle, lu.Pieces[cle], e)
		}
	}
	for cle, n := range attendu.Comptes {
		if lu.Comptes[cle] != n {
			t.Errorf("%s: %d, expected %d", cle, lu.Comptes[cle], n)
		}
	}
	for _, n := range []int{2, 4, 7} {
		if d, err := c.DeposerLots(t.Context(), factures(t, n, map[int]int{2: 3, 4: 1, 7: 1}[n])); err != nil ||
			d.Nouveaux != 0 {
			t.Errorf("lot %d isn't known again: %+v, %v", n, d, err)
		}
	}
	c.h.avancer(time.Hour)
	c.jusquAuRepos()
	if _, err := c.Verifier(t.Context(), &attendu.Tete); err != nil {
		t.Errorf("after a round: %v", err)
	}
}

func decomprimer(t *testing.T, archive string) string {
	t.Helper()
	f, err := os.Open(archive)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	r, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	chemin := filepath.Join(t.TempDir(), "suivi.db")
	w, err := os.OpenFile(chemin, os.O_WRONLY|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, r); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return chemin
}
