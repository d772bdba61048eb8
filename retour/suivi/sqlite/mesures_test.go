package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
)

// BenchmarkTransitions compares durable transitions with bare inserts of rows of the same size, in the same groups,
// same pragmas, same disk: deposits, which make an object each, and the way of pieces that go well, of which two events
// in three change an object.
func BenchmarkTransitions(b *testing.B) {
	for _, groupe := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("bare/%d", groupe), func(b *testing.B) { nu(b, groupe) })
		b.Run(fmt.Sprintf("deposits/%d", groupe), func(b *testing.B) { depots(b, groupe) })
		b.Run(fmt.Sprintf("way/%d", groupe), func(b *testing.B) { parcours(b, groupe) })
	}
}

// nu is the fastest that one does by hand with database/sql: one prepared insert, a transaction for each group.
func nu(b *testing.B, groupe int) {
	db, err := sql.Open("sqlite", source(filepath.Join(b.TempDir(), "nu.db"),
		"_txlock=immediate&_pragma=journal_mode(WAL)"))
	if err != nil {
		b.Fatal(err)
	}
	defer db.Close()
	db.SetMaxOpenConns(1)
	if _, err := db.Exec(`CREATE TABLE evenements (seq INTEGER PRIMARY KEY, prec INTEGER NOT NULL, quand INTEGER NOT NULL, genre TEXT NOT NULL, cle TEXT NOT NULL,
		type TEXT NOT NULL, version INTEGER NOT NULL, donnees TEXT NOT NULL, condense BLOB NOT NULL) STRICT`); err != nil {
		b.Fatal(err)
	}
	s, err := db.Prepare("INSERT INTO evenements VALUES (?,?,?,?,?,?,?,?,?)")
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	condense := make([]byte, 32)
	b.ResetTimer()
	n := 0
	for b.Loop() {
		tx, err := db.Begin()
		if err != nil {
			b.Fatal(err)
		}
		x := tx.Stmt(s)
		for range groupe {
			n++
			c := journaltest.Champs(n)
			if _, err := x.Exec(n, 0, n, "piece", journaltest.Cle(n), "deposer", 1, string(c.Append(nil)),
				condense); err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}

func depots(b *testing.B, groupe int) {
	j := ouvrir(b)
	b.ResetTimer()
	n := 0
	evs := make([]journal.Evenement, groupe)
	for b.Loop() {
		for i := range evs {
			n++
			evs[i] = journaltest.Ev(journal.Piece, journaltest.Cle(n), 1, journal.Deposer, journaltest.Champs(n))
		}
		if err := j.Ajouter(context.Background(), evs); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}

func parcours(b *testing.B, groupe int) {
	j := ouvrir(b)
	ctx := b.Context()
	b.ResetTimer()
	n, evts := 0, 0
	evs := make([]journal.Evenement, 0, groupe)
	for b.Loop() {
		lot, scor := fmt.Sprintf("F%09d", n), fmt.Sprintf("S%09d", n)
		if err := j.Ajouter(ctx, []journal.Evenement{
			journaltest.Ev(journal.LotFactures, lot, 1, journal.Constituer, journal.Champs{EssaisMax: 3}),
			journaltest.Ev(journal.LotFactures, lot, 2, journal.Transmettre, journal.Champs{}),
			journaltest.Ev(journal.LotFactures, lot, 3, journal.RecevoirARLPositif, journal.Champs{Code: "0000"}),
		}); err != nil {
			b.Fatal(err)
		}
		evts += 3
		for v, etape := range []func(int) journal.Evenement{
			func(i int) journal.Evenement {
				return journaltest.Ev(journal.Piece, journaltest.Cle(i), 1, journal.Deposer, journaltest.Champs(i))
			},
			func(i int) journal.Evenement {
				return journaltest.Ev(journal.Piece, journaltest.Cle(i), 2, journal.Enlotter, journal.Champs{Dans: scor,
					Mode: "scor"})
			},
			func(i int) journal.Evenement {
				return journaltest.Ev(journal.Piece, journaltest.Cle(i), 3, journal.RecevoirARLPositif, journal.Champs{})
			},
		} {
			evs = evs[:0]
			if v == 1 {
				evs = append(evs, journaltest.Ev(journal.LotScor, scor, 1, journal.Constituer, journal.Champs{Parent: lot,
					EssaisMax: 3}))
			}
			for i := range groupe {
				evs = append(evs, etape(n+i))
			}
			if err := j.Ajouter(ctx, evs); err != nil {
				b.Fatal(err)
			}
			evts += len(evs)
		}
		n += groupe
	}
	b.ReportMetric(float64(evts)/b.Elapsed().Seconds(), "events/s")
}

func taille(defaut int, variable string) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return defaut
}

// BenchmarkCabinet measures, on an office of a million pieces (SCOR_MESURE_PIECES): the journal's size on disk per
// piece, the checked replay of its events, the pages that a synthesis reads, and the search of a patient.
func BenchmarkCabinet(b *testing.B) {
	nb := taille(1_000_000, "SCOR_MESURE_PIECES")
	j := ouvrir(b)
	debut := time.Now()
	evs, err := journaltest.Cabinet(b.Context(), j, nb)
	if err != nil {
		b.Fatal(err)
	}
	b.Logf("%d pieces, %d events written in %v", nb, evs, time.Since(debut).Round(time.Millisecond))
	if _, err := j.ecrivain.Exec("PRAGMA wal_checkpoint(TRUNCATE)"); err != nil {
		b.Fatal(err)
	}
	i, err := os.Stat(j.chemin)
	if err != nil {
		b.Fatal(err)
	}
	ctx := context.Background()
	b.Run("size", func(b *testing.B) {
		for b.Loop() {
		}
		b.ReportMetric(float64(i.Size())/float64(nb), "bytes/piece")
		b.ReportMetric(float64(i.Size())/float64(evs), "bytes/event")
	})
	b.Run("counts and first page", func(b *testing.B) {
		for b.Loop() {
			if _, err := j.Compteurs(ctx, "", ""); err != nil {
				b.Fatal(err)
			}
			n := 0
			for _, g := range journal.Genres() {
				for _, err := range j.Chercher(ctx, journal.Requete{Genre: g, Attention: 1, Tri: journal.ParUrgence, Limite: 51}) {
					if err != nil {
						b.Fatal(err)
					}
					n++
				}
			}
			if n != 51 {
				b.Fatalf("%d lines", n)
			}
		}
	})
	b.Run("pieces of a patient", func(b *testing.B) {
		for b.Loop() {
			n := 0
			for _, err := range j.Chercher(ctx, journal.Requete{Genre: journal.Piece, Patient: fmt.Sprintf("%032d", nb/14)}) {
				if err != nil {
					b.Fatal(err)
				}
				n++
			}
			if n == 0 {
				b.Fatal("nobody")
			}
		}
	})
	b.Run("replay of the chain", func(b *testing.B) {
		for b.Loop() {
			if r, err := journal.VerifierChaine(ctx, j, nil); err != nil || r.Evenements != evs {
				b.Fatal(r, err)
			}
		}
		b.ReportMetric(float64(evs)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
	b.Run("replay and fold", func(b *testing.B) {
		for b.Loop() {
			if r, err := journal.Verifier(ctx, j, nil); err != nil || r.Evenements != evs {
				b.Fatal(r, err)
			}
		}
		b.ReportMetric(float64(evs)*float64(b.N)/b.Elapsed().Seconds(), "events/s")
	})
}
