package suivi

import (
	"context"
	"fmt"
	"io"
	"iter"
	"maps"
	"path/filepath"
	"slices"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/noemie"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// journalCompte and coffreCompte count what a Suivi asks for: a cost that grows shows in counts on any machine.
type journalCompte struct {
	journal.Journal
	trouves, ajouts int
}

func (j *journalCompte) Chercher(ctx context.Context, r journal.Requete) iter.Seq2[journal.Objet, error] {
	return func(yield func(journal.Objet, error) bool) {
		for o, err := range j.Journal.Chercher(ctx, r) {
			j.trouves++
			if !yield(o, err) {
				return
			}
		}
	}
}

func (j *journalCompte) Ajouter(ctx context.Context, evs []journal.Evenement) error {
	j.ajouts++
	return j.Journal.Ajouter(ctx, evs)
}

type coffreCompte struct {
	Coffre
	ouverts map[[32]byte]int
}

func (c *coffreCompte) Open(ctx context.Context, e [32]byte) (io.ReadCloser, error) {
	c.ouverts[e]++
	return c.Coffre.Open(ctx, e)
}

// plusOuvert is how often the document opened most was.
func (c *coffreCompte) plusOuvert() int { return slices.Max(slices.Collect(maps.Values(c.ouverts))) }

// unPatient is a lot of n invoices of one person, all different.
func unPatient(t testing.TB, numero, n int) *fse.Fichier {
	f := factures(t, numero, n)
	for i := range f.Lots[0].Factures {
		x := &f.Lots[0].Factures[i]
		x.Assure, x.Total = f.Lots[0].Factures[0].Assure, fse.Montant(numero*10000+i)
	}
	return f
}

// piecesDe is a piece for each invoice of a lot.
func piecesDe(f *fse.Fichier) []scor.Piece {
	var l []scor.Piece
	for i := range f.Lots[0].Factures {
		c := f.Lots[0].Factures[i].Cle
		id := fmt.Sprintf("P%d-%d", c.Lot.Numero, i)
		l = append(l, document(id, c, id))
	}
	return l
}

// parcourirLot deposits a lot and its pieces after the lot's ARL+, has all of it answered, and each invoice paid by a
// return of its own.
func (b *banc) parcourirLot(f *fse.Fichier) {
	b.t.Helper()
	b.deposer(f)
	b.accepter(f, true)
	b.jusquAuRepos()
	if _, err := b.DeposerPieces(context.Background(), piecesDe(f)); err != nil {
		b.t.Fatal(err)
	}
	b.jusquAuRepos()
	for i := range f.Lots[0].Factures {
		b.rspDe(f, noemie.Paye, i)
	}
	b.jusquAuRepos()
}

// A lot costs each of its invoices the same, whatever its size, even if all are of one patient and something failed
// before: nothing walks the patient's invoices, reads the lot again for each line of a return, or has the pieces of a
// lot contend for it.
func TestCoutParFacture(t *testing.T) {
	cout := func(n int) (parFacture [2]float64, relu int) {
		j, k := &journalCompte{}, &coffreCompte{ouverts: map[[32]byte]int{}}
		b := nouveauBanc(t, func(c *Config) {
			j.Journal, k.Coffre = c.Journal, c.Coffre
			c.Journal, c.Coffre = j, k
		})
		refuse := factures(t, 1, 1)
		b.deposer(refuse)
		b.accepter(refuse, false)
		b.jusquAuRepos()
		j.trouves, j.ajouts = 0, 0
		f := unPatient(t, 2, n)
		b.parcourirLot(f)
		for i := range f.Lots[0].Factures {
			if e := b.etat(journal.Facture, cleFacture(f.Lots[0].Factures[i].Cle)); e != journal.Paye {
				t.Fatalf("invoice %d is %s", i, e)
			}
		}
		return [2]float64{float64(j.trouves) / float64(n), float64(j.ajouts) / float64(n)}, k.plusOuvert()
	}
	petit, reluPetit := cout(20)
	grand, reluGrand := cout(160)
	for i, quoi := range []string{"objects found", "groups written"} {
		if grand[i] > petit[i]*1.5+1 {
			t.Errorf("%s for each invoice: %.1f in a lot of 20, %.1f in one of 160", quoi, petit[i], grand[i])
		}
	}
	if reluGrand > reluPetit {
		t.Errorf("the lot is read back %d times, of 160 invoices %d times", reluPetit, reluGrand)
	}
}

// BenchmarkLot is the whole way of a lot whose invoices are of one patient, on SQLite: microseconds an invoice, which
// must not grow with the lot.
func BenchmarkLot(b *testing.B) {
	for _, n := range []int{100, 1000, 3000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			c := nouveauBanc(b, surFichier(b, filepath.Join(b.TempDir(), "suivi.db")))
			refuse := factures(b, 1, 1)
			c.deposer(refuse)
			c.accepter(refuse, false)
			c.jusquAuRepos()
			numero := 1
			for b.Loop() {
				numero++
				c.parcourirLot(unPatient(b, numero, n))
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/invoice")
		})
	}
}
