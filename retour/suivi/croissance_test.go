package suivi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/fse"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/postgres"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// mesuresCroissance are what must stay flat, or nearly, when the journal grows.
var mesuresCroissance = []struct {
	nom string
	f   func(b *banc, f *fse.Fichier) (int, error)
}{
	{"synthesis, first page", func(b *banc, _ *fse.Fichier) (int, error) {
		y, err := b.Synthese(context.Background(), Filtre{})
		if err != nil {
			return 0, err
		}
		return len(y.Lignes), nil
	}},
	{"pieces of a day", func(b *banc, f *fse.Fichier) (int, error) {
		return compterArchives(b, Archive{Du: f.Date, Au: f.Date})
	}},
	{"archive, unknown patient", func(b *banc, _ *fse.Fichier) (int, error) {
		nir, err := fse.ParseNIR("2990199999999", "")
		if err != nil {
			return 0, err
		}
		return compterArchives(b, Archive{Patient: nir})
	}},
	{"archive, type without piece", func(b *banc, _ *fse.Fichier) (int, error) {
		return compterArchives(b, Archive{Type: scor.TicketVitale})
	}},
	{"purge, nothing past", func(b *banc, _ *fse.Fichier) (int, error) {
		r, err := ReglementPublic()
		if err != nil {
			return 0, err
		}
		x, err := b.Purger(context.Background(), r, Decision{Auteur: "x"}, "professionnel")
		return x.Pieces, err
	}},
	{"proof of an invoice, bytes", func(b *banc, f *fse.Fichier) (int, error) {
		var w bytes.Buffer
		err := b.Preuve(context.Background(), &w, f.Lots[0].Factures[0].Cle)
		return w.Len(), err
	}},
	{"a round that finds nothing", func(b *banc, _ *fse.Fichier) (int, error) {
		_, err := b.Avancer(context.Background())
		return 0, err
	}},
}

func compterArchives(b *banc, a Archive) (n int, err error) {
	for _, err := range b.Archives(context.Background(), a) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// TestCroissance measures what a person waits for in journals of 1,000 pieces and ten times more, up to
// SCOR_CROISSANCE, and writes docs/benchmarks.md.
func TestCroissance(t *testing.T) {
	fin, err := strconv.Atoi(os.Getenv("SCOR_CROISSANCE"))
	if err != nil {
		t.Skip("SCOR_CROISSANCE is the greatest number of pieces: 100000 takes minutes")
	}
	var tailles []int
	for n := 1000; n <= fin; n *= 10 {
		tailles = append(tailles, n)
	}
	var table strings.Builder
	fmt.Fprintf(&table, "%s, %d processors, %s; medians of seven, in milliseconds.\n", runtime.GOARCH, runtime.NumCPU(),
		runtime.Version())
	for _, nom := range []string{"SQLite", "PostgreSQL"} {
		ouvrir := magasinCroissance(t, nom)
		if ouvrir == nil {
			continue
		}
		colonnes := make([][]string, len(mesuresCroissance))
		for _, n := range tailles {
			for i, c := range mesurerCroissance(t, ouvrir, n) {
				colonnes[i] = append(colonnes[i], c)
			}
		}
		fmt.Fprintf(&table, "\n| %s, pieces |", nom)
		for _, n := range tailles {
			fmt.Fprintf(&table, " %d |", n)
		}
		table.WriteString("\n|---|" + strings.Repeat("---:|", len(tailles)) + "\n")
		for i, m := range mesuresCroissance {
			fmt.Fprintf(&table, "| %s | %s |\n", m.nom, strings.Join(colonnes[i], " | "))
		}
	}
	t.Log(table.String())
	if err := remplacerSection(filepath.Join("..", "..", "docs", "benchmarks.md"), "suivi, croissance",
		table.String()); err != nil {
		t.Error(err)
	}
}

func magasinCroissance(t *testing.T, nom string) func(*Config) {
	if nom == "SQLite" {
		return func(c *Config) {
			j, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "suivi.db"), sqlite.WithHorloge(c.Horloge))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { j.Close() })
			c.Journal, c.Coffre = j, coffreDe(t, j.Documents())
		}
	}
	dsn := os.Getenv("SCOR_POSTGRES")
	if dsn == "" {
		return nil
	}
	return func(c *Config) {
		j, err := postgres.Open(t.Context(), dsn, fmt.Sprint("croissance", time.Now().UnixNano()))
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { j.Close() })
		c.Journal, c.Coffre = j, coffreDe(t, j.Documents())
	}
}

// mesurerCroissance gives one cell for each measure, in a journal of n pieces, with one real lot at its end.
func mesurerCroissance(t *testing.T, ouvrir func(*Config), n int) (cellules []string) {
	b := nouveauBanc(t, ouvrir, sansConservation)
	if _, err := journaltest.Cabinet(t.Context(), b.journal, n); err != nil {
		t.Fatal(err)
	}
	tete, err := b.journal.Tete(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b.h.mettre(tete.Quand.Add(time.Hour))
	f := b.lot(999, 10) // a number that Cabinet doesn't take
	b.jusquAuRepos()
	for _, m := range mesuresCroissance {
		var d []time.Duration
		resultat := 0
		for range 7 {
			debut := time.Now()
			if resultat, err = m.f(b, f); err != nil {
				t.Fatalf("%s: %v", m.nom, err)
			}
			d = append(d, time.Since(debut))
		}
		slices.Sort(d)
		c := fmt.Sprintf("%.1f", float64(d[len(d)/2].Microseconds())/1000)
		if resultat > 0 {
			c += fmt.Sprintf(" (%d)", resultat)
		}
		cellules = append(cellules, c)
	}
	return cellules
}

// remplacerSection writes a text between the marks of a section of a document.
func remplacerSection(fichier, section, texte string) error {
	b, err := os.ReadFile(fichier)
	if err != nil {
		return err
	}
	debut, fin := "<!-- "+section+" : début -->\n", "<!-- "+section+" : fin -->"
	avant, reste, ok := strings.Cut(string(b), debut)
	_, apres, ok2 := strings.Cut(reste, fin)
	if !ok || !ok2 {
		return fmt.Errorf("%s: section %q: %w", fichier, section, io.ErrUnexpectedEOF)
	}
	return os.WriteFile(fichier, []byte(avant+debut+"\n"+texte+"\n"+fin+apres), 0o644)
}

// BenchmarkDeposits is the deposit, through a Suivi on SQLite with rules, of lots of 1,000 invoices with a piece each,
// their documents encrypted and kept in the same file: events a second, to hold beside the bare inserts of package
// sqlite's BenchmarkTransitions.
func BenchmarkDeposits(b *testing.B) {
	c := nouveauBanc(b, surFichier(b, filepath.Join(b.TempDir(), "suivi.db")), func(c *Config) {
		c.Exigences = func(*fse.Facture) []scor.Exigence {
			return []scor.Exigence{{Type: scor.Ordonnance, Decision: scor.Requise}}
		}
	})
	n := 0
	for b.Loop() {
		f := factures(b, 1+n%999, 1000)
		f.Lots[0].Cle.Date = fse.DateDe(lundi.AddDate(0, 0, n/999))
		var pieces []scor.Piece
		for i := range f.Lots[0].Factures {
			x := &f.Lots[0].Factures[i]
			x.Cle.Lot = f.Lots[0].Cle
			pieces = append(pieces, document(fmt.Sprintf("P%d-%d", n, i), x.Cle, strings.Repeat("x", 1000)+fmt.Sprint(n, i)))
		}
		c.deposer(f)
		if _, err := c.DeposerPieces(b.Context(), pieces); err != nil {
			b.Fatal(err)
		}
		n++
	}
	b.ReportMetric(float64(2000*n)/b.Elapsed().Seconds(), "events/s")
}
