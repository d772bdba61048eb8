package sqlite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/scor-sdk/scor-sdk-go/retour/suivi/journal"
	"github.com/scor-sdk/scor-sdk-go/retour/suivi/sqlite"
)

// A journal, its backup made while it is in use, and the proof that the backup is whole.
func Example() {
	ctx := context.Background()
	dossier, err := os.MkdirTemp("", "journal")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dossier)
	j, err := sqlite.Open(ctx, filepath.Join(dossier, "suivi.db"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer j.Close()
	err = j.Ajouter(ctx, []journal.Evenement{{Genre: journal.Piece, Cle: "P1", Type: journal.Deposer, Version: 1,
		Quand: time.Now(), Champs: journal.Champs{Nature: "ordonnance", Empreinte: "00"}}})
	if err != nil {
		fmt.Println(err)
		return
	}
	copie := filepath.Join(dossier, "sauvegarde.db")
	if err := j.Sauvegarder(ctx, copie); err != nil {
		fmt.Println(err)
		return
	}
	restaure, err := sqlite.Open(ctx, copie)
	if err != nil {
		fmt.Println(err)
		return
	}
	defer restaure.Close()
	r, err := journal.Verifier(ctx, restaure, nil)
	fmt.Println(r.Evenements, r.Objets, err)
	// Output: 1 1 <nil>
}
