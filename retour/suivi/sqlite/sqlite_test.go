package sqlite

import (
	"path/filepath"
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
)

func ouvrir(t testing.TB) *Journal {
	t.Helper()
	j, err := Open(t.Context(), filepath.Join(t.TempDir(), "suivi.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { j.Close() })
	return j
}

func TestContrat(t *testing.T) {
	journaltest.Contrat(t, func(t *testing.T) journal.Journal { return ouvrir(t) })
}
