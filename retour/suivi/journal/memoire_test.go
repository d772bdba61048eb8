package journal_test

import (
	"testing"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal/journaltest"
)

func TestMemoire(t *testing.T) {
	journaltest.Contrat(t, func(*testing.T) journal.Journal { return journal.NewMemoire(nil) })
}
