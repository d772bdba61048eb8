package sqlite

import (
	"bytes"
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

// BenchmarkTransitions compares durable transitions with bare inserts of rows of the same size, in the same groups, same pragmas, same disk.
func BenchmarkTransitions(b *testing.B) {
	for _, groupe := range []int{1, 100, 1000} {
		b.Run(fmt.Sprintf("bare/%d", groupe), func(b *testing.B) { nu(b, groupe) })
		b.Run(fmt.Sprintf("journal/%d", groupe), func(b *testing.B) { transitions(b, groupe) })
	}
}

// nu is the fastest that one does by hand with database/sql: one prepared insert, a transaction for each group.
func nu(b *testing.B, groupe int) {
	db, err := sql.Open("sqlite", source(filepath.Join(b.TempDir(), "nu.db"), "_txlock=immediate&_pragma=journal_mode(WAL)"))
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
			c := champsDeMesure(n)
			if _, err := x.Exec(n, 0, n, "piece", cleDeMesure(n), "deposer", 1, string(c.Append(nil)), condense); err != nil {
				b.Fatal(err)
			}
		}
		if err := tx.Commit(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}

func cleDeMesure(n int) string { return fmt.Sprintf("P%09d", n) }

var empreinteDeMesure = string(bytes.Repeat([]byte("0a"), 32))

func champsDeMesure(n int) journal.Champs {
	return journal.Champs{Parent: fmt.Sprintf("123456789/20260302/001/%09d", n), Nature: "ordonnance", Empreinte: empreinteDeMesure, Octets: 45_000, Pages: 1}
}

func transitions(b *testing.B, groupe int) {
	j := ouvrir(b)
	b.ResetTimer()
	n := 0
	evs := make([]journal.Evenement, groupe)
	for b.Loop() {
		for i := range evs {
			n++
			evs[i] = journaltest.Ev(journal.Piece, cleDeMesure(n), 1, journal.Deposer, champsDeMesure(n))
		}
		if err := j.Ajouter(context.Background(), evs); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "events/s")
}

// cabinet fills a journal as an office of nb pieces leaves it: deposited, in a lot, acknowledged; one in a thousand refused. It gives the number of events.
func cabinet(t testing.TB, j *Journal, nb int) uint64 {
	t.Helper()
	ctx := context.Background()
	const parLot = 500
	var evs []journal.Evenement
	ajoute := func(g journal.Genre, cle string, v uint64, ty journal.Type, c journal.Champs, jour int) {
		e := journaltest.Ev(g, cle, v, ty, c)
		e.Quand = journaltest.T0.AddDate(0, 0, jour)
		evs = append(evs, e)
	}
	for l := 0; l*parLot < nb; l++ {
		lot, scor, jour := fmt.Sprintf("123456789/%08d/%03d", 20260302+l/999, l%999), fmt.Sprintf("20260302/%06d", l), l/3
		ajoute(journal.LotFactures, lot, 1, journal.Constituer, journal.Champs{Nombre: parLot, EssaisMax: 3}, jour)
		ajoute(journal.LotFactures, lot, 2, journal.Transmettre, journal.Champs{}, jour)
		ajoute(journal.LotFactures, lot, 3, journal.RecevoirARLPositif, journal.Champs{Code: "0000"}, jour)
		ajoute(journal.LotScor, scor, 1, journal.Constituer, journal.Champs{Parent: lot, EssaisMax: 3}, jour)
		for i := range parLot {
			n := l*parLot + i
			f := fmt.Sprintf("%s/%09d", lot, i)
			ajoute(journal.Facture, f, 1, journal.Enregistrer, journal.Champs{Parent: lot, Patient: fmt.Sprintf("%032d", n/7), Jour: 20260302, Nature: "1"}, jour)
			c := champsDeMesure(n)
			c.Parent, c.Patient, c.Jour = f, fmt.Sprintf("%032d", n/7), 20260302
			if n%1000 == 0 {
				ajoute(journal.Piece, cleDeMesure(n), 1, journal.Refuser, journal.Champs{Parent: f, Motif: "floue"}, jour)
				continue
			}
			ajoute(journal.Piece, cleDeMesure(n), 1, journal.Deposer, c, jour)
			ajoute(journal.Piece, cleDeMesure(n), 2, journal.Enlotter, journal.Champs{Dans: scor, Mode: "scor"}, jour)
			ajoute(journal.Piece, cleDeMesure(n), 3, journal.RecevoirARLPositif, journal.Champs{}, jour)
		}
		if err := j.Ajouter(ctx, evs); err != nil {
			t.Fatal(err)
		}
		evs = evs[:0]
	}
	h, err := j.Tete(ctx)
	if err != nil {
		t.Fatal(err)
	}
	return h.Seq
}

func taille(defaut int, variable string) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return defaut
}

// BenchmarkCabinet measures, on an office of a million pieces (SCOR_MESURE_PIECES): the journal's size on disk per piece, the checked replay of
// its events, the pages that a synthesis reads, and the search of a patient.
func BenchmarkCabinet(b *testing.B) {
	nb := taille(1_000_000, "SCOR_MESURE_PIECES")
	j := ouvrir(b)
	debut := time.Now()
	evs := cabinet(b, j, nb)
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
