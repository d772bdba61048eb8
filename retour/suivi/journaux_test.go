package suivi

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/coffre"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/postgres"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
)

// surChaqueJournal runs a test on each kind of journal; PostgreSQL's needs SCOR_POSTGRES (see
// internal/serveurs/postgres.sh).
func surChaqueJournal(t *testing.T, f func(t *testing.T, c func(*Config))) {
	t.Run("memoire", func(t *testing.T) { f(t, func(*Config) {}) })
	t.Run("sqlite", func(t *testing.T) {
		f(t, func(c *Config) {
			j, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "suivi.db"), sqlite.WithHorloge(c.Horloge))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { j.Close() })
			c.Journal, c.Coffre = j, coffreDe(t, j.Documents())
		})
	})
	t.Run("postgres", func(t *testing.T) {
		dsn := os.Getenv("SCOR_POSTGRES")
		if dsn == "" {
			t.Skip(`needs SCOR_POSTGRES: eval "$(internal/serveurs/postgres.sh)"`)
		}
		f(t, func(c *Config) {
			j, err := postgres.Open(t.Context(), dsn, fmt.Sprint("suivi", time.Now().UnixNano()))
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { j.Close() })
			c.Journal, c.Coffre = j, coffreDe(t, j.Documents())
		})
	})
}

func coffreDe(t testing.TB, d coffre.Depot) Coffre {
	k, err := coffre.Open(t.Context(), d, make([]byte, coffre.TailleCle))
	if err != nil {
		t.Fatal(err)
	}
	return k
}
