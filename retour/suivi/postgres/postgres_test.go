package postgres

import (
	"fmt"
	"os"
	"sync/atomic"
	"testing"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
)

var rang atomic.Int64

func ouvrir(t testing.TB) *Journal {
	t.Helper()
	dsn := os.Getenv("SCOR_POSTGRES")
	if dsn == "" {
		t.Skip("SCOR_POSTGRES is not set: internal/serveurs/postgres.sh starts a server and prints its value")
	}
	j, err := Open(t.Context(), dsn, fmt.Sprintf("%s/%d/%d", t.Name(), time.Now().UnixNano(), rang.Add(1)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func TestContrat(t *testing.T) {
	ouvrir(t)
	journaltest.Contrat(t, func(t *testing.T) journal.Journal { return ouvrir(t) })
}
