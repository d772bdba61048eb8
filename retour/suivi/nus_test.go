package suivi

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
	"github.com/scor-sdk/scor-sdk-go/scor"
)

// tablesDeposees are those in which a deposit writes.
var tablesDeposees = []string{"evenements", "objets", "documents", "morceaux", "compteurs", "tete"}

// BenchmarkBareDeposits inserts the very rows that a lot of 1,000 invoices with a piece each made, into empty tables of
// the same schema, by prepared statements in groups of 256 rows: what BenchmarkDeposits is to be held beside.
func BenchmarkBareDeposits(b *testing.B) {
	ctx := context.Background()
	chemin := filepath.Join(b.TempDir(), "suivi.db")
	j, err := sqlite.Open(ctx, chemin)
	if err != nil {
		b.Fatal(err)
	}
	c := nouveauBanc(b, func(c *Config) { c.Journal, c.Coffre = j, coffreDe(b, j.Documents()) })
	f := factures(b, 1, 1000)
	var pieces []scor.Piece
	for i := range f.Lots[0].Factures {
		pieces = append(pieces, document(fmt.Sprint("P", i), f.Lots[0].Factures[i].Cle,
			strings.Repeat("x", 1000)+fmt.Sprint(i)))
	}
	c.deposer(f)
	if _, err := c.DeposerPieces(ctx, pieces); err != nil {
		b.Fatal(err)
	}
	if err := j.Close(); err != nil {
		b.Fatal(err)
	}
	lignes := lireTables(b, chemin)
	var tours int
	for b.Loop() {
		b.StopTimer()
		vide := filepath.Join(b.TempDir(), "vide.db")
		j, err := sqlite.Open(ctx, vide)
		if err != nil {
			b.Fatal(err)
		}
		if err := j.Close(); err != nil {
			b.Fatal(err)
		}
		db := ouvrirNu(b, vide)
		b.StartTimer()
		insererNu(b, db, lignes)
		b.StopTimer()
		if err := db.Close(); err != nil {
			b.Fatal(err)
		}
		b.StartTimer()
		tours++
	}
	b.ReportMetric(float64(len(lignes["evenements"])*tours)/b.Elapsed().Seconds(), "events/s")
}

func ouvrirNu(b *testing.B, chemin string) *sql.DB {
	db, err := sql.Open("sqlite", "file:"+filepath.ToSlash(chemin)+
		"?_pragma=synchronous(FULL)&_pragma=secure_delete(1)&_pragma=cache_size(-16000)&_txlock=immediate")
	if err != nil {
		b.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	return db
}

func lireTables(b *testing.B, chemin string) map[string][][]any {
	db := ouvrirNu(b, chemin)
	defer db.Close()
	m := map[string][][]any{}
	for _, t := range tablesDeposees {
		rows, err := db.Query("SELECT * FROM " + t)
		if err != nil {
			b.Fatal(err)
		}
		colonnes, err := rows.Columns()
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
			l := make([]any, len(colonnes))
			places := make([]any, len(colonnes))
			for i := range l {
				places[i] = &l[i]
			}
			if err := rows.Scan(places...); err != nil {
				b.Fatal(err)
			}
			m[t] = append(m[t], l)
		}
		if err := rows.Err(); err != nil {
			b.Fatal(err)
		}
	}
	return m
}

func insererNu(b *testing.B, db *sql.DB, lignes map[string][][]any) {
	for _, t := range tablesDeposees {
		l := lignes[t]
		if len(l) == 0 {
			continue
		}
		s, err := db.Prepare("INSERT INTO " + t + " VALUES (" + strings.Repeat("?,", len(l[0])-1) + "?)")
		if err != nil {
			b.Fatal(err)
		}
		for de := 0; de < len(l); de += 256 {
			tx, err := db.Begin()
			if err != nil {
				b.Fatal(err)
			}
			x := tx.Stmt(s)
			for _, v := range l[de:min(de+256, len(l))] {
				if _, err := x.Exec(v...); err != nil {
					b.Fatal(err)
				}
			}
			if err := tx.Commit(); err != nil {
				b.Fatal(err)
			}
		}
		if err := s.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
